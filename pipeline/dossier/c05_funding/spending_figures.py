"""Figures of chapter 05: per-pupil spending of every school, and of the groups over years."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c05_funding.spending import money_zh
from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.numbers import joined, level_text
from pipeline.dossier.printing.plot_panel import (
    LABEL,
    TITLE,
    Key,
    Panel,
    Scale,
    flat_width,
    grid,
    jitter,
    keys_width,
    legend,
    limit_key,
    names,
    padded,
)
from pipeline.dossier.printing.style import DARK, GROUP_COLOURS, MARKERS
from pipeline.ground.terms import is_missing, known, records

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
    picture = _spending_points(part, records(now), county)
    alt = joined([f"{county.standard.stages[r['stage']]}最低{level_text(r['lowest'], 0)}、"
                  f"平均{level_text(r['mean'], 0)}、最高{level_text(r['highest'], 0)}"
                  f"{money_zh(id, county)}"
                  for r in records(now)])
    return Figure("spending_chart",
                  f"{county.name}{county.year}年各校{county.standard.indicator(id).zh}", alt,
                  "学校数据表", picture,
                  tuple({"stage": r["stage"], "school": r["name"], "value": r["number"]}
                        for r in records(part)),
                  notes=("每点为一所学校；虚线为全县平均。",))


def _spending_points(part: pd.DataFrame, rows: list[dict], county: County) -> Picture:
    places = [*county.standard.groups.values(), "未分类"]
    up = padded([*part["number"], *(float(r["mean"]) for r in rows)], most=8)
    key, picture = limit_key("全县平均", dashed=True), Picture(2.7)
    boxes = grid(picture, [up.room + 1.8 * LABEL, *[12] * (len(rows) - 1)], [2.2 * LABEL],
                 top=3.2 * TITLE)
    for box, row in zip(boxes, rows, strict=True):
        mine = part[part["stage"] == row["stage"]]
        shown = [zh for zh in places if zh in set(mine["group"])]
        panel = Panel(picture, box, names(shown), up, words="xy" if box is boxes[0] else "x")
        for x, zh in enumerate(shown):
            values = mine.loc[mine["group"] == zh, "number"]
            panel.points(zip(x + jitter(len(values), 0.1), values, strict=True), colour=DARK,
                         size=4.5, alpha=0.75)
        panel.limit(float(row["mean"]), dashed=True)
        panel.title(f"{county.standard.stages[row['stage']]}（{len(mine)}所）")
        if box is boxes[0]:
            panel.label_y(_axis(rows[0]["indicator"], county))
    left, low, width, height = boxes[-1]
    legend(picture, [key], left + width - flat_width([key]), low + height + 2.3 * TITLE)
    return picture


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
    names_of = {g: zh for g, zh in county.standard.groups.items() if g in set(groups["group"])}
    rows = [{**r, "number": float(r[column])} for r in records(groups)]
    picture = _spending_lines(rows, years, stages, names_of, county)
    title = county.standard.indicator(groups.iloc[0]["indicator"]).zh
    return Figure("spending_trend", f"{county.name}{years[0]}—{years[-1]}年各组{title}（{prices}）",
                  f"{joined(names_of.values())}逐年的折线，数值见同节表格", "各年学校数据表",
                  picture,
                  tuple({"year": r["year"], "stage": r["stage"], "group": r["group"],
                         "value": r["number"]} for r in rows))


def _spending_lines(rows: list[dict], years: list[int], stages: dict[str, str],
                    groups: dict[str, str], county: County) -> Picture:
    keys = {group: Key(zh, line={"stroke": GROUP_COLOURS[n % 4], "width": 1.3},
                       marker={"marker": MARKERS[n % 4], "colour": GROUP_COLOURS[n % 4],
                               "edge": DARK, "size": 5})
            for n, (group, zh) in enumerate(groups.items())}
    up = padded([r["number"] for r in rows])
    across = Scale(years[0] - 0.1, years[-1] + 0.1, tuple(years), tuple(map(str, years)))
    picture, shown = Picture(2.5), list(keys.values())
    boxes = grid(picture, [up.room + 1.8 * LABEL, *[12] * (len(stages) - 1)], [3.9 * LABEL],
                 top=1.9 * TITLE, beside=keys_width(shown) + 6)
    for box, (stage, zh) in zip(boxes, stages.items(), strict=True):
        panel = Panel(picture, box, across, up, words="xy" if box is boxes[0] else "x")
        for group, key in keys.items():
            pairs = [(r["year"], r["number"]) for r in rows
                     if (r["stage"], r["group"]) == (stage, group)]
            panel.line(pairs, **key.line)
            panel.points(pairs, **key.marker)
        panel.title(zh)
        panel.label_x("年份")
        if box is boxes[0]:
            panel.label_y(_axis(rows[0]["indicator"], county))
    left, low, width, height = boxes[-1]
    legend(picture, shown, left + width + 10, low + height * 0.65)
    return picture
