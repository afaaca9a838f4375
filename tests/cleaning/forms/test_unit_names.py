"""Counties of one name: a name is taken with what stands above it, or refused."""

import pytest
from tables import csv_bytes, found, refusals, school

from pipeline.cleaning.importing import import_county
from pipeline.cleaning.schools.unit_names import UnitName, units_meant
from pipeline.county import County
from pipeline.definitions.forms.unit_list import Register, UnitInfo
from pipeline.definitions.forms.variables import squeeze
from pipeline.whole.intake import arrivals

HEAD = "code,name,province,prefecture,standard,plans,notice"
# Units of one name within one province, and 区 and 县 of one stem: census of 2020
REAL = """370103 市中区 山东省 济南市
370402 市中区 山东省 枣庄市
511102 市中区 四川省 乐山市
511002 市中区 四川省 内江市
130104 桥西区 河北省 石家庄市
130703 桥西区 河北省 张家口市
140502 城区 山西省 晋城市
140302 城区 山西省 阳泉市
110105 朝阳区 北京市 -
220104 朝阳区 吉林省 长春市
211321 朝阳县 辽宁省 朝阳市
222401 延吉市 吉林省 延边朝鲜族自治州"""


def unit(line):
    code, name, province, prefecture = line.replace(" -", " ").split(" ")
    return UnitInfo(code, name, province, prefecture, "cn-2017-06", (), "")


KNOWN = Register((one.code, one) for one in map(unit, REAL.splitlines()))


@pytest.mark.parametrize(("province", "prefecture", "name", "codes"), [
    ("山东省", "济南市", "市中区", ["370103"]), ("山东省", "枣庄市", "市中区", ["370402"]),
    ("", "乐山市", "市中区", ["511102"]), ("四川", "内江", "市中区", ["511002"]),
    ("", "四川省内江市", "市中区", ["511002"]), ("37", "370400", "市中区", ["370402"]),
    ("", "", "济南市市中区", ["370103"]), ("", "", "370402", ["370402"]),
    ("四川省", "", "市中区", ["511102", "511002"]), ("山东省", "菏泽市", "市中区", []),
    ("", "", "桥西区", ["130104", "130703"]), ("河北省", "张家口市", "桥西区", ["130703"]),
    ("山西省", "晋城市", "城区", ["140502"]), ("山西省", "", "城区", ["140502", "140302"]),
    ("北京市", "市辖区", "朝阳区", ["110105"]), ("北京市", "北京市", "朝阳区", ["110105"]),
    ("", "", "朝阳区", ["110105", "220104"]), ("", "", "朝阳县", ["211321"]),
    ("", "长春市", "朝阳区", ["220104"]), ("辽宁省", "朝阳市", "朝阳区", []),
    ("", "延边州", "延吉市", ["222401"]), ("", "", "朝阳", []),
])
def test_a_name_means_the_units_that_no_level_above_contradicts(
        province, prefecture, name, codes):
    said = UnitName(*map(squeeze, (name, prefecture, province)))
    assert [u.code for u in units_meant(said, KNOWN)] == codes


def raw_folder(place, files, lines):
    rows = [f"{u.code},{u.name},{u.province},{u.prefecture},cn-2017-06,," for u in map(unit, lines)]
    (place / "raw" / "2023").mkdir(parents=True)
    (place / "raw" / "counties.csv").write_text("\n".join([HEAD, *rows, ""]), "utf-8")
    for name, content in files.items():
        (place / "raw" / "2023" / name).write_bytes(content)
    return place / "raw"


def imported(raw, code):
    return import_county(County.open(code, 2023, raw=str(raw), processed=str(raw / "processed")))


def rows_of(first, code_prefix="2137", **levels):
    return [school(n, pupils=400 + n) | {"学校标识码": f"{code_prefix}{n:06d}", **levels}
            for n in range(first, first + 3)]


PAIRS = {
    "市中区": ("2137", "山东省", "济南市", "枣庄市", "370103", "370402"),
    "桥西区": ("2113", "河北省", "石家庄市", "张家口市", "130104", "130703"),
    "城区": ("2114", "山西省", "晋城市", "阳泉市", "140502", "140302"),
}
PLACES = [("统计一级", "统计二级", "统计三级"), ("省份", "地市", "区县"),
          ("所在地区划一级", "所在地区划二级", "所在地区划三级")]


def pair(name, place=PLACES[0], told=True):
    prefix, province, one, other, *codes = PAIRS[name]
    levels = [dict(zip(place, (province, p if told else None, name), strict=True))
              for p in (one, other)]
    rows = [*rows_of(1, prefix, **levels[0]), *rows_of(4, prefix, **levels[1])]
    lines = [line for line in REAL.splitlines() if line[:6] in codes]
    return rows, lines, codes


@pytest.mark.parametrize(("name", "place"), zip(PAIRS, PLACES, strict=True))
def test_each_of_two_counties_of_one_name_gets_its_own_schools(tmp_path, name, place):
    rows, lines, codes = pair(name, place)
    raw = raw_folder(tmp_path, {"全省学校.csv": csv_bytes(rows)}, lines)
    results = [imported(raw, code) for code in codes]
    assert [r.refused for r in results] == [False, False]
    assert [{*r.schools["name"]} for r in results] == [
        {"甲1校", "甲2校", "甲3校"}, {"甲4校", "甲5校", "甲6校"}]
    assert not found(results[0], "header.unused")
    came = arrivals(raw, 2023, tmp_path / "work")
    assert {code: len(came.shared[code]) for code in codes} == dict.fromkeys(codes, 3)


@pytest.mark.parametrize("name", PAIRS)
def test_a_bare_name_that_two_counties_share_refuses_both_and_names_both(tmp_path, name):
    rows, lines, codes = pair(name, told=False)
    raw = raw_folder(tmp_path, {"全省学校.csv": csv_bytes(rows)}, lines)
    for code in codes:
        result = imported(raw, code)
        assert "unit.ambiguous" in refusals(result)
        assert all(other in found(result, "unit.ambiguous")[0]["action"] for other in codes)
    came = arrivals(raw, 2023, tmp_path / "work")
    assert {*codes} <= came.codes and not came.shared


def test_one_row_without_its_prefecture_refuses_both_counties_of_the_name(tmp_path):
    rows, lines, codes = pair("市中区")
    rows[4]["统计二级"] = None
    raw = raw_folder(tmp_path, {"全省学校.csv": csv_bytes(rows)}, lines)
    assert [refusals(imported(raw, code)) for code in codes] == [["unit.ambiguous"]] * 2
    assert found(imported(raw, codes[0]), "unit.ambiguous")[0]["row"] == 6


def test_a_bare_name_in_a_countys_own_file_is_that_county(tmp_path):
    rows, lines, codes = pair("市中区", told=False)
    raw = raw_folder(tmp_path, {f"{codes[0]}_市中区.csv": csv_bytes(rows)}, lines)
    assert not imported(raw, codes[0]).refused


def test_rows_of_another_prefecture_in_a_countys_own_file_are_not_its_own(tmp_path):
    rows, lines, codes = pair("市中区")
    raw = raw_folder(tmp_path, {f"{codes[0]}_市中区.csv": csv_bytes(rows)}, lines)
    result = imported(raw, codes[0])
    assert len(result.schools) == 3
    assert found(result, "unit.other")[0]["action"].startswith("3行")
