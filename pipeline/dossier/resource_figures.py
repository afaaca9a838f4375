"""Figures of chapter 02: every school against the required level."""

from fractions import Fraction

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.colors import BoundaryNorm, ListedColormap

from pipeline.county import County
from pipeline.dossier.exhibit import Figure
from pipeline.dossier.numbers import level_text, limit_text
from pipeline.dossier.resources import floor_words
from pipeline.dossier.style import ALERT, DARK, limit_line, panels, tidy
from pipeline.terms import is_missing, known

_HEAT_ROWS, _MISSING_SHADE = 60, -1.0


def strip_chart(indicators: pd.DataFrame, stage: str, county: County) -> Figure | None:
    """Draw each school as a point per indicator, with the required level and 85 % of it."""
    now, ids = _chosen(indicators, stage, county), county.standard.resource.indicators
    if now.empty:
        return None
    columns = min(4, len(ids))
    lines = -(-len(ids) // columns)
    figure, axes = panels(lines, columns, 1.62 * lines + 0.2)
    for ax, id in zip(axes, ids, strict=False):
        _strip(ax, now[now["indicator"] == id], id, county)
    for ax in axes[len(ids):]:
        ax.set_axis_off()
    if county.standard.judges_schools:
        handles = [axes[0].plot([], [], color=ALERT, linestyle=s, label=label)[0]
                   for s, label in (("-", "标准值"), ("--", f"标准值的{floor_words(county)}"))]
        place = axes[len(ids)] if len(axes) > len(ids) else axes[0]
        place.legend(handles=handles, loc="center")
    zh = county.standard.stages[stage]
    return Figure(
        f"strip_chart_{stage}", f"{county.name}{county.year}年{zh}各校指标水平",
        _alt(now, ids, county), "学校数据表", figure, _data(now),
        notes=("每点为一所学校；纵轴单位见各小图。",))


def _strip(ax, part: pd.DataFrame, id: str, county: County) -> None:
    indicator = county.standard.indicator(id)
    values = part["value"].astype(float)
    sns.stripplot(y=values, ax=ax, color=DARK, size=3, alpha=0.75, jitter=0.22)
    if len(part) and not is_missing(part.iloc[0]["threshold"]):
        limit_line(ax, float(part.iloc[0]["threshold"]), "")
        limit_line(ax, float(part.iloc[0]["floor"]), "", dashed=True)
    ax.set(title=f"{id} {indicator.short}\n（{indicator.unit}）", ylabel="", xlabel="", xticks=[])
    ax.set_ylim(0, max(ax.get_ylim()[1], float(values.max())) * 1.08)
    tidy(ax)


def heat_chart(indicators: pd.DataFrame, stage: str, county: County) -> Figure | None:
    """Shade each school × indicator by its ratio to the required level (or county mean).

    Returns None above 60 schools, where rows could no longer be read; the per-school table
    in the appendix holds them all.
    """
    now, ids = _chosen(indicators, stage, county), county.standard.resource.indicators
    if now["school_code"].nunique() not in range(1, _HEAT_ROWS + 1) or len(ids) < 2:
        return None
    ratio = _ratios(now, ids)
    figure, (ax,) = panels(1, 1, max(2.2, 0.172 * len(ratio) + 0.75))
    shown = ratio.map(lambda r: level_text(r, 2, (Fraction(1),)))
    sns.heatmap(ratio.fillna(_MISSING_SHADE), ax=ax, annot=shown, fmt="",
                annot_kws={"size": 7.5}, linewidths=0.4, linecolor="#dddddd", cbar=False,
                **_shades(county))
    ax.set(xlabel="", ylabel="")
    ax.set_xticks(ax.get_xticks(), [county.standard.indicator(i).short for i in ids])
    ax.xaxis.tick_top()
    ax.tick_params(length=0, axis="both", labelsize=8)
    ax.grid(False)
    zh = county.standard.stages[stage]
    below = int((ratio < 1).sum().sum())
    return Figure(
        f"heat_chart_{stage}", f"{county.name}{county.year}年{zh}各校指标与{_base(county)}之比",
        f"{zh}{len(ratio)}所学校、{len(ids)}项指标与{_base(county)}之比，"
        f"其中低于1的有{below}格，颜色越深比值越低", "学校数据表", figure, _data(now),
        notes=(_shades_zh(county),))


def _shades_zh(county: County) -> str:
    if not county.standard.judges_schools:
        return "颜色越深，比值越低。"
    floor = floor_words(county)
    return f"白色为达到标准值，浅灰为不低于{floor}，深色为不足{floor}；“缺”为资料不全。"


def _shades(county: County) -> dict:
    """Return three shades by state where there is a required level, else a scale."""
    if not county.standard.judges_schools:
        return {"cmap": "Greys_r", "vmin": 0.2, "vmax": 1.6}
    floor = float(county.standard.resource.floor_ratio)
    colours = ListedColormap(["#e8e8f4", "#444444", "#bdbdbd", "#ffffff"])
    return {"cmap": colours, "norm": BoundaryNorm([_MISSING_SHADE - 1, -0.5, floor, 1, 1e9], 4)}


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
    names = frame.drop_duplicates("school_code").set_index("school_code")["name"]
    order = [code for code in names.index if code in wide.index]
    return wide.loc[order].set_axis([names[code] for code in order])


def _base(county: County) -> str:
    return "标准值" if county.standard.judges_schools else "平均值"


def _data(now: pd.DataFrame) -> tuple[dict, ...]:
    return tuple({"school_code": r["school_code"], "indicator": r["indicator"],
                  "value": None if is_missing(r["value"]) else float(r["value"])}
                 for r in now.to_dict("records"))


def _alt(now: pd.DataFrame, ids: list[str], county: County) -> str:
    said = []
    for id in ids:
        part = now[(now["indicator"] == id) & known(now["value"])]
        if part.empty:
            continue
        indicator = county.standard.indicator(id)
        low, high = (level_text(f(part["value"]), indicator.decimals) for f in (min, max))
        text = f"{indicator.short}最小{low}、最大{high}"
        limit = part.iloc[0]["threshold"]
        if not is_missing(limit):
            below = sum(v < limit for v in part["value"])
            text += f"、标准值{limit_text(limit)}、{below}所未达"
        said.append(text)
    return "各校指标的散点：" + "；".join(said)

