"""The catalogue of evidence (佐证材料目录): item by item, then school by school, what was listed,
which file it is, and what is missing.

What is not there is listed as missing and changes no verdict: the verdicts are those of
`judgements`, and a document that is named but whose file does not lie beside the tables is told.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.item_verdicts import judge_rule
from pipeline.analysis.county.verdict import lacking_words
from pipeline.analysis.ledger.problems import EVERY_SCHOOL
from pipeline.analysis.schools.indicator_values import lacking_schools
from pipeline.definitions.forms.variables import squeeze
from pipeline.definitions.items import Item
from pipeline.definitions.standards import Standard
from pipeline.definitions.targets.plans import WIDE
from pipeline.ground.terms import MISSING, RESOURCE, TABLES, UNDETERMINED, records

_NUMBER = re.compile(r"[^\s，、；：,;:（）()《》]*〔(?:19|20)\d{2}〕\d+号")
_BACKED, _PAPERS = ("yes", "absent"), ("evidence", "both")
_UNFILED, _UNSURE = "文件未附", "有同名文件，文件名和文件夹没有写是哪所学校的"


def evidence_catalogue(judgements: pd.DataFrame, targets: pd.DataFrame, indicators: pd.DataFrame,
                       evidence_files: pd.DataFrame, data: dict[int, CountyData], year: int,
                       standard: Standard) -> pd.DataFrame:
    """Return the catalogue of a year: a row an item of the county, a target of its plans, and an
    item of every school that each school must show."""
    if not standard.judges_schools:
        return TABLES["evidence_catalogue"].frame([])
    given = data[year]
    files = [row for row in records(evidence_files) if row["year"] == year]
    kinds = {item.id: item.kind for item in standard.items}
    gaps = lacking_schools(indicators, year)
    found = [*_of_county(judgements, kinds, given, gaps), *_of_plans(targets, given),
             *_of_schools(judgements, indicators, given, standard)]
    return TABLES["evidence_catalogue"].frame([
        {"year": year, **_filed(row, files)} for row in found])


def _of_county(judgements: pd.DataFrame, kinds: dict[str, str], data: CountyData,
               gaps: dict[str, list[str]]) -> Iterator[dict]:
    for row in records(judgements):
        kind = "data" if row["group"] == RESOURCE else kinds.get(row["id"], "evidence")
        paper = data.evidence.get(row["id"]) if kind in _PAPERS else None
        lacking = _unproved(paper) if kind in _PAPERS else []
        if row["status"] == UNDETERMINED and kind != "evidence":
            lacking = [row["reason"], *lacking] if kind == "data" else [
                row["reason"].split("；材料：")[0], *lacking]
        elif row["id"] in gaps:
            lacking = [lacking_words(gaps[row["id"]])]
        yield {"part": "county", "id": row["id"], "zh": row["zh"], "status": row["status"],
               "wanted": row["evidence"], "needs_paper": kind in _PAPERS, "clause": row["clause"],
               **_listed(paper), "lacking": lacking}


def _of_plans(targets: pd.DataFrame, data: CountyData) -> Iterator[dict]:
    """Return the targets of the county's plans (规划目标); the prefecture's are not its own."""
    for row in records(targets):
        if row["scope"] in WIDE:
            continue
        paper = data.evidence.get(row["id"])
        yield {"part": "plan", "id": row["id"], "zh": row["quantity"], "status": row["status"],
               "wanted": f"{row['plan']} {row['place']}", "needs_paper": paper is not None,
               "clause": f"{row['plan']} {row['place']}", **_listed(paper),
               "lacking": [row["reason"]] if row["status"] == UNDETERMINED else []}


def _of_schools(judgements: pd.DataFrame, indicators: pd.DataFrame, data: CountyData,
                standard: Standard) -> Iterator[dict]:
    """Return each school's resource indicators, and the items that each must keep."""
    levels: dict[tuple, list[dict]] = {}
    for row in records(indicators):
        if row["year"] == data.year and row["indicator"] in standard.resource.indicators:
            levels.setdefault((row["school_code"], row["name"], row["stage"]), []).append(row)
    first, *_, last = standard.resource.indicators
    for (code, name, stage), rows in levels.items():
        gaps = [r["indicator"] for r in rows if r["level"] == MISSING]
        yield _school_row(code, name, stage, f"{first}—{last}", "资源配置各项指标",
                          "学校数据表", [f"缺{'、'.join(gaps)}的数据"] if gaps else [])
    schools: dict[str, list[dict]] = {}
    for section in data.general_sections():
        schools.setdefault(section["school_code"], []).append(section)
    for code, sections in schools.items():
        name = sections[0]["name"].split("（")[0]
        for item in standard.items:
            if item.scope in ("every_school", "every_class"):
                yield from _of_item(item, code, name, sections, data)


def _of_item(item: Item, code: str, name: str, sections: list[dict], data: CountyData
             ) -> Iterator[dict]:
    """Return the row of one item that a school must keep; none where it says nothing of it."""
    if item.kind == "evidence":
        mine = data.school_evidence.get((code, item.id))
        if mine:
            yield _school_row(code, name, "", item.id, item.zh, item.evidence, _unproved(mine)) | (
                _listed(mine) | {"needs_paper": True})
            return
        paper = data.evidence.get(item.id)
        backed = paper and paper["status"] in _BACKED and paper["document"]
        said = f"本校的没有单独列出；县级汇总：{paper['document']}" if backed else "未提交"
        yield _school_row(code, name, "", item.id, item.zh, item.evidence, [said])
    elif item.rule.type in EVERY_SCHOOL:
        outcome = judge_rule(item.rule, replace(data, sections=sections))
        open_ = outcome.status == UNDETERMINED
        if not open_ or outcome.schools:
            yield _school_row(code, name, "", item.id, item.zh, item.evidence,
                              ["缺数据"] if open_ else [])


def _school_row(code: str, name: str, stage: str, id: str, zh: str, wanted: str,
                lacking: list[str]) -> dict:
    return {"part": "school", "school_code": code, "name": name, "stage": stage, "id": id, "zh": zh,
            "wanted": wanted, "lacking": lacking}


def _listed(paper: dict | None) -> dict:
    """Return what was listed of a document: its name, number (文号) and day."""
    if paper is None:
        return {}
    number = _NUMBER.search(paper["document"])
    return {"document": paper["document"], "number": number[0] if number else "",
            "date": paper["date"], "answer": paper["status"]}


def _unproved(paper: dict | None) -> list[str]:
    """Return what an answer lacks to be one: a document, its day."""
    if paper is None or paper["status"] == "unknown":
        return ["未提交"]
    if paper["status"] not in _BACKED:
        return []
    return [said for said, key in (("缺文件名称", "document"), ("缺日期", "date"))
            if not paper[key]]


def _filed(row: dict, files: list[dict]) -> dict:
    """Return the row with its file, and in words all that is missing."""
    fitting = [f for f in files if _is_of(row.get("document", ""), f["file"])]
    own = [f for f in fitting if _is_own(row, f["file"])]
    file = next(iter(own), None)
    lacking = list(row["lacking"])
    if row.get("needs_paper") and row.get("document") and file is None:
        lacking.append(_UNSURE if fitting else _UNFILED)
    elif file and file["fault"]:
        lacking.append(f"文件不能收取：{file['fault']}")
    found = {name: file[name] for name in ("file", "bytes", "sha256")} if file else {}
    kept = {name: said for name, said in row.items() if name != "needs_paper"}
    return kept | found | {"lacking": "；".join(lacking)}


def _is_own(row: dict, file: str) -> bool:
    """Tell whether a file may be a school's: its path bears the code or the name of the school."""
    code = row.get("school_code", "")
    return not code or code in file or squeeze(row["name"]) in squeeze(file)


def _is_of(document: str, file: str) -> bool:
    """Tell whether a file is the document listed: its name with or without suffix, or a name that
    holds the document's number."""
    name, listed = squeeze(file.rpartition("/")[2]), squeeze(document)
    number = _NUMBER.search(document)
    stem = name.rpartition(".")[0]
    return bool(listed) and (listed in (name, stem) or bool(
        number and squeeze(number[0]) in stem))
