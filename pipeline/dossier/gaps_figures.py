"""Figures of chapter 06: outcome against focus, and the specification curve."""

import pandas as pd
import seaborn as sns

from pipeline.county import County
from pipeline.dossier.exhibit import Figure
from pipeline.dossier.gaps import FITTED, points, step_of, term_zh
from pipeline.dossier.numbers import coefficient_text, joined
from pipeline.dossier.style import ALERT, DARK, MARKERS, MID, panels, tidy
from pipeline.terms import is_missing

_ENOUGH_TO_DRAW, _ENOUGH_FOR_CURVE = 5, 3
_ROWS = (  # rows of the choice matrix: column, value, wording
    ("estimator", "ols", "最小二乘"), ("estimator", "median", "中位数回归"),
    ("weights", "", "不加权"), ("weights", "pupils", "按在校生加权"),
    ("scale", "log", "关注项取对数"), ("scale", "level", "关注项取水平"),
    ("sample", "all", "全部学校"), ("sample", "no_top", "去杠杆最大校"),
    ("sample", "no_points", "去教学点"))


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
    figure, axes = panels(1, len(drawn), 2.7)
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


def curve_chart(specifications: pd.DataFrame, models: pd.DataFrame, county: County
                ) -> Figure | None:
    """Draw the first fitted question's specifications in order of effect (设定曲线)."""
    fitted = specifications[specifications["status"] == FITTED]
    if fitted.empty:
        return None
    id = fitted.iloc[0]["id"]
    rows = fitted[fitted["id"] == id].sort_values("effect", kind="stable").reset_index(drop=True)
    if len(rows) < _ENOUGH_FOR_CURVE:
        return None
    model = models[models["id"] == id].iloc[0].to_dict()
    choices = _choices(rows, county)
    figure, (top, below) = panels(2, 1, 2.2 + 0.17 * len(choices), sharex=True,
                                  height_ratios=(1.7, 0.14 * len(choices) + 0.3))
    _effects(top, rows)
    outcome = county.standard.indicator(model["outcome"])
    top.set(ylabel=f"{outcome.short}（{points(outcome.unit)}）", xlabel="")
    for y, (_, held) in enumerate(choices):
        at = [n for n, there in enumerate(held) if there]
        below.plot(at, [y] * len(at), "s", color=DARK, markersize=3.2)
    below.set_yticks(range(len(choices)), [zh for zh, _ in choices])
    below.set(xlabel="设定，按效应由小到大", ylim=(len(choices) - 0.5, -0.5), xticks=[])
    below.tick_params(length=0, axis="both", labelsize=8)
    tidy(below)
    return _curve_figure(figure, rows, model, len(specifications[specifications["id"] == id]),
                         county)


def _choices(rows: pd.DataFrame, county: County) -> list[tuple[str, list[bool]]]:
    """Return the rows of the matrix whose choice differs between the specifications."""
    found = [(zh, list(rows[column] == value)) for column, value, zh in _ROWS]
    for covariates in dict.fromkeys(rows["covariates"]):
        named = joined([term_zh(c, county) for c in covariates.split("、") if c])
        held = list(rows["covariates"] == covariates)
        found.append((f"控制{named}" if named else "不加控制", held))
    return [(zh, held) for zh, held in found if any(held) and not all(held)]


def _effects(ax, rows: pd.DataFrame) -> None:
    for n, row in enumerate(rows.to_dict("records")):
        colour = ALERT if row["base"] else MID
        if not is_missing(row["ci_low"]):
            ax.plot([n, n], [row["ci_low"], row["ci_high"]], color=colour, linewidth=1)
        ax.plot(n, row["effect"], "D" if row["base"] else "o", color=ALERT if row["base"] else DARK,
                markersize=5 if row["base"] else 3.5, zorder=3)
    ax.axhline(0, color="#555555", linewidth=0.8)
    ax.tick_params(axis="x", length=0)
    tidy(ax)


def _curve_figure(figure, rows: pd.DataFrame, model: dict, asked: int, county: County) -> Figure:
    step, _ = step_of(model["focus"], county)
    effects = rows["effect"].astype(float)
    above, unit = int((effects > 0).sum()), points(county.standard.indicator(model["outcome"]).unit)
    stage = county.standard.stages[model["stage"]]
    said = (f"{asked}种设定中可估计{len(rows)}种："
            f"效应为正{above}种、为负{int((effects < 0).sum())}种，"
            f"中位数{coefficient_text(float(effects.median()))}{unit}，"
            f"由{coefficient_text(float(effects.min()))}至{coefficient_text(float(effects.max()))}")
    return Figure(
        "curve_chart", f"{county.name}{county.year}年{stage}设定曲线：{step}时的效应", said,
        "学校数据表", figure,
        tuple(rows[["estimator", "weights", "scale", "covariates", "sample", "effect"]]
              .to_dict("records")),
        notes=(f"{said}。竖线为95%区间（中位数回归不给），菱形为标准包所列的原设定；其余因样本量不足不估计。"
               "设定曲线只描述结果随取舍变动的程度，不是证明。",))
