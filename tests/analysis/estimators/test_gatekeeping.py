"""Pathologies (病态数据) × kinds of estimators: refused with a reason, never a number.

Each pathology is a change of a sound panel of ten units in six years, on which every kind
gives figures; the reason that must be named stands beside it.
"""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from tables import table

from pipeline.analysis.estimators import KINDS, estimate
from pipeline.ground.errors import WrongUse

N, YEARS = 10, 6

SPECS = {
    "ols": {"kind": "ols", "formula": "y ~ x + z", "cov": "nonrobust"},
    "hc3": {"kind": "ols", "formula": "y ~ x + z", "cov": "HC3"},
    "cluster": {"kind": "ols", "formula": "y ~ x + z", "cov": "cluster", "groups": "g"},
    "two ways": {"kind": "ols", "formula": "y ~ x + z", "cov": "cluster", "groups": ["g", "t"]},
    "jackknife": {"kind": "ols", "formula": "y ~ x + z", "cov": "cluster-crv3", "groups": "g"},
    "wls": {"kind": "wls", "formula": "y ~ x + z", "cov": "HC3", "weights": "w"},
    "cr2": {"kind": "cr2", "formula": "y ~ x + z", "groups": "g"},
    "hc2": {"kind": "cr2", "formula": "y ~ x + z"},
    "cr2 of effects": {"kind": "cr2", "vars": ["y", "x", "z"], "fe": ["g", "t"], "groups": "g",
                       "weights": "w"},
    "wild": {"kind": "wild", "formula": "y ~ x + z", "groups": "g", "terms": ["x"]},
    "fe": {"kind": "fe", "vars": ["y", "x", "z"], "fe": ["g", "t"], "cov": "cluster",
           "groups": "g"},
    "fe iid": {"kind": "fe", "vars": ["y", "x", "z"], "fe": ["g", "t"], "cov": "iid",
               "weights": "w"},
    "fd": {"kind": "fd", "formula": "y ~ x + z", "cov": "HC3", "unit": "g", "time": "t",
           "difference": ["y", "x", "z"]},
    "within_between": {"kind": "within_between", "vars": ["y", "x", "z"], "fe": ["g", "t"],
                       "cov": "cluster"},
    "mixed": {"kind": "mixed", "formula": "y ~ x + z", "groups": "g"},
    "quantile": {"kind": "quantile", "formula": "y ~ x + z", "q": 0.5, "draws": 5},
    "binomial": {"kind": "glm_binomial", "endog": ["s", "f"], "exog": ["x", "z"]},
    "quasi": {"kind": "quasibinomial", "endog": ["s", "f"], "exog": ["x", "z"], "groups": "g"},
    "oaxaca": {"kind": "oaxaca", "endog": "y", "exog": ["x", "z"], "by": "h", "weights": "w",
               "draws": 5, "groups": "g"},
    "attgt": {"kind": "attgt", "y": "y", "unit": "g", "time": "t", "cohort": "c"},
    "beta": {"kind": "beta", "initial": "a", "final": "b", "years": 5, "cov": "HC3",
             "controls": ["z"]},
    "sigma": {"kind": "sigma", "first": "a", "last": "b"},
    "moran": {"kind": "moran", "y": "y",
              "neighbours": [[(i + 1) % (N * YEARS)] for i in range(N * YEARS)]},
    "multiple": {"kind": "multiple", "pvalues": [0.01, 0.02], "methods": ["holm"],
                 "alpha": 0.05}}


def sound() -> pd.DataFrame:
    draw = np.random.default_rng(3)
    g, t = np.repeat(np.arange(N), YEARS), np.tile(np.arange(2015, 2015 + YEARS), N)
    x, z = draw.normal(size=(2, N * YEARS))
    y = x + g / 3 + draw.normal(size=N * YEARS)
    s = draw.integers(20, 80, N * YEARS).astype(float)
    return pd.DataFrame({
        "y": y, "x": x, "z": z, "g": g, "t": t, "w": draw.uniform(1, 9, N * YEARS),
        "s": s, "f": 100 - s, "h": (g % 2).astype(float), "a": np.exp(draw.normal(size=N * YEARS)),
        "b": np.exp(draw.normal(size=N * YEARS)), "c": np.where(g < 5, 2018, 0)})


def put(**columns):
    """Return a change that sets columns, given as values or as functions of the data."""
    return lambda d: d.assign(**columns)


def first(value, *columns):
    """Return a change that sets the first row of columns."""
    def changed(d):
        d = d.astype({c: object if isinstance(value, str) else float for c in columns})
        d.loc[0, list(columns)] = value
        return d
    return changed


PATHOLOGIES = {
    "no rows": lambda d: d.iloc[:0],
    "one row": lambda d: d.iloc[:1],
    "two rows": lambda d: d.iloc[:2],
    "as many rows as parameters": lambda d: d.iloc[[0, 7, 14]],
    "no column x": lambda d: d.drop(columns="x"),
    "no column y": lambda d: d.drop(columns=["y", "s", "a"]),
    "no column g": lambda d: d.drop(columns="g"),
    "all missing": put(x=np.nan, y=np.nan, a=np.nan),
    "a column twice": lambda d: pd.concat([d, d[["y", "a", "s"]]], axis=1),
    "infinite outcome": first(np.inf, "y", "a", "s"),
    "infinite regressor": first(-np.inf, "x", "z"),
    "text in the outcome": first("很高", "y", "a", "s"),
    "constant outcome": put(y=4.0, a=4.0),
    "outcome constant but for rounding": put(y=lambda d: 0.1 + 1e-17 * d["x"] + 0.2 * (1 + 1e-16),
                                             a=0.3),
    "constant regressor": put(x=5.0, z=5.0),
    "regressor constant but for rounding": put(z=lambda d: 1 / 3 * (1 + 2e-16 * (d["x"] > 0))),
    "a multiple": put(z=lambda d: 2 * d["x"]),
    "a sum with the constant": put(z=lambda d: 7 - d["x"]),
    "outcome determined": put(y=lambda d: 3 + 2 * d["x"]),
    "one group": put(g=1),
    "negative weight": first(-1.0, "w"),
    "weights all 0": put(w=0.0),
    "infinite weight": first(np.inf, "w"),
    "text as weights": put(w="多"),
    "a unit-year twice": lambda d: pd.concat([d, d.iloc[[3]].assign(y=0.1)], ignore_index=True),
    "a row decides": put(z=lambda d: (d.index == 0) * 1.0),
    "a group decides": put(z=lambda d: (d["g"] == 0) * 1.0),
    "every group has one row": put(g=range(N * YEARS)),
    "outcome does not move within": put(y=lambda d: d["g"] / 7),
    "regressors do not move within": put(x=lambda d: d["g"] / 7, z=lambda d: d["g"] % 3),
    "one year": lambda d: d[d["t"] == 2018],
    "negative count": first(-1.0, "s"),
    "no failure": put(f=0.0),
    "no success": put(s=0.0),
    "no pupils": put(s=0.0, f=0.0),
    "separated": put(s=lambda d: np.where(d["x"] > 0, 10.0, 0), f=lambda d: np.where(
        d["x"] > 0, 0, 10.0)),
    "separated in part": put(x=lambda d: (d.index < 9) * 1.0, s=lambda d: np.where(
        d.index < 9, 10.0, d["s"]), f=lambda d: np.where(d.index < 9, 0, d["f"])),
    "three groups": put(h=lambda d: d["g"] % 3),
    "one group compared": put(h=1.0),
    "a group smaller than its parameters": put(h=lambda d: (d.index < 3) * 1.0),
    "constant in one group": put(z=lambda d: np.where(d["h"] == 1, 2.0, d["z"])),
    "a cohort that changes": lambda d: d.assign(c=d["c"].where(d.index != 1, 2019)),
    "a negative cohort": put(c=lambda d: d["c"] - 1),
    "half a year": put(c=lambda d: d["c"] + 0.5 * (d["c"] > 0)),
    "never treated: none": put(c=2018),
    "never treated: one": put(c=lambda d: np.where(d["g"] == 9, 0, 2018)),
    "treated: none": put(c=0),
    "treated from the first": put(c=lambda d: np.where(d["c"] > 0, 2015, 0)),
    "treated after the last": put(c=lambda d: np.where(d["c"] > 0, 2030, 0)),
    "no unit with all years": lambda d: d[(d["g"] + d["t"]) % 6 != 0],
    "a zero to be logged": first(0.0, "a"),
    "a negative to be logged": first(-2.0, "b"),
    "proportional": put(b=lambda d: 2 * d["a"]),
    "complex outcome": lambda d: d.assign(**{c: d[c] + 1j for c in ("y", "s", "a")}),
    "lists as outcome": lambda d: d.assign(**{c: [[1, 2]] * len(d) for c in ("y", "s", "a")}),
    "dates as outcome": lambda d: d.assign(**{c: pd.date_range("2020", periods=len(d))
                                              for c in ("y", "s", "a")}),
    "dates as regressors": lambda d: d.assign(**{c: pd.date_range("2020", periods=len(d))
                                                 for c in ("x", "z")}),
    "groups missing": put(g=np.nan),
    "years missing": put(t=np.nan),
    "weights missing": put(w=np.nan),
    "infinite count": first(np.inf, "f"),
    "successes in words": put(s="多"),
}

REFUSED = table("""
    pathology                           | kinds | reason
    no rows                             | all   | 没有数据
    one row                             | all   | 没有变化 只有一个 行
    two rows                            | ols hc3 wls hc2 quantile binomial beta | 样本数 行 个
    as many rows as parameters          | ols hc3 wls hc2 cr2 cluster quantile binomial | 样本数
    no column x                         | regressions | 缺少变量：x
    no column y                         | all   | 缺少变量
    no column g                         | grouped | 缺少变量：g
    all missing                         | all   | 没有各变量都齐全的行 序号
    a column twice                      | all   | 列名重复
    infinite outcome                    | all   | 无穷大
    infinite regressor                  | regressions | 无穷大
    text in the outcome                 | all   | 应为数
    constant outcome                    | outcomes | 没有变化
    outcome constant but for rounding   | outcomes | 没有变化
    constant regressor                  | regressions | 没有变化： 被固定效应吸收
    regressor constant but for rounding | no effects | 没有变化：z
    a multiple                          | of x and z | 共线
    a sum with the constant             | of x and z | 共线 没有变化
    outcome determined                  | linear | 完全决定
    one group                           | clustered | 只有一个
    negative weight                     | weighted | 负数
    weights all 0                       | weighted | 全为0
    infinite weight                     | weighted | 无穷大
    text as weights                     | weighted | 应为数
    a unit-year twice                   | panels | 重复
    a row decides                       | hc3 wls hc2 | 杠杆值
    a group decides                     | jackknife | 算不出
    every group has one row             | fe fe iid within_between mixed | 只有一行
    outcome does not move within        | fe fe iid | 没有变化
    regressors do not move within       | fe fe iid cr2 of effects | 被固定效应吸收
    one year                            | panels | 行 样本数 两年
    negative count                      | binomial quasi | 负数
    no failure                          | binomial quasi | 没有变化
    no success                          | binomial quasi | 没有变化
    no pupils                           | binomial quasi | 没有变化
    separated                           | binomial quasi | 完全分开
    separated in part                   | binomial quasi | 完全分开
    three groups                        | oaxaca | 两组
    one group compared                  | oaxaca | 两组
    a group smaller than its parameters | oaxaca | 只有3行
    constant in one group               | oaxaca | 共线
    a cohort that changes               | attgt | 前后不一
    a negative cohort                   | attgt | 实施年份
    half a year                         | attgt | 实施年份
    never treated: none                 | attgt | 从未实施
    never treated: one                  | attgt | 只有一个
    treated: none                       | attgt | 实施批次
    treated from the first              | attgt | 实施批次
    treated after the last              | attgt | 实施批次
    no unit with all years              | attgt | 两年
    a zero to be logged                 | beta sigma | 正数
    a negative to be logged             | beta sigma | 正数
    proportional                        | beta sigma | 决定 成比例 没有变化
    complex outcome                     | all   | 复数
    lists as outcome                    | all   | 列表
    dates as outcome                    | all   | 日期 应为数
    dates as regressors                 | regressions | 日期 应为数
    groups missing                      | grouped | 没有各变量都齐全的行
    years missing                       | panels | 没有各变量都齐全的行
    weights missing                     | weighted | 没有各变量都齐全的行
    infinite count                      | binomial quasi | 无穷大
    successes in words                  | binomial quasi | 应为数
""")

REGRESSIONS = [k for k in SPECS if k not in ("attgt", "beta", "sigma", "moran", "multiple")]
NAMED = {"all": [k for k in SPECS if k != "multiple"], "regressions": REGRESSIONS,
         "no effects": [k for k in REGRESSIONS if k not in ("cr2 of effects", "fe", "fe iid")],
         "of x and z": REGRESSIONS, "linear": REGRESSIONS[:15],
         "clustered": ["cluster", "two ways", "jackknife", "cr2", "cr2 of effects", "wild", "fe",
                       "within_between", "mixed", "quasi", "oaxaca"],
         "panels": ["cr2 of effects", "fe", "fe iid", "fd", "within_between", "attgt"],
         "weighted": ["wls", "cr2 of effects", "fe iid", "oaxaca"],
         "outcomes": [k for k in SPECS if k not in ("binomial", "quasi", "multiple")]}


NAMED["grouped"] = sorted({*NAMED["clustered"], *NAMED["panels"]})


def kinds_of(text: str) -> list[str]:
    """Return the specifications that a cell of the table names."""
    if text in NAMED:
        return NAMED[text]
    found, rest = [], text
    for name in sorted(SPECS, key=len, reverse=True):
        if f" {name} " in f" {rest} ":
            found.append(name)
            rest = f" {rest} ".replace(f" {name} ", "  ")
    assert not rest.split(), rest
    return found


def refusal_of(data: pd.DataFrame | None, spec: dict) -> str:
    """Return the reason; whatever else is raised is a failure of the test."""
    answer = answer_of(data, spec)
    return answer if isinstance(answer, str) else f"!{answer.to_dict('records')}"


def answer_of(data: pd.DataFrame | None, spec: dict) -> str | pd.DataFrame:
    try:
        return estimate(data, spec).terms
    except WrongUse as refused:
        return str(refused)


@cache
def answers(pathology: str) -> dict[str, str | pd.DataFrame]:
    """Return what every kind that takes data says to a pathology: the reason, or its terms."""
    data = PATHOLOGIES[pathology](sound())
    return {name: answer_of(data, spec) for name, spec in SPECS.items() if name != "multiple"}


def test_every_kind_answers_on_sound_data():
    assert {spec["kind"] for spec in SPECS.values()} == set(KINDS)
    answered = {name: refusal_of(sound(), spec)[:1] for name, spec in SPECS.items()}
    assert set(answered.values()) == {"!"}


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["pathology"])
def test_what_the_data_cannot_answer_is_refused_with_the_reason(row):
    found = {name: answers(row["pathology"])[name] for name in kinds_of(row["kinds"])}
    reasons = row["reason"].split()
    assert {name: said for name, said in found.items()
            if not isinstance(said, str) or not any(reason in said for reason in reasons)} == {}


def test_the_table_holds_what_it_says():
    assert {row["pathology"] for row in REFUSED} == set(PATHOLOGIES)
    assert len(PATHOLOGIES) >= 60
    assert sum(len(kinds_of(row["kinds"])) for row in REFUSED) >= 500


@pytest.mark.parametrize("pathology", PATHOLOGIES)
def test_no_pathology_ends_in_a_bare_exception_or_a_figure_that_is_none(pathology):
    for name, terms in answers(pathology).items():
        if not isinstance(terms, str):
            assert np.isfinite(terms["estimate"].astype(float)).all(), name
            told = terms["p_value"].notna()
            assert (terms.loc[told, "std_error"].fillna(1) > 0).all(), name


def test_rows_of_weight_0_are_not_counted():
    data = sound()
    more = pd.concat([data, data.iloc[:9].assign(w=0.0, y=99.0, t=2030)], ignore_index=True)
    for name in ("wls", "cr2 of effects", "fe iid", "oaxaca"):
        ours, without = (estimate(d, SPECS[name]) for d in (more, data))
        assert (ours.n, ours.terms.equals(without.terms)) == (without.n, True)


@pytest.mark.parametrize("row", table("""
    spec    | key        | value                        | reason
    ols     | formula    | y ~ x + I(2 * x)             | 共线
    ols     | formula    | y ~ np.log(x)                | 算不出
    ols     | formula    | y ~ x + q                    | 缺少变量：q
    ols     | formula    | y ~ x + 很高                 | 缺少变量：很高
    hc3     | f_tests    | {"both": ["x", "q"]}         | 联合检验
    hc3     | influence  | {"label": "g", "value": 77}  | 恰有一行
    hc3     | influence  | {"label": "q", "value": 7}   | 缺少变量
    wild    | terms      | ["q"]                        | 没有要检验的项
    mixed   | re         | 1 + q                        | 缺少变量
    oaxaca  | reference  | 7                            | 没有参照组
    moran   | neighbours | [[1], [0]]                   | 邻居
    moran   | neighbours | []                           | 邻居
    quantile | q         | 1.2                          | 小于 1
"""), ids=lambda row: f"{row['spec']} {row['key']}")
def test_what_the_specification_asks_in_vain_is_refused(row):
    value = row["value"]
    value = value if row["key"] in ("formula", "re") else json.loads(value)
    assert row["reason"] in refusal_of(sound(), SPECS[row["spec"]] | {row["key"]: value})


@pytest.mark.parametrize(("near", "reason"), [
    ([[0], [0], [1], [2]], "其他行"), ([[1, 1], [0], [1], [2]], "一次"),
    ([[9], [0], [1], [2]], "序号"),
    ([[], [], [], []], "没有一行有邻居"), ([[1], [0], [1]], "逐行")])
def test_neighbours_are_other_rows(near, reason):
    data = pd.DataFrame({"y": [1.0, 2, 4, 3]})
    assert reason in refusal_of(data, {"kind": "moran", "y": "y", "neighbours": near})


def test_schools_of_one_county_and_year_are_no_doubles():
    data = pd.concat([sound(), sound().assign(y=lambda d: d["y"] + d["z"])], ignore_index=True)
    assert refusal_of(data, SPECS["fe"]).startswith("!")


def test_a_specification_that_is_none_is_refused():
    for spec in (None, [], {}, "ols", {"estimator": {}}, {"estimator": SPECS["ols"], "more": 1},
                 {"prepare": {}, "estimator": SPECS["ols"]},
                 {"prepare": [{"op": "eval", "expr": "r = q / 2"}], "estimator": SPECS["ols"]},
                 {"prepare": [{"op": "eval", "expr": "r = = 2"}], "estimator": SPECS["ols"]}):
        assert not refusal_of(sound(), spec).startswith("!")
    assert "没有数据" in refusal_of(None, SPECS["ols"])
