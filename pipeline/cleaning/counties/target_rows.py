"""Rows of the county's sheets that speak of plan targets (规划目标的填报行).

No such row costs the dossier: what is of another unit is converted (万个, 万元, 比率), and
what cannot be is set aside as a finding that names the unit wanted. Targets are side
questions; the county's own figures and items are held to the stricter reading.
"""

import re
from fractions import Fraction
from functools import cache

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.counties.plan_figures import ASIDE
from pipeline.cleaning.files.cells import NUMBER, TEXT, Cell
from pipeline.cleaning.files.number_formats import MONEY
from pipeline.cleaning.forms.number_grammar import read_number
from pipeline.cleaning.ranges import target_fault
from pipeline.definitions.forms.variables import squeeze, variables
from pipeline.definitions.standards import evidence_ids
from pipeline.definitions.targets.plans import Target, plans

_NUMBERED, _DIGITS = re.compile(r"[a-z]{1,3}\d{1,3}"), re.compile(r"\d+$")
_REMARKED = re.compile(r"([a-z]{1,3}\d{1,3})[^a-z\d]")
_PAIR, _STAFF = re.compile(r"^\s*1\s*[:：∶比]\s*|\s*[:：∶比]\s*1\s*$"), "教职工"
_SCALES = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 1000}
_YEARLY = re.compile(r"(?:[/每]每?(?:学?生|人)|(?<=元)生)?(?:[/每·.]*学?年)?$")
_RATIO, _PERCENT = ("比率", "小数"), "%"
_PER_STAFF = frozenset(("人", "师生比", "生师比", "比", *(
    f"{pupils}{sign}{staff}" for pupils in ("学生", "生", "人", "学生数") for sign in "/:"
    for staff in ("教职工", "教职工数", "人", "师"))))
_SAME = {"校": "所", "位": "名", "人": "名", "个班": "班", "百分比": "%", "百分数": "%"}
_GENERIC, _COUNTED = "个", ("所", "名", "班", "个")
_MOST_PERCENT, _MINUS, _ONE = 1000, "减", Fraction(1)


def looks_like_target(name: str) -> bool:
    """Tell whether a name is a letter or two and a number, as those of targets are."""
    return bool(_NUMBERED.fullmatch(squeeze(name)))


def is_numbered_as_target(id: str) -> bool:
    """Tell whether an evidence number can be that of a plan's target (CX20, T01): one that begins
    as no item does (G99)."""
    return looks_like_target(id) and _letters(id) not in _letters_of_items()


def _letters_of_items() -> set[str]:
    targets = {t.id for p in plans().values() for t in p.targets}
    return {_letters(id) for id in evidence_ids() - targets}


def _letters(id: str) -> str:
    return _DIGITS.sub("", squeeze(id))


def find_target(name: str) -> tuple[str, Target] | None:
    """Return the key and target that a name stands for: ``H03``, or ``CX11 初中`` for a part.

    The target's own quantity or unit may stand behind it: ``H03（班）``.
    """
    return _named().get(squeeze(name))


def beyond_number(name: str) -> str:
    """Return the target's number that a name begins with, where no target is named so: what
    stands behind it is not known."""
    match = _REMARKED.match(squeeze(name))
    return match[1] if match and match[1] in _named() else ""


@cache
def _named() -> dict[str, tuple[str, Target]]:
    found = {}
    for plan in plans().values():
        for target in plan.targets:
            for behind in ("", target.quantity, target.unit):
                for said in (behind, f"({behind})"):
                    found[squeeze(target.id + said)] = (target.id, target)
            for key in target.parts:
                found[squeeze(key.replace(":", ""))] = (key, target)
    return found


def target_value(key: str, target: Target, unit: str, cell: Cell, findings: Findings
                 ) -> Fraction | None:
    """Return what was typed in the unit of the target; None where the row is set aside.

    A unit in the cell goes before that of the unit column; two that differ, save a plain one
    in the column, are not guessed at.
    """
    text = _PAIR.sub("", cell.text) if target.unit.startswith(_STAFF) else cell.text
    reading, wanted = read_number(text), target.unit_of(key)
    if reading is None or cell.kind not in (TEXT, NUMBER):
        return _aside(target, wanted, cell, f"{quoted(cell.text)}不是一个数", findings)
    beside, column = reading.unit or cell.unit, unit.strip()
    factors = [factor_to(written, wanted) for written in (beside, column) if written] or [_ONE]
    if None in factors:
        return _aside(target, wanted, cell, "所写单位不能换算", findings)
    if factors[0] != factors[-1] != 1:
        return _aside(target, wanted, cell, "数值所带的单位与单位栏不一致", findings)
    value = reading.value * factors[0]
    if fault := _size_fault(target, wanted, value, cell, findings):
        return _aside(target, wanted, cell, fault, findings)
    if factors[0] != 1:
        findings.at("cell.cleaned", cell, f"目标 {target.id} 按单位换算成{wanted}")
    return value


def factor_to(written: str, wanted: str) -> Fraction | None:
    """Return what a written unit is of the wanted one; None when it is of another kind.

    >>> [str(factor_to(written, "个")) for written in ("个", "万个", "万", "元")]
    ['1', '10000', '10000', 'None']
    >>> str(factor_to("元", "万元/年")), str(factor_to("比率", "%"))
    ('1/10000', '100')
    """
    if squeeze(written) in _PER_STAFF and wanted.startswith(_STAFF):
        return _ONE
    (scale, kind), (its_scale, its_kind) = _scaled(wanted), _scaled(written)
    if written == MONEY:
        return _ONE if kind == "元" else None
    if kind == _PERCENT and squeeze(written) in _RATIO:
        return Fraction(100)
    generic = its_kind == "" and kind != _PERCENT or its_kind == _GENERIC and kind in _COUNTED
    return Fraction(its_scale, scale) if kind == its_kind or generic else None


def _scaled(unit: str) -> tuple[int, str]:
    """Split a unit into its scale and its kind; 每年 and 每生每年 do not change the kind."""
    flat = _YEARLY.sub("", squeeze(unit)) or squeeze(unit)
    scale = next((s for s in _SCALES if flat.startswith(s)), "")
    kind = flat.removeprefix(scale)
    return _SCALES.get(scale, 1), _SAME.get(kind, kind)


def _size_fault(target: Target, unit: str, value: Fraction, cell: Cell, findings: Findings) -> str:
    """Return why the size of a figure cannot be meant; differences may be below zero."""
    if value < 0 and not any(_MINUS in v.label for v in target.values):
        return "不能小于0"
    if unit == _PERCENT and value > _MOST_PERCENT:
        return f"不能大于{_MOST_PERCENT}%"
    return target_fault(target, unit, value, cell, findings)


def _aside(target: Target, wanted: str, cell: Cell, found: str, findings: Findings) -> None:
    findings.at(ASIDE, cell, f"目标 {target.id}：{found}；应填的单位：{wanted or '（不填数）'}")


def unknown_target(name: str, cell: Cell, findings: Findings) -> None:
    """Set a row aside whose number no plan has, or behind whose number stands what is not known."""
    if number := beyond_number(name):
        findings.at(ASIDE, cell, f"目标 {number.upper()}：编号后的文字不是该目标的名称；请只写编号")
    else:
        findings.at(ASIDE, cell, f"没有编号为 {squeeze(name).upper()} 的规划目标")


def is_of_target(key: str) -> bool:
    """Tell whether a fact or an answer belongs to a target, or is a figure for plans alone."""
    known = variables().variables
    return key.partition(":")[0].upper() in {t.id for p in plans().values() for t in p.targets
                                             } or key in known and known[key].for_plans


def without_contrary(rows: list[dict], key: str, said: str, findings: Findings) -> list[dict]:
    """Set aside a target that is filled in twice and differently, both rows of it."""
    given: dict[tuple, set] = {}
    for row in rows:
        given.setdefault((row["year"], row[key]), set()).add(row[said])
    contrary = {at for at, values in given.items() if len(values) > 1 and is_of_target(at[1])}
    for year, id in sorted(contrary):
        last = [r for r in rows if (r["year"], r[key]) == (year, id)][-1]
        named = variables().variables.get(id)
        said = f"“{named.zh}”" if named else f"目标 {id.replace(':', '')} "
        findings.add(ASIDE, f"{said}填了两次且不同，都未采用",
                     last.get("file", ""), last.get("sheet", ""), last.get("row"))
    return [row for row in rows if (row["year"], row[key]) not in contrary]
