"""Pupils by grade, children in kindergarten, births (学龄人口表): one year a row.

They are read for projections alone. What is blank is not known; a count given twice must be the
same; grades that do not add up to the tables of schools, and one that is many times the grade
below it of the year before, are told and judge nothing.
"""

from collections import defaultdict

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.forms.labels import year_of
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.ranges import check_range
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.definitions.models.enrolment_rules import Entrants, enrolment_rule


def cohort_rows(row: FormRow, year: int, findings: Findings) -> list[dict]:
    """Return what one year says of each cohort (队列), with its cell."""
    given = [name for name in enrolment_rule().cohorts if row.get(name) is not None]
    at = row.at("cohort_year")
    when = year_of(at.text)
    if not given:
        return []
    if when is None:
        findings.at("year.unclear", at, "不是年份")
        return []
    if year and when > year:
        findings.at("cohort.later", at, f"{when}年晚于{year}年，该行未使用")
        return []
    for name in given:
        check_range(name, row.get(name), row.at(name), year, findings, f"{when}年")
    return [{"year": when, "cohort": name, "pupils": int(row.get(name)), "cell": row.at(name)}
            for name in given]


def check_cohorts(rows: list[dict], findings: Findings) -> None:
    """Keep each count once; refuse one that is given twice and differently; warn of a grade that
    cannot have come from the grade below it."""
    first: dict[tuple[int, str], dict] = {}
    for row in rows:
        before = first.setdefault((row["year"], row["cohort"]), row)
        if before["pupils"] != row["pupils"]:
            findings.at("cohort.repeated", row["cell"],
                        f"{_named(row)}，另一处为{before['pupils']}人（{_place(before)}）")
    rows[:] = [first[key] for key in sorted(first)]
    rule = enrolment_rule()
    for below, above in zip(rule.grades, rule.grades[1:], strict=False):
        for row in (row for row in rows if row["cohort"] == above):
            before = first.get((row["year"] - 1, below))
            if before and not _possible(before["pupils"], row["pupils"]):
                findings.at("cohort.jump", row["cell"], f"{_named(row)}，{_named(before)}")
    for source in rule.entrants:
        _check_entrants(source, rule.grades[0], first, findings)


def _check_entrants(source: Entrants, grade: str, counts: dict[tuple[int, str], dict],
                    findings: Findings) -> None:
    """Warn of first grades that cannot have come from the children counted years before: once a
    source, for a wrong column is wrong in every year."""
    wrong = []
    for year in sorted(when for when, cohort in counts if cohort == grade):
        came, now = source.came(year, {at: row["pupils"] for at, row in counts.items()}), counts[
            year, grade]
        if came is not None and not _possible(came, now["pupils"]):
            wrong.append(f"{_named(now)}，应由{source.zh}约{float(came):.0f}人升上来")
    if wrong:
        more = f"；共{len(wrong)}年如此" if len(wrong) > 1 else ""
        year = int(wrong[0][:4])
        findings.at("cohort.jump", counts[year, grade]["cell"], f"{wrong[0]}{more}")


def check_grade_sums(year: int, pupils: dict[str, int], rows: list[dict], findings: Findings
                     ) -> None:
    """Warn where the grades of a stage differ from what its schools report; ``pupils`` are those
    of the schools by stage."""
    given = {row["cohort"]: row for row in rows if row["year"] == year}
    for stage in enrolment_rule().stages:
        own, reported = [given.get(name) for name in stage.grades], pupils.get(stage.stage, 0)
        if None in own or not reported:
            continue
        total = sum(row["pupils"] for row in own)
        if abs(total - reported) > enrolment_rule().tolerance * reported:
            zh = classifications().zh("stage", stage.stage)
            findings.at("cohort.sum", own[0]["cell"],
                        f"{year}年{zh}各年级合计{total}人，学校表合计{reported}人")


def pupils_by_stage(sections) -> dict[str, int]:
    """Return the pupils that schools report, stage by stage."""
    found: dict[str, int] = defaultdict(int)
    for section in sections:
        found[section.stage] += int(section.pupils or 0)
    return found


def _possible(before: int, now: int) -> bool:
    low, high = enrolment_rule().ratio_possible
    return low * before <= now <= high * before


def _named(row: dict) -> str:
    return f"{row['year']}年{variables().variables[row['cohort']].zh}{row['pupils']}人"


def _place(row: dict) -> str:
    cell = row["cell"]
    return f"{cell.file} {cell.sheet} {cell.column}{cell.row}"
