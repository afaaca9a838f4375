"""Chapter 06: what the models say, what they may not say, and what was refused."""

import numpy as np
import pandas as pd
import seaborn as sns

from pipeline.county import County
from pipeline.dossier.exhibit import UNKNOWN, Cell, Field, Figure, PrintedTable, Prose
from pipeline.dossier.numbers import (
    coefficient_text,
    count_text,
    figure_text,
    joined,
    p_text,
)
from pipeline.dossier.style import DARK, MARKERS, panels, tidy
from pipeline.terms import is_missing

FITTED = "fitted"
ASSOCIATION = "相关不等于因果：以上均为同一年份学校之间的相关，不能解释为一方引起另一方。"
_ENOUGH_TO_DRAW = 5


def term_zh(term: str, county: County) -> str:
    """Return the Chinese name of a model's term: ``ln_F1`` → 生均公用经费支出（对数）."""
    plain = {"Intercept": "常数项", "pupils": "在校生数", "ln_pupils": "在校生数（对数）",
             "urban": "城区", "town": "镇区", "rural": "乡村", "private": "民办"}
    if term in plain:
        return plain[term]
    if term.startswith("ln_"):
        return f"{county.standard.indicator(term[3:]).zh}（对数）"
    return county.standard.indicator(term).zh


def gap_sentences(models: pd.DataFrame, terms: pd.DataFrame, county: County) -> Prose:
    """Say, for each model, what was found in natural units, or why it was refused."""
    said = [_fitted_sentence(m, terms, county) if m["status"] == FITTED
            else _refused_sentence(m, county) for m in models.to_dict("records")]
    if not said:
        why = "没有学校数据" if county.standard.models else "标准包没有列出检验问题"
        return Prose("gap_sentences", (f"{why}，本章不作检验。",))
    return Prose("gap_sentences", (*said, ASSOCIATION), bullets=True)


def _stage(model: dict, county: County) -> str:
    return county.standard.stages[model["stage"]]


def _fitted_sentence(model: dict, terms: pd.DataFrame, county: County) -> str:
    mine = terms[terms["id"] == model["id"]].set_index("term")
    focus = mine.loc[model["focus"]]
    others = [term_zh(t, county) for t in mine.index if t not in ("Intercept", model["focus"])]
    step, scale = _step(model["focus"], county)
    low, high = sorted((focus["ci_low"] * scale, focus["ci_high"] * scale))
    estimate = focus["estimate"] * scale
    outcome = county.standard.indicator(model["outcome"])
    unit = _points(outcome.unit)
    control = f"在控制{joined(others)}后，" if others else ""
    text = (f"{_stage(model, county)}（n＝{model['n']}）：{control}{step}的学校，{outcome.zh}平均"
            f"{'高' if estimate >= 0 else '低'}{coefficient_text(abs(estimate))}{unit}"
            f"（95%区间{coefficient_text(low)}至{coefficient_text(high)}，"
            f"p{_p_relation(focus['p_value'])}）")
    if low <= 0 <= high:
        text += "；区间包含0，不足以判断方向"
    return text + "。"


def _step(focus: str, county: County) -> tuple[str, float]:
    """Return the wording of one step of the focus term, and its factor."""
    if focus.startswith("ln_"):
        name = "在校生数" if focus == "ln_pupils" else county.standard.indicator(focus[3:]).zh
        return f"{name}高10%", float(np.log(1.1))
    if focus in ("urban", "town", "rural", "private"):
        return f"与其他学校相比，{term_zh(focus, county)}", 1.0
    indicator = county.standard.indicator(focus)
    return f"{indicator.zh}多1{indicator.unit.split('/')[0]}", 1.0


def _points(unit: str) -> str:
    return "个百分点" if unit == "%" else unit


def _p_relation(p: float) -> str:
    return p_text(p) if p < 0.001 else f"＝{p_text(p)}"


def _refused_sentence(model: dict, county: County) -> str:
    text = f"{_stage(model, county)}，{model['question']}：{model['reason']}"
    if not is_missing(model["spearman"]):
        text += f"（{term_zh(model['focus'], county)}与因变量的秩相关系数" \
                f"{figure_text(model['spearman'], 2)}）"
    return text + "。"


def model_table(models: pd.DataFrame, county: County) -> PrintedTable | None:
    """List the questions that were put beforehand, with formula, n and outcome of the check."""
    if models.empty:
        return None
    rows = []
    for m in models.to_dict("records"):
        fitted = m["status"] == FITTED
        rows.append((Cell(m["id"].split("-")[0]), Cell(_stage(m, county)), Cell(m["question"]),
                     Cell(_formula_zh(m["formula"], county)), Cell(count_text(m["n"])),
                     Cell(figure_text(m["detectable_r"], 2)),
                     Cell("已估计" if fitted else f"不估计：{m['reason']}",
                          "" if fitted else UNKNOWN)))
    return PrintedTable(
        "model_table", f"{county.name}{county.year}年预先列明的检验问题",
        (Field("编号", align="center", width=0.8), Field("学段", align="left", width=0.9),
         Field("问题", align="left", width=3), Field("设定", align="left", width=3.4),
         Field("n", width=0.6), Field("可检出|r|", width=0.9),
         Field("处理", align="left", width=2.6)),
        tuple(rows), f"标准包 {county.standard.id}，设定先于结果",
        notes=("“可检出|r|”为该样本量以80%把握、5%水平能检出的最小相关系数。",
               *(f"{m.id}：{m.caution}。" for m in county.standard.models if m.caution)))


def _formula_zh(formula: str, county: County) -> str:
    left, right = formula.split("~")
    terms = [term_zh(t.strip(), county) for t in right.split("+")]
    return f"{term_zh(left.strip(), county)} ＝ {' ＋ '.join(terms)}"


def term_table(models: pd.DataFrame, terms: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print coefficients, HC3 errors, intervals and p of the fitted models (三线表)."""
    fitted = models[models["status"] == FITTED]
    if fitted.empty:
        return None
    rows = []
    for m in fitted.to_dict("records"):
        for n, t in enumerate(terms[terms["id"] == m["id"]].to_dict("records")):
            head = f"{m['id'].split('-')[0]} {_stage(m, county)}" if n == 0 else ""
            rows.append((
                Cell(head), Cell(term_zh(t["term"], county)),
                *(Cell(coefficient_text(t[c]), value=t[c])
                  for c in ("estimate", "std_error", "ci_low", "ci_high")),
                Cell(p_text(t["p_value"]), value=t["p_value"])))
        rows += [(Cell(""), Cell(name), Cell(text), *(Cell("") for _ in range(4)))
                 for name, text in _fit_rows(m)]
    return PrintedTable(
        "term_table", f"{county.name}{county.year}年学校层面回归结果",
        (Field("模型", align="left", width=1.2), Field("项", align="left", width=4),
         Field("系数", width=1.2), Field("标准误", width=1.2), Field("下限", "95%区间", width=1.2),
         Field("上限", "95%区间", width=1.2), Field("p", width=0.9)),
        tuple(rows), "学校数据表",
        notes=("普通最小二乘，未加权；标准误为HC3，区间与p按t分布。全县学校为普查，区间只对模型"
               "而言：若各校未解释的部分重新抽取，系数会有多大变化。",
               *(f"{m['id'].split('-')[0]}{_stage(m, county)}杠杆值最大的学校为{m['top_school']}"
                 f"（{figure_text(m['max_leverage'], 2)}）。" for m in fitted.to_dict("records"))))


def _fit_rows(model: dict) -> list[tuple[str, str]]:
    return [("n", count_text(model["n"])), ("R²", figure_text(model["r_squared"], 3)),
            ("调整R²", figure_text(model["adjusted_r_squared"], 3))]


def gap_chart(frames: dict[str, pd.DataFrame], county: County) -> Figure | None:
    """Draw the first question's outcome against its focus, a panel a stage."""
    if not county.standard.models:
        return None
    model = county.standard.models[0]
    drawn = {s: f[[model.focus, model.outcome]].dropna() for s, f in frames.items()
             if {model.focus, model.outcome} <= set(f.columns)}
    drawn = {s: f for s, f in drawn.items() if len(f) >= _ENOUGH_TO_DRAW}
    if not drawn:
        return None
    figure, axes = panels(1, len(drawn), 2.9)
    for n, (ax, (stage, frame)) in enumerate(zip(axes, drawn.items(), strict=True)):
        sns.scatterplot(frame, x=model.focus, y=model.outcome, ax=ax, color=DARK,
                        marker=MARKERS[n], s=26)
        ax.set(title=f"{county.standard.stages[stage]}（n＝{len(frame)}）",
               xlabel=term_zh(model.focus, county),
               ylabel=f"{county.standard.indicator(model.outcome).zh}")
        ax.grid(True, axis="both")
        tidy(ax)
    rho = joined([f"{county.standard.stages[s]}{len(f)}所" for s, f in drawn.items()])
    return Figure(
        "gap_chart", f"{county.name}{county.year}年{model.question}",
        f"散点图，{rho}；横轴为{term_zh(model.focus, county)}，"
        f"纵轴为{county.standard.indicator(model.outcome).zh}", "学校数据表", figure,
        tuple({"stage": s, "school": name, "x": float(x), "y": float(y)}
              for s, f in drawn.items() for name, x, y in f.itertuples()),
        notes=("每点为一所学校；不画拟合线，系数以表为准。",))

