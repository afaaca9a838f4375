"""Figures of chapter 03: coefficients against limits, over years, and beside the level."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.numbers import cv_text, joined
from pipeline.dossier.printing.plot_panel import (
    LABEL,
    TITLE,
    Key,
    Panel,
    Scale,
    flat_width,
    grid,
    keys_width,
    legend,
    limit_key,
    names,
    numbers,
    padded,
)
from pipeline.dossier.printing.style import (
    DARK,
    GROUP_COLOURS,
    HATCHES,
    LINE_COLOURS,
    LINE_DASHES,
    LINE_MARKERS,
    MARKERS,
    MID,
    PALE,
)
from pipeline.ground.terms import NOT_MET, is_missing, records

BAR, AXIS = 0.31, "#555555"
ROOM_ABOVE, ROOM_BELOW = 1.9 * TITLE, 3.9 * LABEL  # room for a title, and for numbers and a label


def of_year(frame: pd.DataFrame, county: County) -> pd.DataFrame:
    """Return the rows of the county's year."""
    return frame[frame["year"] == county.year]


def stages_of(frame: pd.DataFrame, county: County) -> dict[str, str]:
    """Return stage → Chinese name of the stages that have rows, in the standard's order."""
    present = set(frame["stage"])
    return {s: zh for s, zh in county.standard.stages.items() if s in present}


def _shorts(ids, county: County) -> list[str]:
    return [county.standard.indicator(i).short for i in ids]


def cv_chart(balance: pd.DataFrame, county: County) -> Figure | None:
    """Draw the coefficients of each stage as bars with the limit as a line."""
    now = of_year(balance, county)
    now = now[now["cv"] != ""]
    if now.empty:
        return None
    stages = stages_of(now, county)
    parts = {s: records(now[now["stage"] == s]) for s in stages}
    scales = {s: names(_shorts([r["indicator"] for r in part], county), downwards=True)
              for s, part in parts.items()}
    longest = max(float(r["cv"]) * 1.22 for r in records(now))
    limits = [float(v) for v in now["limit"] if not is_missing(v)]
    across = numbers(0, max([longest, *(1.15 * v for v in limits)]), 8)
    picture = Picture(0.87 + 0.25 * max(map(len, parts.values())))
    boxes = grid(picture, [scale.room + 4 for scale in scales.values()], [ROOM_BELOW],
                 top=ROOM_ABOVE)
    for (stage, zh), box in zip(stages.items(), boxes, strict=True):
        panel = Panel(picture, box, across, scales[stage], lines="x")
        _cv_bars(panel, parts[stage])
        panel.title(zh)
        panel.label_x("差异系数")
    alt = "；".join(_listed(zh, parts[s], county) for s, zh in stages.items())
    return Figure("cv_chart", f"{county.name}{county.year}年各项指标校际差异系数",
                  alt, "学校数据表", picture,
                  tuple(records(now[["stage", "indicator", "cv"]])),
                  notes=("竖线为限值；斜纹为超过限值。",) if county.standard.balance.cv_max else ())


def _listed(zh: str, part: list[dict], county: County) -> str:
    return zh + joined([f"{county.standard.indicator(row['indicator']).short}"
                        f"{cv_text(row['cv'], row['limit'])}" for row in part])


def _cv_bars(panel: Panel, part: list[dict]) -> None:
    above = [row["status"] == NOT_MET for row in part]
    spans = [((0, n - BAR), (float(row["cv"]), n + BAR)) for n, row in enumerate(part)]
    panel.bars([span for span, over in zip(spans, above, strict=True) if not over], fill=MID)
    panel.bars([span for span, over in zip(spans, above, strict=True) if over], fill=PALE,
               hatch=HATCHES[1], stroke=DARK)
    for n, row in enumerate(part):
        panel.note(float(row["cv"]), n, cv_text(row["cv"], row["limit"]))
    if not is_missing(part[0]["limit"]):
        panel.limit(float(part[0]["limit"]), upright=True)


def trend_chart(balance: pd.DataFrame, county: County) -> Figure | None:
    """Draw each coefficient over the years with the limit; None with one year only."""
    if len(county.years) < 2:
        return None
    known = balance[balance["cv"] != ""].assign(number=lambda d: d["cv"].astype(float))
    if known.empty:
        return None
    stages, years = stages_of(known, county), county.years
    limits = {r["stage"]: float(r["limit"]) for r in records(known)
              if not is_missing(r["limit"])}
    up = padded([*known["number"], *limits.values()], most=9)
    across = Scale(years[0] - 0.1, years[-1] + 0.1, tuple(years), tuple(map(str, years)))
    keys = {id: _line_key(n, county.standard.indicator(id).short)
            for n, id in enumerate(dict.fromkeys(known["indicator"]))}
    shown = [*keys.values(), limit_key("限值")]
    picture = Picture(2.8)
    boxes = grid(picture, [up.room + 1.8 * LABEL, *[12] * (len(stages) - 1)], [ROOM_BELOW],
                 top=ROOM_ABOVE, beside=keys_width(shown) + 8)
    for (stage, zh), box in zip(stages.items(), boxes, strict=True):
        panel = Panel(picture, box, across, up, words="xy" if box is boxes[0] else "x")
        for id, key in keys.items():
            mine = known[(known["stage"] == stage) & (known["indicator"] == id)]
            pairs = list(zip(mine["year"].astype(int), mine["number"], strict=True))
            panel.line(pairs, **key.line)
            panel.points(pairs, **key.marker)
        if stage in limits:
            panel.limit(limits[stage])
        panel.title(zh)
        panel.label_x("年份")
        if box is boxes[0]:
            panel.label_y("差异系数")
    left, low, width, height = boxes[-1]
    legend(picture, shown, left + width + 12, low + height * 0.8)
    return Figure("trend_chart", f"{county.name}{county.years[0]}—{county.year}年校际差异系数变化",
                  "各项差异系数逐年的折线，数值见同节表格", "各年学校数据表", picture,
                  tuple(records(known[["year", "stage", "indicator", "cv"]])))


def _line_key(n: int, label: str) -> Key:
    """Return a look of its own for the nth line: colour, dash and marker."""
    colour = LINE_COLOURS[n % len(LINE_COLOURS)]
    return Key(label, line={"stroke": colour, "width": 1.2,
                            "dash": LINE_DASHES[n % len(LINE_DASHES)]},
               marker={"colour": colour, "marker": LINE_MARKERS[n % len(LINE_MARKERS)],
                       "size": 5, "edge": "white"})


def quadrant_chart(balance: pd.DataFrame, indicators: pd.DataFrame, county: County
                   ) -> Figure | None:
    """Place each indicator by its level (mean ÷ required) and its balance (CV ÷ limit)."""
    if not (county.standard.judges_schools and county.standard.balance.cv_max):
        return None
    now = of_year(balance, county)
    required = {(r["stage"], r["indicator"]): r["threshold"]
                for r in reversed(records(of_year(indicators, county)))}
    if not required:
        return None
    rows = [{"stage": r["stage"], "indicator": r["indicator"],
             "level": float(r["mean"] / required[(r["stage"], r["indicator"])]),
             "spread": float(r["cv"]) / float(r["limit"])}
            for r in records(now) if r["cv"] and r["n_schools"] > 1]
    if not rows:
        return None
    good = sum(r["level"] >= 1 and r["spread"] <= 1 for r in rows)
    return Figure("quadrant_chart", f"{county.name}{county.year}年各项指标的水平与均衡程度",
                  f"{len(rows)}个点，其中县平均值达到标准值且差异系数不超过限值的{good}个",
                  "学校数据表", _quadrants(rows, stages_of(now, county)), tuple(rows),
                  notes=("右下为水平高、差异小；县平均值达到标准值不等于各校均达标。",))


def _quadrants(rows: list[dict], stages: dict[str, str]) -> Picture:
    across = padded([0.5, 1.1, *(r["level"] for r in rows)], 0.12, 8)
    up = padded([0.6, 1.05, *(r["spread"] for r in rows)], 0.14, 8)
    keys = {stage: Key(zh, marker={"marker": MARKERS[n], "colour": GROUP_COLOURS[n],
                                   "edge": DARK, "size": 5.8})
            for n, (stage, zh) in enumerate(stages.items())}
    picture = Picture(3.5)
    (box,) = grid(picture, [up.room + 1.8 * LABEL], [ROOM_BELOW], top=ROOM_ABOVE)
    panel = Panel(picture, box, across, up)
    panel.limit(1)
    panel.limit(1, upright=True)
    for r in rows:
        panel.points([(r["level"], r["spread"])], **keys[r["stage"]].marker)
    panel.labels([((r["level"], r["spread"]), r["indicator"]) for r in rows])
    _quadrant_words(picture, box)
    panel.label_x("水平：县平均值÷标准值")
    panel.label_y("差异：差异系数÷限值")
    left, low, width, height = box
    shown = list(keys.values())
    legend(picture, shown, left + width - flat_width(shown), low + height + 9, flat=True)
    return picture


def _quadrant_words(picture: Picture, box: tuple[float, float, float, float]) -> None:
    left, low, width, height = box
    for level, x, along in (("低水平", 6, "left"), ("高水平", width - 6, "right")):
        for spread, y in (("小差异", 9), ("大差异", height - 9)):
            picture.words(left + x, low + y, f"{level}、{spread}", 8.5, along, colour=AXIS)
