"""Figures of chapter 04: spread by year, growth against the start, limits kept in the target year.
"""

import numpy as np
import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.dossier.annual.a03_models.naming import coefficient_zh
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.numbers import figure_text, joined
from pipeline.dossier.printing.style import ALERT, DARK, MARKERS, MID, panels, tidy
from pipeline.ground.terms import PROJECTED

_ENOUGH_YEARS, _ENOUGH_UNITS = 3, 10


def spread_chart(spread: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw the SD of logarithms by year, a panel a trajectory (σ)."""
    whole = spread[spread["grouping"] == ""]
    drawn = [(t, of) for t in annual.study.trajectories
             if len(of := whole[whole["measure"] == t.measure]) >= _ENOUGH_YEARS]
    if not drawn:
        return None
    figure, axes = panels(1, len(drawn), 2.5)
    for n, (ax, (trajectory, rows)) in enumerate(zip(axes, drawn, strict=True)):
        ax.plot(list(rows["year"]), list(rows["sd_log"]), color=DARK, marker=MARKERS[n],
                markersize=4)
        ax.set(title=trajectory.zh, ylabel="对数标准差", ylim=(0, 1.15 * max(rows["sd_log"]) or 1))
        ax.set_xticks(list(rows["year"])[::max(1, len(rows) // 5)])
        tidy(ax)
    said = joined([f"{t.zh}由{figure_text(list(r['sd_log'])[0], 3)}到"
                   f"{figure_text(list(r['sd_log'])[-1], 3)}" for t, r in drawn])
    zh = annual.study.subject_zh
    return Figure("spread_chart", f"{zh}际差异逐年变化（σ）", f"折线：{said}",
                  annual.study.source.citation, figure,
                  tuple(r[["measure", "year", "sd_log"]].to_dict("records")[0] for _, r in drawn),
                  notes=(f"各年为同一批{zh}；纵轴自零起。",))


def start_chart(panel: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw each county's yearly growth against where it started (β), a panel a trajectory."""
    drawn = []
    for t in annual.study.trajectories:
        if t.measure in panel and len(points := _growth(panel, t.measure)) >= _ENOUGH_UNITS:
            drawn.append((t, points))
    if not drawn:
        return None
    figure, axes = panels(1, len(drawn), 2.6)
    for ax, (trajectory, points) in zip(axes, drawn, strict=True):
        ax.scatter(points["initial"], points["growth"], s=12, color=MID, edgecolors=DARK,
                   linewidths=0.4)
        ax.axhline(0, color="#555555", linewidth=0.8)
        ax.set(title=trajectory.zh, xlabel=f"{points.attrs['first']}年",
               ylabel="年均变化（%）")
        tidy(ax)
    zh = annual.study.subject_zh
    return Figure(
        "start_chart", f"起点与此后的变化（β）：每点为一个{zh}",
        f"散点：横轴为首年水平，纵轴为年均变化；{joined([t.zh for t, _ in drawn])}",
        annual.study.source.citation, figure,
        tuple({"measure": t.measure, "unit": unit, "initial": float(i), "growth": float(g)}
              for t, p in drawn for unit, i, g in p[["initial", "growth"]].itertuples()),
        notes=("不画拟合线，系数以表为准。",))


def _growth(panel: pd.DataFrame, measure: str) -> pd.DataFrame:
    wide = panel.pivot(index="unit", columns="year", values=measure).astype(float)
    wide = wide.where(wide > 0).dropna(axis="columns", how="all")
    if wide.shape[1] < 2:
        return pd.DataFrame()
    first, last = wide.columns[0], wide.columns[-1]
    wide = wide.dropna(subset=[first, last])
    growth = 100 * (np.exp(np.log(wide[last] / wide[first]) / (last - first)) - 1)
    points = pd.DataFrame({"initial": wide[first], "growth": growth})
    points.attrs["first"] = first
    return points


def limit_chart(projected: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw the share of counties within the limit now, and as expected in the target year."""
    rows = projected[(projected["status"] == PROJECTED) & projected["limit"].notna()]
    if rows.empty:
        return None
    target = int(rows["target"].min())
    shares = [(measure, float((of["last"] <= of["limit"]).mean()), float(of["probability"].mean()))
              for measure, of in rows[rows["target"] == target].groupby("measure", sort=False)]
    figure, (ax,) = panels(1, 1, 0.24 * len(shares) + 0.8)
    for n, (_, now, then) in enumerate(shares):
        ax.plot([now, then], [n, n], color=MID, linewidth=1.2)
        ax.plot(now, n, "o", color=DARK, markersize=5, label=f"{annual.year}年" if n == 0 else None)
        ax.plot(then, n, "D", color=ALERT, markersize=5, fillstyle="none",
                label=f"{target}年，按现有趋势外推" if n == 0 else None)
    ax.set_yticks(range(len(shares)), [coefficient_zh(m, annual) for m, _, _ in shares])
    ax.set(ylim=(len(shares) - 0.5, -0.5), xlim=(0, 1.03), xlabel="不超过限值的县的占比")
    ax.xaxis.set_major_formatter("{x:.0%}")
    ax.grid(True, axis="x")
    ax.legend(loc="lower left")
    tidy(ax)
    return Figure(
        "limit_chart", f"各差异系数不超过限值的县的占比：{annual.year}年与{target}年",
        joined([f"{coefficient_zh(m, annual)}{now:.0%}→{then:.0%}" for m, now, then in shares]),
        "县级面板", figure,
        tuple({"measure": m, "now": now, "expected": then} for m, now, then in shares),
        notes=(f"{target}年为各县不超过限值的概率的平均，按现有趋势外推，不是预言。",))
