"""``junheng run``: the dossiers of the units that are named, or of everybody who handed in."""

import os
import sys
import tempfile
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.differing import say_differing
from pipeline.commands.folders import say_strays, seen_from_here, tell_published
from pipeline.commands.prefecture import make_prefecture
from pipeline.commands.run.choices import require_of_edition, require_one_choice, require_places
from pipeline.commands.run.making import made_as_batch, one_by_one


@click.command()
@click.argument("units", nargs=-1, metavar="县代码...")
@click.option("--prefecture", default="", metavar="市（州）代码",
              help="出一本市级规划目标对照，代码为县代码的前四位；不与县代码、--all 同用")
@click.option("--all", "everybody", is_flag=True, help="名册中凡有当年资料的县")
@click.option("--year", type=int, required=True, metavar="年份", help="统计年份（秋季学年初）")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认 data/raw")
@click.option("--out", default="", metavar="文件夹",
              help="卷宗去处，默认 reports，公开版为 public")
@click.option("--processed", default="data/processed", metavar="文件夹", callback=seen_from_here,
              help="中间表去处，默认 data/processed")
@options.edition
@options.disclosure
@options.standard
@click.option("--peers", default="", metavar="评价方案",
              callback=options.definition_seen_from_here,
              help="与年度评价中的同类县比较；须先运行 junheng annual")
@options.drop_personal
@options.formats
@options.appendix
@options.language
@options.engine
@options.limits("做")
@click.option("--force", is_flag=True, help="没有变化的也重做")
@click.option("--dry-run", is_flag=True, help="只列出做哪些县、为什么，不做")
@click.option("--max-failures", default="", metavar="个数|百分数",
              help="没有卷宗的县超过此数即停，如 20 或 5%")
@click.option("--shard", default="", metavar="i/n",
              help="只做第 i 份（共 n 份，i 从 1 起），用于多台机器")
@click.option("--scheduler", default="", metavar="地址", help="Dask 调度器，如 tcp://10.0.0.5:8786")
def run(units: tuple[str, ...], everybody: bool, year: int, raw: str, out: str, processed: str,
        **asked: object) -> None:
    """出一个或几个县的卷宗；--all 出全部的。没有变化的县不重做。"""
    require_one_choice(units, everybody, asked)
    require_of_edition(asked)
    public = asked["edition"] == "public"
    place = Path(out or ("public" if public else "reports")).absolute()
    say_differing()
    say_strays("public" if public else "county")
    require_places(raw, processed, place, asked)
    given = {"year": year, "raw": raw, "processed": processed,
             "drop_personal": asked["drop_personal"]}
    if asked["prefecture"]:
        sys.exit(_prefecture(given, place, asked))
    if public:
        given |= {"processed": str(Path(processed, "public")), "internal": processed,
                  "disclosure": asked["disclosure"] or "cn-public-1"}
    sys.exit(_counties(units, everybody, given, place, asked))


def _prefecture(given: dict, place: Path, asked: dict) -> int:
    return make_prefecture(given | {"prefecture": asked["prefecture"]}, place, asked["engine"],
                           asked["formats"], asked["timeout"], asked["memory"])


def _counties(units: tuple[str, ...], everybody: bool, given: dict, place: Path, asked: dict
              ) -> int:
    """Read what came, and make the dossiers that were asked for; return the exit code."""
    from pipeline.annual_evaluation import Annual
    from pipeline.definitions.base import ROOT
    from pipeline.whole.intake import arrivals, orders_for

    raw, year, peers = given["raw"], given["year"], asked["peers"]
    pool = peers and str(Path(given["processed"], str(year), Annual.open(peers, year).folder.name))
    annual = Annual.at(pool, raw, peers)
    given |= {"standard": asked["standard"], "pool": pool}
    with tempfile.TemporaryDirectory(prefix="junheng-") as work:
        came = arrivals(ROOT / raw, year, Path(work), given["drop_personal"], Path(work, "kept"))
        orders = orders_for(sorted(came.codes) if everybody else units, given, place,
                            asked["engine"], came, everybody, asked["formats"], asked["binding"])
        tell_published([order.parameters.unit for order in orders], ROOT / raw)
        for problem in () if everybody else came.unusable:
            click.echo(f"注意：{problem}", err=True)
        if not hasattr(os, "waitid"):
            return one_by_one(orders, everybody)
        return made_as_batch(orders, came, everybody, Path(work),
                             {**asked, "peers": annual.lock if annual else None})
