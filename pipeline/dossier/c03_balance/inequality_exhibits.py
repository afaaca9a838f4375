"""Chapter 03: inequality indices beside the difference coefficient, and bounds of verdicts."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import (
    EMPTY,
    cv_text,
    figure_text,
    joined,
    level_text,
    percent_text,
)
from pipeline.ground.terms import STATE_ZH, UNDETERMINED, is_missing, records

CENSUS = ("全县参评学校为普查，不是抽样：差异系数和下列各指数都是实际数值，没有抽样误差，"
          "故不附区间；学校数少时用自助法求得的区间也不可信。")
_ONE_BY_ONE = "要看结论是否取决于个别学校，见[[contribution_table]]去掉一校后的差异系数。"


def inequality_sentences(inequality: pd.DataFrame, county: County) -> Prose:
    """Say why there is no interval, where inequality is largest, and what missing values leave."""
    now = _now(inequality, county)
    if now.empty:
        return Prose("inequality_sentences", ("没有可测算的指标，不列不均等指数。",))
    differs = any(not is_missing(gini) and gini > 0 for gini in now["gini"])
    said = [CENSUS + _ONE_BY_ONE * differs,
            *(_largest(part, zh, county) for part, zh in _stages(now, county))]
    bounded = [r for r in records(now) if r["cv_low"] and r["bounded_status"]]
    said += [_bounds(row, county) for row in bounded]
    return Prose("inequality_sentences", tuple(text for text in said if text))


def _now(inequality: pd.DataFrame, county: County) -> pd.DataFrame:
    return inequality[inequality["year"] == county.year]


def _stages(now: pd.DataFrame, county: County):
    for stage, zh in county.standard.stages.items():
        yield records(now[now["stage"] == stage]), zh


def _largest(rows: list[dict], zh: str, county: County) -> str:
    known = [r for r in rows if not is_missing(r["gini"])]
    if not known:
        return ""
    most, least = max(known, key=lambda r: r["gini"]), min(known, key=lambda r: r["gini"])
    text = (f"{zh}各项中，基尼系数最高的是{short(most['indicator'], county)}"
            f"（{level_text(most['gini'], 3)}），最低的是{short(least['indicator'], county)}"
            f"（{level_text(least['gini'], 3)}）")
    if most["gini"] == least["gini"]:
        each = "" if len(known) > 1 else short(most["indicator"], county)
        text = f"{zh}{each}基尼系数{'均' if not each else ''}为{level_text(most['gini'], 3)}"
    apart = [r for r in known if not is_missing(r["urban_rural_ratio"])]
    if apart:
        higher = [r for r in apart if r["urban_rural_ratio"] > 1]
        lower = [r for r in apart if r["urban_rural_ratio"] < 1]
        text += (f"；{len(apart)}项中城区平均高于乡村的{len(higher)}项，低于乡村的{len(lower)}项"
                 if higher or lower else f"；{len(apart)}项城区与乡村的平均都相同")
    return text + "，见[[inequality_table]]。"


def _bounds(row: dict, county: County) -> str:
    limits = (county.standard.balance.cv_max.get(row["stage"]),)
    low, high = (level_text(Fraction(row[k]), 3, limits) for k in ("cv_low", "cv_high"))
    text = (f"{county.standard.stages[row['stage']]}{short(row['indicator'], county)}有"
            f"{row['n_missing']}所学校缺数据：无论其值在0至本县最高值之间取何值，差异系数在{low}至{high}"
            "之间，")
    if row["bounded_status"] == UNDETERMINED:
        return text + "跨越限值，不补数据无法判定。"
    return text + f"结论均为{STATE_ZH[row['bounded_status']]}；正式判定仍待补齐数据（待核）。"


def inequality_table(inequality: pd.DataFrame, balance: pd.DataFrame, county: County
                     ) -> PrintedTable | None:
    """Print Gini, Theil with its between share, McLoone, Verstegen, P90/P10, urban–rural."""
    now = _now(inequality, county)
    if now.empty:
        return None
    cvs = {(r["stage"], r["indicator"]): r for r in records(_now(balance, county))}
    rows = tuple(_row(r, cvs.get((r["stage"], r["indicator"])), county)
                 for part, _ in _stages(now, county) for r in part)
    urban_rural = "城区与乡村"
    return PrintedTable(
        "inequality_table", f"{county.name}{county.year}年差异系数之外的不均等指数",
        (Field("学段", align="left"), Field("指标", align="left"),
         Field("差异系数"), Field("基尼"), Field("泰尔T"),
         Field("组间占比"), Field("泰尔L"), Field("麦克伦"),
         Field("维斯蒂根"), Field("P90÷P10"),
         Field("倍率", urban_rural), Field("差", urban_rural)),
        rows, "学校数据表", wide=True, notes=_notes(now, county))


def _row(row: dict, balance: dict | None, county: County) -> tuple[Cell, ...]:
    indicator = county.standard.indicator(row["indicator"])
    between = None if is_missing(row["theil_t_between"]) or not row["theil_t"] else Fraction(
        row["theil_t_between"]) / Fraction(row["theil_t"])
    cv = EMPTY if balance is None else cv_text(balance["cv"], balance["limit"])
    single = row["n_schools"] == 1
    difference = row["urban_rural_difference"]
    signed = EMPTY if is_missing(difference) else (
        ("+" if difference > 0 else "") + level_text(difference, indicator.decimals))
    return (Cell(county.standard.stages[row["stage"]]),
            Cell(f"{row['indicator']} {indicator.short}{_mark(row, county)}"),
            Cell("不适用" if single else cv),
            _exact(row, "gini", 3), Cell(figure_text(row["theil_t"], 4), value=row["theil_t"]),
            Cell(percent_text(between)), Cell(figure_text(row["theil_l"], 4)),
            _exact(row, "mcloone", 3), _exact(row, "verstegen", 3), _exact(row, "p90_p10", 2),
            _exact(row, "urban_rural_ratio", 2), Cell(signed, value=difference))


def _exact(row: dict, name: str, decimals: int) -> Cell:
    value = row[name]
    return Cell(EMPTY) if is_missing(value) else Cell(level_text(value, decimals), value=value)


def _mark(row: dict, county: County) -> str:
    return "（校数过少）" if row["n_schools"] < county.standard.balance.few_schools else ""


def _notes(now: pd.DataFrame, county: County) -> tuple[str, ...]:
    notes = [f"均按学生数加权；组间占比为泰尔T指数中按{county.standard.grouping_zh}分组的组间部分。"
             "麦克伦、维斯蒂根指数为低于、高于中位数的一半学生的平均值与中位数之比，1为均等；P90、P10按学生计。"
             "城乡为城区÷乡村、城区－乡村（指标单位），镇区不计。"]
    for reason, group in now[now["reason"] != ""].groupby("reason", sort=False):
        names = joined([f"{county.standard.stages[r['stage']]}{r['indicator']}"
                        for r in records(group)])
        notes.append(f"{names}：{reason}。")
    return tuple(notes)
