"""Cells with their addresses (单元格): a table read as text, nothing interpreted.

pandas and Excel guess; here a cell is the text that stood there, the kind that the file
gave it, and the place it came from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MOST_ROWS, MOST_COLUMNS = 20_000, 1_000
MOST_SHARED_ROWS = 400_000  # of a csv of many units: China has about 200,000 schools
BLANK, TEXT, NUMBER, BOOLEAN, DATE, ERROR, FORMULA, SCALED = (
    "blank", "text", "number", "boolean", "date", "error", "formula", "scaled")


@dataclass(slots=True, unsafe_hash=True)  # never changed; frozen ones take thrice as long to make
class Cell:
    """A cell: where it stands, what it holds, and of which kind the file says it is.

    ``formula`` is a formula without a stored result, ``scaled`` a number whose format shows
    another; ``calculated`` marks the stored result of a formula, ``unit`` is the unit that
    the number format shows. ``confirmed`` is a value that a registered line bears out.
    """

    file: str
    sheet: str
    row: int
    column: str
    text: str
    kind: str
    calculated: bool = False
    unit: str = ""
    confirmed: bool = False

    def __reduce__(self) -> tuple:
        """Pickle the values alone: of many thousand cells that is most of the time."""
        return Cell, (self.file, self.sheet, self.row, self.column, self.text, self.kind,
                      self.calculated, self.unit, self.confirmed)

    @property
    def blank(self) -> bool:
        """Tell whether nothing but blanks stands in the cell."""
        return self.kind != FORMULA and not self.text.strip()


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows of cells, what is hidden, and which cells are merged.

    ``merged`` holds first row, first column, last row, last column, counted from 1; ``struck``
    row and column letter of what is struck out (删除线), ``unseen`` of numbers that nobody sees: a
    zero that the format or the view hides, a number in white on white (看不见的数).
    """

    file: str
    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: tuple[str, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    struck: frozenset[tuple[int, str]] = frozenset()
    unseen: frozenset[tuple[int, str]] = frozenset()


def column_letters(number: int) -> str:
    """Return the letters of a column (列标), counted from 1.

    >>> [column_letters(number) for number in (1, 26, 27, 702, 703, 16_384)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD']
    """
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number of a column, counted from 1, of its letters in capitals (列标).

    >>> column_number("XFD")
    16384
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class Unreadable(Exception):
    """The file cannot be read; ``code`` is the check it fails."""

    def __init__(self, code: str, found: str, row: int | None = None, column: str = "",
                 sheet: str = ""):
        self.code, self.found, self.row, self.column = code, found, row, column
        self.sheet = sheet
        super().__init__(found)


def plain_sheet(name: str, rows: Iterable[tuple[int, Iterable]], most_rows: int = MOST_ROWS,
                **more) -> dict:
    """Return a sheet as plain data: rows of [text, kind, calculated, unit] or None.

    Trailing blank cells and blank rows are left out: a styled empty cell is nothing.
    """
    kept = []
    for number, cells in rows:
        cells = list(cells)
        while cells and cells[-1] is None:
            cells.pop()
        if number > most_rows and cells or len(cells) > MOST_COLUMNS:
            letters = column_letters(min(len(cells), 18_278))
            raise Unreadable("file.far_cell", f"单元格 {letters}{number} 远在数据之外", number)
        if cells:
            kept.append((number, cells))
    return {"name": name, "rows": kept, **more}


def addressed_sheet(file: str, plain: dict) -> Sheet:
    """Return a plain sheet with its addresses, every row as wide as the widest."""
    width = max((len(cells) for _, cells in plain["rows"]), default=0)
    letters = [column_letters(i) for i in range(1, width + 1)]
    name = plain["name"]

    def row(number: int, cells: list) -> tuple[Cell, ...]:
        padded = [*cells, *[None] * (width - len(cells))]
        return tuple(Cell(file, name, number, letter, *(cell or ("", BLANK)))
                     for letter, cell in zip(letters, padded, strict=True))

    return Sheet(file, name, tuple(row(*line) for line in plain["rows"]),
                 plain.get("hidden", False), frozenset(plain.get("hidden_rows", ())),
                 tuple(plain.get("hidden_columns", ())),
                 tuple(map(tuple, plain.get("merged", ()))),
                 frozenset(map(tuple, plain.get("struck", ()))),
                 frozenset(map(tuple, plain.get("unseen", ()))))


def number_text(value: int | float) -> str:
    """Return the decimal text of a workbook's number: 15 significant digits, as Excel shows.

    >>> number_text(0.1 + 0.2), number_text(2.141e9)
    ('0.3', '2141000000')
    """
    if isinstance(value, int):
        return str(value)
    return format(Decimal(format(value, ".15g")), "f")
