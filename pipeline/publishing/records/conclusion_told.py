"""What the results of a published dossier say in one line (结论): verdict and counts."""

from pathlib import Path

from pydantic import BaseModel, NonNegativeInt, ValidationError

from pipeline.ground.admission import MOST_RECORD_BYTES, NotAdmitted, content_of
from pipeline.ground.terms import MET, NOT_JUDGED, NOT_MET, UNDETERMINED

RESULTS = "results.json"
NOTHING_TOLD = {"verdict": "", MET: None, NOT_MET: None, UNDETERMINED: None}


class _Counts(BaseModel):
    met: NonNegativeInt
    not_met: NonNegativeInt
    undetermined: NonNegativeInt


class _Results(BaseModel):
    verdict: str | None
    counts: _Counts


def conclusion_told(folder: Path) -> dict:
    """Return ``verdict`` and how many items are met, not met and undetermined; `NOTHING_TOLD`
    where the results are not there or cannot be read."""
    try:
        told = _Results.model_validate_json(content_of(folder / RESULTS, MOST_RECORD_BYTES))
    except (NotAdmitted, OSError, ValidationError):
        return NOTHING_TOLD
    return {"verdict": told.verdict or NOT_JUDGED, **told.counts.model_dump()}
