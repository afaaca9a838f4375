"""Where a header may end and what it would then say (表头候选); what it lacks, what it says that no
form knows, and which of these is likely meant for which.

Likeness is told to a person and never read by: it only names the column to look at.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell, Sheet
from pipeline.cleaning.forms.header_paths import HeaderPath
from pipeline.cleaning.forms.number_grammar import read_number
from pipeline.definitions.forms.layouts import FormColumn, Layout
from pipeline.definitions.forms.variables import squeeze, variables
from pipeline.definitions.forms.wordings import decoys, headers, names_an_example, readings

_LISTED, _ALIKE, _FEWEST = 12, 0.75, 3


@dataclass(frozen=True)
class Match:
    """A column that is understood: the variable, the unit written, the group it stands under."""

    column: FormColumn
    unit: str
    cell: Cell
    group: str = ""


@dataclass(frozen=True)
class Candidate:
    """A place where the header of a layout may end, and what it would then say."""

    layout: Layout
    place: int
    matches: dict[int, Match]
    paths: dict[int, HeaderPath]

    @property
    def telling(self) -> int:
        """Return how many headers tell that the sheet is this form."""
        return sum(not match.column.beside for match in self.matches.values())

    @property
    def keys(self) -> set[str]:
        """Return what the columns stand for, each once; a row too high repeats itself."""
        return {match.column.key for match in self.matches.values()}


def lacking(candidate: Candidate) -> dict[str, dict[str, str]]:
    """Return what a form asks for and a header lacks → its wordings → how our form writes each;
    where several are named, one of them is enough."""
    layout, found = candidate.layout, {}
    have = {match.column.variable for match in candidate.matches.values()}
    for column in layout.columns:
        if column.required and column.variable not in have:
            found[column.headers[0]] = dict.fromkeys(column.headers, column.headers[0])
    for group in layout.alternatives:
        if not have.intersection(group):
            found[" 或 ".join(written(layout, variable) for variable in group[:3])] = {
                header: column.headers[0] for column in layout.columns
                if column.variable in group for header in column.headers}
    return found


def written(layout: Layout, variable: str) -> str:
    """Return how a form of ours heads a variable."""
    own = (c.headers[0] for c in layout.columns if c.variable == variable)
    return next(own, variables().variables[variable].zh)


def report_missing(sheet: Sheet, near: Candidate | None, findings: Findings) -> None:
    """Refuse a sheet for what its header lacks; name the columns among which that may be."""
    if near is None:
        code, said = ("header.missing", "没有识别出任何表头") if sheet.rows else (
            "file.empty", "工作表是空的")
        findings.add(code, said, sheet.file, sheet.name)
        return
    lacks = lacking(near)
    findings.add("header.missing", f"按“{near.layout.zh}”识别出 {len(near.matches)} 个表头，"
                 f"缺少：{'、'.join(lacks)}{_where(_unknown(near), lacks)}",
                 sheet.file, sheet.name, sheet.rows[near.place][0].row)
    report_unused(near, findings)


def _where(unknown: list[Cell], lacks: dict[str, dict[str, str]]) -> str:
    if not unknown or len(unknown) > _LISTED:
        return ""
    likely = "".join(f"；{cell.column}{cell.row}格的表头与“{name}”相近，确是这一列的，"
                     f"请改为“{name}”" for cell, name in likely_meant(unknown, lacks).items())
    at = "、".join(f"{cell.column}{cell.row}" for cell in unknown)
    return f"。不认识的表头在{at}格，请看是不是其中哪一列{likely}"


def likely_meant(unknown: list[Cell], lacks: dict[str, dict[str, str]]) -> dict[Cell, str]:
    """Return which unknown header is very like a lacking one → how our form writes that, the
    likest first, each once."""
    alike = sorted(
        ((SequenceMatcher(None, _name(cell.text), _name(said)).ratio(), n, cell, name, ours)
         for n, cell in enumerate(unknown) for name, wordings in lacks.items()
         for said, ours in wordings.items()), key=lambda found: (-found[0], found[1]))
    found: dict[Cell, str] = {}
    taken: set[str] = set()
    for share, _, cell, name, ours in alike:
        if share >= _ALIKE and cell not in found and name not in taken and not _opposed(
                _name(cell.text), _name(ours)):
            found[cell] = ours
            taken.add(name)
    return found


def _opposed(one: str, other: str) -> bool:
    """Tell whether two headers are two quantities: one has a word of opposition more."""
    return any((word in one) != (word in other) for word in headers().likeness.opposed)


def _name(text: str) -> str:
    return readings(text)[0].name.rpartition(">")[2] or squeeze(text)


def _unknown(candidate: Candidate) -> list[Cell]:
    """Return the headers that are not read and are no decoys."""
    ignored = {squeeze(header) for header in candidate.layout.ignored}
    return [cell for cell in _unread(candidate, ignored)
            if not decoys().get(readings(cell.text)[0].name)]


def _unread(candidate: Candidate, ignored: set[str]) -> list[Cell]:
    return [path.cell for i, path in candidate.paths.items()
            if i not in candidate.matches and path.parts and squeeze(path.cell.text) not in ignored]


def report_unused(candidate: Candidate, findings: Findings) -> None:
    """Report columns that are not read: decoys one by one, of a wide sheet the rest by number."""
    ignored = {squeeze(header) for header in candidate.layout.ignored}
    rest = _unread(candidate, ignored)
    reasons = {cell: decoys().get(readings(cell.text)[0].name) for cell in rest}
    for cell, reason in reasons.items():
        if reason:
            findings.at("header.decoy", cell, reason)
    rest = [cell for cell in rest if not reasons[cell]]
    if len(rest) > _LISTED:
        findings.at("header.unused", rest[0], f"共有{len(rest)}列的表头未列入表式")
    else:
        for cell in rest:
            findings.at("header.unused", cell, "该列表头未列入表式")


def report_headless(sheet: Sheet, candidate: Candidate, header_row: int, findings: Findings
                    ) -> None:
    """Report columns of figures that have no heading at all and so are not read."""
    headed = {i for i, path in candidate.paths.items() if path.parts or path.stages}
    below = [line for line in sheet.rows if line[0].row > header_row]
    for i in set(range(len(below[0]) if below else 0)) - headed:
        cells = [line[i] for line in below if read_number(line[i].text)]
        if len(cells) >= _FEWEST:
            findings.at("header.unused", cells[0], f"该列没有表头，有{len(cells)}格数字")


def report_unread(sheet: Sheet, findings: Findings) -> None:
    """Warn of a sheet that is none of our forms and holds figures: nobody reads them. Numbers of
    paragraphs in the first column are none."""
    cells = [cell for line in sheet.rows for cell in line[1:] if read_number(cell.text)]
    if len(cells) >= _FEWEST and not names_an_example(sheet.name):
        findings.at("sheet.unread", cells[0], f"没有认出是哪一种表，有{len(cells)}格数字没有读入")
