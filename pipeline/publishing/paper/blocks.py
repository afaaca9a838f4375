"""From an executed notebook to a plain document (文档): cover, front blocks, body blocks.

Of a markdown cell the text is taken, of a code cell only the exhibits among its outputs;
source, streams and ordinary output never reach the paper. Here headings, tables and
figures get their numbers, references get theirs, and every letter is checked against the
fonts. The result is JSON values only: whatever writes a paper, writes it from this.
"""

from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree

from nbformat import NotebookNode

from pipeline.definitions.forms.arrangement import Arrangement, arrangement_of
from pipeline.ground.errors import DossierFailed
from pipeline.ground.fonts import missing_letters
from pipeline.ground.terms import EXHIBIT_MIME
from pipeline.publishing.paper.arranging import arranged
from pipeline.publishing.paper.markdown import plain, read_markdown
from pipeline.publishing.paper.numbering import (
    NAMES,
    all_runs,
    check_headings,
    number_headings,
    refer,
)

_CONTENT = {
    "text": ("paragraphs", "bullets"),
    "table": ("key", "caption", "unit", "source", "notes", "wide", "fields", "rows", "data"),
    "figure": ("key", "caption", "alt", "source", "notes", "svg"),
    "cover": ("title", "subtitle", "rows", "running_head", "date", "mark", "statement"),
}
# What a record may have beside, and what it means to lack it.
_MORE = {"table": {"reckoned": [], "origins": []}, "figure": {"data": []}}
_SHOWN_FAULTS = 20
_RUN_SAYS = ("运行编号 {}，印在各页页脚：资料、规则和软件都相同，编号才相同。"
             "文件和数字是否改动过，可用 junheng verify 核对。")


def read_notebook(notebook: NotebookNode, run_id: str = "") -> dict:
    """Return the document of an executed notebook; `DossierFailed` says what is amiss.

    Where the kind of book that it tells has an arrangement, the body is arranged.
    """
    document = {"cover": None, "run_id": run_id, "front": [], "body": [], "brief": []}
    used: set[str] = set()
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown":
            document["body"] += _text_cell(cell)
        elif cell.cell_type == "code":
            for record in _records(cell, number):
                add_record(document, record, used)
    if document["cover"] is None:
        raise DossierFailed(
            "笔记本中没有封面：只是其中一章，或尚未运行，无法生成卷宗。"
            "先运行 junheng run 县代码 --year 年份，"
            "再转换做成的那一本：jupyter nbconvert --to junheng-pdf "
            "reports/年份/县代码/dossier.ipynb。单看一章，在 JupyterLab 中打开运行即可")
    _arrange(document, notebook.metadata.get("junheng", {}).get("book", ""))
    return completed(document)


def completed(document: dict) -> dict:
    """Return a document with its headings, tables and figures numbered, references put in and
    the number of its run explained (``run_says``); `DossierFailed` says which heading, reference
    or letter is amiss."""
    check_headings(document["body"])
    document["body"] = _without_empty(document["body"])
    number_headings(document["body"])
    refer(document)
    run_id = document["run_id"]
    document["run_says"] = _RUN_SAYS.format(run_id) if run_id else ""
    _check_letters(document)
    return document


def _arrange(document: dict, book: str) -> None:
    """Part annex and brief from the body by the arrangement of a kind of book, where it has one;
    the lines to sign on close the body."""
    arrangement = arrangement_of(book)
    if arrangement:
        _tell_origins(document, arrangement)
        body, annex, document["brief"] = arranged(document["body"], arrangement)
        signed = arrangement.signatures
        document["body"] = [*body, *([{"type": "signatures", **signed.model_dump()}]
                                     if signed else []), *annex]
        if arrangement.brief:
            document["brief_title"] = document["cover"]["title"] + arrangement.brief.title


def _tell_origins(document: dict, arrangement: Arrangement) -> None:
    """Tell of every table which others its numbers are reckoned from (来处), if any."""
    tables = [b for part in ("front", "body") for b in document[part] if b["type"] == "table"]
    there = {table["key"] for table in tables}
    for table in tables:
        table["origins"] = arrangement.origins_of(table["key"], there)


def _without_empty(blocks: list[dict]) -> list[dict]:
    """Leave out headings under which there is nothing: what does not apply has no heading."""
    kept: list[dict] = []
    for block in reversed(blocks):
        following = kept[-1] if kept else None
        bare = following is None or (following["type"] == "heading" and
                                     following["level"] <= block.get("level", 0))
        if block["type"] != "heading" or not bare:
            kept.append(block)
    return kept[::-1]


def _text_cell(cell: NotebookNode) -> list[dict]:
    blocks = read_markdown(cell.source)
    if "appendix" in cell.metadata.get("tags", []):
        opening = next((b for b in blocks if b["type"] == "heading" and b["level"] == 1), None)
        if opening:
            opening["appendix"] = True
    first = next((n for n, block in enumerate(blocks) if _has_symbols(block)), len(blocks))
    return blocks[:first] + [block | {"symbols": True} for block in blocks[first:]]


def _has_symbols(block: dict) -> bool:
    return block["type"] == "math" or any("parts" in run for runs in all_runs(block)
                                          for run in runs)


def _records(cell: NotebookNode, number: int) -> Iterator[dict]:
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            raise DossierFailed(f"笔记本第{number}个单元格运行出错（{output.ename}），未生成卷宗。")
        record = output.get("data", {}).get(EXHIBIT_MIME)
        if record is not None:
            yield record


def add_record(document: dict, record: dict, used: set[str]) -> None:
    """Add the record of an exhibit to a document; `DossierFailed` where it is no whole one."""
    kind, key = record.get("kind"), record.get("key", "")
    missing = [name for name in _CONTENT.get(kind, ()) if name not in record]
    if kind not in _CONTENT or missing:
        lacking = "、".join(missing) or "种类"
        raise DossierFailed(f"展示件“{key}”（{kind}）的记录不完整：缺{lacking}。")
    if key in used:
        raise DossierFailed(f"展示件“{key}”重复：每个展示件的键只能用一次。")
    used.add(key)
    content = {"type": kind} | {name: record[name] for name in _CONTENT[kind]}
    content |= {name: record.get(name, none) for name, none in _MORE.get(kind, {}).items()}
    if kind == "cover":
        if document["cover"]:
            raise DossierFailed("笔记本中有两个封面，只能有一个。")
        document["cover"] = _dated(content)
    else:
        place = "front" if record.get("place") == "front" else "body"
        document[place] += (_text(content | {"said": key}) if kind == "text"
                            else [_checked(content)])


def _text(content: dict) -> list[dict]:
    runs, said = [[{"text": text}] for text in content["paragraphs"] if text.strip()], {
        "said": content["said"]}
    if content["bullets"] and runs:
        return [{"type": "list", "ordered": False, "start": 1, "items": runs} | said]
    return [{"type": "paragraph", "runs": paragraph} | said for paragraph in runs]


def _dated(cover: dict) -> dict:
    try:
        right = date.fromisoformat(cover["date"]).isoformat() == cover["date"]
    except ValueError:
        right = False
    if not right:
        raise DossierFailed(f"封面日期“{cover['date']}”应写作 2024-03-01 的形式。")
    return cover


def _checked(exhibit: dict) -> dict:
    if exhibit["type"] == "table":
        width = len(exhibit["fields"])
        if not width or any(len(row) != width for row in exhibit["rows"]):
            raise DossierFailed(f"表“{exhibit['caption']}”有的行与表头列数不符。")
    return exhibit


def _check_letters(document: dict) -> None:
    """Stop at any letter that some font cannot draw (缺字), naming each with its place."""
    faults = dict.fromkeys(
        f"“{letter}”（U+{ord(letter):04X}），见{place}"
        for place, text in _printed(document) for letter in missing_letters(text))
    if faults:
        shown = "；".join(list(faults)[:_SHOWN_FAULTS])
        more = f"；等{len(faults)}处" if len(faults) > _SHOWN_FAULTS else ""
        raise DossierFailed(f"字体缺少以下字符，无法排印：{shown}{more}。请改用通用字。")


def _printed(document: dict) -> Iterator[tuple[str, str]]:
    """Yield every printed text with the place where a reader finds it."""
    cover = document["cover"]
    rows = [text for row in cover["rows"] for text in row]
    texts = [cover[name] for name in ("title", "subtitle", "running_head", "mark", "statement")]
    yield "封面", "".join([*texts, *rows, document["run_says"]])
    for part, place in (("front", "摘要"), ("body", "正文开头"), ("brief", "简报")):
        for block in document[part]:
            if block["type"] == "heading":
                place = f"标题“{block['text']}”"
                yield place, block["text"]
            yield from ((place, plain(runs)) for runs in all_runs(block))
            if block["type"] == "signatures":
                yield block["title"], "".join(block["signers"])
            if block["type"] in NAMES:
                at = f"{block['label']}“{block['caption']}”"
                yield from ((at, text) for text in _exhibit_texts(block))


def _exhibit_texts(block: dict) -> Iterator[str]:
    yield from (block["caption"], block["source"], *block["notes"])
    if block["type"] == "figure":
        yield _drawn_text(block)
        return
    yield block["unit"]
    yield from (field[name] for field in block["fields"] for name in ("label", "group"))
    yield from ("".join(cell["text"] for cell in row) for row in block["rows"])


def _drawn_text(figure: dict) -> str:
    try:
        drawing = ElementTree.fromstring(figure["svg"])
    except ElementTree.ParseError as error:
        raise DossierFailed(f"图“{figure['caption']}”不是有效的 SVG：{error}") from error
    letters = drawing.iter("{http://www.w3.org/2000/svg}text")
    return "".join("".join(text.itertext()) for text in letters)
