"""Units of the register and the plans that bind them: complete, explained, found by their code."""

import csv
import re

import pytest
from known_plans import (
    CHUXIONG,
    NATIONAL,
    NUMBERED,
    REPLY,
    WENZHOU,
    ZHENGZHOU,
    targets,
)

from pipeline.definitions.base import DATA
from pipeline.definitions.forms.unit_list import unit_info, units
from pipeline.definitions.standards import standard
from pipeline.definitions.targets.plans import plans


def rows():
    with (DATA / "counties.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_unit_has_its_own_code_of_six_digits():
    codes = [row["code"] for row in rows()]
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) == len(set(codes)) == len(units())


def test_every_plan_and_standard_of_a_unit_exists():
    for unit in units().values():
        assert standard(unit.standard).id == unit.standard
        assert set(unit.plans) <= set(plans()), unit.code


@pytest.mark.parametrize(("start", "prefecture", "count", "bound"), [
    ("4101", "郑州市", 12, (ZHENGZHOU, REPLY)),
    ("5323", "楚雄彝族自治州", 10, (CHUXIONG,)),
    ("3303", "温州市", 12, (WENZHOU,)),
])
def test_a_prefecture_is_complete_and_bound_to_its_plans(start, prefecture, count, bound):
    here = [unit for code, unit in units().items() if code.startswith(start)]
    assert len([unit for unit in here if unit.code[4] != "7"]) == count
    assert {(unit.prefecture, unit.standard, unit.plans, unit.notice) for unit in here} == {
        (prefecture, "cn-2017-06", bound, "")}


def test_zones_without_a_national_code_have_our_own_and_are_explained():
    zones = {code for code in units() if code[4] == "7" and code[:2] in ("41", "53", "33")}
    assert zones == {"410171", "410172", "410173"}
    readme = (DATA / "README.md").read_text("utf-8")
    assert "不是 GB/T 2260" in readme
    assert all(code in readme and units()[code].name in readme for code in zones)


@pytest.mark.parametrize(("code", "name"), [
    ("330383", "龙港市"), ("410105", "金水区"), ("410122", "中牟县"), ("532302", "禄丰市")])
def test_a_unit_is_found_by_its_present_code(code, name):
    assert unit_info(code).name == name


def test_the_pioneer_target_names_jinshui_and_zhongmu_and_no_other_target_names_units():
    named = {id: target.units for id, target in targets().items() if target.units}
    assert named == {"Z01": ["410105", "410122"]}
    assert all(ZHENGZHOU in unit_info(code).plans for code in named["Z01"])


def test_the_made_up_county_shows_all_five_plans_and_says_that_it_is_made_up():
    assert set(unit_info("990101").plans) == set(NUMBERED) - {NATIONAL}
    assert "虚构" in unit_info("990101").notice
