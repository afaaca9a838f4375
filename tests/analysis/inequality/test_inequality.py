"""Inequality indices: published, by two implementations, and by a naive third written here."""

import json
from fractions import Fraction
from math import isclose, log
from pathlib import Path

import numpy as np
import pytest
from drawn import drawn
from hypothesis import given, strategies as st
from published_data import published
from tables import table

from pipeline.analysis.inequality import inequality
from pipeline.analysis.schools.balance import spread
from pipeline.analysis.schools.decomposition import split_variance

F = Fraction
GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "indices.json").read_text("utf-8"))
CASES = {case["id"]: case for case in GOLDEN["cases"]}

# Look-alikes that the file holds for comparison: by whole schools, unweighted, with n−1.
NOT_OURS = {"mcloone_units_below", "mcloone_units_at_or_below", "verstegen_units_above",
            "cv_unweighted", "cv_sample_unweighted", "theil_between_share",
            "variance_between_share", "groups", "p05", "p95"}
RENAMED = {"theil_between": "theil_t_between", "theil_within": "theil_t_within"}


def schools_of(case: dict) -> tuple[list, list[int], list[str] | None]:
    """Return values, pupils and groups of a case, loaded where they may not be copied."""
    if "loader" not in case:
        return case["x"], case["weights"] or [1] * len(case["x"]), case.get("groups")
    loader = case["loader"]
    data = published(loader["package"], *loader["args"]).query(loader["query"])
    return list(data[loader["x"]]), [int(w) for w in data[loader["weights"]]], list(
        data[loader["groups"]])


def ours_of(case: dict) -> dict:
    """Return every index of ours in the file's words."""
    values, pupils, groups = schools_of(case)
    exact, found = [F(x) for x in values], inequality(values, pupils, groups)
    found["cv"] = float(spread(exact, pupils).cv_text)
    found["sd"] = float(spread(exact, pupils).variance) ** 0.5
    found["gini_n_over_n_minus_1"] = found["gini"] * F(len(values), max(len(values) - 1, 1))
    found["range"] = max(exact) - min(exact)
    if groups:
        parts = split_variance(exact, pupils, groups).values()
        found |= {f"variance_{side}": sum(part[side] for part in parts)
                  for side in ("between", "within")}
    return found


def the_same(ours, expected) -> bool:
    if ours is None or expected is None:
        return ours is expected
    return isclose(ours, expected, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("id", CASES)
def test_an_index_is_that_of_two_independent_implementations(id):
    ours = ours_of(CASES[id])
    wrong = [(name, ours[RENAMED.get(name, name)], value)
             for name, value in CASES[id]["expected"].items()
             if name not in NOT_OURS
             and not the_same(ours[RENAMED.get(name, name)], value)]
    assert wrong == []


@pytest.mark.parametrize("id", [id for id, case in CASES.items() if case["published"]])
def test_an_index_has_the_printed_digits(id):
    ours = ours_of(CASES[id])
    wrong = [(name, ours[RENAMED.get(name, name)], printed)
             for name, (printed, digits) in CASES[id]["published"].items()
             if abs(ours[RENAMED.get(name, name)] - printed) > 0.5 * 10**-digits]
    assert wrong == []


@pytest.mark.parametrize(("look_alike", "index", "value"), [
    # what another program or reading gives for the five schools of cn_books
    ("IneqPy 0.4.1: covariance form without midpoint ranks", "gini", 0.3870),
    ("povertyinequalitymeasures 1.1.1: first trapezoid missing", "gini", 0.3094),
    ("REAT 3.0.3: sorts the values but not the weights", "gini", "unsorted"),
    ("by whole schools, below the median", "mcloone", "mcloone_units_below"),
    ("by whole schools, to the median", "mcloone", "mcloone_units_at_or_below"),
    ("by whole schools, above the median", "verstegen", "verstegen_units_above"),
    ("Theil's other index", "theil_t", "theil_l"),
])
def test_an_index_is_none_of_its_look_alikes(look_alike, index, value):
    case = CASES["cn_books_per_pupil_5_primary_schools"]
    values, pupils, _ = schools_of(case)
    wrong = (naive_gini(sorted(values), pupils) if value == "unsorted"
             else case["expected"].get(value, value))
    assert abs(inequality(values, pupils)[index] / wrong - 1) > 0.01, look_alike


def naive_gini(values, pupils) -> float:
    x, p = np.asarray(values, float), np.asarray(pupils) / sum(pupils)
    return float(p @ np.abs(x[:, None] - x) @ p / (2 * p @ x))


def naive(values, pupils, groups) -> dict[str, float]:
    """Reckon as if each pupil were a row of the data, with no weights anywhere."""
    x, of = np.repeat(values, pupils), np.repeat(groups, pupils)
    n, mean, ordered = len(x), x.mean(), np.sort(x)
    r, half = ordered / mean, ordered[:n // 2]
    middle = [ordered[n // 2]] if n % 2 else []            # the pupil at the median, cut in two
    lower = (half.sum() + sum(middle) / 2) / (n / 2)
    upper = (ordered[n - n // 2:].sum() + sum(middle) / 2) / (n / 2)
    logs = np.where(r > 0, r * np.log(np.where(r > 0, r, 1)), 0)
    low = -np.log(r).mean()
    t_of = {g: np.mean([v * log(v) if v else 0 for v in x[of == g] / (x[of == g].mean() or 1)])
            for g in set(groups)}
    within = sum((of == g).mean() * x[of == g].mean() / mean * t for g, t in t_of.items())
    p5, p10, p90, p95 = (np.percentile(ordered, q, method="averaged_inverted_cdf")
                         for q in (5, 10, 90, 95))
    return {"mean": mean, "median": np.median(x), "gini": naive_gini(values, pupils),
            "theil_t": logs.mean(), "theil_l": low, "theil_t_within": within,
            "theil_t_between": logs.mean() - within, "atkinson_0_5": 1 - np.sqrt(r).mean() ** 2,
            "atkinson_1": 1 - np.exp(-low), "atkinson_2": 1 - 1 / (1 / r).mean() if r[0] else 1,
            "hoover": np.abs(x - mean).mean() / 2 / mean, "mcloone": lower / np.median(x),
            "verstegen": upper / np.median(x), "restricted_range": p95 - p5,
            "p90_p10": p90 / p10 if p10 else None,
            "federal_range_ratio": (p95 - p5) / p5 if p5 else None,
            "range_ratio": ordered[-1] / ordered[0] if ordered[0] else None}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")     # x/0 and ln 0 of the naive reckoning
def test_counties_have_the_indices_of_a_count_of_pupils():
    draw = np.random.default_rng(20170426)
    for _ in range(drawn(10_000)):
        n = int(draw.integers(2, 14))
        pupils = [int(w) for w in draw.integers(1, 25, n)]
        values = draw.integers(0 if draw.random() < 0.1 else 1, 30, n).tolist()   # ties, zeros
        groups = ["a", "b", *draw.choice(["a", "b", "c"], n - 2)]
        if not any(values):
            continue
        ours = inequality(values, pupils, groups)
        for name, second in naive(values, pupils, groups).items():
            if name == "theil_l" and min(values) == 0:
                assert ours[name] is None
            elif ours[name] is None or second is None:
                assert ours[name] is second or name in ("mcloone", "verstegen")
            else:
                assert isclose(ours[name], second, rel_tol=1e-9, abs_tol=1e-12), name


counties = st.lists(st.tuples(st.fractions("1/100", 1000, max_denominator=900),
                              st.integers(1, 4000)), min_size=1, max_size=12)
RELATIVE = ("gini", "theil_t", "theil_l", "atkinson_0_5", "atkinson_1", "atkinson_2", "hoover",
            "mcloone", "verstegen", "range_ratio", "federal_range_ratio", "p90_p10")


def figures(county) -> dict:
    found = inequality([x for x, _ in county], [w for _, w in county])
    return {name: found[name] for name in RELATIVE}


def assert_alike(first: dict, second: dict):
    assert {k: v for k, v in first.items() if isinstance(v, Fraction)} == {
        k: v for k, v in second.items() if isinstance(v, Fraction)}
    assert first == pytest.approx(second, rel=1e-9, abs=1e-12)


@given(counties, st.randoms(use_true_random=False))
def test_the_order_of_schools_does_not_matter(county, random):
    assert_alike(figures(random.sample(county, len(county))), figures(county))


@given(counties, st.integers(2, 4))
def test_a_county_repeated_has_the_same_indices(county, times):
    assert_alike(figures(county * times), figures(county))


@given(counties, st.data())
def test_a_school_cut_into_equal_halves_changes_nothing(county, data):
    cut = data.draw(st.integers(0, len(county) - 1))
    doubled = [(x, 2 * w) for x, w in county]
    halves = [*doubled[:cut], *[county[cut]] * 2, *doubled[cut + 1:]]
    assert_alike({**figures(halves)}, figures(doubled))


@given(counties, st.fractions("1/1000", 10_000, max_denominator=1000))
def test_the_unit_of_the_resource_does_not_matter(county, factor):
    assert_alike(figures([(factor * x, w) for x, w in county]), figures(county))


@given(counties, st.integers(2, 4))
def test_the_parts_of_theil_add_up(county, number):
    groups = [str(i % number) for i in range(len(county))]
    found = inequality([x for x, _ in county], [w for _, w in county], groups)
    if len(set(groups)) < 2:
        assert found["theil_t_between"] is None
        return
    for index in ("theil_t", "theil_l"):
        whole = found[f"{index}_between"] + found[f"{index}_within"]
        assert found[index] == pytest.approx(whole, rel=1e-9, abs=1e-12)
        assert found[f"{index}_between"] >= -1e-12


@given(counties)
def test_mcloone_is_at_most_one_verstegen_at_least_and_their_mean_is_the_mean(county):
    found = inequality([x for x, _ in county], [w for _, w in county])
    assert found["mcloone"] <= 1 <= found["verstegen"]
    assert (found["mcloone"] + found["verstegen"]) / 2 * found["median"] == found["mean"]


FALLING = ("gini", "theil_t", "theil_l", "atkinson_0_5", "atkinson_1", "atkinson_2")


@given(counties.filter(lambda c: len({x for x, _ in c}) > 1), st.fractions("1/10", "9/10"))
def test_giving_from_the_richest_to_the_poorest_school_lowers_every_index(county, part):
    ordered = sorted(county)
    (low, w_low), (high, w_high) = ordered[0], ordered[-1]
    moved = part * (high - low) * w_low * w_high / (w_low + w_high)
    after = [(low + moved / w_low, w_low), *ordered[1:-1], (high - moved / w_high, w_high)]
    before, then = figures(county), figures(after)
    assert then["gini"] < before["gini"]
    assert all(then[name] < before[name] + 1e-12 for name in FALLING)


@given(counties, st.integers(1, 100))
def test_the_same_amount_more_for_everybody_lowers_every_index(county, amount):
    before, then = figures(county), figures([(x + amount, w) for x, w in county])
    assert all(then[name] <= before[name] + 1e-12 for name in (*FALLING, "hoover"))


EDGES = table("""
    case              | values | pupils | gini | theil_l | mcloone | p90_p10 | mean
    zero stays in     | 0 10   | 50 50  | 1/2  | none    | 0       | none    | 5
    nobody has any    | 0 0    | 5 5    | none | none    | none    | none    | 0
    one school        | 7      | 400    | 0    | 0       | 1       | 1       | 7
    all alike         | 3 3 3  | 1 9 4  | 0    | 0       | 1       | 1       | 3
    nobody there      | ? 2    | 5 0    | none | none    | none    | none    | none
    missing dropped   | 4 ? 4  | 5 9 5  | 0    | 0       | 1       | 1       | 4
    half on boundary  | 1 2    | 6 6    | 1/6  | any     | 2/3     | 2       | 3/2
    most have none    | 0 8    | 6 2    | 3/4  | none    | none    | none    | 2
""")


@pytest.mark.parametrize("edge", EDGES, ids=[edge["case"] for edge in EDGES])
def test_the_edges_are(edge):
    values = [None if v == "?" else F(v) for v in edge["values"].split()]
    found = inequality(values, [int(w) for w in edge["pupils"].split()])
    wanted = {k: edge[k] for k in ("gini", "theil_l", "mcloone", "p90_p10", "mean")
              if edge[k] != "any"}
    assert {k: found[k] for k in wanted} == {
        k: None if v == "none" else F(v) for k, v in wanted.items()}


def test_schools_without_value_or_pupils_are_counted():
    found = inequality([1, None, 3, 5], [10, 10, 0, 30])
    assert (found["n_schools"], found["n_dropped"], found["pupils"]) == (2, 2, 40)


def test_a_negative_value_has_no_theil_and_no_atkinson():
    found = inequality([-1, 9], [10, 10])
    assert (found["theil_t"], found["theil_l"], found["atkinson_0_5"]) == (None, None, None)
