"""Figures of chapter 03: coefficients against limits, years, groups, schools."""

import pandas as pd
import seaborn as sns

from pipeline.county import County
from pipeline.dossier.exhibit import Figure
from pipeline.dossier.numbers import cv_text, figure_text, joined, percent_text
from pipeline.dossier.style import (
    DARK,
    GROUP_COLOURS,
    HATCHES,
    MARKERS,
    MID,
    PALE,
    limit_line,
    panels,
    tidy,
)
from pipeline.terms import NOT_MET, is_missing

_LINE_COLOURS = (DARK, "#8a5a00", "#444444", MID, "#000000", "#777777", "#5f7f3f", "#9a3b3b",
                 "#3b6f9a")


def _now(frame: pd.DataFrame, county: County) -> pd.DataFrame:
    return frame[frame["year"] == county.year]


def _stages(frame: pd.DataFrame, county: County) -> dict[str, str]:
    present = set(frame["stage"])
    return {s: zh for s, zh in county.standard.stages.items() if s in present}


def _shorts(ids, county: County) -> list[str]:
    return [county.standard.indicator(i).short for i in ids]


def cv_chart(balance: pd.DataFrame, county: County) -> Figure | None:
    """Draw the coefficients of each stage as bars with the limit as a line."""
    now = _now(balance, county)
    now = now[now["cv"] != ""]
    if now.empty:
        return None
    stages = _stages(now, county)
    figure, axes = panels(1, len(stages), 2.9, sharex=True)
    for ax, (stage, zh) in zip(axes, stages.items(), strict=True):
        part = now[now["stage"] == stage]
        _cv_bars(ax, part, county)
        ax.set(title=zh, xlabel="差异系数", ylabel="")
    alt = "；".join(_listed(zh, now[now["stage"] == s], county) for s, zh in stages.items())
    return Figure("cv_chart", f"{county.name}{county.year}年各项指标校际差异系数",
                  alt, "学校数据表", figure,
                  tuple(now[["stage", "indicator", "cv"]].to_dict("records")),
                  notes=("竖线为限值；斜纹为超过限值。",) if county.standard.balance.cv_max else ())


def _listed(zh: str, part: pd.DataFrame, county: County) -> str:
    return zh + joined([f"{county.standard.indicator(row['indicator']).short}"
                        f"{cv_text(row['cv'], row['limit'])}" for row in part.to_dict("records")])


def _cv_bars(ax, part: pd.DataFrame, county: County) -> None:
    values = part["cv"].astype(float)
    sns.barplot(x=values, y=_shorts(part["indicator"], county), ax=ax, color=MID, width=0.62)
    for bar, row in zip(ax.patches, part.to_dict("records"), strict=True):
        if row["status"] == NOT_MET:
            bar.set(hatch=HATCHES[1], facecolor=PALE, edgecolor=DARK)
        ax.annotate(cv_text(row["cv"], row["limit"]), (bar.get_width(), _middle(bar)),
                    xytext=(3, 0), textcoords="offset points", va="center", fontsize=8)
    limit = part.iloc[0]["limit"]
    if not is_missing(limit):
        limit_line(ax, float(limit), "限值", upright=True)
    ax.set_xlim(0, max(values.max() * 1.22, 1.15 * float(0 if is_missing(limit) else limit)))
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    tidy(ax)


def _middle(bar) -> float:
    return bar.get_y() + bar.get_height() / 2


def trend_chart(balance: pd.DataFrame, county: County) -> Figure | None:
    """Draw each coefficient over the years with the limit; None with one year only."""
    if len(county.years) < 2:
        return None
    known = balance[balance["cv"] != ""].assign(number=lambda d: d["cv"].astype(float))
    if known.empty:
        return None
    known = known.assign(zh=_shorts(known["indicator"], county))
    stages = _stages(known, county)
    figure, axes = panels(1, len(stages), 3.2, sharey=True)
    for ax, (stage, zh) in zip(axes, stages.items(), strict=True):
        part = known[known["stage"] == stage]
        data = pd.DataFrame({"year": part["year"].astype(int), "cv": part["number"],
                             "指标": part["zh"]})
        sns.lineplot(data, x="year", y="cv", hue="指标", style="指标", markers=True, ax=ax,
                     palette=_LINE_COLOURS[:data["指标"].nunique()], legend=ax is axes[-1],
                     errorbar=None, markersize=6, linewidth=1.2)
        if not is_missing(part.iloc[0]["limit"]):
            limit_line(ax, float(part.iloc[0]["limit"]), "限值")
        ax.set(title=zh, xlabel="年份", ylabel="差异系数", xticks=county.years)
        tidy(ax)
    axes[-1].legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return Figure("trend_chart", f"{county.name}{county.years[0]}—{county.year}年校际差异系数变化",
                  "各项差异系数逐年的折线，数值见同节表格", "各年学校数据表", figure,
                  tuple(known[["year", "stage", "indicator", "cv"]].to_dict("records")))


def quadrant_chart(balance: pd.DataFrame, indicators: pd.DataFrame, county: County
                   ) -> Figure | None:
    """Place each indicator by its level (mean ÷ required) and its balance (CV ÷ limit)."""
    if not (county.standard.judges_schools and county.standard.balance.cv_max):
        return None
    now = _now(balance, county)
    required = _now(indicators, county).groupby(["stage", "indicator"])["threshold"].first()
    if required.empty:
        return None
    rows = [{"stage": r["stage"], "indicator": r["indicator"],
             "level": float(r["mean"] / required[(r["stage"], r["indicator"])]),
             "spread": float(r["cv"]) / float(r["limit"])}
            for r in now.to_dict("records") if r["cv"]]
    figure, (ax,) = panels(1, 1, 3.5)
    for n, (stage, zh) in enumerate(_stages(now, county).items()):
        part = [r for r in rows if r["stage"] == stage]
        ax.scatter([r["level"] for r in part], [r["spread"] for r in part], label=zh,
                   marker=MARKERS[n], color=GROUP_COLOURS[n], edgecolor=DARK, s=34, zorder=3)
        for r in part:
            ax.annotate(r["indicator"], (r["level"], r["spread"]), xytext=(4, 3),
                        textcoords="offset points", fontsize=8)
    limit_line(ax, 1, "")
    limit_line(ax, 1, "", upright=True)
    _quadrant_words(ax)
    ax.margins(0.16)
    ax.set_xlim(left=min(0.5, ax.get_xlim()[0]))
    ax.set(xlabel="水平：县平均值÷标准值", ylabel="差异：差异系数÷限值")
    ax.legend(loc="best")
    tidy(ax)
    good = sum(r["level"] >= 1 and r["spread"] <= 1 for r in rows)
    return Figure("quadrant_chart", f"{county.name}{county.year}年各项指标的水平与均衡程度",
                  f"{len(rows)}个点，其中县平均值达到标准值且差异系数不超过限值的{good}个",
                  "学校数据表", figure, tuple(rows),
                  notes=("右下为水平高、差异小；县平均值达到标准值不等于各校均达标。",))


def _quadrant_words(ax) -> None:
    corners = {"低水平、大差异": (0.02, 0.97, "left", "top"),
               "高水平、大差异": (0.98, 0.97, "right", "top"),
               "低水平、小差异": (0.02, 0.03, "left", "bottom"),
               "高水平、小差异": (0.98, 0.03, "right", "bottom")}
    for words, (x, y, side, height) in corners.items():
        ax.text(x, y, words, transform=ax.transAxes, ha=side, va=height, fontsize=8.5,
                color="#555555")


def group_chart(decomposition: pd.DataFrame, county: County) -> Figure | None:
    """Draw group means as a ratio to the county mean (城区、镇区、乡村)."""
    now = _now(decomposition, county)
    if now.empty:
        return None
    rows = [{"stage": r["stage"], "指标": county.standard.indicator(r["indicator"]).short,
             "组": county.standard.groups[r["group"]],
             "ratio": float(r["mean"] / _county_mean(now, r))} for r in now.to_dict("records")]
    stages = _stages(now, county)
    figure, axes = panels(len(stages), 1, 2.1 * len(stages) + 0.3, sharex=True)
    data = pd.DataFrame(rows)
    order = [zh for zh in county.standard.groups.values() if zh in set(data["组"])]
    for ax, (stage, zh) in zip(axes, stages.items(), strict=True):
        sns.barplot(data[data["stage"] == stage], x="指标", y="ratio", hue="组", hue_order=order,
                    palette=list(GROUP_COLOURS[:len(order)]), edgecolor=DARK, linewidth=0.5,
                    ax=ax, errorbar=None, legend=ax is axes[0])
        for bars, hatch in zip(ax.containers, HATCHES, strict=False):
            for bar in bars:
                bar.set_hatch(hatch)
        ax.axhline(1, color="#555555", linewidth=0.8)
        ax.set(title=zh, xlabel="", ylabel="组平均值÷县平均值")
        tidy(ax)
    axes[0].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="")
    low, high = data["ratio"].min(), data["ratio"].max()
    return Figure("group_chart", f"{county.name}{county.year}年各组平均值与县平均值之比",
                  f"各组与县平均值之比，最低{figure_text(low, 2)}，最高{figure_text(high, 2)}",
                  "学校数据表", figure, tuple(rows))


def _county_mean(now: pd.DataFrame, row: dict):
    part = now[(now["stage"] == row["stage"]) & (now["indicator"] == row["indicator"])]
    return sum(w * m for w, m in zip(part["weight"], part["mean"], strict=True))


def decomposition_chart(decomposition: pd.DataFrame, county: County) -> Figure | None:
    """Draw the between- and within-group shares of S² as stacked bars."""
    now = _now(decomposition, county)
    if now.empty:
        return None
    parts = now.groupby(["stage", "indicator"], sort=False)[["between", "within"]].sum()
    share = parts["between"] / (parts["between"] + parts["within"])
    labels = [f"{county.standard.stages[s]}·{county.standard.indicator(i).short}"
              for s, i in share.index]
    values = share.astype(float).to_numpy()
    figure, (ax,) = panels(1, 1, 0.21 * len(labels) + 0.9)
    sns.barplot(x=values, y=labels, ax=ax, color=DARK, width=0.65, label="组间")
    ax.barh(labels, 1 - values, left=values, color=PALE, height=0.65, label="组内",
            hatch=HATCHES[2], edgecolor="white", linewidth=0)
    ax.set(xlim=(0, 1), xlabel="占S²的份额", ylabel="")
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    ax.grid(False, axis="y")
    tidy(ax)
    said = [f"{label}组间{percent_text(value)}" for label, value in zip(labels, share, strict=True)]
    return Figure("decomposition_chart", f"{county.name}{county.year}年差异来源：组间与组内",
                  "；".join(said), "学校数据表", figure,
                  tuple({"label": a, "between": float(b)}
                        for a, b in zip(labels, values, strict=True)))


def contribution_chart(contributions: pd.DataFrame, balance: pd.DataFrame, county: County
                       ) -> Figure | None:
    """Draw the five largest contributions to the largest coefficient of each stage."""
    now = _now(balance, county)
    now = now[now["cv"] != ""]
    if now.empty:
        return None
    stages = _stages(now, county)
    figure, axes = panels(1, len(stages), 2.3)
    data = []
    for ax, (stage, zh) in zip(axes, stages.items(), strict=True):
        worst = max(now[now["stage"] == stage].to_dict("records"), key=lambda r: float(r["cv"]))
        part = contributions[(contributions["stage"] == stage)
                             & (contributions["indicator"] == worst["indicator"])]
        known = [r for r in part.to_dict("records") if not is_missing(r["share"])]
        top = sorted(known, key=lambda r: -r["share"])[:5]
        data += [{"stage": stage, "school": r["name"], "share": float(r["share"])} for r in top]
        sns.barplot(x=[float(r["share"]) * 100 for r in top], y=[r["name"] for r in top], ax=ax,
                    color=MID, width=0.6)
        ax.set(title=f"{zh}·{county.standard.indicator(worst['indicator']).short}",
               xlabel="占S²份额（%）", ylabel="")
        ax.grid(axis="x")
        ax.grid(False, axis="y")
        tidy(ax)
    alt = joined([f"{d['school']}{figure_text(d['share'] * 100, 1)}%" for d in data])
    return Figure("contribution_chart",
                  f"{county.name}{county.year}年差异系数最大的指标中贡献最大的学校",
                  alt, "学校数据表", figure, tuple(data))
