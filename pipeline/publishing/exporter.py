"""The nbconvert exporter (导出器) behind ``jupyter nbconvert --to junheng-pdf``."""

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from pipeline.publishing.blocks import read_notebook
from pipeline.publishing.typeset import typeset


class PdfExporter(Exporter):
    """Write an executed dossier notebook as PDF.

    ``resources`` may carry ``run_id`` (printed small at the foot of each page) and
    ``attachment`` (bytes of the results, attached to the PDF as results.json).
    """

    export_from_notebook = "均衡卷宗 PDF"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None,
                           **kw: object) -> tuple[bytes, dict]:
        """Return the PDF of the notebook and the resources."""
        nb_copy, resources = super().from_notebook_node(nb, resources, **kw)
        document = read_notebook(nb_copy, resources.get("run_id", ""))
        if "attachment" in resources:
            document["attachment"] = resources["attachment"]
        return typeset(document), resources
