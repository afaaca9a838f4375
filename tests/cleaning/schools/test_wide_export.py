"""The wide export of a county of 120 schools says what the form says (slow).

Expected figures are reckoned here from what is true of each school, by domain §2.4 alone.
"""

import json
from fractions import Fraction
from itertools import product

import pytest
from made_up import (
    ABOVE,
    COUNTY,
    JUNIOR,
    KINDS,
    PRIMARY,
    SENIOR,
    STAGE_ZH,
    UNIT,
    imported_files,
    made_up_county,
    received,
    saved,
    template_rows,
)
from printed_books import COUNTY as COUNTY_CHAPTERS, printed
from tables import YEAR, found, refusals, results, workbook
from wide_export import (
    HEADER_ROWS,
    LOCATION,
    SENIOR_SCHOOL,
    SHEET,
    column_of,
    figures,
    paths,
    wide_books,
    wide_files,
)

pytestmark = pytest.mark.slow
SCHOOLS = made_up_county(120, 120)
FORM = {f"{UNIT}_{COUNTY}.xlsx": saved(workbook(template_rows(SCHOOLS)))}
FILE = {stage: f"{UNIT}_{COUNTY}_{zh}.xlsx" for stage, zh in STAGE_ZH.items()}
SMALL = made_up_county(9, 9)
TWELVE = next(school for school in SMALL if school["kind"] == "十二年一贯制学校")
AREA = ("本学年校舍建筑面积", "教学及辅助用房")
ASSETS = {
    "teaching_area_m2": (*AREA, "计"),
    "indoor_sport_area_m2": (*AREA, "其中", "室内体育用房"),
    "field_area_m2": ("占地面积及其他办学条件", "占地面积（平方米）", "其中", "运动场地面积"),
    "equipment_value_yuan": ("固定资产总值", "教学仪器设备资产值(万元)"),
    "multimedia_rooms": ("网络多媒体教室",)}


def true_figures(school: dict, stage: str) -> dict[str, Fraction]:
    """Reckon a section's figures: teachers of the stage, its share of the school's assets."""
    weights = {each: Fraction(weight) for each, weight in KINDS[school["kind"]][1].items()}
    weighted = {each: weights[each] * count for each, count in school["pupils"].items()}
    share = weighted[stage] / sum(weighted.values())
    whole = {"teaching_area_m2": school["teaching_area"], "multimedia_rooms": school["rooms"],
             "indoor_sport_area_m2": school["indoor_area"], "field_area_m2": school["field_area"],
             "equipment_value_yuan": school["equipment"] * 10_000}
    return {"pupils": Fraction(school["pupils"][stage]),
            "qualified_teachers": sum(school["degrees"][stage][d] for d in ABOVE[stage]),
            "backbone_teachers": school["backbone"][stage],
            "pe_art_teachers": sum(school[c][stage] for c in ("pe", "music", "art")),
            **{variable: Fraction(amount) * share for variable, amount in whole.items()}}


def true_sections(county: list[dict]) -> dict:
    """Return (code, stage) → figures of every section that is to be counted."""
    return {(school["code"], stage): true_figures(school, stage)
            for school in county for stage in (PRIMARY, JUNIOR) if stage in school["pupils"]
            and not (school["kind"] == "小学教学点" and school["pupils"][stage] < 50)}


def read_sections(imported) -> dict:
    rows = imported.schools.to_dict("records")
    variables = list(true_figures(SCHOOLS[0], PRIMARY))
    return {(row["school_code"], row["stage"]): {v: row[v] for v in variables} for row in rows}


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    return imported_files(tmp_path_factory.mktemp("form"), FORM)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    return imported_files(tmp_path_factory.mktemp("wide"), wide_files(SCHOOLS))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    imported = imported_files(tmp_path_factory.mktemp("small"), wide_files(SMALL))
    assert not imported.refused, refusals(imported)
    return imported


def spoilt(folder, change) -> object:
    """Import the small county's wide export after ``change`` to its three sheets by stage."""
    books = wide_books(SMALL)
    change({stage: books[FILE[stage]][SHEET] for stage in FILE})
    return imported_files(folder, {name: saved(book) for name, book in books.items()})


def row_of(stage: str, kind: str) -> int:
    """Return the row in which the small county's school of a kind stands in a stage's file."""
    listed = [school["kind"] for school in SMALL if stage in school["pupils"]]
    return HEADER_ROWS + 1 + listed.index(kind)


def test_a_seed_gives_one_county_with_all_kinds_of_schools():
    assert made_up_county(3, 12) == made_up_county(3, 12) != made_up_county(4, 12)
    assert {school["kind"] for school in SMALL} == set(KINDS)
    assert {school["ownership"] for school in SCHOOLS} == {"公办", "民办"}
    codes = [school["code"] for school in SCHOOLS]
    assert len(set(codes)) == 120 and all(len(c) == 10 and c[2:4] == "99" for c in codes)


def test_the_export_is_as_wide_as_those_that_bureaus_have_and_full_of_look_alikes():
    columns = {stage: paths(stage) for stage in FILE}
    assert all(250 <= len(found) <= 320 for found in columns.values())
    assert all(max(map(len, found)) == HEADER_ROWS for found in columns.values())
    leaves = [path[-1] for path in columns[PRIMARY]]
    assert min(leaves.count(leaf) for leaf in ("计", "合计", "本科毕业", "体育与健康")) >= 3
    asked = set(figures(SCHOOLS[0], PRIMARY))
    assert len(asked) < 30 and asked < set(columns[PRIMARY])


def test_the_wide_export_says_of_each_school_what_is_true(wide):
    assert refusals(wide) == []
    assert read_sections(wide) == true_sections(SCHOOLS)


def test_the_wide_export_and_the_form_give_the_same_tables(wide, form):
    assert not form.refused and results(wide) == results(form)


def test_assets_that_several_files_repeat_are_never_added(wide):
    read = read_sections(wide)
    for school in (s for s in SCHOOLS if {PRIMARY, JUNIOR} <= set(s["pupils"])):
        parts = [read[school["code"], stage]["multimedia_rooms"] for stage in (PRIMARY, JUNIOR)]
        assert 0 < sum(parts) <= school["rooms"]
        assert (sum(parts) < school["rooms"]) == (SENIOR in school["pupils"])


def test_a_school_of_another_stage_is_no_concern(wide):
    for table in (wide.schools, wide.sections, wide.accounting):
        assert SENIOR_SCHOOL["code"] not in set(table["school_code"])


def test_columns_that_nobody_asked_for_change_nothing(small, tmp_path):
    def fill(sheets):
        for stage, sheet in sheets.items():
            asked = figures(TWELVE, stage)
            places = [i for i, path in enumerate(paths(stage), 1) if path not in asked]
            for row, i in product(range(HEADER_ROWS + 1, sheet.max_row + 1), places):
                sheet.cell(row, i, 7777)

    assert results(spoilt(tmp_path, fill)) == results(small)


def test_rows_of_another_county_are_left_out_with_a_warning(small, tmp_path):
    stranger = SMALL[0] | {"code": "2199000990", "name": "邻县第一小学"}
    row = HEADER_ROWS + 1 + sum(PRIMARY in school["pupils"] for school in SMALL)

    def add(sheets):
        for path, value in (figures(stranger, PRIMARY) | {("统计三级",): "邻县"}).items():
            sheets[PRIMARY].cell(row, paths(PRIMARY).index(path) + 1, value)

    imported = spoilt(tmp_path, add)
    assert not imported.refused and results(imported) == results(small)
    warned = imported.findings[imported.findings["severity"] == "warn"].to_dict("records")
    place = {"file": f"{YEAR}/{FILE[PRIMARY]}", "sheet": SHEET, "row": row,
             "column": column_of(PRIMARY, "统计三级")}
    assert any(place.items() <= finding.items() for finding in warned)


def disagreeing(folder, asset: str, stage: str) -> tuple[list[dict], dict[str, tuple]]:
    """Return what is refused when one stage's file says otherwise, and where each file says it."""
    places = {s: (column_of(s, *ASSETS[asset]), row_of(s, TWELVE["kind"])) for s in FILE}

    def change(sheets):
        cell = sheets[stage]["{}{}".format(*places[stage])]
        cell.value = float(cell.value) + 1

    findings = spoilt(folder, change).findings
    return (findings[findings["severity"] == "refuse"].to_dict("records"),
            {f"{YEAR}/{FILE[s]}": place for s, place in places.items()})


@pytest.mark.parametrize("asset", ASSETS)
@pytest.mark.parametrize("stage", FILE)
def test_repeated_assets_that_disagree_are_refused_with_a_place(asset, stage, tmp_path):
    said, places = disagreeing(tmp_path, asset, stage)
    assert said and {finding["code"] for finding in said} == {"assets.disagree"}
    assert all((f["column"], f["row"]) == places[f["file"]] for f in said)


@pytest.mark.parametrize("stage", FILE)
def test_assets_that_disagree_are_named_in_the_files_that_disagree(stage, tmp_path):
    said, _ = disagreeing(tmp_path, "field_area_m2", stage)
    named = " ".join(f"{f['file']} {f['action']}" for f in said)
    assert FILE[stage] in named and sum(name in named for name in FILE.values()) >= 2


@pytest.mark.parametrize(("kind", "absent"), [
    ("九年一贯制学校", JUNIOR), ("九年一贯制学校", PRIMARY), ("完全中学", SENIOR),
    ("十二年一贯制学校", SENIOR), ("十二年一贯制学校", PRIMARY)])
def test_without_the_pupils_of_every_stage_no_share_is_assumed(kind, absent, small, tmp_path):
    imported = spoilt(tmp_path, lambda sheets: sheets[absent].delete_rows(row_of(absent, kind)))
    code = next(school["code"] for school in SMALL if school["kind"] == kind)
    read = {key: own for key, own in read_sections(imported).items() if key[0] == code}
    assert read or imported.refused
    assert all(own[variable] is None for own in read.values() for variable in ASSETS)
    assert found(imported, "split.no_enrolment") or imported.refused
    others = [{k: own for k, own in read_sections(table).items() if k[0] != code}
              for table in (imported, small)]
    assert others[0] == others[1]


def test_without_the_senior_file_the_schools_with_a_senior_part_are_open(small, tmp_path):
    files = {name: content for name, content in wide_files(SMALL).items() if name != FILE[SENIOR]}
    imported = imported_files(tmp_path, files)
    read, true = read_sections(imported), read_sections(small)
    mixed = {school["code"] for school in SMALL if SENIOR in school["pupils"]}
    assert not imported.refused and set(read) == set(true) and len(mixed) >= 2
    for key, own in read.items():
        unknown = set(ASSETS) if key[0] in mixed else set()
        assert own == {v: None if v in unknown else true[key][v] for v in own}


@pytest.mark.parametrize("stage", [PRIMARY, JUNIOR])
def test_a_school_twice_in_one_file_is_refused_and_both_rows_are_named(stage, tmp_path):
    def repeat(sheets):
        sheet = sheets[stage]
        sheet.append([cell.value for cell in sheet[HEADER_ROWS + 2]])

    (finding,) = found(spoilt(tmp_path, repeat), "identity.duplicate")
    assert finding["file"] == f"{YEAR}/{FILE[stage]}"
    assert f"第{HEADER_ROWS + 2}行" in finding["action"]


def test_a_column_that_is_asked_for_and_gone_is_told(tmp_path):
    def rename(sheets):
        for stage, sheet in sheets.items():
            sheet[f"{column_of(stage, *ASSETS['equipment_value_yuan'])}2"].value = "其他资产(万元)"
            sheet[f"{column_of(stage, LOCATION[stage])}1"].value = "地形"

    imported = spoilt(tmp_path, rename)
    told = [f for f in imported.findings.to_dict("records")
            if f["severity"] in ("refuse", "warn") and f["code"].startswith("header.")]
    assert {f["file"] for f in told} >= {f"{YEAR}/{FILE[s]}" for s in (PRIMARY, JUNIOR)}
    assert any("教学仪器设备" in f["action"] for f in told)


def run(folder, files: dict[str, bytes]) -> bytes:
    """Run every chapter of the dossier; return results.json."""
    given = {"unit": UNIT, "year": YEAR, "raw": str(received(folder, files)),
             "processed": str(folder / "processed")}
    printed(COUNTY_CHAPTERS, given)
    return (folder / "processed" / str(YEAR) / UNIT / "results.json").read_bytes()


def test_the_chapters_give_the_same_results_of_either_to_the_byte(tmp_path):
    """No key is dropped: results.json says nothing of the files that it came from."""
    of_form = run(tmp_path / "form", FORM)
    of_wide = run(tmp_path / "wide", wide_files(SCHOOLS))
    ours, theirs = json.loads(of_form), json.loads(of_wide)
    assert [key for key in ours if ours[key] != theirs[key]] == []
    assert of_form == of_wide
