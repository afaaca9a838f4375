"""Formulas, and values as a workbook stores them.

A formula without a stored value is no figure; an error value is none; a stored value that the
formula in the file cannot give (过期) is warned of. A stored number is what its sender typed:
1.1 is written 1.1000000000000001 by spreadsheets and is 1.1.
"""

from collections.abc import Iterator

from corpus.base import (
    AREA,
    BASE,
    CODE,
    FIGURES,
    FILE,
    GOOD,
    HEADERS,
    INDOOR,
    MONEY,
    NAME,
    PE,
    PUPILS,
    QUALIFIED,
    Case,
    at,
    cell_xml,
    column,
    one_cell,
    rows,
    saved,
    xlsx,
)
from tables import workbook

FAMILY = "formulas"
ERRORS = ("#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _never_computed()
    yield from _errors()
    yield from _computed()
    yield from _stale()
    yield from _in_totals()
    yield from _stored_wrongly()
    yield from _stored_otherwise()


def _stored(name: str, row: int, header: str, xml: str, expected: str, **more) -> Case:
    content = cell_xml(GOOD, f"{column(header)}{row}", xml.replace("{a}", f"{column(header)}{row}"))
    return Case(name, FAMILY, {FILE: content}, expected, **({"place": at(row, header)} | more))


def _formula(text: str, value: str, kind: str = "") -> str:
    told = f' t="{kind}"' if kind else ""
    return f'<c r="{{a}}"{{s}}{told}><f>{text}</f><v>{value}</v></c>'


def _never_computed() -> Iterator[Case]:
    for n, header in enumerate((*FIGURES, CODE, NAME, "办学类型", INDOOR)):
        yield one_cell(FAMILY, f"never computed: {header}", 3 + n % 8, header, "=30", "refuse")
    for header in (PUPILS, AREA, CODE):
        yield _stored(f"stored value empty: {header}", 5, header, _formula("30", ""), "refuse")
    book = workbook([row | {"备注": "=1+1"} for row in rows()])
    yield Case("never computed, in a column not read", FAMILY, {FILE: saved(book)}, "exact|clean")
    book = workbook(rows())
    for row in range(2, len(BASE) + 2):
        book.active[f"{column(MONEY)}{row}"] = f"=ROUND(1/{row},2)"
    yield Case("a whole column never computed", FAMILY, {FILE: saved(book)}, "refuse", at(2, MONEY))


def _errors() -> Iterator[Case]:
    for n, error in enumerate(ERRORS):
        header = FIGURES[n % len(FIGURES)]
        yield _stored(f"{error} stored under {header}", 4, header, _formula("1/0", error, "e"),
                      "refuse")
    yield _stored("error without a formula", 4, PE, '<c r="{a}"{s} t="e"><v>#N/A</v></c>',
                  "refuse")
    yield _stored("error as a formula's text", 4, PE, _formula("T(1)", "#N/A", "str"), "refuse")
    yield _stored("error as a code", 4, CODE, _formula("1/0", "#REF!", "e"), "refuse")


def _computed() -> Iterator[Case]:
    """A stored value that its formula gives is the figure."""
    for name, header, text, value in (
            ("sum", PE, "5+5", "10"), ("product", MONEY, "2056/10", "205.6"),
            ("of other cells", PE, "H4/100", "10"), ("of a sum", QUALIFIED, "SUM(40,3)", "43"),
            ("rounded", AREA, "ROUND(4720.49,1)", "4720.5")):
        yield _stored(f"computed: {name}", 4, header, _formula(text, value), "exact|clean|warn",
                      like=BASE)
    yield _stored("computed: a text", 4, NAME, _formula('"明德"&amp;"小学"', "明德小学", "str"),
                  "exact|clean|warn", like=BASE)
    yield _stored("computed: a number as text", 4, PE, _formula('TEXT(10,"0")', "10", "str"),
                  "exact|clean|warn", like=BASE)
    yield _stored("computed: link to a page", 4, NAME,
                  _formula('HYPERLINK("http://127.0.0.1:9","明德小学")', "明德小学", "str"),
                  "exact|clean|warn", like=BASE)
    shared = '<c r="{a}"{s}><f t="shared" ref="L4:L4" si="0">5+5</f><v>10</v></c>'
    yield _stored("computed: shared formula", 4, PE, shared, "exact|clean|warn", like=BASE)
    array = '<c r="{a}"{s}><f t="array" ref="L4">5+5</f><v>10</v></c>'
    yield _stored("computed: array formula", 4, PE, array, "exact|clean|warn", like=BASE)


def _stale() -> Iterator[Case]:
    for name, header, text, value in (
            ("sum", PE, "5+5", "9"), ("product", MONEY, "2056/10", "210"),
            ("of other cells", PE, "H4/100", "9"), ("of a sum", QUALIFIED, "SUM(40,3)", "44"),
            ("of a range", AREA, "SUM(M2:M3)", "4720.5")):
        yield _stored(f"stale: {name}", 4, header, _formula(text, value), "warn|refuse", like=None)
    yield _stored("a formula that reads the clock", 4, PE, _formula("DAY(NOW())", "10"),
                  "warn|exact|clean", like=BASE)
    yield _stored("a formula that draws lots", 4, PE, _formula("RANDBETWEEN(8,12)", "10"),
                  "warn|exact|clean", like=BASE)
    for name, kind, value, expected in (
            ("empty text", "str", "", "warn|refuse"), ("a word", "str", "约10", "refuse"),
            ("a logical value", "b", "1", "refuse")):
        yield _stored(f"gives {name}", 4, PE, _formula("IF(TRUE,1,2)", value, kind), expected,
                      like=None)


def _in_totals() -> Iterator[Case]:
    total = dict.fromkeys(HEADERS) | {CODE: "合计", PUPILS: 0}
    content = xlsx([*rows(), total])
    right = sum(row[PUPILS] for row in BASE)
    for name, value, expected, place in (("right", right, "exact|clean|warn", ()),
                                         ("wrong", right - 400, "warn", at(17, PUPILS))):
        yield Case(f"total by formula: {name}", FAMILY, {FILE: cell_xml(
            content, "H17", f'<c r="H17"{{s}}><f>SUM(H2:H16)</f><v>{value}</v></c>')},
            expected, place)
    yield Case("total by formula: never computed", FAMILY, {FILE: xlsx(
        [*rows(), total | {PUPILS: "=SUM(H2:H16)"}])}, "exact|clean|warn")


def _stored_wrongly() -> Iterator[Case]:
    for name, kind, value in (
            ("letters", "", "abc"), ("not a number", "", "NaN"), ("infinite", "", "INF"),
            ("underscore", "", "1_0"), ("arabic digits", "", "١٠"), ("hexadecimal", "", "0x10"),
            ("logical", "b", "1"), ("date", "d", "2023-09-01"), ("shared text not there", "s",
                                                                 "99"),
            ("two numbers", "", "1 0"), ("comma", "", "1,0")):
        told = f' t="{kind}"' if kind else ""
        yield _stored(f"stored as a number: {name}", 4, PE,
                      f'<c r="{{a}}"{{s}}{told}><v>{value}</v></c>', "refuse",
                      place=(FILE, None, None, None))
    yield _stored("stored as a number: nothing", 4, PE, '<c r="{a}"{s}><v></v></c>', "warn",
                  like=None)
    twice = '<c r="{a}"{s}><v>10</v></c><c r="{a}"{s}><v>11</v></c>'
    yield _stored("one address twice", 4, PE, twice, "refuse|warn", like=None,
                  place=(FILE, None, None, None))


def _stored_otherwise() -> Iterator[Case]:
    for name, header, kind, value in (
            ("decimal", PE, "", "10.0"), ("exponent", PE, "", "1E1"),
            ("exponent small", PE, "", "1e+01"), ("as formula text", PE, "str", "10"),
            ("in binary digits", MONEY, "", "205.59999999999999"),
            ("in seventeen digits", MONEY, "", "205.60000000000000"),
            ("with sign of type", PE, "n", "10")):
        told = f' t="{kind}"' if kind else ""
        yield _stored(f"stored {name}", 4, header, f'<c r="{{a}}"{{s}}{told}><v>{value}</v></c>',
                      "exact|clean")
    texts = [{h: v if v is None else str(v) for h, v in row.items()} for row in rows()]
    yield Case("all numbers as text", FAMILY, {FILE: xlsx(texts)}, "exact|clean")
    whole = workbook(rows())
    for row in whole.active.iter_rows(min_row=2, min_col=8):
        for cell in row:
            cell.number_format = "@"
    yield Case("all cells formatted as text", FAMILY, {FILE: saved(whole)}, "exact")
