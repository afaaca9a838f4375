"""The blocks of a document made ready for Word (备块): what has a number of its own in the file
gets it here, once, so that all that writes them writes each from itself alone."""

from itertools import count

from pipeline.publishing.formats.docx.word_figures import pixels
from pipeline.publishing.paper.table_layout import prepare_table

_ANCHORED = ("heading", "table", "figure")
_BULLETS, _FIRST_NUMBERED = 1, 2  # ids of lists
_PARTS = ("front", "body")
# The mark of a list is a Latin letter: in 仿宋 the bullet is a dot that one hardly sees.
_MARKS = ('<w:rPr><w:rFonts w:hint="default" w:ascii="Times New Roman" w:hAnsi="Times New Roman" '
          'w:cs="Times New Roman"/></w:rPr>')


def ready(document: dict) -> dict:
    """Return the document with its tables laid out and figures drawn; the one given stays as it is.

    A heading, table or figure gets its ``anchor``, a figure its ``picture`` and ``png``, a list
    the ``numbering`` it belongs to.
    """
    drawings = [b["svg"] for part in _PARTS for b in document[part] if b["type"] == "figure"]
    pictures = iter(enumerate(pixels(drawings), 1))
    anchors, lists = count(1), count(_FIRST_NUMBERED)

    def made(block: dict) -> dict:
        kind, more = block["type"], {}
        if kind in _ANCHORED:
            more["anchor"] = next(anchors)
        if kind == "list":
            more["numbering"] = next(lists) if block["ordered"] else _BULLETS
        if kind == "figure":
            more["picture"], more["png"] = next(pictures)
        return (prepare_table(block) if kind == "table" else block) | more

    return document | {part: [made(block) for block in document[part]] for part in _PARTS}


def all_blocks(document: dict) -> list[dict]:
    """Return the blocks of all parts, in order of print."""
    return [block for part in _PARTS for block in document[part]]


def anchors_of(document: dict) -> dict[str, int]:
    """Return key → anchor of every table and figure that text may refer to."""
    return {block["key"]: block["anchor"] for block in all_blocks(document) if "key" in block}


def numbering_part(document: dict, namespaces: str) -> str:
    """Return word/numbering.xml: one list of bullets, and a numbered one for each that counts."""
    numbered = [b for b in all_blocks(document) if b["type"] == "list" and b["ordered"]]
    lists = f'<w:num w:numId="{_BULLETS}"><w:abstractNumId w:val="0"/></w:num>' + "".join(
        f'<w:num w:numId="{block["numbering"]}"><w:abstractNumId w:val="1"/>'
        f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{block["start"]}"/></w:lvlOverride>'
        "</w:num>" for block in numbered)
    return (f"<w:numbering{namespaces}>{_kind(0, 'bullet', '•')}{_kind(1, 'decimal', '%1.')}"
            f"{lists}</w:numbering>")


def _kind(number: int, form: str, text: str) -> str:
    return (f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/>'
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="980" w:hanging="420"/></w:pPr>{_MARKS}</w:lvl>'
            "</w:abstractNum>")
