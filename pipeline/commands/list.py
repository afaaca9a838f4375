"""``junheng list``: what definitions and counties there are (清单)."""

import click

from pipeline.ground.errors import WrongUse


@click.command("list")
@click.argument("what", metavar="standards|plans|indicators|layouts|counties")
def list_(what: str) -> None:
    """列出标准包、规划包、指标、表式或已登记的县。"""
    from pipeline.whole.inventory import LISTS, listing

    if what not in LISTS:
        raise WrongUse(f"没有“{what}”这一项，可列：{'、'.join(LISTS)}")
    for line in listing(what):
        click.echo(line)
