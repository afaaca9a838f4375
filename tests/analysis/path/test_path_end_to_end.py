"""The plan carried out in the example county's workbook gives what it promises (slow)."""

import re
import shutil
from decimal import Decimal
from fractions import Fraction
from math import ceil

import jsonschema
import pytest
from openpyxl import load_workbook
from test_dossier import make, spaced

from pipeline.county import County
from pipeline.definitions.base import DATA
from pipeline.definitions.standards import standard
from pipeline.dossier.c09_conclusion.results import results_schema

pytestmark = pytest.mark.slow
UNIT, YEAR = "990101", 2023
CN = standard("cn-2017-06")
CHANGED = {"R1": "qualified_teachers", "R2": "backbone_teachers", "R3": "pe_art_teachers",
           "R4": "teaching_area_m2", "R5": "field_area_m2", "R6": "equipment_value_yuan",
           "R7": "multimedia_rooms"}
IN_CELL = {"R6": 10000}   # the form has 万元


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return make(tmp_path_factory.mktemp("before"), UNIT, YEAR)


@pytest.fixture(scope="module")
def after(before, tmp_path_factory):
    """Return the dossier made from the workbook into which the default plan was written."""
    place = tmp_path_factory.mktemp("after")
    for year in range(YEAR - 2, YEAR + 1):
        shutil.copytree(DATA / "raw" / str(year), place / "raw" / str(year))
    (path,) = (place / "raw" / str(YEAR)).glob(f"{UNIT}_*.xlsx")
    write_plan(opened(before), path)
    return make(place, UNIT, YEAR, raw=str(place / "raw"))


def opened(made) -> County:
    return County.open(**made.order.parameters.of_county)


def write_plan(county: County, path) -> None:
    """Write the moves and additions of the default plan into the cells they came from."""
    book = load_workbook(path)
    for stage, code, indicator, amount in changes(county):
        for sheet, place in places(county, stage, code, CHANGED[indicator]):
            cell = book[sheet][place]
            held = Fraction(re.sub(r"[^\d.]", "", str(cell.value)) or "0")
            cell.value = float(held + amount / IN_CELL.get(indicator, 1))
    book.save(path)


def changes(county: County):
    """Yield stage, school, indicator and by how much the amount of the whole school changes."""
    found, moves = county.load("path_schools"), county.load("path_moves")
    for row in moves[moves["plan"] == "threshold"].to_dict("records"):
        yield row["stage"], row["from_code"], row["indicator"], -row["moves"]
        yield row["stage"], row["to_code"], row["indicator"], row["moves"]
    for row in found[found["plan"] == "threshold"].to_dict("records"):
        if row["added"]:
            share = share_of(county, row)
            grid = 1 if row["unit"] in ("人", "间") else 100
            yield (row["stage"], row["school_code"], row["indicator"],
                   Fraction(ceil(row["added"] / share * grid), grid))


def share_of(county: County, row: dict) -> Fraction:
    """Return the part of the whole school's amount that is the section's."""
    split = county.load("derivations")
    mine = split[(split["year"] == YEAR) & (split["stage"] == row["stage"])
                 & (split["school_code"] == row["school_code"]) & (split["action"] == "split")
                 & (split["variable"] == CHANGED[row["indicator"]])]
    return mine.iloc[0]["share"] if len(mine) else Fraction(1)


def places(county: County, stage: str, code: str, variable: str):
    """Return the cells of a variable: of the section for teachers, of all its rows for assets."""
    cells = county.load("cells")
    mine = cells[(cells["year"] == YEAR) & (cells["school_code"] == code)
                 & (cells["variable"] == variable)]
    if variable.endswith("_teachers"):
        mine = mine[mine["stage"] == stage]
    return {(r["sheet"], f"{r['column']}{r['row']}") for r in mine.to_dict("records")}


def final(results: dict, plan: str = "threshold") -> dict[tuple, dict]:
    """Return the deciding row of each stage and indicator."""
    return {(row["stage"], row["indicator"]): row for row in results["path"]
            if row["plan"] == plan}


def test_the_plan_has_something_to_do_and_its_results_keep_to_the_schema(before, after):
    statuses = {row["status"] for row in final(before.results).values()}
    assert {"redistribution", "additions"} <= statuses
    for made in (before, after):
        jsonschema.Draft202012Validator(results_schema()).validate(made.results)


def test_the_promised_coefficients_are_those_of_the_second_dossier(before, after):
    now = {(row["stage"], row["indicator"]): row for row in after.results["balance"]}
    promised = {key: row for key, row in final(before.results).items()
                if row["status"] != "undetermined"}
    assert promised and {now[key]["status"] for key in promised} == {"met"}
    whole = {key for key, row in promised.items() if row["unit"] in ("人", "间")}
    assert {key: now[key]["cv"] for key in whole} == {
        key: promised[key]["cv_after"] for key in whole}


def test_every_school_then_meets_every_indicator_that_it_reports(before, after):
    for school in after.results["schools"]:
        reported = {id: value for id, value in school["values"].items() if value is not None}
        short = {id: value for id, value in reported.items()
                 if Fraction(value) < CN.threshold(id, school["stage"])}
        assert short == {}, school["name"]
        assert school["status"] == ("met" if len(reported) == 7 else "undetermined")
    assert {s["status"] for s in before.results["schools"]} >= {"not_met"}


def test_the_items_of_resources_are_met_but_for_what_is_open(before, after):
    open_ = {id for (_, id), row in final(before.results).items()
             if row["status"] == "undetermined"}
    items = {row["id"]: row["status"] for row in after.results["indicators"]}
    for id in CN.resource.indicators:
        assert items[id] == ("undetermined" if id in open_ else "met")


def test_the_second_dossier_has_nothing_left_to_do(after):
    assert {row["status"] for row in final(after.results).values()} <= {
        "not_needed", "undetermined"}
    assert [row for row in after.results["shortfalls"] if row["level"] != "missing"] == []


def test_the_counts_on_paper_are_those_of_the_results(before):
    rows = list(final(before.results).values())
    words = {"not_needed": "不需要", "redistribution": "仅靠交流", "additions": "需增配",
             "unreachable": "无法达到", "undetermined": "待核"}
    counts = [f"{zh}{n}项" for s, zh in words.items()
              if (n := sum(row["status"] == s for row in rows))]
    paper = before.text.replace(" ", "")
    assert f"达标路径：各学段资源指标{len(rows)}项中{'、'.join(counts)}。" in paper
    assert f"须交流教师{sum(row['moves'] or 0 for row in rows)}人次" in paper


def test_the_transfers_and_shortfalls_on_paper_are_those_of_the_results(before):
    names = {s["school_code"]: s["name"] for s in before.results["schools"]}
    for row in final(before.results).values():
        for move in row["transfers"]:
            pair = rf"{spaced(names[move['from_code']])} {spaced(names[move['to_code']])}"
            assert re.search(rf"{row['indicator']} \S+ {pair} {move['moves']} ", before.text), move
    for row in before.results["shortfalls"]:
        if row["level"] != "missing":
            assert re.search(rf"{spaced(row['name'])} {row['indicator']} \S+ \S+ \S+ \S+ "
                             rf"{_amount(row)}", before.text), row


def _amount(row):
    """Return a shortfall as a reader finds it: great sums of 元 in 万元."""
    needed, unit = row["needed"], row["unit"]
    if unit == "元" and float(needed) >= 100_000:
        needed, unit = f"{Decimal(needed) / 10_000:f}".rstrip("0").rstrip("."), "万元"
    return rf"{re.escape(needed)}\s?{unit}"
