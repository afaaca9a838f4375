"""Can a figure be (取值范围)? By itself, beside another, as a date: `data/rules/plausibility.toml`,
and the checks of `data/rules/checks`.

A wage of 98000 under 万元 and a share of 0.925 under % are right numbers of a wrong size.
Beyond what is possible a figure is refused, unless the register confirms it; beyond what is
usual it is warned of.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell
from pipeline.definitions.forms.check_rules import HOLDS, FiledCheck, filed_checks
from pipeline.definitions.forms.plausible import Band, Range, Relation, plausibility
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.formulas import exactly
from pipeline.definitions.targets.plans import NUMERIC, Target
from pipeline.ground.exact import plainly

_YEAR, _NAMED_ONE_BY_ONE, _SHARES_FROM = "年", 3, 10
_LARGE = ((10**8, "亿"), (10**4, "万"))


@dataclass
class Related:
    """Figures that are compared with each other, with their cells, and whose they are."""

    values: dict[str, Fraction | None]
    cells: dict[str, Cell]
    whose: str = ""


def check_range(variable: str, value: Fraction | None, cell: Cell, year: int,
                findings: Findings, whose: str = "") -> None:
    """Compare a figure, in its variable's unit, with its range; ``year`` 0 is not known."""
    limits = plausibility().range_of(variable)
    if limits is None or value is None or (limits.zero and not value):
        return
    said = f"{whose}“{variables().variables[variable].zh}”{_said(value, limits.unit)}"
    possible, usual = (_until(band, limits, year) for band in (limits.possible, limits.usual))
    if not _within(value, possible):
        code = "value.year" if limits.unit == _YEAR else "value.range"
        findings.at(code, cell, f"{said}，{_allowed(possible, limits.unit)}：{limits.reason}")
    elif usual and not _within(value, usual):
        findings.at("value.band", cell,
                    f"{said}，通常{_allowed(usual, limits.unit)}：{limits.reason}")


def check_relations(table: str, rows: list[Related], findings: Findings) -> None:
    """Compare the figures of each row, or of a county and year, with each other.

    Where a relation fails in more than a few rows, the column is told once.
    """
    asked = (*plausibility().relations, *filed_checks())
    for relation in (one for one in asked if one.table == table):
        failed: dict[tuple, list[tuple[Cell, str]]] = {}
        for row in rows:
            given = {name: row.values.get(name) for name in relation.names}
            code, why = relation_fault(relation, given)
            if code:
                cell = _at(relation, row)
                key = (code, cell.confirmed, cell.file, cell.sheet)
                failed.setdefault(key, []).append((cell, f"{_told(relation, row, cell)}：{why}"))
        for (code, *_), found in failed.items():
            few = len(found) <= _NAMED_ONE_BY_ONE
            for cell, said in found if few else found[:1]:
                findings.at(code, cell, said if few else f"{said}；同表共{len(found)}行如此")


def _at(relation: Relation | FiledCheck, row: Related) -> Cell:
    """Return the cell to be named first: a confirmed one, else that of the part."""
    cells = [row.cells[name] for name in relation.names if name in row.cells]
    return next((cell for cell in cells if cell.confirmed), cells[0])


def _told(relation: Relation | FiledCheck, row: Related, at: Cell) -> str:
    return row.whose + "、".join(_named(name, row.values[name], row.cells.get(name), at)
                                for name in relation.names)


def relation_fault(relation: Relation | FiledCheck, given: dict[str, Fraction | None]
                   ) -> tuple[str, str]:
    """Return the check that two figures fail and why; empty texts when they agree."""
    of, to = exactly(relation.of, given), exactly(relation.to, given)
    if of is None or to is None:
        return "", ""
    if isinstance(relation, FiledCheck):
        return ("", "") if HOLDS[relation.op](of, to) else (relation.id, relation.rule)
    if relation.part and of > to:
        return "value.part", f"{relation.zh}（{relation.reason}）"
    if not of or not to:
        return "", ""
    ratio = of / to
    said = f"{relation.zh}约为{plainly(ratio) if ratio >= 1 else f'1/{plainly(1 / ratio)}'}"
    if relation.possible and not _within(ratio, relation.possible):
        return "value.relation", f"{said}，{_allowed(relation.possible)}（{relation.reason}）"
    if relation.usual and not _within(ratio, relation.usual):
        return "value.band", f"{said}，通常{_allowed(relation.usual)}（{relation.reason}）"
    return "", ""


def check_sums(year: int, figures: dict[str, list[Fraction | None]], facts: list[dict],
               findings: Findings) -> None:
    """Compare county figures with the sums of all schools' ``figures`` in the same year."""
    own = {row["variable"]: row for row in facts if row["year"] == year}
    for limit in plausibility().sums:
        total = sum(filter(None, figures.get(limit.of, [])), Fraction(0))
        row = own.get(limit.to)
        if not total or row is None or not row["value"]:
            continue
        ratio, unit = total / row["value"], variables().variables[limit.to].unit
        said = (f"“{variables().variables[limit.to].zh}”{_said(row['value'], unit)}，"
                f"学校情况合计{_said(total, unit)}：{limit.zh}约为{plainly(ratio)}")
        if not _within(ratio, limit.usual):
            findings.at("value.band", row["cell"],
                        f"{said}，通常{_allowed(limit.usual)}（{limit.reason}）")


def _named(name: str, value: Fraction | None, cell: Cell | None, at: Cell) -> str:
    variable = variables().variables[name]
    place = f"（{cell.sheet}第{cell.row}行{cell.column}列）" if cell and cell is not at else ""
    return f"“{variable.zh}”{_said(value, variable.unit)}{place}"


def _until(band: Band | None, limits: Range, year: int) -> Band | None:
    if band is None or not limits.until_year:
        return band
    return [band[0], min(band[1], Fraction(year or date.today().year))]


def _within(value: Fraction, band: Band) -> bool:
    return band[0] <= value <= band[1]


def _allowed(band: Band, unit: str = "") -> str:
    return f"应在{large(band[0], unit)}至{_said(band[1], unit)}之间"


def _said(value: Fraction, unit: str) -> str:
    return f"{large(value, unit)}{unit}"


def large(value: Fraction, unit: str = "") -> str:
    """Return an amount in words that are read at a glance: 9.8亿; years as they are.

    >>> large(Fraction(980_000_000)), large(Fraction(9800)), large(Fraction(2015), "年")
    ('9.8亿', '9800', '2015')
    """
    for size, word in _LARGE:
        if value >= size and unit != _YEAR:
            return plainly(value / size) + word
    return plainly(value)


def day_fault(day: str, year: int) -> str:
    """Return why a day or month (2023-11-20, 2023-11) can be that of no document.

    None is older than the state, younger than the year of the data, or of a day to come;
    ``year`` 0 is not known.
    """
    today = date.today().isoformat()
    last = min(f"{year}-12-31", today) if year else today
    first = plausibility().earliest_day
    if day < first[:len(day)]:
        return f"日期{day}早于{first}"
    if day > last[:len(day)]:
        return f"日期{day}晚于{'今天' if last == today else f'资料年份{year}年'}"
    return ""


def target_fault(target: Target, unit: str, value: Fraction, cell: Cell, findings: Findings
                 ) -> str:
    """Return why a figure typed for a target cannot be meant; empty when it can.

    What is only unusual beside the target's own values is warned of.
    """
    wanted = [v.value for v in target.values if v.value]
    if not wanted or not value or target.op not in NUMERIC or cell.confirmed:
        return ""
    factor = min(max(abs(value / w), abs(w / value)) for w in wanted)
    share = unit == "%" and 0 < value <= 1 and min(wanted) >= _SHARES_FROM
    limits = plausibility()
    said = f"填{plainly(value)}{unit}，目标值为{'、'.join(map(plainly, wanted))}{target.unit}"
    if share:
        return f"{said}，疑为比率；是比率的，单位请写“比率”"
    if factor > limits.target_refuse_factor:
        return said
    if factor > limits.target_warn_factor:
        findings.at("value.band", cell, f"目标{target.id}“{target.quantity}”{said}")
    return ""
