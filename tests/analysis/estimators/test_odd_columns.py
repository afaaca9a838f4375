"""Columns of every type and formulas of every shape (数据表的各种写法): right, or refused in words.

The expected figures are those of statsmodels on the same numbers as plain floats. What patsy
reads otherwise than it looks (``b - a ~ x`` is b ~ x to it) is reckoned or refused.
"""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.library import estimate
from pipeline.ground.errors import WrongUse

N = 60
ZH = {"x": "生均经费（元）", "z": "师生比 1:23", "k": "学校 类型"}


def sound() -> pd.DataFrame:
    draw, g = np.random.default_rng(1), np.repeat(np.arange(10), 6)
    x, z, noise, q = draw.normal(size=(4, N))
    return pd.DataFrame({
        "y": x / 2 + noise + g / 3, "x": x, "z": z, "q": q + x, "g": g, "a": np.exp(x),
        "t": np.tile(np.arange(2015, 2021), 10), "h": g % 2, "c": np.where(g < 5, 2018, 0),
        "i": (40 * x).clip(-120, 120).round(), "k": np.tile(["甲", "乙", "丙"], 20)})


D = sound()
WITHOUT_4 = D[D.index != 4]
THREE = D.assign(k=pd.Categorical(D["k"], categories=["甲", "乙", "丙"]))
FOUR = D.assign(k=pd.Categorical(D["k"], categories=["甲", "乙", "丙", "丁"]))
OLS = {"kind": "ols", "formula": "y ~ x + z", "cov": "HC3"}
CLUSTERED = OLS | {"cov": "cluster", "groups": "g"}


def objects(values) -> pd.Series:
    return pd.Series(list(values), dtype=object)


# data, formula, the same as plain numbers, the formula of statsmodels
RIGHT = {
    "levels no row has": (FOUR, "y ~ x + C(k)", THREE, "y ~ x + C(k)"),
    "levels no row has, bare": (FOUR, "y ~ x + k", THREE, "y ~ x + k"),
    "a level lost with its rows": (
        D.assign(k=D["k"].astype("category"), x=D["x"].where(D["k"] != "丙")), "y ~ x + C(k)",
        D[D["k"] != "丙"], "y ~ x + C(k)"),
    "factor by factor": (D, "y ~ x + C(k)*C(h)", D, "y ~ x + C(k)*C(h)"),
    "Int64": (D.assign(t=D["t"].astype("Int64").mask(D.index == 4)), "y ~ x + C(t)",
              WITHOUT_4, "y ~ x + C(t)"),
    "Float64": (D.assign(x=D["x"].astype("Float64").mask(D.index == 4)), "y ~ x + z",
                WITHOUT_4, "y ~ x + z"),
    "string": (D.assign(k=D["k"].astype("string").mask(D.index == 4)), "y ~ x + C(k)",
               WITHOUT_4, "y ~ x + C(k)"),
    "boolean with a missing one": (
        D.assign(x=(D["x"] > 0).astype("boolean").mask(D.index == 4)), "y ~ x + z",
        WITHOUT_4.assign(x=WITHOUT_4["x"] > 0).astype({"x": float}), "y ~ x + z"),
    "true, false and None": (
        D.assign(x=objects([None, *(D["x"] > 0)[1:]])), "y ~ x + z",
        D[1:].assign(x=(D["x"] > 0).astype(float)), "y ~ x + z"),
    "a boolean outcome": (D.assign(y=D["y"] > 1), "y ~ x + z",
                          D.assign(y=(D["y"] > 1).astype(float)), "y ~ x + z"),
    "few whole numbers as objects": (D.assign(x=objects(D["g"])), "y ~ x + z",
                                     D.assign(x=D["g"]), "y ~ x + z"),
    "Decimal, NaN among them": (
        D.assign(x=objects([Decimal("NaN"), *map(Decimal, map(str, D["x"][1:]))])), "y ~ x + z",
        D[1:], "y ~ x + z"),
    "Fraction": (D.assign(x=objects(map(Fraction, map(str, D["x"])))), "y ~ x + z", D,
                 "y ~ x + z"),
    "int8, squared": (D.assign(x=D["i"].astype("int8")), "y ~ x + I(x ** 2)", D.assign(x=D["i"]),
                      "y ~ x + I(x ** 2)"),
    "int8, multiplied": (D.assign(x=D["i"].astype("int8")), "y ~ x + z + x:z",
                         D.assign(x=D["i"]), "y ~ x + z + x:z"),
    "sparse": (D.assign(x=pd.arrays.SparseArray(D["x"].clip(0))), "y ~ x + z",
               D.assign(x=D["x"].clip(0)), "y ~ x + z"),
    "a row name for all": (D.set_axis([0] * N), "y ~ x + z", D, "y ~ x + z"),
    "rows of two names": (D.set_index(["g", "t"]), "y ~ x + z", D, "y ~ x + z"),
    "a column twice that is not used": (pd.concat([D, D[["t", "t"]]], axis=1), "y ~ x + z", D,
                                        "y ~ x + z"),
    "a difference as outcome": (D, "q - a ~ x", D.assign(o=D["q"] - D["a"]), "o ~ x"),
    "a square as outcome": (D, "y ** 2 ~ x", D.assign(o=D["y"]**2), "o ~ x"),
    "a ratio as outcome": (D, "y / a ~ x", D.assign(o=D["y"] / D["a"]), "o ~ x"),
    "quoted names": (D.rename(columns=ZH), 'y ~ Q("生均经费（元）") + C(Q("学校 类型")) + '
                     'Q("师生比 1:23")', D, "y ~ x + C(k) + z"),
}

REFUSED = {
    "a square": (D, {"formula": "y ~ x + x ** 2"}, r"I\(a \*\* 2\)"),
    "a ratio": (D, {"formula": "y ~ x / z"}, r"I\(a / b\)"),
    "a difference": (D, {"formula": "y ~ x - z"}, r"I\(a - b\)"),
    "a multiple": (D, {"formula": "y ~ 2 * x"}, r"I\(2 \* a\)"),
    "an interaction as outcome": (D, {"formula": "y:z ~ x"}, "冒号"),
    "an offset": (D, {"formula": "y ~ x + offset(z)"}, "不能写"),
    "brackets in a name": (D.rename(columns=ZH), {"formula": "y ~ 生均经费（元）"},
                           'Q\\("列名"\\)'),
    "letters in full width": (D.rename(columns={"x": "ＧＤＰ"}), {"formula": "y ~ ＧＤＰ"},
                              'Q\\("列名"\\)'),
    "a column called Intercept": (D.rename(columns={"x": "Intercept"}),
                                  {"formula": "y ~ Intercept + z"}, "名称有相同的"),
    "an empty cell of two factors": (
        D.assign(k=D["k"].where((D["h"] == 0) | (D["k"] != "甲"), "乙")),
        {"formula": "y ~ C(k) * C(h)"}, "共线"),
    "a number without end": (D.assign(x=objects([10**400, *D["x"][1:]])), {}, "无穷大"),
    "periods": (D.assign(x=pd.period_range("2020", periods=N, freq="D")), {}, "应为数"),
    "groups in the rows' names": (D.set_index("g"), {"cov": "cluster", "groups": "g"},
                                  "reset_index"),
    "groups that are tuples": (D.assign(g=[(v,) for v in D["g"]]),
                               {"cov": "cluster", "groups": "g"}, "列表"),
}


def expected(data: pd.DataFrame, formula: str) -> dict[str, np.ndarray]:
    import statsmodels.formula.api as smf
    fit = smf.ols(formula, data).fit(cov_type="HC3", use_t=True)
    return {"estimate": fit.params.to_numpy(), "std_error": fit.bse.to_numpy()}


@pytest.mark.parametrize("name", RIGHT)
def test_numbers_are_numbers_whatever_type_holds_them(name):
    data, formula, plain, theirs = RIGHT[name]
    before = data.copy(deep=True)
    ours = estimate(data, OLS | {"formula": formula}).terms
    for column, values in expected(plain, theirs).items():
        assert ours[column].to_numpy() == pytest.approx(values, rel=1e-8)
    pd.testing.assert_frame_equal(data, before)  # what is handed in is left as it was


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_read_otherwise_than_it_looks_is_refused(name):
    data, changes, reason = REFUSED[name]
    with pytest.raises(WrongUse, match=reason):
        estimate(data, OLS | changes)


@pytest.mark.parametrize("groups", [
    D["g"].astype("category"), pd.Categorical(D["g"], categories=range(20)),
    objects(map(Decimal, D["g"])), pd.Timestamp("2020") + pd.to_timedelta(D["g"], unit="D"),
    pd.PeriodIndex.from_ordinals(D["g"], freq="D"), D["g"].map("第{}县".format)])
def test_a_cluster_is_one_whatever_names_it(groups):
    ours, whole = (estimate(data, CLUSTERED).terms for data in (D.assign(g=groups), D))
    assert ours.equals(whole)


def test_whole_numbers_beyond_64_bits_are_numbers():
    long, floats = (estimate(D.assign(x=objects(kind(v) * 10**20 for v in D["i"])), OLS).terms
                    for kind in (int, float))
    assert long.equals(floats)


def test_products_of_short_whole_numbers_do_not_run_over():
    spec = {"prepare": [{"op": "eval", "expr": "p = x * x * x"}],
            "estimator": OLS | {"formula": "y ~ x + p"}}
    ours, whole = (estimate(D.assign(x=D["i"].astype(kind)), spec).terms
                   for kind in ("int8", float))
    assert ours.equals(whole)


def test_columns_of_arrow_are_those_of_numpy():
    pytest.importorskip("pyarrow", reason="没有安装 pyarrow")
    arrow = D.convert_dtypes(dtype_backend="pyarrow")
    for spec in (OLS, CLUSTERED, OLS | {"formula": "y ~ x + C(k)"},
                 {"kind": "attgt", "y": "y", "unit": "g", "time": "t", "cohort": "c"}):
        assert estimate(arrow, spec).terms.equals(estimate(D, spec).terms)


UNITS = {
    "ols": OLS, "cr2": {"kind": "cr2", "formula": "y ~ x + z", "groups": "g"},
    "fe": {"kind": "fe", "vars": ["y", "x", "z"], "fe": ["g", "t"], "cov": "iid"},
    "mundlak": {"kind": "within_between", "vars": ["y", "x", "z"], "fe": ["g", "t"],
                "cov": "cluster"},
    "quantile": {"kind": "quantile", "formula": "y ~ x + z", "q": 0.3, "interval": True},
    "mixed": {"kind": "mixed", "formula": "y ~ x + z", "groups": "g"},
    "slopes": {"kind": "mixed", "formula": "y ~ x + z", "groups": "g", "re": "1 + x"},
    "draws": {"kind": "quantile", "formula": "y ~ x + z", "q": 0.3, "draws": 9, "groups": "g"}}


@pytest.mark.parametrize("unit", [1e-12, 1e12, 1e30])
@pytest.mark.parametrize("kind", UNITS)
@pytest.mark.parametrize("column", ["y", "x"])
def test_the_unit_of_a_column_changes_the_unit_of_a_coefficient_alone(kind, unit, column):
    names = ["estimate", "ci_low", "ci_high"]
    ours, scaled = (estimate(data, UNITS[kind]).terms.set_index("term").loc["x", names]
                    for data in (D, D.assign(**{column: D[column] * unit})))
    back = unit if column == "y" else 1 / unit
    assert (scaled / back).to_numpy() == pytest.approx(ours.to_numpy(), rel=1e-7)


def test_a_factor_of_one_level_is_named_as_left_out():
    fit = estimate(D.assign(k="甲"), OLS | {"formula": "y ~ x + C(k)"})
    assert fit.terms["term"].tolist() == ["Intercept", "x"]
    assert fit.convention.endswith("；只有一种，不入模型：k")
    assert "不入模型" not in estimate(D, OLS | {"formula": "y ~ x + C(k)"}).convention
