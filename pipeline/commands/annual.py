"""``junheng annual``: many counties pooled, described and tested (年度评价)."""

import os
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.differing import say_differing
from pipeline.commands.folders import require_apart, say_strays, seen_from_here
from pipeline.ground.errors import WrongUse
from pipeline.ground.machine import processors


@click.command()
@click.option("--year", type=int, required=True, metavar="年份", help="评价年份")
@click.option("--study", default="cn-annual", metavar="评价方案",
              callback=options.definition_seen_from_here,
              help="编号或 .toml 文件的路径，默认 cn-annual")
@click.option("--prefecture", default="", metavar="市（州）代码",
              help="只汇总一个市（州）的县；代码为县代码的前四位")
@click.option("--raw", default="", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认按评价方案")
@click.option("--out", default="reports", metavar="文件夹", help="去处，默认 reports")
@click.option("--processed", default="data/processed", metavar="文件夹", callback=seen_from_here,
              help="汇总表去处，默认 data/processed")
@options.drop_personal
@options.formats
@options.engine
@options.limits("汇总")
def annual(year: int, study: str, prefecture: str, raw: str, out: str, processed: str,
           drop_personal: bool, formats: tuple[str, ...], engine: str, workers: int | None,
           timeout: float, memory: int) -> None:
    """汇总许多县，出年度评价；一县出错只少一县。"""
    from pipeline.publishing.batch.hands.child import Limits
    from pipeline.publishing.chapter_parameters import checked_annual
    from pipeline.publishing.order import Order
    from pipeline.publishing.records.public_causes import INTERNAL, require_one_edition
    from pipeline.whole.evaluation import evaluate

    if not hasattr(os, "waitid"):
        raise WrongUse("本系统不能分叉进程，annual 不可用；请在 Linux 上运行")

    if prefecture:
        study = _of_prefecture(study, prefecture)
    parameters = checked_annual({"study": study, "year": year, "raw": raw,
                                 "processed": processed, "drop_personal": drop_personal})
    say_differing()
    say_strays("annual")
    order = Order(parameters, Path(out).absolute(), engine, formats)
    require_apart({"原始数据": order.annual.raw, "中间表": order.annual.processed,
                   "年度评价": order.out})
    require_one_edition(order.out, INTERNAL)
    folder = evaluate(order, Limits(timeout, memory), workers or processors())
    click.echo(f"{order.annual.study.id} {year}年：{folder / 'annual.pdf'}")


def _of_prefecture(study: str, code: str) -> str:
    """Return the id of a study of one prefecture."""
    from pipeline.definitions.base import is_path

    if not (len(code) == 4 and code.isascii() and code.isdigit()):
        raise WrongUse(f"市（州）代码“{code}”应为县代码的前四位，如 4101")
    if is_path(study):
        raise WrongUse("--prefecture 与 .toml 文件的评价方案不同用；"
                       "请在该文件的 [source] 中写 prefecture")
    return f"{study}-{code}"
