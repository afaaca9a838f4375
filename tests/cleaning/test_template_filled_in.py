"""The blank workbook (采集表) filled in: what is typed into it arrives, and nothing else does."""

from dataclasses import replace
from fractions import Fraction

import openpyxl
import pytest
from blank_form import FORMS, SCHOOL, SCHOOLS, fill, imported, placed, refused_places
from tables import refusals

from pipeline.cleaning.blank_form.template_book import write_template
from pipeline.cleaning.blank_form.template_rows import Handed, schools_of
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.ground.terms import REFUSE
from pipeline.whole.checking import check_paths

NOT_DATA = ["填表说明", "填写样例"]
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
    return placed(tmp_path)


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


@pytest.mark.parametrize(("pupils", "outcome"), [
    (49, "excluded"), (50, "merged"), (51, "merged")])
def test_a_school_that_takes_no_part_of_its_own_keeps_what_last_year_said_of_it(
        pupils, outcome, tmp_path):
    point = {"学校标识码": "2199000003", "学校名称": "丙教学点", "办学类型": "小学教学点",
             "在校生数": pupils, "归属学校标识码": "2199000001", "建校年份": 1987, "经度": 104.25}
    special = {"学校标识码": "5199000004", "学校名称": "丁学校", "办学类型": "特殊教育学校",
               "建校年份": 2001}
    fill(placed(tmp_path), 学校情况=[*SCHOOLS, SCHOOL | point, SCHOOL | special])
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


def test_every_prefilled_row_is_read_once_it_is_answered(blank):
    book = openpyxl.load_workbook(blank)
    asked = [row[0].value for row in book["县级数据"].iter_rows(min_row=2)]
    facts = [{"项目": item, "数值": ANSWERS.get(item, 1)} for item in asked]
    ids = [row[0].value for row in book["佐证材料"].iter_rows(min_row=2)]
    states = [{"编号": id, "状态": "无此情况" if id[0] == "V" else "符合"} for id in ids]
    read = imported(fill(blank, 学校情况=SCHOOLS, 县级数据=facts, 佐证材料=states))
    assert refusals(read) == []
    assert (len(read.facts), list(read.evidence["id"])) == (len(facts), ids)


def test_the_example_would_be_accepted_where_it_belongs(blank):
    book = openpyxl.load_workbook(blank)
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
