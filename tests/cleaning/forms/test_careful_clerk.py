"""What a careful clerk would stumble over in the sheets beside the schools, told or taken."""

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from tables import YEAR, found, imported, refusals, renamed, school, table, workbook

from pipeline.cleaning.importing import import_county
from pipeline.county import County

ROWS = [school(n, pupils=400 + 7 * n) for n in range(1, 8)]
SPOT = ["学校标识码", "学校名称", "核查学段", "核查内容", "计量单位", "实测值", "核查说明"]


def with_sheet(name: str, *lines: list) -> Workbook:
    book = workbook(ROWS)
    sheet = book.create_sheet(name)
    for line in lines:
        sheet.append(line)
    return book


def folder(tmp_path, files: dict[str, object], unit: str = "990101"):
    """Import a county from these files of its year: name → workbook or bytes."""
    for name, content in files.items():
        path = tmp_path / "raw" / str(YEAR) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content) if isinstance(content, bytes) else content.save(path)
    return import_county(County.open(unit, YEAR, raw=str(tmp_path / "raw"),
                                     processed=str(tmp_path)))


def seen(part: object = "小学", value: object = 407, quantity: str = "在校生数", unit: str = "人"):
    return ["2199000001", "甲1校", part, quantity, unit, value, None]


@pytest.mark.parametrize(("lines", "codes"), [
    ([seen()], []), ([seen(), seen(quantity="班级数", value=9, unit="班")], []),
    ([seen(), seen(value=400)], ["spot.repeated"]), ([seen(), seen()], ["spot.repeated"]),
    ([seen(), seen(value=None)], []), ([seen(value=None), seen()], []),
    ([seen("小学部")], []), ([seen("全校")], []), ([seen("大学")], ["spot.unknown"]),
    ([seen(None)], ["spot.unknown"]), ([seen("大学", None)], []),
    ([seen(quantity="食堂面积")], ["spot.unknown"])])
def test_what_was_seen_on_the_spot_counts_once_and_of_a_stage_that_there_is(lines, codes,
                                                                           tmp_path):
    result = imported(tmp_path, with_sheet("实地核查表", SPOT, *lines))
    assert refusals(result) == codes
    if not codes:
        assert len(result.spot_checks) == len({(line[3]) for line in lines})


def test_a_blank_name_is_told_by_what_is_asked_for(tmp_path):
    book = with_sheet("满意度调查", ["调查群体", "有效问卷数", "满意问卷数"], [None, 100, 90])
    (one,) = found(imported(tmp_path, book), "identity.name")
    assert one["action"] == "调查群体空白" and "调查群体" in one["rule"]


UNITS = table("""
    header                      | other                        | value | code        | factor
    教学仪器设备值(万元)        | 教学仪器设备值(百元)         | 10000 |             | 100
    教学仪器设备值(万元)        | 教学仪器设备值(百万元)       | 1     |             | 1000000
    教学仪器设备值(万元)        | 教学仪器设备值(千元)         | 1000  |             | 1000
    教学仪器设备值(万元)        | 教学仪器设备值(件)           | 1000  | header.unit |
    教学仪器设备值(万元)        | 教学仪器设备值(套)           | 1000  | header.unit |
    教学及辅助用房面积(㎡)      | 教学及辅助用房面积(平米)     | 3000  |             | 1
    教学及辅助用房面积(㎡)      | 教学及辅助用房面积（平方）   | 3000  |             | 1
    教学及辅助用房面积(㎡)      | 教学及辅助用房面积(块)       | 3000  | header.unit |
    在校生数                    | 在校生数(百人)               | 4.07  |             | 100
    在校生数                    | 在校生数(百人)               | 4.075 | cell.fraction |
    在校生数                    | 在校生数(套)                 | 407   | header.unit |
    网络多媒体教室数            | 网络多媒体教室数(套)         | 12    | header.unit |
    网络多媒体教室数            | 网络多媒体教室数(座)         | 12    | header.unit |
""")
UNCOMMON = ("百元", "百万元", "百人", "平米", "平方")


@pytest.mark.parametrize("row", UNITS, ids=lambda row: row["other"])
def test_a_seldom_used_unit_is_converted_with_a_record_and_an_unfitting_one_named(row, tmp_path):
    given = {"教学仪器设备值(万元)": "equipment_value_yuan", "在校生数": "pupils",
             "教学及辅助用房面积(㎡)": "teaching_area_m2"}
    rows = [renamed(one | {row["header"]: float(row["value"])}, row["header"], row["other"])
            for one in [school(1)]]
    result = imported(tmp_path, rows)
    assert [*dict.fromkeys(refusals(result))][:1] == ([row["code"]] if row["code"] else [])
    if row["code"] == "header.unit":
        assert "单位写的是" in found(result, "header.unit")[0]["action"]
    if row["factor"]:
        value = result.schools.iloc[0][given[row["header"]]]
        assert float(value) == pytest.approx(float(row["value"]) * int(row["factor"]))
        assert bool(found(result, "header.converted")) is any(u in row["other"] for u in UNCOMMON)


def test_a_county_figure_in_a_seldom_used_unit_is_converted_with_a_record(tmp_path):
    book = with_sheet("县级数据", ["项目", "数值", "单位"], ["公务员年平均工资收入", 1000, "百元"])
    result = imported(tmp_path, book)
    assert result.facts["value"].tolist() == [100_000] and found(result, "header.converted")


LINE = ("文件,工作表,单元格,原值,新值,理由\n"
        "990101_甲县.xlsx,学校情况,B2,甲1校,甲一校,改名\n").encode()


@pytest.mark.parametrize(("name", "code"), [
    ("990101_corrections.csv", "cell.corrected"), ("990101_Corrections.CSV", "cell.corrected"),
    ("990101_更正登记.csv", "cell.corrected"), ("990101/更正登记.csv", "cell.corrected"),
    ("990101_更正登记表.csv", "cell.corrected"),
    ("990101_corrections.xlsx", "correction.misplaced"),
    ("990101/更正登记.xlsx", "correction.misplaced"), ("Corrections.csv", "correction.misplaced"),
    ("更正登记.csv", "correction.misplaced"), ("corrections.xlsx", "correction.misplaced"),
    ("990101/corrections(1).csv", "correction.misplaced"),
    ("990101/corrections.xls", "correction.misplaced")])
def test_a_register_is_taken_or_named_with_the_remedy(name, code, tmp_path):
    content = LINE if name.lower().endswith(".csv") else workbook(ROWS)
    if name.endswith(".xls"):
        content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    result = folder(tmp_path, {"990101_甲县.xlsx": workbook(ROWS), name: content})
    assert [row["code"] for row in found(result, code)] == [code]
    assert result.refused is (code == "correction.misplaced")
    if result.refused:
        assert "990101_corrections.csv" in found(result, code)[0]["action"]


LEDGER = ["台账编号", "整改措施", "责任单位", "责任人（职务）", "完成时限", "进展说明"]


@pytest.mark.parametrize(("number", "kept"), [
    ("990101-primary-2199000001-R1", "990101-primary-2199000001-R1"),
    ("９９０１０１-primary-2199000001-R1", "990101-primary-2199000001-R1"),
    ("990101－PRIMARY－2199000001－r1", "990101-primary-2199000001-R1"),
    ("990101-g5", "990101-G5"), ("自报１", "自报1"), ("自报1", "自报1")])
def test_a_number_of_the_ledger_is_known_in_whatever_width_and_case(number, kept, tmp_path):
    book = with_sheet("整改台账", LEDGER, [number, "补充", "人事股", "股长", None, "进行中"])
    result = imported(tmp_path, book)
    assert result.ledger_rows["id"].tolist() == [kept] and not result.refused
    assert bool(found(result, "text.cleaned")) is (number != kept)


@pytest.mark.parametrize(("text", "personal"), [
    ("已招聘教师3名", False), ("由王小明同志负责", True), ("李红老师已到岗", True),
    ("王小明、李晓红", True), ("解决中", False), ("高中老师已到岗", False), ("全部完成", False),
    ("王小明（副校长）牵头", True), ("安排专人负责", False), ("任课老师不足", False)])
def test_a_persons_name_with_a_title_does_not_pass_in_an_account(text, personal, tmp_path):
    book = with_sheet("整改台账", LEDGER, ["990101-G5", text, "人事股", "股长", "2024-08-31", text])
    result = imported(tmp_path, book)
    assert bool(found(result, "privacy.found")) is personal is result.refused
    assert "王小明" not in str(result.findings.to_dict()) + str(result.ledger_rows.to_dict())


@pytest.mark.parametrize(("kind", "prefix", "code"), [
    ("特殊教育学校", "51", ""), ("特殊教育学校", "21", "identity.category"),
    ("幼儿园", "11", ""), ("幼儿园", "21", "identity.category"),
    ("小学", "11", "identity.category"), ("小学", "21", "")])
def test_the_category_in_a_code_is_that_of_the_type_also_of_types_out_of_scope(kind, prefix, code,
                                                                              tmp_path):
    row = school(8, kind) | {"学校标识码": f"{prefix}99000008"}
    result = imported(tmp_path, [*ROWS, row])
    assert refusals(result) == ([code] if code else [])


HIDDEN = table("""
    format                      | white | value | told
    0                           | no    | 0     | no
    0;-0;;@                     | no    | 0     | yes
    0;-0;;@                     | no    | 5     | no
    #,##0;;                     | no    | 0     | yes
    General;General;            | no    | 0     | yes
    _ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_  | no | 0 | no
    0                           | yes   | 0     | yes
    0                           | yes   | 5     | yes
    0                           | dark  | 5     | no
""")


@pytest.mark.parametrize("row", HIDDEN, ids=lambda row: f"{row['format']} {row['white']}")
def test_a_figure_that_nobody_sees_is_told(row, tmp_path):
    book = workbook(ROWS)
    cell = next(c for c in book.active[2] if c.column == 15 - 4)
    assert book.active.cell(1, cell.column).value == "县级以上骨干教师数"
    cell.value, cell.number_format = int(row["value"]), row["format"]
    if row["white"] != "no":
        cell.font = Font(color="FFFFFFFF")
    if row["white"] == "dark":
        cell.fill = PatternFill("solid", fgColor="FF1F4E79")
    result = imported(tmp_path, book)
    assert bool(found(result, "cell.unseen")) is (row["told"] == "yes") and not result.refused
    assert result.schools.iloc[0]["backbone_teachers"] == int(row["value"])


def test_zeros_that_the_view_hides_are_told_once_a_column(tmp_path):
    place = tmp_path / "raw" / str(YEAR)
    place.mkdir(parents=True)
    rows = [one | {"室内体育用房面积(㎡)": 0, "县级以上骨干教师数": 0} for one in ROWS]
    with xlsxwriter.Workbook(place / "990101_甲县.xlsx") as book:
        sheet = book.add_worksheet("学校情况")
        sheet.hide_zero()
        for n, line in enumerate((rows[0].keys(), *(row.values() for row in rows))):
            sheet.write_row(n, 0, line)
    result = import_county(County.open("990101", YEAR, raw=str(tmp_path / "raw"),
                                       processed=str(tmp_path)))
    assert [one["action"][:9] for one in found(result, "cell.unseen")] == ["该列有7格是看不见"] * 2
