"""Figures of chapter 02 of the annual evaluation: strips, quadrant, funnel."""

import numpy as np
import pandas as pd
import seaborn as sns

from pipeline.annual_evaluation import Annual
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.numbers import figure_text, joined
from pipeline.dossier.printing.style import (
    ALERT,
    DARK,
    MARKERS,
    MID,
    PALE,
    limit_line,
    panels,
    tidy,
)

_MANY_POINTS, _MOST_GROUPS = 400, 34
_TIMES = 20  # as many schools in the largest county as in the smallest: a logarithmic axis


def strip_chart(panel: pd.DataFrame, measure: str, annual: Annual) -> Figure | None:
    """Draw every county's measure by province, or by prefecture where there is one province."""
    now = panel[(panel["year"] == annual.year) & panel[measure].notna()]
    by = "province" if now["province"].nunique() > 1 else "prefecture"
    now = now.assign(group=now[by].replace("", "—"))
    if len(now) < 3 or now["group"].nunique() > _MOST_GROUPS:
        return None
    zh, groups = annual.study.measure(measure), sorted(set(now["group"]))
    figure, (ax,) = panels(1, 1, 0.9 + 0.19 * len(groups))
    sns.stripplot(now.astype({measure: float}), x=measure, y="group", order=groups, ax=ax,
                  color=DARK, size=2.6 if len(now) > _MANY_POINTS else 3.6, alpha=0.6)
    medians = now.groupby("group")[measure].median()
    ax.plot([float(medians[g]) for g in groups], range(len(groups)), "|", color=ALERT,
            markersize=9, markeredgewidth=1.6)
    ax.set(xlabel=zh.zh + (f"（{zh.unit}）" if zh.unit else ""), ylabel="")
    ax.grid(True, axis="x")
    tidy(ax)
    word = {"province": "省", "prefecture": "市"}[by]
    return Figure(
        f"strip_chart_{measure}", f"{annual.year}年各{word}的{zh.zh}",
        f"每点为一个县，共{len(now)}个，{len(groups)}个{word}；"
        f"全体中位数{figure_text(float(now[measure].median()), zh.decimals)}", "县级面板", figure,
        tuple({"group": g, "counties": int((now["group"] == g).sum()),
               "median": float(medians[g])} for g in groups),
        notes=("竖短线为中位数；不排名次。",))


def quadrant_chart(quadrants: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw level against balance with the medians as the cross (水平—均衡四象限)."""
    if len(quadrants) < 4:
        return None
    level, even = (annual.study.measure(name) for name in (annual.study.level,
                                                          annual.study.balance))
    figure, (ax,) = panels(1, 1, 3.3)
    x, y = quadrants["level"].astype(float), np.exp(quadrants["balance"].astype(float))
    ax.plot(x, y, "o", color=DARK, markersize=2.4 if len(x) > _MANY_POINTS else 3.6, alpha=0.55)
    ax.axvline(x.median(), color=MID, linewidth=0.9, linestyle="--")
    ax.axhline(y.median(), color=MID, linewidth=0.9, linestyle="--")
    ax.set(xlabel=f"{level.zh}", ylabel=even.zh.removesuffix("的对数"))
    ax.invert_yaxis()
    for (h, v), text in {(0.98, 0.97): "高水平高均衡", (0.02, 0.97): "低水平高均衡",
                         (0.98, 0.03): "高水平低均衡", (0.02, 0.03): "低水平低均衡"}.items():
        ax.text(h, v, text, transform=ax.transAxes, fontsize=8.5, color="#555555",
                ha="right" if h > 0.5 else "left", va="top" if v > 0.5 else "bottom")
    ax.grid(True, axis="both")
    tidy(ax)
    counts = quadrants["quadrant"].value_counts()
    listed = joined([f"{name}{int(n)}个" for name, n in counts.items()])
    return Figure("quadrant_chart", f"{annual.year}年水平与均衡四象限", listed, "县级面板", figure,
                  tuple({"quadrant": str(k), "counties": int(n)} for k, n in counts.items()),
                  notes=("虚线为各县中位数，上下为均衡程度（纵轴向上差异变小）；"
                         "每点为一个县，不代表等级。",))


def funnel_chart(panel: pd.DataFrame, band: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw the gap against the number of schools with the band of equal dispersion (漏斗图)."""
    now = panel[(panel["year"] == annual.year)]
    if band.empty or annual.study.balance not in now:
        return None
    now = now[["n_schools", annual.study.balance]].dropna().astype(float)
    figure, (ax,) = panels(1, 1, 3.1)
    sizes = band["n_schools"].astype(float)
    low, middle, high = (band[c].astype(float) for c in ("low", "middle", "high"))
    ax.fill_between(sizes, low, high, color=PALE, linewidth=0, label="95%参照带")
    ax.plot(sizes, middle, color=MID, linewidth=1.2, label="参照中位")
    ax.plot(now["n_schools"], np.exp(now[annual.study.balance]), "o", color=DARK,
            markersize=2.4 if len(now) > _MANY_POINTS else 3.6, alpha=0.6, label="各县")
    wide = sizes.max() > _TIMES * sizes.min()  # else equal steps show as much, and read easier
    ax.set(xscale="log" if wide else "linear",
           xlabel="学校数（学段部，对数刻度）" if wide else "学校数（学段部）",
           ylabel=annual.study.measure(annual.study.balance).zh.removesuffix("的对数"))
    if wide:
        ticks = [t for t in (10, 20, 50, 100, 200, 400) if sizes.min() <= t <= sizes.max() * 1.1]
        ax.set_xticks(ticks, [str(t) for t in ticks])
        ax.minorticks_off()
    ax.legend(loc="upper right")
    tidy(ax)
    at = np.interp(np.log(now["n_schools"]), np.log(sizes), range(len(sizes)))
    lower, upper = (np.interp(at, range(len(sizes)), part) for part in (low, high))
    value = np.exp(now[annual.study.balance])
    outside = int(((value < lower) | (value > upper)).sum())
    return Figure(
        "funnel_chart", f"{annual.year}年差异系数与学校数（漏斗图）",
        f"{len(now)}个县，{outside}个在参照带之外；学校越少参照带越宽、越低", "县级面板、各县学校",
        figure, tuple(band.astype(float).to_dict("records")),
        notes=("参照带：各县学校若都取自同一分布，差异系数随学校数会怎样变化；"
               "由20所以上学校的县的学校抽样得出。",))


def coefficient_chart(summary: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw each coefficient's range over counties against its limit, a panel a stage."""
    now = summary[(summary["year"] == annual.year) & summary["median"].notna()]
    stages = [s for s in (annual.standard.stages if annual.standard else ())
              if s in set(now["stage"])]
    if not stages:
        return None
    figure, axes = panels(1, len(stages), 2.6, sharey=True)
    for n, (ax, stage) in enumerate(zip(axes, stages, strict=True)):
        mine = now[now["stage"] == stage]
        places = np.arange(len(mine))[::-1]
        low, middle, high = (mine[c].astype(float).to_numpy() for c in ("low", "median", "high"))
        ax.hlines(places, low, high, color=MID, linewidth=2.2)
        ax.plot(middle, places, MARKERS[n], color=DARK, markersize=5)
        limit = annual.standard.balance.cv_max.get(stage)
        if limit is not None:
            limit_line(ax, float(limit), "限值", upright=True)
        ax.set_yticks(places, [annual.standard.indicator(i).short for i in mine["indicator"]])
        ax.set(title=annual.standard.stages[stage], xlabel="差异系数")
        ax.grid(True, axis="x")
        tidy(ax)
    return Figure(
        "coefficient_chart", f"{annual.year}年各项差异系数的各县分布",
        joined([f"{annual.standard.stages[s]}各项中位数"
                f"{figure_text(float(now.loc[now['stage'] == s, 'median'].min()), 3)}至"
                f"{figure_text(float(now.loc[now['stage'] == s, 'median'].max()), 3)}"
                for s in stages]), "各县卷宗", figure,
        tuple(now[["stage", "indicator", "low", "median", "high"]].to_dict("records")),
        notes=("点为中位数，横线为第10至第90百分位数，竖线为限值。",))
