"""Chapter 03 of the annual evaluation: what the models say and may not say, in sentences."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.definitions.models.questions import AnnualModel
from pipeline.dossier.annual.a03_models.naming import (
    ASSOCIATION,
    Size,
    controls_zh,
    size_of,
)
from pipeline.dossier.printing.exhibit import Prose
from pipeline.dossier.printing.numbers import coefficient_text, joined
from pipeline.dossier.printing.tested_words import (
    open_words,
    p_words,
    registered_words,
    relation,
    undecided,
)
from pipeline.ground.terms import FITTED, is_missing


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
    asked = registered_words(annual.study.registration, "评价方案")
    left = len(models) - fitted
    text = (f"{len(models)}个问题见[[annual_question_table]]（{asked}）；"
            + (f"已估计{fitted}个，不估计{left}个" if fitted and left
               else "都不估计" if left else "都已估计")
            + ("，理由" if left else "，") + "见[[annual_model_table]]。"
            + ("不估计不等于没有关系，只是现有资料不足以判断。" if left else ""))
    return Prose("question_sentences", (text, *_both_ways(annual)))


def _both_ways(annual: Annual) -> list[str]:
    """Say what a comparison of units and one of each unit's years ask, where both are asked."""
    zh, panel = annual.study.subject_zh, [m for m in annual.study.models if m.frame == "panel"]
    between = [m for m in panel if m.kind in ("ols", "wls", "cr2")]
    pairs = [(b, w) for b in between for w in panel if w.kind == "fe" and b.focus == w.focus
             and (b.cause, b.effect) == (w.cause, w.effect)]
    return [f"{b.id}问{b.cause}高的{zh}，{b.effect}是否不同；{w.id}问同一个{zh}的{b.cause}升高时，"
            f"{b.effect}是否变化。两者回答的问题不同，方向可以不同。" for b, w in pairs[:1]]


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
    if row["partial"]:
        text += (f"；其中{row['partial']}个{zh}·年的差异系数有学校缺数据，由其余学校算出，"
                 "不含这些的结果见[[annual_variant_table]]")
    return f"{text}。注意：{model.caution}。" if model.caution else f"{text}。"


def _interval(row: dict, size: Size) -> str:
    low, high = (size.text(row[end]) for end in ("ci_low", "ci_high"))
    if is_missing(row["ci_low"]) or is_missing(row["ci_high"]):
        return f"（群数过少，不给区间{p_words(row)}）"
    unit, tested = size.unit if size.relative else "", p_words(row) * _is_tested(row)
    return f"（95%区间{low}{unit}至{high}{unit}{tested}）"


def _is_tested(row: dict) -> bool:
    return row["family"] != "diagnostic"


def _direction(coefficient: float, size: Size) -> str:
    if not coefficient:
        return "没有差别"
    return f"{'高' if coefficient > 0 else '低'}{size.text(coefficient).lstrip('-')}{size.unit}"


def _linear(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    size, controls = size_of(model), controls_zh(model, annual)
    control = f"控制{controls}后，" if controls else ""
    mean = "" if model.kind in _NO_MEAN else "平均"
    return (f"{control}{size.step or model.focus}，{model.effect}{mean}"
            f"{_direction(row['estimate'], size)}{_interval(row, size)}"
            f"{open_words(row) if _is_tested(row) else '；只作描述，不作检验'}")


def _tested(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    text = (f"{model.cause or model.focus}的系数，县际减县内为{coefficient_text(row['estimate'])}"
            f"（95%区间{coefficient_text(row['ci_low'])}至{coefficient_text(row['ci_high'])}"
            f"{p_words(row)}）")
    if not is_missing(row["joint_p"]):
        text += f"，全部自变量合起来检验p{relation(row['joint_p'])}"
    why = undecided(row)
    return f"{text}；{why}，看不出不同" if why else f"{text}；两者不同"


def _alike(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    """Describe: what is no question of the study is not tested (诊断不作检验)."""
    expected = -1 / (row["n"] - 1)
    return (f"Moran's I为{coefficient_text(row['estimate'])}（残差与所在的市无关时，期望为"
            f"{coefficient_text(expected)}；1为同市的县完全相同），只作描述，不作检验")


def _parts(row: dict, model: AnnualModel, terms: pd.DataFrame, annual: Annual) -> str:
    """Say of which group over which, and by whose coefficients, as it was computed."""
    found, unit = terms.set_index("term"), model.effect_unit
    reference, other = model.reference_first
    rest = "unexplained" if row["focus"] == "explained" else None
    low, high = (coefficient_text(row[end]) for end in ("ci_low", "ci_high"))
    named, open_ = controls_zh(model, annual), undecided(row)
    text = (f"{other}与{reference}相比，{model.effect}平均"
            f"{_direction(found.loc['gap', 'estimate'], Size('', unit))}；按"
            f"{_BY[row['focus']].format(reference)}折算，可由{named}的不同说明的为"
            f"{coefficient_text(row['estimate'])}{unit}（95%区间{low}至{high}"
            f"{'，' + open_ if open_ else ''}）")
    if rest is None:
        return text
    return f"{text}，其余{coefficient_text(found.loc[rest, 'estimate'])}{unit}"


def fragile_sentences(variants: pd.DataFrame, models: pd.DataFrame, annual: Annual
                      ) -> Prose | None:
    """Say of the questions with a direction what listed choices make of its sign and its size,
    and how many could not be fitted (敏感性); None without variants."""
    if variants.empty:
        return None
    asked = {m.id: m for m in annual.study.models}
    told = {r["id"]: r for r in models.to_dict("records")
            if r["status"] == FITTED and not undecided(r)}
    around = [r for r in variants.to_dict("records") if r["status"] == FITTED and r["id"] in told]
    refused = int((variants["status"] != FITTED).sum())
    more = f"；{len(variants)}种改变中不估计{refused}种" if refused else ""
    if not around:
        return Prose("fragile_sentences", (
            f"没有能判断方向的问题可作比较；改变后的数值见[[annual_variant_table]]{more}。",))
    turned = [r for r in around if r["estimate"] * told[r["id"]]["estimate"] < 0]
    open_now = [r for r in around if r not in turned and undecided({**r, "p_value": None})]
    said = (f"改变所列的一项即改变正负的有{_which(turned)}，结果不稳" if turned
            else f"能判断方向的问题，所估计的{len(around)}种改变都不改变正负")
    if open_now:
        said += f"；改变后区间包含0的有{_which(open_now)}"
    sizes = [_range(id, told[id], [r for r in around if r["id"] == id], size_of(asked[id]))
             for id in dict.fromkeys(r["id"] for r in around)]
    return Prose("fragile_sentences", (
        f"{said}。大小：{'；'.join(sizes)}。见[[annual_variant_table]]{more}。",))


def _which(rows: list[dict]) -> str:
    return joined([f"{r['id']}（{r['variant']}）" for r in rows])


def _range(id: str, base: dict, around: list[dict], size: Size) -> str:
    low, high = (size.text(f(r["estimate"] for r in around)) for f in (min, max))
    return f"{id}原为{size.text(base['estimate'])}{size.unit}，改变后{low}至{high}{size.unit}"


_NO_MEAN = ("quantile", "quasibinomial")  # a quantile and odds are no means
_BY = {"explained": "两组合并（含组别）的系数", "endowments": "{}的系数"}
_WORDS = {"moran": _alike, "oaxaca": _parts}
