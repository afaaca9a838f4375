"""The share of a survey that is satisfied, and its interval (满意度及其区间).

Of one sample p = satisfied ÷ valid, with Wilson's score interval (Wilson 1927; Newcombe 1998,
method 3). Of groups whose sizes N_h are all given p = Σ W_h p_h with W_h = N_h ÷ N, the variance
Σ W_h² p_h (1 − p_h) ÷ (n_h − 1) (Cochran 1977, §5.3, without the correction for finite
populations, so it is not too small), and Wilson's interval with the effective size
p (1 − p) ÷ variance, never more than the answers that there are.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

import pandas as pd

from pipeline.ground.terms import IN_ALL, LEVEL, TABLES, is_missing, records


@dataclass(frozen=True)
class SurveyShare:
    """A share (满意度) exact, with its interval; ``weighted`` by the sizes of the groups or not."""

    share: Fraction
    low: float
    high: float
    valid: int
    weighted: bool


def survey_shares(survey: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the share and interval of each group of a year, and last of all together
    (合计); no rows where no survey was handed in."""
    rows = [row for row in records(survey) if row["year"] == year]
    made = [{"year": year, "group": row["group"], **_counted([row | {"population": None}]),
             "population": row["population"]} for row in rows]
    sizes = [row["population"] for row in rows]
    whole = {"year": year, "group": IN_ALL, **_counted(rows),
             "population": None if any(map(is_missing, sizes)) else sum(sizes)}
    return TABLES["survey_shares"].frame([*made, whole] if rows else [])


def _counted(rows: list[dict]) -> dict:
    """Return the counts of some groups with their share, as far as it is known."""
    sent, found = [row["sent"] for row in rows], survey_share(rows)
    counts = {name: sum(row[name] for row in rows) for name in ("valid", "satisfied")}
    counts["sent"] = None if any(map(is_missing, sent)) else sum(sent)
    return counts | ({} if found is None else {
        "share": found.share, "low": found.low, "high": found.high, "weighted": found.weighted})


def survey_share(groups: list[dict]) -> SurveyShare | None:
    """Return the share of all groups; None where nobody answered, or where a group whose size
    counts has no valid answer.

    >>> found = survey_share([{"valid": 263, "satisfied": 81, "population": None}])
    >>> round(found.low, 4), round(found.high, 4)                 # Newcombe (1998), table I
    (0.2553, 0.3662)
    """
    valid = sum(group["valid"] for group in groups)
    if not valid:
        return None
    if any(is_missing(group["population"]) for group in groups):
        share = Fraction(sum(group["satisfied"] for group in groups), valid)
        return SurveyShare(share, *wilson(float(share), valid), valid, False)
    counted = [group for group in groups if group["population"]]
    if not counted or any(not group["valid"] for group in counted):
        return None
    total = sum(group["population"] for group in counted)
    share, variance = Fraction(0), Fraction(0)
    for group in counted:
        weight, own = Fraction(group["population"], total), Fraction(
            group["satisfied"], group["valid"])
        share += weight * own
        variance += weight ** 2 * own * (1 - own) / max(group["valid"] - 1, 1)
    size = float(share * (1 - share) / variance) if variance else valid
    return SurveyShare(share, *wilson(float(share), min(size, valid)), valid, True)


def wilson(share: float, size: float) -> tuple[float, float]:
    """Return Wilson's score interval (1927) of a share of a sample, at 95 %.

    >>> [round(end, 4) for end in wilson(0.0, 20)]                # Newcombe (1998), table I
    [0.0, 0.1611]
    """
    z = NormalDist().inv_cdf(1 - LEVEL / 2)
    middle, spread = share + z * z / (2 * size), z * sqrt(
        share * (1 - share) / size + z * z / (4 * size * size))
    scale = 1 + z * z / size
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
