"""Further inputs of the kinds that once went wrong in silence or stopped a good county.

Three and more of a kind, each different from the one that was met; what is right follows from
the format's text (ECMA-376), or from what a clerk meant.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from itertools import chain

from corpus.base import (
    AREA,
    CODE,
    CSV,
    FIELD,
    FILE,
    GOOD,
    INDOOR,
    LAST,
    MAIN,
    MONEY,
    NAME,
    PE,
    PUPILS,
    QUALIFIED,
    ROOMS,
    Case,
    as_text,
    at,
    cell_xml,
    column,
    csv_text,
    formatted,
    lines_of,
    one_cell,
    packed,
    rows,
    saved,
    workbook,
    xlsx,
)

FAMILY, BOOK, RELATIONS = "variants", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def cases() -> Iterator[Case]:
    """Return every variant."""
    return chain(_parts(), _formulas(), _escapes(), _radicals(), _accounts(), _zeros(), _merges(),
                 _formats(), _sizes(), _hidden(), _texts(), _names(), _outliers())


def _of(name: str, content: bytes, expected: str, place: tuple = (), file: str = FILE, **more
        ) -> Case:
    return Case(name, FAMILY, {file: content}, expected, place, **more)


def _replaced(part: str, old: bytes, new: bytes) -> bytes:
    def put(content: bytes) -> bytes:
        assert old in content, (part, old)
        return content.replace(old, new)
    return packed(GOOD, {part: put})


def _moved(target: str, name: str) -> bytes:
    """Return the workbook with its sheet under another name and as another target."""
    found = re.search(rb'Target="([^"]*sheet1\.xml)"', _part(RELATIONS))[1]
    moved = packed(GOOD, {RELATIONS: lambda part: part.replace(found, target.encode())},
                   [(name, _part(MAIN))], [MAIN])
    return packed(moved, {"[Content_Types].xml": lambda part: part.replace(
        b"/xl/worksheets/sheet1.xml", f"/{name}".encode())})


def _part(name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(GOOD)).read(name)


def _parts() -> Iterator[Case]:
    for target, name in (("/xl/worksheets/sheet1.xml", "XL/Worksheets/SHEET1.XML"),
                         ("worksheets/Tabelle.xml", "xl/worksheets/tabelle.xml"),
                         ("../xl/./worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
                         ("worksheets/sheet%31.xml", "xl/worksheets/sheet1.xml")):
        yield _of(f"the sheet is {target} and stands as {name}", _moved(target, name), "exact")
    for target in ("worksheets/sheet9.xml", "worksheets/", "../../sheet1.xml"):
        yield _of(f"the sheet is {target} and stands nowhere",
                  _moved(target, "xl/worksheets/sheet1.xml"), "refuse")
    for name, xml in {"drawing": b'<drawing r:id="rId9"/>',
                      "notes": b'<legacyDrawing r:id="rId9"/>',
                      "a picture behind": b'<picture r:id="rId9"/>',
                      "table": b'<tableParts count="1"><tablePart r:id="rId9"/></tableParts>'
                      }.items():
        yield _of(f"a {name} that is not there", _replaced(
            MAIN, b"</worksheet>", xml.replace(
                b"r:id", b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
                         b'relationships" r:id') + b"</worksheet>"), "exact")
    for part in ("xl/theme/theme1.xml", "docProps/core.xml", "docProps/app.xml"):
        yield _of(f"{part} is rubbish", packed(GOOD, {part: lambda _: b"\x00no xml"}), "exact")


def _formulas() -> Iterator[Case]:
    letter = column(ROOMS)
    for name, xml, expected in (
            ("has a blank text", '<c r="{a}"{{s}} t="str"><f>""</f><v></v></c>', "warn"),
            ("has an empty value", '<c r="{a}"{{s}}><f>1+1</f><v></v></c>', "refuse"),
            ("has no value", '<c r="{a}"{{s}}><f>1+1</f></c>', "refuse"),
            ("is an error", '<c r="{a}"{{s}} t="e"><f>1/0</f><v>#DIV/0!</v></c>', "refuse"),
            ("is true", '<c r="{a}"{{s}} t="b"><f>TRUE()</f><v>1</v></c>', "refuse")):
        yield _of(f"a formula {name}", cell_xml(GOOD, f"{letter}3", xml.format(a=f"{letter}3")),
                  expected, at(3, ROOMS), like=None)
    for header in (PE, MONEY, AREA):
        content = GOOD
        for row in range(2, LAST + 1):
            address = f"{column(header)}{row}"
            content = cell_xml(content, address,
                               f'<c r="{address}"{{s}}><f>SUM(B1:B2)</f><v>0</v></c>')
        yield _of(f"all of {header} are formulas of 0", content, "refuse", at(2, header))


def _escapes() -> Iterator[Case]:
    for code in ("_x000A_", "_x0009_", "_x200B_", "_xFEFF_"):
        for said, header, text in (("number", FIELD, "9875"), ("name", NAME, "解放路小学")):
            yield one_cell(FAMILY, f"{code} behind a {said}", 3, header, as_text(text + code),
                           "clean")
    yield one_cell(FAMILY, "a code written as an escape", 3, CODE,
                   as_text("219900000_x0032_"), "exact|clean")


def _radicals() -> Iterator[Case]:
    for row, name in ((3, "解放路⼩学"), (5, "河东镇中⼼小学"), (7, "柳林镇第⼆小学"),
                      (10, "⼤洼⼩学"), (9, "松⼭小学"), (11, "清⽔沟小学")):
        yield one_cell(FAMILY, f"radicals in {name}", row, NAME, name, "clean")


def _accounts() -> Iterator[Case]:
    more = {"小学在校生数": None, "初中在校生数": None}
    for name, row, typed in (
            ("other primary pupils on a primary row", 3, {"小学在校生数": 1100}),
            ("junior pupils on a primary row", 3, {"初中在校生数": 30}),
            ("other junior pupils on a junior row", 13, {"初中在校生数": 900})):
        lines = [line | more | (typed if n == row else {}) for n, line in enumerate(rows(), 2)]
        yield _of(name, xlsx(lines), "refuse", (FILE, None, row, None))
    for name, dropped in (("primary", 15), ("junior", 16)):
        lines = [line | {"小学在校生数": 250 if "九年" in line["办学类型"] else None,
                         "初中在校生数": 500 if "九年" in line["办学类型"] else None}
                 for n, line in enumerate(rows(), 2) if n != dropped]
        yield _of(f"the {name} row of a nine-year school is missing", xlsx(lines), "refuse")


def _zeros() -> Iterator[Case]:
    for header in (AREA, FIELD, MONEY, ROOMS):
        yield one_cell(FAMILY, f"{header} 0 beside pupils", 5, header, 0, "warn|refuse", like=None)
    for number, other in ((3, 4), (6, 8), (12, 13)):
        copied = {h: v for h, v in rows()[other - 2].items() if h not in (CODE, NAME)}
        yield _of(f"the figures of row {other} in row {number}", xlsx(
            [line | copied if n == number else line for n, line in enumerate(rows(), 2)]),
            "warn", like=None)


def _merges() -> Iterator[Case]:
    for name, cells, blank in (
            ("two schools", f"{column(MONEY)}3:{column(MONEY)}4", [(4, MONEY)]),
            ("three schools", f"{column(FIELD)}5:{column(FIELD)}7", [(6, FIELD), (7, FIELD)]),
            ("two quantities", f"{column(AREA)}4:{column(INDOOR)}4", [(4, INDOOR)]),
            ("a block", f"{column(MONEY)}3:{column(ROOMS)}4",
             [(4, MONEY), (3, ROOMS), (4, ROOMS)])):
        book = workbook(rows(dict.fromkeys(blank)))
        book.active.merge_cells(cells)
        yield _of(f"merged over {name}", saved(book), "refuse")
    for far in ("A20:A1048576", "A20:XFD20", "XFC30:XFD900"):
        merge = f'</sheetData><mergeCells count="1"><mergeCell ref="{far}"/></mergeCells>'
        content = _replaced(MAIN, b"</sheetData>", merge.encode())
        yield _of(f"an empty merge {far}", content, "exact")


def _formats() -> Iterator[Case]:
    for header, value, shown in (
            (MONEY, 268.75, '0.00"元"'), (MONEY, 268.75, '#,##0.00"千元"'), (AREA, 6500, '0"亩"'),
            (PUPILS, 1250, '0"班"'), (ROOMS, 30, "0!.0"), (PE, 12, '0"."0'),
            (QUALIFIED, 55, "0\\.0"), (MONEY, 268.75, '0.0,"千"'), (AREA, 6500, '0!.00,"万"'),
            (FIELD, 9875, "0.0%")):
        yield one_cell(FAMILY, f"{header} as {shown}", 3, header, formatted(value, shown), "refuse")
    for header, value, shown in (
            (MONEY, 268.75, '0.00"万元"'), (AREA, 6500, '#,##0"㎡"'), (PUPILS, 1250, '0"人"'),
            (ROOMS, 30, '0"间"'), (AREA, 6500, "_-* #,##0.0_-;_-* -#,##0.0_-"),
            (PUPILS, 1250, "[DBNum1]0"), (PUPILS, 1250, "00000"), (PE, 12, "[Blue]0;[Red]-0")):
        yield one_cell(FAMILY, f"{header} as {shown}", 3, header, formatted(value, shown),
                       "exact|clean|refuse" if "DBNum" in shown else "exact|clean")


def _sizes() -> Iterator[Case]:
    for header, power in ((MONEY, 10**4), (AREA, 10**4), (FIELD, 10**3), (ROOMS, 100), (PE, 200),
                          (QUALIFIED, 30)):
        for name, chosen in (("one school's", {5}), ("everybody's", set(range(2, LAST + 1)))):
            changed = {(n, header): rows()[n - 2][header] * power for n in chosen}
            yield _of(f"{name} {header} {power} times", xlsx(rows(changed)), "refuse")


def _hidden() -> Iterator[Case]:
    for state in ("hidden", "veryHidden"):
        book = workbook(rows())
        book.active.sheet_state = state
        book.create_sheet("说明").append(["请按实填写"])
        yield _of(f"the table of schools is {state}", saved(book), "refuse")
    book = workbook(rows())
    book.create_sheet("旧表").append(["学校", "人数"])
    book["旧表"].sheet_state = "veryHidden"
    yield _of("a sheet of notes is very hidden", saved(book), "exact|clean")


def _texts() -> Iterator[Case]:
    text = csv_text(lines_of(rows()))
    tabbed = text.replace(",", "\t")
    for name, content in {
            "sep=, in capitals": "SEP=,\r\n" + text, "sep= with quotes": '"sep=,"\r\n' + text,
            "sep= a tab": "sep=\t\r\n" + tabbed, "sep=, behind a mark": "\ufeffsep=,\r\n" + text,
            "sep=, and its own commas": f"sep=,{',' * 16}\r\n" + text}.items():
        yield _of(name, content.encode(), "exact|clean", file=CSV)
    for name, codec in (("a mark", "utf-8-sig"), ("GB18030", "gb18030"), ("UTF-16", "utf-16")):
        yield _of(f"sep=; in {name}", ("sep=;\r\n" + text.replace(",", ";")).encode(codec),
                  "exact|clean", file=CSV)
    yield _of("the last line without an end", text.rstrip().encode(), "exact|clean", file=CSV)
    yield _of("carriage returns alone", text.replace("\r\n", "\r").encode(), "exact|clean|refuse",
              file=CSV)


def _names() -> Iterator[Case]:
    for name in ("101中学附属小学", "第4小学", "8一小学", "上海路·育才小学", "师大附小（东校区）",
                 "𠮷林小学", "㙍上小学", "育" * 40 + "小学"):
        drawn = name.replace("𠮷", "〔⿱土口〕")      # as the dossier's fonts can show it
        yield one_cell(FAMILY, f"a school called {name[:9]}", 4, NAME, name, "exact|clean|warn",
                       like=rows({(4, NAME): drawn}))


def _outliers() -> Iterator[Case]:
    for pupils in (3, 6, 11, 25):
        small = rows()[9] | {CODE: "2199000077", NAME: "岭上小学", PUPILS: pupils, QUALIFIED: 2,
                             "县级以上骨干教师数": 0, PE: 1, AREA: 400, FIELD: 900, MONEY: 9,
                             ROOMS: 2}
        yield _of(f"a school of {pupils} pupils", xlsx([*rows(), small]), "exact|warn", like=None)
    for name, given in {"no stage": {"学段": None}, "a stage": {"学段": "小学"},
                        "few pupils": {PUPILS: 4}}.items():
        special = rows()[0] | {CODE: "5199000078", NAME: "启明学校", "办学类型": "特殊教育学校",
                               PUPILS: 63} | given
        yield _of(f"a special school with {name}", xlsx([*rows(), special]), "exact|clean|warn",
                  like=None)
