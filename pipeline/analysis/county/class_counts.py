"""Classes counted over the whole county (班额): how many are large, what share keeps its size.

Both read the class-size bands and, where these are missing, the largest class of the school
table; neither silences the other. A school that gives neither leaves the count open, as does
a county whose schools nobody has listed, and a single large class is enough to say that they
are not gone.
"""

from dataclasses import dataclass
from fractions import Fraction

from pipeline.analysis.county.comparing import Outcome, every_school, holds, say
from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.county_rules import classes_over
from pipeline.analysis.schools.school_rules import class_bands
from pipeline.definitions.targets.target_rules import (
    ClassShare,
    EveryClass,
    LargeClasses,
    LargeClassGrowth,
)
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED, is_missing

_NAMED = 5


@dataclass(frozen=True)
class Counted:
    """Classes of one school and stage: all, those above a size, and whether that is all.

    ``total`` is None where nothing says how many classes there are; with ``open_`` there may
    be more above the size than ``over``.
    """

    name: str
    key: tuple[str, str]
    total: int | None
    over: int
    open_: bool


def counted(data: CountyData, largest: dict[str, int]) -> list[Counted]:
    """Count the classes of every school that have more pupils than ``largest`` of its stage.

    Bands are counted too of a year that has no school table; of schools that are no general
    ones (特殊教育学校等) they are not.
    """
    bands = class_bands(data)
    listed = {(s["school_code"], s["stage"]): s for s in data.sections}
    general = {(s["school_code"], s["stage"]): s for s in data.general_sections()}
    names = {(r["school_code"], r["stage"]): r["name"] for r in data.class_sizes}
    strangers = {key: {"name": names[key]} for key in bands if key not in listed}
    return [_counted(section, key, bands.get(key, {}), largest[key[1]])
            for key, section in (general | strangers).items() if key[1] in largest]


def _counted(section: dict, key: tuple[str, str], bands: dict, limit: int) -> Counted:
    known = {band: int(count) for band, count in bands.items() if not is_missing(count)}
    over, filled = classes_over(known, limit), sum(known.values())
    biggest, classes = section.get("largest_class"), section.get("classes")
    classes = None if is_missing(classes) else int(classes)
    if not is_missing(biggest) and biggest > limit:
        over = max(over, 1)
    none_above = not is_missing(biggest) and biggest <= limit and not over
    gap = any(is_missing(count) and highest > limit for (_, highest), count in bands.items())
    whole = bool(filled) and not gap and (classes is None or filled >= classes)
    total = max(filled, classes or 0) or None
    return Counted(section["name"], key, total, over, not (whole or none_above))


def large_classes(rule: LargeClasses, data: CountyData) -> Outcome | None:
    """Judge how many classes have ``smallest`` pupils or more (大班额班数); 以上含本数."""
    if not given(data):
        return None
    rows = counted(data, _below(rule.smallest, data))
    found, gaps = sum(row.over for row in rows), _gaps(rows, data)
    where = "、".join(f"{row.name}{row.over}个" for row in rows if row.over)
    said = f"{rule.smallest}人以上的班{found}个" + (f"（{where}）" if where else "")
    if found > rule.most:
        return Outcome(NOT_MET, said, None if gaps else Fraction(found), unit="班")
    if gaps:
        return Outcome(UNDETERMINED, f"{gaps}；其余{said}")
    return Outcome(MET, said, Fraction(found), unit="班")


def large_class_growth(rule: LargeClassGrowth, data: CountyData, before: CountyData | None
                       ) -> Outcome | None:
    """Judge large classes against the year before (零增量、杜绝新的): none is no growth.

    A school with more of them than the year before has new ones; where no school has more, a
    large class may still be another than last year's, and ``new`` stays open.
    """
    if not given(data):
        return None
    now, then = ([] if year is None or not given(year) else
                 counted(year, _below(rule.smallest, year))
                 for year in (data, before))
    found, gaps = sum(row.over for row in now), _gaps(now, data)
    said = f"{rule.smallest}人以上的班{found}个"
    if not found and not gaps:
        return Outcome(MET, said, Fraction(0), unit="班")
    if not then:
        return Outcome(UNDETERMINED, f"{said}；{gaps}" if gaps else f"{said}，缺上年班额")
    said += f"，上年{sum(row.over for row in then)}个"
    more = _more(now, then) if rule.counted == "new" else []
    if more or rule.counted == "net" and _grown(now, then):
        where = f"；多于上年的有{'、'.join(more[:_NAMED])}" if more else ""
        return Outcome(NOT_MET, f"{said}{where}")
    if gaps or rule.counted == "new":
        return Outcome(UNDETERMINED, f"{said}；{gaps or '不知是否新出现'}")
    if found <= sum(row.over for row in then):
        return Outcome(MET, said)
    return Outcome(UNDETERMINED, f"{said}；上年班额不全或学校不同，不能比较")


def _below(smallest: int, data: CountyData) -> dict[str, int]:
    """Return the largest class that is not yet of ``smallest`` pupils, for every stage."""
    return {row["stage"]: smallest - 1 for row in (*data.sections, *data.class_sizes)}


def _more(now: list[Counted], then: list[Counted]) -> list[str]:
    """Return the schools that surely have more large classes than the year before."""
    last = {row.key: row.over for row in then if not row.open_}
    return [row.name for row in now if row.key in last and row.over > last[row.key]]


def _grown(now: list[Counted], then: list[Counted]) -> bool:
    """Tell whether the county surely has more: no gap last year, no school that it lacked."""
    known = {row.key for row in then if not row.open_}
    same = len(known) == len(then) and all(row.key in known for row in now if row.over)
    return same and sum(row.over for row in now) > sum(row.over for row in then)


def class_share(rule: ClassShare, data: CountyData) -> Outcome | None:
    """Judge the share of classes that keep the size of their stage (班额达标率).

    With gaps the share lies between all and none of the uncounted being too large; it is
    judged where both ends fall on the same side.
    """
    if not given(data):
        return None
    rows = counted(data, {stage: int(value) for stage, value in rule.largest.items()})
    gaps, over = _gaps(rows, data), sum(row.over for row in rows)
    total = None if any(row.total is None for row in rows) else sum(row.total for row in rows)
    if gaps or total is None:
        if over and rule.op == "=":
            return Outcome(NOT_MET, f"超过规定班额的班至少{over}个；{gaps}")
        return Outcome(UNDETERMINED, gaps or "缺班级数")
    share = Fraction(100 * (total - over), total)
    state = MET if holds(share, rule.op, rule.value) else NOT_MET
    where = "、".join(row.name for row in rows if row.over)
    said = f"{say(share, '%', rule.value)}：{total}个班中{total - over}个不超过规定班额"
    said += f"，超过的在{where}" if where else ""
    return Outcome(state, said, share, rule.value, unit="%")


def every_class(rule: EveryClass, data: CountyData) -> Outcome | None:
    """Judge whether no class of any school is above the size of its stage (每班班额)."""
    if not given(data):
        return None
    rows = counted(data, {stage: int(value) for stage, value in rule.value.items()})
    found = every_school([(NOT_MET if row.over else UNDETERMINED if row.open_ else MET,
                           f"{row.name}{row.over}个班超过") for row in rows],
                         "所有班级均不超过规定班额")
    unlisted = found.status == MET and not data.general_sections()
    return Outcome(UNDETERMINED, _gaps(rows, data)) if unlisted else found


def given(data: CountyData) -> bool:
    """Tell whether class sizes were handed in at all: bands, or the largest class."""
    return bool(data.class_sizes) or any(
        not is_missing(s.get("largest_class")) for s in data.general_sections())


def _gaps(rows: list[Counted], data: CountyData) -> str:
    """Say what leaves the count open: schools without class sizes, or no list of schools."""
    if not data.general_sections():
        return "没有普通中小学的数据表，不知班额是否填全"
    names = [row.name for row in rows if row.open_]
    if not names:
        return ""
    rest = "等" if len(names) > _NAMED else ""
    return f"{len(names)}所缺班额：" + "、".join(names[:_NAMED]) + rest
