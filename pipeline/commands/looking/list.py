"""``junheng list``: what definitions and counties there are (清单)."""

from pathlib import Path

import click

from pipeline.commands.folders import seen_from_here
from pipeline.ground.errors import WrongUse


@click.command("list")
@click.argument("what", metavar="standards|plans|indicators|layouts|checks|counties")
@click.option("--raw", default="", metavar="文件夹", callback=seen_from_here,
              help="连同其中的 counties.csv 列出县")
@click.option("--coverage", is_flag=True, help="只用于 plans：每个规划包的目标由什么判定，各有几项")
def list_(what: str, raw: str, coverage: bool) -> None:
    """列出标准包、规划包、指标、表式、核查项或已登记的县。"""
    from pipeline.whole.listings.inventory import LISTS, PLANS, listing

    if what not in LISTS:
        raise WrongUse(f"没有“{what}”这一项，可列：{'、'.join(LISTS)}")
    if coverage and what != PLANS:
        raise WrongUse(f"--coverage 只用于 {PLANS}，不用于 {what}")
    for line in listing(what, Path(raw) if raw else None, coverage):
        click.echo(line)
