"""Specifications of models are definitions like all others: read strictly, or not at all."""

import json
import re

import pytest
from tables import table

from pipeline.definitions.base import ROOT
from pipeline.definitions.models.asked_models import unknown
from pipeline.definitions.models.questions import AnnualModel
from pipeline.definitions.models.regressions import columns_in
from pipeline.definitions.models.specifications import KINDS, specified, stepped
from pipeline.definitions.models.steps import names_of
from pipeline.definitions.parts import Model
from pipeline.definitions.studies import study
from pipeline.ground.errors import DefinitionFault

RIGHT = {
    "ols": {"formula": "y ~ x", "cov": "HC3"},
    "wls": {"formula": "y ~ x", "cov": "HC3", "weights": "w"},
    "cr2": {"formula": "y ~ x", "groups": "g"},
    "wild": {"vars": ["y", "x"], "fe": ["g"], "groups": "g", "terms": ["x"]},
    "fe": {"vars": ["y", "x"], "fe": ["g"], "cov": "cluster", "groups": "g"},
    "fd": {"formula": "y ~ x", "cov": "nonrobust", "unit": "g", "time": "t", "difference": ["y"]},
    "within_between": {"vars": ["y", "x"], "fe": ["g"], "cov": "cluster"},
    "mixed": {"formula": "y ~ x", "groups": "g"},
    "quantile": {"formula": "y ~ x", "q": 0.5},
    "glm_binomial": {"endog": ["s", "f"], "exog": ["x"]},
    "quasibinomial": {"endog": ["s", "f"], "exog": ["x"], "groups": "g"},
    "oaxaca": {"endog": "y", "exog": ["x"], "by": "g"},
    "attgt": {"y": "y", "unit": "g", "time": "t", "cohort": "c"},
    "beta": {"initial": "a", "final": "b", "years": 5, "cov": "HC3"},
    "sigma": {"first": "a", "last": "b"},
    "moran": {"y": "y", "neighbours": [[1], [0]]},
    "multiple": {"pvalues": [0.01], "methods": ["holm"], "alpha": 0.05}}


def test_every_kind_has_a_schema_that_takes_what_is_right():
    assert {kind: specified({"kind": kind, **RIGHT[kind]}).kind for kind in RIGHT} == {
        kind: kind for kind in KINDS}


@pytest.mark.parametrize("slip", ["group", "weigths", "formulas", "Cov", "re_formula"])
@pytest.mark.parametrize("kind", RIGHT)
def test_a_key_that_is_not_known_is_refused_by_name(kind, slip):
    with pytest.raises(ValueError, match=f"{slip}：未知的键"):
        specified({"kind": kind, **RIGHT[kind], slip: "g"})


@pytest.mark.parametrize("kind", [kind for kind in RIGHT if kind not in ("sigma", "multiple")])
def test_an_entry_that_is_needed_is_asked_for(kind):
    for key in RIGHT[kind]:
        left = {k: v for k, v in RIGHT[kind].items() if k != key}
        if (kind, key) not in (("cr2", "groups"), ("quasibinomial", "groups")):
            with pytest.raises(ValueError, match="缺少必填项|须写"):
                specified({"kind": kind, **left})


@pytest.mark.parametrize("row", table("""
    kind           | said                                    | message
    ols            | {"weights": "w"}                        | weights
    ols            | {"groups": "g"}                         | 不得写 groups
    ols            | {"cov": "cluster"}                      | 须写 groups
    ols            | {"cov": "cluster", "groups": ["g","g"]} | 不同的群
    ols            | {"cov": "cluster-crv3", "groups": ["g","h"]} | 一个群
    ols            | {"cov": "HC9"}                          | cov
    ols            | {"use_correction": false}               | use_correction
    ols            | {"formula": "y = x"}                    | 公式
    ols            | {"formula": "y ~ x +"}                  | 公式
    ols            | {"formula": "y ~ open(x)"}              | open
    ols            | {"formula": "y ~ x.values"}             | x.values
    ols            | {"formula": "1 ~ x"}                    | 因变量
    fe             | {"cov": "iid"}                          | 不得写
    fe             | {"vars": ["y", "x", "x"]}               | 两次
    fe             | {"vars": ["y"]}                         | vars
    within_between | {"groups": "h"}                         | groups
    within_between | {"cov": "HC3"}                          | cov
    cr2            | {"vars": ["y", "x"], "fe": ["g"]}       | 不得兼写
    quantile       | {"q": 1.2}                              | 小于 1
    quantile       | {"q": 0}                                | 大于 0
    quantile       | {"groups": "g"}                         | draws
    quantile       | {"draws": 9, "groups_a_draw": 5}        | groups
    glm_binomial   | {"groups": "g"}                         | groups
    glm_binomial   | {"endog": ["s"]}                        | endog
    oaxaca         | {"groups": "g"}                         | draws
    beta           | {"years": 0}                            | years
    beta           | {"groups": "g"}                         | 不得写 groups
    sigma          | {"last": "a"}                           | 两次
    multiple       | {"pvalues": [1.2]}                      | pvalues
    multiple       | {"methods": ["holmes"]}                 | methods
    multiple       | {"pvalues": []}                         | pvalues
"""), ids=lambda row: f"{row['kind']} {row['said']}")
def test_what_contradicts_itself_is_refused(row):
    with pytest.raises(ValueError, match=row["message"]):
        specified({"kind": row["kind"], **RIGHT[row["kind"]], **json.loads(row["said"])})


@pytest.mark.parametrize("step", [
    {"op": "eval", "expr": "a + b"}, {"op": "log", "col": "a"}, {"op": "log", "column": "a"},
    {"op": "top_groups", "col": "a", "k": 0}, {"op": "magic"}, {"col": "a"}])
def test_a_step_of_the_preparation_is_read_as_strictly(step):
    with pytest.raises(ValueError, match="第1步"):
        stepped([step])


@pytest.mark.parametrize(("formula", "columns"), [
    ("np.log(b / a) ~ np.log(a) + np.log(p + 0.05)", ["b", "a", "p"]),
    ("y ~ x:h + I(x ** 2) - 1 + C(year)", ["y", "x", "h", "year"]),
    ("成绩 ~ 经费", ["成绩", "经费"])])
def test_a_formula_tells_its_columns(formula, columns):
    assert columns_in(formula) == columns


def test_an_expression_tells_its_columns():
    assert names_of("r = `a b` / 1e3 + log(d) if d not in ['x', \"y\"]") == ["r", "a b", "d", "if"]


def asked(**changes) -> AnnualModel:
    given = {"id": "P9", "question": "问", "focus": "x",
             "estimator": {"kind": "cr2", "formula": "y ~ x + C(year)", "groups": "unit"}}
    return AnnualModel.model_validate(given | changes)


@pytest.mark.parametrize(("changes", "message"), [
    ({"estimator": {"kind": "cr2", "formula": "y ~ x", "group": "unit"}}, "group：未知的键"),
    ({"estimator": {"kind": "cr2", "formula": "y ~ x"}}, "须写 groups"),
    ({"estimator": {"kind": "mixed", "formula": "y ~ x", "groups": "unit"}}, "没有估计方法"),
    ({"estimator": {"kind": "quantile", "formula": "y ~ x", "q": 0.1}}, "groups"),
    ({"focus": "z"}, "关注项“z”"),
    ({"variants": [{"zh": "按人口加权", "estimator": {"weigths": "w"}}]}, "按人口加权.*weigths"),
    ({"prepare": [{"op": "evil", "expr": "z = x"}]}, "第1步"),
    ({"estimator": {"kind": "moran", "residual": "P1", "same": "prefecture"}}, "residual"),
])
def test_a_model_of_a_study_that_cannot_be_is_refused_when_it_loads(changes, message):
    with pytest.raises(ValueError, match=message):
        asked(**changes)


def test_no_key_of_a_study_is_misspelt_in_silence(tmp_path):
    """Every key of the released study, one after another, with a last letter that is wrong."""
    text = (ROOT / "data" / "studies" / "cn-annual.toml").read_text("utf-8")
    text, taken = text.replace('id = "cn-annual"', 'id = "ours"', 1), []
    keys = [m for m in re.finditer(r'(?<![\w"])[a-z_]+(?= ?=)', text) if m[0] != "id"]
    for n, key in enumerate(keys):
        wrong, file = key[0][:-1] + "x", tmp_path / f"{n}.toml"
        file.write_text(text[:key.start()] + wrong + text[key.end():], "utf-8")
        try:
            study(str(file))
        except DefinitionFault as fault:
            if wrong in str(fault) or key[0] in str(fault):
                continue
        taken.append((key[0], text[key.start():key.start() + 40]))
    assert len(keys) > 250 and taken == []


def test_a_variable_that_no_table_gives_is_named_when_a_study_loads():
    found = asked(prepare=[{"op": "eval", "expr": "z = a + b"}], where="year > 2020 and q > z")
    assert list(unknown(found, {"year", "unit", "y", "a"})) == [
        "prepare：没有变量 b", "没有变量 x", "没有变量 q"]


def test_a_study_with_a_slip_in_a_variable_does_not_load():
    whole = study("census")
    slip = whole.models[0].model_dump() | {"where": "yaer == 2020"}
    with pytest.raises(ValueError, match="S1：没有变量 yaer"):
        type(whole).model_validate(whole.model_dump() | {"models": [slip]})


@pytest.mark.parametrize(("changes", "message"), [
    ({"formula": "O1 ~ np.log(F1)"}, "公式"), ({"focus": "ln_F2"}, "focus"),
    ({"formula": "O1 ~ ln_F1 + ln_F1"}, "两次"), ({"quantiles": []}, "quantiles"),
    ({"groups": ["urban", "rural"]}, "groups"), ({"weights": "pupils"}, "weights")])
def test_a_model_of_a_standard_is_read_as_strictly(changes, message):
    given = {"id": "M9", "question": "问", "formula": "O1 ~ ln_F1", "focus": "ln_F1",
             "method": "quantile", "quantiles": ["0.5"]}
    with pytest.raises(ValueError, match=message):
        Model(**given | changes)
