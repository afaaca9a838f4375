"""Tables in WordprocessingML (表): laid out by `paper.table_layout`, heads repeated, rows whole."""

from xml.sax.saxutils import quoteattr

from pipeline.publishing.formats.docx.word_text import (
    caption,
    character_style,
    notes,
    paragraph,
    run,
)

_LONG = 600  # letters of a cell whose row may be parted between pages
_MANY = 15  # rows above which hairlines guide the eye
_FILLS = {"fail": "444444", "short": "D0D0D0"}
_STYLES = {"fail": character_style("JunhengFail"), "unknown": character_style("JunhengUnknown"),
           "total": character_style("Strong")}
_HAIRLINE = ('<w:tblBorders><w:insideH w:val="single" w:sz="2" w:space="0" w:color="BEBEBE"/>'
             "</w:tblBorders>")


def table(block: dict, room: int) -> str:
    """Return caption, unit, table and notes of a table laid out, ``room`` twips wide."""
    widths, half_points = _widths(block["widths"], room), round(2 * block["size"])
    size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    unit = f"单位：{block['unit']}" if block["unit"] else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return "".join((
        caption(block, keep=True), paragraph("JunhengUnit", run(unit)) if unit else "",
        "<w:tbl>", _properties(block, room), f"<w:tblGrid>{grid}</w:tblGrid>",
        _head(block, widths, size), _body(block, widths, size), "</w:tbl>", notes(block)))


def _widths(shares: list[float], room: int) -> list[int]:
    """Return whole twips that add up to the room."""
    ends = [round(room * sum(shares[:n]) / sum(shares)) for n in range(len(shares) + 1)]
    return [end - start for start, end in zip(ends, ends[1:], strict=False)]


def _properties(block: dict, room: int) -> str:
    what = [f"{len(block['rows'])}行{len(block['fields'])}列"]
    what += [f"{name}：{block[key]}" for name, key in (("单位", "unit"), ("数据来源", "source"))
             if block[key]]
    return "".join((
        '<w:tblPr><w:tblStyle w:val="JunhengTable"/>', f'<w:tblW w:w="{room}" w:type="dxa"/>',
        '<w:jc w:val="center"/>', _HAIRLINE if len(block["rows"]) > _MANY else "",
        '<w:tblLayout w:type="fixed"/>', '<w:tblLook w:val="0020" w:firstRow="1"/>',
        f"<w:tblCaption w:val={quoteattr(block['label'] + ' ' + block['caption'])}/>",
        f"<w:tblDescription w:val={quoteattr('；'.join(what))}/></w:tblPr>"))


def _head(block: dict, widths: list[int], size: str) -> str:
    """Return the head rows; under a cell that stands on both, the second has an empty one."""
    first, *more = block["head"]
    if not more:
        cells = [_head_cell(cell, [width], size, rule=6)
                 for cell, width in zip(first, widths, strict=True)]
        return _row("".join(cells), "<w:tblHeader/>")
    upper, lower, place, left = [], [], 0, iter(more[0])
    for cell in first:
        across = widths[place:place + cell["across"]]
        place += cell["across"]
        if cell["above"]:
            upper.append(_head_cell(cell, across, size, rule=4))
            lower += [_head_cell(next(left), [width], size, rule=6) for width in across]
        else:
            upper.append(_head_cell(cell, across, size, merge='<w:vMerge w:val="restart"/>'))
            lower.append(_head_cell(cell | {"text": ""}, across, size, "<w:vMerge/>", rule=6))
    return "".join(_row("".join(cells), "<w:tblHeader/>") for cells in (upper, lower))


def _head_cell(cell: dict, widths: list[int], size: str, merge: str = "", rule: int = 0) -> str:
    span = f'<w:gridSpan w:val="{len(widths)}"/>' if len(widths) > 1 else ""
    line = (f'<w:tcBorders><w:bottom w:val="single" w:sz="{rule}" w:space="0" w:color="auto"/>'
            "</w:tcBorders>") if rule else ""
    text = paragraph("JunhengHead", run(cell["text"], size) if cell["text"] else "",
                     align=cell["align"])
    return _cell(sum(widths), f"{span}{merge}{line}", text)


def _body(block: dict, widths: list[int], size: str) -> str:
    """Return the rows of data: a small table stays on one page, and so do the last two rows of
    any with its notes, the first with the head."""
    rows, aligned = block["rows"], [field["align"] for field in block["fields"]]
    kept = range(len(rows)) if block["together"] else range(max(0, len(rows) - 2), len(rows))
    made = []
    for number, row in enumerate(rows):
        long = any(len(cell["text"]) > _LONG for cell in row)
        cells = (_data_cell(*cell, size, number in kept and not long)
                 for cell in zip(row, widths, aligned, strict=True))
        made.append(_row("".join(cells), whole=not long))
    return "".join(made)


def _data_cell(cell: dict, width: int, align: str, size: str, keep: bool) -> str:
    tone = cell["tone"]
    fill = (f'<w:shd w:val="clear" w:color="auto" w:fill="{_FILLS[tone]}"/>'
            if tone in _FILLS else "")
    content = run(cell["text"], _STYLES.get(tone, "") + size) if cell["text"] else ""
    return _cell(width, fill, paragraph("JunhengCell", content, keep=keep, align=align))


def _cell(width: int, properties: str, content: str) -> str:
    return (f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}'
            f'<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>')


def _row(cells: str, head: str = "", whole: bool = True) -> str:
    return f"<w:tr><w:trPr>{'<w:cantSplit/>' if whole else ''}{head}</w:trPr>{cells}</w:tr>"
