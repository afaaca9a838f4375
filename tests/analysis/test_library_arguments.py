"""Every function of the library's door × every argument × values of the wrong kind: refused.

A value of another kind must end in a Chinese sentence that names the argument, never in a bare
fault, and never in an answer: a missing count is below no limit, and was once no refusal.
"""

import datetime
import inspect
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis import estimators, library
from pipeline.analysis.appraisal.equivalence import of_figures as alike
from pipeline.analysis.appraisal.unseen_causes import of_figures as borne
from pipeline.analysis.estimators import refusal, tail_refusal
from pipeline.definitions.parts import Inference
from pipeline.ground.errors import DefinitionFault, TableRefused, WrongUse

N = 60
DRAWN = np.random.default_rng(1).normal(size=(4, N))
DATA = pd.DataFrame({"y": DRAWN[0] / 2 + DRAWN[1], "x": DRAWN[0], "z": DRAWN[2],
                     "q": DRAWN[0] + DRAWN[3]})
FIT = library.estimate(DATA, {"kind": "ols", "formula": "y ~ x + z", "cov": "nonrobust"})
SELECTED = library.proportional_selection(DATA, "y ~ x", "y ~ x + z", "x")
BORNE = library.robustness(FIT, "x")
COUNTY = {"甲": (3, 1), "乙": (3, 2)}

CALLS = {
    "refusal": (refusal, {"n": 30, "parameters": 3, "rules": Inference()}),
    "tail_refusal": (tail_refusal, {"n": 120, "q": Fraction(1, 4), "parameters": 3,
                                    "per_parameter": 10}),
    "detectable_correlation": (estimators.detectable_correlation, {"n": 30}),
    "detectable_effect": (library.detectable_effect, {"std_error": 1.0, "df": 20}),
    "rank_correlation": (estimators.rank_correlation, {
        "x": DATA["x"], "y": DATA["y"], "rules": Inference()}),
    "estimate": (library.estimate, {"data": DATA, "spec": {
        "kind": "ols", "formula": "y ~ x", "cov": "HC3"}}),
    "robustness": (library.robustness, {"fit": FIT, "term": "x"}),
    "Robustness.bound": (BORNE.bound, {"of_treatment": 0.01, "of_outcome": 0.02, "times": 1}),
    "robustness of figures": (borne, {
        "estimate": 0.1, "std_error": 0.2, "df": 20}),
    "explained_shares": (library.explained_shares, {"data": DATA, "formula": "y ~ x + z"}),
    "changed_balance": (library.changed_balance, {"before": COUNTY, "after": COUNTY}),
    "instrumented": (library.instrumented, {"data": DATA, "formula": "y ~ x + z",
                                            "treatment": "x", "instruments": ["q"]}),
    "proportional_selection": (library.proportional_selection, {
        "data": DATA, "short": "y ~ x", "long": "y ~ x + z", "treatment": "x", "most_r2": 0.9}),
    "Selection.delta": (SELECTED.delta, {"effect": 0.0}),
    "Selection.adjusted": (SELECTED.adjusted, {"delta": 1.0}),
    "equivalence": (library.equivalence, {"fit": FIT, "term": "x", "low": -1, "high": 1}),
    "equivalence of figures": (alike, {
        "estimate": 0.1, "std_error": 0.2, "df": 20, "low": -1, "high": 1}),
    "honest_interval": (library.honest_interval, {
        "estimates": [0.1, 0.2, 0.3], "covariance": np.eye(3), "before": 1, "change": 0.1,
        "effect": [1, 0]}),
    "relative_interval": (library.relative_interval, {
        "estimates": [0.1, 0.2, 0.3], "covariance": np.eye(3), "before": 1, "magnitude": 1}),
    "concentration_index": (library.concentration_index, {
        "resources": [1, 2, 3, 4, 5], "need": [1, 2, 3, 4, 5], "pupils": [1, 2, 3, 4, 5]}),
    "comparable_coefficient": (library.comparable_coefficient, {
        "coefficient": 0.3, "pupils": [10, 20, 30]}),
    "SchoolTable": (library.SchoolTable, {
        "table": library.five_schools(), "values": [], "amounts": ["books"],
        "school": "school_code", "stage": "stage", "pupils": "pupils", "year": "",
        "location": "", "group": "", "standard": "cn-2017-06", "allow_missing": False}),
}
WRONG = {
    "a number in words": "三十", "missing": None, "NaN": float("nan"), "NA": pd.NA,
    "endless": float("inf"), "below 0": -3, "beyond floats": 10**400, "true": True,
    "complex": 1j, "bytes": b"30", "a date": datetime.date(2020, 1, 1), "a class": int,
    "a function": len, "an object": object(), "a dict": {"a": 1}, "a set": {1.5, 2},
    "lists in a list": [[1], [2, 3]], "words": ["甲", "乙"], "an empty list": [],
    "a table": pd.DataFrame({"a": ["甲"]}), "a large Decimal": Decimal("1e400")}

# What is an answer, or asks for nothing, although it stands among the wrong values.
ANSWERED = {
    ("detectable_correlation", "n", "below 0"), ("detectable_effect", "df", "endless"),
    ("equivalence of figures", "df", "endless"), ("Selection.delta", "effect", "below 0"),
    ("Selection.adjusted", "delta", "below 0"), ("equivalence", "low", "below 0"),
    ("equivalence of figures", "low", "below 0"),
    ("equivalence of figures", "estimate", "below 0"),
    ("robustness of figures", "estimate", "below 0"),
    ("proportional_selection", "most_r2", "missing"), ("honest_interval", "effect", "missing"),
    ("concentration_index", "pupils", "missing"), ("SchoolTable", "values", "an empty list"),
    ("SchoolTable", "allow_missing", "true"),
}
ASKED = [(call, name) for call, (_, given) in CALLS.items() for name in given]


def answered(call: str, **changed: object) -> bool:
    """Tell whether a call is answered; a bare fault is a failure of the test."""
    function, given = CALLS[call]
    try:
        function(**{**given, **changed})
    except (WrongUse, TableRefused, DefinitionFault) as refused:
        assert any("一" <= letter <= "龥" for letter in str(refused))
        return False
    return True


def test_every_function_of_the_door_is_asked():
    of_door = {name for name in library.__all__ if inspect.isfunction(getattr(library, name))}
    of_door |= {name for name in estimators.__all__ if inspect.isfunction(
        getattr(estimators, name))}
    assert of_door - set(CALLS) == {"five_schools"}  # it takes nothing
    for function, given in CALLS.values():
        assert set(given) == set(inspect.signature(function).parameters)
    assert [call for call in CALLS if not answered(call)] == []


@pytest.mark.parametrize(("call", "name"), ASKED)
def test_a_value_of_another_kind_is_refused_in_words(call, name):
    found = {wrong for wrong, value in WRONG.items() if answered(call, **{name: value})}
    assert found == {wrong for wrong in WRONG if (call, name, wrong) in ANSWERED}


@pytest.mark.parametrize(("n", "parameters", "told"), [
    ("thirty", 3, "参数 n 应为有限的数，现为 'thirty'"), (float("nan"), 3, "现为 nan"),
    (30.5, 3, "参数 n 应为整数，现为 30.5"), (True, 3, "现为 True"), (-1, 3, "不得小于0"),
    (30, 0, "不得小于1"), (30, None, "参数 parameters")])
def test_a_count_that_is_none_carries_no_model(n, parameters, told):
    with pytest.raises(WrongUse, match=told):
        refusal(n, parameters)


def test_arguments_too_many_or_too_few_are_refused_with_how_it_is_called():
    for wrong in (lambda: refusal(30), lambda: refusal(30, 3, schools=2)):
        with pytest.raises(WrongUse, match=r"写法为 refusal\(n, parameters, rules\)"):
            wrong()


@pytest.mark.parametrize(("n", "q", "fitted"), [
    (299, 0.9, False), (300, 0.9, True), (299, Fraction(9, 10), False), (300, "9/10", None),
    (300, Decimal("0.9"), True), (300, 1, None), (300, 0, None)])
def test_a_quantile_stands_for_the_decimal_it_is_written_as(n, q, fitted):
    if fitted is None:
        with pytest.raises(WrongUse, match="参数 q|0与1之间"):
            tail_refusal(n, q, 3, 10)
    else:
        assert (tail_refusal(n, q, 3, 10) == "") is fitted


@pytest.mark.parametrize("n", [30, 30.0, np.int64(30), np.float64(30), Fraction(30), Decimal(30)])
def test_a_whole_number_is_one_however_it_is_held(n):
    assert refusal(n, 3) == refusal(30, 3) == ""
