"""Chapter 03: the fourteen difference coefficients, their years, and where they come from."""

from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c02_resources.school_by_school import school_column
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose, Weighted
from pipeline.dossier.printing.numbers import (
    EMPTY,
    count_text,
    cv_text,
    joined,
    level_text,
    limit_text,
)
from pipeline.ground.exact import square_root_text
from pipeline.ground.terms import MET, NOT_MET, STATE_ZH, UNDETERMINED, is_missing, records


def balance_sentences(balance: pd.DataFrame, county: County) -> Prose:
    """State the coefficients of each stage and how many keep their limit (校际差异系数)."""
    known = ((balance["year"] == county.year) & (balance["cv"] != "")).any()
    chart = "和[[cv_chart]]" if known else ""
    return Prose("balance_sentences", (
        *coefficient_lines(balance, county),
        f"各项平均值、标准差与差异系数见[[balance_table]]{chart}。"))


def coefficient_lines(balance: pd.DataFrame, county: County) -> list[str]:
    """Return a sentence for the coefficients of each stage, and one for those near a limit."""
    now = balance[balance["year"] == county.year]
    said = [text for stage, zh in county.standard.stages.items()
            if (text := _stage_sentence(now[now["stage"] == stage], zh, county))]
    near = now[now["borderline"].astype(bool)]
    if len(near):
        names = [f"{county.standard.stages[r['stage']]}{short(r['indicator'], county)}"
                 f"（{_cv(r, county)}）" for r in records(near)]
        said.append(f"临界：{joined(names)}与限值相差不超过{limit_text(county.standard.balance.near)}"
                    "或取整会改变结论，判定以未取整的精确值为准。")
    return said


def short(id: str, county: County) -> str:
    """Return the short name of an indicator."""
    return county.standard.indicator(id).short


def _cv(row: dict, county: County) -> str:
    return cv_text(row["cv"], row["limit"], county.standard.balance.display_decimals)


def _stage_sentence(rows: pd.DataFrame, zh: str, county: County) -> str:
    known = [r for r in records(rows) if r["cv"]]
    if not known:
        return f"{zh}没有可测算的差异系数。"
    if all(r["n_schools"] == 1 for r in known):
        state = STATE_ZH.get(known[0]["status"], "")
        return (f"{zh}只有1所学校，没有校际差异可比" + (
            f"，差异系数按口径记为0（{state}），不说明均衡。" if state else "。"))
    listed = joined([f"{short(r['indicator'], county)}{_cv(r, county)}" for r in known])
    text = f"{zh}{len(known)}项指标校际差异系数分别为：{listed}。"
    limit = known[0]["limit"]
    if is_missing(limit):
        return text
    word = "小于或等于" if county.standard.balance.op == "<=" else "小于"
    over = [short(r["indicator"], county) for r in known if r["status"] == NOT_MET]
    unknown = [short(r["indicator"], county) for r in known if r["status"] == UNDETERMINED]
    if not over and not unknown:
        return f"{text}均{word}{limit_text(limit, 2)}，达到要求。"
    met = sum(r["status"] == MET for r in known)
    text += f"其中{met}项{word}{limit_text(limit, 2)}"
    if over:
        text += f"；{len(over)}项超过限值（{joined(over)}）"
    if unknown:
        text += f"；{len(unknown)}项因资料不全待核，所列数值为试算（{joined(unknown)}）"
    return text + "。"


def balance_table(balance: pd.DataFrame, county: County) -> PrintedTable:
    """Print mean, standard deviation, coefficient, limit and state of each indicator."""
    rows = []
    for row in records(balance[balance["year"] == county.year]):
        indicator = county.standard.indicator(row["indicator"])
        deviation = None if is_missing(row["variance"]) else Fraction(
            square_root_text(row["variance"]))
        decimals, column = indicator.decimals, school_column(row["stage"], row["indicator"], county)
        cells = [Cell(county.standard.stages[row["stage"]]),
                 Cell(f"{row['indicator']} {indicator.short}（{indicator.unit}）"),
                 Cell(count_text(row["n_schools"]), value=row["n_schools"]),
                 Cell(level_text(row["mean"], decimals), "", row["mean"],
                      Weighted("mean", **column)),
                 Cell(level_text(deviation, decimals), "", deviation,
                      Weighted("deviation", **column)),
                 Cell(_cv(row, county), STATE_TONE[row["status"]], row["cv"],
                      Weighted("variation", **column))]
        if county.standard.balance.cv_max:
            mark = "（临界）" if row["borderline"] else ""
            cells += [Cell(_public(row, county)), Cell(limit_text(row["limit"], 2)),
                      Cell(STATE_ZH[row["status"]] + mark, STATE_TONE[row["status"]])]
        rows.append(tuple(cells))
    fields = [Field("学段", align="left"), Field("指标", align="left"),
              Field("校数"), Field("县平均值"), Field("标准差"),
              Field("差异系数")]
    if county.standard.balance.cv_max:
        fields += [Field("不含民办"), Field("限值"),
                   Field("结论", align="center")]
    return PrintedTable(
        "balance_table", f"{county.name}{county.year}年各项指标校际差异系数", tuple(fields),
        tuple(rows), f"学校数据表；{county.standard.balance.clause}",
        notes=_notes(balance, county))


def composite_table(composites: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print composite coefficients of an older standard, each reading labelled (综合差异系数)."""
    now = composites[composites["year"] == county.year]
    if now.empty:
        return None
    word = {"<=": "≤", "<": "<"}
    rows = tuple(
        (Cell(county.standard.stages[r["stage"]]), Cell(r["label"]),
         Cell(cv_text(r["cv"], r["limit"]), STATE_TONE[r["status"]], r["cv"]),
         Cell(word[r["op"]] + limit_text(r["limit"], 2)),
         Cell(STATE_ZH[r["status"]], STATE_TONE[r["status"]]), Cell(r["reason"]))
        for r in records(now))
    return PrintedTable(
        "composite_table", f"{county.name}{county.year}年综合差异系数",
        (Field("学段", align="left"), Field("读法", align="left"),
         Field("综合差异系数"), Field("限值"),
         Field("结论", align="center"), Field("说明", align="left")),
        rows, county.standard.document,
        notes=tuple(f"{c.label}：{c.note}。" for c in county.standard.composites if c.note))


def _public(row: dict, county: County) -> str:
    return cv_text(row["cv_public"], None, county.standard.balance.display_decimals)


def _notes(balance: pd.DataFrame, county: County) -> tuple[str, ...]:
    now = balance[(balance["year"] == county.year) & (balance["reason"] != "")]
    notes = ["县平均值＝全县该项总量÷全县学生总数；标准差按学生数加权，除数为学生总数。"]
    for reason, group in now.groupby("reason", sort=False):
        names = [f"{county.standard.stages[r['stage']]}{r['indicator']}"
                 for r in records(group)]
        notes.append(f"{joined(names)}：{reason}。")
    return tuple(notes)


def trend_table(balance: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print the coefficients of every year side by side; None with one year only."""
    if len(county.years) < 2 or not (balance["cv"] != "").any():
        return None
    by_key = {(r["year"], r["stage"], r["indicator"]): r for r in records(balance)}
    rows = []
    for stage, zh in county.standard.stages.items():
        for id in county.standard.resource.indicators:
            found = [by_key[(year, stage, id)] for year in county.years]
            cells = [Cell(_cv(r, county), STATE_TONE[r["status"]], r["cv"]) for r in found]
            rows.append((Cell(zh), Cell(f"{id} {short(id, county)}"), *cells,
                         Cell(_change(found[0], found[-1]))))
    return PrintedTable(
        "trend_table", f"{county.name}{county.years[0]}—{county.year}年校际差异系数",
        (Field("学段", align="left"), Field("指标", align="left"),
         *(Field(f"{year}年") for year in county.years),
         Field("变化")),
        tuple(rows), "各年学校数据表，同一标准包测算",
        notes=("变化为末年减首年，按未取整的数值计算，负数表示差异缩小；深色为超过限值，"
               "虚线框为试算值。",))


def _change(first: dict, last: dict) -> str:
    if not first["cv"] or not last["cv"]:
        return EMPTY
    change = Fraction(last["cv"]) - Fraction(first["cv"])
    return ("+" if change > 0 else "") + level_text(change, 3)


def trend_sentences(balance: pd.DataFrame, county: County) -> Prose:
    """Say how many coefficients fell and rose between the first and the last year, as facts."""
    if len(county.years) < 2 or not (balance["cv"] != "").any():
        return Prose("trend_sentences", (f"只有{county.year}年资料，不作年度比较。",))
    first, last = (balance[balance["year"] == y] for y in (county.years[0], county.year))
    both = list(zip(records(first), records(last), strict=True))
    there = [(a, b) for a, b in both if a["cv"] and b["cv"]
             and min(a["n_schools"], b["n_schools"]) > 1]
    pairs = [(Fraction(a["cv"]), Fraction(b["cv"])) for a, b in there
             if not a["n_missing"] and not b["n_missing"]]
    left = len(there) - len(pairs)
    if not pairs:
        why = "都有学校缺数据，为试算值" if left else "学段没有学校，或只有一所"
        return Prose("trend_sentences", (f"{why}，各年差异系数不作比较，数值见[[trend_table]]。",))
    fell = sum(b < a for a, b in pairs)
    rose = sum(b > a for a, b in pairs)
    return Prose("trend_sentences", (
        f"{county.years[0]}年至{county.year}年，可比的{len(pairs)}个差异系数"
        + (f"中，{fell}个下降，{rose}个上升" if fell or rose else "都没有变化")
        + "，见[[trend_table]]和[[trend_chart]]。"
        + (f"另有{left}个因有学校缺数据，为试算值，不作比较。" if left else "")
        + "这是全县学校的实际数值，不是抽样估计；各年参评学校可能不同。",))
