"""What must be true of a county table (县级表的核查): the checks that its layout holds.

First what a publisher exchanged is put right, where that is proved; then what cannot be is
left out; then the identities are asked of what remains. No value is ever converted.
"""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.counties.county_rows import CountyRow
from pipeline.cleaning.forms.values import impossible
from pipeline.definitions.forms.check_rules import checks
from pipeline.definitions.forms.county_layouts import (
    Bound,
    CountyColumn,
    CountyLayout,
    Identity,
)
from pipeline.definitions.formulas import exactly
from pipeline.ground.exact import decimal_text

_FEWEST_ALIKE, _NAMED_ONE_BY_ONE = 5, 5


def check_rows(rows: list[CountyRow], layout: CountyLayout, findings: Findings) -> None:
    """Carry out the checks of a layout on the rows of one file."""
    for row in rows:
        row.published = {name: row.values[name] for name in layout.swapped}
    for identity in layout.identities:
        for group in _groups(rows):
            _put_right(group, identity, findings)
    for row in rows:
        for column in layout.quantities:
            _check_possible(row, column, findings)
        for bound in layout.bounds:
            _check_bound(row, bound, findings)
    for identity in layout.identities:
        for group in _groups(rows):
            _check_identity(group, identity, findings)
    for column in layout.quantities:
        for group in _groups(rows):
            _report_missing(group, column, findings)


def _groups(rows: list[CountyRow]) -> Iterator[list[CountyRow]]:
    """Yield the rows of each year and level: what was published together."""
    found: dict[tuple, list[CountyRow]] = {}
    for row in rows:
        found.setdefault((row.year, row.level), []).append(row)
    yield from found.values()


def _holds(identity: Identity, values: dict[str, Fraction | None]) -> bool | None:
    left, right = exactly(identity.left, values), exactly(identity.right, values)
    if left is None or right is None:
        return None
    return abs(left - right) <= identity.tolerance


def _exchanged(row: CountyRow, identity: Identity) -> dict[str, Fraction | None]:
    a, b = identity.swap
    return row.values | {a: row.values[b], b: row.values[a]}


def _put_right(group: list[CountyRow], identity: Identity, findings: Findings) -> None:
    """Undo an exchange of two columns that all rows of a year prove, and record each cell."""
    if not identity.swap or len(group) < identity.fewest or not all(
            _holds(identity, row.values) is False
            and _holds(identity, _exchanged(row, identity)) for row in group):
        return
    proof = f"{identity.zh}：{group[0].year}年{len(group)}行原样均不成立，对调后均成立"
    for row in group:
        for name, other in (identity.swap, reversed(identity.swap)):
            findings.at("county.swapped", row.cells[name],
                        f"{row.name}{row.layout.column(name).label}：{quoted(row.cells[name].text)}"
                        f"改为{quoted(row.cells[other].text)}（{proof}）")
        a, b = identity.swap
        row.values = _exchanged(row, identity)
        row.cells |= {a: row.cells[b], b: row.cells[a]}


def _check_possible(row: CountyRow, column: CountyColumn, findings: Findings) -> None:
    value = row.values[column.name]
    if value is None:
        return
    code = impossible(value, column.kind)
    why = checks()[code].rule if code else _beyond(value, column.possible, column)
    if why:
        _leave_out(row, column.name, "county.impossible", why, findings)
    elif said := _beyond(value, column.usual, column):
        findings.at("value.band", row.at(column.name), f"{row.name}{column.label}{said}")


def _beyond(value: Fraction, band: list[Fraction], column: CountyColumn) -> str:
    if not band or band[0] <= value <= band[1]:
        return ""
    return f"应在{decimal_text(band[0])}至{decimal_text(band[1])}{column.unit}之间"


def _check_bound(row: CountyRow, bound: Bound, findings: Findings) -> None:
    most = exactly(bound.at_most, row.values)
    for name in bound.values:
        value = row.values[name]
        if most is not None and value is not None and value > most:
            of = row.layout.column(bound.at_most).label
            _leave_out(row, name, "county.bound", f"大于{of}{decimal_text(most)}", findings)


def _check_identity(group: list[CountyRow], identity: Identity, findings: Findings) -> None:
    """Leave out what an identity does not bear out; refuse a year in which it never holds."""
    wrong = [row for row in group if _holds(identity, row.values) is False]
    held = any(_holds(identity, row.values) for row in group)
    if len(wrong) >= identity.fewest and not held:
        findings.at("county.identity_all", wrong[0].at(identity.left_out[0]),
                    f"“{identity.zh}”在{group[0].year}年的{len(wrong)}行中没有一行成立")
        return
    for row in wrong:
        sides = [decimal_text(exactly(side, row.values), 6)
                 for side in (identity.left, identity.right)]
        why = f"“{identity.zh}”不成立：{sides[0]} 与 {sides[1]}"
        for name in identity.left_out:
            _leave_out(row, name, "county.identity", why, findings)


def _leave_out(row: CountyRow, name: str, code: str, why: str, findings: Findings) -> None:
    cell, label = row.at(name), row.layout.column(name).label
    findings.at(code, cell, f"{row.year}年{row.name}{label}{quoted(cell.text)}，{why}；该值未使用")
    row.leave_out(name, why)


def _report_missing(group: list[CountyRow], column: CountyColumn, findings: Findings) -> None:
    blank = [row for row in group if column.name in row.cells and row.cells[column.name].blank]
    if len(blank) > _NAMED_ONE_BY_ONE:
        all_of_it = "均" if len(blank) == len(group) else ""
        findings.at("county.missing", blank[0].at(column.name),
                    f"{group[0].year}年{len(group)}行中{len(blank)}行的{column.label}{all_of_it}空白")
        return
    for row in blank:
        findings.at("county.missing", row.at(column.name),
                    f"{row.year}年{row.name}的{column.label}空白")


def check_columns(rows: list[CountyRow], findings: Findings) -> None:
    """Warn of two quantities that are the same row for row in a year: one was mispublished."""
    columns: dict[tuple, dict[str, Fraction]] = {}
    first: dict[tuple, CountyRow] = {}
    for row in rows:
        for name, value in row.values.items():
            key = (row.year, name, row.level, row.cells[name].file if name in row.cells else "")
            if value is not None:
                columns.setdefault(key, {})[row.unit] = value
                first.setdefault(key, row)
    alike: dict[tuple, tuple] = {}
    for key, said in columns.items():
        if len(said) < _FEWEST_ALIKE or len(Counter(said.values())) < 2:
            continue
        other = alike.setdefault((key[0], tuple(sorted(said.items()))), key)
        if other != key:
            before = first[other].at(other[1])
            findings.at("county.identical", first[key].at(key[1]),
                        f"{key[0]}年{len(said)}行与 {before.file} {before.column}列"
                        f"“{first[other].layout.column(other[1]).label}”逐行相同")
