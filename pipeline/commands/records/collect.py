"""``junheng collect``: one record of a batch whose shards were made on several machines."""

import sys
from pathlib import Path

import click

from pipeline.commands.records.index import index_after


@click.command()
@click.argument("folder", metavar="卷宗文件夹")
@click.option("--year", type=int, required=True, metavar="年份", help="统计年份（秋季学年初）")
def collect(folder: str, year: int) -> None:
    """合并各分片的记录，写出 batch.json、batch.csv 和总览，列出还缺哪些县。"""
    from pipeline.publishing.batch.collecting import collected
    from pipeline.publishing.batch.outcome import DONE
    from pipeline.publishing.batch.progress import summary
    from pipeline.publishing.batch.running import exit_code

    outcomes, problems, kept = collected(Path(folder).absolute() / str(year))
    for outcome in outcomes:
        if outcome.state not in DONE:
            click.echo(outcome.line())
    for problem in problems:
        click.echo(f"注意：{problem}", err=True)
    for said in kept:
        click.echo(said, err=True)
    click.echo(summary(outcomes))
    index_after(Path(folder).absolute() / str(year))
    sys.exit(exit_code(outcomes, problems))
