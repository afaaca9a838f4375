"""Targets that compare a year with the one before (与上年比): figures, shares, coefficients."""

from dataclasses import replace
from fractions import Fraction

from pipeline.analysis.county.comparing import Outcome, say
from pipeline.analysis.county.county_data import CountyData
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.targets import target_rules as rules
from pipeline.definitions.targets.plans import Target
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED, is_missing


def yearly(rule: rules.Yearly, target: Target, years: dict[int, CountyData], year: int
           ) -> Outcome | None:
    """Compare a figure with the year before by the first divisor that both years give.

    The other divisors are shown beside it and judge nothing (按在校生人数平均).
    """
    if rule.or_typed and not any(rule.variable in years[y].facts
                                 for y in (year, year - 1) if y in years):
        rule = rule.model_copy(update={"variable": "", "per": []})
    found = {per: _yearly(rule, per, target, years, year) for per in rule.per or [""]}
    judged = [per for per, outcome in found.items() if outcome and outcome.value is not None
              and outcome.status != UNDETERMINED] or [*found][-1:]
    first = found[judged[0]]
    if first is None or len(found) == 1:
        return first
    said = [f"按{variables().variables[per].zh}平均，{found[per].reason}" for per in judged]
    return replace(first, reason="；".join(said) + (
        "；以前者判定" if len(said) > 1 else ""))


def _yearly(rule: rules.Yearly, per: str, target: Target, years: dict[int, CountyData], year: int
            ) -> Outcome | None:
    """Compare a figure with the year before (与上年比): equal is neither falling nor rising.

    It is where nothing is left to fall or to rise: at zero, and at 100 %. From zero nothing
    doubles: that stays open.
    """
    now, before = (_amount(rule, per, target, years.get(y)) for y in (year, year - 1))
    if now is None and before is None and rule.typed:
        return None
    if now is None or before is None:
        lacking = [str(y) for y, amount in ((year, now), (year - 1, before)) if amount is None]
        return Outcome(UNDETERMINED, f"缺{'、'.join(lacking)}年数据", now)
    word = "高于" if now > before else "低于" if now < before else "等于"
    said = f"本年{say(now, target.unit, before)}，{word}上年{say(before, target.unit, now)}"
    if rule.trend == "doubling" and not before:
        return Outcome(UNDETERMINED, f"{said}；上年为0，无从计算倍数", now)
    whole = 100 if target.unit == "%" else None
    good = {"not_falling": now >= before, "falling": now < before or now == before == 0,
            "rising": now > before or now == before == whole, "doubling": now >= 2 * before}
    return Outcome(MET if good[rule.trend] else NOT_MET, said, now, before)


def _amount(rule: rules.Yearly, per: str, target: Target, data: CountyData | None
            ) -> Fraction | None:
    if data is None:
        return None
    summed = bool(rule.school_variables)
    amount = _sum(rule.variable, data) if summed else data.facts.get(rule.variable or target.id)
    if amount is None or not per:
        return amount
    whole = data.facts.get(per)
    return amount / whole * (100 if target.unit == "%" else 1) if whole else None


def _sum(variable: str, data: CountyData) -> Fraction | None:
    """Return what all schools have together; None where one does not say."""
    given = [s.get(variable) for s in data.general_sections()]
    return None if not given or any(map(is_missing, given)) else sum(given, Fraction(0))


def coefficients(years: dict[int, CountyData], year: int) -> Outcome | None:
    """Compare every difference coefficient with the year before (差异不断缩小).

    None rises and some fall: met; some rise and none falls: not met; both, or all the same:
    open, for the sentence does not say which difference it means.
    """
    now, before = (_coefficients(years.get(y)) for y in (year, year - 1))
    both = now.keys() & before.keys()
    if not both:
        return None
    rising = sum(now[key] > before[key] for key in both)
    falling = sum(now[key] < before[key] for key in both)
    state = UNDETERMINED if bool(rising) == bool(falling) else NOT_MET if rising else MET
    return Outcome(state, f"{len(both)}项差异系数比上年降{falling}项、升{rising}项")


def _coefficients(data: CountyData | None) -> dict[tuple[str, str], Fraction]:
    rows = [] if data is None else data.coefficients
    return {(row["stage"], row["indicator"]): Fraction(row["cv"]) for row in rows
            if row["cv"] and not row["n_missing"] and not is_missing(row["limit"])}
