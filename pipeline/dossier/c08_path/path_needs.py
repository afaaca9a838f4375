"""Chapter 08: what each indicator needs to be met, who gives and gets, and how much is added."""

from collections import Counter
from fractions import Fraction

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c03_balance.coefficients import short
from pipeline.dossier.printing.exhibit import FAIL, SHORT, UNKNOWN, Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import (
    EMPTY,
    cv_text,
    joined,
    level_text,
    limit_text,
    sum_words,
)
from pipeline.ground.terms import AT_FLOOR, AT_THRESHOLD, UNDETERMINED, is_missing, records

PLAN_ZH = {AT_THRESHOLD: "全部达到标准值", AT_FLOOR: "各校留一项"}
OUTCOME_ZH = {"not_needed": "不需要", "redistribution": "仅靠交流", "additions": "需增配",
              "unreachable": "无法达到", UNDETERMINED: "待核"}
_OUTCOME_TONE = {"additions": SHORT, "unreachable": FAIL, UNDETERMINED: UNKNOWN}
_FINEST = 2


def outcomes(path: pd.DataFrame, plan: str) -> list[dict]:
    """Return the deciding row of each stage and indicator: what suffices, or why nothing does."""
    mine = records(path[path["plan"] == plan])
    return list({(row["stage"], row["indicator"]): row for row in mine}.values())


def amount_text(amount: Fraction | None, unit: str = "") -> str:
    """Print an amount of people, rooms, ㎡ or 元: whole where it is, else two decimals."""
    if is_missing(amount):
        return EMPTY
    return sum_words(
        level_text(amount, 0 if Fraction(amount).denominator == 1 else _FINEST) + unit)


def named(row: dict, county: County) -> str:
    """Return stage and indicator as a reader calls them: 小学体育运动场馆面积."""
    return county.standard.stages[row["stage"]] + short(row["indicator"], county)


def path_sentences(path: pd.DataFrame, county: County) -> Prose:
    """Say how many stages and indicators need nothing, exchange, additions, or stay open."""
    if path.empty:
        return Prose("path_sentences", (_nothing(county),))
    rows = outcomes(path, AT_THRESHOLD)
    counts = Counter(row["status"] for row in rows)
    said = [f"{zh}{counts[status]}项{_which(rows, status, county)}"
            for status, zh in OUTCOME_ZH.items() if counts[status]]
    return Prose("path_sentences", (
        f"各学段资源指标合计{len(rows)}项：{'；'.join(said)}。",
        f"{_takes(rows, county)}见[[path_table]]{_beside(path)}。"))


def path_words(path: pd.DataFrame, county: County) -> str:
    """Return the sentence of the 摘要: how many of each status, and what it takes in all."""
    rows = outcomes(path, AT_THRESHOLD)
    counts = Counter(row["status"] for row in rows)
    said = joined([f"{zh}{counts[s]}项" for s, zh in OUTCOME_ZH.items() if counts[s]])
    return (f"达标路径：各学段资源指标{len(rows)}项中{said}。"
            f"{_takes(rows, county)}见[[path_table]]。")


def least_words(path: pd.DataFrame, county: County) -> str:
    """Return what the plan takes by which schools just reach what is asked (只求合格的做法); ""
    where nothing was planned. It is not called the cheapest: which item a school leaves is chosen
    by its own shortfalls, not by what the county would pay in all."""
    rows = outcomes(path, AT_FLOOR)
    takes = _takes(rows, county, "各校达到规定的项数、差异系数不超过限值")
    return f"只求合格的做法（{PLAN_ZH[AT_FLOOR]}）：{takes}" if rows and takes else ""


def _nothing(county: County) -> str:
    if not county.standard.judges_schools:
        return f"《{county.standard.title}》没有学校标准值，不测算达标路径。"
    return "没有参评学校的数据，达标路径待核；应提交的资料见[[open_table]]。"


def _which(rows: list[dict], status: str, county: County) -> str:
    """Name the indicators of a status, stage by stage: 小学骨干教师、体艺教师，初中骨干教师."""
    mine = [row for row in rows if row["status"] == status and status != "not_needed"]
    by_stage: dict[str, list[str]] = {}
    for row in mine:
        by_stage.setdefault(row["stage"], []).append(short(row["indicator"], county))
    said = [county.standard.stages[stage] + joined(names) for stage, names in by_stage.items()]
    return f"（{'，'.join(said)}）" if said else ""


def _takes(rows: list[dict], county: County, reached: str = "全部达到标准值和限值") -> str:
    """Say what the plan takes in all to have ``reached``, but for what is open or cannot be
    reached; nothing where that is all."""
    left = [OUTCOME_ZH[s] for s in ("unreachable", UNDETERMINED)
            if any(row["status"] == s for row in rows)]
    if all(row["status"] in ("unreachable", UNDETERMINED) for row in rows):
        return ""
    but = f"除{joined(left)}的以外，" if left else ""
    return f"{but}{reached}，{_totals(rows, county)}。"


def _totals(rows: list[dict], county: County) -> str:
    """Return what the default plan takes in all: moves, and additions indicator by indicator."""
    moves = sum(row["moves"] or 0 for row in rows)
    said = [f"须交流教师{moves}人次"] if moves else ["不须交流教师"]
    for id in county.standard.resource.indicators:
        mine = [r for r in rows if r["indicator"] == id and r["additions"]]
        if mine:
            total = amount_text(sum(r["additions"] for r in mine), mine[0]["unit"])
            said.append(f"{short(id, county)}{total}")
    return f"{said[0]}，增加{joined(said[1:])}" if said[1:] else f"{said[0]}，不须增加资源"


def _beside(path: pd.DataFrame) -> str:
    return "和[[plan_table]]" if _acting(path) else ""


def _acting(path: pd.DataFrame) -> list[tuple[str, str]]:
    """Return stage and indicator of the rows for which some plan moves or adds anything."""
    rows = [row for plan in PLAN_ZH for row in outcomes(path, plan)]
    found = {(r["stage"], r["indicator"]): None for r in rows if r["moves"] or r["additions"]}
    return [key for key in _in_order(path) if key in found]


def _in_order(path: pd.DataFrame) -> list[tuple[str, str]]:
    return list(dict.fromkeys(zip(path["stage"], path["indicator"], strict=True)))


def path_table(path: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print, per stage and indicator, the status and the figures that prove it (达标路径)."""
    if path.empty:
        return None
    rows = outcomes(path, AT_THRESHOLD)
    return PrintedTable(
        "path_table", f"{county.name}{county.year}年各项指标达标路径（{PLAN_ZH[AT_THRESHOLD]}）",
        (Field("学段", align="left"), Field("指标", align="left"),
         Field("结论", align="center"), Field("县平均值"),
         Field("标准值"), Field("缺额"), Field("可调出"),
         Field("现", "差异系数"), Field("后", "差异系数"),
         Field("限值", "差异系数")),
        tuple(_path_row(row, county) for row in rows), _source(county),
        notes=(*_reasons(path, county),
               "各项分别测算；缺额为各校差额进整后之和，可调出为高于本校标准值的整人数。"))


def _path_row(row: dict, county: County) -> tuple[Cell, ...]:
    indicator, limit = county.standard.indicator(row["indicator"]), row["limit"]
    return (Cell(county.standard.stages[row["stage"]]),
            Cell(f"{row['indicator']} {indicator.short}"), outcome_cell(row),
            Cell(_level(row["mean"], indicator.decimals, row["threshold"]), value=row["mean"]),
            Cell(limit_text(row["threshold"])),
            Cell(_nonzero(row["needed"], row["unit"]), value=row["needed"]),
            Cell(amount_text(row["spare"], row["unit"])),
            Cell(cv_text(row["cv_before"], limit), value=row["cv_before"]),
            Cell(cv_text(row["cv_after"], limit), value=row["cv_after"]),
            Cell(limit_text(limit, 2)))


def _nonzero(amount: Fraction | None, unit: str) -> str:
    """Print an amount with its unit; zero without one."""
    return amount_text(amount, unit if amount else "")


def _level(value: Fraction | None, decimals: int, limit: Fraction) -> str:
    return EMPTY if is_missing(value) else level_text(value, decimals, (limit,))


def outcome_cell(row: dict) -> Cell:
    """Print the status of a row (结论); additions may go with exchange."""
    zh = OUTCOME_ZH[row["status"]]
    if row["status"] == "additions" and row["moves"]:
        zh = "需增配并交流"
    return Cell(zh, _OUTCOME_TONE.get(row["status"], ""), row["status"])


def _reasons(path: pd.DataFrame, county: County) -> list[str]:
    """Return why exchange alone does not do, and what stands open, like reasons together."""
    found: dict[str, list[str]] = {}
    for row in records(path[path["plan"] == AT_THRESHOLD]):
        if row["status"] in ("unreachable", UNDETERMINED):
            how = "仅靠交流不能达到，" if (row["kind"], row["status"]) == (
                "exchange", "unreachable") else ""
            place = f"{county.standard.stages[row['stage']]}{row['indicator']}"
            found.setdefault(f"{how}{row['reason']}", []).append(place)
    return [f"{joined(places)}：{reason}。" for reason, places in found.items()]


def plan_table(path: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print the two plans side by side: moves, additions and the coefficient that results."""
    keys = _acting(path)
    plans = [plan for plan in PLAN_ZH if (path["plan"] == plan).any()]
    if not keys:
        return None
    costs = any(not is_missing(cost) for cost in path["cost"])
    by_key = {plan: {(r["stage"], r["indicator"]): r for r in outcomes(path, plan)}
              for plan in plans}
    fields = [Field("学段", align="left"), Field("指标", align="left")]
    for plan in plans:
        fields += [Field("交流", PLAN_ZH[plan]),
                   Field("增加", PLAN_ZH[plan]),
                   *([Field("费用（万元）", PLAN_ZH[plan])] if costs else []),
                   Field("后差异系数", PLAN_ZH[plan])]
    rows = [(Cell(county.standard.stages[stage]),
             Cell(f"{id} {short(id, county)}"),
             *(cell for plan in plans for cell in _plan_cells(by_key[plan][stage, id], costs)))
            for stage, id in keys]
    return PrintedTable(
        "plan_table", f"{county.name}{county.year}年两种方案的交流与增加", tuple(fields),
        tuple(rows), _source(county), notes=(_plan_note(county), *_cost_notes(path, costs)))


def _plan_cells(row: dict, costs: bool) -> list[Cell]:
    cells = [Cell(_nonzero(row["moves"], "人"), value=row["moves"]),
             Cell(_nonzero(row["additions"], row["unit"]), value=row["additions"])]
    if costs:
        cells.append(Cell(cost_text(row["cost"]), value=row["cost"]))
    return [*cells, Cell(cv_text(row["cv_after"], row["limit"]), value=row["cv_after"])]


def cost_text(cost: Fraction | None) -> str:
    """Print a cost in 万元."""
    return EMPTY if is_missing(cost) else level_text(Fraction(cost) / 10000, _FINEST)


def _plan_note(county: County) -> str:
    rule = county.standard.resource
    return (f"“{PLAN_ZH[AT_FLOOR]}”按至少{rule.min_met}项达标的规定，"
            "各校把一项留在底线值以上，按所省或占标准值的比例挑选，不保证全县合计最少；差异系数仍须不超过限值。交流和增加均为整数单位下的最少数量，"
            "两种方案的面积都进到0.01㎡，金额都进到1元；主要为差异系数而增加的，两种方案相近。")


def _cost_notes(path: pd.DataFrame, costs: bool) -> tuple[str, ...]:
    if not costs:
        return ()
    return ("费用＝增加量×填报的单价，仪器设备按原值计；没有单价的不计费用，教师不计费用。",)


def change_table(changes: pd.DataFrame, path: pd.DataFrame, county: County
                 ) -> PrintedTable | None:
    """Print every school that changes: what it has, what changes, and what it then has."""
    found: dict[tuple, dict[str, dict]] = {}
    for row in decided(changes, path):
        key = (row["stage"], row["indicator"], row["school_code"])
        found.setdefault(key, {})[row["plan"]] = row
    if not found:
        return None
    order = {key: n for n, key in enumerate(_in_order(path))}
    keys = sorted(found, key=lambda key: (order[key[:2]], key[2]))
    plans = [plan for plan in PLAN_ZH if (path["plan"] == plan).any()]
    fields = [Field("学段", align="left"), Field("指标", align="left"),
              Field("学校", align="left"), Field("现有")]
    for plan in plans:
        fields += [Field(label, PLAN_ZH[plan]) for label in ("变动", "调整后")]
    return PrintedTable(
        "change_table", f"{county.name}{county.year}年达标路径涉及的学校", tuple(fields),
        tuple(_change_row(found[key], plans, county) for key in keys), _source(county),
        notes=("调出学校不低于本校标准值；一贯制学校、完全中学的校舍、场地、设备、教室"
               "为按学段分得的部分。",))


def decided(rows: pd.DataFrame, path: pd.DataFrame) -> list[dict]:
    """Return the rows of a path's table that belong to what suffices, plan by plan."""
    keys = ("plan", "stage", "indicator", "kind")
    final = {tuple(row[k] for k in keys) for plan in PLAN_ZH for row in outcomes(path, plan)}
    return [row for row in records(rows) if tuple(row[k] for k in keys) in final]


def _change_row(by_plan: dict[str, dict], plans: list[str], county: County) -> tuple[Cell, ...]:
    one = next(iter(by_plan.values()))
    cells = [Cell(county.standard.stages[one["stage"]]),
             Cell(f"{one['indicator']} {short(one['indicator'], county)}"),
             Cell(one["name"]), Cell(amount_text(one["before"]), value=one["before"])]
    for plan in plans:
        row = by_plan.get(plan)
        cells += [Cell(EMPTY), Cell(EMPTY)] if row is None else [
            Cell(change_words(row)), Cell(amount_text(row["after"]), value=row["after"])]
    return tuple(cells)


def change_words(row: dict) -> str:
    """Say what a school gains or gives: 调入2人, 调出1人, 增1395㎡, or two of these."""
    moved, said = row["moved"], []
    if moved:
        said.append(("调入" if moved > 0 else "调出") + amount_text(abs(moved), row["unit"]))
    if row["added"]:
        said.append("增" + amount_text(row["added"], row["unit"]))
    return joined(said)


def _source(county: County) -> str:
    return f"学校数据表；{county.standard.resource.clause}"
