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
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.receiving import Received, Source, open_sources, take_file
from pipeline.cleaning.schools.unit_names import UnitName, agrees, unit_name
from pipeline.county import County
from pipeline.county.known_files import KnownFiles
from pipeline.definitions.forms.unit_list import written_names
from pipeline.ground.origin import fingerprint, hash_text
from pipeline.ground.readiness import no_cycles_sought

_INDEX, _OF_NOBODY = "index", UnitName("")
_HEADS = 6     # names that a sheet gives first: one more than a unit has, so one is another's
_Place = tuple[str, str]  # file and sheet
_Head = tuple[int, FormRow, str | None]  # its number in the whole, and what it is called


@dataclass
class _Share:
    """What a table says of one unit as it writes it: rows and findings by their number in the
    whole, and what its rows are called."""

    rows: list[tuple[int, FormRow]] = field(default_factory=list)
    findings: list[tuple[int, dict]] = field(default_factory=list)
    subjects: dict[tuple[str, str, int], str] = field(default_factory=dict)


@dataclass
class _Index:
    """Of which content the rows are; what is everybody's; of each sheet how many rows name a
    unit, and name → the first of them with its number and what it is called, of a few names.

    It does not grow with the units: what they say lies in a file for every name.
    """

    state: str
    common: Received
    headers: dict
    counts: Counter[_Place] = field(default_factory=Counter)
    heads: dict[_Place, dict[str, _Head]] = field(
        default_factory=lambda: defaultdict(dict))


@no_cycles_sought()
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
    ways = written_names(county.info) if source.shared else ()
    there = {said: share for name in (_OF_NOBODY.name, *ways)
             for said, share in (_read(_file_of(folder, index.state, name)) or {}).items()}
    mine = {said: share for said, share in there.items()
            if not said.name or agrees(county.info, said)}
    rows = [pair for share in mine.values() for pair in share.rows]
    subjects = {at: said for share in mine.values() for at, said in share.subjects.items()}
    for number, row, subject in _first_of_others(index, ways, there, mine):
        rows.append((number, row))
        if subject is not None:
            subjects[_at(row)] = subject
    found = sorted((pair for share in mine.values() for pair in share.findings), key=_number)
    received = replace(index.common, schools=[row for _, row in sorted(rows, key=_number)])
    return received, Findings([line for _, line in found], subjects, index.headers)


def _number(pair: tuple) -> int:
    return pair[0]


def _state(source: Source, drop_personal: bool) -> str:
    return f"{fingerprint(source.path)} {source.label} {int(drop_personal)}"


def _keep(folder: Path, state: str, shared: bool, received: Received, findings: Findings) -> None:
    """Write an index and a file for every name that the table writes of a unit."""
    index = _Index(state, replace(received, schools=[]), findings.headers)
    shares: dict[str, dict[UnitName, _Share]] = defaultdict(lambda: defaultdict(_Share))
    whose: dict[tuple[str, str, int], UnitName] = {}
    for number, row in enumerate(received.schools):
        said = unit_name(row) if shared else _OF_NOBODY
        said = said if said.name else _OF_NOBODY
        whose[_at(row)] = said
        shares[said.name][said].rows.append((number, row))
        if said.name:
            index.counts[_place(row)] += 1
            heads = index.heads[_place(row)]
            if len(heads) < _HEADS:
                heads.setdefault(said.name, (number, row, findings.subjects.get(_at(row))))
    for number, line in enumerate(findings.rows):
        said = whose.get((line["file"], line["sheet"], line["row"]), _OF_NOBODY)
        shares[said.name][said].findings.append((number, line))
    for at, subject in findings.subjects.items():
        said = whose.get(at, _OF_NOBODY)
        shares[said.name][said].subjects[at] = subject
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    for name, said in shares.items():
        _write(_file_of(folder, state, name), dict(said))
    index.heads = dict(index.heads)
    whole = folder / f"{_INDEX}.whole"
    _write(whole, index)
    whole.replace(folder / _INDEX)  # last and at once: where there is an index all is there


def _first_of_others(index: _Index, ways: Collection[str], there: dict[UnitName, _Share],
                     mine: Collection[UnitName]) -> Iterator[_Head]:
    """Yield of each sheet the first row of another unit, which stands for all of theirs.

    Under the ``ways`` of writing the unit stand its own rows, and those of a namesake.
    """
    own = Counter(_place(row) for said in mine if said.name for _, row in there[said].rows)
    for place, count in index.counts.items():
        if count == own[place]:
            continue
        first = [head for name, head in index.heads[place].items() if name not in ways]
        first += [(number, row, share.subjects.get(_at(row)))
                  for said, share in there.items() if said not in mine
                  for number, row in share.rows if _place(row) == place]
        number, row, subject = min(first, key=_number)
        yield number, replace(row, stands_for=count - own[place]), subject


def _at(row: FormRow) -> tuple[str, str, int]:
    return row.first.file, row.first.sheet, row.first.row


def _place(row: FormRow) -> _Place:
    return row.first.file, row.first.sheet


def _file_of(folder: Path, state: str, name: str) -> Path:
    """Return where it lies what one content of a table says under a name."""
    return folder / hash_text(f"{state} {name}")[:32]


def _write(path: Path, what: object) -> None:
    path.write_bytes(pickle.dumps(what, pickle.HIGHEST_PROTOCOL))


def _read(path: Path):
    return pickle.loads(path.read_bytes()) if path.is_file() else None
