"""Chapter 03 of the annual evaluation: what the models say and may not say, in sentences."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.definitions.models.questions import AnnualModel
from pipeline.dossier.annual.a03_models.naming import (
    ASSOCIATION,
    Size,
    controls_zh,
    p_words,
    relation,
    size_of,
)
from pipeline.dossier.models.gap_sentences import ADJUSTMENT_ZH
from pipeline.dossier.printing.exhibit import Prose
from pipeline.dossier.printing.numbers import coefficient_text, figure_text, joined
from pipeline.ground.terms import FITTED, LEVEL, is_missing

_NOT_ENOUGH = "；区间包含0，不足以判断方向"


def model_sentences(models: pd.DataFrame, terms: pd.DataFrame, annual: Annual) -> Prose | None:
    """Say for each fitted model what was found, in natural units; None without questions."""
    if models.empty:
        return None
    fitted = [r for r in models.to_dict("records") if r["status"] == FITTED]
    if not fitted:
        return Prose("model_sentences", ("各问题均因样本量等原因不作估计，"
                                         "见[[annual_model_table]]所列"
                                         "理由；只作描述，不能由此推断有无关系。",))
    asked = {m.id: m for m in annual.study.models}
    said = [_said(r, asked[r["id"]], terms[terms["id"] == r["id"]], annual) for r in fitted]
    return Prose("model_sentences", (*said, ASSOCIATION), bullets=True)


def question_sentences(models: pd.DataFrame, annual: Annual) -> Prose:
    """Count what was asked beforehand, what was fitted and what was not."""
    if models.empty:
        return Prose("question_sentences", ("本方案没有列出模型问题。",))
    fitted = int((models["status"] == FITTED).sum())
    text = (f"{len(models)}个问题在结果出来之前列明，见[[annual_question_table]]；"
            f"已估计{fitted}个，"
            f"不估计{len(models) - fitted}个，理由见[[annual_model_table]]。")
    if fitted < len(models):
        text += "不估计不等于没有关系，只是现有资料不足以判断。"
    return Prose("question_sentences", (text,))


def _said(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    zh = annual.study.subject_zh
    span = (f"{row['first_year']}—{row['last_year']}年" if row["first_year"] != row["last_year"]
            else f"{row['first_year']}年")
    years = "·年" if "—" in span else ""
    counted = (f"，{row['n']}个{'学校' if model.frame == 'schools' else zh}{years}"
               if row["n"] != row["units"] else "")
    head = f"{row['id']}（{row['units']}个{zh}，{span}{counted}）："
    words = _WORDS.get(model.kind) or (_tested if model.reading == "none" else _linear)
    text = head + words(row, model, terms, annual)
    return f"{text}。注意：{model.caution}。" if model.caution else f"{text}。"


def _interval(row: dict, size: Size) -> str:
    low, high = (size.text(row[end]) for end in ("ci_low", "ci_high"))
    if is_missing(row["ci_low"]) or is_missing(row["ci_high"]):
        return f"（群数过少，不给区间{p_words(row, ADJUSTMENT_ZH)}）"
    unit = size.unit if size.relative else ""
    return f"（95%区间{low}{unit}至{high}{unit}{p_words(row, ADJUSTMENT_ZH)}）"


def _direction(row: dict, size: Size) -> str:
    value = size.of(row["estimate"])
    if not value:
        return "没有差别"
    text = figure_text(abs(value), 2) if size.relative else coefficient_text(abs(value))
    return f"{'高' if value > 0 else '低'}{text}{size.unit}"


def _linear(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    size, controls = size_of(model), controls_zh(model, annual)
    control = f"控制{controls}后，" if controls else ""
    text = (f"{control}{size.step or model.focus}，{model.effect}平均{_direction(row, size)}"
            f"{_interval(row, size)}")
    return text + (_NOT_ENOUGH if _holds_zero(row) else "")


def _holds_zero(row: dict) -> bool:
    known = not (is_missing(row["ci_low"]) or is_missing(row["ci_high"]))
    return known and row["ci_low"] <= 0 <= row["ci_high"]


def _tested(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    p = row["p_value"] if is_missing(row["p_adjusted"]) else row["p_adjusted"]
    text = (f"{model.cause or model.focus}的系数，县际减县内为{coefficient_text(row['estimate'])}"
            f"（95%区间{coefficient_text(row['ci_low'])}至{coefficient_text(row['ci_high'])}"
            f"{p_words(row, ADJUSTMENT_ZH)}）")
    if not is_missing(row["joint_p"]):
        text += f"，全部自变量合起来检验p{relation(row['joint_p'])}"
    return text + ("；两者不同" if not is_missing(p) and p < LEVEL else "；看不出不同")


def _alike(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    said = "相近" if row["p_value"] < LEVEL and row["estimate"] > 0 else "看不出相近"
    more = "，应看按市聚类的结果" if said == "相近" else ""
    return (f"Moran's I为{coefficient_text(row['estimate'])}（置换p{relation(row['p_value'])}），"
            f"残差{said}{more}")


def _parts(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    found, unit = terms.set_index("term"), model.effect_unit
    gap, rest = (coefficient_text(found.loc[t, "estimate"]) for t in ("gap", "unexplained"))
    low, high = (coefficient_text(row[end]) for end in ("ci_low", "ci_high"))
    named = controls_zh(model, annual)
    return (f"{model.cause}相比，{model.effect}平均相差{gap}{unit}，其中可由{named}的不同说明的为"
            f"{coefficient_text(row['estimate'])}{unit}（95%区间{low}至{high}），其余{rest}{unit}"
            + (_NOT_ENOUGH if _holds_zero(row) else ""))


def fragile_sentences(variants: pd.DataFrame, models: pd.DataFrame, annual: Annual
                      ) -> Prose | None:
    """Say whether a listed choice turns the sign of a focus (敏感性); None without variants."""
    if variants.empty:
        return None
    told = {r["id"]: r["estimate"] for r in models.to_dict("records")
            if r["status"] == FITTED and not _holds_zero(r)}
    around = [r for r in variants.to_dict("records") if r["status"] == FITTED and r["id"] in told]
    turned = [f"{r['id']}（{r['variant']}）" for r in around if r["estimate"] * told[r["id"]] < 0]
    open_now = [f"{r['id']}（{r['variant']}）" for r in around
                if _holds_zero(r) and r["estimate"] * told[r["id"]] > 0]
    said = (f"改变所列的一项即改变关注项正负的有{joined(turned)}，结果不稳" if turned
            else f"区间不含0的问题，{len(around)}种预先列明的改变都不改变关注项的正负")
    if open_now:
        said += f"；改变后区间包含0的有{joined(open_now)}"
    return Prose("fragile_sentences", (f"{said}，见[[annual_variant_table]]。",))


_WORDS = {"moran": _alike, "oaxaca": _parts}
