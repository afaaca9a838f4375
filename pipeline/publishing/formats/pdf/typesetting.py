"""From the plain document to PDF bytes (排版) with Typst.

Strings reach the template as one JSON file and figures as SVG files, in a private folder
that is also the compiler's root: nothing a table or a name says can become an instruction
or name a file. Typst's warnings are errors here (a font it does not know is one of them).
"""

import json
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from pipeline.ground.errors import DossierFailed
from pipeline.ground.fonts import SANS, SANS_BOLD, SERIF, font_files
from pipeline.publishing.formats.pdf.typst_formulas import typst as typst_math
from pipeline.publishing.paper.table_layout import prepare_table, sections

_users: set[int] = set()  # processes, this one or one it was forked from, that ran Typst


def typeset(document: dict) -> bytes:
    """Return the PDF of a document from `read_notebook`; the same bytes every time."""
    if _users - {os.getpid()}:
        return _in_fresh_process(document)
    _users.add(os.getpid())
    with TemporaryDirectory(prefix="junheng-") as folder:
        root = Path(folder)
        _lay_out(document, root)
        compiler = typst.Compiler(root / "dossier.typ", root, _fonts(), ignore_system_fonts=True)
        try:
            pdf, warnings = compiler.compile_with_warnings(
                format="pdf", timestamp=datetime.combine(_day(document), datetime.min.time(), UTC),
                pdf_standards=["a-3a" if "attachment" in document else "a-2a", "ua-1"])
        except typst.TypstError as error:
            raise DossierFailed("排版失败：" + "；".join([error.message, *error.hints])) from error
    if warnings:
        raise DossierFailed("排版有警告：" + "；".join(w.message for w in warnings))
    return pdf


def has_typeset() -> bool:
    """Tell whether this process, or one it was forked from, has run Typst."""
    return bool(_users)


def _in_fresh_process(document: dict) -> bytes:
    """Typeset where Typst has not run: a fork of its process lacks its threads, and hangs."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(typeset, document).result()


@cache
def _fonts() -> typst.Fonts:
    """Our fonts and, for formulas, the ones inside Typst; never the system's."""
    folders = sorted({str(path.parent) for path in font_files()})
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def _lay_out(document: dict, root: Path) -> None:
    """Fill the private folder: template, figures, attachment and the one JSON file."""
    template = files("pipeline.publishing.formats.pdf") / "dossier.typ"
    (root / "dossier.typ").write_bytes(template.read_bytes())
    paper = {name: value for name, value in document.items() if name != "attachment"}
    for part in ("front", "body"):
        paper[part] = sections([_ready(block, root) for block in document[part]])
    paper["attached"] = "attachment" in document
    if paper["attached"]:
        (root / "results.json").write_bytes(document["attachment"])
    paper["date"] = list(_day(document).timetuple()[:3])
    paper["fonts"] = {"sans": SANS, "bold": SANS_BOLD, "serif": SERIF}
    (root / "dossier.json").write_text(json.dumps(paper, ensure_ascii=False), "utf-8")


def _day(document: dict) -> date:
    try:
        return date.fromisoformat(document["cover"]["date"])
    except ValueError as error:
        day = document["cover"]["date"]
        raise DossierFailed(f"封面日期“{day}”应写作 2024-03-01 的形式。") from error


def _ready(block: dict, root: Path) -> dict:
    if block["type"] == "math":
        return {"type": "math"} | _formula(block)
    if "runs" in block:
        return block | {"runs": _runs(block["runs"])}
    if "items" in block:
        return block | {"items": [_runs(item) for item in block["items"]]}
    if block["type"] == "figure":
        name = f"fig-{sum(1 for _ in root.glob('fig-*.svg')) + 1}.svg"
        (root / name).write_text(block["svg"], "utf-8")
        return {key: value for key, value in block.items() if key != "svg"} | {"file": name}
    return prepare_table(block) if block["type"] == "table" else block


def _runs(runs: list[dict]) -> list[dict]:
    return [_formula(run) if "parts" in run else run for run in runs]


def _formula(formula: dict) -> dict:
    return {"typst": typst_math(formula["parts"]), "alt": formula["latex"]}
