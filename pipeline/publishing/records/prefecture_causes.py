"""Everything that decides a prefecture's book (缘由): inputs, list, code, software."""

from dataclasses import asdict

from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.ground.origin import hash_text
from pipeline.publishing.chapter_parameters import PrefectureParameters
from pipeline.publishing.records.manifest import program


def prefecture_causes(prefecture: Prefecture, parameters: PrefectureParameters) -> dict:
    """Return everything that decides the book: the counties' files by number and one hash, their
    rows of the list, the program."""
    found = prefecture.hashed_inputs()
    return {"unit": parameters.subject, "year": prefecture.year,
            "parameters": {"drop_personal": parameters.drop_personal},
            "registered": [asdict(info) for info in prefecture.units],
            "inputs": {"files": len(found), "sha256": hash_text(repr(found))}, **program()}
