"""A row of a county table (县级表的行), each value with the cell that it came from."""

from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.cleaning.files.cells import Cell
from pipeline.definitions.forms.county_layouts import UNIT, CountyLayout


@dataclass
class CountyRow:
    """One county in one year; ``level`` is the ending of its quantities' names, if any.

    ``published`` keeps what stood in columns that may have been exchanged; ``unused`` says
    in words which values are not used.
    """

    layout: CountyLayout
    year: int
    level: str
    unit: str
    name: str
    province: str
    prefecture: str
    values: dict[str, Fraction | None]
    cells: dict[str, Cell]
    published: dict[str, Fraction | None] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)

    def at(self, name: str) -> Cell:
        """Return the cell of a column, else that of the code."""
        return self.cells.get(name, self.cells[UNIT])

    @property
    def place(self) -> str:
        """Return where the row stands, for messages."""
        cell = self.cells[UNIT]
        return " ".join(filter(None, [cell.file, cell.sheet, f"第{cell.row}行"]))

    def leave_out(self, name: str, why: str) -> None:
        """Use a value no more; it is never changed into another."""
        self.values[name] = None
        self.unused.append(f"{self.layout.column(name).label}未使用（{why}）")

    def named_values(self) -> dict[str, Fraction | None]:
        """Return the values under their full names: ``<name>``, ``_published``, ``_<level>``."""
        ending = f"_{self.level}" if self.level else ""
        both = self.values | {f"{name}_published": v for name, v in self.published.items()}
        return {f"{name}{ending}": value for name, value in both.items()}
