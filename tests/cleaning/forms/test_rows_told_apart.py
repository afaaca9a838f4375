"""Rows and words of a school table that clerks write in many ways: what is no school, what may be
one, how a kind of school and the head of a column are written."""

import pytest
from tables import found, imported, refusals, renamed, school, table, workbook
from test_variants import ALL, MONEY, PUPILS, ROWS, SAME, comes_to, figures

from pipeline.definitions.forms.variables import classifications

WIDTH, FIGURES = len(ROWS[0]), [1000, None, 200, 50, 40, 20000, 0, 30000, 600, 80]


@pytest.fixture(scope="module")
def right_figures(tmp_path_factory):
    return figures(imported(tmp_path_factory.mktemp("plain"), ROWS))


def with_row(name, kind=None, place=None, run=None, numbers=FIGURES):
    book = workbook(ROWS)
    book.active.append([None, name, kind, None, place, run, None, *numbers])
    return book


@pytest.mark.parametrize(("word", "kind", "code"), [
    *((word, "小学", "row.unclear") for word in (
        "缺口", "目标", "P3", "q1", "达标", "标准", "城关缺口", "校验", "CV", "上年")),
    *((word, None, None) for word in ("缺口", "目标", "P3", "CV", "达标")),
    *((word, "小学", None) for word in ("变异系数", "平均", "小学平均", "达标线", "上年数"))])
def test_a_word_that_may_be_a_place_beside_a_type_is_asked_about_and_never_passed_over(
        word, kind, code, tmp_path, right_figures):
    result = imported(tmp_path, with_row(word, kind, *(["镇区", "公办"] if kind else [])))
    if code is None:
        assert comes_to(SAME, result, right_figures) and found(result, "row.statistic")
        return
    assert refusals(result) == [code] and found(result, code)[0]["row"] == 9


@pytest.mark.parametrize("name", [None, "全县小学", "农村", "公办", "一、小学", "加总", "3所"])
def test_a_row_of_figures_without_any_word_of_a_school_is_one_question(name, tmp_path):
    result = imported(tmp_path, with_row(name))
    assert refusals(result) == ["row.unclear"]
    (told,) = found(result, "row.unclear")
    assert told["row"] == 9 and "合计" in told["remedy"]


@pytest.mark.parametrize("name", ["汇总", "全县汇总", "总和", "以上合计", "合计数", "累计"])
def test_a_total_is_known_by_any_of_its_words(name, tmp_path, right_figures):
    result = imported(tmp_path, with_row(name, numbers=[ALL]))
    assert comes_to(SAME, result, right_figures) and len(found(result, "row.total")) == 1


LINES = {
    "numbers in brackets": [f"({n})" for n in range(1, WIDTH + 1)],
    "numbers in rings": [chr(0x2460 + n) for n in range(WIDTH)],
    "of what a column is made": ["甲", "乙", "丙", *[None] * 4, "1=2+3", "2", "(3)=(4)/(5)*100",
                                 *range(4, 11)],
    "a label before the numbers": ["栏次", *range(2, WIDTH + 1)],
    "a label before the units": ["计量单位", *[None] * 6, "人", "人", "人", "人", "人", "㎡", "㎡",
                                 "㎡", "万元", "间"]}


@pytest.mark.parametrize("name", LINES)
def test_a_line_of_column_numbers_or_units_is_no_school(name, tmp_path, right_figures):
    book = workbook(ROWS)
    book.active.insert_rows(2)
    for column, value in enumerate(LINES[name], 1):
        book.active.cell(2, column, value)
    assert comes_to(SAME, imported(tmp_path, book), right_figures)


HEADS = [(MONEY, f"教学仪器设备值{unit}", SAME) for unit in (
    "（人民币万元）", "（单位：人民币万元）", "（万元，保留两位小数）", "（万元）（保留2位小数）",
    "（以万元计）", "（萬元）", "（单位 万元）")]
HEADS += [(MONEY, f"教学仪器设备值{unit}", "header.missing") for unit in (
    "（万美元）", "（以前年度万元）", "（精确值）")]
HEADS += [(MONEY, "教学仪器设备值（美元）", "header.unit")]
HEADS += [(PUPILS, head, SAME) for head in (
    "本年在校生数", "本学年在校生数", "2023/2024学年在校生数", "在校生数（2023-2024学年）",
    "在校生数（1）")]
HEADS += [(PUPILS, head, "header.missing") for head in (
    "上学年在校生数", "2022/2023学年在校生数", "在校生数（2022-2023学年）", "年初在校生数")]


@pytest.mark.parametrize(("header", "written", "right"), HEADS, ids=[h for _, h, _ in HEADS])
def test_a_remark_beside_a_unit_or_a_year_changes_no_column(header, written, right, tmp_path,
                                                           right_figures):
    result = imported(tmp_path, [renamed(row, header, written) for row in ROWS])
    assert comes_to(right, result, right_figures)


@pytest.mark.parametrize(("kind", "text", "code"), [
    ("school_type", "民办小学", "211"), ("school_type", "小学（民办）", "211"),
    ("school_type", "211小学", "211"), ("school_type", "小学(211)", "211"),
    ("school_type", "312-九年一贯制学校", "312"), ("school_type", "311小学", None),
    ("school_type", "十五年一贯制学校", "345"), ("school_type", "9年一贯制", "312"),
    ("school_type", "教学点（小学）", "218"), ("school_type", "初中学校", "311"),
    ("school_type", "中学", None), ("school_type", "一贯制学校", None),
    ("location", "111主城区", "urban"), ("location", "主城区(111)", "urban"),
    ("location", "221村庄", "rural"), ("location", "111村庄", None), ("location", "乡镇", None),
    ("ownership", "县级教育部门办", "public"), ("ownership", "普惠性民办", "private"),
    ("ownership", "市属", None), ("ownership", "省属", "public_above"), ("ownership", "其他", None),
    ("stage", "小学阶段", "primary"), ("stage", "中学", None),
    ("evidence_status", "已达标", "yes"), ("evidence_status", "基本达标", None)])
def test_a_class_is_known_as_clerks_write_it_and_a_contradiction_is_none(kind, text, code):
    found_class = classifications().find(kind, text)
    assert (found_class.code if found_class else None) == code


@pytest.mark.parametrize(("unit", "taken"), [
    ("元/人", True), ("元/人·年", True), ("元/年", True), ("万元/人", True), ("元/月", False),
    ("元/生", False)])
def test_an_income_may_say_that_it_is_that_of_one_person_and_year(unit, taken, tmp_path):
    book = workbook([school(1)])
    sheet = book.create_sheet("县级数据")
    value = 9.8 if unit.startswith("万") else 98000
    for line in (["项目", "数值", "单位"], ["义务教育教师年平均工资收入", value, unit]):
        sheet.append(line)
    result = imported(tmp_path, book)
    assert refusals(result) == ([] if taken else ["header.unit"])
    assert [*result.facts["value"]] == ([98000] if taken else [])


@pytest.mark.parametrize(("kind", "ownership", "refused"), [
    ("民办小学", "民办", False), ("民办小学", "公办", True), ("小学（公办）", "公办", False),
    ("小学（公办）", "民办", True), ("小学", "公办", False), ("小学", "民办", False)])
def test_a_type_that_says_who_runs_the_school_does_not_contradict_its_column(
        kind, ownership, refused, tmp_path):
    result = imported(tmp_path, [school(1, 办学类型=kind, 举办者类型=ownership), school(2)])
    assert refusals(result) == ["identity.class"] * refused


@pytest.mark.parametrize(("header", "written", "code"), [
    ("在校生数", "在校生数(2021)", "header.missing"), ("在校生数", "在校生数(7)", None),
    ("在校生数", "在校生数(07)", None), ("在校生数", "在校生数(107)", "header.missing"),
    ("教学仪器设备值(万元)", "教学仪器设备值(2022)(万元)", "header.missing"),
    ("教学仪器设备值(万元)", "当年教学仪器设备值(万元)", "header.missing")])
def test_a_number_in_brackets_is_a_columns_and_four_digits_are_a_year_of_their_own(
        header, written, code, tmp_path):
    result = imported(tmp_path, [renamed(school(n), header, written) for n in (1, 2)])
    assert refusals(result) == ([code] if code else [])


@pytest.mark.parametrize(("header", "written"), [
    ("在校生数", "上年在校生数"), ("教学仪器设备值(万元)", "新增教学仪器设备值(万元)"),
    ("学校标识码", "上级学校标识码")])
def test_no_column_is_proposed_that_is_another_quantity(header, written, tmp_path):
    result = imported(tmp_path, [renamed(school(n), header, written) for n in (1, 2)])
    assert "相近" not in "".join(result.findings["action"])


@pytest.mark.parametrize("word", ["合计", "合计数", "镇小计数", "总数"])
@pytest.mark.parametrize(("pupils", "right"), [(799, False), (800, True), (801, False)])
def test_a_total_called_a_number_is_reconciled_too(word, pupils, right, tmp_path):
    rows = [school(1, pupils=380), school(2, pupils=420)]
    total = dict.fromkeys(rows[0]) | {"学校名称": word, "在校生数": pupils}
    result = imported(tmp_path, [*rows, total])
    assert (found(result, "row.total_wrong") == []) == right


RUNNING = table("""
    rows                                            | wrong
    200 300 小计=500 400 小计=400 累计=900            |
    200 300 小计=500 400 小计=400 累计=901            | 7
    200 300 小计=500 累计=500 400 小计=400 累计=900    |
    200 300 小计=500 累计=500 400 小计=400 累计=400    | 8
    200 300 累计=500 400 累计=900 小计=900            |
    200 300 累计=500 400 累计=900 小计=899            | 7
    累计=900 200 300 400                             |
    累计=899 200 300 400                             | 2
    200 300 400 累计数=900                           |
    200 300 400 累计数=90                            | 5
    200 300 400 全县=900                             |
    200 300 400 全县=1000                            | 5
    200 300 本页合计=500 400 本页合计=400 总计=900     |
    200 300 本页合计=500 400 本页合计=500 总计=900     | 6
""")


@pytest.mark.parametrize("row", RUNNING, ids=lambda row: row["rows"])
def test_a_running_total_is_that_of_the_schools_above_it(row, tmp_path):
    rows = []
    for number, said in enumerate(row["rows"].split(), 1):
        word, total, value = said.rpartition("=")
        rows.append(dict.fromkeys(school(1)) | {"学校名称": word, "在校生数": int(value)} if total
                    else school(number, pupils=int(value)))
    result = imported(tmp_path, rows)
    assert refusals(result) == [] and [*result.schools["pupils"]] == [200, 300, 400]
    assert [str(f["row"]) for f in found(result, "row.total_wrong")] == row["wrong"].split()
