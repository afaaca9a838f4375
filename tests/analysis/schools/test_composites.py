"""Composite coefficients of the older standards: plain means, each with its own operator."""

from fractions import Fraction

import pytest

from pipeline.analysis.county.composite import composites
from pipeline.definitions.standards import standard
from pipeline.ground.exact import rounded
from pipeline.ground.terms import TABLES

WANZHOU = ".437 .419 .255 .188 .171 .263 .263 .420"
JIANGJIN = ".319 .346 .187 .241 .154 .267 .250 .324"


def singles(text, ids, stage="primary"):
    return TABLES["balance"].frame([
        {"year": 2014, "stage": stage, "indicator": id, "n_schools": 9, "n_missing": 0, "cv": cv}
        for id, cv in zip(ids, text.split(), strict=True)])


@pytest.mark.parametrize(("text", "printed"), [(WANZHOU, "0.302"), (JIANGJIN, "0.261")])
def test_the_composite_of_2012_is_the_plain_mean_that_counties_published(text, printed):
    basic = standard("cn-2012-03")
    found = composites(singles(text, basic.resource.indicators), basic).iloc[0]
    assert str(rounded(Fraction(found["cv"]), 3)) == printed
    assert (found["status"], found["limit"]) == ("met", Fraction("0.65"))


@pytest.mark.parametrize(("cv", "status"), [
    ("0.649", "met"), ("0.65", "met"), ("0.651", "not_met")])
def test_the_limit_of_2012_includes_its_number(cv, status):
    basic = standard("cn-2012-03")
    found = composites(singles(" ".join([cv] * 8), basic.resource.indicators), basic)
    assert list(found["status"]) == [status]


@pytest.mark.parametrize(("cv", "status"), [
    ("0.299", "met"), ("0.30", "not_met"), ("0.301", "not_met")])
def test_wenzhou_asks_for_strictly_less_and_both_readings_are_labelled(cv, status):
    wenzhou = standard("zj-wz-2018")
    found = composites(singles(" ".join([cv] * 15), wenzhou.resource.indicators), wenzhou)
    assert list(found["status"]) == [status, status]
    assert [label.split("：")[0] for label in found["label"]] == ["读法一", "读法二"]


def test_a_missing_single_coefficient_leaves_the_composite_open():
    basic = standard("cn-2012-03")
    table = singles(WANZHOU, basic.resource.indicators)
    table.loc[3, "cv"] = ""
    assert list(composites(table, basic)["status"]) == ["undetermined"]


def test_the_standard_of_2017_has_no_composite():
    national = standard("cn-2017-06")
    assert composites(singles(" ".join(["0.1"] * 7), national.resource.indicators), national).empty
