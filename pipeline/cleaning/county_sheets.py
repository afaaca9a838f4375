"""Sheets that are not about one school a row (县级表): facts, evidence, bands, rooms, monitoring.

The same reading as for schools: exact headers, own number grammar, every cell with its
address. County facts carry their unit in a column of its own; evidence its state.
"""

import re
import tomllib
from fractions import Fraction
from pathlib import Path

from pipeline.cleaning.cells import NUMBER, TEXT, Cell
from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.headers import HeadedSheet
from pipeline.cleaning.numbers import read_number
from pipeline.cleaning.rows import FormRow, read_quantity, read_rows
from pipeline.definitions.forms import FormColumn, squeeze, variables
from pipeline.definitions.plans import plans

_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?(?: 00:00:00)?")


def county_rows(headed: HeadedSheet, year: int, findings: Findings) -> list[dict]:
    """Return the rows of one such sheet, in the columns of its table."""
    reader = {"facts": _facts, "evidence": _evidence, "class_sizes": _class_sizes,
              "rooms": _rooms, "monitoring": _monitoring}[headed.layout.table]
    rows = read_rows(headed, year, set(), findings)
    return [found for row in rows for found in reader(row, year, findings)]


def read_facts_toml(path: Path, year: int, label: str, findings: Findings) -> list[dict]:
    """Read `county.toml`: ``[facts]`` with 项目 = {数值 = "…", 单位 = "…"}."""
    rows = []
    for number, (name, given) in enumerate(_toml(path, label, "facts", findings).items(), 1):
        cell = Cell(label, "", number, "", str(given.get("数值", "")), TEXT)
        rows += _fact(name, str(given.get("单位", "")), cell, year, findings)
    return rows


def read_evidence_toml(path: Path, year: int, label: str, findings: Findings) -> list[dict]:
    """Read `evidence.toml`: one table an item with status, note, date, document."""
    wordings = {"yes", "no", "unknown", "absent", "present"}
    rows = []
    for id, given in _toml(path, label, "evidence", findings).items():
        if given.get("status") not in wordings:
            findings.add("identity.class", f"{id} 的 status 不是规定的类别", label)
            continue
        rows.append({"year": year, "id": id, "status": given["status"],
                     "note": str(given.get("note", "")), "date": str(given.get("date", "")),
                     "document": str(given.get("document", ""))})
    return rows


def _toml(path: Path, label: str, table: str, findings: Findings) -> dict[str, dict]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig")).get(table, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        findings.add("file.unreadable", "不是有效的 TOML 文件", label)
        return {}
    faulty = [name for name, given in content.items() if not isinstance(given, dict)]
    for name in faulty:
        findings.add("header.missing", f"[{table}] 中的 {name} 应写成 {{…}}", label)
    return {name: given for name, given in content.items() if name not in faulty}


def _facts(row: FormRow, year: int, findings: Findings) -> list[dict]:
    cell = row.cells["fact_value"]
    return _fact(row.get("fact") or "", row.get("fact_unit") or "", cell, year, findings)


def _fact(name: str, unit: str, cell: Cell, year: int, findings: Findings) -> list[dict]:
    known = {squeeze(v.zh): key for key, v in variables().variables.items() if v.county}
    targets = {t.id.lower(): t.id for p in plans().values() for t in p.targets}
    key = known.get(squeeze(name)) or targets.get(squeeze(name))
    if key is None:
        findings.at("fact.unknown", cell, "项目名称不在样表所列之中")
        return []
    if cell.blank:
        return []
    value = _target_value(cell, findings) if key not in variables().variables else _value(
        key, unit, cell, findings)
    return [] if value is None else [{"year": year, "variable": key, "value": value,
                                      "file": cell.file, "sheet": cell.sheet, "row": cell.row}]


def _value(key: str, unit: str, cell: Cell, findings: Findings) -> Fraction | None:
    variable = variables().variables[key]
    units = {squeeze(u): u for u in variables().units}
    written = units.get(squeeze(unit), "")
    if not written or variables().units[written].base != variable.unit:
        findings.at("header.unit", cell, f"“{variable.zh}”的单位应为{variable.unit}或其倍数单位")
        return None
    column = FormColumn(variable=key, headers=[variable.zh], unit=written)
    return read_quantity(cell, column, written, variable.kind, findings)


def _target_value(cell: Cell, findings: Findings) -> Fraction | None:
    reading = read_number(cell.text)
    if reading is None or cell.kind not in (TEXT, NUMBER):
        findings.at("cell.text", cell, quoted(cell.text))
        return None
    return reading.value


def _evidence(row: FormRow, year: int, findings: Findings) -> list[dict]:
    id, status = row.get("item_id") or "", row.get("evidence_status")
    if not id or not status:
        return []
    veto = id.upper().startswith("V")
    if status != "unknown" and veto != (status in ("absent", "present")):
        findings.at("identity.class", row.cells["evidence_status"],
                    "一票否决事项填无此情况或有此情况，其余填符合或不符合")
        return []
    return [{"year": year, "id": id.upper(), "status": status,
             "note": row.get("evidence_note") or "", "document": row.get("evidence_document") or "",
             "date": _date(row, findings)}]


def _date(row: FormRow, findings: Findings) -> str:
    cell = row.cells.get("evidence_date")
    if cell is None or cell.blank:
        return ""
    match = _DATE.fullmatch(cell.text.strip())
    if not match:
        findings.at("evidence.date", cell, "不是日期")
        return ""
    year, month, day = match.groups()
    return f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")


def _class_sizes(row: FormRow, year: int, findings: Findings) -> list[dict]:
    rows = []
    for key, cell in row.cells.items():
        band = variables().variables[key].band
        if not band:
            continue
        if row.get(key) is None:
            findings.at("cell.missing", cell, "班数空白；没有的请填 0")
            continue
        rows.append({"year": year, "school_code": row.get("school_code"),
                     "name": row.get("name"), "stage": row.get("stage"), "lowest": band[0],
                     "highest": band[1], "classes": int(row.get(key))})
    return rows


def _rooms(row: FormRow, year: int, findings: Findings) -> list[dict]:
    area = row.get("room_area_m2")
    if area is None:
        findings.at("cell.missing", row.cells["room_area_m2"], "教室面积空白")
        return []
    return [{"year": year, "school_code": row.get("school_code"), "name": row.get("name"),
             "kind": row.get("room_kind"), "area": area}]


def _monitoring(row: FormRow, year: int, findings: Findings) -> list[dict]:
    when = row.get("monitoring_year")
    if when is None:
        findings.at("cell.missing", row.cells["monitoring_year"], "监测年份空白")
        return []
    return [{"year": int(when), "grade": row.get("grade"), "subject": row.get("subject"),
             "level": row.get("monitoring_level"), "gap": row.get("school_gap_pct")}]
