"""Figures of chapter 08: before and after, who gives and who gets, the ladder of costs."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.balance import short
from pipeline.dossier.exhibit import Figure
from pipeline.dossier.numbers import count_text, joined, level_text
from pipeline.dossier.path import (
    PLAN_ZH,
    WHOLE,
    amount_text,
    change_words,
    cost_text,
    decided,
    named,
    outcomes,
)
from pipeline.dossier.resources import floor_words
from pipeline.dossier.style import ALERT, DARK, HATCHES, MID, PALE, limit_line, panels, tidy
from pipeline.terms import is_missing

_COLUMNS, _MOST_BARS = 4, 30


def change_chart(indicators: pd.DataFrame, changes: pd.DataFrame, path: pd.DataFrame,
                 county: County) -> Figure | None:
    """Draw each school before and after the default plan, with the required levels."""
    acting = [row for row in outcomes(path, WHOLE) if row["moves"] or row["additions"]]
    if not acting:
        return None
    now, data = indicators[indicators["year"] == county.year], []
    columns = min(_COLUMNS, len(acting))
    lines = -(-len(acting) // columns)
    figure, axes = panels(lines, columns, 1.6 * lines + 0.4)
    for ax, row in zip(axes, acting, strict=False):
        pairs = _before_and_after(row, now, changes)
        _draw_change(ax, pairs, row, now, county)
        data += [{"stage": row["stage"], "indicator": row["indicator"], "school_code": code,
                  "before": float(a), "after": float(b)} for code, a, b in pairs]
    for ax in axes[len(acting):]:
        ax.set_axis_off()
    handles = [axes[0].plot([], [], color=ALERT, linestyle=s, label=label)[0]
               for s, label in (("-", "标准值"), ("--", f"标准值的{floor_words(county)}"))]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    changed = sum(d["before"] != d["after"] for d in data)
    return Figure(
        "change_chart", f"{county.name}{county.year}年达标路径前后各校水平（{PLAN_ZH[WHOLE]}）",
        f"{len(acting)}幅小图，每所学校现状与调整后各一点，共{changed}处有变化；"
        + "；".join(_change_alt(row, county) for row in acting),
        "学校数据表；达标路径测算", figure, tuple(data),
        notes=("每线为一所学校，深色为有变化的学校；纵轴单位见各小图。",))


def _before_and_after(row: dict, now: pd.DataFrame, changes: pd.DataFrame
                      ) -> list[tuple[str, Fraction, Fraction]]:
    keys = ("stage", "indicator")
    mine = changes[(changes["plan"] == WHOLE) & (changes["kind"] == row["kind"])]
    for key in keys:
        mine, now = mine[mine[key] == row[key]], now[now[key] == row[key]]
    after = dict(zip(mine["school_code"], mine["value_after"], strict=True))
    return [(code, value, after.get(code, value)) for code, value in
            zip(now["school_code"], now["value"], strict=True) if not is_missing(value)]


def _draw_change(ax, pairs, row: dict, now: pd.DataFrame, county: County) -> None:
    indicator = county.standard.indicator(row["indicator"])
    for _, before, after in sorted(pairs, key=lambda pair: pair[1] != pair[2]):
        changed = before != after
        ax.plot([0, 1], [float(before), float(after)], marker="o", markersize=2.6,
                color=DARK if changed else "#b5b5b5", linewidth=1.3 if changed else 0.4,
                zorder=3 if changed else 2)
    limits = now[(now["stage"] == row["stage"]) & (now["indicator"] == row["indicator"])].iloc[0]
    limit_line(ax, float(limits["threshold"]), "")
    limit_line(ax, float(limits["floor"]), "", dashed=True)
    zh = county.standard.stages[row["stage"]]
    ax.set(title=f"{zh} {row['indicator']} {indicator.short}\n（{indicator.unit}）",
           xlim=(-0.3, 1.3))
    ax.set_xticks([0, 1], ["现状", "调整后"])
    ax.set_ylim(0, max(float(v) for pair in pairs for v in pair[1:]) * 1.08)
    tidy(ax)


def _change_alt(row: dict, county: County) -> str:
    said = [f"交流{row['moves']}人"] if row["moves"] else []
    if row["additions"]:
        said.append(f"增加{amount_text(row['additions'], row['unit'])}")
    return named(row, county) + joined(said)


def exchange_chart(changes: pd.DataFrame, path: pd.DataFrame, county: County) -> Figure | None:
    """Draw who gives teachers (left) and who gets them (right), one bar a school and indicator.

    Of more than thirty bars only the longest are drawn; the table holds them all.
    """
    rows = [r for r in decided(changes, path) if r["plan"] == WHOLE and r["moved"]]
    if not rows:
        return None
    kept = sorted(rows, key=lambda r: -abs(r["moved"]))[:_MOST_BARS]
    order = {(r["stage"], r["indicator"]): n for n, r in enumerate(outcomes(path, WHOLE))}
    kept.sort(key=lambda r: (order[r["stage"], r["indicator"]], r["moved"], r["school_code"]))
    figure, (ax,) = panels(1, 1, 0.18 * len(kept) + 0.7)
    for n, row in enumerate(kept):
        gets = row["moved"] > 0
        ax.barh(n, float(row["moved"]), color=DARK if gets else PALE, edgecolor=DARK,
                hatch=HATCHES[0] if gets else HATCHES[1], height=0.66, linewidth=0.6)
        ax.annotate(change_words(row), (float(row["moved"]), n),
                    xytext=(3 if gets else -3, 0), textcoords="offset points", va="center",
                    ha="left" if gets else "right", fontsize=8)
    ax.set_yticks(range(len(kept)), [f"{r['name']}·{r['indicator']}" for r in kept])
    ax.invert_yaxis()
    ax.axvline(0, color="#555555", linewidth=0.8)
    most = max(abs(float(r["moved"])) for r in kept)
    ax.set(xlim=(-1.5 * most, 1.5 * most), xlabel="调出（人）　←　　→　调入（人）")
    ax.grid(False)
    ax.xaxis.get_major_locator().set_params(integer=True)
    tidy(ax)
    said = [f"{r['name']}{r['indicator']}{change_words(r)}" for r in kept]
    return Figure(
        "exchange_chart", f"{county.name}{county.year}年教师交流：调出与调入（{PLAN_ZH[WHOLE]}）",
        joined(said), "达标路径测算", figure,
        tuple({"school_code": r["school_code"], "stage": r["stage"], "indicator": r["indicator"],
               "moved": int(r["moved"])} for r in kept), notes=_bar_notes(rows, county))


def _bar_notes(rows: list[dict], county: County) -> tuple[str, ...]:
    ids = [id for id in county.standard.resource.indicators if id in {r["indicator"] for r in rows}]
    named_ids = joined([f"{id}为{short(id, county)}" for id in ids])
    legend = f"深色为调入，斜纹为调出；{named_ids}。"
    if len(rows) <= _MOST_BARS:
        return (legend,)
    return (legend, f"共{count_text(len(rows))}条，只画人数最多的{_MOST_BARS}条。")


def cost_chart(path: pd.DataFrame, county: County) -> Figure | None:
    """Draw the ladder of costs (费用阶梯): cheapest first, each on top of those before it.

    None unless unit costs are given.
    """
    rows = [r for r in outcomes(path, WHOLE) if not is_missing(r["cost"]) and r["cost"]]
    if not rows:
        return None
    rows.sort(key=lambda r: (r["cost"], r["stage"], r["indicator"]))
    figure, (ax,) = panels(1, 1, 0.3 * len(rows) + 0.9)
    total = Fraction(0)
    for n, row in enumerate(rows):
        ax.barh(n, float(row["cost"]) / 1e4, left=float(total) / 1e4, color=MID,
                edgecolor=DARK, height=0.62, linewidth=0.6)
        total += row["cost"]
        ax.annotate(cost_text(total), (float(total) / 1e4, n), xytext=(3, 0),
                    textcoords="offset points", va="center", fontsize=8)
    ax.set_yticks(range(len(rows)), [
        f"{county.standard.stages[r['stage']]}·{short(r['indicator'], county)}" for r in rows])
    ax.invert_yaxis()
    ax.set(xlim=(0, float(total) / 1e4 * 1.2), xlabel="累计费用（万元）")
    ax.grid(axis="x")
    ax.grid(False, axis="y")
    tidy(ax)
    return Figure(
        "cost_chart", f"{county.name}{county.year}年补足各项的累计费用（{PLAN_ZH[WHOLE]}）",
        f"由省到费逐项累计，合计{level_text(total / 10000, 2)}万元：" + joined(
            [f"{named(r, county)}{cost_text(r['cost'])}万元" for r in rows]),
        "县级数据（单价）；达标路径测算", figure,
        tuple({"stage": r["stage"], "indicator": r["indicator"], "cost": float(r["cost"])}
              for r in rows), notes=("只含有单价的项目，不含教师。",))
