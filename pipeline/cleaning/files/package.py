"""The package that a workbook is (工作簿包): its parts, the relations between them, its lists.

An .xlsx is a zip of parts that point at each other (ECMA-376 part 2). Part names ignore case,
some writers use backslashes, the strict form has other namespaces, and a part may stand
anywhere. What the workbook lists is read from here, so that nothing that was listed can get
lost; parts without data (drawings, notes, themes, printer settings) are never opened.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote
from xml.etree import ElementTree

from pipeline.cleaning.files.cells import Unreadable
from pipeline.cleaning.files.number_formats import built_in_format

_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.:-]+)[\"'][^>]*\?>")
_CODECS = {"utf-8": "", "utf8": "", "us-ascii": "", "ascii": "", "gb2312": "gb18030",
           "gbk": "gb18030", "gb18030": "gb18030", "iso-8859-1": "latin-1",
           "windows-1252": "cp1252"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true", "on")
_WHITE = ("1", "9")  # of the indexed colours (18.8.27)


def part_name(name: str) -> str:
    """Return the name under which a part is known: as OPC compares names.

    >>> part_name("xl\\\\Worksheets\\\\Sheet1.xml") == part_name("/xl/worksheets/sheet1.xml")
    True
    """
    return posixpath.normpath(unquote(name).replace("\\", "/")).lstrip("/").casefold()


def unescaped(text: str) -> str:
    """Return a text without the escapes of OOXML (22.9.2.19): ``_x000D_`` is a line break.

    >>> unescaped("示例_x000D_"), unescaped("_x005F_x000D_")
    ('示例\\r', '_x000D_')
    """
    if "_x" not in text:
        return text
    letters = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return letters.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def local(tag: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return tag.rpartition("}")[2]


def switched_on(element: ElementTree.Element, name: str) -> bool:
    """Tell whether an attribute says yes."""
    return element.get(name, "").lower() in _TRUE


def rich_text(element: ElementTree.Element) -> str:
    """Return the text of ``si`` or ``is``: of its runs, without the reading aids (拼音).

    R's openxlsx 4.2.5 writes the markup of a text with blanks at its ends into the text.
    """
    pieces = []
    for child in element:
        if local(child.tag) == "t":
            pieces.append(child.text or "")
        elif local(child.tag) == "r":
            pieces += [run.text or "" for run in child if local(run.tag) == "t"]
    return unescaped("".join(pieces).removeprefix('xml:space="preserve">'))


@dataclass(frozen=True)
class ListedSheet:
    """A sheet as the workbook lists it: its name, whether it is shown, its kind and its part."""

    name: str
    hidden: bool
    kind: str
    part: str


class Package:
    """An examined workbook, part by part."""

    def __init__(self, content: bytes):
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._members = {part_name(name): name for name in self._archive.namelist()}

    def has(self, part: str) -> bool:
        """Tell whether there is such a part."""
        return part in self._members

    def read(self, part: str) -> bytes:
        """Return a part of markup as UTF-8; `Unreadable` where it is missing or in another code."""
        if part not in self._members or not part.endswith((".xml", ".rels")):
            raise Unreadable("file.unreadable", f"工作簿内没有部件 {part}")
        content = self._archive.read(self._members[part])
        declared = _DECLARED.match(content)
        encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
        if encoding not in _CODECS:
            raise Unreadable("file.unreadable", f"工作簿部件 {part} 的编码 {encoding} 不能识别")
        if not _CODECS[encoding]:
            return content
        try:
            return content[declared.end():].decode(_CODECS[encoding]).encode()
        except UnicodeDecodeError as error:
            raise spoiled(part) from error

    def elements(self, part: str) -> Iterator[ElementTree.Element]:
        """Yield every element of a part, at its end."""
        try:
            for _, element in ElementTree.iterparse(io.BytesIO(self.read(part))):
                yield element
        except ElementTree.ParseError as error:
            raise spoiled(part) from error

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return id → (kind, part) for what a part points at inside the package.

        The kind is the last word of its type, which the strict form has in common.
        """
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(listed):
            return {}
        found: dict[str, tuple[str, str]] = {}
        for element in self.elements(listed):
            if local(element.tag) != "Relationship" or element.get("TargetMode") == "External":
                continue
            if element.get("Id", "") in found:
                raise Unreadable("file.suspicious", f"部件 {part} 有两个同名的关系")
            target = posixpath.join("/", folder, element.get("Target", "").replace("\\", "/"))
            kind = element.get("Type", "").rpartition("/")[2]
            found[element.get("Id", "")] = kind, part_name(target)
        return found

    @cached_property
    def workbook(self) -> str:
        """Return the name of the workbook's own part."""
        main = next((part for kind, part in self.relations("").values()
                     if kind == "officeDocument"), "xl/workbook.xml")
        if not self.has(main):
            raise Unreadable("file.unreadable", "压缩包已损坏，或其中没有工作簿")
        return main

    @cached_property
    def _related(self) -> dict[str, tuple[str, str]]:
        return self.relations(self.workbook)

    def _of_kind(self, kind: str) -> Iterator[ElementTree.Element]:
        """Yield the elements of the workbook's part of a kind; nothing where there is none."""
        part = next((part for known, part in self._related.values() if known == kind), "")
        return self.elements(part) if self.has(part) else iter(())

    @cached_property
    def _book(self) -> dict[str, list[ElementTree.Element]]:
        found: dict[str, list[ElementTree.Element]] = {}
        for element in self.elements(self.workbook):
            found.setdefault(local(element.tag), []).append(element)
        return found

    @property
    def sheets(self) -> list[ListedSheet]:
        """Return every sheet that the workbook lists, in its order."""
        found = []
        for element in self._book.get("sheet", ()):
            own = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            found.append(ListedSheet(unescaped(element.get("name", "")),
                                     element.get("state", "visible") != "visible",
                                     *self._related.get(own, ("", ""))))
        return found

    @property
    def uncalculated(self) -> bool:
        """Tell whether its writer asks for a calculation on opening: stored results are none."""
        return any(switched_on(e, "fullCalcOnLoad") for e in self._book.get("calcPr", ()))

    @property
    def from_1904(self) -> bool:
        """Tell whether days are counted from 1904."""
        return any(switched_on(e, "date1904") for e in self._book.get("workbookPr", ()))

    def texts(self) -> list[str]:
        """Return the shared texts (共享字符串)."""
        return [rich_text(e) for e in self._of_kind("sharedStrings") if local(e.tag) == "si"]

    def formats(self) -> list[str | None]:
        """Return the number format of each cell style; None where nobody knows it."""
        own: dict[int, str] = {}
        numbers: list[int] = []
        for element in self._of_kind("styles"):
            if local(element.tag) == "numFmts":
                own = {_number(f.get("numFmtId")): unescaped(f.get("formatCode", ""))
                       for f in element}
            elif local(element.tag) == "cellXfs":
                numbers = [_number(xf.get("numFmtId")) for xf in element if local(xf.tag) == "xf"]
        return [own.get(n, built_in_format(n)) for n in numbers]

    def struck_styles(self) -> frozenset[int]:
        """Return the cell styles whose font is struck out (删除线)."""
        return self._styles(lambda font, fill: font is not None and _is_struck(font))

    def white_styles(self) -> frozenset[int]:
        """Return the cell styles that print white on white (白色字), which nobody sees."""
        return self._styles(lambda font, fill: font is not None and _is_white(font)
                            and not _is_filled(fill))

    def _styles(self, told: Callable) -> frozenset[int]:
        """Return the cell styles of which a test of font and fill holds."""
        parts = {local(element.tag): [*element] for element in self._of_kind("styles")
                 if local(element.tag) in ("fonts", "fills", "cellXfs")}
        fonts, fills = (dict(enumerate(parts.get(name, ()))) for name in ("fonts", "fills"))
        styles = [xf for xf in parts.get("cellXfs", ()) if local(xf.tag) == "xf"]
        return frozenset(n for n, xf in enumerate(styles) if told(
            fonts.get(_number(xf.get("fontId"))), fills.get(_number(xf.get("fillId")))))


def _is_white(part: ElementTree.Element) -> bool:
    """Tell whether a font's or a pattern's first colour is white, by value or as the paper's."""
    for colour in part:
        if local(colour.tag) in ("color", "fgColor"):
            return (colour.get("rgb", "").upper().endswith("FFFFFF")
                    or (colour.get("theme") == "0" and not float(colour.get("tint") or 0))
                    or colour.get("indexed") in _WHITE)
    return False


def _is_filled(fill: ElementTree.Element | None) -> bool:
    patterns = [] if fill is None else [*fill]
    return any(local(part.tag) != "patternFill" or (
        part.get("patternType", "none") != "none" and not _is_white(part)) for part in patterns)


def _is_struck(font: ElementTree.Element) -> bool:
    return any(local(part.tag) == "strike" and part.get("val", "1").lower() in _TRUE
               for part in font)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def spoiled(part: str) -> Unreadable:
    """Return the fault of a part that is no sound markup."""
    return Unreadable("file.unreadable", f"工作簿已损坏或不完整（部件 {part}）")
