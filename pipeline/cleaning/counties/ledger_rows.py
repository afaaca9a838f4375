"""The ledger that a county hands back (上年整改台账): what people typed, row by row.

States, figures and shortfalls on it are not read: the data of the year say them anew.
"""

import re

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.evidence_rows import day_of
from pipeline.cleaning.forms.rows import FormRow

_YEAR = re.compile(r"(?:19|20)\d{2}")
_TYPED = ("measure", "office", "officer", "progress", "evidence", "state")


def ledger_rows(row: FormRow, year: int, findings: Findings) -> list[dict]:
    """Return one row of the ledger; without its number it cannot be found again."""
    id = (row.get("ledger_id") or "").strip()
    if not id:
        return []
    due = _text(row, "due")
    if due and not day_of(due):
        findings.at("ledger.day", row.at("ledger_due"), "完成时限不是日期，按没有时限办理")
    return [{"year": year, "id": id, "due": day_of(due),
             **{name: row.get(f"ledger_{name}") or "" for name in _TYPED},
             **{name: int(said) if _YEAR.fullmatch(said := _text(row, name)) else None
                for name in ("first_year", "closed_year")}}]


def _text(row: FormRow, name: str) -> str:
    cell = row.cells.get(f"ledger_{name}")
    return "" if cell is None else cell.text.strip()


def without_repeated(rows: list[dict], findings: Findings) -> list[dict]:
    """Keep the first of several rows with one number, and say so."""
    kept: dict[tuple, dict] = {}
    for row in rows:
        first = kept.setdefault((row["year"], row["id"]), row)
        if first is not row and first != row:
            findings.add("ledger.repeated", f"{row['id']} 有几行，采用第一行", "", "整改台账")
    return list(kept.values())
