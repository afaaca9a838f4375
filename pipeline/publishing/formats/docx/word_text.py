"""Words in WordprocessingML (文字): runs, paragraphs, fields, bookmarks, headings, lists.

All is made as text and escaped here; the order of properties is the schema's, which Word keeps
to more strictly than other readers do.
"""

import re
from xml.sax.saxutils import escape, quoteattr

from pipeline.publishing.formats.docx.omml_formulas import omml

_ENDLESS = re.compile(r"[!-~]{17}")  # a checksum or an address: one word, to be broken anywhere
_TEXTS = re.compile(r"<w:t [^>]*>([^<]*)")
_BREAKS = {"\n": "<w:br/>", "\t": "<w:tab/>"}


def run(text: str, properties: str = "") -> str:
    """Return a run of letters; ``properties`` are the children of its ``w:rPr``."""
    inside = "".join(
        _BREAKS.get(piece) or f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in re.split(r"([\n\t])", text) if piece)
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inside}</w:r>"


def character_style(name: str) -> str:
    """Return the run property that names a style of letters."""
    return f'<w:rStyle w:val="{name}"/>'


def paragraph(style: str, content: str, *, keep: bool = False, align: str = "",
              number: int = 0, tab: int = 0) -> str:
    """Return a paragraph of a style: kept with the next one, aligned, numbered in list
    ``number``, with a right tab stop at ``tab`` twips. Every one has a ``w:pPr``: see
    `ended_section`."""
    endless = any(map(_ENDLESS.search, _TEXTS.findall(content)))
    properties = "".join((
        f'<w:pStyle w:val="{style}"/>', "<w:keepNext/>" if keep else "",
        f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' if number else "",
        f'<w:tabs><w:tab w:val="right" w:pos="{tab}"/></w:tabs>' if tab else "",
        '<w:wordWrap w:val="0"/>' if endless else "",
        f'<w:jc w:val="{align}"/>' if align else ""))
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def ended_section(blocks: str, section: str) -> str:
    """Return blocks, the last of them a paragraph, that end a section (节). Where that one holds a
    content control LibreOffice would run it together with the next: an empty one ends it."""
    if "<w:sdt>" in blocks.rsplit("<w:pPr>", 1)[1]:
        blocks += paragraph("JunhengHint", "")
    before, after = blocks.rsplit("</w:pPr>", 1)
    return f"{before}{section}</w:pPr>{after}"


def field(instruction: str, shown: str, properties: str = "") -> str:
    """Return a field (域) with what it shows until somebody updates it."""
    inside = run(shown, properties)
    return f"<w:fldSimple w:instr={quoteattr(f' {instruction} ')}>{inside}</w:fldSimple>"


def anchor_name(anchor: int) -> str:
    """Return the name of the bookmark at a heading, a table or a figure."""
    return f"_Ref{anchor:06}"


def bookmarked(anchor: int, content: str) -> str:
    """Return content within its bookmark (书签)."""
    return (f'<w:bookmarkStart w:id="{anchor}" w:name="{anchor_name(anchor)}"/>{content}'
            f'<w:bookmarkEnd w:id="{anchor}"/>')


def running_text(runs: list[dict], anchors: dict[str, int]) -> str:
    """Return the runs of a document's paragraph; ``anchors`` tells where references lead."""
    return "".join(_piece(piece, anchors) for piece in runs)


def _piece(piece: dict, anchors: dict[str, int]) -> str:
    if "parts" in piece:
        return omml(piece)
    if piece.get("blank"):
        return blank(piece["text"])
    style = "Strong" if piece.get("strong") else "JunhengCode" if piece.get("code") else ""
    properties = character_style(style) if style else ""
    if "to" in piece:
        reference = f"REF {anchor_name(anchors[piece['to']])} \\h"
        return field(reference, piece["text"], properties)
    return run(piece["text"], properties)


def blank(text: str) -> str:
    """Return a place for words (待填处): a content control that shows what is to be written there
    until somebody writes."""
    return (f"<w:sdt><w:sdtPr><w:alias w:val={quoteattr(text)}/><w:showingPlcHdr/><w:text/>"
            f"</w:sdtPr><w:sdtContent>{run(text, character_style('JunhengBlank'))}</w:sdtContent>"
            "</w:sdt>")


def heading(block: dict) -> str:
    """Return a heading with the number that the document gave it."""
    title = bookmarked(block["anchor"], run(block["number"] + block["text"]))
    return paragraph(f"Heading{block['level']}", title)


def words(block: dict, anchors: dict[str, int], style: str = "BodyText") -> str:
    """Return a paragraph of text."""
    return paragraph(style, running_text(block["runs"], anchors))


def items(block: dict, anchors: dict[str, int]) -> str:
    """Return a list."""
    style = "ListNumber" if block["ordered"] else "ListBullet"
    return "".join(paragraph(style, running_text(item, anchors), number=block["numbering"])
                   for item in block["items"])


def displayed(block: dict) -> str:
    """Return a formula on a line of its own."""
    return paragraph("JunhengFormula", omml(block, display=True))


def caption(block: dict, keep: bool) -> str:
    """Return the caption (题注) of a table or figure: its name and, in a field, its number, both
    within the bookmark that references show."""
    name, number = re.fullmatch(r"(\D+)(\d+)", block["label"]).groups()
    counted = f"附录{name[0]}" if name.endswith("-") else name  # letters alone: Word counts by it
    label = run(name) + field(f"SEQ {counted} \\* ARABIC", number)
    return paragraph("Caption", bookmarked(block["anchor"], label) + run("　" + block["caption"]),
                     keep=keep)


def notes(block: dict) -> str:
    """Return source and notes; where there are none, the empty line that parts two tables."""
    lines = [f"数据来源：{block['source']}"] if block["source"] else []
    lines += [f"注：{note}" for note in block["notes"]]
    return "".join(paragraph("JunhengNote", run(line) if line else "", keep=n < len(lines))
                   for n, line in enumerate(lines or [""], 1))
