"""Whose figures a sheet of a county holds (归属): one county's, of one year, or it is refused.

School rows are told apart by 统计三级; a sheet of county figures, documents, monitoring or answers
is not. In a table of many units (多县合表) it would count for each of them, and so would the rows
of another county or year that a column of its own tells apart. What stands above the head of
any sheet, of schools too, may say the same.
"""

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import Cell
from pipeline.cleaning.forms.cover import CODE, TITLED, UNIT, YEAR, check_cover_year
from pipeline.cleaning.forms.headers import HeadedSheet
from pipeline.cleaning.forms.labels import sheet_year
from pipeline.cleaning.forms.titles import check_title_year, titles_above
from pipeline.definitions.forms.variables import squeeze
from pipeline.definitions.forms.wordings import headers, readings

_OF_A_COUNTY = frozenset({"facts", "evidence", "monitoring", "survey", "grade_pupils"})
_OF_YEARS = frozenset({"ledger_rows", "monitoring", "links", "grade_pupils"})  # not of one year
_UNITS = ("unit_name", "located_unit")
_TOLD = 3


def check_whose(form: HeadedSheet, shared: bool, year: int, findings: Findings
                ) -> list[dict[str, Cell]]:
    """Refuse a sheet that is nobody's or of several, or whose title says another year; return the
    cells that say whose it is, as a first page would (`forms.cover.check_covers`)."""
    titles = titles_above(form.sheet, form.header_row)
    if form.layout.table not in _OF_YEARS and "school_year" not in form.variables:
        check_title_year(titles, sheet_year(form.sheet.name) or year if year else 0, findings)
    if shared:
        if form.layout.table in _OF_A_COUNTY:
            findings.add("sheet.of_nobody", f"“{form.layout.zh}”在多县合表中，看不出是哪个县的",
                         form.sheet.file, form.sheet.name, form.header_row)
        return []
    return [*({TITLED: cell} for cell in titles), _columns(form, year, findings)]


def _columns(form: HeadedSheet, year: int, findings: Findings) -> dict[str, Cell]:
    said: dict[str, Cell] = {}
    for what, cells in _telling(form).items() if form.layout.table in _OF_A_COUNTY else ():
        written = dict.fromkeys(squeeze(cell.text) for cell in cells)
        if len(written) > 1:
            told = "、".join([*written][:_TOLD]) + ("……" if len(written) > _TOLD else "")
            findings.at("sheet.of_several", cells[0], f"该列写有 {len(written)} 个：{told}")
        elif cells:
            said[what] = cells[0]
    check_cover_year(said, year, findings)
    return said


def _telling(form: HeadedSheet) -> dict[str, list[Cell]]:
    """Return what stands below headings of counties, codes and years that no column of ours is."""
    apart = headers().telling_apart
    names = {CODE: {*apart.codes}, YEAR: {*apart.years},
             UNIT: {h for w in headers().wordings if w.variable in _UNITS for h in w.headers}}
    found: dict[str, list[Cell]] = {}
    lines = form.sheet.rows
    for head in (c for line in lines for c in line if c.row == form.header_row):
        at = lines[0].index(next(c for c in lines[0] if c.column == head.column))
        if at in form.columns or head.blank:
            continue
        name = squeeze(readings(head.text)[0].name)
        for what, known in names.items():
            if name in {squeeze(one) for one in known}:
                found[what] = [line[at] for line in lines
                               if line[at].row > form.header_row and not line[at].blank]
    return found
