"""What a book prints, without making one (印出的展示件): its notebooks run in this process."""

import json
from contextlib import contextmanager
from pathlib import Path

from pipeline.definitions.base import ROOT
from pipeline.dossier.printing import exhibit
from pipeline.dossier.printing.exhibit import NotebookTable

COUNTY, ANNUAL = ROOT / "notebooks" / "county", ROOT / "notebooks" / "annual"


@contextmanager
def shown_into(exhibits: list):
    """Collect what is shown within this, instead of showing it."""
    before, exhibit.display = exhibit.display, lambda *more: exhibits.extend(more)
    try:
        yield
    finally:
        exhibit.display = before


def run(notebook: Path, parameters: dict) -> list:
    """Return the exhibits that a chapter shows; its first cell holds the parameters."""
    cells = ["".join(cell["source"]) for cell in json.loads(notebook.read_text("utf-8"))["cells"]
             if cell["cell_type"] == "code"]
    names, exhibits = {}, []
    with shown_into(exhibits):
        exec(cells[0], names)  # noqa: S102
        names |= parameters
        for cell in cells[1:]:
            exec(compile(cell, notebook.stem, "exec"), names)  # noqa: S102
    return exhibits


def printed(folder: Path, parameters: dict, without: tuple[str, ...] = ()) -> list:
    """Return the exhibits of every chapter of a folder of notebooks, but of those ``without``;
    what stands in the notebook alone is on no paper."""
    return [one for notebook in sorted(folder.glob("*.ipynb")) if notebook.stem not in without
            for one in run(notebook, parameters) if not isinstance(one, NotebookTable)]


def words_of(one) -> list[str]:
    """Return every text of an exhibit that a reader sees, cell by cell."""
    if one.kind == "cover":
        return [one.title, one.subtitle, one.statement, *(text for row in one.rows for text in row)]
    if one.kind == "text":
        return list(one.paragraphs)
    texts = [one.caption, one.source, *one.notes]
    if one.kind == "figure":
        return [*texts, one.alt]
    return [*texts, one.unit, *(word for f in one.fields for word in (f.label, f.group)),
            *(cell.text for row in one.rows for cell in row)]
