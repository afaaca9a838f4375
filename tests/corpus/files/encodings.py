"""Letters and lines: encodings of a csv, its separators, quotes, cut and shifted lines.

Byte order mark first, then strict UTF-8, then strict GB18030, never a replacement; the header
read must hold the required columns; every line has as many fields as the header.
"""

from collections.abc import Callable, Iterator

from corpus.base import (
    AREA,
    CODE,
    CSV,
    FILE,
    HEADERS,
    NAME,
    PE,
    PUPILS,
    ROOMS,
    Case,
    at,
    csv_text,
    lines_of,
    rows,
    xlsx,
)
from tables import csv_bytes

FAMILY = "encodings"
TEXT = csv_text(lines_of(rows()))
LINES = TEXT.split("\r\n")[:-1]
WHOLE_FILE = (CSV, None, None, None)
RARE = rows({(6, NAME): "河西Ömer小学"})     # Ö takes four bytes in GB18030


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _encodings()
    yield from _spoiled()
    yield from _line_ends()
    yield from _separators()
    yield from _quotes()
    yield from _shifted()
    yield from _lengths()


def _csv(name: str, content: bytes | str, expected: str, row: int | None = None, **more) -> Case:
    content = content.encode() if isinstance(content, str) else content
    place = (CSV, "", row, None) if row else WHOLE_FILE
    return Case(name, FAMILY, {CSV: content}, expected, more.pop("place", place), **more)


def _encodings() -> Iterator[Case]:
    for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"):
        yield _csv(f"in {encoding}", TEXT.encode(encoding), "exact|clean")
    yield _csv("in UTF-16 LE with mark", b"\xff\xfe" + TEXT.encode("utf-16-le"), "exact|clean")
    yield _csv("in UTF-16 BE with mark", b"\xfe\xff" + TEXT.encode("utf-16-be"), "exact|clean")
    tabbed = TEXT.replace(",", "\t").encode("utf-16")
    yield _csv("in UTF-16 with tabs, as spreadsheets write", tabbed, "exact|clean|refuse")
    for encoding in ("utf-8", "gb18030", "utf-16"):
        yield _csv(f"a letter of four bytes in {encoding}", csv_bytes(RARE, encoding),
                   "exact|clean", like=RARE)
    yield _csv("GB18030 with mark", b"\x84\x31\x95\x33" + TEXT.encode("gb18030"), "exact|refuse")
    for encoding in ("utf-16-le", "utf-16-be"):
        yield _csv(f"in {encoding} without mark", TEXT.encode(encoding), "refuse|exact")
    for encoding in ("utf-32", "utf-7"):
        yield _csv(f"in {encoding}", TEXT.encode(encoding), "refuse|exact")
    for encoding in ("big5", "shift_jis", "euc_kr", "cp037"):
        yield _csv(f"in {encoding}", TEXT.encode(encoding, "replace"), "refuse")
    traditional = TEXT.replace("学校", "學校").encode("big5hkscs", "replace")
    yield _csv("in Big5 of Hong Kong", traditional, "refuse")


def _line(number: int, change: Callable[[str], bytes | str], encoding: str = "utf-8") -> bytes:
    """Return the csv with one line's bytes changed."""
    lines: list[bytes] = [line.encode(encoding) for line in LINES]
    new = change(LINES[number - 1])
    lines[number - 1] = new if isinstance(new, bytes) else new.encode(encoding)
    return b"\r\n".join([*lines, b""])


def _spoiled() -> Iterator[Case]:
    yield _csv("one line in GBK", _line(5, lambda x: x.encode("gbk")), "refuse", 5)
    yield _csv("one line in UTF-8 amid GBK", _line(5, str.encode, "gbk"), "refuse|warn",
               like=None)
    yield _csv("two files joined", TEXT.encode() + "\r\n".join(LINES[1:]).encode("gbk"), "refuse")
    for name, strange in (("stray byte", b"\xff"), ("euro of Windows", b"\x80"),
                          ("overlong", b"\xc0\xaf"), ("lone surrogate", b"\xed\xa0\x80"),
                          ("half a letter", b"\xe6\xb2")):
        yield _csv(f"{name} in a name", _line(6, lambda x, s=strange: x.encode().replace(
            "河西".encode(), s)), "refuse", 6)
    latin = TEXT.encode().decode("latin-1").encode()
    yield _csv("UTF-8 taken for Latin and written again", latin, "refuse")
    yield _csv("GBK taken for Latin and written again",
               TEXT.encode("gbk").decode("latin-1").encode(), "refuse")
    for name, text in (("replacement letter", "\ufffd\ufffd镇中心小学"),
                       ("锟斤拷", "锟斤拷镇中心小学"),
                       ("烫烫烫", "烫烫烫镇小学"), ("Latin remains", "æ²³è¥¿é•‡å°å­¦"),
                       ("question marks", "????")):
        strict = "refuse" if name == "replacement letter" else "refuse|warn"
        yield _csv(f"{name} in a name", csv_bytes(rows({(6, NAME): text})), strict,
                   like=None, place=at(6, None, CSV))
        yield Case(f"xlsx: {name} in a name", FAMILY, {FILE: xlsx(rows({(6, NAME): text}))},
                   "refuse|warn", at(6, NAME), like=None)
    yield _csv("replacement letter in the header", TEXT.replace("在校生数", "在校生\ufffd", 1),
               "refuse")
    for name, place in (("header", 1), ("figure", 7)):
        yield _csv(f"NUL in a {name}", _line(place, lambda x: x[:-1] + "\0" + x[-1]), "refuse")
    yield _csv("NUL at the end", TEXT + "\0\0\0\0", "refuse")
    yield _csv("end of file letter", TEXT + "\x1a", "refuse|exact|clean")
    yield _csv("two marks", "\ufeff\ufeff" + TEXT, "refuse|exact|clean")
    yield _csv("a mark amid the lines", _line(5, lambda x: "\ufeff" + x), "refuse|clean", 5)
    yield _csv("nothing but a mark", b"\xef\xbb\xbf", "refuse")


def _line_ends() -> Iterator[Case]:
    for name, end in (("LF", "\n"), ("CR", "\r"), ("CRLF", "\r\n"), ("CR CR LF", "\r\r\n")):
        expected = "exact|clean|refuse" if name == "CR CR LF" else "exact"
        yield _csv(f"lines end in {name}", TEXT.replace("\r\n", end), expected)
    yield _csv("lines end differently", TEXT.replace("\r\n", "\n", 7), "exact|clean")
    yield _csv("no end on the last line", TEXT.rstrip("\r\n"), "exact")
    yield _csv("blank lines at the end", TEXT + "\r\n\r\n", "exact|clean")
    yield _csv("blank line amid the lines", _line(7, lambda x: "\r\n" + x), "exact|clean")
    yield _csv("lines of commas at the end", TEXT + ("," * 16 + "\r\n") * 40, "exact|clean")
    yield _csv("NEL between two lines", TEXT.replace("\r\n", "\x85", 3), "refuse|exact")


def _separators() -> Iterator[Case]:
    for name, sign in (("semicolons", ";"), ("tabs", "\t"), ("bars", "|"), ("full-width", "，"),
                       ("blanks", " ")):
        yield _csv(f"separated by {name}", TEXT.replace(",", sign), "refuse|exact|clean")
    yield _csv("one line separated otherwise", _line(5, lambda x: x.replace(",", ";")), "refuse", 5)
    yield _csv("separator announced", "sep=,\r\n" + TEXT, "refuse|exact|clean")
    yield _csv("a comment first", "# 示例县\r\n" + TEXT, "refuse|exact|clean")
    title = "示例县学校情况表" + "," * 16 + "\r\n"
    yield _csv("a title with its commas", title + TEXT, "exact|clean")
    yield _csv("a comma more on every line", TEXT.replace("\r\n", ",\r\n"), "exact|clean")


def _quotes() -> Iterator[Case]:
    quoted = "\r\n".join(",".join(f'"{f}"' for f in line.split(",")) for line in LINES)
    yield _csv("everything quoted", quoted, "exact|clean")
    named = rows({(6, NAME): '河西"镇"小学,东校区'})
    yield _csv("quotes and a comma in a name", csv_bytes(named), "exact|clean", like=named)
    broken = rows({(6, NAME): "河西镇\n中心小学"})
    yield _csv("a line break in a name", csv_bytes(broken), "clean|refuse|exact", like=None)
    yield _csv("thousands, quoted", csv_bytes(rows({(2, PUPILS): "1,280"})), "exact|clean")
    yield _csv("thousands, not quoted", TEXT.replace(",1280,", ",1,280,", 1), "refuse", 2)
    yield _csv("a quote never closed", _line(5, lambda x: x.replace(",河东", ',"河东')), "refuse")
    yield _csv("a quote never closed at the end", TEXT + '"', "refuse")
    yield _csv("a quote amid a field", _line(5, lambda x: x.replace("河东镇", '河东"镇')),
               "refuse|exact|clean", like=rows({(5, NAME): '河东"镇中心小学'}))
    yield _csv("letters behind a quote", _line(5, lambda x: x.replace("河东镇", '"河东"镇')),
               "refuse", 5)


def _cut(fields: list[str], at_place: int) -> list[str]:
    return [*fields[:at_place], *fields[at_place + 1:]]


def _shifted() -> Iterator[Case]:
    for header in (CODE, NAME, PUPILS, AREA, ROOMS):
        place = HEADERS.index(header)
        lost = _line(5, lambda x, n=place: ",".join(_cut(x.split(","), n)))
        yield _csv(f"a field lost: {header}", lost, "refuse", 5)
        if header != ROOMS:
            kept = _line(5, lambda x, n=place: ",".join([*_cut(x.split(","), n), ""]))
            yield _csv(f"a field lost, the count kept: {header}", kept, "refuse", 5)
    yield _csv("a field more", _line(5, lambda x: x + ",1"), "refuse", 5)
    yield _csv("an empty field more", _line(5, lambda x: x + ","), "refuse|clean|exact", 5)
    yield _csv("last line cut", TEXT.rstrip("\r\n")[:-12], "refuse", 16)
    yield _csv("last line cut to one letter", TEXT.rstrip("\r\n").rpartition("\n")[0] + "\n3",
               "refuse", 16)
    yield _csv("two lines run together", TEXT.replace("\r\n", "", 1), "refuse")
    yield _csv("two schools run together", _line(5, lambda x: x + LINES[5]), "refuse", 5)
    yield _csv("a note of one field below", TEXT + "填表人：\r\n", "refuse|exact|clean")


def _lengths() -> Iterator[Case]:
    for name, size in (("200 thousand letters", 200_000), ("two million letters", 2_000_000)):
        lines = rows({(6, NAME): "石" * size})
        yield _csv(f"a name of {name}", csv_bytes(lines), "refuse|warn", like=None)
    wide = TEXT.replace("\r\n", "," * 20_000 + "\r\n")
    yield _csv("twenty thousand empty columns", wide, "refuse|exact|clean|warn")
    yield _csv("a figure of a thousand digits", csv_bytes(rows({(6, PE): "7" * 1_000})), "refuse",
               place=at(6, PE, CSV))
    yield _csv("a figure of a thousand decimals",
               csv_bytes(rows({(6, AREA): "3328." + "0" * 1_000})), "refuse|exact|clean")
