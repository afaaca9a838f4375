"""Text tables (csv): how the bytes are decoded, and how a line falls into fields.

Byte order mark, strict UTF-8, strict GB18030, in this order, and never with replacement.
A line of another encoding inside, or a line with more or fewer fields, is refused with
its number.
"""

import csv
import io
import re

from pipeline.cleaning.files.cells import MOST_ROWS, TEXT, Unreadable, plain_sheet
from pipeline.ground.readiness import no_cycles_sought

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig", "UTF-8（有BOM）"), (b"\xff\xfe", "utf-16", "UTF-16"),
          (b"\xfe\xff", "utf-16", "UTF-16"))
_GUESSES = (("utf-8", "UTF-8"), ("gb18030", "GB18030"))
_SEPARATORS = ",\t;|"
_SEP_LINE = re.compile(r'"?sep=([,;|\t])"?[ \t,;]*(?=\r?\n|\r)', re.IGNORECASE)
_FOOTER = re.compile(r"\s*(?:注|说明|备注|填|制表|审核|复核|(?:单位)?负责人|联系|电话|日期|盖章"
                     r"|[(（]?公章|数据来源|[^,，]{1,12}[:：])")
_HAN = re.compile("[\u4e00-\u9fff]{3}")


@no_cycles_sought()
def read_text(content: bytes, most_rows: int = MOST_ROWS) -> tuple[list[dict], str]:
    """Return the one sheet of a text table, and the encoding it was in."""
    text, encoding = decode(content)
    lines = _fields(text)
    width = next((len(line) for line in lines if len(line) > 1), 1)
    headed, last = False, _last_of_table(lines, width)
    for number, line in enumerate(lines, 1):
        headed = headed or len(line) > 1
        if line and headed and len(line) != width and not (number > last and _is_footer(line)):
            raise Unreadable("file.ragged", f"有 {len(line)} 栏，首行有 {width} 栏", number)
    rows = ((number, ([field, TEXT] if field.strip() else None for field in line))
            for number, line in enumerate(lines, 1))
    return [plain_sheet("", rows, most_rows)], encoding


def is_unended(content: bytes) -> bool:
    """Tell whether the last of several lines has no end (末行没有换行), as where the file was cut.

    >>> is_unended(b"a,b\\n1,20"), is_unended(b"a,b\\n1,2\\r\\n"), is_unended(b"a,b")
    (True, False, False)
    """
    ends = b"\n", b"\r"
    return not content.rstrip(b"\0\x1a").endswith(ends) and any(end in content for end in ends)


def _last_of_table(lines: list[list[str]], width: int) -> int:
    """Return the number of the last line that has as many fields as the table, and a figure."""
    return max((number for number, line in enumerate(lines, 1) if len(line) == width), default=0)


def _is_footer(line: list[str]) -> bool:
    """Tell whether a line under the table says who filled it in, or is a note to it."""
    first = next((field for field in line if field.strip()), "")
    return bool(_FOOTER.match(first)) or not first


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding; `Unreadable` with the line otherwise.

    >>> decode("县名".encode("utf-16"))[1], decode("县名".encode("gb18030"))[1]
    ('UTF-16', 'GB18030')
    """
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content, codec), name
    if b"\x00" in content:
        line = content[:content.index(b"\x00")].count(b"\n") + 1
        raise Unreadable("file.encoding", "含空字符，可能是没有标记的 UTF-16", line)
    furthest = 0
    for codec, name in _GUESSES:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
            continue
        if codec == "gb18030":
            _refuse_mixture(content)
        return text, name
    line = content[:furthest].count(b"\n") + 1
    raise Unreadable("file.encoding", f"第{furthest + 1}个字节既不是 UTF-8 也不是 GB18030", line)


def _strictly(content: bytes, codec: str) -> str:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        line = content[:error.start].count(b"\n") + 1
        raise Unreadable("file.encoding", f"第{error.start + 1}个字节不合其编码", line) from error
    if "\x00" in text:
        line = text[:text.index("\x00")].count("\n") + 1
        raise Unreadable("file.encoding", "含空字符", line)
    return text


def _refuse_mixture(content: bytes) -> None:
    """Refuse a GB18030 text with a line that is plainly UTF-8: two files were joined."""
    for number, line in enumerate(content.split(b"\n"), 1):
        try:
            mixed = _HAN.search(line.decode("utf-8"))
        except UnicodeDecodeError:
            continue
        if mixed:
            raise Unreadable("file.encoding", "该行是 UTF-8，其余是 GB18030", number)


def _fields(text: str) -> list[list[str]]:
    """Split into fields by the separator under which every line has as many.

    Where no separator does, the comma's reading is returned, and its uneven line refused.
    """
    told = _SEP_LINE.match(text)  # a line that Excel itself writes and reads
    if told:
        text = text[told.end():]
    readings = []
    for separator in told[1] if told else _SEPARATORS:
        readings.append(_parsed(text, separator))
        lines = readings[-1][0]
        widths = {len(line) for line in lines or () if line}
        if len(widths) == 1 and widths != {1}:
            return lines
    lines, reached = readings[0]
    if lines is None:
        raise Unreadable("file.ragged", "引号没有成对，或单个栏目过长", reached)
    uneven = [other for other, _ in readings if other and any(len(line) > 1 for line in other)]
    return uneven[0] if uneven else lines


def _parsed(text: str, separator: str) -> tuple[list[list[str]] | None, int]:
    """Return the lines, or None with the number of the line that spoils the reading."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader), reader.line_num
    except csv.Error:
        return None, reader.line_num
