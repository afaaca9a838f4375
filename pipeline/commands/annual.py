"""``junheng annual``: many counties pooled, described and tested (年度评价)."""

from pathlib import Path

import click

from pipeline.commands.folders import seen_from_here


@click.command()
@click.option("--year", type=int, required=True, metavar="年份", help="评价年份")
@click.option("--study", default="cn-annual", metavar="评价方案", help="data/studies 中的编号")
@click.option("--raw", default="", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认按评价方案")
@click.option("--out", default="reports", metavar="文件夹", help="去处，默认 reports")
@click.option("--processed", default="data/processed", metavar="文件夹", callback=seen_from_here,
              help="汇总表去处，默认 data/processed")
@click.option("--engine", type=click.Choice(["fork", "kernel"]), default="fork",
              metavar="fork|kernel", help="章节怎样执行：分叉的进程（默认）或 Jupyter 内核")
def annual(year: int, study: str, raw: str, out: str, processed: str, engine: str) -> None:
    """汇总许多县，出年度评价。"""
    from pipeline.publishing.annual_book import AnnualOrder, make_annual
    from pipeline.publishing.chapters.binding import checked_annual

    parameters = checked_annual({"study": study, "year": year, "raw": raw,
                                 "processed": processed})
    folder = make_annual(AnnualOrder(parameters, Path(out).absolute(), engine))
    click.echo(f"{study} {year}年：{folder / 'annual.pdf'}")
