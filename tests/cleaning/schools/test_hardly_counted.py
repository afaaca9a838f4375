"""Figures that were hardly counted: whole-school pupils in a stage's place, columns dragged down,
rooms of no size, years with a fraction; told, and read as they stand."""

import pytest
from tables import found, imported, refusals, school, workbook

NINE, TWELVE, WHOLE = "九年一贯制学校", "十二年一贯制学校", "完全中学"
AREA, FIELD = "教学及辅助用房面积(㎡)", "运动场地面积(㎡)"
MONEY, SENIOR = "教学仪器设备值(万元)", "高中在校生数"


def stages(primary, junior, kind=NINE, **cells):
    return [school(9, kind, pupils, 学段=stage, **cells)
            for stage, pupils in (("小学", primary), ("初中", junior))]


@pytest.mark.parametrize(("rows", "told"), [
    (stages(700, 700), 1), (stages(700, 699), 0), (stages(0, 0), 0),
    (stages(700, 700, TWELVE, 高中在校生数=100), 1),
    (stages(700, 700, 小学在校生数=700, 初中在校生数=700), 0),
    ([school(9, WHOLE, 900, 高中在校生数=500)], 1), ([school(9, WHOLE, 500, 高中在校生数=500)], 0),
    ([school(9, WHOLE, 900, 高中在校生数=500, 学段="初中")], 0),
    ([school(9, WHOLE, 900, 高中在校生数=500, 初中在校生数=400)], 0),
    ([school(9, WHOLE, 900, 高中在校生数=0)], 0), ([school(9, "初级中学", 900)], 0)])
def test_pupils_that_may_be_the_whole_schools_are_asked_about(rows, told, tmp_path):
    result = imported(tmp_path, rows)
    assert refusals(result) == [] and len(found(result, "pupils.whole")) == told


def many(count, **same):
    return [school(n, pupils=400 + n, **{AREA: 3000 + n, FIELD: 5000 + 3 * n, MONEY: 100 + n})
            | same for n in range(1, count + 1)]


@pytest.mark.parametrize(("rows", "columns"), [
    (many(20), []), (many(19, **{AREA: 3000}), []), (many(20, **{AREA: 3000}), ["M"]),
    (many(21, **{AREA: 3000, MONEY: 90}), ["M", "P"]), (many(20, **{FIELD: 0}), []),
    ([*many(20, **{AREA: 3000}), school(21, pupils=500, **{AREA: 3001})], []),
    (many(20, 在校生数=400), ["H"])])
def test_a_column_dragged_down_over_many_schools_is_told_once(rows, columns, tmp_path):
    result = imported(tmp_path, rows)
    assert sorted(row["column"] for row in found(result, "column.copied")) == columns


def with_rooms(schools, areas):
    book = workbook(schools)
    sheet = book.create_sheet("专用教室")
    sheet.append(["学校标识码", "学校名称", "教室类别", "教室面积(㎡)"])
    for row, area in zip(schools, areas, strict=False):
        sheet.append([row["学校标识码"], row["学校名称"], "音乐", area])
    return book


@pytest.mark.parametrize(("areas", "code", "times"), [
    ([96, 0, 97], "value.zero", 1), ([0, 0, 97], "value.zero", 2), ([0] * 5, "value.zero", 1),
    ([96, 5, 97], "value.zero", 0), ([96] * 20, "column.copied", 1),
    ([96] * 19, "column.copied", 0), ([96] * 19 + [96.5], "column.copied", 0)])
def test_rooms_of_no_size_or_all_of_one_are_told(areas, code, times, tmp_path):
    result = imported(tmp_path, with_rooms(many(20), areas))
    assert refusals(result) == [] and len(found(result, code)) == times


@pytest.mark.parametrize(("year", "code"), [
    (2015.5, "value.band"), ("2015.5", "cell.cleaned"), (2015, None), ("2015学年", "cell.cleaned"),
    (2015.25, "cell.fraction"), (2015.13, "cell.fraction")])
def test_a_year_with_a_fraction_is_told_or_refused(year, code, tmp_path):
    book = workbook([school(1)])
    sheet = book.create_sheet("县级数据")
    for line in (["项目", "数值", "单位"], ["通过国家基本均衡认定年份", year, "年"]):
        sheet.append(line)
    result = imported(tmp_path, book)
    assert refusals(result) == (["cell.fraction"] if code == "cell.fraction" else [])
    told = [f["code"] for f in result.findings.to_dict("records")
            if f["sheet"] == "县级数据" and f["code"] != "row.note"]
    assert told == [code] * bool(code)
    if code != "cell.fraction":
        assert [*result.facts["value"]] == [2015]
