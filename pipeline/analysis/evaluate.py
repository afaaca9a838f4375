"""Which tables of a county follow from which (测算的先后), said once: the steps in their order.

A step is a function whose parameters bear the names of what it reads: tables, what earlier steps
have made, and what is asked (``standard``, ``year``, ``years``, ``code``, ``plans``,
``reference_day``). The chapters of `notebooks/county` call these functions one a cell, for a
reader; pooling and the what-if have them called by `evaluated`. `tests/house/test_steps.py` holds
the chapters to the same functions on the same tables.

    from pipeline.analysis import evaluate

    indicators = evaluate.indicator_values(schools, county.standard)      # in a chapter
    evaluate.evaluated(imported.tables | asked, ["judgements"])           # all that it takes
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipeline.analysis.county.composite import composites
from pipeline.analysis.county.county_data import COUNTY_TABLES, MEASURED_TABLES, county_years
from pipeline.analysis.county.funding import funding, prices, spending, spending_groups
from pipeline.analysis.county.plan_verdicts import contradictions, targets
from pipeline.analysis.county.verdict import judgements
from pipeline.analysis.gaps.school_frame import school_frames
from pipeline.analysis.gaps.school_gaps import gaps
from pipeline.analysis.inequality import inequality_table
from pipeline.analysis.ledger.evidence_catalogue import evidence_catalogue
from pipeline.analysis.ledger.living_ledger import living_ledger
from pipeline.analysis.ledger.spot_comparison import spot_comparison
from pipeline.analysis.ledger.spot_sample import spot_sample
from pipeline.analysis.ledger.survey_share import survey_shares
from pipeline.analysis.path import county_path, exchange_limits
from pipeline.analysis.path.pupils_to_come.enrolment import county_enrolment
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.coefficient_changes import coefficient_changes
from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.decomposition import contributions, decomposition
from pipeline.analysis.schools.indicator_values import indicator_values

ASKED = ("standard", "year", "years", "code", "plans", "reference_day")  # what a county is asked
DATA_TABLES = (*COUNTY_TABLES, *MEASURED_TABLES)  # what the parameter ``tables`` of a step holds


@dataclass(frozen=True)
class EvaluationStep:
    """One step (测算步骤): the function, and the names of what it yields.

    It yields one value, or one object whose attributes bear the names. What is in ``passed``
    is no table: it is made anew by whoever needs it and handed over to no chapter.
    """

    function: Callable
    yields: tuple[str, ...]
    passed: bool = False

    @property
    def name(self) -> str:
        """Return its name, the function's."""
        return self.function.__name__

    @property
    def parameters(self) -> tuple[str, ...]:
        """Return the parameters of the function, in order."""
        return tuple(inspect.signature(self.function).parameters)

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the names of what has to be there before it, asked for or made."""
        return tuple(name for parameter in self.parameters
                     for name in (DATA_TABLES if parameter == "tables" else (parameter,)))

    def run(self, known: Mapping[str, object]) -> dict[str, object]:
        """Return what it yields, by name."""
        known = {**known, "tables": {name: known[name] for name in DATA_TABLES if name in known}}
        made = self.function(**{name: known[name] for name in self.parameters})
        return {name: made if len(self.yields) == 1 else getattr(made, name)
                for name in self.yields}


STEPS = (
    EvaluationStep(indicator_values, ("indicators",)),
    EvaluationStep(compliance, ("compliance",)),
    EvaluationStep(balance, ("balance",)),
    EvaluationStep(composites, ("composites",)),
    EvaluationStep(inequality_table, ("inequality",)),
    EvaluationStep(coefficient_changes, ("coefficient_changes",)),
    EvaluationStep(decomposition, ("decomposition",)),
    EvaluationStep(contributions, ("contributions",)),
    EvaluationStep(county_years, ("data",), passed=True),
    EvaluationStep(judgements, ("judgements",)),
    EvaluationStep(survey_shares, ("survey_shares",)),
    EvaluationStep(spot_sample, ("spot_sample",)),
    EvaluationStep(spot_comparison, ("spot_comparison",)),
    EvaluationStep(funding, ("funding",)),
    EvaluationStep(prices, ("prices",), passed=True),
    EvaluationStep(spending, ("spending",)),
    EvaluationStep(spending_groups, ("spending_groups",)),
    EvaluationStep(school_frames, ("frames",), passed=True),
    EvaluationStep(gaps, ("models", "terms", "influence", "specifications")),
    EvaluationStep(targets, ("targets",)),
    EvaluationStep(contradictions, ("contradictions",)),
    EvaluationStep(exchange_limits, ("limits",), passed=True),
    EvaluationStep(county_path, ("shortfalls", "shortfall_totals", "path", "path_schools",
                                 "path_moves", "path_rotation")),
    EvaluationStep(living_ledger, ("ledger",)),
    EvaluationStep(county_enrolment, ("enrolment", "enrolment_needs")),
    EvaluationStep(evidence_catalogue, ("evidence_catalogue",)),
)


def evaluated(known: Mapping[str, object], wanted: Iterable[str]) -> dict[str, object]:
    """Return what is known and what is wanted of it, with all that had to be made on the way.

    Parameters
    ----------
    known : the clean tables of an import by name, and of `ASKED` what the steps need.
    wanted : names that steps yield. What is known already is not made again.

    Raises
    ------
    KeyError : where something is needed that is neither known nor made by a step.

    """
    found = dict(known)
    for step in _leading_to(set(wanted), found):
        found |= step.run(found)
    return found


def _leading_to(wanted: set[str], known: Mapping[str, object]) -> list[EvaluationStep]:
    """Return the steps that it takes, in their order: looked for from the last to the first."""
    missing, taken = wanted - known.keys(), []
    for step in reversed(STEPS):
        if missing & {*step.yields}:
            missing = (missing | {*step.reads}) - {*step.yields} - known.keys()
            taken.append(step)
    if missing:
        raise KeyError(f"neither known nor made by a step: {sorted(missing)}")
    return taken[::-1]
