"""PDF (便携文档): set by Typst, PDF/A with tags, the same bytes every time."""

from pipeline.publishing.formats.pdf.typesetting import typeset
from pipeline.publishing.paper.exporting import PaperExporter


class Exporter(PaperExporter):
    """``jupyter nbconvert --to junheng-pdf``."""

    export_from_notebook = "均衡卷宗 PDF"
    output_mimetype = "application/pdf"
    in_papers = True

    def written(self, document: dict) -> bytes:
        """Return the PDF of a document."""
        return typeset(document)
