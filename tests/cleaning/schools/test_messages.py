"""What a finding tells a clerk: which school, which heading, what stood there, what is allowed."""

import pytest
from tables import found, imported, school

from pipeline.cleaning.checks import quoted
from pipeline.ground.terms import cell_told

TYPE, ROOMS, INDOOR = "办学类型", "网络多媒体教室数", "室内体育用房面积(㎡)"
MONEY, AREA = "教学仪器设备值(万元)", "运动场地面积(㎡)"


@pytest.mark.parametrize(("header", "typed", "code", "told", "said"), [
    (ROOMS, "约12", "cell.text", "（甲2校“网络多媒体教室数”）", "“约12”"),
    (ROOMS, "见附表", "cell.text", "（甲2校“网络多媒体教室数”）", "“见附表”"),
    (ROOMS, "王小明", "cell.text", "（甲2校“网络多媒体教室数”）", "3个字的文字"),
    (ROOMS, -3, "cell.negative", "（甲2校“网络多媒体教室数”）", "“-3”"),
    (ROOMS, True, "cell.kind", "（甲2校“网络多媒体教室数”）", "逻辑值 True"),
    (ROOMS, "12亩", "cell.unit", "（甲2校“网络多媒体教室数”）", "“12亩”所带单位不是间"),
    (TYPE, "小学教点", "identity.class", "（甲2校“办学类型”）",
     "“小学教点”不是规定的类别，应为：小学、小学教学点、初级中学、"),
    (TYPE, "高乐乐", "identity.class", "（甲2校“办学类型”）", "3个字的文字不是规定的类别"),
    (TYPE, "小学甲教", "identity.class", "（甲2校“办学类型”）", "4个字的文字不是规定的类别"),
    (TYPE, "教学点一二三四五六七八九", "identity.class", "（甲2校“办学类型”）",
     "“教学点一二三四五六七八九”"),
    (TYPE, "教学点一二三四五六七八九十", "identity.class", "（甲2校“办学类型”）", "13个字的文字"),
    ("学校标识码", "219900002", "identity.code", "（甲2校“学校标识码”）", "9位，应为10位数字"),
])
def test_a_finding_names_the_school_and_the_heading_and_what_stood_there(
        tmp_path, header, typed, code, told, said):
    result = imported(tmp_path, [school(1), school(2) | {header: typed}])
    (finding,) = found(result, code)
    assert (finding["subject"], finding["row"]) == ("甲2校", 3)
    assert cell_told(finding) == f"{finding['column']}3{told}"
    assert finding["action"].startswith(said)


@pytest.mark.parametrize(("header", "typed", "advice"), [
    (MONEY, "4.2亿", "；折合42000万元，请填 42000"),
    (MONEY, "4.2亿元", "；折合42000万元，请填 42000"),
    (MONEY, "856000元", "；折合85.6万元，请填 85.6"), (MONEY, "9千元", "；折合0.9万元，请填 0.9"),
    (MONEY, "1元", "；折合0.0001万元，请填 0.0001"), (MONEY, "3㎡", ""), (MONEY, "3万人", ""),
    (AREA, "3718亩", ""), (AREA, "3亩", "；折合2000㎡，请填 2000"),
    (AREA, "0.5公顷", "；折合5000㎡，请填 5000"),
    ("在校生数", "0.04万", "；折合400人，请填 400"), ("在校生数", "4百人", "；折合400人，请填 400"),
    ("在校生数", "4班", ""), (ROOMS, "12亩", "")])
def test_a_figure_with_another_unit_of_the_same_kind_is_told_as_what_to_type(
        tmp_path, header, typed, advice):
    (finding,) = found(imported(tmp_path, [school(1) | {header: typed}]), "cell.unit")
    wanted = {MONEY: "万元", AREA: "㎡", ROOMS: "间"}.get(header, "人")
    assert finding["action"].endswith(f"所带单位不是{wanted}{advice}")


def test_what_the_words_of_a_finding_name_is_not_told_twice():
    row = {"row": 5, "column": "S", "subject": "甲校", "header": "公用经费支出(万元)"}
    assert cell_told(row | {"action": "空白"}) == "S5（甲校“公用经费支出(万元)”）"
    assert cell_told(row | {"action": "甲校空白"}) == "S5（“公用经费支出(万元)”）"
    assert cell_told(row | {"action": "甲校“公用经费支出”填“7”"}) == "S5"
    assert cell_told(row | {"row": None, "action": ""}) == ""


@pytest.mark.parametrize(("text", "told"), [
    ("12.5", "“12.5”"), ("１２人", "“１２人”"), ("约500", "“约500”"), ("三十左右", "“三十左右”"),
    ("不详", "“不详”"), ("王小明", "3个字的文字"), ("张三", "2个字的文字"),
    ("欧阳八一", "4个字的文字"), ("万一", "2个字的文字"), ("余万千", "3个字的文字"),
    ("万千", "2个字的文字"), ("余元", "2个字的文字"), ("Ele", "3个字的文字"),
    ("13812345678", "11个字的文字"), ("110101199003074573", "18个字的文字"),
])
def test_only_what_can_be_no_person_is_repeated(text, told):
    assert quoted(text) == told


@pytest.mark.parametrize(("blank", "places", "said"), [
    ((2,), 1, "空白或不适用"), ((1, 3), 2, "空白或不适用"),
    ((1, 2, 3), 1, "整列空白或不适用（3格）")])
def test_a_column_that_is_blank_throughout_is_told_once(tmp_path, blank, places, said):
    rows = [school(n) | ({INDOOR: None} if n in blank else {}) for n in (1, 2, 3)]
    told = [f for f in found(imported(tmp_path, rows), "cell.missing") if "室内" in f["action"]]
    assert [f["action"] for f in told] == [f"“室内体育用房面积”{said}"] * places
