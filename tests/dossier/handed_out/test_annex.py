"""The official annex tables: as published, one order of schools, blank where nothing is known."""

from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
from tables import YEAR, imported, school, table
from target_counties import classes, section

from pipeline.analysis.evaluate import evaluated
from pipeline.county import County
from pipeline.definitions.base import load_toml
from pipeline.definitions.forms.annex_tables import AnnexTable, annex_tables
from pipeline.dossier.c90_appendix import ANNEX_TABLES, annex_workbook
from pipeline.dossier.c90_appendix.annex_rows import rows_of as rows_of_form
from pipeline.dossier.c90_appendix.annex_values import county_values
from pipeline.ground.errors import DefinitionFault

DARK, FIRST = "FFBFBFBF", {"表Ⅱ-2": 5, "表Ⅱ-1": 5, "表Ⅲ": 5, "表Ⅰ": 6, "校际均衡汇总": 5}
# 逐表手工录入：列号
CODES = {"表Ⅰ": [f"L{n}" for n in range(1, 25)], "表Ⅱ-1": [f"L{n}" for n in range(1, 9)],
         "表Ⅱ-2": [f"L{n}" for n in range(1, 15)], "表Ⅲ": [f"L{n}" for n in range(1, 9)],
         "表Ⅳ": [], "表Ⅴ": [], "表Ⅵ": [f"L{n}" for n in range(1, 8)],
         "校际均衡汇总": [f"L{n}" for n in range(1, 9)]}
SCHOOLS = [
    school(3, pupils=400), school(2, pupils=390) | {"教学及辅助用房面积(㎡)": None},
    school(1, "小学教学点", 60, 城乡类型="乡村") | {"网络多媒体教室数": 3},
    school(4, "初级中学", 500) | {"网络多媒体教室数": 11, "教学仪器设备值(万元)": 130}]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("annex")
    read = imported(folder, SCHOOLS)
    county = County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))
    known = {**read.tables, "standard": county.standard, "year": YEAR, "years": [YEAR],
             "code": county.code, "plans": [], "reference_day": county.reference_day}
    tables = evaluated(known, ANNEX_TABLES)
    return {name: tables[name] for name in ANNEX_TABLES}, county


@pytest.fixture(scope="module")
def book(made):
    return openpyxl.load_workbook(BytesIO(annex_workbook(*made)), data_only=True)


def rows_of(book, name):
    return list(book[name].iter_rows(min_row=FIRST[name]))


def test_every_form_has_its_sheet_and_the_codes_as_published(book):
    assert book.sheetnames == [*CODES, "附表说明"]
    for name, codes in CODES.items():
        written = [cell.value for row in book[name].iter_rows(min_row=3, max_row=5)
                   for cell in row if cell.value and str(cell.value)[1:].isdigit()
                   and str(cell.value)[0] == "L"]
        assert written == codes, name


# 表Ⅳ 第7项：判定、填报的数 → 简要结论（数不全而已有结论的印依据，未有结论的留横线由县级填写）
@pytest.mark.parametrize(("status", "facts", "said"), [
    ("met", {}, "依据文件判定"), ("undetermined", {}, "特殊教育学校公用经费＿＿＿万元"),
    ("met", {"special_ed_operating_yuan": Fraction(70000), "special_ed_pupils": Fraction(10)},
     "生均7000元")])
def test_no_line_is_left_to_fill_in_beside_a_verdict(made, status, facts, said):
    form = next(form for form in annex_tables() if form.sheet == "表Ⅳ")
    row = {"id": "G7", "zh": "", "status": status, "reason": "依据文件判定",
           "limit": Fraction(6000)}
    values = dict.fromkeys(("special_ed_operating_yuan", "special_ed_pupils")) | facts
    [cells] = rows_of_form(form, {"judgements": [row]}, values, made[1])
    assert said in cells[2].value and ("＿" in cells[2].value) == (status == "undetermined")


def test_schools_stand_in_one_order_numbered_by_stage_with_points_last(book):
    rows = [[cell.value for cell in row[:4]] for row in rows_of(book, "表Ⅱ-2")]
    assert [(row[0], row[1]) for row in rows] == [(1, "甲2校"), (2, "甲3校"), (3, "甲1校"),
                                                  (1, "甲4校")]


def test_a_failing_value_is_dark_a_missing_one_is_blank_and_the_school_open(book):
    second, third, point, junior = rows_of(book, "表Ⅱ-2")
    assert (second[9].value, second[13].value) == (None, "待核")
    assert second[14].value.endswith("R4缺数据")
    assert junior[12].fill.fgColor.rgb == DARK and round(junior[12].value, 6) == 2.2
    assert third[12].fill.fgColor.rgb != DARK


def test_what_is_not_known_of_every_school_has_no_mean_no_coefficient_and_no_count(book):
    mean, cv, *_ = rows_of(book, "表Ⅲ")
    assert [cell.value for cell in (mean[5], cv[5])] == [None, None]       # R4 of the primary
    assert mean[2].value is not None and cv[2].value is not None
    count, share, *_ = rows_of(book, "表Ⅱ-1")
    assert (count[5].value, share[5].value, count[9].value) == ("待核",) * 3   # L8: 综合评估
    assert count[2].value == 3


def test_no_composite_is_filled_in_where_the_standard_has_none(book):
    assert {row[-1].value for row in rows_of(book, "表Ⅲ")} == {None}


def test_live_formulas_give_the_exact_coefficients(made, book):
    live = openpyxl.load_workbook(BytesIO(annex_workbook(*made)))
    schools = [[cell.value for cell in row] for row in rows_of(book, "表Ⅱ-2")]
    exact = {(r["stage"], r["indicator"]): float(r["cv"]) for r in made[0]["balance"].to_dict(
        "records") if r["cv"] and not r["n_missing"]}
    for line, stage, own in ((1, "primary", schools[:3]), (3, "junior", schools[3:])):
        for n in range(1, 8):
            if (stage, f"R{n}") not in exact:
                continue
            formula = live["表Ⅲ"].cell(FIRST["表Ⅲ"] + line, 2 + n).value
            assert formula.startswith("=SQRT(SUMPRODUCT(--ISNUMBER('表Ⅱ-2'!$")
            pupils, values = [r[3] for r in own], [r[5 + n] for r in own]
            mean = sum(x * p for x, p in zip(values, pupils, strict=True)) / sum(pupils)
            squares = sum(p * (x - mean) ** 2 for x, p in zip(values, pupils, strict=True))
            assert (squares / sum(pupils)) ** 0.5 / mean == pytest.approx(exact[stage, f"R{n}"])
            shown = book["表Ⅲ"].cell(FIRST["表Ⅲ"] + line, 2 + n).value
            assert shown == pytest.approx(exact[stage, f"R{n}"], rel=1e-14, abs=1e-15)


def test_the_county_is_counted_by_kind_and_the_rest_left_blank(book):
    [row] = rows_of(book, "表Ⅰ")
    values = [cell.value for cell in row]
    assert values[8:16] == [2, 0, 1, 0, 0, 0, 1, 1]
    assert values[18:20] == [850, 500] and values[:2] == [None, None]


def test_the_same_input_gives_the_same_bytes(made):
    assert annex_workbook(*made) == annex_workbook(*made)


def test_a_pack_that_judges_nothing_has_no_annex():
    assert annex_workbook({}, County.open("990102", 2012)) is None


FORM = """id = "x"
order = 9
sheet = "甲省表"
title = "甲省表"
rows = "schools"
source = "甲省"
verified = true

[[columns]]
heads = ["学校"]
shows = "{shows}"
width = 20
"""


@pytest.mark.parametrize(("shows", "good"), [("name", True), ("R1", True), ("校名", False)])
def test_a_provinces_own_form_is_a_file_and_what_it_cannot_show_is_a_fault(tmp_path, shows, good):
    path = tmp_path / "x.toml"
    path.write_text(FORM.format(shows=shows), encoding="utf-8")
    if good:
        assert load_toml(path, AnnexTable).columns[0].shows == shows
    else:
        with pytest.raises(DefinitionFault):
            load_toml(path, AnnexTable)


def test_every_form_says_where_it_is_from_and_none_claims_to_be_verified():
    assert all(form.source and not form.verified for form in annex_tables())


def filled(sections, class_sizes=(), **facts) -> dict:
    """Return what the forms may print of a county with these sections, bands and facts."""
    rows = dict.fromkeys(ANNEX_TABLES, ()) | {
        "sections": [{"operating_allocated_yuan": None, "teachers": None} | s for s in sections],
        "class_sizes": class_sizes,
        "facts": [{"variable": name, "value": Fraction(v)} for name, v in facts.items()]}
    return county_values(rows, County.open("990101", YEAR))


# 两所小学的最大班额、46人以上的班数（空为没有填）→ 超过45人的小学班数
@pytest.mark.parametrize("row", table("""
    largest | bands | printed
            | 6     |
            | 6 0   | 6
            | 6 1   | 7
    44      | 6     | 6
    45      | 6     | 6
    46      | 6     |
    45      |       |
    46      | 6 0   |
    46      | 6 1   | 7
    45      | 6 1   | 7
"""), ids=lambda row: "-".join(row.values()))
def test_large_classes_are_counted_where_every_school_is_known(row):
    largest = Fraction(row["largest"]) if row["largest"] else None
    bands = [line for code, n in enumerate(row["bands"].split(), 1)
             for line in classes(str(code), _41=10 - int(n), _46=int(n))]
    sections = [section("1", largest_class=None), section("2", largest_class=largest)]
    printed = filled(sections, bands)["large_classes_primary"]
    assert printed == (Fraction(row["printed"]) if row["printed"] else None)


@pytest.mark.parametrize(("kind", "pupils", "printed"), [
    ("211", {}, 0), ("211", {"special_ed_pupils": 0}, 0), ("211", {"special_ed_pupils": 1}, None),
    ("514", {"special_ed_pupils": 1}, 1), ("514", {}, 1)])
def test_no_special_school_is_counted_where_pupils_of_one_are(kind, pupils, printed):
    assert filled([section(school_type=kind)], **pupils)["special_schools"] == printed


# 家长的发放、有效、满意份数（空为没有填）→ 表Ⅵ “其中家长”一行印出的数；没有调查家长的留空
@pytest.mark.parametrize("row", table("""
    sent | valid | satisfied | printed
    300  | 240   | 180       | 300 240 180 75
         | 240   | 180       | - 240 180 75
    300  | 0     | 0         | 300 0 0 -
    -    | -     | -         | - - - -
"""), ids=lambda row: row["printed"])
def test_parents_have_a_row_of_their_own_in_the_form_of_recognition(made, row):
    form = next(form for form in annex_tables() if form.sheet == "表Ⅵ")
    asked = {name: Fraction(row[name]) if row[name] else None
             for name in ("sent", "valid", "satisfied") if row[name] != "-"}
    survey = [{"group": "家长"} | asked] if asked else []
    survey.append({"group": "学生", "sent": 9, "valid": 9, "satisfied": 9})
    _, parents = rows_of_form(form, {"survey": survey}, dict.fromkeys(form.formulas), made[1])
    assert [cell.value for cell in parents] == ["其中家长", *(
        None if said == "-" else Fraction(said) for said in row["printed"].split()), None, None,
        None]


def test_teachers_are_of_their_stage_and_read_though_no_indicator_asks_for_them(tmp_path):
    found = imported(tmp_path, [school(1) | {"专任教师数": 30}, school(2) | {"专任教师数": 41},
                                school(3, "初级中学") | {"专任教师数": None}]).tables
    rows = {name: found[name].to_dict("records") if name in found else [] for name in ANNEX_TABLES}
    values = county_values(rows, County.open("990101", YEAR))
    assert (values["teachers_primary"], values["teachers_junior"]) == (71, None)
