"""The official annex tables on paper (附表印本): the same cells as in the workbook, as exhibits."""

from pipeline.definitions.forms.annex_tables import AnnexColumn, AnnexTable
from pipeline.definitions.standards import Standard
from pipeline.dossier.c90_appendix.annex_rows import Filled
from pipeline.dossier.printing.exhibit import FAIL, Cell, Field, PrintedTable
from pipeline.ground.exact import rounded

_MOST_COLUMNS = 16  # that stand beside each other on a turned page
_SHORT = "各项指标用简称，全称和单位见申报表工作簿（annex.xlsx）。"
_NOTES = ("空白为没有数据，不是零；深色为低于标准值、高于差异系数限值的数。",)


def printed_form(form: AnnexTable, cells: list[list[Filled]], standard: Standard
                 ) -> PrintedTable | None:
    """Return a form with its rows filled in; None without rows. A form of one row and many
    columns stands on end, a column a line; indicators bear their short names."""
    if not cells:
        return None
    key, caption = f"form_{form.id}", f"申报表{form.title}"
    if len(form.columns) > _MOST_COLUMNS and len(cells) == 1:
        fields = (Field("列号", align="center"), Field("项目", align="left"), Field("数"))
        rows = tuple((Cell(column.code), Cell("：".join(column.heads)), _cell(cell))
                     for column, cell in zip(form.columns, cells[0], strict=True))
        return PrintedTable(key, caption, fields, rows, form.source, notes=_NOTES)
    numbers = [any(not isinstance(row[n].value, str | None) for row in cells)
               for n in range(len(form.columns))]
    fields = tuple(Field(_label(column, form, standard),
                         column.heads[0] if len(column.heads) > 1 else "",
                         "right" if number else "left")
                   for column, number in zip(form.columns, numbers, strict=True))
    return PrintedTable(key, caption, fields, tuple(tuple(map(_cell, row)) for row in cells),
                        form.source, notes=(*_NOTES, *((_SHORT,) if form.indicators else ())))


def _label(column: AnnexColumn, form: AnnexTable, standard: Standard) -> str:
    indicator = column.shows in form.indicators
    head = standard.indicator(column.shows).short if indicator else column.heads[-1]
    return f"{column.code} {head}".lstrip()


def _cell(cell: Filled) -> Cell:
    """Return a cell as the workbook shows it."""
    if cell.value is None or isinstance(cell.value, str):
        return Cell(cell.value or "")
    return Cell(str(rounded(cell.value, cell.decimals or 0)), FAIL if cell.fails else "",
                cell.value)
