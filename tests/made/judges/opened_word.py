"""A Word file opened again, by its parts alone: what stands in it, whoever wrote it."""

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree

import pypdf
import pytest
from office import converted, has

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
BREAKS = {f"{W}br": "\n", f"{W}tab": "\t"}


def parts_of(data):
    """Return name → bytes of all parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def opened(data, name="word/document.xml"):
    return ElementTree.fromstring(parts_of(data)[name])


def text(element):
    """Return the letters of a paragraph or cell, formulas left out."""
    return "".join(node.text or "" if node.tag == f"{W}t" else BREAKS.get(node.tag, "")
                   for letters in element.iter(f"{W}r") for node in letters)


def value(element, path):
    """Return the ``w:val`` of what is found below an element, or None."""
    found = element.find(path.replace("w:", W))
    return None if found is None else found.get(f"{W}val")


def tables(body):
    """Return the tables under captions: rows of heads and of data, each the cells' letters."""
    made = []
    for table in body.iter(f"{W}tbl"):
        if table.find(f"{W}tblPr/{W}tblCaption") is None:
            continue
        heads, rows = [], []
        for row in table.iter(f"{W}tr"):
            head = row.find(f"{W}trPr/{W}tblHeader") is not None
            assert not (head and rows), "heads come first"
            (heads if head else rows).append([text(cell) for cell in row.iter(f"{W}tc")])
        made.append({"heads": heads, "rows": rows})
    return made


def styled(body, style):
    """Return the letters of every paragraph of a style."""
    return [text(p) for p in body.iter(f"{W}p") if value(p, "w:pPr/w:pStyle") == style]


def targets(parts, name):
    """Return id → part that the relationships of a part name."""
    folder, file = posixpath.split(name)
    rels = ElementTree.fromstring(parts[f"{folder}/_rels/{file}.rels".lstrip("/")])
    return {rel.get("Id"): posixpath.normpath(posixpath.join(folder, rel.get("Target")))
            for rel in rels}


def named(content):
    """Return every relationship that a part's text asks for."""
    return set(re.findall(r'\br:(?:id|embed)="([^"]+)"', content.decode()))


needs_writer = pytest.mark.skipif(
    not has("libswlo.so"),
    reason="没有 LibreOffice Writer，未核对 Word 文件能否打开、页上的字是否齐全")


def printed(folder, **files):
    """Return name → pages that LibreOffice prints of each Word file, their letters without
    spaces."""
    for name, data in files.items():
        (folder / f"{name}.docx").write_bytes(data)
    converted(folder, "pdf", *(folder / f"{name}.docx" for name in files))
    return {name: ["".join(page.extract_text().split())
                   for page in pypdf.PdfReader(folder / f"{name}.pdf").pages] for name in files}


def words_of(document):
    """Yield every text of a document that a page shows."""
    for block in document["front"] + document["body"]:
        yield from (block[name] for name in ("unit", "source") if name in block)
        yield from block.get("notes", [])
        for runs in [*block.get("items", []), block.get("runs", [])]:
            yield from (run["text"] for run in runs if "text" in run)
        if block["type"] == "heading":
            yield block["number"] + block["text"]
        if "caption" in block:
            yield block["label"] + block["caption"]
        for row in block.get("rows", []):
            yield from (cell["text"] for cell in row)
        for field in block.get("fields", []):
            yield from (field["label"], field["group"])


def lacking(document, pages):
    """Return the texts of a document that its pages lack, heads and feet left out."""
    cover = document["cover"]
    head = "".join((cover["running_head"] + cover["mark"]).split())
    foot = re.compile(rf"—\d+—{re.escape(document['run_id'])}|"
                      rf"{re.escape(document['run_id'])}—\d+—")
    text = "".join(foot.sub("", page.replace(head, "")) for page in pages)
    return [words for words in words_of(document) if "".join(words.split()) not in text]
