"""Figures of chapter 08: before and after, who gives and who gets, the ladder of costs."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c02_resources.school_compliance import floor_words
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.c08_path.path_needs import (
    PLAN_ZH,
    amount_text,
    change_words,
    cost_text,
    decided,
    named,
    outcomes,
)
from pipeline.dossier.printing.drawing import Picture
from pipeline.dossier.printing.exhibit import Figure
from pipeline.dossier.printing.numbers import count_text, joined, level_text
from pipeline.dossier.printing.plot_panel import (
    LABEL,
    TICK,
    TITLE,
    Panel,
    Scale,
    flat_width,
    grid,
    legend,
    limit_keys,
    names,
    numbers,
)
from pipeline.dossier.printing.style import DARK, HATCHES, MID, PALE
from pipeline.ground.terms import AT_THRESHOLD, is_missing, records

_COLUMNS, _MOST_BARS, _BAR, _WAN = 4, 30, 0.32, 1e4
_STAYS = "#b5b5b5"
_BEFORE_AFTER = Scale(-0.3, 1.3, (0, 1), ("现状", "调整后"))


def change_chart(indicators: pd.DataFrame, changes: pd.DataFrame, path: pd.DataFrame,
                 county: County) -> Figure | None:
    """Draw each school before and after the default plan, with the required levels."""
    acting = [row for row in outcomes(path, AT_THRESHOLD) if row["moves"] or row["additions"]]
    if not acting:
        return None
    now = indicators[indicators["year"] == county.year]
    values, after = _before(now), _after(changes)
    pairs = [[(code, value, after.get((*key, row["kind"], code), value))
              for code, value in values.get(key, [])]
             for row in acting for key in [(row["stage"], row["indicator"])]]
    data = [{"stage": row["stage"], "indicator": row["indicator"], "school_code": code,
             "before": float(a), "after": float(b)}
            for row, mine in zip(acting, pairs, strict=True) for code, a, b in mine]
    changed = sum(d["before"] != d["after"] for d in data)
    return Figure(
        "change_chart",
        f"{county.name}{county.year}年达标路径前后各校水平（{PLAN_ZH[AT_THRESHOLD]}）",
        f"{len(acting)}幅小图，每所学校现状与调整后各一点，共{changed}处有变化；"
        + "；".join(_change_alt(row, county) for row in acting),
        "学校数据表；达标路径测算", _changes(acting, pairs, now, county), tuple(data),
        notes=("每线为一所学校，深色为有变化的学校；纵轴单位见各小图。",))


def _before(now: pd.DataFrame) -> dict[tuple[str, str], list[tuple[str, Fraction]]]:
    """Return school and value by stage and indicator."""
    found: dict[tuple[str, str], list[tuple[str, Fraction]]] = {}
    for row in records(now):
        if not is_missing(row["value"]):
            found.setdefault((row["stage"], row["indicator"]), []).append(
                (row["school_code"], row["value"]))
    return found


def _after(changes: pd.DataFrame) -> dict[tuple[str, str, str, str], Fraction]:
    """Return the value after the default plan by stage, indicator, kind and school."""
    return {(row["stage"], row["indicator"], row["kind"], row["school_code"]): row["value_after"]
            for row in records(changes) if row["plan"] == AT_THRESHOLD}


def _changes(acting: list[dict], pairs: list[list], now: pd.DataFrame, county: County) -> Picture:
    columns = min(_COLUMNS, len(acting))
    lines, keys = -(-len(acting) // columns), limit_keys(floor_words(county))
    scales = [numbers(0, 1.08 * max((float(v) for pair in mine for v in pair[1:]), default=1), 4)
              for mine in pairs]
    lefts = [max(scale.room for scale in scales[n::columns]) + 3 for n in range(columns)]
    picture = Picture(1.6 * lines + 0.4)
    boxes = grid(picture, lefts, [*[1.7 * TICK] * (lines - 1), 1.7 * TICK + 22], top=3.4 * TITLE)
    for box, row, mine, scale in zip(boxes, acting, pairs, scales, strict=False):
        _draw_change(Panel(picture, box, _BEFORE_AFTER, scale), mine, row, now, county)
    legend(picture, keys, (picture.width - flat_width(keys)) / 2, 9, flat=True)
    return picture


def _draw_change(panel: Panel, pairs: list, row: dict, now: pd.DataFrame, county: County) -> None:
    indicator = county.standard.indicator(row["indicator"])
    for changed, colour, width in ((False, _STAYS, 0.4), (True, DARK, 1.3)):
        ends = [((0, float(a)), (1, float(b))) for _, a, b in pairs if (a != b) == changed]
        panel.lines(ends, stroke=colour, width=width)
        panel.points([end for pair in ends for end in pair], colour=colour, size=2.6)
    limits = now[(now["stage"] == row["stage"]) & (now["indicator"] == row["indicator"])].iloc[0]
    panel.limit(float(limits["threshold"]))
    panel.limit(float(limits["floor"]), dashed=True)
    zh = county.standard.stages[row["stage"]]
    panel.title(f"{zh} {row['indicator']} {indicator.short}\n（{indicator.unit}）")


def _change_alt(row: dict, county: County) -> str:
    said = [f"交流{row['moves']}人"] if row["moves"] else []
    if row["additions"]:
        said.append(f"增加{amount_text(row['additions'], row['unit'])}")
    return named(row, county) + joined(said)


def exchange_chart(changes: pd.DataFrame, path: pd.DataFrame, county: County) -> Figure | None:
    """Draw who gives teachers (left) and who gets them (right), one bar a school and indicator.

    Of more than thirty bars only the longest are drawn; the table holds them all.
    """
    rows = [r for r in decided(changes, path) if r["plan"] == AT_THRESHOLD and r["moved"]]
    if not rows:
        return None
    kept = sorted(rows, key=lambda r: -abs(r["moved"]))[:_MOST_BARS]
    order = {(r["stage"], r["indicator"]): n for n, r in enumerate(outcomes(path, AT_THRESHOLD))}
    kept.sort(key=lambda r: (order[r["stage"], r["indicator"]], r["moved"], r["school_code"]))
    said = [f"{r['name']}{r['indicator']}{change_words(r)}" for r in kept]
    return Figure(
        "exchange_chart",
        f"{county.name}{county.year}年教师交流：调出与调入（{PLAN_ZH[AT_THRESHOLD]}）",
        joined(said), "达标路径测算", _exchanges(kept),
        tuple({"school_code": r["school_code"], "stage": r["stage"], "indicator": r["indicator"],
               "moved": int(r["moved"])} for r in kept), notes=_bar_notes(rows, county))


def _exchanges(kept: list[dict]) -> Picture:
    most = max(abs(float(r["moved"])) for r in kept)
    up = names([f"{r['name']}·{r['indicator']}" for r in kept], downwards=True)
    across = numbers(-1.5 * most, 1.5 * most, min(8, 2 * int(1.5 * most) + 1), whole=True)
    picture = Picture(0.18 * len(kept) + 0.7)
    (box,) = grid(picture, [up.room + 4], [3.9 * LABEL], top=4)
    panel = Panel(picture, box, across, up, lines="")
    for n, row in enumerate(kept):
        gets = row["moved"] > 0
        panel.bars([((0, n - _BAR), (float(row["moved"]), n + _BAR))], stroke=DARK, width=0.6,
                   fill=DARK if gets else PALE, hatch=HATCHES[0 if gets else 1])
        panel.note(float(row["moved"]), n, change_words(row), 3 if gets else -3,
                   along="left" if gets else "right")
    panel.line([(0, up.low), (0, up.high)], stroke="#555555", width=0.8)
    panel.label_x("调出（人）　←　　→　调入（人）")
    return picture


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
    rows = [r for r in outcomes(path, AT_THRESHOLD) if not is_missing(r["cost"]) and r["cost"]]
    if not rows:
        return None
    rows.sort(key=lambda r: (r["cost"], r["stage"], r["indicator"]))
    total = sum((r["cost"] for r in rows), Fraction(0))
    return Figure(
        "cost_chart", f"{county.name}{county.year}年补足各项的累计费用（{PLAN_ZH[AT_THRESHOLD]}）",
        f"由省到费逐项累计，合计{level_text(total / 10000, 2)}万元：" + joined(
            [f"{named(r, county)}{cost_text(r['cost'])}万元" for r in rows]),
        "县级数据（单价）；达标路径测算", _ladder(rows, county),
        tuple({"stage": r["stage"], "indicator": r["indicator"], "cost": float(r["cost"])}
              for r in rows), notes=("只含有单价的项目，不含教师。",))


def _ladder(rows: list[dict], county: County) -> Picture:
    up = names([f"{county.standard.stages[r['stage']]}·{short(r['indicator'], county)}"
                for r in rows], downwards=True)
    total, whole = Fraction(0), sum(float(r["cost"]) for r in rows) / _WAN
    picture = Picture(0.3 * len(rows) + 0.9)
    (box,) = grid(picture, [up.room + 4], [3.9 * LABEL], top=4)
    panel = Panel(picture, box, numbers(0, 1.2 * whole, 8), up, lines="x")
    for n, row in enumerate(rows):
        begun, total = float(total) / _WAN, total + row["cost"]
        panel.bars([((begun, n - _BAR), (float(total) / _WAN, n + _BAR))], fill=MID, stroke=DARK,
                   width=0.6)
        panel.note(float(total) / _WAN, n, cost_text(total))
    panel.label_x("累计费用（万元）")
    return picture
