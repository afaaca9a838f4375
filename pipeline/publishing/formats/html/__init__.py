"""HTML (网页): one file that needs nothing beside it, for screens, phones and screen readers; the
same bytes every time."""

from pipeline.publishing.formats.html.page import page
from pipeline.publishing.paper.exporting import PaperExporter


class Exporter(PaperExporter):
    """``jupyter nbconvert --to junheng-html``."""

    export_from_notebook = "均衡卷宗网页"
    output_mimetype = "text/html"

    def written(self, document: dict) -> bytes:
        """Return the page of a document."""
        return page(document)
