"""Further pathologies (病态数据) × kinds of estimators: the same figures, or refused in words.

What only looks otherwise (types, labels, units, zero points) gives every kind the figures of
the plain table; what cannot be answered is refused with the reason.
"""

from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd
import pytest
from tables import table
from test_gatekeeping import SPECS, YEARS, N, refusal_of, sound

from pipeline.analysis.estimators import Estimate, estimate
from pipeline.ground.errors import WrongUse

D = sound()
ROWS = N * YEARS
DRAWN = ("quantile", "oaxaca")  # whose draws hang on the order of rows
KINDS = [name for name in SPECS if name != "multiple"]
REALS = ["y", "x", "z", "w", "a", "b"]


def as_(kind, *columns):
    return D.astype(dict.fromkeys(columns, kind))


def objects(values):
    return pd.Series(list(values), dtype=object)


def dated(codes):
    return pd.Timestamp("2020") + pd.to_timedelta(codes, unit="D")


def kin(data):
    """Return the table as a class of its own, as geopandas' are."""
    class Frame(pd.DataFrame):
        _constructor = property(type)
    return Frame(data)


# changed table, and the plain one whose figures it must give (the sound one, if none is named)
SAME = {
    "every row of one label": (D.set_axis([0] * ROWS), None),
    "labels missing": (D.set_axis([np.nan] * ROWS), None),
    "labels backwards": (D.set_axis(range(ROWS - 1, -1, -1)), None),
    "labels of two levels": (D.set_index(["w", "a"], drop=False).rename_axis([None, None]), None),
    "labels that are dates": (D.set_axis(pd.date_range("2020", periods=ROWS)), None),
    "columns backwards": (D[D.columns[::-1]], None),
    "a class of its own": (kin(D), None),
    "years without a sign": (as_("uint64", "t", "c"), None),
    "years of 16 bits": (as_("int16", "t", "c"), None),
    "years as floats": (as_(float, "t", "c"), None),
    "years as objects": (as_(object, "t", "c"), None),
    "years that may be missing": (as_("Int64", "t", "c", "g"), None),
    "groups compared by 真/假": (D.assign(h=D["h"] == 1), None),
    "groups compared by boolean": (D.assign(h=(D["h"] == 1).astype("boolean")), None),
    "counts of 8 bits": (as_("int8", "s", "f"), None),
    "sums beyond 8 bits": (D.assign(s=(2 * D["s"]).astype("uint8"), f=(2 * D["f"]).astype("uint8")),
                           D.assign(s=2 * D["s"], f=2 * D["f"])),
    "half precision": (as_("float16", *REALS), as_("float16", *REALS).astype(
        dict.fromkeys(REALS, float))),
    "single precision": (as_("float32", *REALS), as_("float32", *REALS).astype(
        dict.fromkeys(REALS, float))),
    "Float32": (as_("Float32", *REALS), as_("float32", *REALS).astype(
        dict.fromkeys(REALS, float))),
    "numbers as objects": (as_(object, *REALS, "s", "f"), None),
    "an outcome of decimals": (D.assign(y=objects(Decimal(repr(v)) for v in D["y"])), None),
    "groups with unused levels": (D.assign(g=pd.Categorical(D["g"], categories=range(30))), None),
    "groups in another order": (D.assign(g=pd.Categorical(
        D["g"], categories=range(9, -1, -1), ordered=True)), None),
    "groups in words": (D.assign(g=D["g"].map("第{}县".format)), None),
    "a group without a name": (D.assign(g=D["g"].astype(str).replace("3", "")), None),
    "groups of two types": (D.assign(g=objects(str(v) if v % 2 else v for v in D["g"])), None),
    "groups beyond 2⁵³": (D.assign(g=D["g"] + 2**53), None),
    "groups beyond 2⁶²": (D.assign(g=D["g"] + 2**62), None),
    "groups a last bit apart": (D.assign(g=1 + D["g"] * 2.3e-16), None),
    "groups that are days": (D.assign(g=dated(D["g"])), None),
    "groups that are periods": (D.assign(g=pd.PeriodIndex.from_ordinals(D["g"], freq="D")), None),
    "groups that are intervals": (D.assign(g=pd.cut(D["g"], 10)), None),
    "a weight that is −0": (D.assign(w=D["w"].mask(D.index == 5, -0.0)),
                            D.assign(w=D["w"].mask(D.index == 5, 0.0))),
    "weights near 10⁻³⁰⁰": (D.assign(w=D["w"] * 1e-300), None),
    "weights near 10³⁰⁰": (D.assign(w=D["w"] * 1e300), None),
    "weights of the last bits": (D.assign(w=np.round(D["w"] * 2**10) * 5e-324),
                                 D.assign(w=np.round(D["w"] * 2**10))),
    "an infinite column not used": (D.assign(u=np.inf), None),
    "a column of lists not used": (D.assign(u=[[1]] * ROWS), None),
    "a column not used twice": (pd.concat([D.assign(u=1), D[["h"]].set_axis(["u"], axis=1)],
                                          axis=1), None),
    "columns called as functions": (D.assign(C=1, np=2, I=3, Q=4), None),
}


@cache
def of_plain() -> dict[str, Estimate]:
    return {name: estimate(sound(), SPECS[name]) for name in KINDS}


@pytest.mark.parametrize("name", SAME)
def test_what_only_looks_otherwise_gives_the_same_figures(name):
    data, plain = SAME[name]
    for kind in KINDS:
        expected = of_plain()[kind] if plain is None else estimate(plain, SPECS[kind])
        found = estimate(data, SPECS[kind])
        assert found.n == expected.n, kind
        pd.testing.assert_frame_equal(found.terms, expected.terms, rtol=1e-7, obj=kind)


ONE_LESS = {
    "NaN": D["g"].astype(float), "NA": D["g"].astype("Int64"), "NaT": dated(D["g"]),
    "None": D["g"].astype(str).astype(object)}


@pytest.mark.parametrize("name", ONE_LESS)
def test_a_row_whose_cluster_is_missing_is_no_cluster_of_its_own(name):
    for kind in KINDS:
        if "g" not in str(SPECS[kind].values()) or kind == "multiple":
            continue
        missing = D.assign(g=ONE_LESS[name].mask(D.index == 5))
        if "groups" in SPECS[kind] or kind in ("within_between", "attgt"):
            found, expected = (estimate(d, SPECS[kind]).terms for d in (missing, D.drop(index=5)))
            pd.testing.assert_frame_equal(found, expected, rtol=1e-7, obj=kind)


def test_rows_of_nothing_change_nothing():
    empty = pd.DataFrame([dict.fromkeys(D)] * 3)
    for kind in KINDS:
        if kind != "moran":  # whose neighbours stand row by row
            found = estimate(pd.concat([D, empty], ignore_index=True), SPECS[kind])
            pd.testing.assert_frame_equal(found.terms, of_plain()[kind].terms, rtol=1e-7, obj=kind)


def test_the_order_of_rows_changes_nothing_that_is_not_drawn():
    for kind in KINDS:
        if kind not in (*DRAWN, "moran"):
            found = estimate(D.sample(frac=1, random_state=1), SPECS[kind])
            pd.testing.assert_frame_equal(found.terms, of_plain()[kind].terms, rtol=1e-7, obj=kind)


INTERVAL = {"kind": "quantile", "formula": "y ~ x + z", "q": 0.5, "interval": True}
MOVED = {**{kind: SPECS[kind] for kind in KINDS if kind not in (
    "moran", "beta", "sigma", "attgt", "quantile")}, "quantile": INTERVAL}


@pytest.mark.parametrize("column", ["x", "y"])
@pytest.mark.parametrize("kind", MOVED)
def test_a_distant_zero_moves_no_slope(kind, column):
    # 10⁹ added, such as codes or yuan of a whole county: the numbers keep seven decimals
    if kind in ("binomial", "quasi") and column == "y":
        return
    far = D.assign(**{column: D[column] + 1e9})
    names, parts = ["estimate", "std_error", "ci_low", "ci_high"], ("Intercept", "const")
    found, expected = (estimate(d, MOVED[kind]).terms.set_index("term") for d in (far, D))
    kept = [t for t in expected.index if not any(p in t for p in parts) and (
        kind != "oaxaca" or column == "y" or t in ("gap", "explained", "explained[x]"))]
    assert (found.loc[kept, names] - expected.loc[kept, names]).abs().max().max() < 1e-5


ONE_HEAVY = D.assign(w=(D.index == 3) * 1.0)
FEW = D.assign(g=D["g"] % 2)
REFUSED = {
    "one row with a weight": (ONE_HEAVY, SPECS["wls"], "没有变化"),
    "two rows with a weight": (D.assign(w=(D.index < 2) * 1.0), SPECS["wls"], "样本数"),
    "one weight beyond all others": (D.assign(w=np.where(D.index == 3, 1e30, 1.0)), SPECS["wls"],
                                     "共线"),
    "one group with a weight": (ONE_HEAVY, SPECS["oaxaca"], "只有一个"),
    "as many tests as clusters": (FEW, SPECS["cluster"] | {"f_tests": {"both": ["x", "z"]}},
                                  "自由度只有1"),
    "as many tests as clusters, CR2": (FEW, SPECS["cr2"] | {"f_tests": {"both": ["x", "z"]}},
                                       "自由度不为正"),
    "no random effect": (D, SPECS["mixed"] | {"re": "0"}, "没有一项"),
    "half a random effect": (D, SPECS["mixed"] | {"re": "1 + "}, "写法有误"),
    "no noise around a median": (D.assign(y=D["x"]), INTERVAL, "没有宽度"),
    "two in three are 0": (D.assign(y=np.where(D.index < 40, 0, D["y"])), INTERVAL, "没有宽度"),
    "effects that are all of it": (D, SPECS["fe"] | {"fe": ["g", "g"]}, "写了两次"),
    "a regressor as effect": (D, SPECS["fe"] | {"fe": ["x"]}, "写了两次"),
    "changes every second year": (D[D["t"] % 2 == 0], SPECS["fd"], "样本数（0）"),
    "changes by half years": (D.assign(t=D["t"] / 2), SPECS["fd"], "样本数（0）"),
    "years in words": (D.assign(t=D["t"].astype(str)), SPECS["fd"], "应为数"),
    "never is infinite": (D.assign(c=D["c"].replace(0, np.inf)), SPECS["attgt"], "从未实施写0"),
    "never is missing": (D.assign(c=D["c"].replace(0, np.nan)), SPECS["attgt"], "从未实施"),
    "adoption in words": (D.assign(c=D["c"].astype(str)), SPECS["attgt"], "从未实施写0"),
    "adoption is 真/假": (D.assign(c=D["c"] > 0), SPECS["attgt"], "实施批次"),
    "adoption is a day": (D.assign(c=pd.Timestamp("2018")), SPECS["attgt"], "从未实施写0"),
    "an outcome of years alone": (D.assign(y=1.0 * D["t"]), SPECS["attgt"], "标准误为0"),
    "all are neighbours": (D, {"kind": "moran", "y": "y", "neighbours": [
        [j for j in range(ROWS) if j != i] for i in range(ROWS)]}, "无从谈起"),
    "full-width operators": (D, SPECS["ols"] | {"formula": "y ~ x ＋ z"}, "写法有误"),
    "a full-width tilde": (D, SPECS["ols"] | {"formula": "y ～ x"}, "应写作"),
    "full-width brackets": (D, SPECS["ols"] | {"formula": "y ~ （x + z）"}, "写法有误"),
    "a full-width comma": (D, SPECS["ols"] | {"formula": "y ~ x，z"}, "写法有误"),
    "an equals sign": (D, SPECS["ols"] | {"formula": "y = x + z"}, "应写作"),
    "R's dot": (D, SPECS["ols"] | {"formula": "y ~ ."}, "写法有误"),
    "R's bar": (D, SPECS["ols"] | {"formula": "y ~ x + (1 | g)"}, "不能写"),
    "the outcome as regressor": (D, SPECS["ols"] | {"formula": "y ~ y"}, "完全决定"),
    "a level a row": (D, SPECS["ols"] | {"formula": "y ~ C(x)"}, "样本数"),
    "one level of two": (D, SPECS["ols"] | {"formula": "y ~ x + C(h) + h"}, "共线"),
    "a power beyond numbers": (D, SPECS["ols"] | {"formula": "y ~ np.exp(10000 * x)"}, "读不成数"),
    "a name with a blank": (D.rename(columns={"x": " x"}), SPECS["ols"], "缺少变量：x"),
    "a name with no width": (D.rename(columns={"x": "x\u200b"}), SPECS["ols"], "缺少变量：x"),
    "a number as name": (D.rename(columns={"x": 1}), SPECS["ols"], "缺少变量：x"),
    "a table of no columns": (pd.DataFrame(index=range(5)), SPECS["ols"], "没有数据"),
    "a column alone": (D["y"], SPECS["ols"], "没有数据"),
    "rows without names": (D.to_numpy(), SPECS["ols"], "没有数据"),
    "no p at all": (None, SPECS["multiple"] | {"pvalues": []}, "至少一项"),
    "a p that is none": (None, SPECS["multiple"] | {"pvalues": [0.1, np.nan]}, "pvalues"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_answer_is_refused_with_the_reason(name):
    data, spec, reason = REFUSED[name]
    assert reason in refusal_of(data, spec)


@pytest.mark.parametrize("row", table("""
    q | figure | answered
    1 | 40     | no
    1 | 29     | yes
"""), ids=lambda row: row["figure"])
def test_an_interval_has_a_width_where_fewer_than_half_of_the_rows_lie_on_the_plane(row):
    data = D.assign(y=np.where(D.index < int(row["figure"]), 0, D["y"]))
    if row["answered"] == "no":
        with pytest.raises(WrongUse, match="没有宽度"):
            estimate(data, INTERVAL)
    else:
        terms = estimate(data, INTERVAL).terms
        assert (terms["ci_high"] - terms["ci_low"]).min() > 0.1


def test_there_are_sixty_and_more():
    assert len(SAME) + len(ONE_LESS) + len(REFUSED) >= 80
