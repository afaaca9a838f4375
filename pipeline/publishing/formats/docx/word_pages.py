"""The pages of a Word file (页): cover, contents, sections upright and turned, heads and feet."""

from xml.sax.saxutils import quoteattr

from pipeline.publishing.formats.docx.word_blocks import anchors_of
from pipeline.publishing.formats.docx.word_figures import figure
from pipeline.publishing.formats.docx.word_tables import table
from pipeline.publishing.formats.docx.word_text import (
    anchor_name,
    character_style,
    displayed,
    ended_section,
    field,
    heading,
    items,
    paragraph,
    run,
    words,
)
from pipeline.publishing.paper.table_layout import sections

NAMESPACES = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in (
    ("w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    ("r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    ("m", "http://schemas.openxmlformats.org/officeDocument/2006/math"),
    ("wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
    ("a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
    ("pic", "http://schemas.openxmlformats.org/drawingml/2006/picture")))
_TWIPS_PER_MM = 1440 / 25.4
_TURNED = {False: "upright", True: "turned"}
# Millimetres after GB/T 9704: the printed area is 156 × 225, turned 225 × 156.
_PAPER = {False: (210, 297), True: (297, 210)}
_MARGINS = {False: {"top": 37, "right": 26, "bottom": 35, "left": 28, "header": 25, "footer": 22},
            True: {"top": 28, "right": 36, "bottom": 26, "left": 36, "header": 18, "footer": 15}}
_HEAD_LETTER = 9 * 20  # twips of a Chinese letter in a header
_COVER_COLUMNS = (30, 70)  # shares of its width
_SIGNING_COLUMNS = (36, 64)  # of the longest name with its seal
_EDITABLE = "本文件可编辑，数字以同一文件夹中的同名 PDF 和结果文件（.json）为准。"
_TOC = r'<w:r><w:instrText xml:space="preserve"> TOC \o "1-2" \h \z \u </w:instrText></w:r>'
_HINT = "如需页码：单击目录，按 F9。"


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS_PER_MM)


def _room(wide: bool) -> int:
    return _twips(_PAPER[wide][0] - _MARGINS[wide]["left"] - _MARGINS[wide]["right"])


def document_part(document: dict) -> str:
    """Return word/document.xml of a document whose blocks are `word_blocks.ready`."""
    anchors = anchors_of(document)
    fronts, bodies = ([(part["wide"], _blocks(part, anchors, style))
                       for part in sections(document[name])]
                      for name, style in (("front", "JunhengSummary"), ("body", "BodyText")))
    if fronts:
        fronts[0] = fronts[0][0], paragraph("TOCHeading", run("摘　要")) + fronts[0][1]
    made = _joined([*fronts, (False, _contents(document))]) + bodies
    last_wide, last = made.pop()
    parts = [ended_section(blocks, section_properties(_TURNED[wide], wide))
             for wide, blocks in made]
    inside = "".join([
        ended_section(cover(document), section_properties("cover", wide=False)), *parts, last,
        section_properties(_TURNED[last_wide], last_wide)])
    return f"<w:document{NAMESPACES}><w:body>{inside}</w:body></w:document>"


def _joined(parts: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Join neighbours of the same direction."""
    made: list[tuple[bool, str]] = []
    for wide, blocks in parts:
        if made and made[-1][0] == wide:
            blocks = made.pop()[1] + blocks
        made.append((wide, blocks))
    return made


def _blocks(part: dict, anchors: dict[str, int], style: str) -> str:
    room, height = _room(part["wide"]), round(0.8 * _room(not part["wide"]))
    of = {"heading": heading, "math": displayed, "paragraph": lambda b: words(b, anchors, style),
          "list": lambda b: items(b, anchors),
          "table": lambda b: table(b, room), "figure": lambda b: figure(b, room, height),
          "signatures": _signatures}
    return "".join(of[block["type"]](block) for block in part["blocks"])


def cover(document: dict) -> str:
    """Return the cover (封面): it says which file the numbers are read from."""
    front, run_says = document["cover"], document["run_says"]
    statements = [front["statement"]] if front["statement"] else []
    statements += [document.get("told", _EDITABLE), *([run_says] if run_says else [])]
    subtitle = run(front["subtitle"]) if front["subtitle"] else ""
    return "".join((
        paragraph("Title", run(front["title"])), paragraph("Subtitle", subtitle),
        _named_rows(front["rows"], _COVER_COLUMNS), paragraph("JunhengSpace", ""),
        *(paragraph("JunhengStatement", run(text)) for text in statements)))


def _named_rows(rows: list[list[str]], shares: tuple[int, int], keep: bool = False) -> str:
    """Return rows of a name and what stands behind it, in shares of the width in percent, on one
    page to ``keep`` together; none without rows."""
    widths = [_room(wide=False) * share // 100 for share in shares]
    made = "".join(
        "<w:tr>" + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
            f"{paragraph(style, run(text), keep=keep)}</w:tc>" for text, style, width in (
                (f"{name}：", "JunhengCoverLabel", widths[0]), (value, "JunhengCover", widths[1]))
        ) + "</w:tr>" for name, value in rows)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
            f"{made}</w:tbl>") if made else ""


def _signatures(block: dict) -> str:
    """Return the lines to sign on (签署), on the page on which the words end if there is room."""
    rows = _named_rows([[name, "＿" * 12] for name in block["signers"]], _SIGNING_COLUMNS, True)
    return (paragraph("JunhengSigning", run(block["title"])) + rows
            + paragraph("JunhengHint", '<w:r><w:br w:type="page"/></w:r>'))


def _contents(document: dict) -> str:
    """Return the contents (目录): a field that shows the headings, each a link, until somebody
    has it updated. Numbers of pages are known to the reader's program alone."""
    listed = [block for block in document["body"]
              if block["type"] == "heading" and block["level"] <= 2]
    links = [f'<w:hyperlink w:anchor="{anchor_name(block["anchor"])}" w:history="1">'
             f"{run(block['number'] + block['text'])}</w:hyperlink>" for block in listed]
    if links:
        links[0] = f"{_mark('begin')}{_TOC}{_mark('separate')}{links[0]}"
        links[-1] += _mark("end")
    lines = "".join(paragraph(f"TOC{block['level']}", link)
                    for block, link in zip(listed, links, strict=True))
    field_of_headings = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>{lines}</w:sdtContent></w:sdt>")
    hint = paragraph("JunhengHint", run(_HINT))  # not in the field, so that it can end a section
    return paragraph("TOCHeading", run("目　录")) + (field_of_headings if links else "") + hint


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def section_properties(kind: str, wide: bool) -> str:
    """Return the properties of a section (节): A4 upright or turned, or the cover. The cover is
    a section and no "first page", of which LibreOffice leaves out fields and styles."""
    references = "".join(
        f'<w:{part}Reference w:type="{side}" r:id="{kind}-{part}-{side}"/>'
        for part in ("header", "footer") for side in ("even", "default"))
    width, height = map(_twips, _PAPER[wide])
    edges = "".join(f' w:{name}="{_twips(size)}"' for name, size in _MARGINS[wide].items())
    return (f'<w:sectPr>{references}<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"'
            f'{" w:orient=" + quoteattr("landscape") if wide else ""}/>'
            f'<w:pgMar{edges} w:gutter="0"/><w:cols w:space="720"/></w:sectPr>')


def _head(front: dict, mark: str, wide: bool) -> str:
    """Return a header: running head and mark in one line, in two where they are too long."""
    room, said = _room(wide), front["running_head"]
    if (len(said + front["mark"]) + 2) * _HEAD_LETTER <= room:
        return paragraph("Header", run(said + "\t") + mark, tab=room)
    return paragraph("JunhengHeadMark", mark) + paragraph("Header", run(said))


def heads_and_feet(document: dict) -> dict[str, tuple[str, str]]:
    """Return name → kind and content of every header and footer (页眉、页脚): numbers of pages
    stand outside, and on the cover there is none."""
    front, run_id = document["cover"], run(document["run_id"], character_style("JunhengRun"))
    mark = run(f" {front['mark']} ", character_style("JunhengMark")) if front["mark"] else ""
    parts = {f"cover-{kind}-{side}": (kind, paragraph(style, content))
             for kind, style, content in (("header", "JunhengCoverHead", mark),
                                          ("footer", "Footer", ""))
             for side in ("even", "default")}
    for wide, turned in _TURNED.items():
        number, head = run("— ") + field("PAGE", "1") + run(" —"), _head(front, mark, wide)
        for side in ("even", "default"):
            ends = [number, run_id] if side == "even" else [run_id, number]
            parts[f"{turned}-header-{side}"] = ("header", head)
            parts[f"{turned}-footer-{side}"] = (
                "footer", paragraph("Footer", run("\t").join(ends), tab=_room(wide)))
    return {name: (kind, f"<w:{tag}{NAMESPACES}>{content}</w:{tag}>")
            for name, (kind, content) in parts.items()
            for tag in ["hdr" if kind == "header" else "ftr"]}
