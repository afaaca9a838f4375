"""The blank workbook (采集表): what it asks for, and that the reader takes what is filled in."""

import re
import zipfile
from collections import Counter

import openpyxl
import pandas as pd
import pypdf
import pytest
from blank_form import FORMS, SCHOOLS, fill, headers, imported, placed
from office import converted, has
from tables import refusals

from pipeline.cleaning.blank_form.template_book import write_template
from pipeline.cleaning.blank_form.template_rows import Handed, schools_of
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.forms.layouts import layouts
from pipeline.definitions.forms.unit_list import unit_info
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.forms.wordings import readings

NOT_DATA = ["填表说明", "填写样例"]
HELP = {"佐证材料": ["指标或事项", "应提交的资料"], "县级数据": ["口径"]}
LAYOUTS = {layout.id: layout for layout in layouts()}
@pytest.fixture
def blank(tmp_path):
    return placed(tmp_path)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "采集表.xlsx"
    write_template(path)
    return openpyxl.load_workbook(path)


def rules(sheet):
    return sheet.data_validations.dataValidation


def columns_of(name):
    """Return the columns that any county is asked for; those for plans are for theirs alone."""
    return [c for c in LAYOUTS[FORMS[name]].columns
            if not variables().variables[c.variable].for_plans]


def test_there_is_a_sheet_for_every_form_then_the_explanation_and_the_example(book):
    assert book.sheetnames == [*NOT_DATA, *FORMS]
    assert {sheet.sheet_state for sheet in book} == {"visible"}


@pytest.mark.parametrize("name", FORMS)
def test_a_sheet_has_every_column_of_its_form_and_nothing_unexplained(book, name):
    written = [h for h in headers(book[name]) if h not in HELP.get(name, ())]
    assert written == [column.headers[0] for column in columns_of(name)]


@pytest.mark.parametrize("name", FORMS)
def test_every_column_with_a_unit_has_it_in_its_header_or_in_the_form(book, name):
    units = variables().units
    for column in columns_of(name):
        base = variables().variables[column.variable].unit
        written = readings(column.headers[0])[0].unit
        assert column.headers[0] in headers(book[name])
        assert not base or units[written or column.unit].base == base, column.headers[0]
        if base in ("元", "㎡", "%"):
            assert written, column.headers[0]


@pytest.mark.parametrize("name", FORMS)
def test_a_column_with_choices_has_them_as_a_drop_down(book, name):
    found = {str(rule.sqref): rule.formula1 for rule in rules(book[name]) if rule.type == "list"}
    wanted = {cell.column_letter: c.choices for c in LAYOUTS[FORMS[name]].columns if c.choices
              for cell in book[name][1] if cell.value == c.headers[0]}
    if name != "佐证材料":      # where each row has answers of its own
        assert found.items() >= {f"{at}2:{at}2000": f'"{",".join(choices)}"'
                                 for at, choices in wanted.items()}.items()


@pytest.mark.parametrize("name", FORMS)
def test_what_is_limited_is_refused_in_words_within_what_spreadsheets_hold(book, name):
    for rule in rules(book[name]):
        refusing = rule.type is not None
        assert rule.showErrorMessage == refusing
        assert bool(rule.error and rule.errorTitle) == refusing
        assert (rule.errorStyle or "stop") == ("warning" if rule.type == "date" else "stop")
        # Excel's limits: 255 letters of a formula, here with the quotes of a list, and of a hint
        assert len(rule.formula1 or "") <= 257
        assert max(len(rule.error or ""), len(rule.prompt or "")) <= 255
        assert max(len(rule.errorTitle or ""), len(rule.promptTitle or "")) <= 32


@pytest.mark.parametrize(("sheet", "header", "tests"), [
    ("学校情况", "在校生数", "{0}>=0,{0}<=30000,{0}=INT({0})"),
    ("学校情况", "教学及辅助用房面积(㎡)", "{0}>=0"),
    ("学校情况", "体质健康优良率(%)", "{0}>=0,{0}<=100"),
    ("质量监测", "校际差异率(比率)", "{0}>=0,{0}<=1"),
    ("专用教室", "教室面积(㎡)", "{0}>=0,{0}<=3000"),
])
def test_a_number_is_held_to_what_the_reader_takes_and_a_dash_is_let_through(
        book, sheet, header, tests):
    letter = next(cell.column_letter for cell in book[sheet][1] if cell.value == header)
    formula = next(rule.formula1 for rule in rules(book[sheet])
                   if str(rule.sqref) == f"{letter}2:{letter}2000")
    assert formula.startswith(f"IF(ISNUMBER({letter}2),AND({tests.format(letter + '2')}),OR(")
    assert f'{letter}2="-",{letter}2="—"' in formula


def test_an_item_takes_its_own_answers_and_a_figure_units_of_its_kind(book):
    answers = {str(cell): rule.formula1 for rule in rules(book["佐证材料"]) if rule.type == "list"
               for cell in str(rule.sqref).split()}
    ids = {row[0].value: f"D{row[0].row}" for row in book["佐证材料"].iter_rows(min_row=2)}
    assert answers[ids["G1"]] == answers[ids["E1"]] == '"符合,不符合,待核"'
    assert answers[ids["V3"]] == '"无此情况,有此情况,待核"'
    units = {str(cell): rule.formula1 for rule in rules(book["县级数据"]) if rule.type == "list"
             for cell in str(rule.sqref).split()}
    rows = {row[0].value: f"D{row[0].row}" for row in book["县级数据"].iter_rows(min_row=2)}
    assert units[rows["一般公共预算教育支出"]] == '"万元,元,千元,亿元"'
    assert units[rows["社会认可度"]] == '"%,比率"'


def test_hints_stand_in_no_note_which_some_portals_cannot_open(blank):
    with zipfile.ZipFile(blank) as package:
        assert [name for name in package.namelist() if "comment" in name or "vml" in name] == []


@pytest.mark.parametrize("name", FORMS)
def test_a_column_that_has_to_be_filled_in_has_a_head_of_its_own_colour(book, name):
    colour = {cell.value: cell.fill.fgColor.rgb for cell in book[name][1]}
    wanted = {c.headers[0] for c in LAYOUTS[FORMS[name]].columns if c.required or c.expected}
    assert {header for header, rgb in colour.items() if rgb == "00FBE3C0"} == wanted


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_printed_across_with_its_heads_and_names_on_every_page(book, name):
    sheet = book[name]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$B")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0


def test_a_unit_gets_its_name_its_plans_targets_and_last_years_schools(tmp_path):
    county = County.open("990101", 2023)
    read = import_county(county)
    schools = schools_of(read.sections, read.cells, 2023)
    path = tmp_path / "采集表.xlsx"
    write_template(path, Handed(county.info, 2024, schools))
    book = openpyxl.load_workbook(path)
    assert [book["填表说明"][at].value for at in ("B2", "D2", "B3")] == ["示例县", "990101", 2024]
    rows = list(book["学校情况"].iter_rows(min_row=2, max_col=6, values_only=True))
    assert rows[0] == ("2199000001", "示例县第一小学", "小学", "小学", "城区", "公办")
    assert len(rows) == len(schools) == 51
    assert not [row[1] for row in rows if "（小学部）" in row[1] or "（初中部）" in row[1]]
    figures, papers = ({row[0].value for row in book[sheet].iter_rows(min_row=2)}
                       for sheet in ("县级数据", "佐证材料"))
    asked = figures | papers
    assert asked >= {"H14", "CX05县市党委常委会", "W21", "CX22", "寄宿生公用经费补助", "择校生数"}
    # the sheets of schools, classes and county figures decide
    assert asked.isdisjoint({"H02", "H03", "W22", "H11", "Z20", "CX11小学", "CX12"})
    assert {"H14", "W28"} <= figures and {"W21", "CX22", "W28"} <= papers
    told = {row[0].value: row[1].value for row in book["县级数据"].iter_rows(min_row=2)}
    assert told["寄宿生公用经费补助"] == "用于规划目标 H11"
    assert told["城镇学校和优质学校符合交流条件教师数"] == "用于规划目标 ZR3、W14"
    assert "教职工编制数" in {cell.value for cell in book["学校情况"][1]}
    assert figures & papers == {"CX06县市", "CX20", "W28", "Z38"} - {"CX06县市"}
    assert "Z01" not in asked                         # is asked of two other counties


@pytest.mark.slow
@pytest.mark.skipif(not has("libsclo.so"), reason="没有 LibreOffice Calc，未核对打印页数")
def test_the_blank_workbook_is_printed_on_thirteen_pages(blank, tmp_path):
    converted(tmp_path, "pdf", blank)
    pages = pypdf.PdfReader(tmp_path / f"{blank.stem}.pdf").pages
    titles = [page.extract_text().split("\n")[0].strip() for page in pages]
    assert Counter(titles) == Counter([*NOT_DATA, *FORMS, "学校情况", "县级数据"])


@pytest.mark.slow
@pytest.mark.skipif(not has("libsclo.so"), reason="没有 LibreOffice Calc，未核对另存后的采集表")
def test_saved_again_by_libreoffice_it_is_read_alike_and_still_refuses(blank, tmp_path):
    before = imported(fill(blank, 学校情况=SCHOOLS))
    converted(tmp_path / "again", "xlsx:Calc MS Excel 2007 XML", blank)
    again = tmp_path / "again" / blank.name
    saved = openpyxl.load_workbook(again)
    assert {name: Counter(rule.type for rule in rules(saved[name])) for name in FORMS} == {
        name: Counter(rule.type for rule in rules(openpyxl.load_workbook(blank)[name]))
        for name in FORMS}
    assert all(rule.showErrorMessage for name in FORMS for rule in rules(saved[name]) if rule.type)
    blank.write_bytes(again.read_bytes())
    after = imported(blank)
    assert refusals(after) == []
    pd.testing.assert_frame_equal(after.sections, before.sections)


def test_there_are_drop_downs_for_state_kind_of_room_grade_and_level(book):
    texts = {r.formula1 for sheet in book for r in sheet.data_validations.dataValidation}
    assert {'"符合,不符合,待核"', '"无此情况,有此情况,待核"', '"音乐,美术"', '"四年级,八年级"',
            '"Ⅰ,Ⅱ,Ⅲ,Ⅳ"', '"小学,初中"'} <= texts


def test_every_county_figure_is_asked_for_once_in_a_unit_that_it_can_have(book):
    rows = list(book["县级数据"].iter_rows(min_row=2, values_only=True))
    county = {v.zh: v for v in variables().variables.values()
              if v.county and not v.for_plans}
    assert Counter(row[0] for row in rows) == Counter(list(county))
    assert [r[0] for r in rows if variables().units[r[3]].base != county[r[0]].unit] == []
    assert {row[2] for row in rows} == {None}


def test_money_is_asked_for_in_ten_thousands_but_for_what_one_pupil_is_due(book):
    units = {row[0]: row[3] for row in book["县级数据"].iter_rows(min_row=2, values_only=True)}
    assert units["一般公共预算教育支出"] == units["公务员年平均工资收入"] == "万元"
    assert units["小学生均公用经费基准定额"] == units["初中生均公用经费基准定额"] == "元"


def test_everything_that_documents_decide_is_asked_for_with_its_wording(book):
    rows = list(book["佐证材料"].iter_rows(min_row=2, max_col=3, values_only=True))
    assert " ".join(row[0] for row in rows) == (
        "G1 G2 G8 G10 G14 G15 Q3 Q5 Q6 Q7 Q8 V1 V2 V3 V4 V5 V6 V7 E1")
    wording = {row[0]: row[1] for row in rows}
    assert wording["Q8"] == "教育质量：无过重课业负担"
    assert wording["V1"] == "一票否决：存在以考试方式招生"
    assert all(row[2] for row in rows)


def test_codes_are_kept_as_text(book):
    assert {book[name].column_dimensions["A"].number_format
            for name in ("学校情况", "班额", "专用教室")} == {"@"}


def spanned(said, heads) -> list[str]:
    """Return the columns that a line of 填表说明 speaks of: one, or from one to another."""
    first, _, last = said.partition(" 至 ")
    return heads[heads.index(first):heads.index(last or first) + 1]


def test_every_column_is_explained(book):
    told = [(row[0], row[1]) for row in book["填表说明"].iter_rows(values_only=True)]
    for name in FORMS:
        heads = [column.headers[0] for column in columns_of(name)]
        said = [head for sheet, one in told if sheet == name for head in spanned(one, heads)]
        assert said == heads


@pytest.mark.parametrize(("unit", "told"), [("990101", True), ("990102", False), (None, True)])
def test_a_county_without_plans_is_not_told_of_rows_for_its_plans(unit, told, tmp_path):
    path = tmp_path / "采集表.xlsx"
    write_template(path, Handed(unit and unit_info(unit), 2023))
    words = [row[0] for row in openpyxl.load_workbook(path)["填表说明"].iter_rows(values_only=True)]
    lines = [str(word) for word in words if word and re.match(r"\d+\. ", str(word))]
    assert any("规划目标" in line for line in lines) == told
    assert [line.partition(".")[0] for line in lines] == [str(n + 1) for n in range(len(lines))]
