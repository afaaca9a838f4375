"""What was planted in a made-up nation is found by plain least squares on its clean figures."""

from math import exp, log, sqrt

import numpy as np
import pytest
from nations import SEED, YEARS, listed

from pipeline.synth.making.counties import GROUP, ROTATION
from pipeline.synth.making.parameters import of
from pipeline.synth.nation import Wanted, write_nation

COUNTIES, LAST = 200, YEARS[-1]
MOST_ERRORS = 3    # an estimate may lie this many standard errors from what was planted


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nation")
    list(write_nation(folder, Wanted(COUNTIES, YEARS, SEED, "csv")))
    return folder


def least_squares(y, x, clusters):
    """Return coefficients and their clustered standard errors (CR1), by the textbook formula."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ y
    scores = x * (y - x @ b)[:, None]
    names, place = np.unique(clusters, return_inverse=True)
    sums = np.zeros((len(names), x.shape[1]))
    np.add.at(sums, place, scores)
    groups, (n, k) = len(names), x.shape
    covariance = inverse @ (sums.T @ sums) @ inverse * groups / (groups - 1) * (n - 1) / (n - k)
    return b, np.sqrt(np.diag(covariance))


def within(columns, *groupings):
    """Take group means out, again and again until they are gone (balanced or not)."""
    columns = [np.asarray(column, float).copy() for column in columns]
    for _ in range(60):
        for grouping in groupings:
            _, place = np.unique(grouping, return_inverse=True)
            sizes = np.bincount(place)
            for column in columns:
                column -= (np.bincount(place, column) / sizes)[place]
    return columns


def recovered(estimate, error, planted):
    """Tell whether the planted value was found, by an estimate sharp enough to have missed it."""
    return abs(estimate - planted) <= MOST_ERRORS * error and error < abs(planted) / 4


def panel(nation, stage, indicators):
    """Return rows of county and year: mean ln CV and what drives it."""
    logs = {}
    for row in listed(nation, "cvs"):
        if row["stage"] == stage and row["indicator"] in indicators:
            logs.setdefault((row["code"], row["year"]), []).append(log(float(row["cv"])))
    county = {row["code"]: row for row in listed(nation, "counties")}
    return [{**row, **county[row["code"]], "y": np.mean(logs[row["code"], row["year"]])}
            for row in listed(nation, "years")]


def driven(rows):
    """Return within-county, within-year least squares of ln CV on spending and both policies."""
    y, *x = within([
        [row["y"] for row in rows], [row["ln_fund_before"] for row in rows],
        *([int(row["policy_years"]) * (row["policy"] == policy) for row in rows]
          for policy in (GROUP, ROTATION))],
        [row["code"] for row in rows], [row["year"] for row in rows])
    return least_squares(y, np.column_stack(x), [row["code"] for row in rows])


def test_the_planted_effects_on_gaps_of_assets_are_recovered_by_a_county_panel(nation):
    b, error = driven(panel(nation, "primary", ("R4", "R5", "R6")))
    assert recovered(b[0], error[0], of("gap_fund_effect"))
    assert recovered(b[1], error[1], of("policy_group_effect"))
    assert abs(b[2]) <= MOST_ERRORS * error[2]    # 交流轮岗 moves teachers only


def test_rotation_is_recovered_from_gaps_of_teachers(nation):
    b, error = driven(panel(nation, "primary", ("R1",)))
    assert recovered(b[2], error[2], of("policy_rotation_effect"))
    assert recovered(b[0], error[0], of("gap_fund_effect"))


def test_counties_converge_at_the_planted_speed(nation):
    rows = panel(nation, "junior", ("R4", "R6"))
    rows = [row for row in rows if not row["policy"]]
    first, last = ({row["code"]: row for row in rows if row["year"] == str(year)}
                   for year in (YEARS[0], LAST))
    growth = [last[code]["y"] - first[code]["y"] for code in first]
    funds = [float(last[code]["ln_fund_before"]) - float(first[code]["ln_fund_before"])
             for code in first]
    x = np.column_stack([np.ones(len(first)), [float(r["gap_effect"]) for r in first.values()],
                         funds])
    b, error = least_squares(growth, x, list(first))
    assert recovered(b[1], error[1], exp(-of("gap_convergence") * (LAST - YEARS[0])) - 1)


def test_the_planted_effects_on_outcomes_are_recovered_by_schools_within_counties(nation):
    rows = listed(nation, "schools")
    columns = {
        "ln_spending_before": of("outcome_fund_effect"), "R1": of("outcome_teacher_effect"),
        "乡村": of("outcome_rural_gap"), "镇区": of("outcome_town_gap"),
        "junior": of("outcome_junior_gap")}
    x = [[float(row[c]) if c in row else float(c in (row["location"], row["stage"]))
          for row in rows] for c in columns]
    y, *x = within([[row["fitness_good_pct"] for row in rows], *x],
                   [row["code"] for row in rows], [row["year"] for row in rows])
    b, error = least_squares(y, np.column_stack(x), [row["code"] for row in rows])
    for estimate, se, (name, planted) in zip(b, error, columns.items(), strict=True):
        assert recovered(estimate, se, planted), name


def test_schools_of_a_county_and_a_school_over_the_years_resemble_each_other(nation):
    rows = [row for row in listed(nation, "schools") if row["stage"] == "primary"]
    known = sum(of(f"outcome_{part}_spread")**2 for part in ("county", "school", "noise"))
    left = [float(row["fitness_good_pct"])
            - of("outcome_fund_effect") * (float(row["ln_spending_before"])
                                           - log(of("school_fund_mean")))
            - of("outcome_teacher_effect") * (float(row["R1"]) - 6) - of("outcome_mean")
            - {"乡村": of("outcome_rural_gap"), "镇区": of("outcome_town_gap")}.get(
                row["location"], 0) for row in rows]
    assert sqrt(known) == pytest.approx(np.std(left), rel=0.1)
    groups = {}
    for row, value in zip(rows, left, strict=True):
        groups.setdefault(row["school_code"], []).append(value)
    inside = np.mean([np.var(values, ddof=1) for values in groups.values() if len(values) > 1])
    assert inside == pytest.approx(of("outcome_noise_spread")**2, rel=0.05)
