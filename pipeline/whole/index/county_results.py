"""What the index takes from a county's `results.json` (结果): checked, and nothing else of it."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, NonNegativeInt, ValidationError

from pipeline.ground.admission import MOST_RECORD_BYTES, NotAdmitted, content_of
from pipeline.ground.terms import NOT_JUDGED, NOT_MET

RESULTS = "results.json"
ITEM, VETO_KIND, ELIGIBLE, COEFFICIENT = "item", "veto", "eligibility", "coefficient"
_ELIGIBILITY_ID = "E1"

Status = Literal["met", "not_met", "undetermined"]
Number = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]


class _Unit(BaseModel):
    code: str
    name: str


class _Counts(BaseModel):
    met: NonNegativeInt
    not_met: NonNegativeInt
    undetermined: NonNegativeInt


class _Named(BaseModel):
    id: str


class _Item(BaseModel):
    id: str
    status: Status
    value: Number | None = None
    limit: Number | None = None
    op: str | None = None
    unit: str | None = None
    reason: str = ""


class _Eligibility(BaseModel):
    status: Status
    reason: str


class _School(BaseModel):
    stage: str
    status: Status | None


class Coefficient(BaseModel):
    """A difference coefficient (差异系数) of one stage and indicator, exact as decimal text."""

    stage: str
    indicator: str
    cv: Number | None
    limit: Number | None
    status: Status | None
    reason: str


class CountyResults(BaseModel):
    """What one county's results say (一县的结果)."""

    unit: _Unit
    year: int
    verdict: Status | None
    counts: _Counts
    standard: _Named
    indicators: list[_Item]
    vetoes: list[_Item]
    eligibility: _Eligibility
    schools: list[_School]
    balance: list[Coefficient]

    @property
    def conclusion(self) -> str:
        """Return the verdict, or that the standard judges nothing."""
        return self.verdict or NOT_JUDGED

    @property
    def failed(self) -> tuple[str, ...]:
        """Return the ids of the items that are not met, then of vetoes and eligibility."""
        more = [_ELIGIBILITY_ID] if self.verdict and self.eligibility.status == NOT_MET else []
        return (*(item.id for item in (*self.indicators, *self.vetoes)
                  if item.status == NOT_MET), *more)

    @property
    def schools_not_met(self) -> int:
        """Return how many schools, of a stage each, are not met (未达标学校数)."""
        return sum(school.status == NOT_MET for school in self.schools)

    def largest(self, stage: str) -> Coefficient | None:
        """Return the largest difference coefficient of a stage; the first of several."""
        known = [one for one in self.balance if one.stage == stage and one.cv]
        return max(known, key=lambda one: Fraction(one.cv), default=None)

    def figures(self) -> list[dict]:
        """Return a line a figure (逐项结果): items, vetoes, the condition for applying,
        coefficients; values as decimal text."""
        judged = [] if self.verdict is None else [
            {"kind": ELIGIBLE, "id": _ELIGIBILITY_ID, **self.eligibility.model_dump()}]
        return [*({"kind": ITEM, **one.model_dump()} for one in self.indicators),
                *({"kind": VETO_KIND, **one.model_dump()} for one in self.vetoes), *judged,
                *({"kind": COEFFICIENT, "id": one.indicator, "stage": one.stage, "value": one.cv,
                   "limit": one.limit, "status": one.status, "reason": one.reason}
                  for one in self.balance)]


def results_of(folder: Path) -> CountyResults | None:
    """Return the results of a published dossier, None where they cannot be read: damaged, or of
    a version that writes them otherwise."""
    try:
        return CountyResults.model_validate_json(
            content_of(folder / RESULTS, MOST_RECORD_BYTES))
    except (NotAdmitted, OSError, ValidationError):
        return None
