"""``junheng run``: the dossiers of the units that are named, or of everybody who handed in."""

import os
import sys
import tempfile
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.differing import say_differing
from pipeline.commands.folders import (
    require_apart,
    say_strays,
    seen_from_here,
    tell_published,
)
from pipeline.commands.prefecture import make_prefecture
from pipeline.commands.records.index import index_after
from pipeline.ground.errors import JunhengError, WrongUse
from pipeline.ground.machine import processors


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
    from pipeline.annual_evaluation import Annual
    from pipeline.definitions.base import ROOT
    from pipeline.publishing.records.public_causes import require_one_edition
    from pipeline.whole.intake import arrivals, orders_for

    _require_one_choice(units, everybody, asked)
    public = asked["edition"] == "public"
    _require_of_edition(public, asked)
    out = out or ("public" if public else "reports")
    say_differing()
    say_strays("public" if public else "county")
    require_apart({"原始数据": ROOT / raw, "中间表": ROOT / processed,
                   "卷宗": Path(out).absolute()})
    require_one_edition(Path(out), asked["edition"])
    require_one_edition(ROOT / processed, "internal")
    if asked["language"]:
        _require_place_of_language(Path(out).absolute(), asked["language"])
    if asked["prefecture"]:
        of = {"year": year, "raw": raw, "processed": processed}
        sys.exit(_prefecture(of, Path(out).absolute(), asked))
    pool = asked["peers"] and str(Path(processed, str(year), Annual.open(
        asked["peers"], year).folder.name))
    annual = Annual.at(pool, raw, asked["peers"])
    given = {"year": year, "raw": raw, "processed": processed, "pool": pool,
             **{name: asked[name] for name in ("standard", "drop_personal")}}
    if public:
        given |= {"processed": str(Path(processed, "public")), "internal": processed,
                  "disclosure": asked["disclosure"] or "cn-public-1"}
    with tempfile.TemporaryDirectory(prefix="junheng-") as work:
        came = arrivals(ROOT / raw, year, Path(work), given["drop_personal"], Path(work, "kept"))
        orders = orders_for(sorted(came.codes) if everybody else units, given,
                            Path(out).absolute(), asked["engine"], came, everybody,
                            asked["formats"], asked["binding"])
        tell_published([order.parameters.unit for order in orders], ROOT / raw)
        for problem in () if everybody else came.unusable:
            click.echo(f"注意：{problem}", err=True)
        if not hasattr(os, "waitid"):
            sys.exit(_one_by_one(orders, everybody))
        peers = annual.lock if annual else None
        sys.exit(_batch(orders, came, everybody, Path(work), {**asked, "peers": peers}))


def _prefecture(of: dict, out: Path, asked: dict) -> int:
    of |= {name: asked[name] for name in ("prefecture", "drop_personal")}
    return make_prefecture(of, out, asked["engine"], asked["formats"], asked["timeout"],
                           asked["memory"])


def _require_one_choice(units: tuple[str, ...], everybody: bool, asked: dict) -> None:
    if [bool(units), everybody, bool(asked["prefecture"])].count(True) != 1:
        raise WrongUse("请写明至少一个县代码，如 junheng run 990101 --year 2023；"
                       "或写 --all，出全部有资料的县；或写 --prefecture，出一个市（州）的；不同用")
    if asked["shard"] and not everybody:
        raise WrongUse("--shard 只与 --all 同用")


def _require_of_edition(public: bool, asked: dict) -> None:
    """Raise `WrongUse` where what is asked for does not go with the edition (版本)."""
    told = {"binding": "--appendix", "language": "--lang"}
    apart = [name for name in ("prefecture", "peers", "binding", "scheduler", "language")
             if asked[name]]
    if asked["language"] and asked["prefecture"]:
        raise WrongUse("--lang 不与 --prefecture 同用：外文版只有县的卷宗")
    if public and apart:
        said = "、".join(told.get(name, f"--{name}") for name in apart)
        raise WrongUse(f"{said} 不与 --edition public 同用")
    if asked["disclosure"] and not public:
        raise WrongUse("--disclosure 只与 --edition public 同用")


def _require_place_of_language(out: Path, named: str) -> None:
    """Raise `WrongUse` where other books stand where the editions in a language will."""
    from pipeline.publishing.languages.edition import folder_of_edition
    from pipeline.publishing.languages.language import language
    from pipeline.publishing.records.public_causes import require_one_edition

    words = language(named)
    require_one_edition(folder_of_edition(out, words), words.id)


def _batch(orders: list, came, everybody: bool, work: Path, asked: dict) -> int:
    """Make the orders as a batch; return the exit code."""
    from pipeline.ground.ownership import claim
    from pipeline.publishing.batch.asking import Batch
    from pipeline.publishing.batch.hands.child import Limits
    from pipeline.publishing.batch.running import run_batch
    from pipeline.publishing.batch.sharding import Shard
    from pipeline.whole.intake import refused_for_schools

    shard, public = Shard.read(asked["shard"]), asked["edition"] == "public"
    workers = asked["workers"] or processors()
    common = orders[0].parameters.model_dump(
        exclude={"unit", "raw", "processed", "pool", "internal"})
    common |= {"formats": [*asked["formats"]], "binding": asked["binding"]}
    limits = Limits(asked["timeout"], asked["memory"])
    mine = [o for o in orders if shard is None or shard.takes(o.parameters.unit)]
    batch = Batch(mine, orders[0].target.parent, {o.parameters.unit: o.name for o in orders},
                  everybody, shard, asked["force"], workers, limits, asked["max_failures"],
                  tuple(came.problems if everybody and not public else ()), common, asked["peers"])

    def look() -> tuple[dict[str, str], list[str]]:
        """Read the rolls of *all* counties: shards look at each other's too. A public edition
        comes from tables that were looked at, and its record tells nothing of the files."""
        if not everybody or public:
            return {}, []
        claim(batch.hidden)
        return refused_for_schools(orders, came, workers, batch.hidden / "rolls", work)

    if asked["dry_run"]:
        return _tell_plan(batch, look)
    outcomes, code = run_batch(batch, lambda place: _hands(asked, batch, place), look)
    _tell(outcomes, batch, everybody)
    if outcomes and not shard:
        index_after(batch.year_folder, everybody)
    return max(code, _in_language(outcomes, batch.year_folder, asked["language"]))


def _in_language(outcomes: list, year_folder: Path, named: str) -> int:
    """Make the editions in a language of what now stands; return the exit code."""
    if not named:
        return 0
    from pipeline.publishing.batch.outcome import DONE
    from pipeline.publishing.languages.edition import folder_of_edition, make_edition
    from pipeline.publishing.languages.language import language

    words, failed = language(named), False
    out = folder_of_edition(year_folder.parent, words)
    for outcome in (one for one in outcomes if one.state in DONE):
        try:
            made, untold = make_edition(year_folder / outcome.code, out, words)
        except JunhengError as fault:
            failed = True
            click.echo(f"{outcome.code} {outcome.name}：未出{words.zh}。{fault}", err=True)
            continue
        click.echo(f"{outcome.code} {outcome.name} {words.zh}：{made / 'dossier.pdf'}")
        if untold:
            shown = "；".join(untold[:5])
            click.echo(f"注意：{len(untold)}处没有译文，照中文印出：{shown}", err=True)
    return int(failed)


def _hands(asked: dict, batch, place: Path):
    """Return who makes the dossiers: those of this machine, or Dask's workers."""
    from pipeline.publishing.batch.hands.local_hands import local_hands

    if asked["scheduler"]:
        from pipeline.publishing.batch.hands.cluster import Cluster

        return Cluster(asked["scheduler"], batch.limits, place,
                       lambda said: click.echo(said, err=True))
    book = "public" if asked["edition"] == "public" else "county"
    return local_hands(book, batch.limits, batch.workers, place, alone=len(batch.orders) == 1)


def _tell_plan(batch, look) -> int:
    from pipeline.publishing.batch.outcome import CACHED, REFUSED, STATE_ZH
    from pipeline.publishing.batch.running import tasks_of

    refused, problems = look()
    tasks = tasks_of(batch, refused)
    for task in tasks:
        said = {"": f"要做：{task.why}", CACHED: "沿用：没有变化"}.get(
            task.state) or f"{STATE_ZH[task.state]}：{task.why}"
        click.echo(f"{task.code} {task.name}  {said}")
    for problem in (*batch.problems, *problems):
        click.echo(f"注意：{problem}", err=True)
    made, kept, refused = (sum(task.state == state for task in tasks)
                           for state in ("", CACHED, REFUSED))
    failed = len(tasks) - made - kept - refused
    click.echo(f"共 {len(tasks)} 个县：要做 {made}，沿用 {kept}，拒收 {refused}，失败 {failed}。")
    return 0


def _tell(outcomes: list, batch, everybody: bool) -> None:
    """Say where the dossiers are that were asked for by name; of all, how many there are."""
    from pipeline.publishing.batch.outcome import CACHED, OK
    from pipeline.publishing.batch.progress import summary

    if everybody:
        click.echo(f"{summary(outcomes)}记录：{batch.year_folder / f'batch{batch.suffix}.csv'}")
        return
    for outcome in outcomes:
        if outcome.state in (OK, CACHED):
            same = "（没有变化，沿用）" if outcome.state == CACHED else ""
            folder = batch.year_folder / outcome.code
            click.echo(f"{outcome.code} {outcome.name} {batch.year_folder.name}年："
                       f"{folder / 'dossier.pdf'}{_beside(folder)}{same}")


def _beside(folder: Path) -> str:
    """Say in which other formats a dossier stands beside its PDF."""
    from pipeline.ground.ownership import listed
    from pipeline.publishing.formats import PDF, formats_among

    there = formats_among(listed(folder), "dossier")
    others = [f"dossier.{name}" for name in there if name != PDF]
    return f"、{'、'.join(others)}" if others else ""


def _one_by_one(orders: list, everybody: bool) -> int:
    """Make the dossiers one after the other, where children cannot be watched (Windows)."""
    from pipeline.publishing.book import make_dossier

    if everybody:
        raise WrongUse("本系统不能分叉进程，--all 不可用；请写明县代码，或在 Linux 上运行")
    failed = False
    for order in orders:
        county = order.county
        try:
            click.echo(f"{county.code} {county.name} {county.year}年："
                       f"{make_dossier(order) / 'dossier.pdf'}")
        except WrongUse:
            raise
        except JunhengError as fault:
            failed = True
            click.echo(f"{county.code} {county.name}：未出卷宗。{fault}", err=True)
    return int(failed)
