"""Arithmetic of the county's own indicators (县级指标的算法): rooms, bands, rates.

Each function holds one formula of the standard's items G3, G5, G11, Q1 and of the older
composite coefficient; limits come from the standard, never from here.
"""

from fractions import Fraction

RETENTION_FORMULAS = ("adjusted_both", "adjusted_base", "simple")


def rooms_required(classes: int, per_classes: int) -> int:
    """Return the rooms that so many classes need, rounded up (G3: 每12个班级1间以上).

    >>> [rooms_required(n, 12) for n in (12, 13, 25)]
    [1, 2, 3]
    """
    return -(-classes // per_classes)


def rooms_that_count(areas_m2: list[Fraction], minimum_m2: Fraction) -> int:
    """Count the rooms that are large enough (G3: 不小于); 95.9 ㎡ of 96 does not count."""
    return sum(area >= minimum_m2 for area in areas_m2)


def classes_over(bands: dict[tuple[int, int | None], int], limit: int) -> int:
    """Count the classes above the limit from band counts (G5: 班额, a maximum, no average).

    ``bands`` maps (lowest, highest) pupils, highest None for 及以上, to a number of classes.
    A band that straddles the limit cannot be judged and raises `ValueError`.

    >>> classes_over({(41, 45): 6, (46, 50): 1}, 45), classes_over({(46, 50): 1}, 50)
    (1, 0)
    """
    over = 0
    for (lowest, highest), count in bands.items():
        if lowest > limit:
            over += count
        elif (highest is None or highest > limit) and count:
            raise ValueError(f"班额段 {lowest}—{highest or '以上'} 跨过限值 {limit}")
    return over


def retention_rate(formula: str, graduates: int, entrants: int, moved_in: int, moved_out: int,
                   deaths: int) -> Fraction:
    """Return the three-year retention rate of junior schools (Q1 初中三年巩固率).

    ``adjusted_both``: (graduates − in + out) / (entrants − deaths);
    ``adjusted_base``: graduates / (entrants + in − deaths − out);
    ``simple``: graduates / entrants. One cohort can give 98.2 %, 98.1 % and 94 %, so the
    formula is always printed beside the rate.

    >>> round(float(retention_rate("adjusted_base", 470, 500, 20, 40, 1)) * 100, 3)
    98.121
    """
    if formula == "adjusted_both":
        return Fraction(graduates - moved_in + moved_out, entrants - deaths)
    if formula == "adjusted_base":
        return Fraction(graduates, entrants + moved_in - deaths - moved_out)
    if formula == "simple":
        return Fraction(graduates, entrants)
    raise ValueError(f"巩固率算法应为 {'、'.join(RETENTION_FORMULAS)} 之一")


def composite_cv(coefficients: list[Fraction]) -> Fraction:
    """Return the composite coefficient of 教督〔2012〕3号: the plain mean of the single ones.

    The 2017 standard has no composite. Published composites cannot be recomputed from
    rounded parts: 永川区 prints 0.562 where its parts average 0.5628.
    """
    return Fraction(sum(coefficients)) / len(coefficients)
