"""Chapter 06: what the models say, what they may not say, and what was refused, in sentences."""

import math

import pandas as pd

from pipeline.county import County
from pipeline.dossier.printing.exhibit import Prose
from pipeline.dossier.printing.numbers import coefficient_text, figure_text, joined
from pipeline.dossier.printing.tested_words import (
    beforehand,
    in_chinese,
    open_words,
    p_words,
    undecided,
)
from pipeline.ground.terms import FITTED, is_missing, records

ASSOCIATION = "相关不等于因果：以上均为学校之间或同一学校各年之间的相关，不能解释为一方引起另一方。"
PLAIN = {"Intercept": "常数项", "const": "常数项", "pupils": "在校生数",
         "ln_pupils": "在校生数（对数）", "urban": "城区", "town": "镇区", "rural": "乡村",
         "private": "民办", "point": "教学点", "gap": "差距", "explained": "可由差异说明",
         "unexplained": "其余", "endowments": "构成", "coefficients": "系数",
         "interaction": "交互"}


def term_zh(term: str, county: County) -> str:
    """Return the Chinese name of a model's term: ``ln_F1`` → 生均公用经费支出（对数）."""
    if term in PLAIN:
        return PLAIN[term]
    if term.endswith("]"):
        part, inner = term[:-1].split("[")
        return f"{PLAIN[part]}：{term_zh(inner, county)}"
    if term.startswith("ln_"):
        return f"{county.standard.indicator(term[3:]).zh}（对数）"
    return county.standard.indicator(term).zh


def plain(text: str, county: County) -> str:
    """Return what an estimator says with the Chinese names of the columns that it names."""
    ids = {i.id for i in county.standard.used_indicators}
    return in_chinese(text, lambda name: term_zh(name, county) if name in PLAIN
                      or name.removeprefix("ln_") in ids else name)


def stage_zh(model: dict, county: County) -> str:
    """Return the Chinese name of a model's stage."""
    return county.standard.stages[model["stage"]]


def number_of(model: dict) -> str:
    """Return the number of the question: ``M1-primary`` → M1."""
    return model["id"].split("-")[0]


def gap_sentences(models: pd.DataFrame, terms: pd.DataFrame, county: County) -> Prose:
    """Say, for each fitted model, what was found in natural units, under which controls."""
    key = "gap_sentences"
    if models.empty:
        why = "没有学校数据" if county.standard.models else "标准包没有列出检验问题"
        return Prose(key, (f"{why}，本章不作检验。",))
    fitted = [m for m in records(models) if m["status"] == FITTED]
    if not fitted:
        return Prose(key, ("各问题均因样本量等原因不作估计，见[[model_table]]所列理由；只作描述，"
                           "不能由此推断有无关系。",))
    said = [_SENTENCES[m["method"]](m, terms[terms["id"] == m["id"]].set_index("term"), county)
            for m in fitted]
    return Prose(key, (*said, *_cautions(fitted, county), ASSOCIATION), bullets=True)


def _cautions(fitted: list[dict], county: County) -> list[str]:
    """Return what is to be kept in mind of each question, whatever its sign, like ones together."""
    asked, by_text = {number_of(m) for m in fitted}, {}
    for model in county.standard.models:
        if model.caution and model.id in asked:
            by_text.setdefault(model.caution, []).append(model.id)
    return [f"注意（{joined(ids)}）：{text}。" for text, ids in by_text.items()]


def refused_sentences(models: pd.DataFrame, county: County) -> Prose:
    """Count what was fitted and what was not; the reasons stand in the table."""
    if models.empty:
        asked = len(county.standard.models)
        return Prose("refused_sentences", (
            f"没有学校数据，列明的{asked}个问题都不作检验。" if asked else "没有列出的检验问题。",))
    fitted = int((models["status"] == FITTED).sum())
    text = (f"{len(county.standard.models)}个问题见[[question_table]]；"
            f"分学段、分位数共{len(models)}个模型，"
            + (f"已估计{fitted}个，不估计{len(models) - fitted}个" if 0 < fitted < len(models)
               else "都已估计" if fitted else "都不估计")
            + ("，理由见[[model_table]]。" if fitted < len(models) else "，见[[model_table]]。"))
    if fitted < len(models):
        text += "不估计不等于没有关系，只是现有资料不足以判断。"
    return Prose("refused_sentences", (text,))


def robustness_sentences(influence: pd.DataFrame, models: pd.DataFrame, county: County) -> Prose:
    """Say whether leaving out one listed school turns the sign of a focus term; how far it moves
    stands in the table."""
    key = "robustness_sentences"
    if influence.empty:
        return Prose(key, ("没有已估计的线性模型，不列影响与敏感性。",))
    by_id = {m["id"]: m for m in records(models)}
    zh = {id: f"{number_of(m)}{stage_zh(m, county)}" for id, m in by_id.items()}
    turned = [f"{zh[r['id']]}（{r['school']}）" for r in records(influence) if r["turns"]]
    said = (f"剔除一校即改变关注项正负的有{joined(turned)}，结果不稳" if turned
            else "逐一剔除所列学校，各关注项的正负均不改变，大小见[[influence_table]]")
    shown = {id.rsplit("-", 1)[0] for id in influence["id"]}
    curves = any(m.covariates for m in county.standard.models if m.id in shown)
    listed = f"；换一种{beforehand(county.standard.registration)}列明的取舍，结果见"
    more = f"{listed}[[sensitivity_table]]" if curves else ""
    see = "，见[[influence_table]]" if turned else ""
    return Prose(key, (f"{said}{see}{more}。",))


def _linear(model: dict, terms: pd.DataFrame, county: County) -> str:
    rows = "按在校生数加权，" if model["weights"] else ""
    head = f"{number_of(model)} {stage_zh(model, county)}（{model['n']}所）："
    return head + _detectable(model, county) + rows + _association(model, terms, county)


def _panel(model: dict, terms: pd.DataFrame, county: County) -> str:
    head = (f"{number_of(model)} {stage_zh(model, county)}（{model['clusters']}所、"
            f"{model['years']}年，{model['n']}个观测）：{_detectable(model, county)}"
            "同一学校逐年比较，扣除学校固定的特点和全县逐年的共同变化，")
    return head + _association(model, terms, county)


def _quantile(model: dict, terms: pd.DataFrame, county: County) -> str:
    outcome = county.standard.indicator(model["outcome"]).zh
    head = (f"{number_of(model)} {stage_zh(model, county)}（{model['n']}所）：就{outcome}的第"
            f"{figure_text(model['quantile'] * 100, 0)}百分位，")
    return head + _association(model, terms, county)


def _detectable(model: dict, county: County) -> str:
    """Say, before the result, what these schools could have found (可检出的最小效应)."""
    if is_missing(model.get("detectable")):
        return ""
    _, scale = step_of(model["focus"], county)
    unit = points(county.standard.indicator(model["outcome"]).unit)
    return f"以80%把握能检出的差别不小于{coefficient_text(model['detectable'] * scale)}{unit}；"


def _association(model: dict, terms: pd.DataFrame, county: County) -> str:
    """Return the sentence on the focus: controls, step, direction, size, interval, p."""
    focus = terms.loc[model["focus"]]
    others = [term_zh(t, county) for t in terms.index if t not in ("Intercept", model["focus"])]
    step, scale = step_of(model["focus"], county)
    estimate = focus["estimate"] * scale
    low, high = sorted((focus["ci_low"] * scale, focus["ci_high"] * scale))
    outcome = county.standard.indicator(model["outcome"])
    control = f"在控制{joined(others)}后，" if others else ""
    mean = "" if model["method"] == "quantile" else "平均"
    tested = model | {"ci_low": low, "ci_high": high}
    return (f"{control}{step}，{outcome.zh}{mean}{_size(estimate, outcome.unit)}"
            f"（95%区间{coefficient_text(low)}至{coefficient_text(high)}{p_words(model)}）"
            f"{open_words(tested)}。")


def _size(estimate: float, unit: str) -> str:
    if not estimate:
        return "没有差别"
    return f"{'高' if estimate > 0 else '低'}{coefficient_text(abs(estimate))}{points(unit)}"


def step_of(focus: str, county: County) -> tuple[str, float]:
    """Return the wording of one step of the focus term, and its factor."""
    if focus.startswith("ln_"):
        name = "在校生数" if focus == "ln_pupils" else county.standard.indicator(focus[3:]).zh
        return f"{name}每高10%", math.log(1.1)
    if focus in PLAIN:
        return f"{term_zh(focus, county)}学校与其余学校相比", 1.0
    indicator = county.standard.indicator(focus)
    return f"{indicator.zh}每多1{indicator.unit.split('/')[0]}", 1.0


def points(unit: str) -> str:
    """Return the unit of a difference: percentages differ by 个百分点."""
    return "个百分点" if unit == "%" else unit


def _oaxaca(model: dict, terms: pd.DataFrame, county: County) -> str:
    asked = next(m for m in county.standard.models if m.id == number_of(model))
    outcome = county.standard.indicator(model["outcome"])
    first, second = (PLAIN[g] for g in asked.groups)
    gap, explained, rest = (terms.loc[k, "estimate"] for k in ("gap", "explained", "unexplained"))
    low, high = (coefficient_text(terms.loc["explained", k]) for k in ("ci_low", "ci_high"))
    named = joined([term_zh(t, county) for t in asked.regressors])
    unit, open_ = points(outcome.unit), undecided(terms.loc["explained"].to_dict() | _NO_TEST)
    return (f"{number_of(model)} {stage_zh(model, county)}（{model['n']}所）：{outcome.zh}，"
            f"{first}学校平均比{second}学校{_size(gap, outcome.unit)}，"
            f"按两组合并的系数折算，可由{named}的差异说明的为{coefficient_text(explained)}{unit}"
            f"（95%区间{low}至{high}{'，' + open_ if open_ else ''}），"
            f"其余{coefficient_text(rest)}{unit}。")


_NO_TEST = {"p_value": None, "p_adjusted": None, "p_wild": None}
_SENTENCES = {"ols": _linear, "wls": _linear, "quantile": _quantile, "panel": _panel,
              "oaxaca": _oaxaca}
