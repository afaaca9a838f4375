"""Chapter 06: the questions, the coefficients, influential schools and sensitivity, as tables."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.parts import CHANGED
from pipeline.dossier.c06_gaps.asked_questions import FAMILY_ZH, except_changed
from pipeline.dossier.printing.exhibit import TOTAL, UNKNOWN, Cell, Field, PrintedTable
from pipeline.dossier.printing.gap_sentences import (
    number_of,
    plain,
    points,
    stage_zh,
    step_of,
    term_zh,
)
from pipeline.dossier.printing.numbers import (
    EMPTY,
    coefficient_text,
    count_text,
    figure_text,
    joined,
    p_text,
)
from pipeline.dossier.printing.tested_words import ADJUSTMENT_ZH, beforehand
from pipeline.ground.terms import FITTED, is_missing, records

HIGH_LEVERAGE = 0.5


def model_table(models: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print what came of each question in each stage: fitted, or not and why."""
    if models.empty:
        return None
    by = [models["id"].str.split("-").str[0], models["stage"], models["status"]]
    rows = [_treated(records(part), county)
            for _, part in models.groupby(by, sort=False)]
    return PrintedTable(
        "model_table", f"{county.name}{county.year}年各检验问题的处理",
        (Field("编号", align="center"), Field("学段", align="left"),
         Field("n"), Field("可检出r"), Field("秩相关"),
         Field("处理", align="left")),
        tuple(rows), "学校数据表",
        notes=("n为学校数，面板为学校与年的观测数。可检出r为该样本量以80%把握、5%水平能检出的最小相关"
               "系数；秩相关为关注项与因变量的Spearman系数。",))


def _treated(rows: list[dict], county: County) -> tuple[Cell, ...]:
    """Return one row for a question and stage; quantiles that share a state stand together."""
    m = rows[0]
    fitted = m["status"] == FITTED
    heads, _, tail = zip(*(r["reason"].partition("，") for r in rows), strict=True)
    said = plain(f"不估计：{'；'.join(dict.fromkeys(heads))}", county)
    said += f"，{plain(tail[0], county)}" if tail[0] else ""
    if fitted:
        which = joined([figure_text(r["quantile"], 2) for r in rows if m["method"] == "quantile"])
        said = f"已估计（分位数{which}）" if which else "已估计"
    return (Cell(number_of(m)), Cell(stage_zh(m, county)), Cell(count_text(m["n"])),
            Cell(figure_text(m["detectable_r"], 2)), Cell(figure_text(m["spearman"], 2)),
            Cell(said, "" if fitted else UNKNOWN))


def term_table(models: pd.DataFrame, terms: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print coefficients, errors, intervals, p and adjusted p of the fitted models (三线表)."""
    fitted = records(models[models["status"] == FITTED])
    if not fitted:
        return None
    rows = [row for m in fitted for row in _terms(m, terms[terms["id"] == m["id"]], county)]
    return PrintedTable(
        "term_table", f"{county.name}{county.year}年学校层面回归结果",
        (Field("模型", align="left"), Field("项", align="left"),
         Field("系数"), Field("标准误"), Field("下限", "95%区间"),
         Field("上限", "95%区间"), Field("p"), Field("调整p")),
        tuple(rows), "学校数据表", notes=_term_notes(fitted, county))


def _terms(m: dict, mine: pd.DataFrame, county: County):
    head = f"{number_of(m)} {stage_zh(m, county)}"
    if not is_missing(m["quantile"]):
        head += f" {figure_text(m['quantile'], 2)}"
    for n, t in enumerate(records(mine)):
        focus = t["term"] == m["focus"]
        adjusted = m["p_adjusted"] if focus else None
        yield (Cell(head if n == 0 else ""), Cell(term_zh(t["term"], county), TOTAL * focus),
               *(Cell(coefficient_text(t[c]), value=None if is_missing(t[c]) else t[c])
                 for c in ("estimate", "std_error", "ci_low", "ci_high")),
               Cell(p_text(t["p_value"])), Cell(p_text(adjusted)))
    fit = "，".join(f"{zh}＝{figure_text(m[c], 3)}" for zh, c in (
        ("R²", "r_squared"), ("调整R²", "adjusted_r_squared")) if not is_missing(m[c]))
    yield (Cell(f"n＝{count_text(m['n'])}"), Cell(fit if m["r_squared"] else ""),
           *(Cell("") for _ in range(6)))


def _term_notes(fitted: list[dict], county: County) -> tuple[str, ...]:
    methods = {m["method"] for m in fitted}
    adjusted = {m["family"]: m["adjustment"] for m in fitted if m["adjustment"]}
    notes = ["黑体为各问题的关注项。全县学校为普查，区间只对模型而言：若各校未解释的部分重新抽取，"
             "系数会有多大变化。"]
    if methods & {"ols", "wls"}:
        used = sorted({m["covariance"] for m in fitted if m["method"] in ("ols", "wls")})
        notes.append(f"普通最小二乘未加权；标准误为{joined(used)}，区间与p按t分布。")
    if "panel" in methods:
        used = sorted({m["convention"] for m in fitted if m["method"] == "panel"})
        notes.append(f"学校面板的标准误：{joined([plain(text, county) for text in used])}；"
                     "R²为组内。年份固定效应已吸收价格变动。")
    if "quantile" in methods:
        notes.append("分位数回归的区间由秩检验反演（误差可不同分布），不抽样；没有标准误和p值。")
    if "oaxaca" in methods:
        notes.append("分解的区间按行自助法，百分位数；不作检验，没有p值。")
    notes += [f"调整p：{FAMILY_ZH[f]}问题的关注项合为一族，按{ADJUSTMENT_ZH[how]}调整。"
              for f, how in adjusted.items()]
    notes += _post_hoc_notes(county)
    limit = float(county.standard.inference.max_vif)
    high = [m for m in fitted if not is_missing(m["max_vif"]) and m["max_vif"] > limit]
    notes += [f"{number_of(m)}{stage_zh(m, county)}方差膨胀因子{figure_text(m['max_vif'], 1)}，"
              "自变量高度相关，单个系数难以区分。" for m in high]
    return tuple(notes)


def _post_hoc_notes(county: County) -> list[str]:
    """Say which questions are outside the families, and what these lack of what was listed."""
    changed = [model for model in county.standard.models if model.changed]
    lacking = "；".join(
        f"{FAMILY_ZH[family]}问题的族因此少{joined(listed)}" for family in FAMILY_ZH
        if (listed := [m.id.removesuffix(CHANGED) for m in changed if m.family == family]))
    return [f"{joined([m.id for m in changed])}是事后的设定，不在检验方案所列的族中，p不作调整；"
            f"原列的设定没有估计，{lacking}，调整p与照检验方案运行的不可比。"
            ] if changed else []


def influence_table(influence: pd.DataFrame, models: pd.DataFrame, county: County
                    ) -> PrintedTable | None:
    """Print the schools that weigh most on each fitted model, and the focus without each."""
    if influence.empty:
        return None
    by_id = {m["id"]: m for m in records(models)}
    rows = []
    for id, part in influence.groupby("id", sort=False):
        m = by_id[id]
        step, scale = step_of(m["focus"], county)
        for n, r in enumerate(records(part)):
            head = f"{number_of(m)} {stage_zh(m, county)}" if n == 0 else ""
            rows.append((Cell(head), Cell(r["school"]), Cell(figure_text(r["leverage"], 2)),
                         Cell(figure_text(r["cooks_distance"], 2)),
                         Cell(coefficient_text(r["focus_without"] * scale)),
                         Cell("是" if r["turns"] else "否")))
    high = influence[influence["leverage"] > HIGH_LEVERAGE]
    warned = [f"杠杆值超过{HIGH_LEVERAGE}的有{joined(dict.fromkeys(high['school']))}，"
              "系数在很大程度上由其决定。"] if len(high) else []
    return PrintedTable(
        "influence_table", f"{county.name}{county.year}年对估计影响最大的学校",
        (Field("模型", align="left"), Field("学校", align="left"),
         Field("杠杆值"), Field("Cook距离"),
         Field("剔除后关注项"), Field("方向改变", align="center")),
        tuple(rows), "学校数据表",
        notes=("列出Cook距离最大的几所和杠杆值最大的一所。关注项为对数的，按高10%折算。", *warned))


def sensitivity_table(specifications: pd.DataFrame, models: pd.DataFrame, county: County
                      ) -> PrintedTable | None:
    """Print each fitted model beside itself with one choice changed (敏感性)."""
    if specifications.empty:
        return None
    by_id = {m["id"]: m for m in records(models)}
    rows = [_sensitivity(by_id[id], records(part), county)
            for id, part in specifications.groupby("id", sort=False)]
    return PrintedTable(
        "sensitivity_table", f"{county.name}{county.year}年关注项的敏感性",
        (Field("模型", align="left"), Field("关注项", align="left"),
         Field("单位", align="left"), Field("原设定"),
         Field("按在校生加权", "只改一项"), Field("去杠杆最大校", "只改一项"),
         Field("去教学点", "只改一项"), Field("由小到大", "全部设定"),
         Field("同号", "全部设定"), Field("不估计", "全部设定")),
        tuple(rows), "学校数据表",
        notes=("同号：可估计的全部设定中与原设定方向相同的个数；不估计：因样本量等原因没有估计的个数。"
               f"设定的取舍{beforehand(county.standard.registration)}列明{except_changed(county)}。",))


def _sensitivity(m: dict, rows: list[dict], county: County) -> tuple[Cell, ...]:
    base = next(r for r in rows if r["base"])
    step, _ = step_of(m["focus"], county)
    fitted = [r for r in rows if r["status"] == FITTED]
    same = sum(r["effect"] * base["effect"] > 0 for r in fitted)
    changed = [{"weights": "pupils"}, {"sample": "no_top"}, {"sample": "no_points"}]
    return (Cell(f"{number_of(m)} {stage_zh(m, county)}"), Cell(step),
            Cell(points(county.standard.indicator(m["outcome"]).unit)), _effect(base),
            *(_effect(_with(rows, base, change)) for change in changed),
            Cell("至".join(coefficient_text(f(r["effect"] for r in fitted)) for f in (min, max))),
            Cell(f"{same}/{len(fitted)}"), Cell(f"{len(rows) - len(fitted)}/{len(rows)}"))


def _with(rows: list[dict], base: dict, change: dict) -> dict | None:
    keys = ("estimator", "weights", "scale", "covariates", "sample")
    wanted = {key: base[key] for key in keys} | change
    return next((r for r in rows if all(r[k] == v for k, v in wanted.items())), None)


def _effect(row: dict | None) -> Cell:
    if row is None or row["status"] != FITTED:
        return Cell(EMPTY)
    return Cell(coefficient_text(row["effect"]), value=row["effect"])
