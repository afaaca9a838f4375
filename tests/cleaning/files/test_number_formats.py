"""Number formats: what a cell shows is what is read, or the cell is refused.

What each format shows is written beside it as Excel shows 1234.5 (or the value named).
"""

import pytest
from corpus.base import AREA, BASE, FILE, GOOD, MONEY, PE, column, formatted, rows, saved
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import column_index_from_string, get_column_letter
from tables import YEAR, workbook

from pipeline.cleaning.files.cells import column_letters, column_number
from pipeline.cleaning.files.number_formats import built_in_format, shown_number
from pipeline.whole.checking import check_paths

SAME, SCALED, DATE = "number", "scaled", "date"
FORMATS = [  # format, value, kind, text, unit; shown as
    ("General", 1234.5, SAME, "1234.5", ""), ("", 1234.5, SAME, "1234.5", ""),
    ("G/通用格式", 1234.5, SAME, "1234.5", ""), ("CE/通用格式", 1234.5, SAME, "1234.5", ""),
    ("@", 1234.5, SAME, "1234.5", ""), ("0", 1234.5, SAME, "1234.5", ""),
    ("#,##0.00", 1234.5, SAME, "1234.5", ""),               # 1,234.50
    ("# ##0.00", 1234.5, SAME, "1234.5", ""),               # 1 234.50
    ("0.00E+00", 1234.5, SAME, "1234.5", ""),               # 1.23E+03
    ("# ?/?", 0.5, SAME, "0.5", ""), ("# ??/100", 0.5, SAME, "0.5", ""),
    ("0_);[Red](0)", 1234.5, SAME, "1234.5", ""), ("0_);[Red]\\(0\\)", -5, SAME, "-5", ""),
    ("0;-0", -5, SAME, "-5", ""), ("0;△0", -5, SAME, "-5", ""), ("0;(0)", -5, SAME, "-5", ""),
    ("[DBNum1]0", 1234, SAME, "1234", ""), ("[红色]0", 1234, SAME, "1234", ""),
    ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 1234.5, SAME, "1234.5", ""),
    ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 0, SAME, "0", ""),     # -
    ('_ ¥* #,##0.00_ ', 1234.5, SAME, "1234.5", "¥"),       # ¥1,234.50
    ("[$¥-804]#,##0.00", 1234.5, SAME, "1234.5", "¥"), ("[$CNY] 0", 1234, SAME, "1234", "¥"),
    ('"RMB"0', 1234, SAME, "1234", "¥"), ("[$-804]0", 1234, SAME, "1234", ""),
    ('"人民币"0"元"', 1234, SAME, "1234", "元"), ("[$USD] 0", 1234, SAME, "1234", "USD"),
    ("0;-0;;@", 0, SAME, "0", ""),
    ("0%", 0.95, SAME, "95%", ""), ("0.00%", 0.956, SAME, "95.6%", ""),
    ("0.0 %", 0.95, SAME, "95%", ""), ("[<=1]0%;0", 0.95, SAME, "95%", ""),
    ("[<=1]0%;0", 95, SAME, "95", ""),
    # the point is moved
    ("0!.0000", 12345, SCALED, "12345", ""),                # 1.2345
    ('0"."0000', 12345, SCALED, "12345", ""), ("0\\.0", 12345, SCALED, "12345", ""),
    ("#!.0", 12345, SCALED, "12345", ""), ('0"．"00', 12345, SCALED, "12345", ""),
    ('0!.0,"万"', 123456, SCALED, "123456", ""),            # 12.3万
    ('0"·"0', 12345, SCALED, "12345", ""),
    ('0","00', 12345, SCALED, "12345", ""), ('0" "0', 12, SCALED, "12", ""),    # 123,45; 1 2
    ('0","000', 12345, SAME, "12345", ""), ("0\\,000", 12345, SAME, "12345", ""),
    ("0 000 000", 1234567, SAME, "1234567", ""), ("0\\,0.00", 12.5, SCALED, "12.5", ""),
    # divided
    ("0,", 12345, SCALED, "12345", ""), ("#,##0,", 12345, SCALED, "12345", ""),
    ("0.0,,", 12345, SCALED, "12345", ""), ("0,.0", 12345, SCALED, "12345", ""),
    ('#,##0,"千元"', 12345, SCALED, "12345", ""), ("0.00,_ ", 12345, SCALED, "12345", ""),
    ("0%%", 12, SCALED, "12", ""),
    ('[>=10000]0!.0,"万";0', 20000, SCALED, "20000", ""),   # 2.0万
    ('[>=10000]0!.0,"万";0', 200, SAME, "200", ""),
    ("[<100]0;[>=100]0,", 200, SCALED, "200", ""), ("0;0,", -200, SCALED, "-200", ""),
    # digits added or hidden
    ('0"00"', 12, SCALED, "12", ""),                        # 1200
    ('"1"0', 12, SCALED, "12", ""), ('0".5"', 12, SCALED, "12", ""),
    ("0\\0", 12, SCALED, "12", ""), ('0"万"0000', 123456, SCALED, "123456", ""),
    (";;;", 12, SCALED, "12", ""), ('"达标"', 12, SCALED, "12", ""),
    ('[=1]"是";[=0]"否";0', 1, SCALED, "1", ""), ('[=1]"是";[=0]"否";0', 7, SAME, "7", ""),
    # a unit
    ('#,##0.00"元"', 1234.5, SAME, "1234.5", "元"), ('0"万"', 12, SAME, "12", "万"),
    ('0.0" 万元"', 12, SAME, "12", "万元"), ('#,##0.0"（万元）"', 12, SAME, "12", "万元"),
    ("0元", 12, SAME, "12", "元"), ("0\\元", 12, SAME, "12", "元"),
    ('[$元-804]0', 12, SAME, "12", "元"), ("[$€-2] #,##0", 12, SAME, "12", "€"),
    ("[$CNY] #,##0", 12, SAME, "12", "¥"), ('"RMB"0"元"', 12, SAME, "12", "元"),
    ('"人民币"0', 12, SAME, "12", "¥"), ("+0;-0", 12, SAME, "12", ""),
    ('+0"人"', 12, SAME, "12", "人"),
    ('"$"#,##0', 12, SAME, "12", "$"), ("0‰", 12, SAME, "12", "‰"), ('0"‰"', 12, SAME, "12", "‰"),
    ('0"%"', 95, SAME, "95", "%"), ("0\\%", 95, SAME, "95", "%"), ('0"人"', 12, SAME, "12", "人"),
    ('0.0"m²"', 12, SAME, "12", "m²"), ('"约"0', 12, SAME, "12", "约"), ('0"元"', 0, SAME, "0", ""),
    # a day
    ("yyyy-mm-dd", 45000, DATE, "45000", ""), ('yyyy"年"m"月"', 45000, DATE, "45000", ""),
    ("[h]:mm", 1.5, DATE, "1.5", ""), ("aaaa", 5, DATE, "5", ""),
    ('e"年"', 45000, DATE, "45000", ""),
    ("[$-804]dddd", 45000, DATE, "45000", ""), ("0.00;yyyy", -5, DATE, "-5", ""),
]
BUILT_IN_MONEY = {5, 6, 7, 8, 42, 44}
BUILT_IN = {0: SAME, 1: SAME, 4: SAME, 5: SAME, 8: SAME, 9: SAME, 11: SAME, 14: DATE, 22: DATE,
            27: DATE, 31: DATE, 36: DATE, 39: SAME, 44: SAME, 45: DATE, 49: SAME,
            50: DATE, 57: DATE, 58: DATE}


@pytest.mark.parametrize(("pattern", "value", "kind", "text", "unit"), FORMATS)
def test_a_format_is_understood_or_the_number_is_marked(pattern, value, kind, text, unit):
    assert shown_number(value, pattern) == (kind, text, unit)


def test_formats_without_a_text_are_those_of_the_published_list_but_for_money():
    numbers = BUILTIN_FORMATS.keys() - BUILT_IN_MONEY
    assert [n for n in numbers if built_in_format(n) != BUILTIN_FORMATS[n]] == []


def test_columns_have_the_letters_that_spreadsheets_give_them():
    numbers = range(1, 18_279)      # A to ZZZ
    assert [n for n in numbers if column_letters(n) != get_column_letter(n)] == []
    assert [n for n in numbers if column_number(get_column_letter(n)) != n] == []
    assert column_number("XFD") == column_index_from_string("XFD") == 16_384


@pytest.mark.parametrize("number", BUILT_IN)
def test_formats_without_a_text_are_those_of_china(number):
    kind, _, unit = shown_number(0.5, built_in_format(number))
    assert (kind, unit) == (BUILT_IN[number], "¥" if number in BUILT_IN_MONEY else "")


def checked(folder, header: str, factor: float, pattern: str) -> dict:
    """Return the report on the clean county with a column stored and shown otherwise."""
    book = workbook(rows())
    for row, known in enumerate(BASE, 2):
        formatted(known[header] * factor, pattern)(book.active[f"{column(header)}{row}"])
    path = folder / str(YEAR) / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(saved(book))
    (report,) = check_paths([path])
    return report


@pytest.mark.parametrize(("header", "factor", "pattern", "code"), [
    (MONEY, 1, '#,##0.00"元"', "cell.unit"),
    (MONEY, 1, "0.0‰", "cell.unit"), (PE, 1, '0"间"', "cell.unit"), (AREA, 1, '0"亩"', "cell.unit"),
    (MONEY, 10_000, '0!.0,"万"', "cell.format"), (AREA, 10, "0\\.0", "cell.format"),
    (AREA, 1_000, '0.0,"㎡"', "cell.format"), (PE, 10, "0!.0", "cell.format"),
    (MONEY, 0.01, "0.00%", "cell.unit"), (MONEY, 1, "yyyy", "cell.kind"),
    (PE, 1, ";;;", "cell.format")])
def test_a_column_that_shows_something_else_is_refused(tmp_path, header, factor, pattern, code):
    report = checked(tmp_path, header, factor, pattern)
    found = [f for f in report["findings"] if f["severity"] == "refuse" and f["code"] == code]
    assert report["outcome"] == "refused"
    assert (found[0]["row"], found[0]["column"]) == (2, column(header))


@pytest.mark.parametrize("header", [PE, AREA, "在校生数", "网络多媒体教室数"])
@pytest.mark.parametrize("pattern", [
    "[$CNY] #,##0", "[$¥-804]#,##0", '_ ¥* #,##0_ ', '"￥"#,##0', '"RMB" 0', '0"人民币"'])
def test_a_number_of_people_or_rooms_that_shows_as_money_is_refused_as_typed_money_is(
        tmp_path, header, pattern):
    report = checked(tmp_path, header, 1, pattern)
    told = [f for f in report["findings"] if f["severity"] == "refuse"]
    assert {f["code"] for f in told} == {"cell.unit"} and "常规" in told[0]["action"]


@pytest.mark.parametrize(("header", "pattern"), [
    (MONEY, "[$CNY] #,##0.00"), (MONEY, '"RMB"0.00'), (MONEY, '"人民币"0.00"万元"'),
    (MONEY, '0.00"万元"'), (MONEY, '0.00"万"'), (MONEY, '_ ¥* #,##0.00_ '),
    (MONEY, "#,##0.00_);[Red](#,##0.00)"),
    (PE, '0"人"'), (PE, '0" 名"'), (AREA, '#,##0.0"平方米"'), (AREA, '0.0"m²"')])
def test_a_column_that_shows_its_own_unit_is_read(tmp_path, header, pattern):
    report = checked(tmp_path, header, 1, pattern)
    assert report["outcome"] == "accepted"
    assert {f["code"] for f in report["findings"]} <= {
        f["code"] for f in checked(tmp_path / "plain", header, 1, "General")["findings"]}


def test_the_clean_county_is_not_refused_for_a_format(tmp_path):
    (tmp_path / FILE).write_bytes(GOOD)
    assert check_paths([tmp_path / FILE])[0]["outcome"] == "accepted"
