"""The judge of the corpus: writes the cases, has them read, and says what came of each."""

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from one_reader import one_reader
from tables import YEAR, csv_bytes, imported, results

from corpus.base import FILE, GOOD, Case
from pipeline.cleaning.importing import Imported, import_county
from pipeline.county import County
from pipeline.ground.errors import JunhengError
from pipeline.whole.checking import check_paths

UNIT, FIGURES = "990101", ("indicators", "compliance", "balance", "accounting")
COLUMN = {"indicators": "level", "compliance": "status", "balance": "status",
          "accounting": "outcome"}


@dataclass
class Judged:
    """A case, what came of it, and what is wrong with that ("" where nothing is)."""

    case: Case
    folder: Path
    paths: list[Path]
    outcome: str = "accepted"
    findings: list[dict] = field(default_factory=list)
    imported: Imported | None = None
    fault: str = ""
    problem: str = ""
    placed: bool | None = None

    @property
    def severities(self) -> Counter:
        """Return how many findings there are of each severity."""
        return Counter(finding["severity"] for finding in self.findings)

    @property
    def county(self) -> County:
        """Return the case as the county that a run would open."""
        return County.open(UNIT, YEAR, raw=str(self.folder), processed=str(self.folder))


def judge(cases: Iterable[Case], root: Path) -> tuple[list[Judged], float]:
    """Have all cases read in one call; return what came of them and the processor time it took,
    in seconds: that of this process and of the children that read."""
    judged = [_written(case, root / f"{n:04d}") for n, case in enumerate(cases)]
    before = os.times()
    _check(judged)
    seconds = sum(os.times()[:4]) - sum(before[:4])
    said_anyway = _said_of_the_clean_county(root)
    for one in judged:
        if not one.fault and (one.outcome == "accepted" or len(one.paths) > 1):
            _run(one)
        one.findings = [f for f in one.findings if (f["code"], f["action"]) not in said_anyway]
        one.problem = one.fault or _problem(one, root)
        one.placed = None if one.fault else _placed(one)
        one.imported = None     # hundreds of them would fill the memory
    return judged, seconds


def _said_of_the_clean_county(root: Path) -> set[tuple[str, str]]:
    """Return what is said of the clean county too, which is no answer to any case."""
    file = root / "clean" / str(YEAR) / FILE
    file.parent.mkdir(parents=True)
    file.write_bytes(GOOD)
    (report,) = check_paths([file])
    assert report["outcome"] == "accepted"
    return {(finding["code"], finding["action"]) for finding in report["findings"]}


def _written(case: Case, folder: Path) -> Judged:
    place = folder / str(YEAR)
    place.mkdir(parents=True)
    if callable(case.files):
        names = case.files(place)
    else:
        names = sorted(case.files)
        for name in names:
            (place / name).write_bytes(case.files[name])
    return Judged(case, folder, [place / name if name else place for name in names])


def _check(judged: list[Judged]) -> None:
    """Check all files in one call; when it breaks, one case after another, to say which."""
    try:
        reports = check_paths([path for one in judged for path in one.paths])
    except Exception:
        for one in judged:
            try:
                _take(one, check_paths(one.paths))
            except JunhengError:
                one.outcome = "refused"
            except Exception as fault:
                one.fault = f"fault: {type(fault).__name__}: {fault}"
        return
    for one in judged:
        _take(one, [r for r in reports if Path(r["place"]).is_relative_to(one.folder)])


def _take(one: Judged, reports: list[dict]) -> None:
    one.findings = [finding for report in reports for finding in report["findings"]]
    refused = [report for report in reports if report["outcome"] == "refused"]
    one.outcome = "refused" if refused or not reports else "accepted"


def _run(one: Judged) -> None:
    """Import the case as a run does; several files are judged by this alone."""
    try:
        with one_reader():
            one.imported = import_county(one.county)
    except JunhengError:
        one.outcome = "refused"
        return
    except Exception as fault:
        one.fault = f"fault: {type(fault).__name__}: {fault}"
        return
    if len(one.paths) > 1:
        one.findings = one.imported.findings.to_dict("records")
        one.outcome = "refused" if one.imported.refused else "accepted"
    elif one.imported.refused:
        codes = sorted(set(one.imported.findings.query("severity == 'refuse'")["code"]))
        one.fault = f"fault: checked as accepted, run refuses: {codes}"


def _problem(one: Judged, root: Path) -> str:
    expected = one.case.expected.split("|")
    if one.case.secret and one.case.secret in json.dumps(one.findings, ensure_ascii=False,
                                                         default=str):
        return "leak"
    if one.outcome == "refused":
        return "" if "refuse" in expected else "over-refusal"
    seen = one.severities
    fits = ("exact" in expected or "warn" in expected and seen["warn"]
            or "clean" in expected and (seen["clean"] or seen["note"]))
    if not fits:
        if {"exact", "clean"} & set(expected):
            return "unrecorded"
        return "only warned" if seen["warn"] else "silent"
    return _wrong_figures(one, root) or _wrong_words(one)


def _wrong_figures(one: Judged, root: Path) -> str:
    if one.case.like is None:
        return ""
    given, wanted = figures(one.imported), _like(list(one.case.like), root)
    wrong = [name for name in FIGURES if given[name] != wanted[name]]
    return f"wrong figures: {wrong}" if wrong else ""


_KNOWN: dict[str, dict] = {}


def _like(rows: list[dict], root: Path) -> dict:
    key = repr(rows)
    if key not in _KNOWN:
        place = root / f"like{len(_KNOWN)}"
        known = imported(place, csv_bytes(rows))
        assert not known.refused, known.findings.query("severity == 'refuse'").to_dict("records")
        _KNOWN[key] = figures(known)
    return _KNOWN[key]


def figures(result: Imported) -> dict[str, list]:
    """Return the year's lines of the tables that figures and verdicts stand in, as text."""
    tables = results(result)
    return {name: [line for line in tables[name] if line[0] == str(YEAR)] for name in FIGURES}


def _wrong_words(one: Judged) -> str:
    if not one.case.says:
        return ""
    lines = {name: _frame(one, name) for name in COLUMN}
    for (name, who, indicator), wanted in one.case.says.items():
        frame = lines[name]
        chosen = frame[frame["stage" if name == "balance" else "school_code"] == who]
        if indicator:
            chosen = chosen[chosen["indicator"] == indicator]
        if set(chosen[COLUMN[name]]) != {wanted}:
            return f"wrong words: {name} {who} {indicator} {set(chosen[COLUMN[name]])}"
    return ""


def _frame(one: Judged, name: str):
    from pipeline.analysis.schools.balance import balance
    from pipeline.analysis.schools.compliance import compliance
    from pipeline.analysis.schools.indicator_values import indicator_values

    schools, pack = one.imported.schools, one.county.standard
    if name == "accounting":
        return one.imported.accounting
    values = indicator_values(schools, pack)
    return values if name == "indicators" else {
        "balance": balance, "compliance": compliance}[name](values, schools, pack)


def _placed(one: Judged) -> bool | None:
    """Tell whether a finding stands at the case's place; None where nothing need be said."""
    case, expected = one.case, one.case.expected.split("|")
    if not case.place or one.problem in ("silent", "over-refusal", "unrecorded", "only warned"):
        return None
    if one.outcome == "refused":
        fitting = {"refuse"}
    elif "exact" in expected:
        return None
    else:
        fitting = {"warn", "clean", "note"}
    file, sheet, row, column = case.place
    return any((file is None or str(f["file"]).endswith(file))
               and (sheet is None or f["sheet"] == sheet)
               and (row is None or f["row"] == row)
               and (column is None or f["column"] == column)
               and f["code"].startswith(case.code)
               for f in one.findings if f["severity"] in fitting)
