"""Which further numbers must not be told, so that none that is hidden can be reckoned (二次隐藏).

An attacker knows every number that is told, the sums in which all of them stand, and what the
rates and verdicts say. For a hidden number two linear programmes give the least and the most that
it can still be; where they lie nearer together than its protection (保护区间), one more unit is
hidden, the cheapest first, and what turned out not to be needed is told again. Numbers that are
told or hidden together (a group's pupils and all its amounts) are one unit.

The attacker's two programmes: M. Fischetti, J. J. Salazar, Management Science 47 (2001), §2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

_NEAR, _FAR = 1e-9, 1e3


@dataclass(frozen=True)
class Cell:
    """A number that is not negative, and the unit it is told or hidden with.

    ``width`` is how wide the attacker's interval must stay where the cell is hidden, 0 where it
    needs no protection. ``printed`` is false of what follows from others and is told nowhere.
    """

    unit: str
    value: float
    width: float = 0.0
    printed: bool = True


@dataclass(frozen=True)
class Relation:
    """What is known of several cells: low ≤ Σ weight × cell ≤ high (两数相等的为等式)."""

    weights: Mapping[str, float]
    low: float
    high: float


def equal(weights: Mapping[str, float], total: float = 0.0) -> Relation:
    """Return the relation that a weighted sum of cells is a known number."""
    return Relation(weights, total, total)


def interval(name: str, cells: Mapping[str, Cell], relations: Iterable[Relation],
             hidden: set[str]) -> tuple[float, float]:
    """Return the least and the most that a cell can be for whoever knows all the others that are
    told and the relations (攻击者的区间); the cell's own number twice where it is told.

    >>> cells = {"a": Cell("a", 3), "b": Cell("b", 4), "c": Cell("c", 5)}
    >>> interval("a", cells, [equal({"a": 1, "b": 1, "c": 1}, 12)], {"a", "b"})
    (0.0, 7.0)
    """
    unknown = [n for n, c in cells.items() if c.unit in hidden or not c.printed]
    if name not in unknown:
        return cells[name].value, cells[name].value
    rows, lows, highs = [], [], []
    for relation in relations:
        known = sum(w * cells[n].value for n, w in relation.weights.items() if n not in unknown)
        row = [relation.weights.get(n, 0.0) for n in unknown]
        if any(row):
            rows.append(row)
            lows.append(relation.low - known)
            highs.append(relation.high - known)
    told = Told(np.array(rows).reshape(-1, len(unknown)), np.array(lows), np.array(highs),
                _FAR * max(1.0, *(cell.value for cell in cells.values())))
    return told.end(unknown.index(name), 1), told.end(unknown.index(name), -1)


@dataclass(frozen=True)
class Told:
    """What is told of the unknown cells: low ≤ rows · cells ≤ high, and none beyond ``far``,
    since HiGHS takes what has no end for what has no solution."""

    rows: np.ndarray
    low: np.ndarray
    high: np.ndarray
    far: float

    def end(self, at: int, sign: int) -> float:
        """Return the least of one unknown (``sign`` 1) or the most (-1), infinite where nothing
        ends it."""
        above, below = np.isfinite(self.high), np.isfinite(self.low)
        rows = np.vstack([self.rows[above], -self.rows[below]])
        limits = np.concatenate([self.high[above], -self.low[below]])
        wanted = np.zeros(self.rows.shape[1])
        wanted[at] = sign
        found = linprog(wanted, rows if len(rows) else None,
                        limits + _NEAR * (1 + np.abs(limits)) if len(rows) else None,
                        bounds=(0, self.far))
        if not found.success:
            raise ArithmeticError(f"no solution to what was told: {found.message}")
        end = sign * found.fun
        return float("inf") if end >= self.far / 2 else round(end, 6) + 0.0


def hidden_units(cells: Mapping[str, Cell], relations: list[Relation], first: set[str],
                 costs: Mapping[str, float]) -> set[str]:
    """Return the units that are not told: ``first`` (首次隐藏), and what protects them.

    ``costs`` orders the units that may be hidden besides, cheap ones first; one that has no cost
    is told in any case. A cell that even all of them do not protect stays as it is: what is
    known without us cannot be hidden by us.
    """
    hidden, more = set(first), sorted(set(costs) - first, key=lambda u: (costs[u], u))
    added: list[str] = []
    for unit in more:
        if not _exposed(cells, relations, hidden):
            break
        hidden.add(unit)
        added.append(unit)
    held = _exposed(cells, relations, hidden)
    for unit in reversed(added):  # the dear ones first
        if _exposed(cells, relations, hidden - {unit}) <= held:
            hidden.discard(unit)
    return hidden


def _exposed(cells: Mapping[str, Cell], relations: list[Relation], hidden: set[str]) -> set[str]:
    """Return the hidden cells that can be told too nearly (能推算出来的)."""
    found = set()
    for name, cell in cells.items():
        if cell.width and (cell.unit in hidden or not cell.printed):
            low, high = interval(name, cells, relations, hidden)
            if high - low < cell.width:
                found.add(name)
    return found
