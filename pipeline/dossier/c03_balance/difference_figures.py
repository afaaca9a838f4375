"""Figures of chapter 03: groups against the county, parts of S², the schools that count most."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c03_balance.coefficient_figures import (
    AXIS,
    ROOM_ABOVE,
    ROOM_BELOW,
    of_year,
    stages_of,
)
from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.numbers import figure_text, joined, percent_text, span_words
from pipeline.dossier.printing.plot_panel import (
    LABEL,
    Key,
    Panel,
    Scale,
    grid,
    keys_width,
    legend,
    names,
    numbers,
)
from pipeline.dossier.printing.style import DARK, GROUP_COLOURS, HATCHES, MID, PALE
from pipeline.ground.terms import is_missing, records


def group_chart(decomposition: pd.DataFrame, county: County) -> Figure | None:
    """Draw group means as a ratio to the county mean (城区、镇区、乡村)."""
    now = of_year(decomposition, county)
    if now.empty:
        return None
    means = _county_means(now)
    rows = [{"stage": r["stage"], "指标": county.standard.indicator(r["indicator"]).short,
             "组": county.standard.groups[r["group"]],
             "ratio": float(r["mean"] / means[r["stage"], r["indicator"]])}
            for r in records(now) if means[r["stage"], r["indicator"]]]
    if not rows:
        return None
    stages = {s: zh for s, zh in stages_of(now, county).items() if s in {r["stage"] for r in rows}}
    order = [zh for zh in county.standard.groups.values() if zh in {r["组"] for r in rows}]
    low, high = (f(r["ratio"] for r in rows) for f in (min, max))
    return Figure("group_chart", f"{county.name}{county.year}年各组平均值与县平均值之比",
                  f"各组与县平均值之比，{span_words(figure_text(low, 2), figure_text(high, 2))}",
                  "学校数据表", _groups(rows, stages, order), tuple(rows))


def _groups(rows: list[dict], stages: dict[str, str], order: list[str]) -> Picture:
    keys = [Key(zh, patch={"fill": colour, "hatch": hatch, "stroke": DARK, "width": 0.5})
            for zh, colour, hatch in zip(order, GROUP_COLOURS, HATCHES, strict=False)]
    shorts = list(dict.fromkeys(r["指标"] for r in rows))
    across = names(shorts)
    ups = {s: numbers(0, 1.05 * max(r["ratio"] for r in rows if r["stage"] == s)) for s in stages}
    picture = Picture(1.85 * len(stages) + 0.3)
    boxes = grid(picture, [max(up.room for up in ups.values()) + 1.8 * LABEL],
                 [*[4] * (len(stages) - 1), 2.2 * LABEL], top=ROOM_ABOVE, beside=keys_width(keys))
    for (stage, zh), box in zip(stages.items(), boxes, strict=True):
        panel = Panel(picture, box, across, ups[stage], words="xy" if box is boxes[-1] else "y")
        for n, key in enumerate(keys):
            mine = {r["指标"]: r["ratio"] for r in rows
                    if r["stage"] == stage and r["组"] == key.label}
            starts = [shorts.index(short) - 0.4 + 0.8 * n / len(keys) for short in mine]
            panel.bars([((x, 0), (x + 0.8 / len(keys), ratio))
                        for x, ratio in zip(starts, mine.values(), strict=True)], **key.patch)
        panel.line([(across.low, 1), (across.high, 1)], stroke=AXIS, width=0.8)
        panel.title(zh)
        panel.label_y("组平均值÷县平均值")
    left, low, width, height = boxes[0]
    legend(picture, keys, left + width + 6, low + height - 4)
    return picture


def _county_means(now: pd.DataFrame) -> dict:
    means: dict = {}
    for r in records(now):
        key = r["stage"], r["indicator"]
        means[key] = means.get(key, 0) + r["weight"] * r["mean"]
    return means


def decomposition_chart(decomposition: pd.DataFrame, county: County) -> Figure | None:
    """Draw the between- and within-group shares of S² as stacked bars."""
    now = of_year(decomposition, county)
    if now.empty:
        return None
    sums: dict = {}
    for r in records(now):
        between, within = sums.get((r["stage"], r["indicator"]), (0, 0))
        sums[r["stage"], r["indicator"]] = between + r["between"], within + r["within"]
    share = {f"{county.standard.stages[s]}·{county.standard.indicator(i).short}":
             between / (between + within)
             for (s, i), (between, within) in sums.items() if between + within}
    if not share:
        return None
    said = [f"{label}组间{percent_text(value)}" for label, value in share.items()]
    values = {label: float(value) for label, value in share.items()}
    return Figure("decomposition_chart", f"{county.name}{county.year}年差异来源：组间与组内",
                  "；".join(said), "学校数据表", _shares(values),
                  tuple({"label": a, "between": b} for a, b in values.items()))


def _shares(values: dict[str, float]) -> Picture:
    keys = [Key("组间", patch={"fill": DARK}), Key("组内", patch={"fill": PALE})]
    up = names(list(values), downwards=True)
    across = Scale(0, 1, (0, 0.25, 0.5, 0.75, 1), ("0", "25%", "50%", "75%", "100%"))
    picture = Picture(0.21 * len(values) + 0.9)
    (box,) = grid(picture, [up.room + 4], [ROOM_BELOW], beside=keys_width(keys) + 4)
    panel = Panel(picture, box, across, up, lines="")
    for n, value in enumerate(values.values()):
        panel.bars([((0, n - 0.325), (value, n + 0.325))], **keys[0].patch)
        panel.bars([((value, n - 0.325), (1, n + 0.325))], **keys[1].patch)
    panel.label_x("占S²的份额")
    left, low, width, height = box
    legend(picture, keys, left + width + 10, low + height - 8)
    return picture


def contribution_chart(contributions: pd.DataFrame, balance: pd.DataFrame, county: County
                       ) -> Figure | None:
    """Draw the five largest contributions to the largest coefficient of each stage.

    None where schools do not differ in anything.
    """
    now = of_year(balance, county)
    now = now[[bool(cv) and float(cv) > 0 for cv in now["cv"]]]
    if now.empty:
        return None
    stages, tops = stages_of(now, county), {}
    for stage, zh in stages.items():
        worst = max(records(now[now["stage"] == stage]), key=lambda r: float(r["cv"]))
        part = contributions[(contributions["stage"] == stage)
                             & (contributions["indicator"] == worst["indicator"])]
        known = [r for r in records(part) if not is_missing(r["share"])]
        title = f"{zh}·{county.standard.indicator(worst['indicator']).short}"
        tops[stage] = title, [(r["name"], float(r["share"])) for r in
                              sorted(known, key=lambda r: -r["share"])[:5]]
    data = [{"stage": stage, "school": name, "share": share}
            for stage, (_, top) in tops.items() for name, share in top]
    alt = joined([f"{d['school']}{figure_text(d['share'] * 100, 1)}%" for d in data])
    return Figure("contribution_chart",
                  f"{county.name}{county.year}年差异系数最大的指标中贡献最大的学校",
                  alt, "学校数据表", _contributors(list(tops.values())), tuple(data))


def _contributors(tops: list[tuple[str, list]]) -> Picture:
    picture = Picture(2.3)
    scales = [names([name for name, _ in top], downwards=True) for _, top in tops]
    boxes = grid(picture, [scale.room + 4 for scale in scales], [ROOM_BELOW], top=ROOM_ABOVE)
    for (title, top), up, box in zip(tops, scales, boxes, strict=True):
        panel = Panel(picture, box, numbers(0, 105 * max([s for _, s in top], default=1), 4), up,
                      lines="x")
        panel.bars([((0, n - 0.3), (100 * share, n + 0.3)) for n, (_, share) in enumerate(top)],
                   fill=MID)
        panel.title(title)
        panel.label_x("占S²份额（%）")
    return picture
