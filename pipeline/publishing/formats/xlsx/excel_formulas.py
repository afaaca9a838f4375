"""Live formulas (活公式): a figure that follows from a column of another sheet, reckoned in the
workbook, with our own value stored as its result.

For values X and weights P, missing ones empty: mean = Σ P·X / Σ P over the rows that have an X;
deviation = √(Σ P·(X − mean)² / Σ P); variation = deviation / mean. No function is volatile or
newer than Excel 2010; an empty X counts as nothing, whatever its P.
"""

from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell


@dataclass(frozen=True)
class Area:
    """Where the rows of a table stand: its sheet, the first and the last row, from 0."""

    sheet: str
    first: int
    last: int

    def column(self, number: int) -> str:
        """Return the reference of a whole column."""
        first, last = (xl_rowcol_to_cell(row, number, True, True)
                       for row in (self.first, self.last))
        return f"'{self.sheet}'!{first}:{last}"


def formula_of(reckoned: dict, area: Area, beside: dict[str, str]) -> str:
    """Return the formula of a cell that is ``reckoned`` from the table in an area.

    ``beside`` names the cells of the same row that hold other statistics of the same columns:
    a clerk follows those more easily than one long formula.
    """
    values, weights = (area.column(reckoned[name]) for name in ("values", "weights"))
    known = f"SUMPRODUCT(--ISNUMBER({values}),{weights})"
    mean = beside.get("mean") or f"(SUMPRODUCT({values},{weights})/{known})"
    square = f"SUMPRODUCT(--ISNUMBER({values}),{weights},({values}-{mean})^2)"
    deviation = beside.get("deviation") or f"SQRT({square}/{known})"
    return {"mean": f"=SUMPRODUCT({values},{weights})/{known}",
            "deviation": f"=SQRT({square}/{known})",
            "variation": f"={deviation}/{mean}"}[reckoned["statistic"]]
