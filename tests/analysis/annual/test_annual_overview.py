"""Overview of the annual evaluation (总览): counts, changes, thirds, funnel."""

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.annual.funnel import funnel_band
from pipeline.analysis.annual.overview import (
    coefficient_summary,
    quadrants,
    state_changes,
    verdict_counts,
)
from pipeline.analysis.annual.thirds import thirds, thirds_years
from pipeline.annual_evaluation import Annual
from pipeline.definitions.studies import study
from pipeline.dossier.annual.a02_overview.overview_tables import (
    change_sentences,
    change_table,
    coefficient_table,
    overview_sentences,
    thirds_sentences,
)
from pipeline.ground.terms import TABLES

STUDY = study("cn-annual")


def units(*rows):
    names = ("year", "unit", "province", "state", "resource", "verdict")
    return TABLES["pool_units"].frame([
        dict(zip(names, row, strict=True)) | {"name": row[1], "schools": 10, "pupils": 1000}
        for row in rows])


def coefficients(*rows):
    names = ("year", "unit", "stage", "indicator", "cv", "status", "n_schools", "n_missing")
    return TABLES["pool_balance"].frame([
        dict(zip(names, row, strict=True)) | {"borderline": False} for row in rows])


def test_counties_are_counted_by_province_and_a_refused_one_has_no_state():
    found = verdict_counts(units(
        (2023, "110101", "甲省", "pooled", "met", "undetermined"),
        (2023, "110102", "甲省", "refused", "", ""),
        (2023, "120101", "乙省", "pooled", "not_met", "not_met")), 2023)
    whole = found[found["province"] == ""].iloc[0]
    assert (whole["counties"], whole["pooled"]) == (3, 2)
    assert (whole["resource_met"], whole["resource_not_met"], whole["verdict_met"]) == (1, 1, 0)
    assert set(found["province"]) == {"甲省", "乙省", ""}


def test_a_coefficient_with_missing_schools_is_left_out_of_the_quantiles_and_counted_open():
    (row,) = coefficient_summary(coefficients(
        (2023, "a", "primary", "R1", "0.2", "met", 9, 0),
        (2023, "b", "primary", "R1", "0.4", "met", 9, 0),
        (2023, "c", "primary", "R1", "0.9", "undetermined", 9, 1),
        (2023, "d", "primary", "R1", "0", "met", 1, 0))).to_dict("records")
    assert (row["counties"], row["used"], row["undetermined"]) == (4, 2, 1)
    assert row["median"] == pytest.approx(0.3)


def test_who_changed_state_is_named_and_missing_data_is_no_fall():
    before_and_after = coefficients(
        (2022, "a", "primary", "R1", "0.6", "not_met", 9, 0),
        (2023, "a", "primary", "R1", "0.4", "met", 9, 0),
        (2022, "b", "primary", "R1", "0.4", "met", 9, 0),
        (2023, "b", "primary", "R1", "0.6", "not_met", 9, 0),
        (2022, "c", "primary", "R1", "0.4", "met", 9, 0),
        (2023, "c", "primary", "R1", "0.4", "undetermined", 9, 1),
        (2022, "d", "primary", "R1", "0.4", "met", 9, 0),
        (2023, "d", "primary", "R1", "0.3", "met", 9, 0),
        (2023, "e", "primary", "R1", "0.3", "met", 9, 0))
    named = units(*((year, u, "省", "pooled", "met", "met") for u in "abcde"
                    for year in (2022, 2023)))
    found = state_changes(named, before_and_after, 2023)
    assert dict(zip(found["unit"], found["kind"], strict=True)) == {
        "a": "better", "b": "worse", "c": "opened"}


def test_quadrants_split_at_the_medians_and_a_low_gap_is_balanced():
    panel = pd.DataFrame({
        "unit": list("abcd"), "name": list("甲乙丙丁"), "province": "省", "year": 2023,
        "met_share": [0.9, 0.8, 0.2, 0.1], "ln_gap": [-2, -1, -2, -1]})
    found = quadrants(panel, 2023, STUDY)
    assert list(found["quadrant"]) == ["高水平高均衡", "高水平低均衡",
                                       "低水平高均衡", "低水平低均衡"]


def swinging(swing, years=(2021, 2022, 2023), counties=30):
    random = np.random.default_rng(1)
    lasting = np.linspace(-1, 1, counties)
    return pd.DataFrame([
        {"unit": f"{c:06d}", "name": str(c), "year": year, "ln_nschools": 3.0 + c % 5,
         "ln_gap": lasting[c] + random.normal(0, swing)}
        for c in range(counties) for year in years])


def test_a_county_far_from_the_borders_is_told_surely_and_one_at_a_border_is_not():
    found = thirds(swinging(0.3), 2023, STUDY)
    p = found[["p_lower", "p_middle", "p_upper"]].astype(float)
    assert p.sum(axis=1).to_numpy() == pytest.approx(np.ones(30))
    assert p.iloc[0, 0] > 0.99 and p.iloc[-1, 2] > 0.99
    assert p.max(axis=1).min() < 0.8


def test_where_years_swing_wildly_no_county_can_be_told():
    p = thirds(swinging(30.0), 2023, STUDY)[["p_lower", "p_middle", "p_upper"]].astype(float)
    assert p.max(axis=1).median() < 0.6


@pytest.mark.parametrize(("years", "said"), [
    ((2021, 2022, 2023), "2021、2022、2023年"), ((2022, 2023), "2022、2023年"),
    ((2021, 2023), "2021、2023年"), ((2019, 2022, 2023), "2022、2023年")])
def test_the_years_that_are_said_are_those_that_were_taken(years, said):
    panel, annual = swinging(0.3, years), Annual.open("cn-annual", 2023)
    taken = thirds_years(panel, 2023, STUDY)
    text = thirds_sentences(thirds(panel, 2023, STUDY), taken, annual).paragraphs[0]
    assert f"（扣除学校数的影响，{said}）把30个县" in text


def test_one_year_gives_thirds_without_probabilities_and_says_so():
    found = thirds(swinging(0.05, years=(2023,)), 2023, STUDY)
    assert found["p_lower"].isna().all()
    assert set(found["reason"]) == {"只有一年数据，不给把握"}
    assert set(found["third"]) == {"lower", "middle", "upper"}


def schools(counties, a_county, spread=0.3):
    random = np.random.default_rng(2)
    rows = []
    for c in range(counties):
        for n in range(a_county):
            stage = "primary" if n % 3 else "junior"
            rows.append({"unit": f"{c:06d}", "year": 2023, "stage": stage, "pupils": 500.0,
                         **{f"R{i}": float(np.exp(random.normal(0, spread)))
                            for i in range(1, 8)}})
    return pd.DataFrame(rows)


def test_the_band_narrows_with_more_schools_and_ends_at_the_common_dispersion():
    band = funnel_band(schools(6, 90), 2023, STUDY).astype(float)
    width = (band["high"] - band["low"]).to_numpy()
    assert width[-1] < width[0] / 2
    lognormal_cv = np.sqrt(np.exp(0.3**2) - 1)
    assert band["middle"].iloc[-1] == pytest.approx(lognormal_cv, rel=0.05)
    assert band["middle"].iloc[0] < band["middle"].iloc[-1]


def test_without_counties_of_many_schools_there_is_no_band():
    assert funnel_band(schools(6, 12), 2023, STUDY).empty


def test_the_words_count_what_the_standard_holds_and_stand_where_no_limit_is_passed(tmp_path):
    annual = Annual.open("cn-annual", 2023, processed=str(tmp_path))
    counts = verdict_counts(units((2023, "a", "省", "pooled", "met", "undetermined")), 2023)
    summary = coefficient_summary(coefficients(
        *((2023, "a", stage, f"R{n}", "0.2", "met", 9, 0)
          for stage in ("primary", "junior") for n in range(1, 8))))
    said = "".join(overview_sentences(counts, summary, annual).paragraphs)
    assert "资源配置7项合起来达标1个、未达标0个、待核0个。没有超过限值的差异系数。" in said
    assert "全部14个差异系数" in said and "其余25项" in said
    assert coefficient_table(summary, annual).caption == "2023年14个差异系数的各县分布"


@pytest.mark.parametrize(("counts", "said"), [
    ([0, 0], "没有超过限值的差异系数。"), ([1], "超过限值的是1（1个县）。"),
    ([2, 2, 2], "超过限值的是1（2个县）、2（2个县）、3（2个县）。"),
    ([4, 3, 2, 1], "超过限值最多的是1（4个县）、2（3个县）、3（2个县）。"),
    ([4, 2, 2, 2, 1], "超过限值最多的是1（4个县）、2（2个县）、3（2个县）、4（2个县）。"),
    ([4, 1, 1, 1, 1, 1, 1], "超过限值最多的是1（4个县）。"),
    ([1, 1, 1, 1, 1, 1], "超过限值最多的差异系数有6个，各有1个县超过。")])
def test_the_coefficients_over_the_limit_most_often_are_named_with_all_that_are_as_often(
        counts, said):
    summary = coefficient_summary(coefficients(*(
        (2023, f"{c}", "primary", f"R{n}", "0.6", "not_met", 9, 0)
        for n, times in enumerate(counts, 1) for c in range(times)),
        *((2023, "z", "primary", f"R{n}", "0.2", "met", 9, 0) for n in range(1, 8))))
    counted = verdict_counts(units((2023, "a", "省", "pooled", "met", "undetermined")), 2023)
    words = overview_sentences(counted, summary, Annual.open("cn-annual", 2023)).paragraphs[0]
    for n, zh in enumerate(("高学历教师", "骨干教师", "体艺教师", "教辅用房"), 1):
        words = words.replace(f"小学{zh}", str(n))
    assert words.removeprefix(words.partition("待核0个。")[0] + "待核0个。").removeprefix(
        "差异系数") == said


@pytest.mark.parametrize(("after", "refers"), [("met", True), ("undetermined", False)])
def test_a_table_of_changes_is_named_only_where_there_is_one(after, refers):
    annual = Annual.open("cn-annual", 2023)
    changes = state_changes(units(*((y, "a", "省", "pooled", "met", "met") for y in (2022, 2023))),
                            coefficients((2022, "a", "primary", "R1", "0.6", "not_met", 9, 0),
                                         (2023, "a", "primary", "R1", "0.4", after, 9, 0)), 2023)
    (said,) = change_sentences(changes, annual).paragraphs
    assert ("[[change_table]]" in said) is refers is (change_table(changes, annual) is not None)
