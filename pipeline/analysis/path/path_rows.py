"""The rows of the path's tables (达标路径各表): remedy, proof figures, schools and moves."""

from collections.abc import Mapping
from fractions import Fraction

import pandas as pd

from pipeline.analysis.path.amounts import Case, Measure, Tally
from pipeline.analysis.path.exchange import pairs
from pipeline.analysis.path.level import band
from pipeline.analysis.path.remedies import (
    ADD,
    EXCHANGE,
    NOT_NEEDED,
    REDISTRIBUTION,
    UNREACHABLE,
    Remedy,
    remedies,
)
from pipeline.definitions.indicators import Indicator
from pipeline.ground.exact import square_root_text
from pipeline.ground.terms import MISSING, TABLES, UNDETERMINED


class PathRows:
    """The rows as they come, case by case."""

    def __init__(self, costs: Mapping[str, Fraction], eligible: Fraction | None):
        self._costs, self._eligible = costs, eligible
        self._rows: dict[str, list[dict]] = {"path": [], "path_schools": [], "path_moves": []}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables path, path_schools and path_moves."""
        return {name: TABLES[name].frame(rows) for name, rows in self._rows.items()}

    def add_open(self, key: dict, ledger: list[dict], limit: Fraction | None,
                 indicator: Indicator) -> None:
        """Add the row of a case that lacks values (待核): it has no plan."""
        missing = sum(row["level"] == MISSING for row in ledger)
        measure = Measure.of(indicator)
        self._rows["path"].append({
            **key, "kind": EXCHANGE if measure.movable else ADD, "status": UNDETERMINED,
            "unit": measure.unit, "n_schools": len(ledger), "threshold": ledger[0]["threshold"],
            "limit": limit, "reason": f"{missing}所学校缺数据，补齐后测算"})

    def add(self, key: dict, ledger: list[dict], limit: Fraction | None, case: Case,
            indicator: Indicator, left_out: str = "") -> None:
        """Add a case's remedies, with the schools that change and who sends to whom.

        ``left_out`` names those that cannot exchange for want of what the limits ask for.
        """
        measure = Measure.of(indicator)
        names = [row["name"] for row in ledger]
        shared = {**key, "unit": measure.unit, "limit": limit, "n_schools": len(ledger),
                  **_figures(case, measure, indicator), "threshold": ledger[0]["threshold"]}
        for remedy in remedies(case, measure.movable, measure.counted, names):
            mine = {**key, "kind": remedy.kind}
            outcome = self._outcome(case, remedy, indicator)
            if left_out and measure.movable and remedy.status != NOT_NEEDED:
                outcome["reason"] += f"；{left_out}"
            self._rows["path"].append({**shared, **outcome})
            if remedy.status == UNREACHABLE:
                continue
            self._rows["path_schools"] += _schools(mine, ledger, case, remedy, measure, indicator)
            self._rows["path_moves"] += _moves(mine, ledger, case, remedy)

    def _outcome(self, case: Case, remedy: Remedy, indicator: Indicator) -> dict:
        plan, found = remedy.plan, {"kind": remedy.kind, "status": remedy.status,
                                    "reason": remedy.reason, "cv_after": _cv(remedy.plan)}
        if remedy.status == UNREACHABLE:
            return found
        additions = plan.additions * case.step
        found |= {"moves": plan.moves, "additions": additions,
                  "cost": additions * self._costs[indicator.id]
                  if indicator.id in self._costs else None,
                  "share": Fraction(100 * plan.moves) / self._eligible if self._eligible else None}
        best = band(case) if remedy.status == REDISTRIBUTION else None
        if best:
            found |= {"low": best.low * indicator.per, "high": best.high * indicator.per,
                      "least": best.moves}
        if remedy.plan.bound is not None and remedy.status == REDISTRIBUTION:
            found["least"] = Fraction(remedy.plan.bound)
        return found


def _figures(case: Case, measure: Measure, indicator: Indicator) -> dict:
    """Return what proves the status: mean, needs, what can be given, CV as it is."""
    total, pupils = (sum(getattr(h, name) for h in case.holdings) for name in ("amount", "pupils"))
    spare = sum(case.spares) * case.step if measure.movable else None
    return {"n_short": sum(n > 0 for n in case.needs), "mean": total * indicator.per / pupils,
            "needed": sum(case.needs) * case.step, "spare": spare, "cv_before": _cv(Tally(case))}


def _cv(holder) -> str:
    return "" if holder.cv_squared is None else square_root_text(holder.cv_squared)


def _schools(mine: dict, ledger: list[dict], case: Case, remedy: Remedy, measure: Measure,
             indicator: Indicator) -> list[dict]:
    plan, found = remedy.plan, []
    for row, moved, added in zip(ledger, plan.moved, plan.added, strict=True):
        if moved or added:
            after = row["amount"] + (moved + added) * case.step
            found.append({
                **mine, "school_code": row["school_code"], "name": row["name"],
                "unit": measure.unit, "before": row["amount"], "after": after,
                "moved": moved * case.step, "added": added * case.step,
                "value_before": row["value"],
                "value_after": after * indicator.per / row["pupils"]})
    return found


def _moves(mine: dict, ledger: list[dict], case: Case, remedy: Remedy) -> list[dict]:
    return [{**mine, "from_code": ledger[a]["school_code"], "from_name": ledger[a]["name"],
             "to_code": ledger[b]["school_code"], "to_name": ledger[b]["name"], "moves": units}
            for a, b, units in pairs(case, remedy.plan)]
