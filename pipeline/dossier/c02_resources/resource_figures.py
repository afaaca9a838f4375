"""Figures of chapter 02: every school against the required level."""

from fractions import Fraction

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns

from pipeline.county import County
from pipeline.dossier.c02_resources.school_compliance import floor_words
from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.numbers import level_text, limit_text, span_words
from pipeline.dossier.printing.plot_panel import (
    NOTE,
    TITLE,
    Panel,
    Scale,
    grid,
    jitter,
    legend,
    limit_keys,
    names,
    numbers,
)
from pipeline.dossier.printing.style import DARK
from pipeline.ground.terms import ABOVE, BELOW, FLOOR, MISSING, is_missing, known, records

_HEAT_ROWS, _SHADES = 60, 7
_BY_LEVEL = {ABOVE: "#ffffff", FLOOR: "#bdbdbd", BELOW: "#444444", MISSING: "#e8e8f4"}
_NO_NAMES = Scale(-0.5, 0.5)


def strip_chart(indicators: pd.DataFrame, stage: str, county: County) -> Figure | None:
    """Draw each school as a point per indicator, with the required level and 85 % of it."""
    now, ids = _chosen(indicators, stage, county), county.standard.resource.indicators
    if not known(now["value"]).any():
        return None
    columns = min(4, len(ids))
    parts = {id: now[now["indicator"] == id] for id in ids}
    scales = {id: _level_scale(part) for id, part in parts.items()}
    lefts = [max(scales[id].room for id in ids[n::columns]) + 3 for n in range(columns)]
    lines = -(-len(ids) // columns)
    picture = Picture(1.62 * lines + 0.2)
    boxes = grid(picture, lefts, [6] * lines, top=3.4 * TITLE)
    for box, (id, part) in zip(boxes, parts.items(), strict=False):
        _strip(Panel(picture, box, _NO_NAMES, scales[id]), part, id, county)
    if county.standard.judges_schools:
        left, low, width, height = boxes[min(len(ids), len(boxes) - 1)]
        legend(picture, limit_keys(floor_words(county)), left, low + height / 2)
    zh = county.standard.stages[stage]
    return Figure(
        f"strip_chart_{stage}", f"{county.name}{county.year}年{zh}各校指标水平",
        _alt(now, ids, county), "学校数据表", picture, _data(now),
        notes=("每点为一所学校；纵轴单位见各小图。",))


def _level_scale(part: pd.DataFrame) -> Scale:
    values = [float(v) for v in (*part["value"], *part["threshold"][:1]) if not is_missing(v)]
    return numbers(0, 1.08 * max(values, default=1) or 1, 4)


def _strip(panel: Panel, part: pd.DataFrame, id: str, county: County) -> None:
    indicator = county.standard.indicator(id)
    values = [float(v) for v in part["value"] if not is_missing(v)]
    panel.points(zip(jitter(len(values), 0.22), values, strict=True), colour=DARK, size=3,
                 alpha=0.75)
    if len(part) and not is_missing(part.iloc[0]["threshold"]):
        panel.limit(float(part.iloc[0]["threshold"]))
        panel.limit(float(part.iloc[0]["floor"]), dashed=True)
    panel.title(f"{id} {indicator.short}\n（{indicator.unit}）")


def heat_chart(indicators: pd.DataFrame, stage: str, county: County) -> Figure | None:
    """Shade each school × indicator by its ratio to the required level (or county mean).

    Returns None above 60 schools, where rows could no longer be read; the per-school table
    in the appendix holds them all.
    """
    now, ids = _chosen(indicators, stage, county), county.standard.resource.indicators
    shown = now["school_code"].nunique() <= _HEAT_ROWS and len(ids) >= 2
    if not shown or not known(now["value"]).any():
        return None
    ratio = _ratios(now, ids)
    picture = Picture(max(1.2, 0.172 * len(ratio) + 0.4))
    _shaded(picture, ratio, now, county)
    zh = county.standard.stages[stage]
    below = int((ratio < 1).sum().sum())
    count = f"其中低于1的有{below}格" if below else "没有低于1的"
    return Figure(
        f"heat_chart_{stage}", f"{county.name}{county.year}年{zh}各校指标与{_base(county)}之比",
        f"{zh}{len(ratio)}所学校、{len(ids)}项指标与{_base(county)}之比，"
        f"{count}，颜色越深比值越低", "学校数据表", picture, _data(now),
        notes=(_shades_zh(county),))


def _shades_zh(county: County) -> str:
    if not county.standard.judges_schools:
        return "颜色越深，比值越低。"
    floor = floor_words(county)
    return f"白色为达到标准值，浅灰为不低于{floor}，深色为不足{floor}；“缺”为资料不全。"


def _shaded(picture: Picture, ratio: pd.DataFrame, now: pd.DataFrame, county: County) -> None:
    zh = dict(zip(now["school_code"], now["name"], strict=True))
    up = names([zh[code] for code in ratio.index], downwards=True, size=NOTE)
    across = names([county.standard.indicator(i).short for i in ratio.columns], size=NOTE)
    (box,) = grid(picture, [up.room], [2], right=2, top=2 * NOTE)
    panel = Panel(picture, box, across, up, frame=False)
    levels = dict(zip(zip(now["school_code"], now["indicator"], strict=True), now["level"],
                      strict=True))
    cells = {(x, y): (value, _shade(value, levels.get((code, id), MISSING)))
             for y, (code, row) in enumerate(zip(ratio.index, ratio.to_numpy(float), strict=True))
             for x, (id, value) in enumerate(zip(ratio.columns, row, strict=True))}
    for shade in dict.fromkeys(shade for _, shade in cells.values()):
        panel.bars([((x - 0.5, y - 0.5), (x + 0.5, y + 0.5))
                    for (x, y), (_, own) in cells.items() if own == shade],
                   fill=shade, stroke="#dddddd", width=0.4)
    for (x, y), (value, shade) in cells.items():
        panel.note(x, y, level_text(value, 2, (Fraction(1),)), dx=0, along="center", size=7.5,
                   colour="#ffffff" if _is_dark(shade) else None)
    for y, name in enumerate(up.texts):
        panel.note(-0.5, y, name, dx=-6, along="right")
    for x, short in enumerate(across.texts):
        panel.note(x, -0.5, short, dx=0, dy=0.8 * NOTE, along="center")


def _shade(value: float, level: str) -> str:
    """Return one of three shades by state where there is a required level, else of a scale."""
    if value != value:
        return _BY_LEVEL[MISSING]
    if level:
        return _BY_LEVEL[level]
    place = round((min(max(value, 0.2), 1.6) - 0.2) / 1.4 * (_SHADES - 1))
    return mpl.colors.to_hex(sns.color_palette("Greys_r", _SHADES)[place])


def _is_dark(shade: str) -> bool:
    return sum(mpl.colors.to_rgb(shade)) < 1.5


def _chosen(indicators: pd.DataFrame, stage: str, county: County) -> pd.DataFrame:
    wanted = indicators["indicator"].isin(county.standard.resource.indicators)
    return indicators[(indicators["year"] == county.year) & (indicators["stage"] == stage) & wanted]


def _ratios(now: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    frame = now.assign(number=now["value"].map(lambda v: np.nan if is_missing(v) else float(v)))
    wide = frame.pivot(index="school_code", columns="indicator", values="number")[ids]
    base = frame.groupby("indicator")["threshold"].first()
    if base.map(is_missing).any():
        base = frame.groupby("indicator")["number"].mean()
    wide = wide / base.reindex(ids).astype(float)
    return wide.loc[list(dict.fromkeys(frame["school_code"]))]


def _base(county: County) -> str:
    return "标准值" if county.standard.judges_schools else "平均值"


def _data(now: pd.DataFrame) -> tuple[dict, ...]:
    return tuple({"school_code": r["school_code"], "indicator": r["indicator"],
                  "value": None if is_missing(r["value"]) else float(r["value"])}
                 for r in records(now))


def _alt(now: pd.DataFrame, ids: list[str], county: County) -> str:
    said = []
    for id in ids:
        part = now[(now["indicator"] == id) & known(now["value"])]
        if part.empty:
            continue
        indicator = county.standard.indicator(id)
        low, high = (level_text(f(part["value"]), indicator.decimals) for f in (min, max))
        text = f"{indicator.short}{span_words(low, high, of=len(part))}"
        limit = part.iloc[0]["threshold"]
        if not is_missing(limit):
            below = sum(v < limit for v in part["value"])
            text += f"、标准值{limit_text(limit)}、{below}所未达"
        said.append(text)
    return "各校指标的散点：" + "；".join(said)

