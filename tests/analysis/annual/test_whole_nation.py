"""All counties at once: the verdicts of `balance`, also at the limit; figures to eleven digits."""

from fractions import Fraction
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from tables import measured, only

from pipeline.analysis.annual.national_coefficients import (
    MISSING,
    Sections,
    error_of_cv,
    figures_of,
    national_coefficients,
    sections_of,
    turning_point,
)
from pipeline.analysis.inequality import inequality_table
from pipeline.analysis.schools.balance import balance, spread
from pipeline.definitions.standards import standard
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED

F = Fraction
STANDARD = standard("cn-2017-06")


def drawn_county(draw: Random) -> list[dict]:
    """Return rows of a county: split schools with thirds of an asset, zeros, gaps, one school."""
    rows = []
    for stage in STANDARD.stages:
        for n in range(draw.choice((1, 2, 9, 40))):
            pupils = draw.randint(1, 3000)
            for id in STANDARD.resource.indicators:
                amount = F(draw.randint(0, 10**6), draw.choice((1, 3, 100)))
                value = "" if draw.random() < 0.01 else str(0 if id == "R7" else amount / pupils)
                rows.append({"school": f"{stage}{n}", "stage": stage, "pupils": pupils,
                             "indicator": id, "value": value})
    return rows


def test_a_nation_has_the_verdicts_and_figures_of_its_counties():
    draw, parts, exact, unequal = Random(20171226), [], [], []
    for code in (f"{n:06d}" for n in range(25)):
        indicators, schools = measured(drawn_county(draw))
        parts.append(indicators.assign(unit=code))
        exact.append(balance(indicators, schools, STANDARD).assign(unit=code))
        unequal.append(inequality_table(indicators, schools, STANDARD).assign(unit=code))
    key = ["unit", "year", "stage", "indicator"]
    ours = national_coefficients(sections_of(pd.concat(parts)), STANDARD).set_index(key)
    theirs = pd.concat(exact).set_index(key).loc[ours.index]
    for name in ("status", "n_schools", "n_missing", "pupils"):
        assert list(ours[name]) == list(theirs[name])
    assert {MET, NOT_MET, UNDETERMINED} == set(ours["status"])
    cv = np.array([float(text or "nan") for text in theirs["cv"]])
    np.testing.assert_allclose(ours["cv"].to_numpy(float), cv, rtol=1e-12, atol=1e-12)
    several = pd.concat(unequal).set_index(key)
    several = several[several["n_schools"] > 1]
    for name in ("mean", "gini", "theil_t", "theil_l"):
        expected = np.array([np.nan if v is None else float(v) for v in several[name]])
        np.testing.assert_allclose(ours.loc[several.index, name].to_numpy(float), expected,
                                   rtol=1e-11, atol=1e-12)


def at_the_limit(counties: int, stage: str, limit: int, draw: Random) -> tuple[Sections, list]:
    """Return counties at ``limit`` % exactly, and one unit less and more uneven; and verdicts.

    Pairs of equally large schools at X̄(1 ± limit) have the limit. A unit moved between the two
    of a pair leaves the mean and changes the spread, by less than a float can tell.
    """
    unit, pupils, amounts, verdicts = [], [], [], []
    for code in range(counties):
        scale, off = draw.choice((1, 10**6, 10**12)), draw.choice((-1, 0, 1))
        for pair in range(draw.randint(1, 4)):
            size = draw.randint(1, 400)
            for sign in (-1, 1):
                unit.append(code)
                pupils.append(size)
                amounts.append(size * (100 + sign * limit) * scale
                               + (sign * off if pair == 0 else 0))
        verdicts.append(NOT_MET if off > 0 else MET)
    columns = Sections(np.array(unit), np.full(len(unit), 2023), np.full(len(unit), stage),
                       np.array(pupils), {"R3": np.array(amounts)}, {"R3": 100})
    return columns, verdicts


@pytest.mark.slow
def test_no_verdict_of_a_hundred_thousand_counties_at_the_limit_is_wrong():
    for stage, limit in (("primary", 50), ("junior", 45)):
        columns, verdicts = at_the_limit(50_000, stage, limit, Random(limit))
        found = national_coefficients(columns, only("R3", stage))
        assert list(found["status"]) == verdicts
        assert found["exact"].mean() > 0.5  # floats alone would have had to guess here
        floats = np.where(found["cv"] <= limit / 100, MET, NOT_MET)
        assert (floats != np.array(verdicts)).sum() > 1000


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**15), st.integers(1, 10**6)), min_size=1,
                max_size=60), st.sampled_from((1, 3, 100, 10**9 + 7)))
def test_a_float_coefficient_errs_by_no_more_than_is_said(schools, parts):
    amounts, pupils = (np.array(column) for column in zip(*schools, strict=True))
    if not amounts.sum():
        return
    cv = figures_of(amounts / parts, pupils.astype(float), np.zeros(len(schools), int), 1)["cv"]
    exact = spread([F(a, p) for a, p in schools], [p for _, p in schools]).cv_squared
    room = F(float(error_of_cv(cv, np.array([len(schools)]))[0]))
    low, high = F(float(cv[0])) - room, F(float(cv[0])) + room
    assert high**2 >= exact and (low <= 0 or low**2 <= exact)
    assert room < F(1, 10**9)


@pytest.mark.parametrize(("op", "rounding", "cv", "status"), [
    ("<=", "none", "0.5", MET), ("<", "none", "0.5", NOT_MET), ("<=", "none", "0.5000001", NOT_MET),
    ("<=", 2, "0.5049999", MET), ("<=", 2, "0.505", NOT_MET), ("<=", 2, "0.5050001", NOT_MET),
    ("<", 2, "0.4949999", MET), ("<", 2, "0.495", NOT_MET), ("<", 2, "0.4950001", NOT_MET)])
def test_the_verdict_turns_where_that_of_balance_does(op, rounding, cv, status):
    indicators, schools = measured([{"pupils": 100, "value": str(1 + sign * F(cv))}
                                    for sign in (-1, 1)])
    rule = only("R3", op=op, compare_rounding=rounding)
    theirs = balance(indicators, schools, rule).iloc[0]["status"]
    ours = national_coefficients(sections_of(indicators.assign(unit="990101")), rule).iloc[0]
    assert ours["status"] == theirs == status
    assert abs(turning_point(F(1, 2), rule.balance) - F(cv)) <= F(1, 100)


@pytest.mark.parametrize(("pupils", "amount"), [(0, 1), (1, -2)])
def test_sections_without_pupils_or_with_negative_resources_are_refused(pupils, amount):
    one = np.array(["990101"])
    with pytest.raises(WrongUse):
        Sections(one, one, one, np.array([pupils]), {"R3": np.array([amount])}, {"R3": 1})


def test_a_missing_amount_leaves_the_verdict_open():
    columns = Sections(np.array(["a", "a"]), np.array([2023] * 2), np.array(["primary"] * 2),
                       np.array([10, 20]), {"R3": np.array([5, MISSING])}, {"R3": 1})
    found = national_coefficients(columns, only("R3")).iloc[0]
    assert (found["n_missing"], found["status"], found["mean"]) == (1, UNDETERMINED, 0.5)
