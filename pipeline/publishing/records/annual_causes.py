"""Everything that decides an annual evaluation (年度评价的缘由): inputs, study, code, software."""

import json
import os
from hashlib import sha256

from pipeline.annual_evaluation import Annual, code_in
from pipeline.ground.origin import fingerprint
from pipeline.publishing.chapter_parameters import AnnualParameters
from pipeline.publishing.records.manifest import program


def annual_causes(annual: Annual, parameters: AnnualParameters) -> dict:
    """Return everything that decides the evaluation: inputs, study, code, software, fonts.

    Thousands of input files are told by their number and one hash over path and content; the
    counties have hashed their own when they were asked, and one that could not has none.
    """
    total, known = sha256(), _hashed_by_counties(annual)
    files, codes = annual.inputs(), {info.code for info in annual.units()}
    for path in files:
        name = path.relative_to(annual.raw).as_posix()
        of_county = annual.brought.is_dir() and code_in(name) in codes
        content = known.get(name, "") if of_county else fingerprint(path)
        total.update(os.fsencode(name) + f" {content}\n".encode())
    return {"study": {"id": annual.study.id, "sha256": annual.study.sha256},
            "year": annual.year, "parameters": {"drop_personal": parameters.drop_personal},
            "inputs": {"files": len(files), "sha256": total.hexdigest()},
            **program()}


def _hashed_by_counties(annual: Annual) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in annual.brought.glob("*.json"):
        found |= json.loads(path.read_text(encoding="utf-8"))["inputs"]
    return found
