"""Chapter 90 of a public edition: by which rules it was made, what it lacks, and the record."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.disclosure_rules import Disclosure
from pipeline.dossier.c90_appendix.assurance import checks_words, not_checked_sentences
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.software_rows import run_rows
from pipeline.ground.exact import decimal_text
from pipeline.ground.software import differing
from pipeline.ground.terms import (
    ELIGIBILITY,
    UNDETERMINED,
    VETO,
    is_missing,
    records,
    verdict,
)

__all__ = ["PUBLIC_TABLES", "assurance_sentences", "left_out_sentences", "mask_sentences",
           "not_checked_sentences", "public_record", "rule_table", "run_table"]

SCHEMA = "junheng.public/1"
PUBLIC_TABLES = ("public_groups", "public_means", "public_levels", "public_balance",
                 "public_items", "public_counts", "public_targets")
_MASKED = "shown"


def rule_table(rules: Disclosure) -> PrintedTable:
    """Print every rule of the pack with value, clause and source (披露规则)."""
    rows = [(Cell(zh), Cell(rule.zh), Cell(rule.clause),
             Cell(rule.source + ("" if rule.verified else "（取值未见公布的规定）")))
            for zh, rule in rules.grounded.items()]
    return PrintedTable(
        "rule_table", f"{rules.zh}（{rules.id}）",
        (Field("规则", align="left"), Field("怎样印", align="left"),
         Field("依据", align="left"), Field("出处", align="left")),
        tuple(rows), f"披露规则 {rules.id}", wide=True)


def left_out_sentences(rules: Disclosure) -> Prose:
    """List what a public edition never holds (公开版不含)."""
    return Prose("left_out_sentences", tuple(f"{one.zh}。" for one in rules.left_out),
                 bullets=True)


def mask_sentences(tables: dict[str, pd.DataFrame], rules: Disclosure) -> Prose:
    """Say how many figures are not told (不予公布的数): which ones for their own sake and which to
    protect others is not said."""
    parts = [table for table in tables.values() if _MASKED in table]
    hidden = sum(int((~part[_MASKED].astype(bool)).sum()) for part in parts)
    whole = sum(map(len, parts))
    items = tables["public_items"]
    hidden, whole = hidden + int(items["withheld"].astype(bool).sum()), whole + len(items)
    return Prose("mask_sentences", (
        f"公布的各表共{whole}行，其中{hidden}行的数依规则不予公布，印作“{rules.sign}”；"
        "为其自身而不予公布的，与为保护他数而不予公布的，不作区别。县级结论、达标与否不因此改变，"
        "学校过少的学段只公布结论，不公布差异系数。",))


def assurance_sentences(checks: pd.DataFrame, county: County) -> Prose:
    """Say which checks ran on the internal edition and what people let pass (核验声明)."""
    counts = dict(zip(checks["severity"], checks["found"], strict=True))
    passed = int(sum(checks["let_pass"]))
    return Prose("assurance_sentences", (
        checks_words(counts, int(sum(checks["spoke"]))),
        f"由更正登记放过的单元格{passed}格，逐格列在内部版中。" if passed else
        "没有由人登记放过的核查项。",
        f"建议引用：{county.name}义务教育校际均衡情况（{county.year}年，公开版）[R]．"
        f"标准包 {county.standard.id}，运行编号见页脚。"))


def run_table(county: County, rules: Disclosure) -> PrintedTable:
    """Print what the edition depends on: rules, versions, fonts (运行信息)."""
    rows = [("标准包", f"{county.standard.id}　{county.standard.sha256[:16]}"),
            ("披露规则", f"{rules.id}　{rules.sha256[:16]}"), *run_rows()]
    return PrintedTable(
        "run_table", f"{county.name}{county.year}年运行信息",
        (Field("事项", align="left"), Field("内容", align="left")),
        tuple(tuple(Cell(text) for text in row) for row in rows), "运行时记录", wide=True)


def public_record(tables: dict[str, pd.DataFrame], county: County, rules: Disclosure) -> dict:
    """Return results.json of the public edition: what stands in its tables and nothing else."""
    items = records(tables["public_items"])
    counted = [r for r in items if r["group"] not in (VETO, ELIGIBILITY)]
    states = [r["status"] for r in items]
    return {
        "schema": SCHEMA, "edition": "public",
        "unit": {"code": county.code, "name": county.name}, "year": county.year,
        "differing_packages": differing(),
        "standard": {"id": county.standard.id, "judged": county.standard.judged,
                     "sha256": county.standard.sha256},
        "disclosure": {"id": rules.id, "sha256": rules.sha256, "sign": rules.sign},
        "verdict": verdict(states) if county.standard.judged else None,
        "counts": {s: sum(r["status"] == s for r in counted)
                   for s in ("met", "not_met", "undetermined")},
        "indicators": [_item(r) for r in counted],
        "vetoes": [{"id": r["id"], "status": r["status"]} for r in items if r["group"] == VETO],
        "eligibility": {"reason": "", "status": next(
            (r["status"] for r in items if r["group"] == ELIGIBILITY), UNDETERMINED)},
        "schools": _states(tables["public_levels"]),
        "balance": [_plain(r) | {"cv": r["cv"] or None, "reason": ""}
                    for r in records(tables["public_balance"])],
        "groups": [_plain(r) for r in records(tables["public_groups"])],
        "means": [_plain(r) for r in records(tables["public_means"])],
        "levels": [_plain(r) for r in records(tables["public_levels"])],
        "people": [_plain(r) for r in records(tables["public_counts"])],
        "plans": [_plain(r) for r in records(tables["public_targets"])],
    }


def _item(row: dict) -> dict:
    band = None if is_missing(row["low"]) else [row["low"], row["high"]]
    return {name: _value(row[name]) for name in ("id", "group", "status", "value", "limit")} | {
        "band": band, "withheld": bool(row["withheld"]), "op": row["op"] or None,
        "unit": row["unit"] or None, "clause": row["clause"], "reason": ""}


def _states(levels: pd.DataFrame) -> list[dict]:
    """Return the states of the schools without names, in no order of theirs: a count told so."""
    return [{"stage": row["stage"], "status": state}
            for row in records(levels[levels["indicator"] == ""])
            for state, name in (("met", "met"), ("not_met", "below"), ("undetermined", "missing"))
            for _ in range(row[name] or 0)]


def _plain(row: dict) -> dict:
    return {name: _value(value) for name, value in row.items()}


def _value(value: object) -> object:
    if is_missing(value):
        return None
    if isinstance(value, bool | str | int):
        return value
    return decimal_text(value)
