"""One wrong cell in a whole county (单格错误): what is refused, warned of, mended, and escapes.

2,000 random faults of 20 kinds, ten in each of 200 made-up counties (a quarter of them each
time, see `drawn`). Nothing may pass in silence but another plausible number: a check cannot
know that a school has 354 pupils and not 345. The shares by kind are printed.
"""

import re
from collections import Counter, namedtuple
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from statistics import median

import pytest
from drawn import drawn
from made_up import HEADERS, KINDS, UNIT, imported_files, made_up_county, saved, template_rows
from openpyxl.utils import get_column_letter
from tables import YEAR, results, workbook

from pipeline.definitions.forms.variables import classifications
from pipeline.whole.checking import check_paths

pytestmark = pytest.mark.slow
COUNTIES, IN_EACH, IN_ONE_CALL = drawn(200), 10, 25
KINDS_OF_CLASS = ("school_type", "stage", "location", "ownership")
CLASSES = [HEADERS[v][0] for v in KINDS_OF_CLASS]
CODE, NAME = HEADERS["school_code"][0], HEADERS["name"][0]
AMOUNTS = [HEADERS[v][0] for v in ("teaching_area_m2", "indoor_sport_area_m2", "field_area_m2",
                                   "equipment_value_yuan")]
WHOLE = [HEADERS[v][0] for v in ("pupils", "pupils_senior", "qualified_teachers",
                                 "backbone_teachers", "pe_art_teachers", "multimedia_rooms")]
NUMBERS = [*WHOLE, *AMOUNTS]
EVERY = [CODE, NAME, *CLASSES, *NUMBERS]
LETTERS = {header: get_column_letter(i) for i, header in enumerate(
    template_rows(made_up_county(0, 1))[0], 1)}
BAND = 5                                   # 与本学段中位数相差5倍以内的数，看不出错误
Fault = namedtuple("Fault", "county kind row header before after path")
Outcome = namedtuple("Outcome", "fault said placed")


def times(factor: str):
    return lambda value, draw: plain(Decimal(value) * Decimal(factor))


def plain(value: Decimal):
    """Return a number as a workbook holds it: whole where it is whole."""
    return int(value) if value == int(value) else value.normalize()


def digits(change):
    """Return a fault that changes the digits of a number, or of a code."""
    def fault(value, draw):
        places = [i for i, c in enumerate(str(value)[:-1]) if c.isdigit()]
        text = change(str(value), draw.choice(places)) if places else str(value)
        return text if isinstance(value, str) else plain(Decimal(text))
    return fault


def swapped(text: str, i: int) -> str:
    return text[:i] + text[i + 1] + text[i] + text[i + 2:]


def doubled(text: str, i: int) -> str:
    return text[:i] + text[i] + text[i:]


def without_one(value: str, draw: Random) -> str:
    i = draw.randrange(len(value))
    return value[:i] + value[i + 1:]


def misspelt(value: str, draw: Random) -> str:
    """Leave a letter of a class out; what is written so elsewhere (公办 as 公) is no slip."""
    after = without_one(value, draw)
    return value if any(classifications().find(kind, after) for kind in KINDS_OF_CLASS) else after


def one_of(*patterns: str):
    return lambda value, draw: draw.choice(patterns).format(value)


TEXTS = ("约{}", "{}左右", "{}?", "不详", "见附表", "三十", "1e3", "{}/2", "O", "l2")
FAULTS = {  # kind → the columns it befalls, and what then stands in the cell
    "blank": (EVERY, lambda value, draw: None),
    "text": (NUMBERS, one_of(*TEXTS)),
    "negative": (NUMBERS, times("-1")),
    "half a person": (WHOLE, lambda value, draw: Decimal(value) + Decimal("0.5")),
    "×10": (NUMBERS, times("10")),
    "×100": (NUMBERS, times("100")),
    "×1000": (NUMBERS, times("1000")),
    "÷10": (NUMBERS, times("0.1")),
    "÷1000": (NUMBERS, times("0.001")),
    "digits swapped": ([*NUMBERS, CODE], digits(swapped)),
    "digit doubled": (NUMBERS, digits(doubled)),
    "decimal point lost": (AMOUNTS, lambda value, draw: int(str(value).replace(".", ""))),
    "true or false": (EVERY, lambda value, draw: draw.random() < 0.5),
    "date": (EVERY, lambda value, draw: date(2023, 9, draw.randint(1, 30))),
    "error value": (EVERY, one_of("#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?")),
    "formula without value": (EVERY, one_of("=1+1", "=H2", "=SUM(H2:H9)", "=VLOOKUP(A2,X:Y,2,0)")),
    "another school's code": ([CODE], None),
    "code with a digit lost": ([CODE], without_one),
    "class misspelt": (CLASSES, misspelt),
    "sign or unit": (NUMBERS, one_of("+{}", "({})", "{}-", "{}%", "{}元", "{}亩", "{}人", "{}㎡")),
}
PLAUSIBLE = ("×10", "÷10", "digits swapped", "digit doubled", "decimal point lost")
NEVER = [kind for kind in FAULTS if kind not in PLAUSIBLE]


def wrong_rows(rows: list[dict], kind: str, draw: Random) -> tuple[list[dict], int, str]:
    """Return the rows with one cell spoilt, the place of its row from 0, and its header."""
    headers, fault = FAULTS[kind]
    codes = {row[CODE] for row in rows}
    while True:
        place, header = draw.randrange(len(rows)), draw.choice(headers)
        value = rows[place][header]
        if value is None:
            continue
        after = fault(value, draw) if fault else draw.choice(sorted(codes - {value}))
        if isinstance(after, bool) or after != value:
            break
    spoilt = [row | {header: after} if i == place else row for i, row in enumerate(rows)]
    return spoilt, place, header


def drawn_faults(folder, number: int) -> list[Fault]:
    """Write a county and ten spoilt copies of it; each kind of fault is as frequent."""
    draw = Random(f"faults of county {number}")
    rows = template_rows(county_of(number))
    faults = [Fault(number, "", 0, "", None, None, written(folder / f"{number}-clean", rows))]
    for turn in range(IN_EACH):
        kind = list(FAULTS)[(number * IN_EACH + turn) % len(FAULTS)]
        spoilt, place, header = wrong_rows(rows, kind, draw)
        path = written(folder / f"{number}-{turn}", spoilt)
        faults.append(Fault(number, kind, place + 2, header, rows[place][header],
                            spoilt[place][header], path))
    return faults


def county_of(number: int) -> list[dict]:
    return made_up_county(number, Random(number).randint(8, 30))


def written(folder, rows: list[dict]):
    path = folder / str(YEAR) / f"{UNIT}_示例县.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(saved(workbook(rows)))
    return path


def reports_of(paths: list) -> list[dict]:
    """Check the files together; should one bring the check down, find which."""
    try:
        return check_paths(paths)
    except Exception:  # whatever it was, the test says of which fault
        if len(paths) == 1:
            return [{"outcome": "crashed", "findings": []}]
        half = len(paths) // 2
        return reports_of(paths[:half]) + reports_of(paths[half:])


def grave(report: dict) -> list[dict]:
    return [f for f in report["findings"] if f["severity"] in ("refuse", "warn")]


def new_findings(report: dict, clean: dict) -> list[dict]:
    """Return what is refused or warned of, and was not in the clean county."""
    known = Counter((f["code"], f["row"], f["column"], f["action"]) for f in grave(clean))
    found = []
    for finding in grave(report):
        key = (finding["code"], finding["row"], finding["column"], finding["action"])
        known[key] -= 1
        found += [finding] if known[key] < 0 else []
    return found


@cache
def imported(path):
    """Import a county's workbook again, for its figures."""
    return imported_files(path.parents[1] / "again", {f"{UNIT}.xlsx": path.read_bytes()})


def outcome(fault: Fault, report: dict, clean: dict) -> Outcome:
    """Tell what became of a fault, and whether its row is named."""
    findings = new_findings(report, clean)
    place = re.compile(rf"第{fault.row}行|(?<![A-Z]){LETTERS[fault.header]}{fault.row}(?!\d)")
    placed = any(f["row"] == fault.row or place.search(f["action"]) for f in findings)
    if report["outcome"] != "accepted":
        return Outcome(fault, report["outcome"], placed)
    if findings:
        return Outcome(fault, "warned", placed)
    equal = results(imported(fault.path)) == results(imported(clean["path"]))
    return Outcome(fault, "equal" if equal else "escaped", True)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> list[Outcome]:
    """Return what became of every fault."""
    found = []
    for first in range(0, COUNTIES, IN_ONE_CALL):
        folder = tmp_path_factory.mktemp("counties")
        faults = [f for n in range(first, first + IN_ONE_CALL) for f in drawn_faults(folder, n)]
        reports = reports_of([fault.path for fault in faults])
        pairs = list(zip(faults, reports, strict=True))
        clean = {f.county: report | {"path": f.path} for f, report in pairs if not f.kind}
        found += [outcome(fault, report, clean[fault.county])
                  for fault, report in pairs if fault.kind]
    return found


def told(outcome: Outcome) -> str:
    fault = outcome.fault
    return f"county {fault.county} row {fault.row} {fault.header}: {fault.before} → {fault.after}"


def test_the_shares_by_kind(outcomes, capsys):
    said = ("refused", "warned", "equal", "escaped", "crashed")
    shares = Counter((o.fault.kind, o.said) for o in outcomes)
    lines = [f"{kind:24}" + "".join(f"{shares[kind, s]:9}" for s in said) for kind in FAULTS]
    sums = "".join(f"{sum(shares[kind, s] for kind in FAULTS):9}" for s in said)
    placed = sum(o.placed for o in outcomes)
    with capsys.disabled():
        print("", f"{'':24}" + "".join(f"{s:>9}" for s in said), *lines, f"{'':24}{sums}",
              f"row named: {placed} of {len(outcomes)}", sep="\n")
    assert sum(shares.values()) == COUNTIES * IN_EACH == drawn(2000)


def test_no_fault_brings_the_check_down(outcomes):
    assert [told(o) for o in outcomes if o.said == "crashed"] == []


@pytest.mark.parametrize("kind", NEVER)
def test_no_fault_escapes_that_can_never_be_plausible(kind, outcomes):
    assert [told(o) for o in outcomes if (o.fault.kind, o.said) == (kind, "escaped")] == []


@pytest.mark.parametrize("kind", [k for k in NEVER if k not in ("sign or unit", "blank")])
def test_no_such_fault_is_mended_by_a_guess(kind, outcomes):
    assert [told(o) for o in outcomes if (o.fault.kind, o.said) == (kind, "equal")] == []


def test_what_escapes_is_another_plausible_value(outcomes):
    escaped = [o for o in outcomes if o.said == "escaped" and o.fault.kind in PLAUSIBLE]
    plausible = {True: plausible_code, False: plausible_size}
    assert [told(o) for o in escaped if not plausible[o.fault.header == CODE](o.fault)] == []


def plausible_code(fault: Fault) -> bool:
    """Tell whether a code could be that of another school of the kind and province."""
    (kind,) = {s["kind"] for s in county_of(fault.county) if s["code"] == fault.before}
    others = {school["code"] for school in county_of(fault.county)}
    return bool(re.fullmatch(rf"{KINDS[kind][0]}99\d{{6}}", fault.after)) and (
        fault.after not in others)


def plausible_size(fault: Fault) -> bool:
    """Tell whether every figure per pupil of the county lies within the band of its median."""
    schools = imported(fault.path).schools
    figures = [v for v in schools.columns if re.search(r"_teachers$|_m2$|_yuan$|_rooms$", v)]
    for _, own in schools.groupby("stage"):
        for figure in figures:
            each = [v / p for v, p in zip(own[figure], own["pupils"], strict=True) if v]
            middle = median(each) if each else 0
            if any(not middle / BAND <= value <= middle * BAND for value in each):
                return False
    return True


@pytest.mark.parametrize("kind", FAULTS)
def test_what_is_refused_or_warned_of_names_the_row(kind, outcomes):
    assert [told(o) for o in outcomes if o.fault.kind == kind and not o.placed] == []


def test_every_column_of_the_form_is_befallen():
    assert set(EVERY) == set(LETTERS) and len(FAULTS) == 20
