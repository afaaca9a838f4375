"""What an academic may hand to the library by mistake (程序库的门): a reason, never a bare fault.

Beside the pathologies × estimators of `estimators/test_gatekeeping.py`: cells of every kind,
formulas, extremes, and the appraisals. Each row is refused with a Chinese reason; what may be
answered is answered rightly further down.
"""

import datetime

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.library import (
    SchoolTable,
    changed_balance,
    comparable_coefficient,
    concentration_index,
    detectable_effect,
    equivalence,
    estimate,
    explained_shares,
    five_schools,
    honest_interval,
    instrumented,
    proportional_selection,
    robustness,
)
from pipeline.ground.errors import TableRefused, WrongUse

N = 60


def sound() -> pd.DataFrame:
    draw, g = np.random.default_rng(1), np.repeat(np.arange(10), 6)
    x, z, noise, q = draw.normal(size=(4, N))
    return pd.DataFrame({"y": x / 2 + noise + g / 3, "x": x, "z": z, "q": q + x, "g": g,
                         "t": np.tile(np.arange(2015, 2021), 10), "one": 1.0,
                         "a": np.exp(x), "c": np.where(g < 5, 2018, 0)})


DATA = sound()
OLS = {"kind": "ols", "formula": "y ~ x + z", "cov": "HC3"}
CR2 = {"kind": "cr2", "formula": "y ~ x", "groups": "g"}
FD = {"kind": "fd", "formula": "y ~ x", "cov": "HC3", "unit": "g", "time": "t",
      "difference": ["y", "x"]}
CONLEY = OLS | {"cov": "conley", "latitude": "x", "longitude": "z", "cutoff_km": 50}

CELLS = {
    "complex": (DATA.assign(y=DATA["y"] + 1j), OLS, "复数"),
    "lists": (DATA.assign(x=[[1, 2]] * N), OLS, "列表"),
    "dicts as groups": (DATA.assign(g=[{1: 2}] * N), CR2, "列表"),
    "lists as groups": (DATA.assign(g=[[1]] * N), CR2, "列表"),
    "dates": (DATA.assign(x=pd.date_range("2020", periods=N)), OLS, "日期"),
    "durations": (DATA.assign(x=pd.to_timedelta(range(N), unit="D")), OLS, "日期"),
    "dates as objects": (DATA.assign(y=[datetime.date(2020, 1, 1)] * N), OLS, "应为数"),
    "numbers as texts": (DATA.assign(x=DATA["x"].astype(str)), OLS, "每行一种（60种）"),
    "always true": (DATA.assign(x=True), OLS, "没有变化"),
    "years as texts": (DATA.assign(t=DATA["t"].astype(str)), FD, "年份 t 应为数"),
    "names of two levels": (DATA.set_axis(pd.MultiIndex.from_product([["a"], DATA]), axis=1), OLS,
                            "缺少变量"),
    "names that are numbers": (DATA.rename(columns={"x": 1}), OLS, "缺少变量：x"),
    "an array": (DATA.to_numpy(), OLS, "没有数据"),
    "a dict": ({"y": [1, 2], "x": [1, 2]}, OLS, "没有数据"),
    "a column": (DATA["y"], OLS, "没有数据"),
    "all digits lost": (DATA.assign(x=1e15 + DATA["x"]), OLS, "没有变化"),
    "one weight is all": (DATA.assign(w=np.where(DATA.index == 0, 1e16, 1)),
                          OLS | {"kind": "wls", "weights": "w"}, "杠杆值"),
    "one cell is all": (DATA.assign(x=(DATA.index == 3) * 1.0), OLS, "杠杆值"),
}
SPECIFICATIONS = {
    "other Python": (OLS | {"formula": "y ~ __import__('os').getcwd()"}, "不能写"),
    "no right side": (OLS | {"formula": "y ~"}, "应写作"),
    "no text": (OLS | {"formula": 7}, "应为文本"),
    "three thousand terms": (OLS | {"formula": "y ~ " + "+".join(["x"] * 3000)}, "写法有误"),
    "logarithms of negatives": (OLS | {"formula": "y ~ np.log(x)"}, "算不出"),
    "the outcome on itself": (OLS | {"formula": "y ~ I(2 * y) + x"}, "完全决定"),
    "errors of another name": (OLS | {"cov": "hc3"}, "HC3"),
    "weights of ols": (OLS | {"weights": "a"}, "未知的键"),
    "kind under another name": ({"kinds": "ols", "formula": "y ~ x"},
                                "没有写 kind（估计方法）；所写的有：kinds、formula"),
    "an entry too many": (OLS | {"robust": True}, "未知的键"),
    "draws without end": ({"kind": "quantile", "formula": "y ~ x", "q": 0.5, "draws": 10**9},
                          "不得大于"),
    "a quantile in words": ({"kind": "quantile", "formula": "y ~ x", "q": "0.5"}, "应为数字"),
    "the outcome as its own slope": ({"kind": "mixed", "formula": "y ~ x", "groups": "g",
                                      "re": "1 + y"}, "不得写因变量"),
    "a change of nothing": (FD | {"difference": ["q2"]}, "缺少变量：q2"),
    "no effects": ({"kind": "fe", "vars": ["y", "x"], "fe": [], "cov": "iid"}, "至少一项"),
    "a regressor as its effect": ({"kind": "fe", "vars": ["y", "x"], "fe": ["x"], "cov": "iid"},
                                  "两次"),
    "no terms to test": ({"kind": "wild", "formula": "y ~ x", "groups": "g", "terms": []}, "至少"),
    "all are neighbours of all": ({"kind": "moran", "y": "y", "neighbours": [
        [j for j in range(N) if j != i] for i in range(N)]}, "其余各行"),
    "places off the earth": (CONLEY | {"latitude": "t"}, "−90与90"),
    "no places": ({key: CONLEY[key] for key in ("kind", "formula", "cov")}, "须写 latitude"),
    "p that is none": ({"kind": "multiple", "pvalues": [0.1, np.nan], "methods": ["holm"],
                        "alpha": 0.05}, "pvalues.1"),
    "steps of other Python": ({"estimator": OLS, "prepare": [
        {"op": "eval", "expr": "y = @__import__('os').getcwd()"}]}, "做不了"),
}
FIT = estimate(DATA, OLS | {"cov": "nonrobust"})
TWO = np.eye(2)
APPRAISALS = {
    "no regressor": (lambda: explained_shares(DATA, "y ~ 1"), "自变量"),
    "shares of a term that stands twice": (lambda: explained_shares(DATA, "y ~ x + z + x"),
                                           "写了两次：x"),
    "shares of a column not there": (lambda: explained_shares(DATA, "y ~ x + no"), "缺少变量：no"),
    "shares of a list": (lambda: explained_shares([1], "y ~ x"), "没有数据"),
    "shares of no formula": (lambda: explained_shares(DATA, "y x z"), "应写作"),
    "robustness of robust errors": (lambda: robustness(estimate(DATA, OLS), "x"), "经典标准误"),
    "robustness of nothing": (lambda: robustness(None, "x"), "estimate 的结果"),
    "bounds that are endless": (lambda: equivalence(FIT, "x", -np.inf, np.inf), "有限"),
    "bounds in words": (lambda: equivalence(FIT, "x", "低", "高"), "有限"),
    "trends in words": (lambda: honest_interval(["甲", 2], TWO, 1, 0.1), "有限"),
    "a change without end": (lambda: honest_interval([1, 2], TWO, 1, np.inf), "有限"),
    "an effect of nothing": (lambda: honest_interval([1, 2], TWO, 1, 0.1, [0]), "全为0"),
    "an effect that is none": (lambda: honest_interval([1, 2], TWO, 1, 0.1, [np.nan]), "有限"),
    "covariances on one side": (lambda: honest_interval([1, 2], [[1, 0.9], [0, 1]], 1, 0.1),
                                "对称"),
    "an instrument not there": (lambda: instrumented(DATA, "y ~ x", "x", ["no"]), "缺少变量：no"),
    "the outcome as instrument": (lambda: instrumented(DATA, "y ~ x", "x", ["y"]), "不在公式中"),
    "an instrument by its name": (lambda: instrumented(DATA, "y ~ x", "x", "q"), "应为列表"),
    "a constant instrument": (lambda: instrumented(DATA, "y ~ x", "x", ["one"]), "没有变化"),
    "selection by a column not there": (
        lambda: proportional_selection(DATA, "y ~ no", "y ~ no + z", "no"), "缺少变量：no"),
    "selection of an effect that is none": (
        lambda: proportional_selection(DATA, "y ~ x", "y ~ x + z", "x").delta(np.nan), "有限"),
    "need in words": (lambda: concentration_index(["甲", 2, 3], [1, 2, 3]), "应为有限的数"),
    "one number as pupils": (lambda: comparable_coefficient(0.3, 1), "只有一所"),
    "a negative coefficient": (lambda: comparable_coefficient(-0.3, [3, 4]), "不得小于0"),
    "resources that are none": (lambda: changed_balance(
        {"甲": (3, np.nan), "乙": (3, 2)}, {"甲": (2, 1), "乙": (3, 2)}), "有限"),
    "negative resources": (lambda: changed_balance(
        {"甲": (3, -1), "乙": (3, 5)}, {"甲": (2, 1), "乙": (3, 2)}), "不得小于0"),
    "half a pupil": (lambda: changed_balance(
        {"甲": (2.5, 1), "乙": (3, 5)}, {"甲": (2, 1), "乙": (3, 2)}), "整数"),
    "one school": (lambda: changed_balance({"甲": (3, 1)}, {"甲": (2, 1)}), "不足两所"),
    "an endless error": (lambda: detectable_effect(np.inf, 10), "std_error"),
    "endless books": (lambda: SchoolTable(five_schools().assign(books=np.inf), amounts=["books"]),
                      "无穷大"),
    "pupils in words": (lambda: SchoolTable(five_schools().assign(pupils="四十五"),
                                           amounts=["books"]), "不是数"),
}


@pytest.mark.parametrize("name", CELLS)
def test_cells_that_are_no_numbers_are_refused(name):
    data, spec, reason = CELLS[name]
    with pytest.raises(WrongUse, match=reason):
        estimate(data, spec)


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_a_specification_that_asks_for_what_is_none_is_refused(name):
    spec, reason = SPECIFICATIONS[name]
    with pytest.raises(WrongUse, match=reason):
        estimate(DATA, spec)


@pytest.mark.parametrize("name", APPRAISALS)
def test_an_appraisal_of_what_is_none_is_refused(name):
    asked, reason = APPRAISALS[name]
    with pytest.raises((WrongUse, TableRefused), match=reason):
        asked()


def test_an_interval_that_the_data_do_not_bound_is_named():
    few, enough = (estimate(DATA, {"kind": "quantile", "formula": "y ~ x", "q": q,
                                   "interval": True}) for q in (0.01, 0.5))
    assert few.terms["ci_low"].isna().any() and "不能从两边界定、区间不全的：" in few.convention
    assert not enough.terms[["ci_low", "ci_high"]].isna().any(axis=None)
    assert "界定" not in enough.convention


def test_of_collinear_terms_those_are_named_that_hang_together():
    data = DATA.assign(twice=2 * DATA["x"])
    with pytest.raises(WrongUse, match="不能确定：x、twice$"):
        estimate(data, OLS | {"formula": "y ~ x + z + twice + C(t)"})


def test_true_and_false_are_1_and_0():
    told, numbers = (estimate(DATA.assign(x=(DATA["x"] > 0).astype(kind)), OLS).terms
                     for kind in (bool, float))
    assert told.equals(numbers)


@pytest.mark.parametrize("lost", [np.nan, None, pd.NA])
def test_rows_without_a_cluster_are_left_out(lost):
    data = DATA.assign(g=DATA["g"].astype(object).where(DATA["g"] != 3, lost))
    assert estimate(data, CR2).terms.equals(estimate(DATA[DATA["g"] != 3], CR2).terms)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1e9, 1e200])
def test_the_unit_of_the_outcome_does_not_change_a_p(scale):
    ours, scaled = (estimate(DATA.assign(y=DATA["y"] * s), OLS).terms for s in (1, scale))
    assert scaled["p_value"].to_numpy() == pytest.approx(ours["p_value"].to_numpy(), rel=1e-9)
    assert scaled["estimate"].to_numpy() / scale == pytest.approx(ours["estimate"].to_numpy())


def test_rows_stand_for_themselves_whatever_they_are_called():
    for index in ([0] * N, list("甲乙") * 30, pd.MultiIndex.from_arrays([DATA["g"], DATA["t"]])):
        assert estimate(DATA.set_axis(index), OLS).terms.equals(estimate(DATA, OLS).terms)


def test_the_more_slopes_may_change_the_wider_the_interval_without_an_end():
    widths = [(lambda i: i.ci_high - i.ci_low)(honest_interval([1, 2, 3], np.eye(3), 2, change))
              for change in (0, 1, 30, 1e3, 1e6)]
    assert widths == sorted(widths) and np.isfinite(widths).all()
