"""What others than the county found (实地核查表、满意度调查表、质量监测表): counted, asked, tested.

Of a form of inspection only what was seen is read; what was reported is said anew by the tables
of the year. A survey's counts must go together: satisfied ≤ valid ≤ sent.
Of the national monitoring the latest result of a grade and a subject counts, so that both are
brought to their listed names: 4年级 and 四年级 are one.
"""

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.forms.values import read_quantity
from pipeline.cleaning.ranges import check_range
from pipeline.cleaning.schools.consistency import place_of
from pipeline.definitions.forms.layouts import layouts
from pipeline.definitions.forms.spot_check_rules import spot_check_rule
from pipeline.definitions.forms.variables import classifications, variables

WHOLE = "全校"
_KEY = ("year", "school_code", "part", "quantity")
_COUNTS = ("population", "sent", "valid", "satisfied")
_BOUNDS = (("satisfied", "valid"), ("valid", "sent"), ("valid", "population"))


def spot_check_rows(row: FormRow, year: int, findings: Findings) -> list[dict]:
    """Return what was seen of one quantity of a school; a blank cell was not looked at."""
    known = {variables().variables[name].zh: variables().variables[name]
             for name in spot_check_rule().quantities}
    quantity = (row.get("spot_quantity") or "").strip()
    if not quantity:
        return []
    cell, variable = row.at("spot_seen"), known.get(quantity)
    part = _part(row, findings)
    if variable is None:
        findings.at("spot.unknown", cell, f"“{quantity}”不是核查内容")
        return []
    unit = row.cells["spot_unit"].text.strip() if "spot_unit" in row.cells else ""
    written = variables().units.get(unit or variable.unit)
    if written is None or written.base != variable.unit:
        findings.at("header.unit", cell, f"“{quantity}”的单位应为{variable.unit}或其倍数单位")
        return []
    seen = read_quantity(cell, unit or variable.unit, variable.kind, findings)
    return [{"year": year, "school_code": row.get("school_code"), "name": row.get("name") or "",
             "part": part, "quantity": quantity, "seen": seen,
             "note": row.get("spot_note") or "", "form_row": row}]


def _part(row: FormRow, findings: Findings) -> str:
    """Return the stage that was looked at (核查学段), 全校 for the school as a whole."""
    said, cell = (row.get("spot_part") or "").strip(), row.at("spot_part")
    stage = classifications().find("stage", said) if said else None
    if stage is None and said != WHOLE and not row.at("spot_seen").blank:
        allowed = "、".join([*(one.zh for one in classifications().stage), WHOLE])
        findings.at("spot.unknown", cell, f"核查学段{quoted(said) if said else '空白'}，"
                    f"应为{allowed}")
    return said if stage is None else stage.zh


def once_seen(rows: list[dict], findings: Findings) -> list[dict]:
    """Refuse a quantity of a school and stage that was seen twice: it would be counted twice. What
    stands there again and was not looked at is left out."""
    kept: dict[tuple, dict] = {}
    for row in sorted(rows, key=lambda row: row["seen"] is None):
        first = kept.setdefault(tuple(row[name] for name in _KEY), row)
        if first is not row and row["seen"] is not None:
            there = first["form_row"].at("spot_seen")
            findings.at("spot.repeated", row["form_row"].at("spot_seen"), f"“{row['quantity']}”"
                        f"在 {there.file}“{there.sheet}”第{there.row}行已有实测值")
    once = {id(row) for row in kept.values()}
    return [row for row in rows if id(row) in once]


def survey_rows(row: FormRow, year: int, findings: Findings) -> list[dict]:
    """Return what one group of people answered (调查群体)."""
    group = row.get("survey_group")
    counts = {name: row.get(f"survey_{name}") for name in _COUNTS}
    if not group:
        return []
    if group not in _groups():
        findings.at("survey.group", row.at("survey_group"), "不是所列的调查群体")
        return []
    zh = {name: variables().variables[f"survey_{name}"].zh for name in _COUNTS}
    for name in ("valid", "satisfied"):
        if counts[name] is None:
            findings.at("survey.blank", row.at(f"survey_{name}"), f"{group}的{zh[name]}没有填")
            return []
    beyond = [(less, more) for less, more in _BOUNDS
              if counts[more] is not None and counts[less] > counts[more]]
    for less, more in beyond:
        findings.at("survey.exceeds", row.at(f"survey_{less}"),
                    f"{group}的{zh[less]}{counts[less]}大于{zh[more]}{counts[more]}")
    return [] if beyond else [{"year": year, "group": group, "cell": row.at("survey_group"), **{
        name: None if n is None else int(n) for name, n in counts.items()}}]


def _groups() -> list[str]:
    """Return the groups that a survey may name: any other might be a person."""
    form = next(found for found in layouts() if found.id == "survey")
    return next(c.choices for c in form.columns if c.variable == "survey_group")


def check_groups(rows: list[dict], findings: Findings) -> None:
    """Refuse a group that stands twice: it would be counted twice."""
    seen = [(row["year"], row["group"]) for row in rows]
    for year, group in sorted({one for one in seen if seen.count(one) > 1}):
        findings.add("survey.repeated", f"{year}年“{group}”有{seen.count((year, group))}行", "",
                     "满意度调查")


def monitoring_rows(row: FormRow, year: int, findings: Findings) -> list[dict]:
    """Return the row of the table of results that a row of the sheet makes."""
    when = row.get("monitoring_year")
    if when is None:
        findings.at("cell.missing", row.cells["monitoring_year"], "监测年份空白")
        return []
    for variable in ("monitoring_year", "school_gap_pct"):
        check_range(variable, row.get(variable), row.at(variable), year, findings)
    return [{"year": int(when), "grade": row.get("grade"), "subject": row.get("subject"),
             "level": row.get("monitoring_level"), "gap": row.get("school_gap_pct"),
             "cell": row.at("subject")}]


def check_results(rows: list[dict], findings: Findings) -> None:
    """Refuse two results of one year, grade and subject that differ; the same twice is one."""
    first: dict[tuple, dict] = {}
    for row in rows:
        before = first.setdefault((row["year"], row["grade"], row["subject"]), row)
        if before is not row and (before["level"], before["gap"]) != (row["level"], row["gap"]):
            findings.at("fact.repeated", row["cell"], f"{row['year']}年{row['grade']}"
                        f"{row['subject']}填了两次且不同，另一处在 {place_of(before['cell'])}")
    rows[:] = list(first.values())
