"""The blank workbook (采集表): what it asks for, and that the reader takes what is filled in."""

import zipfile
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import openpyxl
import pandas as pd
import pypdf
import pytest
from office import converted, has
from tables import refusals

from pipeline.cleaning.blank_form.template_book import write_template
from pipeline.cleaning.blank_form.template_rows import Handed, schools_of
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.forms.layouts import layouts
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.forms.wordings import readings
from pipeline.ground.terms import REFUSE
from pipeline.whole.checking import check_paths

FORMS = {"学校情况": "template-1", "县级数据": "county-facts", "佐证材料": "evidence",
         "班额": "class-sizes", "专用教室": "rooms", "质量监测": "monitoring",
         "满意度调查": "survey", "学龄人口": "grade-pupils", "学校对照": "links"}
NOT_DATA = ["填表说明", "填写样例"]
HELP = {"佐证材料": ["指标或事项", "应提交的资料"], "县级数据": ["口径"]}
LAYOUTS = {layout.id: layout for layout in layouts()}
SCHOOL = {"学校标识码": "2199000001", "学校名称": "甲小学", "办学类型": "小学", "城乡类型": "镇区",
          "举办者类型": "公办", "在校生数": 500, "高于规定学历教师数": 25, "县级以上骨干教师数": 6,
          "体育艺术专任教师数": 5, "教学及辅助用房面积(㎡)": 2500.5, "运动场地面积(㎡)": 4000,
          "教学仪器设备值(万元)": 120.5, "网络多媒体教室数": 13}
SCHOOLS = [SCHOOL, SCHOOL | {"学校标识码": "2199000002", "学校名称": "乙小学"}]
# What a small county might answer where 1 is no possible answer; everywhere else 1 is handed in.
ANSWERS = {"通过国家基本均衡认定年份": 2015, "小学生均公用经费基准定额": 720,
           "初中生均公用经费基准定额": 940, "符合条件的随迁子女数": 2, "社会认可度": 92.5,
           "一般公共预算教育支出": 48915, "集团化办学开始年份（未实施填0）": 2016,
           "教师交流轮岗制度开始年份（未实施填0）": 2017, "居民消费价格指数（上年=100）": 100.2,
           "专任教师总数": 1742, "三年前初一在校生数": 100, "初中毕业生数": 100,
           "义务教育在校生数": 30000, "各级教育在校生数": 50000,
           "义务教育人员经费支出": 30000, "义务教育公用经费支出": 6000,
           "教学及辅助用房每平方米单价": 3000, "体育运动场馆每平方米单价": 800}
BANDS = ["25人及以下", "26—30人", "31—35人", "36—40人", "41—45人", "46—50人", "51—55人",
         "56—60人", "61—65人", "66人及以上"]


@pytest.fixture
def blank(tmp_path):
    return _placed(tmp_path)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "采集表.xlsx"
    write_template(path)
    return openpyxl.load_workbook(path)


def rules(sheet):
    return sheet.data_validations.dataValidation


def headers(sheet):
    return [cell.value for cell in sheet[1]]


def fill(path, **sheets):
    """Write rows of header → value; in a prefilled sheet, into the row whose first cell agrees."""
    book = openpyxl.load_workbook(path)
    for name, rows in sheets.items():
        sheet, place = book[name], {h: i for i, h in enumerate(headers(book[name]), 1)}
        lines = {sheet.cell(n, 1).value: n for n in range(2, sheet.max_row + 1)}
        for row in rows:
            number = lines.get(row[headers(sheet)[0]]) if name in ("县级数据", "佐证材料") else None
            number = number or max([1, *(c.row for c in sheet["A"] if c.value)]) + 1
            for header, value in row.items():
                sheet.cell(number, place[header], value)
    book.save(path)
    return path


def imported(path):
    county = County.open("990101", 2023, raw=str(path.parents[1]), processed=str(path.parent))
    return import_county(county)


def columns_of(name):
    """Return the columns that any county is asked for; those for plans are for theirs alone."""
    return [c for c in LAYOUTS[FORMS[name]].columns
            if not variables().variables[c.variable].for_plans]


def refused_places(path):
    report, = check_paths([path])
    return {(f["code"], f["sheet"]) for f in report["findings"] if f["severity"] == REFUSE}


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


@pytest.mark.parametrize(("cell", "typed", "refused"), [
    ("B2", "示例县", set()), ("B2", "示例", set()), ("B2", "甲县", set()),
    ("B2", "金水区", {"cover.unit"}),           # another county of the official list
    ("D2", "990101", set()), ("D2", 990101, set()), ("D2", "９９０１０１", set()),
    ("D2", "990101000000", set()), ("D2", "990101-示例县", set()), ("D2", "待填", set()),
    ("D2", "990102", {"cover.unit"}), ("D2", "990102000000", {"cover.unit"}),
    ("B3", 2023, set()), ("B3", "２０２３年", set()), ("B3", "2 0 2 3", set()),
    ("B3", "二〇二三年", set()), ("B3", 2022, {"cover.year"}), ("B3", "2022年", {"cover.year"}),
])
def test_the_first_page_says_of_which_county_and_year_the_workbook_is(blank, cell, typed, refused):
    book = openpyxl.load_workbook(fill(blank, 学校情况=SCHOOLS))
    assert [book["填表说明"][at].value for at in ("A2", "C2", "A3")] == [
        "县（市、区）", "县代码", "资料年份"]
    book["填表说明"][cell] = typed
    blank.unlink()
    book.save(path := blank.with_name("990101_示例县.xlsx"))
    assert {code for code, _ in refused_places(path)} == refused


def test_a_code_that_agrees_settles_how_the_county_is_called(blank):
    book = openpyxl.load_workbook(fill(blank, 学校情况=SCHOOLS))
    book["填表说明"]["B2"], book["填表说明"]["D2"] = "金水区", "990101"
    book.save(blank)
    assert refused_places(blank) == set()


def test_a_sheet_of_ones_own_is_read_whatever_it_is_called(blank):
    one = {"项目": "专任教师总数", "数值": 1742}
    book = openpyxl.load_workbook(fill(blank, 学校情况=SCHOOLS, 县级数据=[one]))
    del book["填表说明"]
    book["县级数据"].title = "填表说明"
    book.save(blank)
    assert list(imported(blank).facts["value"]) == [1742]
    book["填表说明"]["E3"] = "110101199003074573"
    book.save(blank)
    assert "privacy.found" in {code for code, _ in refused_places(blank)}


def test_who_filled_it_in_is_neither_read_nor_told(blank):
    book = openpyxl.load_workbook(fill(blank, 学校情况=SCHOOLS))
    page = book["填表说明"]
    signed = {page[f"{a}{row}"].value: f"{b}{row}" for row in (3, 4, 5)
              for a, b in (("A", "B"), ("C", "D"))}
    for word in ("填表人", "审核人"):
        page[signed[word]] = "欧阳小明"
    page[signed["填表单位"]] = "甲县教育局"
    page[signed["填表日期"]] = "2023-12-01"
    book.save(blank)
    report, = check_paths([blank])
    assert [f["code"] for f in report["findings"] if f["severity"] == REFUSE] == []
    assert "欧阳" not in str(report)


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


@pytest.mark.parametrize(("pupils", "outcome"), [
    (49, "excluded"), (50, "merged"), (51, "merged")])
def test_a_school_that_takes_no_part_of_its_own_keeps_what_last_year_said_of_it(
        pupils, outcome, tmp_path):
    point = {"学校标识码": "2199000003", "学校名称": "丙教学点", "办学类型": "小学教学点",
             "在校生数": pupils, "归属学校标识码": "2199000001", "建校年份": 1987, "经度": 104.25}
    special = {"学校标识码": "5199000004", "学校名称": "丁学校", "办学类型": "特殊教育学校",
               "建校年份": 2001}
    fill(_placed(tmp_path), 学校情况=[*SCHOOLS, SCHOOL | point, SCHOOL | special])
    county = County.open("990101", 2023, raw=str(tmp_path / "raw"), processed=str(tmp_path))
    scope = county.standard.scope
    merging = scope.model_copy(update={"teaching_point": scope.teaching_point.model_copy(
        update={"at_or_above": "merge"})})
    read = import_county(replace(county, standard=county.standard.model_copy(
        update={"scope": merging})))
    assert refusals(read) == []
    merged = point["学校标识码"]
    assert list(read.accounting.query("school_code == @merged")["outcome"]) == [outcome]
    kept = {row["school_code"]: row for row in schools_of(read.sections, read.cells, 2023)}
    assert kept[merged] == {
        "school_code": merged, "name": "丙教学点", "school_type": "小学教学点", "stage": "小学",
        "location": "镇区", "ownership": "公办", "parent_code": "2199000001", "built_year": 1987,
        "longitude_deg": 104.25}
    assert (kept["5199000004"]["name"], kept["5199000004"]["built_year"]) == ("丁学校", 2001)
    assert "parent_code" not in kept["2199000001"]


def _placed(tmp_path):
    path = tmp_path / "raw" / "2023" / "990101_甲县.xlsx"
    path.parent.mkdir(parents=True)
    write_template(path)
    return path


@pytest.mark.slow
@pytest.mark.skipif(not has("libsclo.so"), reason="没有 LibreOffice Calc，未核对打印页数")
def test_the_blank_workbook_is_printed_on_thirteen_pages(blank, tmp_path):
    converted(tmp_path, "pdf", blank)
    pages = pypdf.PdfReader(tmp_path / f"{blank.stem}.pdf").pages
    titles = [page.extract_text().split("\n")[0].strip() for page in pages]
    assert Counter(titles) == Counter([*NOT_DATA, *FORMS, "学校情况", "县级数据"])


def test_the_rows_of_targets_are_taken_by_the_reader(tmp_path):
    county = County.open("990101", 2023)
    path = tmp_path / "raw" / "2023" / "990101_示例县.xlsx"
    path.parent.mkdir(parents=True)
    write_template(path, Handed(county.info, 2023))
    book = openpyxl.load_workbook(path)
    facts = [{"项目": row[0].value, "数值": 60} for row in book["县级数据"].iter_rows(min_row=2)
             if row[0].value[0].isascii()]
    ids = [row[0].value for row in book["佐证材料"].iter_rows(min_row=2)]
    papers = [{"编号": id, "状态": "符合"} for id in ids if id[0] not in "GQVE"]
    read = imported(fill(path, 学校情况=SCHOOLS, 县级数据=facts, 佐证材料=papers))
    assert refusals(read) == []
    known = {*read.facts["variable"].str.replace(":", ""), *read.evidence["id"]}
    assert {f["项目"] for f in facts} | {p["编号"] for p in papers} <= known


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


def test_a_blank_template_is_refused_only_because_it_has_no_schools(blank):
    assert refused_places(blank) == {("file.empty", "学校情况")}


def test_with_two_schools_alone_it_is_accepted_and_nothing_else_is_handed_in(blank):
    assert refused_places(fill(blank, 学校情况=SCHOOLS)) == set()
    read = imported(blank)
    assert list(read.sections["name"]) == ["甲小学", "乙小学"]
    names = ("facts", "evidence", "class_sizes", "rooms", "monitoring")
    assert {name: len(read.tables[name]) for name in names} == dict.fromkeys(names, 0)


def test_neither_the_example_nor_the_explanation_is_read(blank):
    report, = check_paths([fill(blank, 学校情况=SCHOOLS)])
    assert {f["sheet"] for f in report["findings"]} & set(NOT_DATA) == set()


def test_what_is_filled_in_arrives_in_its_table(blank):
    sizes = dict(zip(BANDS, (0, 0, 2, 4, 6, 0, 0, 0, 0, 0), strict=True))
    one = {"学校标识码": "2199000001", "学校名称": "甲小学"}
    read = imported(fill(
        blank, 学校情况=SCHOOLS,
        县级数据=[{"项目": "一般公共预算教育支出", "数值": 48915},
              {"项目": "小学生均公用经费基准定额", "数值": 720},
              {"项目": "Z16", "数值": 197, "单位": "所"}],
        佐证材料=[{"编号": "G1", "状态": "符合", "日期": "2022-06-30", "文件": "规划.pdf"},
              {"编号": "V1", "状态": "无此情况", "日期": "2023-11-20", "文件": "说明.pdf"}],
        班额=[one | {"学段": "小学"} | sizes],
        专用教室=[one | {"教室类别": "音乐", "教室面积(㎡)": 98.5}],
        质量监测=[{"监测年份": 2022, "年级": "八年级", "学科": "语文", "水平等级": "Ⅲ",
               "校际差异率(比率)": 0.149}]))
    assert refusals(read) == []
    facts = dict(zip(read.facts["variable"], read.facts["value"], strict=True))
    assert facts == {"education_budget_yuan": 489150000, "quota_primary_yuan": 720, "Z16": 197}
    assert list(zip(read.evidence["id"], read.evidence["status"], strict=True)) == [
        ("G1", "yes"), ("V1", "absent")]
    classes = read.class_sizes
    assert list(classes.loc[classes["classes"] > 0, "highest"]) == [35, 40, 45]
    assert read.rooms[["kind", "area"]].values.tolist() == [["music", Fraction(197, 2)]]
    assert read.monitoring[["level", "gap"]].values.tolist() == [["Ⅲ", Fraction(149, 10)]]


def test_every_prefilled_row_is_read_once_it_is_answered(blank, book):
    asked = [row[0].value for row in book["县级数据"].iter_rows(min_row=2)]
    facts = [{"项目": item, "数值": ANSWERS.get(item, 1)} for item in asked]
    ids = [row[0].value for row in book["佐证材料"].iter_rows(min_row=2)]
    states = [{"编号": id, "状态": "无此情况" if id[0] == "V" else "符合"} for id in ids]
    read = imported(fill(blank, 学校情况=SCHOOLS, 县级数据=facts, 佐证材料=states))
    assert refusals(read) == []
    assert (len(read.facts), list(read.evidence["id"])) == (len(facts), ids)


def test_the_example_would_be_accepted_where_it_belongs(blank, book):
    name, at, rows = "", [], {form: [] for form in FORMS}
    for line in book["填写样例"].iter_rows(values_only=True, min_row=2):
        first = str(line[0] or "")
        if first.split("（")[0] in FORMS:
            name, at = first.split("（")[0], []
        elif first.startswith("例："):
            at = [str(header).removeprefix("例：") for header in line if header]
        elif any(line):
            rows[name].append({h: v for h, v in zip(at, line, strict=False) if v is not None})
    assert all(rows.values())
    assert refused_places(fill(blank, **rows)) == set()
    assert sorted(imported(blank).sections["stage"]) == ["junior", "primary", "primary"]
