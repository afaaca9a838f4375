"""``junheng clean``: remove what we wrote and nothing else (清理)."""

from pathlib import Path

import click

from pipeline.commands.folders import require_apart, seen_from_here

_MOST_LINES = 20


@click.command()
@click.option("--out", default="reports", metavar="文件夹", help="卷宗所在，默认 reports")
@click.option("--processed", default="data/processed", metavar="文件夹", callback=seen_from_here,
              help="中间表所在，默认 data/processed")
def clean(out: str, processed: str) -> None:
    """删去本软件写出的卷宗（连同旁边的外文版）、中间表和记录；其他文件不动，逐一列出。"""
    from pipeline.definitions.base import ROOT
    from pipeline.ground.ownership import shown
    from pipeline.publishing.languages.edition import editions_beside
    from pipeline.whole.clearing import clear

    folders = {"卷宗": Path(out).absolute(), "中间表": ROOT / processed}
    editions = {f"外文版{place.name}": place for place in editions_beside(folders["卷宗"])}
    require_apart(folders | editions)
    for name, folder in (folders | editions).items():
        removed, left = clear(folder, whole=name in editions)
        click.echo(f"{name}（{folder}）：已删去 {removed} 个文件夹"
                   + (f"，留下 {len(left)} 项：" if left else "。"))
        for path in left[:_MOST_LINES]:
            click.echo(f"  未动：{shown(path)}")
        if len(left) > _MOST_LINES:
            click.echo(f"  等 {len(left)} 项")
