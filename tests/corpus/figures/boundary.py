"""Edges: exactly at a limit, one unit on either side, and counties too small to compare.

Limits are those of 教督〔2017〕6号: a level met at the number itself, its floor at 85 % of it, a
difference coefficient met at 0.50 and 0.45; and those of the checks themselves.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from corpus.base import (
    AREA,
    BACKBONE,
    BASE,
    CODE,
    CSV,
    FIELD,
    FILE,
    GOOD,
    INDOOR,
    MAIN,
    MONEY,
    PE,
    PUPILS,
    QUALIFIED,
    ROOMS,
    SHEET,
    Case,
    at,
    one_cell,
    packed,
    rows,
    xlsx,
)
from tables import csv_bytes, school, table

FAMILY = "boundary"
OF = {"R1": QUALIFIED, "R2": BACKBONE, "R3": PE, "R4": AREA, "R5": FIELD, "R6": MONEY, "R7": ROOMS}

# of a school of 1000 pupils (2000 where the floor is no whole number of people), no indoor rooms
LEVELS = table("""
    stage   | indicator | pupils | met  | floor   | last floor | below
    primary | R1        | 1000   | 42   | 41      | 36         | 35
    primary | R2        | 2000   | 20   | 19      | 17         | 16
    primary | R3        | 1000   | 9    | 8       | 8          | 7
    primary | R4        | 1000   | 4500 | 4499.99 | 3825       | 3824.99
    primary | R5        | 1000   | 7500 | 7499.99 | 6375       | 6374.99
    primary | R6        | 1000   | 200  | 199.999 | 170        | 169.999
    primary | R7        | 1000   | 23   | 22      | 20         | 19
    junior  | R1        | 1000   | 53   | 52      | 46         | 45
    junior  | R2        | 2000   | 20   | 19      | 17         | 16
    junior  | R3        | 1000   | 9    | 8       | 8          | 7
    junior  | R4        | 1000   | 5800 | 5799.99 | 4930       | 4929.99
    junior  | R5        | 1000   | 10200 | 10199.99 | 8670     | 8669.99
    junior  | R6        | 1000   | 250  | 249.999 | 212.5      | 212.499
    junior  | R7        | 1000   | 24   | 23      | 21         | 20
""")
SPREADS = table("""
    kind     | stage   | header | low  | high    | status
    小学     | primary | R4     | 3000 | 9000    | met
    小学     | primary | R4     | 3000 | 9000.01 | not_met
    小学     | primary | R4     | 3000 | 8999.99 | met
    小学     | primary | R6     | 150  | 450     | met
    小学     | primary | R6     | 150  | 450.0001 | not_met
    小学     | primary | R7     | 9    | 27      | met
    小学     | primary | R7     | 9    | 28      | not_met
    初级中学 | junior  | R4     | 2750 | 7250    | met
    初级中学 | junior  | R4     | 2750 | 7250.01 | not_met
    初级中学 | junior  | R5     | 5500 | 14500   | met
    初级中学 | junior  | R5     | 5500 | 14500.1 | not_met
    初级中学 | junior  | R7     | 11   | 29      | met
    初级中学 | junior  | R7     | 11   | 30      | not_met
""")


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _levels()
    yield from _six_of_seven()
    yield from _spreads()
    yield from _sizes()
    yield from _percentages()
    yield from _bands()
    yield from _small_counties()
    yield from _file_limits()


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def _levels() -> Iterator[Case]:
    for drawn in LEVELS:
        row = 4 if drawn["stage"] == "primary" else 13
        code, indicator = BASE[row - 2][CODE], drawn["indicator"]
        for edge in ("met", "floor", "last floor", "below"):
            lines = rows({(row, PUPILS): int(drawn["pupils"]), (row, INDOOR): 0,
                          (row, OF[indicator]): _number(drawn[edge])})
            says = {("indicators", code, indicator): edge.removeprefix("last ")}
            yield Case(f"{drawn['stage']} {indicator} {edge}: {drawn[edge]}", FAMILY,
                       {FILE: xlsx(lines)}, "exact", like=None, says=says)
        lines = rows({(row, PUPILS): int(drawn["pupils"]), (row, INDOOR): 0,
                      (row, OF[indicator]): drawn["met"] + " "})
        yield Case(f"{drawn['stage']} {indicator} met, as text in a csv", FAMILY,
                   {CSV: csv_bytes(lines)}, "exact|clean", like=None,
                   says={("indicators", code, indicator): "met"})


def _six_of_seven() -> Iterator[Case]:
    """At most one short, and that one not below 85 % of the requirement."""
    whole = {QUALIFIED: 60, BACKBONE: 12, PE: 12, AREA: 5_000, INDOOR: 0, FIELD: 8_000,
             MONEY: 220, ROOMS: 30}
    for name, changes, status in (
            ("all met", {}, "met"), ("one at its floor", {AREA: 3_825}, "met"),
            ("one below its floor", {AREA: 3_824.99}, "not_met"),
            ("two short by little", {AREA: 4_499.99, FIELD: 7_499.99}, "not_met"),
            ("one not stated", {AREA: None}, "undetermined"),
            ("one not stated, one at its floor", {AREA: None, FIELD: 6_375}, "undetermined"),
            ("one not stated, one below", {AREA: None, FIELD: 6_374.99}, "not_met")):
        lines = rows({(4, header): value for header, value in (whole | changes).items()})
        yield Case(f"six of seven: {name}", FAMILY, {FILE: xlsx(lines)},
                   "warn" if None in changes.values() else "exact", like=None,
                   says={("compliance", BASE[2][CODE], ""): status})


def _spreads() -> Iterator[Case]:
    for drawn in SPREADS:
        header = OF[drawn["header"]]
        lines = [school(n, drawn["kind"], 1_000, **{header: _number(drawn[end])})
                 for n, end in ((1, "low"), (2, "high"))]
        yield Case(f"coefficient {drawn['header']} {drawn['low']}, {drawn['high']}", FAMILY,
                   {FILE: xlsx(lines)}, "exact|warn", like=None,
                   says={("balance", drawn["stage"], drawn["header"]): drawn["status"]})


def _sizes() -> Iterator[Case]:
    """Per pupil 5 times the stage's median is let be; more is warned of; 30 times refused."""
    for header in (MONEY, AREA, FIELD):
        each = median(row[header] / row[PUPILS] for row in BASE[:10])
        for factor, expected in ((4.4, "exact"), (6, "warn"), (26, "warn"), (36, "refuse"),
                                 (1 / 4.4, "exact"), (1 / 6, "warn"), (1 / 36, "refuse")):
            value = round(each * factor * BASE[4][PUPILS], 2)
            changed = rows({(6, header): value, (6, INDOOR): 0})
            yield one_cell(FAMILY, f"{header} {factor:.3g} times the median", 6, header, value,
                           expected, like=changed if expected == "exact" else None)


def _percentages() -> Iterator[Case]:
    for value, expected in ((-0.1, "refuse"), (0, "exact"), (100, "exact"), (100.1, "refuse")):
        lines = [row | {"体质健康优良率(%)": 52.5} for row in rows()]
        lines[3]["体质健康优良率(%)"] = value
        place = (FILE, SHEET, 5, "R") if expected == "refuse" else ()
        yield Case(f"a percentage of {value}", FAMILY, {FILE: xlsx(lines)}, expected, place,
                   like=lines)


def _bands() -> Iterator[Case]:
    """A whole county beyond what any county has: nothing within it stands out."""
    for header, factor in ((QUALIFIED, 8), (BACKBONE, 20), (PE, 14), (AREA, 16), (FIELD, 30),
                           (MONEY, 30), (ROOMS, 20)):
        lines = [row | {header: row[header] * factor} for row in rows()]
        yield Case(f"{header} of every school times {factor}", FAMILY, {FILE: xlsx(lines)},
                   "refuse|warn", at(None, header), like=None)
    giant = BASE[0] | {h: BASE[0][h] * 8 for h in (PUPILS, *OF.values(), INDOOR)}
    yield Case("a school of ten thousand", FAMILY, {FILE: xlsx([giant, *rows()[1:]])}, "warn",
               at(2), like=None)


def _small_counties() -> Iterator[Case]:
    for name, lines in {"one school": rows()[:1], "no junior school": rows()[:10],
                        "no primary school": rows()[10:13], "two schools": rows()[:2],
                        "one mixed school": rows()[13:]}.items():
        yield Case(f"a county of {name}", FAMILY, {FILE: xlsx(lines)}, "exact|warn", like=lines)
    same = [row | {h: BASE[0][h] for h in (PUPILS, *OF.values(), INDOOR)} for row in rows()[:10]]
    yield Case("a county of equal schools", FAMILY, {FILE: xlsx(same)}, "exact|warn", like=same,
               says={("balance", "primary", name): "met" for name in OF})


def _text_at(address: str) -> bytes:
    number = address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    row = f'<row r="{number}"><c r="{address}" t="inlineStr"><is><t>完</t></is></c></row>'
    return packed(GOOD,
                  {MAIN: lambda p: p.replace(b"</sheetData>", row.encode() + b"</sheetData>")})


def _file_limits() -> Iterator[Case]:
    """20,000 rows, 1,000 columns, 2,000 members, 60 MB: the last that is let in."""
    for address, expected in (("A20000", "exact|clean|warn"), ("ALL20", "exact|clean|warn"),
                              ("A20001", "refuse"), ("ALM20", "refuse")):
        yield Case(f"the last cell is {address}", FAMILY, {FILE: _text_at(address)}, expected,
                   (FILE, None, None, None) if expected == "refuse" else ())
    members = [(f"xl/m{n}.bin", b"") for n in range(1_991)]
    yield Case("2,000 members", FAMILY, {FILE: packed(GOOD, added=members)}, "exact|clean")

    def heavy(folder: Path) -> list[str]:
        (folder / CSV).write_bytes(csv_bytes(rows()) + b"\r\n" * 31 * 2**20)
        return [CSV]
    yield Case("a csv of 62 MB", FAMILY, heavy, "refuse", (CSV, None, None, None))
