"""A table read once and cut by unit (分县摘取): each county takes its own rows, and no other's.

What the whole of a shared table (多县合表) says is kept as it was read, in its order: rows,
findings, first pages. A county takes what is its own and what is nobody's, and of the others how
many rows they are and the first of them: with that it finds what the whole table would let it
find. A county's own file is kept whole. Everything is kept for one content of the file; another
content, or a correction of any of its cells, has the file read anew.

The folder is private to one command, written and read by this program alone.
"""

import pickle
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.receiving import Received, Source, open_sources, take_file
from pipeline.cleaning.schools.unit_names import UnitName, unit_name, units_meant, written_names
from pipeline.county import County
from pipeline.county.known_files import KnownFiles
from pipeline.definitions.forms.unit_list import UnitInfo
from pipeline.ground.origin import fingerprint

_INDEX, _OF_NOBODY = "index", UnitName("")
_Place = tuple[str, str]  # file and sheet


@dataclass
class _Share:
    """What a table says of one unit as it writes it: rows and findings by their number in the
    whole, and what its rows are called."""

    rows: list[tuple[int, FormRow]] = field(default_factory=list)
    findings: list[tuple[int, dict]] = field(default_factory=list)
    subjects: dict[tuple[str, str, int], str] = field(default_factory=dict)


@dataclass
class _Index:
    """Of which content the rows are; unit as it is written → its number, and how many rows it
    has on each sheet and which comes first; what is everybody's."""

    state: str
    names: dict[UnitName, tuple[int, dict[_Place, tuple[int, int]]]]
    common: Received
    headers: dict


def read_and_kept(sources: list[Source], drop_personal: bool, known: KnownFiles
                  ) -> tuple[Received, Findings]:
    """Read files and return what they say; keep it of each where there is a place for it."""
    received, findings = Received(drop_personal), Findings()
    with open_sources(sources) as opened:
        for source in sources:
            said, found = Received(drop_personal), Findings()
            state = _state(source, drop_personal)
            take_file(source, opened(source), said, found)
            folder = known.folder_of_kept(source.path)
            if folder and state == _state(source, drop_personal):
                with suppress(OSError):  # no room: it is read once more
                    _keep(folder, state, source.shared, said, found)
            received.add(said)
            findings.take_in(found)
    return received, findings


def kept(county: County, drop_personal: bool, source: Source) -> tuple[Received, Findings] | None:
    """Return what a file says for a county, as it was kept; None where it has to be read."""
    folder = county.known.folder_of_kept(source.path)
    index = _read(folder / _INDEX) if folder else None
    if index is None or index.state != _state(source, drop_personal):
        return None
    of_nobody, mine = _read(folder / "0"), [*_mine(folder, index, county.info, source.shared)]
    shares = [of_nobody, *(share for _, share in mine)]
    rows, subjects = [pair for share in shares for pair in share.rows], {}
    for share in shares:
        subjects |= share.subjects
    for number, row, said in _others(folder, index, {name for name, _ in mine}, source.shared):
        rows.append((number, row))
        subjects |= said
    found = sorted((pair for share in shares for pair in share.findings), key=_number)
    received = replace(index.common, schools=[row for _, row in sorted(rows, key=_number)])
    return received, Findings([line for _, line in found], subjects, index.headers)


def _number(pair: tuple) -> int:
    return pair[0]


def _state(source: Source, drop_personal: bool) -> str:
    return f"{fingerprint(source.path)} {source.label} {int(drop_personal)}"


def _keep(folder: Path, state: str, shared: bool, received: Received, findings: Findings) -> None:
    """Write an index and a share for every way in which the table writes a unit."""
    shares, counts = defaultdict(_Share), defaultdict(Counter)
    shares[_OF_NOBODY] = _Share()
    firsts: dict[UnitName, dict[_Place, int]] = defaultdict(dict)
    whose: dict[tuple[str, str, int], UnitName] = {}
    for number, row in enumerate(received.schools):
        said = unit_name(row) if shared else _OF_NOBODY
        said = said if said.name else _OF_NOBODY
        place = row.first.file, row.first.sheet
        whose[*place, row.first.row] = said
        shares[said].rows.append((number, row))
        counts[said][place] += 1
        firsts[said].setdefault(place, number)
    for number, line in enumerate(findings.rows):
        said = whose.get((line["file"], line["sheet"], line["row"]), _OF_NOBODY)
        shares[said].findings.append((number, line))
    for place, subject in findings.subjects.items():
        shares[whose.get(place, _OF_NOBODY)].subjects[place] = subject
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    for number, share in enumerate(shares.values()):
        _write(folder / str(number), share)
    names = {said: (number, {place: (counts[said][place], first)
                             for place, first in firsts[said].items()})
             for number, said in enumerate(shares)}
    whole = folder / f"{_INDEX}.whole"
    _write(whole, _Index(state, names, replace(received, schools=[]), findings.headers))
    whole.replace(folder / _INDEX)  # last and at once: where there is an index all is there


def _mine(folder: Path, index: _Index, unit: UnitInfo, shared: bool
          ) -> Iterator[tuple[UnitName, _Share]]:
    """Yield the names that can mean the unit, with what the table says under them."""
    ways = written_names(unit) if shared else ()
    for said, (number, _) in index.names.items():
        if said.name in ways and units_meant(said, {said.name: [unit]}):
            yield said, _read(folder / str(number))


def _others(folder: Path, index: _Index, mine: set[UnitName], shared: bool
            ) -> Iterator[tuple[int, FormRow, dict]]:
    """Yield for each sheet the first row of another unit, which stands for all of theirs."""
    first: dict[_Place, tuple[int, int]] = {}
    counts: Counter[_Place] = Counter()
    for said, (share, where) in index.names.items() if shared else ():
        if said in mine or not said.name:
            continue
        for place, (count, number) in where.items():
            counts[place] += count
            first[place] = min(first.get(place, (number, share)), (number, share))
    for place, (number, share) in first.items():
        said = _read(folder / str(share))
        row = dict(said.rows)[number]
        at = *place, row.first.row
        told = {at: said.subjects[at]} if at in said.subjects else {}
        yield number, replace(row, stands_for=counts[place]), told


def _write(path: Path, what: object) -> None:
    path.write_bytes(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))


def _read(path: Path):
    return pickle.loads(path.read_bytes()) if path.is_file() else None
