"""From an executed notebook to files of every format (导出), each behind an nbconvert exporter."""

import sys
from pathlib import Path

import nbformat
import orjson
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines, strip_transient
from traitlets import default

from pipeline.ground.errors import JunhengError
from pipeline.publishing.formats import exporter_of
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.papers import APART, papers


class PaperExporter(Exporter):
    """What the exporters (导出器) of all formats have in common: they read an executed notebook
    as a neutral document. A format says what nbconvert calls it (``export_from_notebook``), its
    ``output_mimetype``, and how a document is `written`; where it is made to be printed,
    ``in_papers``, that a book is as many files as it has `papers`. nbconvert gets it in one.

    ``resources`` may carry ``run_id`` (printed small on each page) and ``attachment`` (name and
    bytes of the results, which PDF attaches).
    """

    in_papers = False

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return f".{type(self).__module__.rpartition('.')[2]}"

    def written(self, document: dict) -> bytes:
        """Return the bytes of a document from `read_notebook`, which stays as it is; the same
        bytes every time. `DossierFailed` says in Chinese what cannot be written."""
        raise NotImplementedError

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None,
                           **kw: object) -> tuple[bytes, dict]:
        """Return the bytes of the notebook's document and the resources.

        With no preprocessors there is nothing that could change the notebook, and neither the
        two copies nor the validations are made that nbconvert makes for their sake.
        """
        if self.preprocessors or self.default_preprocessors:
            nb, resources = super().from_notebook_node(nb, resources, **kw)
        resources = {} if resources is None else resources
        try:
            document = read_notebook(nb, resources.get("run_id", ""))
            if "attachment" in resources:
                document["attachment"] = resources["attachment"]
            return self.written(document), resources
        except JunhengError as error:
            if _asked_by_command():
                raise SystemExit(f"{error}。") from None
            raise


def _asked_by_command() -> bool:
    """Tell whether ``jupyter nbconvert`` runs, which would show a traceback with what is amiss."""
    app = sys.modules.get("nbconvert.nbconvertapp")
    return app is not None and app.NbConvertApp.initialized()


def export(notebook: NotebookNode, run_id: str, path: Path, formats: tuple[str, ...],
           binding: str = APART, results: Path | None = None) -> None:
    """Write an executed notebook without traces in every format, and as notebook beside them.

    ``path`` lacks the suffix. Where the book is made to be printed its first paper carries the
    ``results`` as an attachment (附件). The notebook serves no further purpose afterwards: see
    `write_notebook`.
    """
    document = read_notebook(notebook, run_id)
    attached = {"attachment": (results.name, results.read_bytes())} if results else {}
    for name in formats:
        exporter = exporter_of(name)(default_preprocessors=[])
        parts = papers(document, path.name, binding) if exporter.in_papers else {
            path.name: document}
        if exporter.in_papers:
            parts[path.name] = parts[path.name] | attached
        for stem, part in parts.items():
            path.with_name(f"{stem}.{name}").write_bytes(exporter.written(part))
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
