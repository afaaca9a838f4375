"""The nbconvert exporter (导出器) behind ``jupyter nbconvert --to junheng-pdf``."""

from pathlib import Path

import nbformat
import orjson
from nbconvert.exporters import Exporter, get_exporter
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient
from traitlets import default

from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.typeset import typeset


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
        """Return the PDF of the notebook and the resources.

        With no preprocessors there is nothing that could change the notebook, and neither the
        two copies nor the validations are made that nbconvert makes for their sake.
        """
        if self.preprocessors or self.default_preprocessors:
            nb, resources = super().from_notebook_node(nb, resources, **kw)
        resources = {} if resources is None else resources
        document = read_notebook(nb, resources.get("run_id", ""))
        if "attachment" in resources:
            document["attachment"] = resources["attachment"]
        return typeset(document), resources


def export(notebook: NotebookNode, run_id: str, path: Path) -> None:
    """Write an executed notebook without traces as PDF and as notebook beside it (导出).

    ``path`` lacks the suffix. The notebook serves no further purpose afterwards: see
    `write_notebook`.
    """
    exporter = get_exporter("junheng-pdf")(default_preprocessors=[])
    pdf, _ = exporter.from_notebook_node(notebook, {"run_id": run_id})
    path.with_suffix(".pdf").write_bytes(pdf)
    write_notebook(notebook, path.with_suffix(".ipynb"))


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in nbformat's form, lines of text apart and keys in order.

    The encoder indents at a fifth of the time that nbformat's takes. Lines are split in place:
    the caller gives the notebook away.
    """
    nbformat.validate(notebook)
    path.write_bytes(orjson.dumps(
        split_lines(strip_transient(notebook)),
        option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
