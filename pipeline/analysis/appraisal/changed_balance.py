"""Why a difference coefficient changed between two years (变化的分解), to the last digit."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from numbers import Integral

from pipeline.analysis.estimators.given_values import taken
from pipeline.analysis.schools.balance import spread
from pipeline.ground.errors import WrongUse

PUPILS, RESOURCES, SCHOOLS = "pupils", "resources", "schools"
PARTS = (PUPILS, RESOURCES, SCHOOLS)
_SHAPLEY = {0: Fraction(1, 3), 1: Fraction(1, 6), 2: Fraction(1, 3)}  # by how many came before
School = tuple[int, Fraction]  # pupils (在校生数), and the whole resource (资源总数)


@taken
def changed_balance(before: Mapping[str, School], after: Mapping[str, School]
                    ) -> dict[str, Fraction]:
    """Return by how much CV changed with each of three things (变化的分解); they add up exactly.

    Both years map a school's code to its pupils and to its whole resource. ``pupils``: pupils of
    the schools of both years moved (学生流动); ``resources``: their resources did (资源增减);
    ``schools``: schools closed and opened (学校撤建); besides ``before``, ``after`` and
    ``change``. Each part is the mean over the six orders in which the three can be put from the
    first year to the second (Shapley; Shorrocks 2013), so no order is preferred. CVs are exact
    fractions of their decimals, so the parts add up to the last digit. `WrongUse` where a year
    has no pupils or nothing of the resource, or the years share no school.
    """
    staying = sorted(before.keys() & after.keys())
    if not staying:
        raise WrongUse("两年没有同一所学校，差异系数的变化不能分解")
    if min(len(before), len(after)) < 2:
        raise WrongUse("有一年不足两所学校，没有差异可分解")
    found = {now: _coefficient(before, after, staying, dict(zip(PARTS, now, strict=True)))
             for now in product((False, True), repeat=len(PARTS))}
    parts = {part: sum(_SHAPLEY[sum(rest)] * (found[_put(rest, n, True)]
                                              - found[_put(rest, n, False)])
                       for rest in product((False, True), repeat=len(PARTS) - 1))
             for n, part in enumerate(PARTS)}
    first, last = found[(False,) * 3], found[(True,) * 3]
    return {**parts, "before": first, "after": last, "change": last - first}


def _put(rest: tuple[bool, ...], n: int, now: bool) -> tuple[bool, ...]:
    return (*rest[:n], now, *rest[n:])


def _coefficient(before: Mapping[str, School], after: Mapping[str, School], staying: list[str],
                 now: dict[str, bool]) -> Fraction:
    """Return CV where each of the three is as in the second year, or as in the first."""
    pupils, resources = (after if now[part] else before for part in (PUPILS, RESOURCES))
    others = after if now[SCHOOLS] else before
    found = [(pupils[code][0], resources[code][1]) for code in staying]
    found += [school for code, school in sorted(others.items()) if code not in staying]
    try:
        rows = [(count, Fraction(amount)) for count, amount in found]
    except (TypeError, ValueError, OverflowError) as fault:
        raise WrongUse("资源总数应为有限的数") from fault
    counts = [count for count, _ in rows]
    if not all(isinstance(count, Integral) and count >= 1 for count in counts) or any(
            amount < 0 for _, amount in rows):
        raise WrongUse("学生数应为不小于1的整数，资源总数不得小于0；没有学生的学校请先去掉")
    text = spread([amount / count for count, amount in rows], counts).cv_text
    if not text:
        raise WrongUse("全县没有这项资源，差异系数无定义")
    return Fraction(text)
