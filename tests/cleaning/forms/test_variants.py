"""Ways in which clerks and programs write one and the same table, and what each must come to.

``right`` is "same" where every figure stays what it is, else the code that refuses.
"""

import csv
import io
from collections.abc import Callable

import pytest
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet
from tables import csv_bytes, found, imported, refusals, renamed, school, table, workbook

ROWS = [school(n, pupils=400 + 7 * n) for n in range(1, 8)]
PUPILS, MONEY = "在校生数", "教学仪器设备值(万元)"
ALL = sum(row[PUPILS] for row in ROWS)
SAME = "same"


def figures(result) -> dict:
    names = ("pupils", "backbone_teachers", "teaching_area_m2", "equipment_value_yuan")
    return {(row["school_code"], name): row[name]
            for row in result.schools.to_dict("records") for name in names}


@pytest.fixture(scope="module")
def right_figures(tmp_path_factory):
    return figures(imported(tmp_path_factory.mktemp("plain"), ROWS))


def comes_to(right: str, result, figures_of_all: dict) -> bool:
    if right == SAME:
        return not result.refused and figures(result) == figures_of_all
    return right in refusals(result)


FORMATS = table("""
    format              | right
    0.00"亿"            | cell.unit
    0.0,,"百万"         | cell.format
    [>=100]0!.0,"万";0  | cell.format
    0‰                  | cell.unit
    #,##0_ "人"         | same
    "约"0               | cell.unit
    0"."00              | cell.format
    [DBNum1]0           | same
    "合格"              | cell.format
    [=407]"是";0        | cell.format
    0"0"                | cell.format
    00000               | same
    0"（人）"           | same
    [<1000]0"人";0      | same
    yyyy                | cell.kind
    0%%                 | cell.format
    *0#                 | cell.format
""")


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row["format"])
def test_a_number_is_what_its_format_shows_or_refused(row, tmp_path, right_figures):
    book = workbook(ROWS)
    book.active["H2"].number_format = row["format"]
    assert comes_to(row["right"], imported(tmp_path, book), right_figures)


TYPED = [(PUPILS, text, SAME) for text in (
    "４０７", "407.0", "’407", "407 人", "407\n", "407名", "407位", "0407", "\u3000407",
    "407\u200b", "407．0", "407.00人", "+407", "＋407", "+407人", "407（人）", "407 (名)",
    "407(位)")]
TYPED += [(PUPILS, text, "cell.text") for text in (
    "4 07", "407，", "4O7", "407（含借读5）", "四百零七", "4,07", "407:00", "#407", "NULL",
    "未统计", "+-407", "407+", "407.", "（407）", "+")]
TYPED += [(PUPILS, text, "cell.unit") for text in ("4.07E2", "407人次", "407。", "407#", "￥407",
                                                   "407（班）", "407（约）")]
TYPED += [(PUPILS, text, "pupils.missing") for text in ("-", "/", "—", "无", " ")]
TYPED += [(MONEY, "100万元", SAME), (MONEY, "100.0 万", SAME), (MONEY, "1000000元", "cell.unit"),
          (MONEY, "￥100", SAME), (MONEY, "¥ 100.00", SAME), (MONEY, "+¥100万元", SAME),
          (MONEY, "100（万元）", SAME), (MONEY, "￥100元", "cell.unit"),
          *((MONEY, text, "cell.text") for text in ("100￥", "$100", "￥￥100", "￥-100")),
          (MONEY, "100W", "cell.unit"), (MONEY, "壹佰", "cell.text"), (MONEY, "1e2", "cell.unit")]


@pytest.mark.parametrize(("header", "text", "right"), TYPED, ids=[repr(t) for _, t, _ in TYPED])
def test_a_typed_number_is_plain_or_refused(header, text, right, tmp_path, right_figures):
    result = imported(tmp_path, [ROWS[0] | {header: text}, *ROWS[1:]])
    assert comes_to(right, result, right_figures)


HEADERS = [(header, SAME) for header in (
    "在校学生数（人）", "学生数 (人）", "在校生数\n(人)", "*在校生数", "1.在校生数",
    "在校生数（单位：人）", "在校生数（人数）", "在校生数[人]", "在校生数/人", "一、在校生数",
    "在校生数：", "在校生数（2023年）", "2023年在校生数", "在校生數", "学生总数")]
HEADERS += [(header, "header.missing") for header in (
    "在校生数(不含寄宿生)", "在校生数（2022年）", "2022年在校生数", "预计在校生数")]


@pytest.mark.parametrize(("header", "right"), HEADERS, ids=[repr(h) for h, _ in HEADERS])
def test_a_header_is_the_column_s_or_none(header, right, tmp_path, right_figures):
    result = imported(tmp_path, [renamed(row, PUPILS, header) for row in ROWS])
    assert comes_to(right, result, right_figures)


def text_of(sep: str = ",", end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sep, lineterminator=end, quoting=quoting).writerows(
        [ROWS[0].keys(), *(row.values() for row in ROWS)])
    return out.getvalue()


TEXTS = {
    "tabs": (text_of("\t").encode(), SAME), "semicolons": (text_of(";").encode(), SAME),
    "sep=;": (f"sep=;\r\n{text_of(';')}".encode(), SAME), "old line ends": (
        text_of(end="\r").encode(), SAME), "utf-16": (text_of().encode("utf-16"), SAME),
    "two marks": (f"\ufeff\ufeff{text_of()}".encode(), SAME), "gb18030 with a mark": (
        f"\ufeff{text_of()}".encode("gb18030"), SAME), "commas behind": (
        text_of(end=",,,\r\n").encode(), SAME), "all quoted": (
        text_of(quoting=csv.QUOTE_ALL).encode(), SAME), "a remark below": (
        f"{text_of()}注：以上为年末数\r\n".encode(), SAME), "an open quote": (
        f'{text_of()}"x'.encode(), "file.ragged"), "two encodings": (
        text_of().encode() + "注：甲".encode("gb18030"), "file.encoding"), "a null": (
        f"{text_of()}\0".encode(), "file.encoding"), "utf-16 without a mark": (
        text_of().encode("utf-16-le"), "file.encoding"), "bars": (
        text_of("|").encode(), SAME), "bars at both ends": (
        "".join(f"|{line}|\n" for line in text_of("|").splitlines()).encode(), SAME),
    "one bar more": (
        f"{text_of('|').rstrip()}|9".encode(), "file.ragged"), "sep=|": (
        f"sep=|\r\n{text_of('|')}".encode(), SAME)}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_in_its_separators_and_encoding(name, tmp_path, right_figures):
    content, right = TEXTS[name]
    assert comes_to(right, imported(tmp_path, content), right_figures)


ENDS = {"cut within a number": (-1, b"", True), "no end": (None, b"", True),
        "an end": (None, b"\r\n", False), "an old end": (None, b"\r", False),
        "an end and a blank line": (None, b"\n\n", False)}


@pytest.mark.parametrize("name", ENDS)
def test_a_text_whose_last_line_has_no_end_is_asked_about(name, tmp_path):
    cut, end, asked = ENDS[name]
    rows = [{k: v for k, v in row.items() if k != MONEY} | {MONEY: 100 + n}
            for n, row in enumerate(ROWS)]
    result = imported(tmp_path, csv_bytes(rows).rstrip()[:cut] + end)
    assert refusals(result) == []
    assert [f["row"] for f in found(result, "file.unended")] == [8] * asked
    assert figures(result)["2199000007", "equipment_value_yuan"] == (100_000 if cut else 1_060_000)


def below(*cells: object) -> Callable[[Worksheet], object]:
    return lambda sheet: sheet.append([cells[0], *[None] * 6, *cells[1:]])


def beside(sheet: Worksheet) -> None:
    for row in sheet.iter_rows(max_col=17):
        for cell in row:
            sheet.cell(cell.row, cell.column + 24, cell.value)


def texts_for_numbers(sheet: Worksheet) -> None:
    for row in sheet.iter_rows(2, min_col=8):
        for cell in row:
            cell.value = None if cell.value is None else str(cell.value)


@pytest.mark.parametrize(("text", "right"), [
    ("2199000001.0", SAME), ("2199000001.00", SAME), ("２１９９０００００１．０", SAME),
    ("2199000001.", "identity.code"), ("2199000001.5", "identity.code"),
    ("2199000001.01", "identity.code"), ("219900001.0", "identity.code"),
    ("2,199,000,001", "identity.code")])
def test_a_code_is_whole_or_refused(text, right, tmp_path, right_figures):
    result = imported(tmp_path, [ROWS[0] | {"学校标识码": text}, *ROWS[1:]])
    assert comes_to(right, result, right_figures)
    assert bool(found(result, "text.cleaned")) is (right == SAME)


STATISTICS = (
    "变异系数", "小学众数", "P10", "p90", "四分位数", "上四分位数", "达标线", "达标线（初中）",
    "上年数", "同比增长", "同比增长（%）", "生均", "标准差", "极差", "其中：公办", "其中:女",
    "全县平均", "CV", "Q1", "median", "省定标准", "排名", "达标校数")
NO_STATISTICS = ("生均小学", "标准小学", "P10小学", "平均镇小学", "上年村小学", "极差学校",
                 "达标路学校", "其中", "其中堡小学", "缺口村小", "目标一中", "平均中心校")
NO_STATISTICS_OF_A_TYPE = ("其中小学", "缺口（教学点）", "其中公办小学")


@pytest.mark.parametrize("name", STATISTICS)
def test_a_row_of_statistics_below_is_no_school_and_no_school_is_called_so(name, tmp_path,
                                                                         right_figures):
    book = workbook(ROWS)
    book.active.append([None, name, None, *[None] * 4, *[.21] * 10])
    result = imported(tmp_path, book)
    assert comes_to(SAME, result, right_figures)
    assert [row["row"] for row in found(result, "row.statistic")] == [9]
    coded = imported(tmp_path, [*ROWS, school(9) | {"学校名称": name}])
    assert refusals(coded) == ["identity.name"]


@pytest.mark.parametrize("name", NO_STATISTICS)
def test_a_school_whose_name_holds_a_word_of_statistics_stands(name, tmp_path):
    result = imported(tmp_path, [*ROWS, school(9) | {"学校名称": name}])
    assert not result.refused and name in set(result.schools["name"])
    lacking = imported(tmp_path, [*ROWS, school(9) | {"学校名称": name, "学校标识码": None}])
    assert refusals(lacking) == ["identity.code_missing"]


@pytest.mark.parametrize("name", NO_STATISTICS_OF_A_TYPE)
def test_what_has_a_type_and_may_be_a_school_is_asked_for_its_code(name, tmp_path):
    lacking = imported(tmp_path, [*ROWS, school(9) | {"学校名称": name, "学校标识码": None}])
    assert "identity.code_missing" in refusals(lacking)


def units_below(money: str) -> Callable[[Worksheet], object]:
    def shape(sheet: Worksheet) -> None:
        sheet.insert_rows(2)
        for column, unit in ((8, "人"), (9, "人"), (13, "㎡"), (16, money), (17, "间")):
            sheet.cell(2, column, unit)
    return shape


def put(address: str, value: object = None, **looks: object) -> Callable[[Worksheet], object]:
    def shape(sheet: Worksheet) -> None:
        sheet[address].value = sheet[address].value if value is None else value
        for name, look in looks.items():
            setattr(sheet[address], name, look)
    return shape


SHAPES: dict[str, tuple[Callable[[Worksheet], object], str]] = {
    "two tables side by side": (beside, "header.ambiguous"),
    "a blank column within": (lambda sheet: sheet.insert_cols(8), SAME),
    "a blank row within": (lambda sheet: sheet.insert_rows(4), SAME),
    "a total below": (below("合 计", ALL), SAME), "a count below": (below("总数", ALL), SAME),
    "a mean below": (below("平均", 428), SAME), "the largest below": (below("最大值", 449), SAME),
    "the least below": (below("最小值", 407), SAME), "a coefficient below": (
        below("小学差异系数", .21), SAME), "a threshold below": (below("标准值", 2), SAME),
    "the end is marked": (below("以下空白"), SAME),
    "units below the header": (units_below("万元"), SAME),
    "other units below the header": (units_below("元"), "header.unit"),
    "numbers as texts": (texts_for_numbers, SAME),
    "a code as a number": (put("A2", 2199000001), SAME),
    "a code as Excel shows it": (put("A2", "2.199E+09"), "identity.code"),
    "a row in red": (put("H2", font=Font(color="FFFF0000")), SAME),
    "a number for a name": (put("B2", 101), "identity.name"),
    "pupils of another stage": (put("I2", 50), "pupils.no_stage"),
    "no type": (put("C2", " "), "identity.class"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_sheet_of_any_shape_comes_to_the_same_or_is_refused(name, tmp_path, right_figures):
    shape, right = SHAPES[name]
    book = workbook(ROWS)
    shape(book.active)
    assert comes_to(right, imported(tmp_path, book), right_figures)
