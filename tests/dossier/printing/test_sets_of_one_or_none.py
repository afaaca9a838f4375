"""Counties and nations of hardly anything: every chapter is made, and says nothing about sets
of one or none as if they were many; what is referred to is printed, no table is a mere head.
"""

import re

import pandas as pd
import pytest
from annual_tables import drawn_panel, drawn_schools, hand_over
from openpyxl import Workbook
from printed_books import ANNUAL, COUNTY, printed, run, words_of
from tables import csv_bytes, school, workbook

from pipeline.annual_evaluation import Annual
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import TABLES

BLANK = dict.fromkeys([
    "高于规定学历教师数", "县级以上骨干教师数", "体育艺术专任教师数", "教学及辅助用房面积(㎡)",
    "室内体育用房面积(㎡)", "运动场地面积(㎡)", "教学仪器设备值(万元)", "网络多媒体教室数"])
ZERO = dict.fromkeys(BLANK, 0)
COUNTIES = {
    "one school": [school(1)],
    "two": [school(1), school(2, pupils=200)],
    "alike": [school(n) for n in range(1, 4)],
    "one a stage": [school(1), school(2, "初级中学")],
    "one stage": [school(n, "初级中学", pupils=100 * n) for n in range(1, 4)],
    "one a place": [school(1, 城乡类型="城区"), school(2, 城乡类型="乡村")],
    "all missing": [school(n, **BLANK) for n in range(1, 4)],
    "one of two missing": [school(1), school(2, **BLANK)],
    "all zero": [school(n, **ZERO) for n in range(1, 4)],
    "one point that is left out": [school(1, "小学教学点", pupils=30, 城乡类型="乡村")]}
STANDARDS = ["", "cn-2012-03", "zj-wz-2018", "ref-ca-1998", "ref-worked-example"]
CASES = [*((name, "", (2023,)) for name in COUNTIES),
         *((name, "", (2022, 2023)) for name in ("one school", "alike", "all missing")),
         *(("one school", pack, (2023,)) for pack in STANDARDS[1:]),
         *(("one stage", pack, (2023,)) for pack in STANDARDS[1:])]
ODD = {  # what no sentence says: of none, of one as of many, of nothing at all
    "none of none": r"(?<![\d.])0(所|个|项|名|处|人|种)(学校|学生|学段部)?(中|的资料)",
    "how many of none":
        r"(?<!达标)(?<!待核)(?<!达到)(?<!适用)(?<!的)(?<=[\u4e00-\u9fff])0(个|所)(?=[，。；])",
    "nothing changed": r"0个下降，0个上升",
    "the highest is the lowest": r"最高的?是?(.{1,14}?)（.*最低的?是?\1（",
    "from one value to itself": r"在([\d.%]+)至\1之间|由([\d.]+)至\2(?![\d.])",
    "the least is the most": r"最[小低]([\d.]+)(元|人)?[、，]最[大高]\1(?![\d.])",
    "all of one": r"(?<!\d)1所，?(均|都)",
    "an empty list": r"：。|（）|、、|；；|，。|的有。|为。|见。|：；|：$|，，|。。",
    "no number": r"\bnan\b|None|\binf\b"}
MAY = {"none of none": ("plan_sentences", "plan_table_"),  # counts of a list that is not empty
       "how many of none": ("plan_table_", "government_table", "judgement_table", "model_table")}


def odd(exhibits) -> list[str]:
    keys = [one.key for one in exhibits]
    found = [f"{key} twice" for key in {key for key in keys if keys.count(key) > 1}]
    for one in exhibits:
        found += [f"{one.key}: no row"] * (one.kind == "table" and not one.rows)
        for text in words_of(one):
            found += [f"{one.key} refers to {key}" for key in re.findall(r"\[\[([\w-]+)\]\]", text)
                      if key not in keys]
            found += [f"{one.key} ({what}): {text[:120]}" for what, pattern in ODD.items()
                      if re.search(pattern, text) and not one.key.startswith(MAY.get(what, "-"))]
    return found


@pytest.mark.parametrize(("name", "standard", "years"), CASES)
def test_a_county_of_hardly_anything(name, standard, years, tmp_path):
    for year in years:
        place = tmp_path / "raw" / str(year)
        place.mkdir(parents=True)
        (place / "990101_甲县.csv").write_bytes(csv_bytes(COUNTIES[name]))
    given = {"unit": "990101", "year": 2023, "raw": str(tmp_path / "raw"), "standard": standard,
             "processed": str(tmp_path / "processed")}
    assert odd(printed(COUNTY, given)) == []


def test_a_county_that_has_handed_in_no_school(tmp_path):
    given = {"unit": "410105", "year": 2023, "processed": str(tmp_path / "processed")}
    exhibits = printed(COUNTY, given)
    assert odd(exhibits) == []
    brief = {one.key: one for one in exhibits if one.key.startswith("brief_")}
    assert {tuple(cell.text for cell in row[3:9:4]) for row in brief["brief_table"].rows} == {
        ("—", "—")}
    assert brief["brief_problems"].paragraphs == (
        "全部40项待核，尚无结论；待核的可能还有问题。应提交的资料共40项："
        "先补齐学校情况表（资源配置7项由此测算），其余见[[open_table]]。",)


@pytest.mark.parametrize("unit", ["990101", "410105"])
def test_every_chapter_opened_by_hand_for_a_county_without_a_file_says_why_it_is_not_made(
        unit, tmp_path):
    (tmp_path / "raw" / "2023").mkdir(parents=True)
    given = {"unit": unit, "year": 2023, "raw": str(tmp_path / "raw"),
             "processed": str(tmp_path / "processed")}
    for chapter in sorted(COUNTY.glob("*.ipynb")):
        with pytest.raises(WrongUse, match="没有找到|还没有"):
            run(chapter, given)


STAGE = {"小学": ("2199000001", "甲1校", 40), "初中": ("3199000002", "甲2校", 50)}


BANDS = ["25人及以下", *(f"{least}—{least + 4}人" for least in range(26, 66, 5)), "66人及以上"]


def sheets(*stages: str, given: object = 1, area: object = 96) -> dict[str, list[dict]]:
    """Return the sheets of classes, rooms and monitoring of one school a stage; ``given`` stands
    in every cell that counts classes or measures."""
    known = [(dict(zip(("学校标识码", "学校名称"), STAGE[zh], strict=False)), zh) for zh in stages]
    return {
        "班额": [who | {"学段": zh} | dict.fromkeys(BANDS, given) for who, zh in known],
        "专用教室": [who | {"教室类别": "音乐教室", "教室面积(㎡)": area} for who, _ in known],
        "质量监测": [{"监测年份": 2023, "年级": {"小学": "四年级", "初中": "八年级"}[zh],
                  "学科": "数学", "水平等级": "Ⅲ", "校际差异率(%)": given} for _, zh in known]}


SHEETS = {
    "one": sheets("小学"), "one stage": sheets("初中"), "two alike": sheets("小学", "初中"),
    "all zero": sheets("小学", "初中", given=0),
    "all missing": sheets("小学", "初中", given=None, area=None),
    "none": {name: [dict.fromkeys(rows[0])] for name, rows in sheets("小学").items()}}


@pytest.mark.parametrize("listed", [True, False], ids=["schools listed", "no school listed"])
@pytest.mark.parametrize("name", SHEETS)
def test_sheets_of_hardly_anything(name, listed, tmp_path):
    book = workbook([school(1), school(2, "初级中学")]) if listed else Workbook()
    for title, rows in SHEETS[name].items():
        sheet = book.create_sheet(title)
        for line in (rows[0].keys(), *(row.values() for row in rows)):
            sheet.append(list(line))
    (tmp_path / "raw" / "2023").mkdir(parents=True)
    book.save(tmp_path / "raw" / "2023" / "990101_甲县.xlsx")
    given = {"unit": "990101", "year": 2023, "raw": str(tmp_path / "raw"),
             "processed": str(tmp_path / "processed")}
    assert odd(printed(COUNTY, given)) == []


def changed(panel: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a panel in which all counties are alike, or have no coefficient, or no funding."""
    cvs = [c for c in panel if c.startswith("cv_")]
    return {"all alike": panel.assign(**dict.fromkeys(cvs, 0.3)),
            "no coefficient": panel.assign(**dict.fromkeys(cvs, float("nan"))),
            "no funding": panel.drop(columns=["per_pupil", "staff_share"])}.get(name, panel)


@pytest.mark.parametrize(("name", "counties", "years"), [
    ("one county", 1, 1), ("one county", 1, 6), ("two counties", 2, 2), ("few counties", 7, 5),
    ("all alike", 7, 5), ("no coefficient", 7, 5), ("no funding", 7, 5)])
def test_a_nation_of_hardly_anything(name, counties, years, tmp_path):
    (tmp_path / "raw").mkdir()
    given = {"study": "cn-annual", "year": 2023, "raw": str(tmp_path / "raw"),
             "processed": str(tmp_path / "processed")}
    panel = drawn_panel(counties, years, 1)
    annual = Annual.open(*given.values())
    schools = drawn_schools(panel, 1, 6.0, 1) if name != "no coefficient" else TABLES[
        "pool_schools"].frame([])
    hand_over(annual, changed(panel, name), schools)
    assert odd(printed(ANNUAL, given, without=("01_pool",))) == []
