"""What is done to a table by chance (变异): to its shape, which alters no figure, and to one cell.

Each says itself what is then right, and asks no reader: ``SAME`` the figures of the county,
``NEAR`` the new figure that is plainly typed, ``FAR`` that figure or a refusal (it may be of an
impossible size), ``MISSING`` no figure and a warning, or a refusal; ``WRONG`` a refusal.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

from fuzz_tables import CODE, NAME, UNITS, Table

SAME, NEAR, FAR, MISSING, WRONG = "same", "near", "far", "missing", "wrong"
SHEETS, FORMS, ALL = ("xlsx", "xls", "wide"), ("xlsx", "xls", "csv"), ("xlsx", "xls", "csv", "wide")
TEXT, BOOKS = ("csv",), ("xlsx", "wide")
_FULL = str.maketrans("0123456789.", "０１２３４５６７８９．")
_OF_ZERO = ("as text", "zeros", "unit", "blank", "about", "error text", "day")


def plainly(value) -> str:
    return format(Decimal(str(value)).normalize(), "f")


def grouped(value) -> str:
    return f"{Decimal(str(value)).normalize():,f}"


def hundredth(value, draw, unit):
    """Add about a hundredth: another figure that nobody can tell from the true one."""
    more = Decimal(str(value)) + max(Decimal(1), Decimal(str(value)) // 100)
    return int(more) if more == int(more) else more


def formula(value, draw, unit):
    """Write a formula that nothing has calculated."""
    return draw.choice(["=1+1", "=SUM(A1:A2)"])


def times(power: int):
    def change(value, draw, unit):
        more = Decimal(str(value)).scaleb(power)
        return int(more) if more == int(more) else more
    return change


# name | where it can be | what is right | what then stands in the cell, its number format
def cells() -> dict[str, tuple[tuple[str, ...], str, Callable, str]]:
    """Return every kind of change to the cell of a figure; those of a whole column of units."""
    texts = {
        "as text": "{plain}", "grouped": "{grouped}", "full width": "{full}", "blanks": " {plain} ",
        "apostrophe": "'{plain}", "no-break blank": "\u00a0{plain}", "no width": "\u200b{plain}",
        "byte mark": "\ufeff{plain}", "direction": "\u202d{plain}\u202c", "line end": "{plain}\n",
        "unit": "{plain}{unit}", "blank and unit": "{plain} {unit}", "zeros": "{plain}.00",
        "plus": "+{plain}"}
    wrong = {
        "about": "约{plain}", "or so": "{plain}左右", "question": "{plain}?", "unknown": "不详",
        "see annex": "见附表", "power": "{plain}e0", "sum": "{plain}+1", "range": "{plain}-{plain}",
        "two signs": "+-{plain}", "brackets": "({plain})", "minus behind": "{plain}-",
        "two points": "{plain}.1.2", "bad groups": "1,{plain}", "letters": "O{plain}",
        "Arabic digits": "٤٣", "roman": "Ⅳ", "circled": "①②", "half": "{plain}½",
        "han": "三百", "mu": "{plain}亩", "yuan": "{plain}元", "percent": "{plain}%",
        "error text": "#N/A", "twice": "{plain} {plain}", "slash": "{plain}/2",
        "underscore": "1_{plain}"}
    found = {name: (ALL, SAME, _said(form), "") for name, form in texts.items()}
    found |= {name: (ALL, WRONG, _said(form), "") for name, form in wrong.items()}
    found |= {f"format {form}": (SHEETS, SAME, lambda v, d, u: v, form) for form in (
        "0.00", "#,##0.00", "#,##0.00_);(#,##0.00)", "0.00_ ", "@", "[Red]0.00", "0.00;-0.00;0",
        '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "[$-804]0.00")}
    found |= {f"format {form}": (SHEETS, WRONG, lambda v, d, u: v, form) for form in (
        "0!.0", '0"."0', "0\\.0", "0.0,", '0.0,"万"', "0%", "0.00‰", ";;;", '0"亩"', "yyyy-mm-dd",
        '"共"0', "0.00,,", '0"%"', '"1"0')}
    return found | {
        "a little more": (ALL, NEAR, hundredth, ""),
        "tenfold": (ALL, FAR, times(1), ""), "thousandfold": (ALL, FAR, times(3), ""),
        "a million times": (ALL, FAR, times(6), ""), "a tenth": (ALL, FAR, times(-1), ""),
        "a thousandth": (ALL, FAR, times(-3), ""), "zero": (ALL, FAR, lambda v, d, u: 0, ""),
        "more digits": (ALL, FAR, lambda v, d, u: Decimal(str(v)) + Decimal("0.123456789"), ""),
        "noise": (SHEETS, SAME, lambda v, d, u: float(v) * (1 + 2 ** -52), ""),
        "negative": (ALL, WRONG, lambda v, d, u: -v or -1, ""),
        "blank": (ALL, MISSING, lambda v, d, u: None, ""),
        "blanks only": (ALL, MISSING, lambda v, d, u: "  ", ""),
        "dash": (ALL, MISSING, lambda v, d, u: d.choice(["—", "-", "/", "无", "不适用"]), ""),
        "true": (ALL, WRONG, lambda v, d, u: d.random() < .5, ""),
        "day": (ALL, WRONG, lambda v, d, u: date(2023, 9, d.randint(1, 30)), ""),
        "formula": (tuple(k for k in ALL if k != "xls"), WRONG, formula, ""),
        # xlwt stores "" for it, as Excel does for a formula that gives "": told as missing
        "formula in xls": (("xls",), MISSING, formula, ""),
        "error": (BOOKS, WRONG, lambda v, d, u: d.choice(["#DIV/0!", "#REF!", "#VALUE!"]), "")}


def _said(form: str):
    def said(value, draw, unit):
        plain = plainly(value)
        if ".00" in form and "." in plain:
            return plain + "00"
        return form.format(plain=plain, grouped=grouped(value), full=plain.translate(_FULL),
                           unit=unit)
    return said


def fits(kind: str, value) -> bool:
    """Tell whether a kind of change does to a figure what it says."""
    return bool(value) or kind in _OF_ZERO


def expected(what: str, variable: str, typed, factor: int) -> Fraction | None:
    """Return the figure that a clerk reads in the cell: of NEAR and FAR the one that is typed."""
    return None if what == MISSING else Fraction(Decimal(str(typed))) * factor


def shapes() -> dict[str, tuple[tuple[str, ...], str, Callable[[Table, Random], None]]]:
    """Return every kind of change to a table's shape."""
    return {name.replace("_", " "): (where, what, act) for where, what, acts in (
        (ALL, SAME, (as_it_is, shuffled_rows, blank_row, note_below, extra_column,
                     blank_rows_below)),
        (SHEETS, SAME, (title_above, blank_lines_above, column_before, hidden_row, hidden_column,
                        sheet_before, sheet_after, sheet_of_another_name)),
        (FORMS, SAME, (shuffled_columns, loose_headings, other_brackets, total_below,
                       heading_repeated, code_as_number)),
        (TEXT, SAME, (gb18030, utf16, byte_mark, tabs, semicolons, quoted, unix_lines, sep_line,
                      footer, lines_below)),
        (ALL, WRONG, (row_twice, code_with_a_digit_lost, school_without_pupils)),
        (SHEETS, WRONG, (figures_merged, row_struck, sheet_hidden)),
        (FORMS, WRONG, (column_twice, unit_lost, column_lost, code_of_another)),
        (TEXT, WRONG, (field_lost, mixed_encodings)),
    ) for act in acts for name in (act.__name__,)}


def as_it_is(table, draw):
    pass


def shuffled_rows(table, draw):
    rows = table.lines[table.heads:]
    draw.shuffle(rows)
    table.lines[table.heads:] = rows


def blank_row(table, draw):
    table.lines.insert(draw.choice(table.schools), [None] * len(table.lines[0]))


def note_below(table, draw):
    table.lines.append(["注：本表数据截至9月1日"] + [None] * (len(table.lines[0]) - 1))


def extra_column(table, draw):
    for number, line in enumerate(table.lines):
        line.append("备注" if number == 0 else "无" if number >= table.heads else None)


def blank_rows_below(table, draw):
    table.lines += [[None] * len(table.lines[0]) for _ in range(3)]


def title_above(table, draw):
    width = len(table.lines[0])
    table.down([["示例县2023年学校情况表"] + [None] * (width - 1)])
    table.merged.append((0, 0, 0, width - 1))


def blank_lines_above(table, draw):
    table.down([[None] * len(table.lines[0]) for _ in range(draw.randint(1, 3))])


def column_before(table, draw):
    top = table.heads - 1
    table.right(["序号" if n == top else n - top if n > top else None
                 for n in range(len(table.lines))])


def hidden_row(table, draw):
    table.hidden_rows.add(draw.choice(table.schools))


def hidden_column(table, draw):
    table.hidden_columns.add(draw.choice([*table.columns.values()]))


def sheet_before(table, draw):
    table.before.append(draw.choice([("说明", [["请按实填写"]]), ("Sheet9", [])]))


def sheet_after(table, draw):
    table.after.append(draw.choice([("代码表", [["代码", "名称"], [1, "甲"]]), ("Sheet2", [])]))


def sheet_of_another_name(table, draw):
    table.sheet = draw.choice(["Sheet1", "学校基本情况", "表1", "数据 (2)"])


def shuffled_columns(table, draw):
    order = [*range(len(table.lines[0]))]
    draw.shuffle(order)
    table.lines = [[line[i] for i in order] for line in table.lines]
    table.columns = {name: order.index(at) for name, at in table.columns.items()}


def loose_headings(table, draw):
    table.lines[0] = [f" {text[:2]}\n{text[2:]} " if table.kind != "csv" else f" {text} "
                      for text in table.lines[0]]


def other_brackets(table, draw):
    table.lines[0] = [text.replace("(", "（").replace(")", "）") for text in table.lines[0]]


def total_below(table, draw):
    line: list = [None] * len(table.lines[0])
    line[table.columns[NAME]] = "合计"
    for name in UNITS:
        column = [row[table.columns[name]] for row in table.lines[table.heads:]]
        line[table.columns[name]] = sum(Decimal(str(value)) for value in column if value)
    table.lines.append(line)


def heading_repeated(table, draw):
    table.lines.insert(draw.choice(table.schools), list(table.lines[table.heads - 1]))


def code_as_number(table, draw):
    for number in table.schools:
        at = table.columns[CODE]
        table.lines[number][at] = int(table.lines[number][at])


def gb18030(table, draw):
    table.text["encoding"] = "gb18030"


def utf16(table, draw):
    table.text["encoding"] = "utf-16"


def byte_mark(table, draw):
    table.text["encoding"] = "utf-8-sig"


def tabs(table, draw):
    table.text["separator"] = "\t"


def semicolons(table, draw):
    table.text["separator"] = ";"


def quoted(table, draw):
    table.text["quoting"] = "all"


def unix_lines(table, draw):
    table.text["newline"] = "\n"


def sep_line(table, draw):
    table.text |= {"head": "sep=;\r\n", "separator": ";"}


def footer(table, draw):
    table.text["foot"] = "填表单位：教育局,填表日期：2023-12-01\r\n"


def lines_below(table, draw):
    table.text["foot"] = "\r\n\r\n"


def _schools_left(table) -> list[int]:
    return [n for n in table.schools if table.lines[n][table.columns[CODE]]]


def row_twice(table, draw):
    number = draw.choice(_schools_left(table))
    table.lines.append(list(table.lines[number]))


def code_with_a_digit_lost(table, draw):
    number, at = draw.choice(_schools_left(table)), table.columns[CODE]
    table.lines[number][at] = str(table.lines[number][at])[:-1]


def school_without_pupils(table, draw):
    table.lines[draw.choice(_schools_left(table))][table.columns["pupils"]] = None


def figures_merged(table, draw):
    number, at = draw.choice([*table.schools][:-1]), table.columns["field_area_m2"]
    table.lines[number + 1][at] = None
    table.merged.append((number, at, number + 1, at))


def row_struck(table, draw):
    number = draw.choice(_schools_left(table))
    table.struck |= {(number, at) for at in table.columns.values()}


def sheet_hidden(table, draw):
    table.hidden = True
    table.after.append(("说明", [["请按实填写"]]))


def column_twice(table, draw):
    at = table.columns["multimedia_rooms"]
    for number, line in enumerate(table.lines):
        line.append(line[at] if number < table.heads else (line[at] or 0) + 1)


def unit_lost(table, draw):
    table.lines[0][table.columns["equipment_value_yuan"]] = "教学仪器设备值"


def column_lost(table, draw):
    at = table.columns.pop("pupils")
    for line in table.lines:
        del line[at]
    table.columns = {name: i - (i > at) for name, i in table.columns.items()}


def code_of_another(table, draw):
    first, second = draw.sample(_schools_left(table), 2)
    at = table.columns[CODE]
    table.lines[first][at] = table.lines[second][at]


def field_lost(table, draw):
    table.lines[draw.choice(table.schools)].pop()


def mixed_encodings(table, draw):
    table.text["encoding"] = "mixed"
