"""What is left of a policy's effect where trends part (诚实区间): made panels whose trends do."""

import numpy as np
import pandas as pd
import pytest
from county_years import clean_panel

from pipeline.analysis.annual.county_panel import completed
from pipeline.analysis.annual.models.parting_trends import SHARES, parting
from pipeline.analysis.annual.models.policy import policies
from pipeline.analysis.appraisal import honest_interval
from pipeline.analysis.estimators import estimate
from pipeline.annual_evaluation import Annual
from pipeline.definitions.studies import study
from pipeline.dossier.annual import a05_policy
from pipeline.synth.nation import Wanted

EFFECT, FIRST, YEARS = 0.2, 2020, range(2015, 2024)
SPEC = {"kind": "attgt", "y": "y", "unit": "unit", "time": "year", "cohort": "cohort",
        "few_units": True, "long_before": True, "covariance": True}


def panel(slope: float = 0.0, noise: float = 0.02, years: range = YEARS) -> pd.DataFrame:
    """Return 20 adopters whose outcome runs away by ``slope`` a year, and 20 who never adopt."""
    draw, rows = np.random.default_rng(7), []
    for unit in range(40):
        cohort = FIRST if unit < 20 else 0
        for year in years:
            own = (slope * (year - FIRST) + EFFECT * (year >= FIRST)) * (cohort > 0)
            rows.append({"unit": unit, "year": year, "cohort": cohort,
                         "y": own + draw.normal(scale=noise)})
    return pd.DataFrame(rows)


def rows_of(data: pd.DataFrame, most_years: int = 4) -> list[dict]:
    return list(parting(estimate(data, SPEC), most_years))


@pytest.mark.parametrize("slope", [-0.3, 0.0, 0.05])
def test_a_straight_difference_of_trends_is_taken_out(slope):
    base, tilted = rows_of(panel())[0], rows_of(panel(slope))[0]
    assert tilted["estimate"] == pytest.approx(base["estimate"])
    assert tilted["ci_low"] <= EFFECT <= tilted["ci_high"]
    plain = estimate(panel(slope), SPEC).terms.set_index("term").loc["e=0", "estimate"]
    assert plain == pytest.approx(EFFECT + slope, abs=0.03)  # the event study's holds the trend


def test_the_changes_are_parts_of_the_greatest_seen_before_and_widen_the_interval():
    found = estimate(panel(), SPEC)
    rows, terms = list(parting(found, 4)), found.terms.set_index("term")["estimate"]
    before = [terms["e=-5"], terms["e=-4"], terms["e=-3"], terms["e=-2"], 0.0]
    seen = max(abs(before[n] - 2 * before[n + 1] + before[n + 2]) for n in range(3))
    assert [row["change"] for row in rows] == pytest.approx([share * seen for share in SHARES])
    widths = [row["ci_high"] - row["ci_low"] for row in rows]
    assert widths == sorted(widths) and widths[0] < widths[-1]


def test_an_interval_is_that_of_the_event_study_by_hand():
    found = estimate(panel(), SPEC)
    names = ["e=-3", "e=-2", "e=0"]
    terms = found.terms.set_index("term").loc[names, "estimate"]
    covariance = [[found.figures[f"cov[{a},{b}]"] for b in names] for a in names]
    row = list(parting(found, 2))[1]
    asked = honest_interval(terms, covariance, 2, row["change"])
    assert (row["ci_low"], row["ci_high"]) == (asked.ci_low, asked.ci_high)


@pytest.mark.parametrize(("first", "told"), [(2019, 0), (2018, 0), (2017, 3)])
def test_a_change_of_slope_is_seen_from_two_years_before_the_base_on(first, told):
    assert len(rows_of(panel(years=range(first, 2024)))) == told


def test_the_book_prints_what_is_left_and_what_could_have_been_found():
    span = tuple(range(2016, 2024))
    made = pd.DataFrame(clean_panel(Wanted(150, span, 1, "csv"), drawn_only=True))
    made = completed(made.drop(columns=["policy", "policy_effect", "exposure"]).rename(
        columns=lambda c: c.replace("drawn_", "cv_")), study("cn-annual"))
    found = policies(made, 2023, study("cn-annual"))
    annual = Annual.open("cn-annual", 2023)
    terms = found["annual_policy_terms"]
    told = a05_policy.honest_table(terms, annual)
    assert len(told.rows) == (terms["kind"] == "honest").sum() == 6
    years = [row[1].text for row in a05_policy.effect_table(terms, annual).rows]
    assert years.count("实施当年") == 2  # the figure's 0, once a policy
    assert years[years.index("实施当年"):][:2] == ["实施当年", "实施后第1年"]
    said = a05_policy.policy_sentences(found["annual_policies"], terms, annual).paragraphs[0]
    assert said.index("能检出的变化之差不小于") < said.index("的变化平均")
    least = found["annual_policies"].set_index("policy").loc["group", "detectable"]
    error = terms[(terms["policy"] == "group") & (terms["kind"] == "att")]["std_error"].iloc[0]
    assert 2.8 < least / error < 3.2
