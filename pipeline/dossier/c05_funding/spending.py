"""Chapter 05, second half: per-pupil spending by stage, by location, and over schools."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import (
    EMPTY,
    count_text,
    cv_text,
    figure_text,
    joined,
    level_text,
    percent_text,
)
from pipeline.ground.terms import is_missing, known, records

ENDS = 3  # schools listed at either end of a stage


def spending_sentences(spending: pd.DataFrame, groups: pd.DataFrame, county: County) -> Prose:
    """State per-pupil spending and its dispersion by stage, and by location."""
    key = "spending_sentences"
    now = spending[spending["year"] == county.year]
    if now.empty:
        return Prose(key, (_why_none(spending, county),))
    said = [_stage(row, groups, county) for row in records(now)]
    end = ("见[[spending_table]]、[[dispersion_table]]和[[spending_chart]]。"
           "全县学校为普查，各项为实际数值，不附区间；该项没有国家规定的差异系数限值，不作判定。")
    small = ("小规模学校按规定提高核定人数，生均数通常较高，城乡差应与学校规模一并看。"
             if county.standard.judged else "")
    return Prose(key, (*said, small + end), bullets=True)


def _why_none(spending: pd.DataFrame, county: County) -> str:
    if not len(spending):
        return "没有学校经费数据，不列生均经费。"
    return f"没有{county.year}年学校经费数据，不列生均经费。"


def money_zh(id: str, county: County) -> str:
    """Return the money that an indicator is counted in (币种): 元/生 → 元."""
    return county.standard.indicator(id).unit.split("/")[0]


def _units(spending: pd.DataFrame, county: County) -> str:
    return joined(dict.fromkeys(county.standard.indicator(i).unit for i in spending["indicator"]))


def _label(row: dict, county: County) -> str:
    indicator = county.standard.indicator(row["indicator"])
    return f"{county.standard.stages[row['stage']]}{indicator.zh}"


def _money(value: Fraction | None, county: County, id: str) -> str:
    if is_missing(value):
        return EMPTY
    return level_text(value, county.standard.indicator(id).decimals)


def _stage(row: dict, groups: pd.DataFrame, county: County) -> str:
    id = row["indicator"]
    parts = _means(groups, row, county)
    mean, low, high = (_money(row[k], county, id) for k in ("mean", "lowest", "highest"))
    money, section = money_zh(id, county), county.standard.section_zh.removeprefix("学校") or "校"
    text = f"{_label(row, county)}（{row['n_schools']}所）平均{mean}{money}"
    if row["n_schools"] > 1 and row["lowest"] == row["highest"]:
        text += f"，各{section}相同"
    elif row["n_schools"] > 1:
        text += f"，最低{section}{low}{money}，最高{section}{high}{money}"
    if parts:
        text += f"；其中{joined(f'{zh}{_money(m, county, id)}{money}' for zh, m in parts)}"
    if row["cv"]:
        text += f"；差异系数{cv_text(row['cv'], None)}，基尼系数{level_text(row['gini'], 3)}"
    return text + (f"（{row['reason']}）" if row["reason"] else "") + "。"


def _means(groups: pd.DataFrame, row: dict, county: County) -> list[tuple[str, Fraction]]:
    mine = _same(groups, row)
    return [(county.standard.groups[r["group"]], r["mean"]) for r in records(mine)]


def _same(groups: pd.DataFrame, row: dict) -> pd.DataFrame:
    chosen = [groups[c] == row[c] for c in ("year", "stage", "indicator")]
    return groups[chosen[0] & chosen[1] & chosen[2]]


def spending_table(spending: pd.DataFrame, groups: pd.DataFrame, county: County
                   ) -> PrintedTable | None:
    """Print per-pupil spending by stage and year: county, groups, and comparable prices."""
    if spending.empty:
        return None
    present = [g for g in county.standard.groups if g in set(groups["group"])]
    rows = []
    for row in _ordered(spending, county):
        means = _same(groups, row).set_index("group")["mean"]
        id = row["indicator"]
        rows.append((
            Cell(county.standard.stages[row["stage"]]), Cell(str(row["year"])),
            Cell(count_text(row["n_schools"]), value=row["n_schools"]),
            Cell(_money(row["mean"], county, id), value=row["mean"]),
            Cell(_money(row["real_mean"], county, id)),
            *(Cell(_money(means.get(g), county, id)) for g in present),
            Cell(_signed(row["urban_rural_difference"], county, id)),
            Cell(EMPTY if is_missing(row["urban_rural_ratio"])
                 else level_text(row["urban_rural_ratio"], 2))))
    return PrintedTable(
        "spending_table", f"{county.name}{_titles(spending, county)}",
        (Field("学段", align="left"), Field("年份", align="left"),
         Field("校数"), Field("当年价", "全县平均"),
         Field("可比价", "全县平均"),
         *(Field(county.standard.groups[g], "各组平均（当年价）") for g in present),
         Field("差", "城区与乡村"), Field("倍率", "城区与乡村")),
        tuple(rows), "学校数据表", unit=_units(spending, county),
        notes=_notes(spending, county))


def _ordered(spending: pd.DataFrame, county: County) -> list[dict]:
    """Return the rows stage by stage, then indicator, then year."""
    stages = list(county.standard.stages)
    return sorted(records(spending),
                  key=lambda r: (stages.index(r["stage"]), r["indicator"], r["year"]))


def _signed(value: Fraction | None, county: County, id: str) -> str:
    return EMPTY if is_missing(value) else ("+" if value > 0 else "") + _money(value, county, id)


def _titles(spending: pd.DataFrame, county: County) -> str:
    return joined([county.standard.indicator(i).zh for i in dict.fromkeys(spending["indicator"])])


def _notes(spending: pd.DataFrame, county: County) -> tuple[str, ...]:
    notes = [county.standard.indicator(i).note + "。"
             for i in dict.fromkeys(spending["indicator"]) if county.standard.indicator(i).note]
    said = [f"{county.standard.stages[r['stage']]}{r['year']}年：{r['reason']}。"
            for r in _ordered(spending, county) if r["reason"]]
    return (*notes, "平均值＝经费总量÷学生总数；不足50人不参加测算的教学点和特殊教育学校不在内。"
            if county.standard.scope else "平均值＝经费总量÷学生总数。", *said)


def dispersion_table(spending: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print the coefficient, Gini, Theil and ratios of per-pupil spending by stage and year."""
    if spending.empty:
        return None
    rows = [(Cell(county.standard.stages[r["stage"]]), Cell(str(r["year"])),
             Cell(cv_text(r["cv"], None), value=r["cv"]), *_indices(r),
             Cell(_money(r["lowest"], county, r["indicator"])),
             Cell(_money(r["highest"], county, r["indicator"])))
            for r in _ordered(spending, county)]
    return PrintedTable(
        "dispersion_table", f"{county.name}{_titles(spending, county)}的校际差异",
        (Field("学段", align="left"), Field("年份", align="left"),
         Field("差异系数"), Field("基尼系数"), Field("泰尔T"),
         Field("组间占比"), Field("麦克伦"), Field("P90÷P10"),
         *(Field(end, _units(spending, county)) for end in ("最低", "最高"))),
        tuple(rows), "学校数据表",
        notes=("均按学生数加权；组间占比为泰尔T指数中各组平均值之差的部分，其余在同组学校之间。",))


def _indices(row: dict) -> tuple[Cell, ...]:
    between = None if is_missing(row["theil_t_between"]) or not row["theil_t"] else Fraction(
        row["theil_t_between"]) / Fraction(row["theil_t"])
    exact = [EMPTY if is_missing(row[k]) else level_text(row[k], d)
             for k, d in (("gini", 3), ("mcloone", 3), ("p90_p10", 2))]
    return tuple(map(Cell, (exact[0], figure_text(row["theil_t"], 4), percent_text(between),
                            *exact[1:])))


def ends_table(indicators: pd.DataFrame, county: County, spending: pd.DataFrame
               ) -> PrintedTable | None:
    """Print the schools with the lowest and the highest per-pupil spending, a stage a block."""
    rows = []
    for row in _ordered(spending[spending["year"] == county.year], county):
        part = indicators[(indicators["year"] == county.year)
                          & (indicators["stage"] == row["stage"])
                          & (indicators["indicator"] == row["indicator"])]
        schools = sorted(records(part[known(part["value"])]), key=lambda s: s["value"])
        low, high = schools[:min(ENDS, len(schools) // 2)], schools[-min(ENDS, len(schools) // 2):]
        for name, chosen in (("最低", low), ("最高", high)):
            rows += [_school(name if n == 0 else "", row, school, county)
                     for n, school in enumerate(chosen if len(schools) > 1 else [])]
    if not rows:
        return None
    return PrintedTable(
        "ends_table", f"{county.name}{county.year}年{_titles(spending, county)}最低和最高的学校",
        (Field("学段", align="left"), Field("", align="left"),
         Field("学校", align="left"), Field("所在", align="left"),
         Field("在校生数"), Field(_units(spending, county)),
         Field("÷全县平均")),
        tuple(rows), "学校数据表",
        notes=(f"每个学段各列最多{ENDS}所；全部学校见数据表 indicators。学生少的学校生均数波动大，"
               "宜结合各年看。",))


def _school(name: str, row: dict, school: dict, county: County) -> tuple[Cell, ...]:
    groups = county.standard.groups
    return (Cell(county.standard.stages[row["stage"]] if name else ""), Cell(name),
            Cell(school["name"]), Cell(groups.get(school["location"], EMPTY)),
            Cell(count_text(school["pupils"]), value=school["pupils"]),
            Cell(_money(school["value"], county, row["indicator"]), value=school["value"]),
            Cell(level_text(school["value"] / row["mean"], 2) if row["mean"] else EMPTY))
