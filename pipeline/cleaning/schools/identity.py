"""Who is who (学校身份): codes, units, names, and schools that changed their code.

A code says category and province; both must agree with the row. A new code after a change
of category is linked to the old one only by a line of the links sheet (学校对照), never by
likeness of names.
"""

import unicodedata

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.schools.sections import Section
from pipeline.cleaning.schools.unit_names import (
    former_names,
    name_column,
    unit_name,
    units_meant,
)
from pipeline.definitions.forms.unit_list import NOBODY, Register, UnitInfo, published_units
from pipeline.definitions.forms.variables import classifications, squeeze

_MOST_LINKS = 10
_RUN_BY = ("公办", "民办")
_SCHOOL_CODE, _NAMED_ONE_BY_ONE = 10, 3


def is_national(code: str | None) -> bool:
    """Tell whether a code is a national one (学校标识码); labels of a table's own are not."""
    return bool(code) and len(code) == _SCHOOL_CODE and code.isdigit()


def own_rows(rows: list[FormRow], unit: UnitInfo | None, findings: Findings,
             shared: frozenset[str] = frozenset(), known: Register = NOBODY) -> list[FormRow]:
    """Return the rows that are the unit's own; a row that names no unit is, in its own files.

    In ``shared`` tables (多县合表) nobody knows whose such a row is: it refuses every unit that
    the table names; and a row that can mean several of the ``known`` units, or of the published
    ones of the province, refuses each of them. What is amiss in the row of another unit there is
    that unit's affair.
    """
    if unit is None:
        return rows
    namesakes = Register((one.code, one) for one in (*_namesakes(unit, known), unit))
    own, others, adrift, unclear = [], {}, [], {}
    for row in rows:
        said = unit_name(row)
        meant = [*units_meant(said, namesakes),
                 *(one for one in units_meant(said, known) if one.code != unit.code)]
        if not said.name and row.first.file in shared:
            adrift.append(row)
        elif not said.name or unit in meant:
            own.append(row)
            if row.first.file in shared and len(meant) > 1:
                unclear.setdefault((row.first.file, row.first.sheet), (row, meant))
        else:
            others.setdefault((row.first.file, row.first.sheet), []).append(row)
    for row, meant in unclear.values():
        _report_unclear(row, meant, findings)
    mine = {row.first.file for row in own}
    for row in adrift:
        if row.first.file in mine:
            findings.at("unit.blank", row.at("unit_name"), "没有写明统计三级")
    for (file, _), foreign in others.items():
        _report_foreign(foreign, file in shared, file in mine, findings)
    if rows and not own and not findings.has("unit.missing"):
        before = former_names(unit_name(rows[0]), [unit])
        said = (f"：表中写的是“{unit_name(rows[0]).name}”，登记的是“{unit.name}”；如是同一个县，"
                "请改成一样的写法" if before else "")
        findings.at("unit.none", rows[0].first, f"没有一行属于本县{said}")
    return own


def _report_unclear(row: FormRow, meant: list[UnitInfo], findings: Findings) -> None:
    places = "、".join(sorted(f"{u.code} {u.province}{u.prefecture}{u.name}" for u in meant))
    findings.at("unit.ambiguous", row.at(name_column(row)),
                f"只凭所写的名称分不清是哪一个：{places}")


def _report_foreign(rows: list[FormRow], shared: bool, mine: bool, findings: Findings) -> None:
    """Say that rows of a sheet are another unit's, where the file is a unit's own or holds rows
    that are ``mine``."""
    if shared:
        findings.forget({(row.first.file, row.first.sheet, row.first.row) for row in rows})
    if mine or not shared:
        findings.at("unit.other", rows[0].at(name_column(rows[0])),
                    f"{sum(row.stands_for for row in rows)}行属于其他统计单位")


def _namesakes(unit: UnitInfo, known: Register) -> list[UnitInfo]:
    """Return the published units of its province that have its name (市中区 of 济南 and of 枣庄):
    their rows may stand in a shared table though they are not ``known``."""
    return [one for code, one in published_units().items()
            if one.name == unit.name and code[:2] == unit.code[:2] and code not in known]


def link_schools(rows: list[FormRow], links: list[FormRow], findings: Findings) -> None:
    """Give rows under a former code the present one, and teaching points their parent."""
    present = {link.get("former_code"): link.get("school_code") for link in links
               if link.get("former_code") and link.get("school_code")}
    parents = {link.get("school_code"): link.get("parent_code") for link in links
               if link.get("parent_code")}
    for row in rows:
        code = row.get("school_code")
        for _ in range(_MOST_LINKS):
            if code not in present:
                break
            code = present[code]
        if code != row.get("school_code"):
            findings.at("identity.linked", row.at("school_code"), f"按学校对照表改用 {code}")
            row.values["school_code"] = code
        if not row.get("parent_code") and code in parents:
            row.values["parent_code"] = parents[code]


def check_codes(rows: list[FormRow], unit: UnitInfo | None, findings: Findings) -> None:
    """Check category and province in each national code (标识码前四位).

    Of the rows of a sheet that have the same wrong province the first few are named, with how
    many there are.
    """
    kinds = {t.code: t for t in classifications().school_type}
    prefixes = {p: {s for t in kinds.values() if p in t.code_prefixes for s in t.stages}
                for t in kinds.values() for p in t.code_prefixes}
    foreign: dict[tuple[str, str, str], list[Cell]] = {}
    for row in rows:
        code = row.get("school_code") or ""
        kind = kinds.get(row.get("school_type") or "")
        if not is_national(code):
            continue
        if unit and code[2:4] != unit.code[:2]:
            cell = row.at("school_code")
            foreign.setdefault((cell.file, cell.sheet, code[2:4]), []).append(cell)
        if not kind or not kind.code_prefixes or code[:2] in kind.code_prefixes:
            continue
        apart = kind.excluded_as or not (prefixes.get(code[:2], set()) & set(kind.stages))
        findings.at("identity.category" if apart else "identity.category_odd",
                    row.at("school_code"),
                    f"类别代码“{code[:2]}”与“{row.at('school_type').text.strip()}”不符，"
                    f"{kind.zh}的为{'或'.join(kind.code_prefixes)}")
    for (*_, digits), cells in foreign.items():
        said = f"第3、4位是“{digits}”，{unit.province or '本县'}应为“{unit.code[:2]}”"
        many = f"；同表共{len(cells)}行如此" if len(cells) > _NAMED_ONE_BY_ONE else ""
        for cell in cells[:_NAMED_ONE_BY_ONE]:
            findings.at("identity.province", cell, said + many)


def check_who_runs(rows: list[FormRow], findings: Findings) -> None:
    """Refuse a type that says who runs the school (民办小学) otherwise than 举办者类型 does."""
    for row in rows:
        kind, ownership = row.at("school_type"), row.get("ownership")
        said = next((word for word in _RUN_BY if word in squeeze(kind.text)), "")
        if said and ownership and (said == "民办") != (ownership == "private"):
            findings.at("identity.class", kind, f"写的是{said}，与举办者类型"
                        f"“{classifications().zh('ownership', ownership)}”不符")


def check_names(sections: list[Section], findings: Findings) -> None:
    """Warn of two schools whose names are the same once width and case are set aside."""
    first: dict[tuple[str, str], Section] = {}
    for section in sections:
        name = unicodedata.normalize("NFKC", section.name).casefold().replace(" ", "")
        other = first.setdefault((section.stage, name), section)
        if other.school_code != section.school_code:
            findings.at("identity.same_name", section.row.at("name"),
                        f"与第{other.row.first.row}行的学校同名，标识码不同")


def report_renumbered(found: dict[int, list[Section]], findings: Findings) -> None:
    """Warn of a school that has another code than under the same name the year before."""
    years = sorted(found)
    for before, now in zip(years, years[1:], strict=False):
        codes = {(s.name, s.stage): s.school_code for s in found[before]}
        there = {s.school_code for s in found[before]}
        for section in found[now]:
            former = codes.get((section.name, section.stage), section.school_code)
            if former != section.school_code and section.school_code not in there:
                findings.at("identity.renumbered", section.row.at("school_code"),
                            f"与{before}年同名学校的标识码不同")
