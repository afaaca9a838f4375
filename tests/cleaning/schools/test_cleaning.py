"""From a workbook to clean tables: what is read, refused, repaired, left out, added up."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st
from tables import (
    csv_bytes,
    found,
    imported,
    letter,
    refusals,
    renamed,
    results,
    school,
    table,
    workbook,
)

from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.definitions.standards import standard

CN = standard("cn-2017-06")
ROOMS, AREA, MONEY = "网络多媒体教室数", "教学及辅助用房面积(㎡)", "教学仪器设备值(万元)"
CODE, PE = "学校标识码", "体育艺术专任教师数"
NINE = "九年一贯制学校"
MIXED = [school(7, NINE, 300, 学段="小学"), school(7, NINE, 200, 学段="初中")]


def one(folder, header: str, value, **more):
    """Import two schools, the second with this value under this header (cell row 3)."""
    return imported(folder, [school(1), school(2) | {header: value}], **more)


@pytest.mark.parametrize(("header", "value", "code"), [
    (PE, "约6", "cell.text"), (PE, "1_000", "cell.text"), (PE, "٤٣٠", "cell.text"),
    (PE, "1e3", "cell.text"), (PE, "½", "cell.text"), (PE, -1, "cell.negative"),
    (PE, 5.5, "cell.fraction"), (PE, True, "cell.kind"), (PE, date(2023, 9, 1), "cell.kind"),
    (PE, "#DIV/0!", "cell.kind"), (PE, "=1+1", "cell.formula"), (ROOMS, 2.5, "cell.fraction"),
    (AREA, -0.01, "cell.negative"), (AREA, "3718亩", "cell.unit"),
    (MONEY, "856000元", "cell.unit"), ("在校生数", "", "pupils.missing"),
    (CODE, "219900002", "identity.code"), (CODE, "21990000022", "identity.code"),
    (CODE, "21990O0002", "identity.code"), (CODE, 2.199e8, "identity.code"),
    (CODE, None, "identity.code_missing"), (CODE, "2144000002", "identity.province"),
    ("学校名称", " ", "identity.name"), ("办学类型", "小学校", "identity.class"),
    ("学段", "初中", "stage.wrong"), ("城乡类型", None, "identity.class")])
def test_a_cell_like_this_refuses_the_file_and_is_named(tmp_path, header, value, code):
    result = one(tmp_path, header, value)
    assert code in refusals(result) and result.refused
    place = found(result, code)[0]
    assert (place["file"], place["sheet"], place["row"]) == ("2023/990101_甲县.xlsx", "学校情况", 3)
    assert place["column"] == letter(header) or code in ("pupils.missing", "stage.wrong")


@pytest.mark.parametrize(("wrong", "named", "counted"), [
    (1, 1, ""), (3, 3, ""), (4, 3, "；同表共4行如此")])
def test_a_code_of_another_province_is_told_with_both_codes_and_few_places(
        tmp_path, wrong, named, counted):
    rows = [school(n) | ({CODE: f"214400000{n}"} if n <= wrong else {}) for n in range(1, 7)]
    told = found(imported(tmp_path, rows), "identity.province")
    assert [f["row"] for f in told] == [2, 3, 4][:named]
    assert {f["action"] for f in told} == {f"第3、4位是“44”，示例省应为“99”{counted}"}
    assert {f["rule"] for f in told} == {"学校标识码第3、4位应为本省代码，即县代码的前两位"}


@pytest.mark.parametrize(("value", "refused"), [(-0.1, 1), (0, 0), (100, 0), (100.1, 1)])
def test_a_percentage_lies_between_0_and_100(tmp_path, value, refused):
    result = imported(tmp_path, [school(1, **{"体质健康优良率(%)": value})])
    assert len(refusals(result)) == refused


@pytest.mark.parametrize(("value", "huge"), [
    (9_999_999, 0), (10_000_000, 0), (10_000_001, 1)])
def test_no_count_of_persons_is_more_than_ten_millions(tmp_path, value, huge):
    assert refusals(one(tmp_path, PE, value)).count("cell.huge") == huge


@pytest.mark.parametrize(("value", "read", "missing"), [
    (0, 0, 0), ("0", 0, 0), (None, None, 1), ("  ", None, 1), ("—", None, 1), ("不适用", None, 1)])
def test_zero_is_data_and_blank_or_dash_is_missing(tmp_path, value, read, missing):
    result = one(tmp_path, PE, value)
    assert result.schools["pe_art_teachers"][1] == read and not result.refused
    assert [f["row"] for f in found(result, "cell.missing")] == [3] * missing


# 表头与单位

@pytest.mark.parametrize("row", table("""
    header                 | other                    | written | read
    教学仪器设备值(万元)   | 教学仪器设备值（万元）   | 85.6    | 856000
    教学仪器设备值(万元)   | 教学仪器 设备值(元)      | 856000  | 856000
    教学仪器设备值(万元)   | 教学仪器设备值(单位：千元) | 856   | 856000
    运动场地面积(㎡)       | 运动场地面积(亩)         | 15      | 10000
    运动场地面积(㎡)       | 运动场地面积（平方米）   | 10000   | 10000
    运动场地面积(㎡)       | 运动场地面积             | 10000   | 10000
    教学仪器设备值(万元)   | 教学仪器设备值           | 85.6    | header.unit
    教学仪器设备值(万元)   | 教学仪器设备值(㎡)       | 85.6    | header.unit
    运动场地面积(㎡)       | 运动场地面积(万元)       | 15      | header.unit
    教学仪器设备值(万元)   | 教学仪器设备值(百万元)   | 1       | 1000000
    教学仪器设备值(万元)   | 教学仪器设备值(兆元)     | 1       | header.missing
"""), ids=lambda row: row["other"])
def test_the_unit_is_that_of_the_header_or_refused(tmp_path, row):
    plain = school(1) | {row["header"]: float(row["written"])}
    result = imported(tmp_path, [renamed(plain, row["header"], row["other"])])
    if row["read"].isdigit():
        name = "field_area_m2" if "运动" in row["header"] else "equipment_value_yuan"
        assert not result.refused and result.schools[name][0] == int(row["read"])
    else:
        assert row["read"] in refusals(result)


def test_two_columns_for_one_quantity_are_refused_and_both_named(tmp_path):
    result = imported(tmp_path, [renamed(school(1), "在校生数", "在校生数", "学生人数")])
    (finding,) = found(result, "header.ambiguous")
    assert result.refused and "H列与I列" in finding["action"] and finding["column"] == "I"


@pytest.mark.parametrize("header", [ROOMS, "办学类型", "在校生数", "运动场地面积(㎡)"])
def test_a_missing_header_is_refused_and_named(tmp_path, header):
    (finding,) = found(imported(tmp_path, [renamed(school(1), header)]), "header.missing")
    assert header in finding["action"].partition("缺少：")[2]


# 行与表

def test_a_row_that_comes_twice_is_refused_and_both_rows_are_named(tmp_path):
    (finding,) = found(imported(tmp_path, [school(1), school(2), school(1)]), "identity.duplicate")
    assert finding["row"] == 4 and "第2行" in finding["action"]


def test_a_hidden_sheet_is_noted_and_not_read_but_a_hidden_row_is(tmp_path):
    book = workbook([school(1), school(2)])
    book.copy_worksheet(book.active).sheet_state = "hidden"
    book.active.row_dimensions[3].hidden = True
    result = imported(tmp_path, book)
    assert [f["sheet"] for f in found(result, "sheet.hidden")] == ["学校情况 Copy"]
    assert [f["row"] for f in found(result, "row.hidden")] == [3]
    assert len(result.schools) == 2 and not result.refused


@pytest.mark.parametrize(("off", "warned"), [(-1, 1), (0, 0), (1, 1)])
def test_a_total_is_no_school_and_a_wrong_one_is_warned(tmp_path, off, warned):
    total = dict.fromkeys(school(1)) | {CODE: "合计", "在校生数": 900 + off, ROOMS: 24}
    result = imported(tmp_path, [school(1), *MIXED, total])
    assert len(result.schools) == 3 and not result.refused
    wrong = [(f["row"], f["column"]) for f in found(result, "row.total_wrong")]
    assert wrong == [(5, "H")] * warned


CORRECTION = "文件,工作表,单元格,原值,新值,理由\n990101_甲县.xlsx,学校情况,L3,{},6,{}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_correction_with_its_old_value_and_a_reason_is_made(tmp_path, encoding):
    line = CORRECTION.format("约6", "学校电话核实").encode(encoding)
    result = one(tmp_path, PE, "约6", corrections=line)
    assert result.schools["pe_art_teachers"][1] == 6 and not result.refused
    assert [f["column"] for f in found(result, "cell.corrected")] == ["L"]


# 列、原值、新值 | 记录
CHANGES = {
    (PE, "约6", "6"): "按登记的理由更正：由“约6”改为“6”",
    (PE, 60, "6"): "按登记的理由更正：由“60”改为“6”",
    (PE, "", "6"): "按登记的理由更正：由空白改为“6”",
    (PE, 60, ""): "按登记的理由更正", (PE, "王小明", "6"): "按登记的理由更正",
    (PE, "13800138000", "6"): "按登记的理由更正",
    ("学校名称", "甲校", "乙校"): "按登记的理由更正",
    ("联系电话", "8765432", "1"): "按登记的理由更正"}


@pytest.mark.parametrize(("header", "old", "new"), CHANGES)
def test_a_correction_tells_numbers_and_nothing_that_may_be_personal(tmp_path, header, old, new):
    rows = [school(1) | {header: school(1).get(header)}, school(2) | {header: old}]
    column = "ABCDEFGHIJKLMNOPQR"[list(rows[1]).index(header)]
    line = CORRECTION.replace("L3", f"{column}3").replace("6", new).format(old, "核实")
    told = found(imported(tmp_path, rows, corrections=line.encode()), "cell.corrected")
    assert [f["action"] for f in told] == [CHANGES[header, old, new]]


@pytest.mark.parametrize("line", [
    CORRECTION.format("约7", "核实"), CORRECTION.format("约6", " "), CORRECTION.format("约6", ""),
    CORRECTION.format("约6", "核实").replace("L3", "L9"), CORRECTION.partition("理由")[0],
    CORRECTION.format("约6", "").replace("6,\n", "6\n"), CORRECTION.partition(",L3")[0]],
    ids=["old value", "blank", "no reason", "no cell", "no column", "short", "shorter"])
def test_a_stale_unreasoned_or_broken_correction_is_refused(tmp_path, line):
    result = one(tmp_path, PE, "约6", corrections=line.encode())
    assert sorted(refusals(result)) == ["cell.text", "correction.unused"]


def test_a_blank_line_in_a_csv_is_no_school(tmp_path):
    lines = csv_bytes([school(1), school(2)]).splitlines()
    result = imported(tmp_path, b"\n".join([*lines[:2], b"", *lines[2:], b"", b""]))
    assert len(result.schools) == 2 and not result.refused


@pytest.mark.parametrize(("broken", "code"), [
    (b'12\n"', "file.ragged"), (b"12,5", "file.ragged"), (b"12\n2199000002,\xff", "file.")])
def test_a_broken_csv_is_refused(tmp_path, broken, code):
    result = imported(tmp_path, csv_bytes([school(1)]).strip().removesuffix(b"12") + broken)
    assert len(result.schools) == 0 and refusals(result)[0].startswith(code)


# 学段、拆分、范围

def test_assets_that_a_mixed_school_repeats_are_not_doubled(tmp_path):
    schools = imported(tmp_path, MIXED).schools          # shares 300 : 1.1 × 200
    assert list(schools["teaching_area_m2"]) == [Fraction(900_000, 520), Fraction(660_000, 520)]
    assert list(schools["qualified_teachers"]) == [30, 30]


@pytest.mark.parametrize("changes", [{AREA: 3001}, {"办学类型": "初级中学"}])
@pytest.mark.parametrize("turn", [1, -1])
def test_rows_of_one_school_that_disagree_are_refused(tmp_path, changes, turn):
    rows = [MIXED[0], MIXED[1] | changes][::turn]
    assert imported(tmp_path, rows).refused


@pytest.mark.parametrize(("kind", "senior", "shared"), [
    ("完全中学", None, None), ("完全中学", 0, 3000), ("完全中学", 250, 1500),
    ("十二年一贯制学校", None, None)])
def test_without_senior_enrolment_no_share_is_assumed(tmp_path, kind, senior, shared):
    result = imported(tmp_path, [school(1, kind, 300, 学段="初中", 高中在校生数=senior)])
    assert result.schools["teaching_area_m2"][0] == shared and not result.refused
    assert bool(found(result, "split.no_enrolment")) == (senior is None)
    levels = indicator_values(result.schools, CN).set_index("indicator")["level"]
    assert (levels["R7"] == "missing") == (senior is None) and levels["R1"] == "met"


@pytest.mark.parametrize(("kind", "pupils", "used", "reason"), [
    ("小学教学点", 49, 0, "不足50人"), ("小学教学点", 50, 1, ""), ("小学教学点", 51, 1, ""),
    ("小学", 49, 1, ""), ("小学", 1, 1, ""), ("小学", 0, 0, "在校生数为0"),
    ("特殊教育学校", 90, 0, "特殊教育学校"), ("职业初中", 90, 0, "职业初中")])
def test_what_is_left_out_has_a_reason(tmp_path, kind, pupils, used, reason):
    stage = "小学" if kind == "特殊教育学校" else None
    result = imported(tmp_path, [school(1), school(2, kind, pupils, 学段=stage)])
    fate = result.accounting.iloc[1]
    assert (fate["outcome"] == "used", len(result.schools)) == (bool(used), 1 + used)
    assert fate["reason"].startswith(reason) and bool(reason) == bool(fate["reason"])


KINDS = st.sampled_from(["小学", "小学教学点", "初级中学", "特殊教育学校", "完全中学", NINE])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(KINDS, st.integers(0, 120), st.booleans()), min_size=1, max_size=8),
       st.sampled_from(["exclude", "merge"]), st.booleans())
def test_every_school_and_pupil_that_came_in_is_accounted_for(drawn, below, private):
    rows = [school(n, kind, pupils, 学段=stage, 举办者类型="民办" if odd else "公办",
                   归属学校标识码=f"2199{(n - 1 if odd else 1):06d}")
            for n, (kind, pupils, odd) in enumerate(drawn, 1)
            for stage in {NINE: ("小学", "初中"), "特殊教育学校": ("小学",)}.get(kind, (None,))]
    point = CN.scope.teaching_point.model_copy(update={"below": below})
    scope = CN.scope.model_copy(update={"teaching_point": point, "include_private": private})
    with TemporaryDirectory() as folder:
        result = imported(Path(folder), csv_bytes(rows), scope=scope)
    fates = result.accounting
    kept, used = fates[fates["outcome"] != "excluded"], fates[fates["outcome"] == "used"]
    assert (len(fates), sum(fates["pupils"])) == (len(rows), sum(r["在校生数"] for r in rows))
    assert (len(used), sum(kept["pupils"])) == (len(result.schools), sum(result.schools["pupils"]))
    assert all(fates.loc[fates["outcome"] != "used", "reason"])


COUNTY = [school(1, pupils=412, **{MONEY: 85.6, PE: 0}), *MIXED, school(2, 举办者类型="民办"),
          school(3, "小学教学点", 30), school(4, "小学教学点", 50, **{AREA: 300.37}),
          school(5, "完全中学", 640, 高中在校生数=870), school(6, "初级中学", 590, **{PE: None})]


@pytest.mark.parametrize("source", [
    COUNTY[::-1], COUNTY[3:] + COUNTY[:3], csv_bytes(COUNTY), csv_bytes(COUNTY, "utf-8-sig"),
    csv_bytes(COUNTY, "gb18030")], ids=["reversed", "turned", "csv", "csv bom", "csv gb18030"])
def test_the_same_rows_in_another_order_or_file_give_the_same_tables(tmp_path, source):
    assert results(imported(tmp_path / "b", source)) == results(imported(tmp_path / "a", COUNTY))


@pytest.mark.parametrize("mark", [
    "王小明", "3王小明", "12.5王小明老师", "110101199003074578", 110101199003074578,
    " 110101199003074578", "110101 19900307 4578", "11010119900307457X", "138-0013-8000",
    "１３８００１３８０００"])
@pytest.mark.parametrize("header", [PE, MONEY, "办学类型", CODE])
def test_findings_never_repeat_what_may_be_a_person(tmp_path, header, mark):
    findings = one(tmp_path, header, mark).findings
    said = "".join(findings[["rule", "action", "remedy"]].to_numpy().ravel())
    assert str(mark).strip() not in said and "王小明" not in said
