"""Excel (工作簿): contents, notes and one sheet a table, numbers as numbers, coefficients as live
formulas; the same bytes every time."""

from pipeline.publishing.formats.xlsx.excel_book import workbook
from pipeline.publishing.paper.exporting import PaperExporter


class Exporter(PaperExporter):
    """``jupyter nbconvert --to junheng-xlsx``."""

    export_from_notebook = "均衡卷宗 Excel"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def written(self, document: dict) -> bytes:
        """Return the workbook of a document."""
        return workbook(document)
