"""``junheng list``: what definitions and counties there are (清单)."""

from pathlib import Path

import click

from pipeline.commands.folders import seen_from_here
from pipeline.ground.errors import WrongUse


@click.command("list")
@click.argument("what", metavar="standards|plans|indicators|layouts|counties")
@click.option("--raw", default="", metavar="文件夹", callback=seen_from_here,
              help="连同其中的 counties.csv 列出县")
def list_(what: str, raw: str) -> None:
    """列出标准包、规划包、指标、表式或已登记的县。"""
    from pipeline.whole.inventory import LISTS, listing

    if what not in LISTS:
        raise WrongUse(f"没有“{what}”这一项，可列：{'、'.join(LISTS)}")
    for line in listing(what, Path(raw) if raw else None):
        click.echo(line)
