"""The roll of schools (学校花名册): which unit reports which school, read before any is judged.

A school that two units report cannot be told from the files of either. The roll reads the
codes alone, through the same gate, layouts and links as the import; what else is amiss in a
file is left to the import.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.ledger_rows import unit_code
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.receiving import Received, Source, receive
from pipeline.cleaning.schools.identity import is_national, link_schools, own_rows
from pipeline.cleaning.schools.kept_rows import read_and_kept
from pipeline.cleaning.schools.unit_names import UnitName, unit_name
from pipeline.county import RECORDS, County
from pipeline.county.known_files import KnownFiles
from pipeline.ground.terms import REFUSE

_MOST_NAMED = 3
_OF_SCHOOLS = ("class_sizes", "rooms", "spot_checks")
_OF_PERSONS = "privacy.found"  # refuses the counties, not their roll


@dataclass(frozen=True)
class Entry:
    """One line of the roll: a school's code in a year, and the row that reports it."""

    year: int
    school_code: str
    file: str
    row: int

    @property
    def place(self) -> str:
        """Return the place in words."""
        return f"{self.file}第{self.row}行"

    def record(self) -> dict:
        """Return it as plain data."""
        return asdict(self)


def roll_of(county: County, drop_personal: bool = False) -> list[Entry]:
    """Return the schools that the unit's own files of its year report (多县合表不在内).

    What is read is kept for the import; where anything is corrected it is read by itself.
    """
    sources = [Source(path, county.year) for path in county.files(county.year)
               if not county.is_shared(path) and path.name not in RECORDS]
    corrections = county.corrections(county.year)
    if corrections:
        received = Received(drop_personal)
        receive(sources, {county.year: corrections}, county.standard, received, Findings())
    else:
        received, _ = read_and_kept(sources, drop_personal, county.known)
    rows = own_rows(received.schools, county.info, Findings())
    link_schools(rows, received.links, Findings())
    return list(_entries(rows))


def shared_roll(path: Path, year: int, drop_personal: bool, known: KnownFiles
                ) -> tuple[dict[UnitName, list[Entry]], list[str], str, list[str]]:
    """Return how a shared table writes a unit → its schools; the codes that rows of a ledger are
    numbered by; why it cannot be read; and which of its rows nobody will count (`adrift`).

    Rows that name no unit stand under a blank name. What is read is kept for the imports.
    """
    received, findings = read_and_kept([Source(path, year, shared=True)], drop_personal, known)
    named = defaultdict(list)
    for row in received.schools:
        named[unit_name(row)].append(row)
    faults = [f"{r['action']}。{r['rule']}" for r in findings.rows
              if r["severity"] == REFUSE and r["code"] != _OF_PERSONS]
    unread = faults[0] if faults and (not received.schools or findings.has("unit.missing")) else ""
    ledgers = sorted({code for row in received.county["ledger_rows"] if (code := unit_code(row))})
    if not ledgers and not named:
        unread = unread or _of_nobody(received)
    return ({name: list(_entries(rows)) for name, rows in named.items()}, ledgers, unread,
            [] if unread else adrift(received))


def _of_nobody(received: Received) -> str:
    """Say why no county can read a shared table that names none."""
    if received.county["ledger_rows"]:
        return "台账没有本软件所列的编号，不知是哪个县的；请在文件名前写上县代码"
    there = "、".join(dict.fromkeys(form.sheet for form in received.forms))
    return f"“{there}”看不出是哪个县的；请在文件名前写上县代码，或放进该县的文件夹" if there else ""


def adrift(received: Received) -> list[str]:
    """Return what a shared table says of schools that none of its own rows is of: classes, rooms
    and inspections that no county will ever count."""
    link_schools(received.schools, received.links, Findings())
    codes, said = {row.get("school_code") for row in received.schools}, []
    for table in _OF_SCHOOLS if codes else ():
        forms = [*{id(r["form_row"]): r["form_row"] for r in received.county[table]}.values()]
        link_schools(forms, received.links, Findings())
        lost = [form for form in forms if form.get("school_code") not in codes]
        if lost:
            rows = "、".join(str(form.first.row) for form in lost[:_MOST_NAMED])
            more = f"等{len(lost)}行" if len(lost) > _MOST_NAMED else "行"
            said.append(f"“{lost[0].first.sheet}”第{rows}{more}的学校不在该表的学校情况中，"
                        "没有一个县会采用；请改正学校标识码，或放进该县的文件夹")
    return said


def _entries(rows: Iterable[FormRow]) -> Iterator[Entry]:
    for row in rows:
        if is_national(row.get("school_code")):
            cell = row.at("school_code")
            yield Entry(row.year, row.get("school_code"), cell.file, cell.row)


def in_two_units(rolls: dict[str, list[Entry]], names: dict[str, str]) -> dict[str, str]:
    """Return unit → why it is refused, for every unit that reports a school of another's.

    ``rolls`` is unit → its schools, ``names`` unit → its name.
    """
    first: dict[tuple[int, str], tuple[str, Entry]] = {}
    clashes: dict[str, dict[str, str]] = defaultdict(dict)
    for unit in sorted(rolls):
        for entry in rolls[unit]:
            other, before = first.setdefault((entry.year, entry.school_code), (unit, entry))
            if other != unit:
                for here, mine, there, its in ((unit, entry, other, before),
                                               (other, before, unit, entry)):
                    clashes[here].setdefault(
                        entry.school_code, f"标识码 {entry.school_code}（{mine.place}）"
                        f"也由 {there} {names[there]} 填报（{its.place}）")
    return {unit: _reason(list(found.values())) for unit, found in clashes.items()}


def _reason(found: list[str]) -> str:
    more = f"等{len(found)}所学校" if len(found) > _MOST_NAMED else ""
    return (f"一所学校一年只能由一个县填报：{'；'.join(found[:_MOST_NAMED])}{more}。"
            "请核对该校归属，只保留一处")
