"""Headers: every listed real wording is understood or refused for what it is; decoys never."""

import csv
from pathlib import Path

import pytest
from tables import imported, refusals, renamed, results, school

from pipeline.cleaning.files.cells import BLANK, TEXT, Cell, Sheet
from pipeline.cleaning.forms.headers import candidates, is_meant
from pipeline.definitions.forms.layouts import known_headers, layouts
from pipeline.definitions.forms.wordings import decoys, readings

REAL = list(csv.DictReader(
    (Path(__file__).parents[2] / "witnesses" / "headers.csv").open(encoding="utf-8", newline="")))
ROWS = [school(n, pupils=400 + 7 * n, **{"教学仪器设备值(万元)": 100 + n}) for n in range(1, 8)]
OURS = {"school_name": "学校名称", "pupils": "在校生数",
        "teachers_above_required": "高于规定学历教师数",
        "backbone_teachers": "县级以上骨干教师数", "pe_art_teachers": "体育艺术专任教师数",
        "teaching_area": "教学及辅助用房面积(㎡)", "sports_area": "运动场地面积(㎡)",
        "equipment_value": "教学仪器设备值(万元)", "multimedia_classrooms": "网络多媒体教室数",
        "school_code": "学校标识码", "school_type": "办学类型", "urban_rural": "城乡类型",
        "operator_type": "举办者类型"}
VARIABLES = {"school_name": "name", "pupils": "pupils", "teachers_above_required":
             "qualified_teachers", "backbone_teachers": "backbone_teachers",
             "pe_art_teachers": "pe_art_teachers", "teaching_area": "teaching_area_m2",
             "sports_area": "field_area_m2", "equipment_value": "equipment_value_yuan",
             "multimedia_classrooms": "multimedia_rooms"}
RATIO = ("每百", "生均")


def rows_under(row: dict) -> list[dict]:
    """Return the good rows with one of our headers replaced by this real one."""
    return [renamed(r, OURS[row["field"]], row["header_wording"]) for r in ROWS]


def of(kind: str, *, ratio: bool | None = None) -> list[dict]:
    chosen = [r for r in REAL if r["field"] in OURS and r["kind"].startswith(kind)
              and r["header_wording"] != "统计三级"]  # the unit that reports, no kind of school
    return [r for r in chosen if ratio is None or r["header_wording"].startswith(RATIO) is ratio]


def wording(row: dict) -> str:
    return f"{row['field']}-{row['header_wording']}"


def told(result) -> list[str]:
    """Return the warnings that the good file does not get as well."""
    return [f["code"] for f in result.findings.to_dict("records")
            if f["severity"] == "warn" and "公用经费" not in f["action"]]


def figures(result) -> dict[str, list]:
    """Return what is computed; 运动场馆面积 is another column that gives the same."""
    return {name: rows for name, rows in results(result).items() if name != "schools"}


BOTH = {row["header_wording"] for row in of("header")} & {row["header_wording"]
                                                          for row in of("decoy")}
DECOYS = [row for row in of("decoy") if row["header_wording"] not in BOTH]
WHOLE_YUAN = [row for row in of("header", ratio=True) if row["field"] == "equipment_value"]
RATIOS = [row for row in of("header", ratio=True) if row not in WHOLE_YUAN]


def test_the_good_file_gets_no_warning_of_its_headers(tmp_path):
    result = imported(tmp_path, ROWS)
    assert not result.refused and told(result) == []


@pytest.mark.parametrize("row", DECOYS, ids=wording)
def test_a_decoy_is_never_taken_for_the_quantity(row):
    known = known_headers("template-1")
    for reading in readings(row["header_wording"]):
        column = known.get((reading.name, reading.stage)) or known.get((reading.name, ""))
        assert column is None or column.variable != VARIABLES[row["field"]]


@pytest.mark.parametrize("row", of("decoy"), ids=wording)
def test_a_decoy_in_the_place_of_a_column_refuses_the_file(row, tmp_path):
    assert imported(tmp_path, rows_under(row)).refused


@pytest.mark.parametrize("row", of("header", ratio=False), ids=wording)
def test_a_real_wording_of_an_amount_is_understood(row, tmp_path):
    """A wording that names parts, another stage or no unit must be told, not guessed."""
    result = imported(tmp_path, rows_under(row))
    if not result.refused:
        clean = imported(tmp_path / "clean", ROWS)
        assert told(result) or figures(result) == figures(clean)
    else:
        assert set(refusals(result)) <= {"header.unit", "header.missing", "pupils.missing",
                                         "header.ambiguous", "value.column",
                                         "pupils.no_stage", "pupils.columns"}
        assert ">" in row["header_wording"] or refusals(result)[0] == "header.unit" or (
            row["header_wording"][:2] in ("初中", "小学", "高中", "本科", "体育", "艺术", "义务"))


@pytest.mark.parametrize("row", RATIOS, ids=wording)
def test_counts_under_a_header_of_ratios_are_told(row, tmp_path):
    result = imported(tmp_path, rows_under(row))
    assert result.refused or told(result)


def test_every_decoy_of_the_list_says_why():
    assert all(decoys().values()) and len(decoys()) >= 20


GENERAL = ("学校标识码", "计量单位")  # words that any page about a form has
PAGE = [["工作表", "列", "是否必填", "计量单位", "怎样填"],
        ["学校情况", "学校标识码", "必填", "", "10位，文本格式"],
        ["学校情况", "学校名称", "必填", "", ""],
        ["学校情况", "在校生数", "按需", "人", ""]]


def sheet(lines):
    return Sheet("a.xlsx", "填表说明", tuple(
        tuple(Cell("a.xlsx", "填表说明", row, "ABCDE"[n], text, TEXT if text else BLANK)
              for n, text in enumerate(line)) for row, line in enumerate(lines, 1)))


def test_a_page_that_explains_the_columns_of_a_form_is_no_form():
    assert not is_meant(sheet(PAGE), candidates(sheet(PAGE), 2023))


@pytest.mark.parametrize("layout", [one for one in layouts() if one.table != "schools"],
                         ids=lambda one: one.id)
def test_words_that_any_page_has_tell_of_the_schools_table_alone(layout):
    found = candidates(sheet([list(GENERAL)]), 2023)
    assert all(c.telling < 2 for c in found if c.layout.id == layout.id)


WRONG = [row | {"体育艺术专任教师数": "约6", "教学仪器设备值(万元)": -4} if n == 2 else row
         for n, row in enumerate(ROWS)]


@pytest.mark.parametrize(("header", "written", "like"), [
    ("学校标识码", "学校代识码", True), ("学校标识码", "标识", True),
    ("教学及辅助用房面积(㎡)", "教学用房和辅助用房的面积(㎡)", True),
    ("教学及辅助用房面积(㎡)", "房(㎡)", False), ("学校标识码", "甲", False)])
def test_a_header_that_is_not_known_is_tied_to_the_missing_one_and_hides_no_cells(
        header, written, like, tmp_path):
    """The cells' faults are those that are told of the same cells under the right header."""
    result = imported(tmp_path, [renamed(row, header, written) for row in WRONG])
    (missing,) = [f for f in result.findings.to_dict("records") if f["code"] == "header.missing"]
    at = f"{'ABCDEFGHIJKLMNOPQ'[[*ROWS[0]].index(header)]}1"
    assert at in missing["action"] and header in missing["action"]
    assert (f"{at}格的表头与“{header}”相近" in missing["action"]) == like
    assert f"“{written}”" not in missing["action"]  # it might be somebody's name
    assert cells(result) == cells(imported(tmp_path / "right", WRONG)) != []


def cells(result):
    return [(f["code"], f["row"], f["column"], f["action"])
            for f in result.findings.to_dict("records") if f["code"].startswith("cell.")
            and f["severity"] == "refuse"]


def test_columns_that_are_not_there_at_all_hide_no_cells_either(tmp_path):
    gone = ("学校名称", "办学类型")
    result = imported(tmp_path, [{k: v for k, v in row.items() if k not in gone} for row in WRONG])
    assert [(code, row) for code, row, *_ in cells(result)] == [
        ("cell.text", 4), ("cell.negative", 4)]
    assert {*refusals(result)} == {"header.missing", "cell.text", "cell.negative"}


def test_a_sheet_of_which_little_is_known_is_refused_for_its_head_alone(tmp_path):
    known = ("学校标识码", "在校生数")
    result = imported(tmp_path, [{k: v for k, v in row.items() if k in known} | {"乙": "约6"}
                                 for row in WRONG])
    assert {*refusals(result)} == {"header.missing"}
