"""Chapter 05: whether funding only rose, what it was spent on, and how it lies over schools."""

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import EMPTY, count_text, joined, level_text, percent_text
from pipeline.ground.terms import STATE_ZH, is_missing, records, verdict

TEN_THOUSAND = 10_000
RISES = {"budget": "一般公共预算教育支出", "per_pupil": "按在校学生人数平均的一般公共预算教育支出"}


def has_budget(funding: pd.DataFrame) -> bool:
    """Tell whether the county gave its budget or its pupils in any year."""
    return any(not is_missing(v) for name in ("budget", "pupils") for v in funding[name])


def basis_sentences(funding: pd.DataFrame, county: County) -> Prose:
    """Say which year money and pupils are of, in which unit, and at which prices (口径)."""
    year = county.year
    said = [f"经费按日历年（{year}年1月至12月，决算数），学生数按秋季学年初"
            f"（{year}—{year + 1}学年初），"
            "不作两个学年的折算；原表以千元、万元、亿元填报的，按表头或单位栏换算为元。"]
    return Prose("funding_basis", (*said, _prices(funding, county)))


def _prices(funding: pd.DataFrame, county: County) -> str:
    lacking = [f"{r['year']}年" for r in records(funding)[1:]
               if is_missing(r["price_index"])]
    if len(funding) < 2:
        return "只有一年资料，不作价格调整。"
    if is_missing(funding["deflator"].iloc[-2]):
        return f"未作价格调整：缺{joined(lacking)}居民消费价格指数，以下均为当年价格。"
    left = f"；缺{joined(lacking)}指数，更早的年份不换算" if lacking else ""
    return (f"“可比价”以{county.year}年价格计，按县级资料所填居民消费价格指数（上年＝100）逐年换算"
            f"{left}。“两个只增不减”按当年价格判定。")


def rise_sentences(funding: pd.DataFrame, county: County) -> Prose:
    """State the two that must only rise (两个只增不减), year by year, and each as a whole."""
    key = "rise_sentences"
    if not has_budget(funding):
        open_ = "“两个只增不减”待核" if county.standard.judged else "本节不作测算"
        return Prose(key, (f"没有提交一般公共预算教育支出和义务教育在校生数，{open_}。",))
    if len(funding) < 2:
        return Prose(key, (f"只有{county.year}年资料，没有上年数可比，“两个只增不减”待核。",
                           "见[[rise_table]]。"))
    said = [f"{zh}：{'，'.join(_yearly(funding, name))}；各年合起来为{_overall(funding, name)}。"
            for name, zh in RISES.items()]
    return Prose(key, (*said[:-1], f"{said[-1]}见[[rise_table]]。"), bullets=True)


def _yearly(funding: pd.DataFrame, name: str) -> Iterator[str]:
    for row in records(funding)[1:]:
        change = row[f"{name}_change"]
        word = "缺数" if is_missing(change) else f"比上年{_direction(change)}"
        yield f"{row['year']}年{word}（{STATE_ZH[row[f'{name}_status']]}）"


def _direction(change: Fraction) -> str:
    if change == 0:
        return "持平"
    return f"{'增长' if change > 0 else '下降'}{_percent(abs(change))}"


def _percent(change: Fraction) -> str:
    """Print a change as a percentage that never rounds to zero."""
    return f"{level_text(change * 100, 2, (Fraction(0),))}%"


def _overall(funding: pd.DataFrame, name: str) -> str:
    return STATE_ZH[verdict(list(funding[f"{name}_status"].iloc[1:]))]


def rise_table(funding: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print total and per pupil by year with change and state, and at comparable prices."""
    if not has_budget(funding):
        return None
    rows, before = [], {}
    for row in records(funding):
        rows.append((
            Cell(str(row["year"])), _wan(row["budget"], before.get("budget")),
            *_change_cells(row, "budget"), Cell(count_text(row["pupils"]), value=row["pupils"]),
            _yuan(row["per_pupil"], before.get("per_pupil")), *_change_cells(row, "per_pupil"),
            _yuan(_real(row["per_pupil"], row["deflator"]))))
        before = row
    group = "一般公共预算教育支出（万元）", "按在校学生人数平均（元/生）"
    return PrintedTable(
        "rise_table", f"{county.name}一般公共预算教育支出与“两个只增不减”",
        (Field("年份", align="left"), Field("总额", group[0]),
         Field("比上年", group[0]), Field("结论", group[0], align="center"),
         Field("在校生数"), Field("当年价", group[1]),
         Field("比上年", group[1]), Field("结论", group[1], align="center"),
         Field("可比价", group[1])),
        tuple(rows), "县级数据表",
        notes=("不低于上年即为达标；缺本年或上年数的年份待核；任何一年低于上年，合起来即为未达标。",
               "在校生数为县级资料所填义务教育在校生数；比上年按未取整的数值计算。",
               *(f"{r['year']}年：{r['reason']}。" for r in records(funding)
                 if r["reason"])))


def _change_cells(row: dict, name: str) -> tuple[Cell, Cell]:
    change, state = row[f"{name}_change"], row[f"{name}_status"]
    text = EMPTY if is_missing(change) else ("+" if change > 0 else "") + _percent(change)
    return (Cell(text, value=None if is_missing(change) else change),
            Cell(STATE_ZH.get(state, EMPTY), STATE_TONE[state]))


def _real(value: Fraction | None, deflator: Fraction | None) -> Fraction | None:
    return None if is_missing(value) or is_missing(deflator) else value * deflator


def _wan(value: Fraction | None, beside: Fraction | None = None) -> Cell:
    """Print 元 as 万元, on its side of the amount that it is compared with."""
    limits = () if is_missing(beside) else (beside / TEN_THOUSAND,)
    if is_missing(value):
        return Cell(EMPTY)
    return Cell(level_text(value / TEN_THOUSAND, 2, limits), value=value)


def _yuan(value: Fraction | None, beside: Fraction | None = None) -> Cell:
    return Cell(EMPTY) if is_missing(value) else Cell(level_text(value, 0, (beside,)), value=value)


def structure_sentences(funding: pd.DataFrame, county: County) -> Prose:
    """State the share of staff in spending, and of training in the operating budget."""
    now = records(funding)[-1]
    said = []
    if is_missing(now["staff_share"]):
        said.append(f"没有提交{county.year}年义务教育人员经费支出或公用经费支出，不列支出结构。")
    else:
        said.append(f"{county.year}年义务教育人员经费与公用经费之和中，人员经费占"
                    f"{percent_text(now['staff_share'])}，公用经费占"
                    f"{percent_text(1 - now['staff_share'])}。")
    if is_missing(now["training"]):
        said.append(f"没有提交{county.year}年各校教师培训经费和公用经费预算，不列培训经费占比。")
    else:
        left = (f"，另有{now['training_missing']}所缺数据未计" if now["training_missing"] else "")
        said.append(f"{now['training_schools']}所学校教师培训经费合计占其年度公用经费预算总额的"
                    f"{_share_text(now)}{left}。")
    see = "见[[structure_table]]。" if structure_table(funding, county) else ""
    return Prose("structure_sentences", ("".join(said) + see,))


def _share_text(row: dict) -> str:
    if is_missing(row["training"]) or not row["training_budget"]:
        return EMPTY
    return percent_text(row["training"] / row["training_budget"])


def structure_table(funding: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print staff, operating and training money by year (支出结构)."""
    rows = [r for r in records(funding)
            if not all(is_missing(r[k]) for k in ("staff", "operating", "training"))]
    if not rows:
        return None
    cells = tuple((Cell(str(r["year"])), _wan(r["staff"]), _wan(r["operating"]),
                   Cell(percent_text(r["staff_share"]), value=r["staff_share"]),
                   _wan(r["training"]), Cell(_share_text(r)), Cell(_schools(r))) for r in rows)
    return PrintedTable(
        "structure_table", f"{county.name}义务教育支出结构与教师培训经费",
        (Field("年份", align="left"), Field("人员经费"),
         Field("公用经费"), Field("人员占比"),
         Field("培训经费", "教师培训"), Field("占公用预算", "教师培训"),
         Field("学校数", "教师培训")),
        cells, "县级数据表；学校数据表", unit="万元",
        notes=("人员占比的分母为人员经费与公用经费之和；培训经费只计两项都填报的普通中小学，"
               "一贯制学校每校只计一次；各校是否不低于规定比例，见逐项判定的Q4。",))


def _schools(row: dict) -> str:
    return EMPTY if is_missing(row["training"]) else count_text(row["training_schools"])
