"""Figures of chapter 05: per-pupil spending of every school, and of the groups over years."""

import pandas as pd
import seaborn as sns

from pipeline.county import County
from pipeline.dossier.exhibit import Figure
from pipeline.dossier.numbers import joined, level_text
from pipeline.dossier.style import DARK, GROUP_COLOURS, MARKERS, limit_line, panels, tidy
from pipeline.terms import is_missing, known

_YEARS_TO_DRAW = 3


def spending_chart(indicators: pd.DataFrame, spending: pd.DataFrame, county: County
                   ) -> Figure | None:
    """Draw every school's per-pupil spending by location, with the county mean as a line."""
    now = spending[spending["year"] == county.year]
    if now.empty:
        return None
    id = now.iloc[0]["indicator"]
    now = now[now["indicator"] == id]
    part = indicators[(indicators["year"] == county.year) & (indicators["indicator"] == id)]
    part = part[known(part["value"])]
    part = part.assign(number=part["value"].astype(float), group=[
        county.standard.groups.get(place, "未分类") for place in part["location"]])
    figure, axes = panels(1, len(now), 2.7, sharey=True)
    for ax, row in zip(axes, now.to_dict("records"), strict=True):
        mine = part[part["stage"] == row["stage"]]
        places = (*county.standard.groups.values(), "未分类")
        order = [zh for zh in places if zh in set(mine["group"])]
        sns.stripplot(mine, x="group", y="number", order=order, ax=ax, color=DARK, size=4.5,
                      alpha=0.75)
        limit_line(ax, float(row["mean"]), "全县平均", dashed=True)
        ax.set(title=f"{county.standard.stages[row['stage']]}（{len(mine)}所）", xlabel="",
               ylabel=_axis(id, county) if ax is axes[0] else "")
        tidy(ax)
    axes[-1].legend(loc="upper right", handles=axes[-1].lines[-1:])
    alt = joined([f"{county.standard.stages[r['stage']]}最低{level_text(r['lowest'], 0)}、"
                  f"平均{level_text(r['mean'], 0)}、最高{level_text(r['highest'], 0)}元"
                  for r in now.to_dict("records")])
    return Figure("spending_chart",
                  f"{county.name}{county.year}年各校{county.standard.indicator(id).zh}", alt,
                  "学校数据表", figure,
                  tuple({"stage": r["stage"], "school": r["name"], "value": r["number"]}
                        for r in part.to_dict("records")),
                  notes=("每点为一所学校；虚线为全县平均。",))


def _axis(id: str, county: County) -> str:
    indicator = county.standard.indicator(id)
    return f"{indicator.short}（{indicator.unit}）"


def spending_trend(groups: pd.DataFrame, county: County) -> Figure | None:
    """Draw the groups' per-pupil spending over three years and more, comparable if possible."""
    years = sorted(set(groups["year"]))
    if len(years) < _YEARS_TO_DRAW:
        return None
    groups = groups[groups["indicator"] == groups.iloc[0]["indicator"]]
    real = not any(map(is_missing, groups["real_mean"]))
    column, prices = ("real_mean", f"{county.year}年价格") if real else ("mean", "当年价格")
    stages = {s: zh for s, zh in county.standard.stages.items() if s in set(groups["stage"])}
    figure, axes = panels(1, len(stages), 2.5, sharey=True)
    names = {g: zh for g, zh in county.standard.groups.items() if g in set(groups["group"])}
    axes[0].set(ylabel=_axis(groups.iloc[0]["indicator"], county))
    for ax, (stage, zh) in zip(axes, stages.items(), strict=True):
        for n, (group, label) in enumerate(names.items()):
            mine = groups[(groups["stage"] == stage) & (groups["group"] == group)]
            ax.plot(mine["year"].astype(int), mine[column].astype(float), label=label,
                    marker=MARKERS[n % 4], color=GROUP_COLOURS[n % 4], markeredgecolor=DARK,
                    linewidth=1.3, markersize=5)
        ax.set(title=zh, xlabel="年份", xticks=years)
        tidy(ax)
    axes[-1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    title = county.standard.indicator(groups.iloc[0]["indicator"]).zh
    return Figure("spending_trend", f"{county.name}{years[0]}—{years[-1]}年各组{title}（{prices}）",
                  f"{joined(names.values())}逐年的折线，数值见同节表格", "各年学校数据表", figure,
                  tuple({"year": r["year"], "stage": r["stage"], "group": r["group"],
                         "value": float(r[column])} for r in groups.to_dict("records")))
