"""Units: the header's unit is the unit; nothing is converted silently.

万元, 元 and 千元; 亩 (10000/15 ㎡), 公顷 and ㎡; a header that contradicts its figures, one
cell in another unit, a unit in the cell, a number shown on another scale.
"""

from collections.abc import Iterator
from decimal import Decimal

from corpus.base import (
    AREA,
    BASE,
    FIELD,
    FILE,
    HEADERS,
    INDOOR,
    MONEY,
    PE,
    QUALIFIED,
    ROOMS,
    SHEET,
    Case,
    as_text,
    at,
    column,
    formatted,
    grid,
    lines_of,
    one_cell,
    rows,
    saved,
    xlsx,
)
from tables import renamed, workbook

FAMILY = "units"
MU = Decimal(3) / 2_000      # 亩 per ㎡
GOOD_FITNESS = "体质健康优良率(%)"


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _stated()
    yield from _spelled()
    yield from _not_stated()
    yield from _contradicted()
    yield from _one_cell_in_another_unit()
    yield from _unit_in_the_cell()
    yield from _scales()
    yield from _percentages()


def _scaled(header: str, factor: Decimal, name: str) -> list[dict]:
    """Return the county with one column written in another unit, under another name."""
    return [renamed(row | {header: float(Decimal(str(row[header])) * factor)}, header, name)
            for row in rows()]


def _stated() -> Iterator[Case]:
    """The same things in another unit, said in the header, are the same figures."""
    for header, name, factor in (
            (MONEY, "教学仪器设备值(元)", Decimal(10_000)),
            (MONEY, "教学仪器设备值（元）", Decimal(10_000)),
            (MONEY, "教学仪器设备值(千元)", Decimal(10)),
            (MONEY, "教学仪器设备值(单位:元)", Decimal(10_000)),
            (MONEY, "教学仪器设备值（单位：千元）", Decimal(10)),
            (FIELD, "运动场地面积(亩)", MU),
            (FIELD, "运动场地面积（单位：亩）", MU),
            (FIELD, "运动场地面积(公顷)", Decimal("0.0001")),
            (AREA, "教学及辅助用房面积(亩)", MU)):
        yield Case(f"{name} converted", FAMILY, {FILE: xlsx(_scaled(header, factor, name))},
                   "exact")


def _spelled() -> Iterator[Case]:
    for name in ("平方米", "m2", "M2", "m²", "M²", "㎡ ", "平方米 "):
        for opening, closing in ("()", "（）"):
            lines = rows()
            for header in (AREA, INDOOR, FIELD):
                new = header.replace("(㎡)", f"{opening}{name}{closing}")
                lines = [renamed(row, header, new) for row in lines]
            yield Case(f"areas in {opening}{name}{closing}", FAMILY, {FILE: xlsx(lines)},
                       "exact")
    lines = [renamed(row, MONEY, "教学仪器设备值（单位: 万元）") for row in rows()]
    yield Case("money with blanks before its unit", FAMILY, {FILE: xlsx(lines)}, "exact")


def _not_stated() -> Iterator[Case]:
    for name in ("教学仪器设备值", "教学仪器设备值()", "教学仪器设备资产值"):
        yield Case(f"no unit: {name}", FAMILY, {FILE: xlsx(_scaled(MONEY, Decimal(1), name))},
                   "refuse", at(1))
    note = ["单位：人、㎡、万元"] + [None] * (len(HEADERS) - 1)
    lines = lines_of(_scaled(MONEY, Decimal(1), "教学仪器设备值"))
    yield Case("the unit stands in a line above the header", FAMILY,
               {FILE: saved(grid([note, *lines]))}, "exact|refuse")
    units = [None] * 7 + ["人"] * 5 + ["㎡"] * 3 + ["万元", "间"]
    yield Case("the unit stands in a line under the header", FAMILY,
               {FILE: saved(grid([lines[0], units, *lines[1:]]))}, "exact|refuse")
    plain = lines_of(rows())
    yield Case("a line of units that repeats the header's", FAMILY,
               {FILE: saved(grid([plain[0], units, *plain[1:]]))}, "exact")


def _contradicted() -> Iterator[Case]:
    """A column whose size cannot be what its header says."""
    one = Decimal(1)
    for header, factor, name, expected in (
            (MONEY, one, "教学仪器设备值(元)", "refuse"),
            (MONEY, Decimal(10_000), MONEY, "refuse"),
            (MONEY, one, "教学仪器设备值(㎡)", "refuse"),
            (MONEY, one, "教学仪器设备值(元)(万元)", "refuse"),
            (MONEY, one, "教学仪器设备值(元/万元)", "refuse"),
            (MONEY, one, "教学仪器设备值(美元)", "refuse"),
            (AREA, one, "教学及辅助用房面积(万元)", "refuse"),
            (AREA, one, "教学及辅助用房面积(间)", "refuse"),
            (FIELD, one, "运动场地面积(人)", "refuse"),
            (FIELD, MU, FIELD, "refuse|warn"),
            (FIELD, one, "运动场地面积(亩)", "refuse|warn"),
            (AREA, MU, AREA, "refuse|warn"),
            (AREA, one, "教学及辅助用房面积(亩)", "refuse|warn"),
            (AREA, Decimal("0.0001"), AREA, "refuse|warn"),
            (QUALIFIED, one, "高于规定学历教师数(%)", "refuse"),
            (ROOMS, one, "网络多媒体教室数(㎡)", "refuse")):
        yield Case(f"{name} with figures times {factor}", FAMILY,
                   {FILE: xlsx(_scaled(header, factor, name))}, expected,
                   at(None, header if "值(元" not in name or name.endswith("值(元)") else None),
                   like=None)
    units = [None] * 7 + ["人"] * 5 + ["㎡"] * 3 + ["元", "间"]
    lines = lines_of(rows())
    yield Case("a line of units that contradicts the header", FAMILY,
               {FILE: saved(grid([lines[0], units, *lines[1:]]))}, "refuse")


def _one_cell_in_another_unit() -> Iterator[Case]:
    for name, row, header, factor, expected in (
            ("yuan among ten thousands", 5, MONEY, 10_000, "refuse"),
            ("thousands among ten thousands", 5, MONEY, 10, "warn"),
            ("mu among square metres", 6, FIELD, MU, "refuse"),
            ("mu among square metres of rooms", 6, AREA, MU, "refuse"),
            ("hectares among square metres", 7, FIELD, Decimal("0.0001"), "refuse"),
            ("a misplaced point", 8, AREA, Decimal("0.1"), "warn"),
            ("a lost point", 3, MONEY, 100, "refuse")):
        value = float(Decimal(str(BASE[row - 2][header])) * factor)
        yield one_cell(FAMILY, name, row, header, value, expected, like=None)
    lines = _scaled(MONEY, Decimal(10_000), "教学仪器设备值(元)")
    lines[3]["教学仪器设备值(元)"] = 183.2
    yield Case("ten thousands among yuan", FAMILY, {FILE: xlsx(lines)}, "refuse", at(5, MONEY))


def _unit_in_the_cell() -> Iterator[Case]:
    for row, header, text, expected in (
            (5, MONEY, "183.2万元", "clean"), (5, MONEY, "1832000元", "refuse"),
            (5, MONEY, "183.2千元", "refuse"), (5, FIELD, "6400㎡", "clean"),
            (5, FIELD, "6400 平方米", "clean"), (5, FIELD, "6400m2", "clean"),
            (5, FIELD, "9.6亩", "refuse"), (5, FIELD, "6400米", "refuse"),
            (5, PE, "8人", "clean"), (5, PE, "8名", "clean"), (5, PE, "8间", "refuse"),
            (5, ROOMS, "20间", "clean"), (5, ROOMS, "20个", "clean|refuse"),
            (5, ROOMS, "20台", "refuse"), (5, MONEY, "￥183.2", "clean|refuse")):
        yield one_cell(FAMILY, f"{text} under {header}", row, header, as_text(text), expected)


def _scales() -> Iterator[Case]:
    """A number shown on another scale says two things at once."""
    for name, header, factor, number_format in (
            ("yuan shown as ten thousands", MONEY, 10_000, "0!.0000"),
            ("yuan shown as thousands", MONEY, 10_000, "#,##0,"),
            ("areas shown as thousands", AREA, 1_000, "0.0,")):
        book = workbook(rows())
        for row, known in enumerate(BASE, 2):
            formatted(known[header] * factor, number_format)(book.active[f"{column(header)}{row}"])
        yield Case(name, FAMILY, {FILE: saved(book)}, "refuse|warn", at(None, header), like=None)
    yield one_cell(FAMILY, "one cell shown as thousands", 5, AREA,
                   formatted(4_240_000, "0.0,"), "refuse|warn", like=None)
    yield one_cell(FAMILY, "the unit in the format", 5, MONEY, formatted(183.2, '0.0"万元"'),
                   "exact")


def _percentages() -> Iterator[Case]:
    def county(value: object, number_format: str = "General") -> bytes:
        book = workbook([row | {GOOD_FITNESS: None} for row in rows()])
        for row in range(2, len(BASE) + 2):
            formatted(value, number_format)(book.active.cell(row, len(HEADERS) + 1))
        return saved(book)
    place = (FILE, SHEET, None, "R")
    known = [row | {GOOD_FITNESS: 52} for row in rows()]
    for name, value, expected in (("written as such", "52%", "exact|clean"),
                                  ("without the sign", 52, "exact")):
        yield Case(f"percentages {name}", FAMILY, {FILE: county(value)}, expected, like=known)
    yield Case("ratios in a column of percentages", FAMILY, {FILE: county(0.52)}, "refuse|warn",
               place, like=None)
    yield Case("ratios shown as percentages", FAMILY, {FILE: county(0.52, "0%")},
               "refuse|warn|clean", place, like=known)
    yield Case("percentages above a hundred", FAMILY, {FILE: county(5_200)}, "refuse", place)
