"""What comes in: files of many units and years, old codes, links, old workbooks, limits."""

import io
import os
import time

import pytest
import xlwt
from made_up import received
from tables import csv_bytes, found, imported, refusals, results, school, workbook

from pipeline.analysis.path import Restrictions, path
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.cleaning.files import opening, reading
from pipeline.cleaning.files.reading import open_files
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.standards import standard
from pipeline.whole.checking import check_paths

ROWS = [school(n, pupils=400 + n) for n in range(1, 7)]
SCOPE = standard("cn-2017-06").scope
POINT = "小学教学点"


def county(folder, files: dict[str, bytes], year: int = 2023):
    """Import the example county from these files: ``{"2022/x.csv": bytes}``."""
    for name, content in files.items():
        path = folder / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return import_county(County.open("990101", year, raw=str(folder / "raw"),
                                     processed=str(folder / "processed")))


def xls(rows: list[dict]) -> bytes:
    """Return the rows as an old workbook, with a title merged over two rows."""
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("学校情况")
    sheet.write_merge(0, 1, 0, len(rows[0]) - 1, "学校情况表")
    for r, line in enumerate((rows[0].keys(), *(row.values() for row in rows)), 2):
        for c, value in enumerate(line):
            if value is not None:
                sheet.write(r, c, value)
    book.save(out)
    return out.getvalue()


def xlsx(rows: list[dict], title: str = "学校情况") -> bytes:
    book, out = workbook(rows), io.BytesIO()
    book.active.title = title
    book.save(out)
    return out.getvalue()


def test_an_old_workbook_says_the_same_as_a_new_one(tmp_path):
    new = county(tmp_path / "new", {"2023/990101_甲县.xlsx": xlsx(ROWS)})
    old = county(tmp_path / "old", {"2023/990101_甲县.xls": xls(ROWS)})
    assert not old.refused and results(old) == results(new)


def test_an_old_workbook_named_as_a_new_one_is_read_for_what_it_is(tmp_path):
    assert not county(tmp_path, {"2023/990101_甲县.xlsx": xls(ROWS)}).refused


def test_rows_fall_into_the_years_that_they_name(tmp_path):
    rows = [row | {"年份": year} for year in ("2022年秋", 2023) for row in ROWS]
    result = county(tmp_path, {"2023/990101_甲县.csv": csv_bytes(rows)})
    assert not result.refused
    assert result.schools["year"].value_counts().to_dict() == {2022: 6, 2023: 6}


@pytest.mark.parametrize(("year", "code"), [("去年", "year.unclear"), ("2024", "year.later")])
def test_a_year_that_is_none_or_too_late_is_told(tmp_path, year, code):
    rows = [row | {"年份": "2023"} for row in ROWS]
    rows.append(school(9) | {"年份": year})
    result = county(tmp_path, {"2023/990101_甲县.csv": csv_bytes(rows)})
    assert found(result, code) and len(result.schools) == (7 if code == "year.unclear" else 6)


def test_a_shared_table_gives_each_unit_its_own_rows(tmp_path):
    rows = [row | {"统计三级": "示例县" if n % 2 else "邻县"} for n, row in enumerate(ROWS)]
    result = county(tmp_path, {"2023/全市学校.csv": csv_bytes(rows)})
    assert not result.refused and len(result.schools) == 3
    assert found(result, "unit.other")[0]["action"].startswith("3行")


def test_a_bad_cell_in_a_shared_table_refuses_its_own_county_alone(tmp_path):
    rows = [row | {"统计三级": "示例县" if n % 2 else "邻县"} for n, row in enumerate(ROWS)]
    rows[0] |= {"在校生数": "约430"}
    result = county(tmp_path / "neighbour", {"2023/全市学校.csv": csv_bytes(rows)})
    assert not result.refused and len(result.schools) == 3
    rows[1] |= {"在校生数": "约430"}
    assert county(tmp_path / "own", {"2023/全市学校.csv": csv_bytes(rows)}).refused


def test_a_row_of_a_shared_table_without_a_unit_refuses_the_counties_of_that_table(tmp_path):
    rows = [row | {"统计三级": "示例县" if n else None} for n, row in enumerate(ROWS)]
    result = county(tmp_path, {"2023/全市学校.csv": csv_bytes(rows)})
    assert refusals(result) == ["unit.blank"]
    assert (found(result, "unit.blank")[0]["row"], len(result.schools)) == (2, 5)


def test_a_shared_table_of_other_counties_leaves_no_trace(tmp_path):
    others = [school(n) | {"统计三级": "邻县"} for n in (7, 8)]
    alone = county(tmp_path / "alone", {"2023/990101_甲县.csv": csv_bytes(ROWS)})
    beside = county(tmp_path / "beside", {"2023/990101_甲县.csv": csv_bytes(ROWS),
                                          "2023/邻市学校.csv": csv_bytes(others)})
    assert not beside.refused
    assert beside.schools.equals(alone.schools)
    assert not found(beside, "unit.other")


def test_a_shared_table_without_units_is_refused(tmp_path):
    assert refusals(county(tmp_path, {"2023/全市学校.csv": csv_bytes(ROWS)})) == ["unit.missing"]


def test_a_table_with_no_row_of_the_county_is_refused(tmp_path):
    rows = [row | {"统计三级": "邻县"} for row in ROWS]
    result = county(tmp_path, {"2023/990101_甲县.csv": csv_bytes(rows)})
    assert "unit.none" in refusals(result)


def test_a_school_with_a_new_code_is_followed_by_the_links_sheet(tmp_path):
    now = [*ROWS[:-1], ROWS[-1] | {"学校标识码": "2199000099"}]
    files = {"2022/990101_甲县.csv": csv_bytes(ROWS), "2023/990101_甲县.csv": csv_bytes(now)}
    before = county(tmp_path / "unlinked", files)
    assert found(before, "identity.renumbered") and len(set(before.schools["school_code"])) == 7
    link = [{"学校标识码": "2199000099", "原标识码": "2199000006", "归属学校标识码": None}]
    after = county(tmp_path / "linked", files | {"2023/990101_对照.csv": csv_bytes(link)})
    assert not after.refused and not found(after, "identity.renumbered")
    assert len(set(after.schools["school_code"])) == 6 and len(found(after, "identity.linked")) == 1


def test_a_teaching_point_finds_its_parent_in_the_links_sheet(tmp_path):
    rows = [*ROWS, school(9, POINT, 30)]
    merging = SCOPE.model_copy(update={"teaching_point": SCOPE.teaching_point.model_copy(
        update={"below": "merge"})})
    assert "merge.no_parent" in refusals(imported(tmp_path / "alone", rows, scope=merging))
    link = [{"学校标识码": "2199000009", "归属学校标识码": "2199000001"}]
    files = {"990101_甲县.csv": csv_bytes(rows), "990101_对照.csv": csv_bytes(link)}
    pack = standard("cn-2017-06").model_copy(update={"scope": merging})
    open_county = County.open("990101", 2023, raw=str(received(tmp_path, files)),
                              processed=str(tmp_path))
    object.__setattr__(open_county, "standard", pack)
    result = import_county(open_county)
    assert not result.refused
    assert dict(zip(result.schools["school_code"], result.schools["pupils"], strict=True))[
        "2199000001"] == 401 + 30


def test_a_school_that_two_counties_report_is_refused_in_both(tmp_path):
    for unit in ("990101", "990102"):
        (tmp_path / "2023").mkdir(exist_ok=True)
        (tmp_path / "2023" / f"{unit}_县.csv").write_bytes(csv_bytes(ROWS[:2]))
    reports = check_paths([tmp_path])
    assert [report["outcome"] for report in reports] == ["refused", "refused"]
    for report, other in zip(reports, ("990102", "990101"), strict=True):
        assert all(f"标识码 219900000{n}" in report["reason"] for n in (1, 2))
        assert f"{report['unit']}_县.csv第2行）也由 {other}" in report["reason"]


@pytest.mark.parametrize(("include", "used"), [(True, 7), (False, 6)])
def test_schools_of_province_and_city_count_as_the_standard_says(tmp_path, include, used):
    rows = [*ROWS, school(9, 举办者类型="省级教育部门")]
    scope = SCOPE.model_copy(update={"include_non_county_run": include})
    result = imported(tmp_path, rows, scope=scope)
    assert not result.refused and len(result.schools) == used


def test_classes_attached_to_a_school_of_another_stage_share_its_assets(tmp_path):
    """附设小学班 in a 初级中学: 1 : 1.1 by pupils, as in a nine-year school (one option)."""
    host = school(9, "初级中学", 100, **{"运动场地面积(㎡)": 3100})
    attached = host | {"办学类型": "附设小学班", "在校生数": 200, "高于规定学历教师数": 9}
    result = imported(tmp_path, [*ROWS, host, attached])
    rows = result.schools[result.schools["school_code"] == "3199000009"].set_index("stage")
    assert not result.refused
    assert rows.loc["primary", "field_area_m2"] == 2000  # 200 / (200 + 1.1 × 100) of 3,100 ㎡


@pytest.fixture(params=["started", "forked"])
def opener(request, monkeypatch):
    """Have files opened in a fresh interpreter, or in a fork as in the child of a batch."""
    monkeypatch.setattr(reading, "_may_fork", lambda: request.param == "forked")


@pytest.mark.usefixtures("opener")
def test_files_are_opened_one_after_the_other_by_one_child(tmp_path):
    paths = [tmp_path / "甲.xlsx", tmp_path / "乙.csv", tmp_path / "丙.xlsx", tmp_path / "丁.csv"]
    for file, content in zip(paths, (xlsx(ROWS), csv_bytes(ROWS), b"PK garbage", csv_bytes(ROWS)),
                             strict=True):
        file.write_bytes(content)
    first, second, third, fourth = open_files([(file, file.name) for file in paths])
    assert [len(file.sheets) for file in (first, second, third, fourth)] == [1, 1, 0, 1]
    assert third.fault and not (first.fault or second.fault or fourth.fault)


def reckon():
    while True:
        pass


LONG, NEVER = 60, 3600      # seconds of the child's processor; of the clock
DEATHS = {"dies": (lambda: os.kill(os.getpid(), 9), LONG, NEVER, "意外退出"),
          "hangs": (lambda: time.sleep(NEVER), LONG, 0.1, "等了0.1秒没有读完"),
          "reckons on and on": (reckon, 0.1, NEVER, "打开超过0.1秒"),
          "eats memory": (lambda: bytearray(4_000_000_000), LONG, NEVER, "内存")}


@pytest.mark.parametrize("what", DEATHS)
def test_a_fork_that_fails_costs_the_file_only(what, tmp_path, monkeypatch):
    fail, seconds, waited, said = DEATHS[what]
    monkeypatch.setattr(reading, "_may_fork", lambda: True)
    monkeypatch.setattr(opening, "admit", lambda path: fail())
    (tmp_path / "甲.csv").write_bytes(csv_bytes(ROWS))
    (bad,) = open_files([(tmp_path / "甲.csv", "bad")], seconds, waited=waited)
    assert said in bad.fault[1]


def test_the_time_that_others_take_on_the_machine_is_not_the_files(tmp_path, monkeypatch):
    """The file takes a second of the clock, and next to none of the processor."""
    usual = opening.open_file
    monkeypatch.setattr(reading, "_may_fork", lambda: True)
    monkeypatch.setattr(opening, "open_file", lambda *asked: time.sleep(1) or usual(*asked))
    (tmp_path / "甲.csv").write_bytes(csv_bytes(ROWS))
    (opened,) = open_files([(tmp_path / "甲.csv", "甲")], seconds=0.5)
    assert opened.fault is None and len(opened.sheets) == 1


@pytest.mark.usefixtures("opener")
def test_a_file_that_takes_too_long_costs_itself_only(tmp_path):
    good = tmp_path / "990101_甲县.xlsx"
    good.write_bytes(xlsx(ROWS * 500))      # takes some tenths of a second
    slow, next_one = list(open_files([(good, "slow")], seconds=0.01))[0], list(
        open_files([(good, "next")]))[0]
    assert slow.fault[0] == "file.too_large" and "秒" in slow.fault[1]
    assert next_one.fault is None and len(next_one.sheets) == 1


def test_a_percentage_is_read_as_it_is_shown(tmp_path):
    book = workbook([row | {"体质健康优良率(%)": 0.955} for row in ROWS])
    for (cell,) in book.active.iter_rows(min_row=2, min_col=len(ROWS[0]) + 1):
        cell.number_format = "0.0%"
    result = imported(tmp_path, book)
    assert not result.refused and result.schools["fitness_good_pct"][0] == 95.5


def test_a_number_that_is_shown_divided_is_refused(tmp_path):
    book = workbook(ROWS)
    book.active["P3"].number_format = '#,##0.0,"千"'
    assert [f["row"] for f in found(imported(tmp_path, book), "cell.format")] == [3]


def test_a_self_made_sheet_with_columns_by_stage_gives_the_same_as_two_rows(tmp_path):
    nine = "九年一贯制学校"
    two = [school(7, nine, 300, 学段="小学", 高于规定学历教师数=14, 县级以上骨干教师数=4,
                  体育艺术专任教师数=3),
           school(7, nine, 200, 学段="初中", 高于规定学历教师数=12, 县级以上骨干教师数=3,
                  体育艺术专任教师数=2)]
    own = {"学校代码": "3199000007", "校名": "甲7校", "学校类型": nine, "所属城乡": "镇区",
           "举办者": "县级教育部门", "小学学生人数": 300, "初中学生人数": 200,
           "本科学历教师人数（小学）": 10, "专科学历教师人数（小学）": 4,
           "本科学历教师人数（初中）": 12, "区级及以上骨干教师人数（小学）": 4,
           "区级及以上骨干教师人数（初中）": 3, "体育专任教师人数（小学）": 1,
           "艺术专任教师人数（小学）": 2, "体育专任教师人数（初中）": 1,
           "艺术专任教师人数（初中）": 1, "教学及辅助用房总面积(㎡)": 3000,
           "学校体育馆面积(㎡)": 0, "校内体育场面积(㎡)": 5000,
           "教学仪器设备资产值（账面原值）(万元)": 100, "网络多媒体教室间数": 12}
    theirs = imported(tmp_path / "two", two)
    ours = imported(tmp_path / "one", [own])
    assert not ours.refused and not theirs.refused
    assert results(ours) == results(theirs)


def test_the_years_of_a_county_are_those_of_its_folders_and_of_its_rows(tmp_path):
    rows = [row | {"年份": year} for year in (2022, 2023) for row in ROWS]
    result = county(tmp_path, {"2023/990101_甲县.csv": csv_bytes(rows)})
    opened = County.open("990101", 2023, raw=str(tmp_path / "raw"),
                         processed=str(tmp_path / "processed"))
    assert opened.years == [2023]
    opened.save("accounting", result.accounting)
    assert (opened.file_years, opened.years) == ([2023], [2022, 2023])


FAR = {"乡镇": "青溪镇", "经度": "114.9", "纬度": "34.5"}
NEAR = [{"乡镇": "青溪镇", "经度": "113.65", "纬度": "34.76"},
        {"乡镇": "筠溪镇", "经度": "113.66", "纬度": "34.77"}, FAR]


@pytest.mark.parametrize(("limits", "sender"), [
    ({}, {"2", "3"}), ({"same_township": True}, {"3"}), ({"farthest_km": 10}, {"2"}),
    ({"farthest_km": 10, "same_township": True}, set())])
def test_a_teacher_comes_only_from_where_the_form_lets_him(tmp_path, limits, sender):
    """School 1 lacks one backbone teacher; 2 is near in another township, 3 far in its own."""
    backbone = {"县级以上骨干教师数": 3}, {"县级以上骨干教师数": 8}, {"县级以上骨干教师数": 8}
    rows = [school(n) | place | has
            for n, (place, has) in enumerate(zip(NEAR, backbone, strict=True), 1)]
    result = imported(tmp_path, rows)
    assert not result.refused and list(result.schools["township"]) == [r["乡镇"] for r in NEAR]
    pack = standard("cn-2017-06")
    found = path(indicator_values(result.schools, pack), result.schools, pack,
                 restrictions=Restrictions(**limits))
    moves = found.path_moves[found.path_moves["plan"] == "threshold"]
    assert {code[-1] for code in moves["from_code"]} <= sender
    assert bool(len(moves)) is bool(sender)
