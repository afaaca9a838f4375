"""Numbers of people in a public edition (人数): totals, their parts, and rates in bands.

What is left of a total when its parts are taken away is printed nowhere and yet told by them;
so a small rest hides a part or the total too. What a band or a verdict says is known as well.
"""

from dataclasses import dataclass
from fractions import Fraction

from pipeline.analysis.disclosure.rate_bands import band_of
from pipeline.analysis.disclosure.suppression import Cell, Relation, equal, hidden_units
from pipeline.definitions.forms.disclosure_rules import CountGroup, Disclosure
from pipeline.definitions.items import Ratio, Retention
from pipeline.definitions.standards import Standard
from pipeline.ground.terms import MET, is_missing

_REST, _ENTRANTS, _EVERY = "rest", "junior_entrants", float("inf")


@dataclass(frozen=True)
class ToldItem:
    """What is told of the value of an item (一项的数): as it is, in a band, or not at all."""

    value: Fraction | None = None
    band: tuple[int, int] | None = None
    withheld: bool = False


def told_item(row: dict, facts: dict[str, Fraction], valid: int | None, standard: Standard,
              rules: Disclosure) -> ToldItem:
    """Return what is told of a judged item's value; ``valid`` is the number of questionnaires."""
    if is_missing(row["value"]):
        return ToldItem()
    if row["id"] in rules.items.shown:
        return ToldItem(row["value"])
    people = _denominator(row["id"], facts, valid, standard)
    if row["id"] in rules.items.hidden or row["unit"] != "%" or people is None:
        return ToldItem(withheld=True)
    band = band_of(row["value"], people, rules.rates)
    return ToldItem(band=band, withheld=band is None)


def _denominator(id: str, facts: dict[str, Fraction], valid: int | None, standard: Standard
                 ) -> int | None:
    """Return the smallest number of people of whom an item tells a share, None if not known."""
    rule = next((item.rule for item in standard.items if item.id == id), None)
    if isinstance(rule, Retention):
        return int(facts[_ENTRANTS]) if _ENTRANTS in facts else None
    if not isinstance(rule, Ratio):
        return None
    parts = [part for part in rule.parts if part.of_whole]
    if not all(part.denominator for part in parts):
        return valid
    sums = [sum(facts[name] for name in part.denominator) for part in parts
            if all(name in facts for name in part.denominator)]
    return int(min(sums)) if len(sums) == len(parts) and sums else None


def told_counts(group: CountGroup, facts: dict[str, Fraction], item: dict | None,
                told: ToldItem, rules: Disclosure) -> dict[str, int | None]:
    """Return variable → number, rounded, or None where it is not told; nothing where the county
    has not handed in all of them.

    ``item`` is the judged item whose rate is that of the parts in the total, if there is one.
    """
    names = (group.total, *group.parts)
    if not all(name in facts for name in names):
        return {}
    least = rules.least(group.of)
    values = {name: int(facts[name]) for name in names}
    rest = values[group.total] - sum(values[name] for name in group.parts)
    if rest < 0:
        return dict.fromkeys(names)
    cells = {name: _cell(name, value, least, rules) for name, value in (
        *values.items(), (_REST, rest))}
    first = {name for name in names if 0 < values[name] < least}
    relations = [equal({group.total: 1, _REST: -1, **dict.fromkeys(group.parts, -1)}),
                 *_said(group, item, told)]
    hidden = hidden_units(cells, relations, first,
                          {name: float(value) for name, value in values.items()})
    return {name: None if name in hidden else rounded_count(value, rules.rounding.counts)
            for name, value in values.items()}


def _cell(name: str, value: int, least: int, rules: Disclosure) -> Cell:
    small = 0 < value < least
    width = max(float(rules.protection.value * value), float(rules.protection.least))
    return Cell(name, value, width if small else 0, printed=name != _REST)


def _said(group: CountGroup, item: dict | None, told: ToldItem) -> list[Relation]:
    """Return what the band of a rate and the verdict on it say of the numbers."""
    if item is None:
        return []
    said = []
    if told.band:
        low, high = told.band
        said = [_share(group, low, 0.0, _EVERY), _share(group, high, -_EVERY, 0.0)]
    if item["status"] == MET and item["op"] in (">=", "=") and not is_missing(item["limit"]):
        said.append(_share(group, float(item["limit"]), 0.0, _EVERY))
    return said


def _share(group: CountGroup, percent: float, low: float, high: float) -> Relation:
    """Return low ≤ Σ parts − percent × total ≤ high."""
    return Relation({**dict.fromkeys(group.parts, 1.0), group.total: -percent / 100}, low, high)


def rounded_count(value: int, base: int) -> int:
    """Round to a multiple (取整), halves upwards.

    >>> [rounded_count(n, 5) for n in (0, 2, 3, 12, 13, 250)]
    [0, 0, 5, 10, 15, 250]
    """
    return (2 * value + base) // (2 * base) * base
