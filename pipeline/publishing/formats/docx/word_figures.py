"""Figures in Word (图): pixels that every reader shows, and beside them the drawing itself.

Word 2016 and later draw the SVG (``asvg:svgBlip``, MS-ODRAWXML 1.3.3), all others the PNG.
"""

import re
import struct
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

from pipeline.ground.fonts import SANS
from pipeline.publishing.formats.docx.word_text import caption, notes, paragraph
from pipeline.publishing.paper.compiling import compiled

_DOTS_PER_INCH, _EMU_PER_INCH, _EMU_PER_TWIP = 200, 914_400, 635
_PAGE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("{}")\n'
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")  # names a file elsewhere, which a reader may fetch
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_VECTOR = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_VECTOR_URI = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"


def pixels(drawings: list[str]) -> list[bytes]:
    """Return a PNG of every SVG, drawn by Typst in the fonts of the paper."""
    if not drawings:
        return []
    with TemporaryDirectory(prefix="junheng-") as folder:
        root, pages = Path(folder), []
        for number, drawing in enumerate(drawings):
            (root / f"{number}.svg").write_text(drawing, "utf-8")
            pages.append(_PAGE.format(f"{number}.svg"))
        (root / "main.typ").write_text("".join(pages), "utf-8")
        made = compiled(root, "main.typ", format="png", ppi=_DOTS_PER_INCH)
    return made if isinstance(made, list) else [made]


def for_word(drawing: str) -> bytes:
    """Return an SVG that names Word's 黑体 and no file outside."""
    return _DOCTYPE.sub("", drawing).replace(SANS, "黑体").encode()


def figure(block: dict, room: int, height: int) -> str:
    """Return a figure with caption and notes, at its own size or smaller: ``room`` and
    ``height`` are twips."""
    wide, high = _size(block["png"], room * _EMU_PER_TWIP, height * _EMU_PER_TWIP)
    number, alt = block["picture"], quoteattr(block["alt"])
    name = quoteattr(block["label"])
    vector = (f'<a:ext uri="{_VECTOR_URI}"><asvg:svgBlip xmlns:asvg="{_VECTOR}" '
              f'r:embed="svg{number}"/></a:ext>')
    drawn = (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{wide}" cy="{high}"/>'
        f"<wp:docPr id=\"{number}\" name={name} descr={alt} title={name}/>"
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr id=\"{number}\" name={name} descr={alt}/><pic:cNvPicPr/>"
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="png{number}">'
        f"<a:extLst>{vector}</a:extLst></a:blip><a:stretch><a:fillRect/></a:stretch>"
        f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>")
    below = bool(block["source"] or block["notes"])
    return paragraph("JunhengFigure", drawn) + caption(block, keep=below) + notes(block)


def _size(png: bytes, room: int, height: int) -> tuple[int, int]:
    """Return width and height in EMU, from the head of the PNG."""
    dots = struct.unpack(">II", png[16:24])
    wide, high = (count * _EMU_PER_INCH / _DOTS_PER_INCH for count in dots)
    part = min(1, room / wide, height / high)
    return round(wide * part), round(high * part)
