"""Sheets that are not about one school a row (县级表): facts, evidence, bands, rooms, monitoring.

The same reading as for schools: exact headers, own number grammar, every cell with its
address. County facts carry their unit in a column of its own; evidence its state.
"""

from collections.abc import Set
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from pipeline.cleaning.checks import Findings, unit_quoted
from pipeline.cleaning.counties.cohort_rows import check_cohorts, cohort_rows
from pipeline.cleaning.counties.evidence_rows import (
    day_of,
    evidence_fault,
    evidence_rows,
    report_unproved,
)
from pipeline.cleaning.counties.inspection_rows import (
    check_groups,
    check_results,
    monitoring_rows,
    once_seen,
    spot_check_rows,
    survey_rows,
)
from pipeline.cleaning.counties.ledger_rows import ledger_rows, own_ledger
from pipeline.cleaning.counties.plan_figures import (
    ASIDE,
    apart,
    is_set_aside,
    without_answers,
    without_misfits,
)
from pipeline.cleaning.counties.target_rows import (
    beyond_number,
    find_target,
    is_numbered_as_target,
    is_of_target,
    looks_like_target,
    target_value,
    unknown_target,
    without_contrary,
)
from pipeline.cleaning.files.cells import TEXT, Cell
from pipeline.cleaning.forms.headers import HeadedSheet, report_uncommon
from pipeline.cleaning.forms.letters import substituted
from pipeline.cleaning.forms.number_grammar import is_empty, is_not_applicable, read_number
from pipeline.cleaning.forms.rows import FormRow, read_rows
from pipeline.cleaning.forms.values import read_quantity
from pipeline.cleaning.privacy import without_personal_texts
from pipeline.cleaning.ranges import (
    Related,
    check_range,
    check_relations,
    day_fault,
)
from pipeline.definitions.base import MOST_TOML_BYTES, toml_of
from pipeline.definitions.forms.unit_list import UnitInfo
from pipeline.definitions.forms.variables import (
    fitting_unit,
    fitting_units,
    listed_units,
    squeeze,
    variables,
)
from pipeline.definitions.forms.wordings import NUMBERING
from pipeline.ground.admission import NotAdmitted, content_of


def county_rows(headed: HeadedSheet, year: int, findings: Findings) -> list[dict]:
    """Return the rows of one such sheet, in the columns of its table."""
    reader = {"facts": _facts, "evidence": evidence_rows, "class_sizes": _class_sizes,
              "rooms": _rooms, "monitoring": monitoring_rows,
              "ledger_rows": ledger_rows, "spot_checks": spot_check_rows,
              "survey": survey_rows, "grade_pupils": cohort_rows}[headed.layout.table]
    rows = read_rows(_handed_in(headed), year, findings)
    found = [one for row in rows for one in reader(row, year, findings)]
    _report_blank(rows, findings)
    if reader is evidence_rows:
        report_unproved(found, headed.sheet.file, headed.sheet.name, findings)
    return found


def _report_blank(rows: list[FormRow], findings: Findings) -> None:
    """Warn of the numbers of classes and the areas of rooms that are blank: once a column."""
    blank: dict[str, list[Cell]] = {}
    for row in rows:
        for key, cell in row.cells.items():
            if row.get(key) is None and is_empty(cell) and (
                    variables().variables[key].band or key == "room_area_m2"):
                blank.setdefault(key, []).append(cell)
    for key, cells in blank.items():
        said = "班数空白；没有的请填 0" if variables().variables[key].band else "教室面积空白"
        whole = "整列" if len(cells) == len(rows) else "该列"
        many = f"（{whole}，{len(cells)}格）" if len(cells) > 1 else ""
        findings.at("cell.missing", cells[0], said + many)


def _handed_in(headed: HeadedSheet) -> HeadedSheet:
    """Leave out prefilled rows that were not answered: 项目 without 数值, 编号 without 状态, save
    those over which an answer is merged."""
    answer = {"facts": "fact_value", "evidence": "evidence_status"}.get(headed.layout.table)
    at = next((i for i, (c, _) in headed.columns.items() if c.variable == answer), None)
    if at is None:
        return headed
    over = [(top, bottom) for top, left, bottom, right in headed.sheet.merged
            if left <= at + 1 <= right]
    rows = tuple(line for line in headed.sheet.rows
                 if line[0].row <= headed.header_row or not line[at].blank
                 or any(top <= line[0].row <= bottom for top, bottom in over))
    return replace(headed, sheet=replace(headed.sheet, rows=rows))


def read_facts_toml(path: Path, year: int, label: str, drop_personal: bool, findings: Findings
                    ) -> list[dict]:
    """Read `county.toml`: ``[facts]`` with "项目" = { "数值" = "…", "单位" = "…" }."""
    rows = []
    given_by_name = _toml(path, label, "facts", drop_personal, findings)
    for number, (name, given) in enumerate(given_by_name.items(), 1):
        cell = Cell(label, "", number, "", str(given.get("数值", "")), TEXT)
        rows += _fact(name, str(given.get("单位", "")), cell, year, findings)
    return rows


def read_evidence_toml(path: Path, year: int, label: str, drop_personal: bool, findings: Findings
                       ) -> list[dict]:
    """Read `evidence.toml`: one table an item with status, note, date, document."""
    rows = []
    for id, given in _toml(path, label, "evidence", drop_personal, findings).items():
        status, when = str(given.get("status", "")), str(given.get("date", ""))
        fault, ours = evidence_fault(id, status), is_of_target(id) or is_numbered_as_target(id)
        if fault:
            findings.add(ASIDE if ours else "identity.class", f"{id}：{fault}", label)
        elif when and not day_of(when):
            findings.add(ASIDE if ours else "evidence.date", f"{id} 的 date 不是日期", label)
        elif why := when and day_fault(day_of(when), year):
            findings.add(ASIDE if ours else "evidence.day", f"{id}：{why}", label)
        else:
            rows.append({"year": year, "id": id.upper(), "status": status, "date": day_of(when),
                         "school_code": "",
                         **{key: _printed(str(given.get(key, "")), label, findings)
                            for key in ("note", "document")}})
    report_unproved(rows, label, "", findings)
    return rows


def _printed(text: str, label: str, findings: Findings) -> str:
    drawn, rare = substituted(text)
    if rare:
        findings.add("text.substituted", f"卷宗字体没有 {rare}，印作“{drawn}”", label)
    return drawn


def _toml(path: Path, label: str, table: str, drop_personal: bool, findings: Findings
          ) -> dict[str, dict]:
    try:
        content = toml_of(content_of(path, MOST_TOML_BYTES))
    except NotAdmitted as fault:
        findings.add(fault.code, fault.found, label, row=fault.row)
        return {}
    content = without_personal_texts(content, drop_personal, findings, label)
    faults = [f"不应有 {key}" for key in content if key != table]
    rows = content.get(table, {})
    if not isinstance(rows, dict):
        faults, rows = [*faults, f"{table} 应为表"], {}
    faults += [f"[{table}] 中的 {k} 应写成 {{…}}" for k, v in rows.items()
               if not isinstance(v, dict)]
    for fault in faults:
        findings.add("header.missing", fault, label)
    return {name: given for name, given in rows.items() if isinstance(given, dict)}


def _facts(row: FormRow, year: int, findings: Findings) -> list[dict]:
    cell = row.cells["fact_value"]
    return _fact(row.get("fact") or "", row.get("fact_unit") or "", cell, year, findings)


def _fact(name: str, unit: str, cell: Cell, year: int, findings: Findings) -> list[dict]:
    known = {squeeze(v.zh): key for key, v in variables().variables.items() if v.county}
    plain, unit = _item(name, unit, known)
    key, found = known.get(plain), find_target(plain)
    if key is None and found is None:
        if looks_like_target(name) or beyond_number(name):
            unknown_target(name, cell, findings)
        else:
            findings.at("fact.unknown", cell, "项目名称不在样表所列之中")
        return []
    if cell.blank or is_not_applicable(cell.text):
        return []
    if key is None:
        key, target = found
        value = target_value(key, target, unit, cell, findings)
    else:
        value = _figure(key, unit, cell, year, findings)
    return [] if value is None else [{"year": year, "variable": key, "value": value,
                                      "file": cell.file, "sheet": cell.sheet, "row": cell.row,
                                      "cell": cell}]


def _figure(key: str, unit: str, cell: Cell, year: int, findings: Findings) -> Fraction | None:
    own = apart(findings)
    value = _value(key, unit, cell, own)
    check_range(key, value, cell, year, own)
    return None if is_set_aside(key, cell, own, findings) else value


def _item(name: str, unit: str, known: dict[str, str]) -> tuple[str, str]:
    """Return the item without an ordinal before it, a colon or a unit behind it, and the unit:
    一、社会认可度（%）：.

    Another remark in brackets (不含民办) makes it another item; of two units that differ both are
    returned, which is none that is known.
    """
    plain = full if (full := squeeze(name).strip(":*")) in known else NUMBERING.sub("", full)
    stem, bracket, inner = plain.rstrip(")").rpartition("(")
    inner = listed_units().get(inner.removeprefix("单位:"), "")
    if bracket and inner and plain not in known and stem in known:
        other = listed_units().get(squeeze(unit), inner)
        each = {(variables().units[one].base, variables().units[one].factor)
                for one in (inner, other)}
        return stem, inner if len(each) == 1 else f"{inner}、{unit}"
    return plain, unit


def _value(key: str, unit: str, cell: Cell, findings: Findings) -> Fraction | None:
    variable = variables().variables[key]
    reading = read_number(cell.text) if not unit.strip() else None
    written = reading.unit if reading else unit
    fitting = fitting_unit(written, key)
    if not fitting:
        said = "没有写单位" if not written else f"单位写的是{unit_quoted(written)}"
        findings.at("header.unit", cell,
                    f"“{variable.zh}”{said}，应为{'、'.join(fitting_units(key))}")
        return None
    report_uncommon(fitting, cell, findings)
    return read_quantity(cell, fitting, variable.kind, findings)


def check_county(county: dict[str, list[dict]], unit: UnitInfo | None, shared: Set[str],
                 findings: Findings) -> None:
    """Check what concerns several rows: one item given twice, figures that do not go together,
    the ledger of another unit.

    A target of a plan that is given twice and differently costs itself alone.
    """
    of_schools = [row for row in county["evidence"] if row.get("school_code")]
    papers = [row for row in county["evidence"] if not row.get("school_code")]
    for rows, key, said in ((county["facts"], "variable", "value"), (papers, "id", "status")):
        rows[:] = without_contrary(rows, key, said, findings)
        first: dict[tuple, dict] = {}
        for row in rows:
            before = first.setdefault((row["year"], row[key]), row)
            if before is not row and before[said] != row[said]:
                named = variables().variables.get(row[key])
                zh = f"“{named.zh}”" if named else row[key]
                findings.add("fact.repeated", f"{zh}填了两次且不同", row.get("file", ""),
                             row.get("sheet", ""), row.get("row"))
    county["evidence"][:] = papers + of_schools
    check_results(county["monitoring"], findings)
    check_groups(county["survey"], findings)
    county["spot_checks"][:] = once_seen(county["spot_checks"], findings)
    check_cohorts(county["grade_pupils"], findings)
    county["ledger_rows"][:] = own_ledger(county["ledger_rows"], unit, shared, findings)
    years = sorted({row["year"] for row in county["facts"]})
    county["facts"][:] = [row for year in years for row in without_misfits(
        [row for row in county["facts"] if row["year"] == year], findings)]
    for name, key in (("facts", "variable"), ("evidence", "id")):
        county[name][:] = without_answers(county[name], key, findings)
    for year in years:
        own = {row["variable"]: row for row in county["facts"] if row["year"] == year}
        check_relations("facts", [Related({name: row["value"] for name, row in own.items()},
                                          {name: row["cell"] for name, row in own.items()})],
                        findings)


def _class_sizes(row: FormRow, year: int, findings: Findings) -> list[dict]:
    rows = []
    for key, cell in row.cells.items():
        band = variables().variables[key].band
        if not band:
            continue
        count = row.get(key)
        check_range(key, count, cell, year, findings, row.get("name") or "")
        rows.append({"year": year, "school_code": row.get("school_code"),
                     "name": row.get("name"), "stage": row.get("stage"), "lowest": band[0],
                     "highest": band[1], "classes": None if count is None else int(count),
                     "form_row": row})
    return rows


def _rooms(row: FormRow, year: int, findings: Findings) -> list[dict]:
    area = row.get("room_area_m2")
    if area is None:
        return []
    check_range("room_area_m2", area, row.cells["room_area_m2"], year, findings,
                row.get("name") or "")
    return [{"year": year, "school_code": row.get("school_code"), "name": row.get("name"),
             "kind": row.get("room_kind"), "area": area, "form_row": row}]
