"""The ledger that a county hands back (上年整改台账): what people typed, row by row.

States, figures and shortfalls of our own rows are not followed: the data of the year say them
anew. Of the rows that a county added itself everything is kept, for nothing else says it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Set
from itertools import count

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.evidence_rows import day_of
from pipeline.cleaning.forms.letters import clean_text
from pipeline.cleaning.forms.number_grammar import read_number
from pipeline.cleaning.forms.rows import FormRow
from pipeline.definitions.forms.unit_list import UnitInfo, unit_of
from pipeline.definitions.forms.variables import squeeze
from pipeline.definitions.forms.wordings import STAGES

_YEAR = re.compile(r"(?:19|20)\d{2}")
_CODED = re.compile(r"(\d{6})-")
_YUAN_OF_10_000 = 10_000
_NAMES = ("measure", "office", "officer", "progress", "evidence", "state", "name", "item",
          "problem", "clause")
_RAW = ("school_code", "stage", "value", "limit", "unit", "shortfall", "shortfall_unit")
OWN_NUMBER = "自报"


def ledger_rows(row: FormRow, year: int, findings: Findings) -> list[dict]:
    """Return one row of the ledger, its number "" where it has none."""
    due = _text(row, "due")
    if due and not day_of(due):
        findings.at("ledger.day", row.at("ledger_due"), "完成时限不是日期，按没有时限办理")
    cost, number = read_number(_text(row, "cost")), _text(row, "id")
    if (plain := ledger_number(number)) != number:
        findings.at("text.cleaned", row.at("ledger_id"), "台账编号改为半角、规定的大小写")
    return [{"year": year, "id": plain, "due": day_of(due),
             "file": row.first.file,
             **{name: row.get(f"ledger_{name}") or "" for name in _NAMES},
             **{name: _text(row, name) for name in _RAW},
             "cost": cost.value * _YUAN_OF_10_000 if cost else None,
             **{name: int(said) if _YEAR.fullmatch(said := _text(row, name)) else None
                for name in ("first_year", "closed_year")}, "cell": row.at("ledger_id")}]


def ledger_number(text: str) -> str:
    """Return the number of a row as this software writes it, whatever width and case it was typed
    in; one of the county's own keeps its letters.

    >>> ledger_number("９９０１０１－Primary－２１９９０００００１－r1"), ledger_number("自报１")
    ('990101-primary-2199000001-R1', '自报1')
    """
    flat = squeeze(text)
    if not _CODED.match(flat):
        return clean_text(unicodedata.normalize("NFKC", text))
    return "-".join(part if part in STAGES.values() else part.upper()
                    for part in flat.split("-"))


def _text(row: FormRow, name: str) -> str:
    cell = row.cells.get(f"ledger_{name}")
    return "" if cell is None else cell.text.strip()


def own_ledger(rows: list[dict], unit: UnitInfo | None, shared: Set[str], findings: Findings
               ) -> list[dict]:
    """Return the rows of the ledgers handed in that are the unit's own, each with a number.

    A number begins with the code of its unit. In the unit's own file the rows of another are
    named and left; in a shared one they are that unit's affair, and a row without such a number
    is nobody's where the file holds ledgers of several. Without ``unit`` all rows are kept.
    """
    if unit is None:
        return rows
    own, foreign = [], defaultdict(list)
    codes = {file: {code for row in rows if row["file"] == file and (code := unit_code(row))}
             for file in {row["file"] for row in rows}}
    for row in rows:
        code, there = unit_code(row), codes[row["file"]]
        if code in ("", unit.code):
            if code or row["file"] not in shared or there == {unit.code}:
                own.append(row)
        elif row["file"] not in shared:
            foreign[row["file"], code].append(row)
    for (_, code), found in foreign.items():
        other = unit_of(code)
        findings.at("ledger.foreign", found[0]["cell"],
                    f"{len(found)}行的编号是{code}{other.name if other else '（名册中没有）'}的，"
                    f"本县是{unit.code}{unit.name}，未采用")
    return _numbered(_once(own, findings), findings)


def unit_code(row: dict) -> str:
    """Return the code of the unit that a row is numbered by; "" for a number of its own."""
    coded = _CODED.match(row["id"])
    return coded[1] if coded else ""


def _once(rows: list[dict], findings: Findings) -> list[dict]:
    """Keep the first of several rows with one number, and say where the others stand."""
    kept: dict[tuple, dict] = {}
    left: dict[tuple[str, str], list[dict]] = defaultdict(list)
    places = ("cell", "file")
    for row in rows:
        first = kept.setdefault((row["year"], row["id"] or id(row)), row)
        if first is not row and any(first[k] != v for k, v in row.items() if k not in places):
            left[first["file"], row["file"]].append(row)
    for (first, _), found in left.items():
        named = "、".join(row["id"] for row in found[:3]) + ("等" if len(found) > 3 else "")
        findings.at("ledger.repeated", found[0]["cell"],
                    f"{named}共{len(found)}行，{first} 中已有同一编号而内容不同的行，采用那里的")
    return [*kept.values()]


def _numbered(rows: list[dict], findings: Findings) -> list[dict]:
    """Give a number to rows that have none, that the next year's ledger finds them."""
    taken = {row["id"] for row in rows}
    free = (f"{OWN_NUMBER}{n}" for n in count(1) if f"{OWN_NUMBER}{n}" not in taken)
    named = []
    for row in rows:
        if not row["id"]:
            row = row | {"id": next(free)}
            findings.at("ledger.number", row["cell"],
                        f"没有台账编号，作为县里自报的一项，编为{row['id']}")
        named.append(row)
    return named
