"""From the plain document to PDF bytes (排版) with Typst.

Strings reach the template as one JSON file and figures as SVG files, in a private folder
that is also the compiler's root: nothing a table or a name says can become an instruction
or name a file.
"""

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.ground.fonts import SANS, SANS_BOLD, SERIF
from pipeline.publishing.formats.pdf.typst_formulas import typst as typst_math
from pipeline.publishing.paper.compiling import compiled
from pipeline.publishing.paper.table_layout import prepare_table, sections

_BLANK = ("", "—")
# The usual distance of lines, then those tried for a short paper that would leave its last page
# half empty: wider first, as GB/T 9704 has them (28—29 磅), then closer, rows of tables too.
_PITCHES = ({"pitch": "26"}, {"pitch": "27"}, {"pitch": "28"}, {"pitch": "25", "rows": "0.8"},
            {"pitch": "24", "rows": "0.6"})
_FULL = 0.58  # of the last page, some of it blank between lines
_SHORT = 20  # pages, of which one half-empty page is more than one in ten
_OF_ROW = ("label", "caption", "source", "notes", "other", "language")  # of a table of one row


def typeset(document: dict) -> bytes:
    """Return the PDF of a document from `read_notebook`; the same bytes every time."""
    with TemporaryDirectory(prefix="junheng-") as folder:
        root = Path(folder)
        _lay_out(document, root)
        return compiled(
            root, "dossier.typ", _PITCHES, _is_full, format="pdf",
            timestamp=datetime.fromisoformat(document["cover"]["date"]).replace(tzinfo=UTC),
            pdf_standards=["a-3a" if "attachment" in document else "a-2a", "ua-1"])


def _is_full(told: str) -> bool:
    """Tell whether a paper may stand as it is: it is long, or its last page is used."""
    last = json.loads(told)
    return last["pages"] > _SHORT or last["filled"] >= _FULL


def _lay_out(document: dict, root: Path) -> None:
    """Fill the private folder: template, figures, attachment and the one JSON file."""
    template = files("pipeline.publishing.formats.pdf") / "dossier.typ"
    (root / "dossier.typ").write_bytes(template.read_bytes())
    paper = {name: value for name, value in document.items() if name != "attachment"}
    for part in ("front", "body"):
        paper[part] = sections([_ready(block, root) for block in document[part]])
    paper["attached"], content = document.get("attachment", ("", b""))
    if paper["attached"]:
        (root / paper["attached"]).write_bytes(content)
    paper["date"] = [int(part) for part in document["cover"]["date"].split("-")]
    paper["fonts"] = {"sans": SANS, "bold": SANS_BOLD, "serif": SERIF}
    (root / "dossier.json").write_text(json.dumps(paper, ensure_ascii=False), "utf-8")


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
    if block["type"] == "table" and _is_sentence(block):
        return {key: block[key] for key in _OF_ROW if key in block} | {
            "type": "row", "said": _row_said(block)}
    if block["type"] == "table":
        return {key: value for key, value in prepare_table(block).items()
                if key not in ("data", "reckoned", "origins")}
    return block


def _is_sentence(table: dict) -> bool:
    """Tell whether a table is said in words: it has one row, and something stands in it."""
    return len(table["rows"]) == 1 and any(
        cell["text"] not in _BLANK for cell in table["rows"][0])


def _row_said(table: dict) -> list[dict]:
    """Say the one row of a table in words (一行的表写成句子): each head with its cell, blanks left
    out, a head over several said once; of a row that is mostly blank, because there is nothing to
    list, what it says alone."""
    told, group = [], ""
    for field, cell in zip(table["fields"], table["rows"][0], strict=True):
        if cell["text"] not in _BLANK:
            over = field["group"] if field["group"] != group else ""
            told.append(("·".join(filter(None, (over, field["label"]))), cell))
            group = field["group"]
    if 2 * len(told) < len(table["fields"]):
        told = [("", cell) for _, cell in told if cell["text"] != "无"] or [("", told[0][1])]
    said = [{"head": f"{head}：" if head else "", "text": cell["text"],
             "strong": cell["tone"] == "fail"} for head, cell in told]
    unit = table["unit"] and any(row["head"] for row in said)
    return said + ([{"head": "单位：", "text": table["unit"], "strong": False}] if unit else [])


def _runs(runs: list[dict]) -> list[dict]:
    return [_formula(run) if "parts" in run else run for run in runs]


def _formula(formula: dict) -> dict:
    return {"typst": typst_math(formula["parts"]), "alt": formula["latex"]}
