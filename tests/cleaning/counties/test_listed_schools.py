"""Sheets of classes and rooms speak of schools that the school tables list, or are refused."""

import pytest
from tables import YEAR, found, imported, refusals, school, table
from test_county_sheets import bands, book, received

from pipeline.analysis.county.county_data import county_data
from pipeline.analysis.county.plan_verdicts import judge_target
from pipeline.cleaning.checks import Findings
from pipeline.cleaning.receiving import Received, Source, receive
from pipeline.cleaning.schools.listed_schools import check_listed
from pipeline.cleaning.schools.sections import sections_of
from pipeline.definitions.standards import standard
from pipeline.definitions.targets.plans import plans

NINE = "九年一贯制学校"
SCHOOLS = [school(1), school(2, "初级中学"), school(3, "特殊教育学校", 90, 学段="小学"),
           school(4, "高级中学", 900, 学校标识码="3499000004", 高中在校生数=900),
           school(5, 举办者类型="民办"), school(6, 在校生数=0),
           school(7, NINE, 学段="小学"), school(7, NINE, 学段="初中")]


def room(code, name) -> dict:
    return {"学校标识码": code, "学校名称": name, "教室类别": "音乐", "教室面积(㎡)": 96}


# 一行班额、专用教室：标识码、校名、学段 → 核查项、所在列、留下、说法
ROWS = table("""
    sheet    | code       | name     | stage | check        | column | kept | said
    班额     | 2199000001 | 甲1校    | 小学  |              |        | yes  |
    班额     | 2199000001 | 甲 1 校  | 小学  |              |        | yes  |
    班额     | 2199000099 | 没有此校 | 小学  | unlisted     | A      |      | 没有标识码“21990
    班额     | 2199000099 | 甲1校    | 小学  | unlisted     | A      |      | 第2行A列，与此不同
    班额     |            | 甲1校    | 小学  | code_missing | A      |      | 空白
    班额     | 2199000001 | 甲1校    | 初中  | unlisted     | C      |      | 没有初中数据
    班额     | 2199000001 | 甲1校    |       | class        | C      |      | 空白
    班额     | 2199000001 | 甲2校    | 小学  | exchanged    | B      |      | 第3行B列 的学校
    班额     | 2199000001 | 甲村小学 | 小学  | other_name   | B      | yes  | 第2行B列 的学校名称
    班额     | 2199000005 | 甲5校    | 小学  |              |        | yes  |
    班额     | 2199000006 | 甲6校    | 小学  |              |        | yes  |
    班额     | 3199000007 | 甲7校    | 小学  |              |        | yes  |
    班额     | 3199000007 | 甲7校    | 初中  |              |        | yes  |
    班额     | 5199000003 | 甲3校    | 小学  |              |        | yes  |
    班额     | 5199000003 | 甲3校    | 初中  |              |        |      |
    专用教室 | 2199000001 | 甲1校    |       |              |        | yes  |
    专用教室 | 3499000004 | 甲4校    |       |              |        | yes  |
    专用教室 | 2199000099 | 没有此校 |       | unlisted     | A      |      | 没有标识码“21990
    专用教室 | 2199000001 | 甲2校    |       | exchanged    | B      |      | 第3行B列 的学校
    专用教室 | 2199000001 | 甲村小学 |       | other_name   | B      | yes  | 标识码相同
""")


@pytest.mark.parametrize("row", ROWS, ids=lambda r: "-".join([*r.values()][:4]))
def test_a_row_of_a_school_that_is_not_listed_is_refused_and_never_counted(row, tmp_path):
    line = (bands(row["code"], row["stage"], **{"41—45人": 6}) | {"学校名称": row["name"]}
            if row["sheet"] == "班额" else room(row["code"], row["name"]))
    result = received(tmp_path, *SCHOOLS, **{row["sheet"]: [line]})
    read = result.class_sizes if row["sheet"] == "班额" else result.rooms
    assert bool(len(read)) == bool(row["kept"])
    told = found(result, f"identity.{row['check']}")
    assert refusals(result) == [f["code"] for f in told if f["severity"] == "refuse"]
    assert result.refused == bool(told and not row["kept"])
    for finding in told:
        assert (finding["sheet"], finding["row"]) == (row["sheet"], 2) and finding["remedy"]
        assert finding["column"] == row["column"] and row["said"] in finding["action"]


def test_a_school_whose_row_is_refused_is_not_told_to_be_no_school_of_the_county(tmp_path):
    line = bands("2199000001", "小学", **{"41—45人": 6}) | {"学校名称": "甲1校"}
    result = received(tmp_path, school(1, 在校生数="约600人"), *SCHOOLS[1:], 班额=[line])
    assert refusals(result) == ["cell.text"]
    assert not found(result, "identity.unlisted")


def test_a_school_that_is_not_listed_changes_no_target(tmp_path):
    own = bands(**{"41—45人": 9, "46—50人": 1})
    ghost = bands("2199000099", **{"41—45人": 90}) | {"学校名称": "没有此校"}
    share = next(t for plan in plans().values() for t in plan.targets if t.id == "Z07")
    said = []
    for name, rows in (("without", [own]), ("with", [own, ghost])):
        result = received(tmp_path / name, school(1), 班额=rows)
        data = {YEAR: county_data(result.tables, YEAR)}
        said.append(judge_target(share, {}, data, YEAR))
    assert said[0] == said[1] and "90%" in said[0].reason


def test_a_row_under_a_former_code_is_of_the_school_that_the_links_name(tmp_path):
    link = {"学校标识码": "2199000001", "原标识码": "2199000088", "归属学校标识码": None}
    result = received(tmp_path, school(1), 班额=[bands("2199000088", **{"41—45人": 6})],
                      学校对照=[link])
    assert not result.refused and {*result.class_sizes["school_code"]} == {"2199000001"}


def test_of_a_table_of_many_units_what_is_not_the_countys_own_is_left_out_in_silence(tmp_path):
    rows = [bands(), bands("2199000099") | {"学校名称": "邻县小学"}]
    book(school(1), 班额=rows).save(tmp_path / "甲.xlsx")
    got, findings, label = Received(), Findings(), f"{YEAR}/甲.xlsx"
    pack = standard("cn-2017-06")
    receive([Source(tmp_path / "甲.xlsx", YEAR)], {}, pack, got, findings)
    sections = {YEAR: sections_of(got.schools, pack, findings)}
    check_listed(got, got.schools, sections, frozenset({label}), findings)
    assert {row["school_code"] for row in got.county["class_sizes"]} == {"2199000001"}
    assert not findings.has("identity.unlisted") and not findings.refused


@pytest.mark.parametrize("row", table("""
    classes | largest | band     | said
    5       |         | 41—45人  | 各段合计6个班
    6       |         | 41—45人  |
    7       |         | 41—45人  | 各段合计6个班
            | 40      | 41—45人  | 最大班额是40人
            | 41      | 41—45人  |
            | 45      | 41—45人  |
            | 46      | 41—45人  | 最大班额是46人
            | 47      | 41—45人  | 最大班额是47人
    6       | 66      | 66人及以上 |
    6       | 65      | 66人及以上 | 最大班额是65人
"""), ids=lambda r: "-".join(r.values()))
def test_bands_that_say_otherwise_than_the_school_are_a_warning_of_both_cells(row, tmp_path):
    own = school(1, 班级数=row["classes"] or None, 最大班额=row["largest"] or None)
    result = received(tmp_path, own, 班额=[bands(**{row["band"]: 6})])
    told = found(result, "classes.total") + found(result, "classes.largest")
    assert not result.refused and len(told) == bool(row["said"])
    for finding in told:
        assert row["said"] in finding["action"] and "学校情况 第2行" in finding["action"]
        assert (finding["sheet"], finding["row"], finding["severity"]) == ("班额", 2, "warn")


@pytest.mark.parametrize(("classes", "largest", "told"), [
    (5, 45, ["classes.total"]), (7, 45, []), (7, 50, []), (7, 40, ["classes.largest"])])
def test_a_blank_band_may_hold_what_the_others_lack(classes, largest, told, tmp_path):
    own = school(1, 班级数=classes, 最大班额=largest)
    result = received(tmp_path, own, 班额=[bands(**{"41—45人": 6, "46—50人": None})])
    assert [c for c in result.findings["code"] if c.startswith("classes.")] == told


@pytest.mark.parametrize(("heads", "told"), [
    (["班级数", "最大班额"], []),
    (["小学班级数", "初中班级数"], ["classes.total", "classes.total"])])
def test_a_figure_of_a_whole_school_is_not_held_against_one_of_its_stages(heads, told, tmp_path):
    own = school(7, NINE, 小学在校生数=300, 初中在校生数=100, **dict.fromkeys(heads, 45))
    for header in ("高于规定学历教师数", "县级以上骨干教师数", "体育艺术专任教师数"):
        own |= {f"小学{header}": 20, f"初中{header}": 10, header: None}
    own = {header: value for header, value in own.items() if value is not None}
    rows = [bands("3199000007", stage, **{"31—35人": 3}) | {"学校名称": name}
            for stage, name in (("小学", "甲7校"), ("初中", "甲7校（初中部）"))]
    result = imported(tmp_path, book(own, 班额=rows))
    assert {*result.sections["stage"]} == {"primary", "junior"} and not result.refused
    codes = [*result.findings["code"]]
    assert [c for c in codes if c in ("classes.total", "classes.largest")] == told
    assert "identity.other_name" not in codes
