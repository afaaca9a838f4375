"""``junheng verify``: is a dossier still as it was made, does it come out again (核验)?"""

import io
import shutil
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.folders import seen_from_here
from pipeline.commands.run import run
from pipeline.ground.errors import JunhengError

_LEVELS = {"files": "文件", "pages": "页脚", "recompute": "重算", "render": "重新排版"}
_RESULTS = ("results.json", "findings.json", "tables/*")
_STATES = {0: "相符", 1: "不符", 2: "未能核对"}


@dataclass(frozen=True)
class Answer:
    """What came of one folder: 0 it holds, 1 it does not, 2 it could not be checked; and why."""

    code: int
    said: tuple[str, ...] = ()


@click.command()
@click.argument("folder", metavar="卷宗文件夹")
@click.option("--level", type=click.Choice([*_LEVELS]), default="files",
              metavar="files|pages|recompute|render",
              help="files 文件与记录相符（默认）；pages 另核对 PDF 每页的运行编号和所附的结果；"
                   "recompute 由原始数据重算，结果相同；render 重做一份，逐字节相同")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，重算用，默认 data/raw")
@click.option("--processed", default="data/processed", metavar="文件夹", callback=seen_from_here,
              help="年度评价的汇总表所在，与同类县比较的卷宗重算用，默认 data/processed")
@options.standard
@click.option("--public-key", default="", metavar="文件", help="公钥：另核对每份的签名")
@click.option("--root", default="", metavar="批次根", help="另核对每份属于签名时打印的批次根")
@click.pass_context
def verify(context: click.Context, folder: str, level: str, public_key: str, root: str,
           **given: str) -> None:
    """核对卷宗是否仍是当初做出的那一份。退出码：0 相符，1 不符，2 未能核对。"""
    from pipeline.publishing.records import signature
    from pipeline.publishing.records.verification import missing_folders, published_folders
    from pipeline.whole.index.index_checking import overview_doubts

    folders = published_folders(Path(folder).absolute())
    key = signature.public_key(Path(public_key)) if public_key else None
    answers = []
    for one in folders:
        answer = _answer(one, key, root.lower()) or _again(context, one, level, given)
        answers.append(answer.code)
        said = f"：{'；'.join(answer.said)}" if answer.said else ""
        click.echo(f"{one.parent.name}/{one.name} {_STATES[answer.code]}{said}")
    years = {one.parent for one in folders} if Path(folder).absolute() not in folders else ()
    gone = [f"{year.name}/{said}" for year in sorted(years)
            for said in (*missing_folders(year), *overview_doubts(year))]
    for said in gone:
        click.echo(said)
    counted = "，".join(f"{zh} {answers.count(code)}" for code, zh in _STATES.items())
    click.echo(f"核验（{_LEVELS[level]}）共 {len(folders)} 份：{counted}"
               + (f"；批次记录、总览不符 {len(gone)}" if gone else "")
               + _proven(key, root, len(answers) - answers.count(1)) + "。")
    sys.exit(1 if gone or 1 in answers else max(answers))


def _proven(key: object, root: str, count: int) -> str:
    """Say how many folders hold what was asked of their signatures besides."""
    told = (key, "由所给公钥的私钥所签"), (root, "属于所给批次根")
    asked = [said for given, said in told if given]
    return f"；签名{'、'.join(asked)}的 {count} 份" if asked else ""


def _answer(folder: Path, key: object, root: str) -> Answer | None:
    """Return what the files and the signature say against a folder, None if nothing."""
    from pipeline.publishing.records.verification import doubts, unproven

    said = doubts(folder) or (unproven(folder, key, root) if key or root else [])
    return Answer(1, tuple(said)) if said else None


def _again(context: click.Context, folder: Path, level: str, given: dict) -> Answer:
    if level == "files":
        return Answer(0)
    if level == "pages":
        return _pages(folder)
    if folder.name.startswith("prefecture-"):
        return Answer(2, ("市级规划目标的重算请再运行一次 junheng prefecture，"
                          "比较两处的 prefecture.json",))
    if folder.name.startswith("annual-"):
        return Answer(2, ("年度评价的重算请再运行一次 junheng annual，比较两处的 annual.json",))
    with tempfile.TemporaryDirectory(prefix="junheng-") as work:
        try:
            return _remade(context, folder, level, given, Path(work))
        except JunhengError as fault:
            return Answer(2, (str(fault),))


def _pages(folder: Path) -> Answer:
    """Read the run id of every printed page and hold it against the manifest's, and what a paper
    carries with it against the file of that name beside it."""
    from pipeline.publishing.paper.printed_runs import attached_files, pages_of_other_runs
    from pipeline.publishing.records.manifest import read_manifest

    run, said, carried = read_manifest(folder)["run_id"], [], False
    try:
        for pdf in sorted(folder.glob("*.pdf")):
            if wrong := pages_of_other_runs(pdf, run):
                said.append(f"{pdf.name} 第{'、'.join(map(str, wrong))}页没有运行编号 {run[:16]}")
            for name, content in attached_files(pdf).items():
                carried, beside = True, folder / Path(name).name
                if not beside.is_file() or beside.read_bytes() != content:
                    said.append(f"{pdf.name} 所附的 {name} 与旁边的文件不同")
    except JunhengError as fault:
        return Answer(2, (str(fault),))
    if not said and not carried:
        return Answer(2, ("PDF 没有附结果数据，附件无从核对（先前的版本做出的卷宗没有附）",))
    return Answer(1, tuple(said)) if said else Answer(0)


def _remade(context: click.Context, folder: Path, level: str, given: dict, work: Path) -> Answer:
    """Make the dossier of a folder again in ``work`` and hold the two against each other."""
    from pipeline.publishing.formats import formats_among
    from pipeline.publishing.paper.papers import binding_among
    from pipeline.publishing.records.manifest import read_manifest
    from pipeline.publishing.records.public_causes import edition_of
    from pipeline.publishing.records.verification import asked_standard, doubts

    record = read_manifest(folder)
    if "language" in record:
        return Answer(2, (f"外文版由中文版（运行编号 {record['of'][:16]}）译出，不由原始数据重做；"
                          "请核验中文版，再以 --lang 重出外文版对照",))
    files = [output["file"] for output in record["outputs"]]
    peers = _peers(record, given["processed"], work)
    if "pool" in record and not peers:
        return Answer(2, ("与之比较的年度评价已不在或已变，无法重算",))
    _lay_earlier(folder, work / "out")
    asked = {"units": (folder.name,), "year": int(folder.parent.name), "raw": given["raw"],
             "processed": str(work / "processed"), "peers": peers,
             "standard": given["standard"] or asked_standard(folder),
             "drop_personal": record["parameters"].get("drop_personal", False)}
    edition = {"edition": edition_of(record), "formats": formats_among(files, "dossier"),
               "binding": binding_among(files), "out": str(work / "out")}
    told = io.StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        if "disclosure" in record:
            edition["disclosure"] = record["disclosure"]["id"]
            _run(context, asked | {"out": str(work / "internal")})
        _run(context, asked | edition)
    again = work / "out" / folder.parent.name / folder.name
    if not again.is_dir() or doubts(again):
        return Answer(2, ("重做没有成功：", *told.getvalue().split("\n")[:3]))
    return compared(folder, again, level)


def _run(context: click.Context, asked: dict) -> None:
    with suppress(SystemExit):
        context.invoke(run, **asked)


def _lay_earlier(folder: Path, out: Path) -> None:
    """Lay last year's published ledger, which a run reads, where the run in ``out`` looks."""
    place = Path(str(int(folder.parent.name) - 1), folder.name)
    for name in ("ledger.xlsx", "manifest.json"):
        there = folder.parent.parent / place / name
        if there.is_file():
            (out / place).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(there, out / place / name)


def compared(folder: Path, again: Path, level: str) -> Answer:
    """Say whether what was made again is the same, and where it is not, whether it had to be."""
    from pipeline.publishing.batch.planning import changed
    from pipeline.publishing.records.manifest import causes_of, read_manifest
    from pipeline.publishing.records.verification import remade_otherwise

    before, now = (causes_of(read_manifest(place)) for place in (folder, again))
    inputs = changed({"inputs": before["inputs"]}, {"inputs": now["inputs"]})
    if inputs:
        return Answer(2, ("原始数据已不是当初的那一份，无法重算", *inputs))
    others = tuple(changed(before, now))
    amiss = remade_otherwise(folder, again, _RESULTS if level == "recompute" else ("*",))
    if not amiss:
        return Answer(0, others and ("结果相同，虽然" + "、".join(others),))
    return Answer(2 if others and level == "render" else 1, (*amiss, *others))


def _peers(record: dict, processed: str, work: Path) -> str:
    """Return the study of the pooled tables that a dossier was compared with, copied into the
    tables of ``work``; empty where there are none of that content."""
    from pipeline.definitions.base import ROOT
    from pipeline.publishing.records.manifest import pool_hash

    for pool in sorted((ROOT / processed / str(record["year"])).glob("annual-*")):
        if "pool" in record and pool_hash(pool) == record["pool"]:
            shutil.copytree(pool, work / "processed" / str(record["year"]) / pool.name)
            return pool.name.removeprefix("annual-")
    return ""
