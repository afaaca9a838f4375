"""The workbook: what it shows is what is printed, its numbers are numbers, its formulas live."""

import io
import re
import zipfile
from fractions import Fraction

import pytest
from nbformat import v4
from opened_workbooks import opened, recalculated, shown, with_wrong_results
from test_publishing_pdf import FIGURE, HOSTILE, cover, long_table, shows

from pipeline.analysis.schools.balance import spread
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Weighted
from pipeline.publishing.formats.xlsx.excel_cells import number_of
from pipeline.publishing.formats.xlsx.excel_sheets import lines_of, width_of
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.exporting import exporter_of

# Five schools of the published example (books and pupils), CV 0.515257; one more has no books.
BOOKS, PUPILS = [279, 137, 935, 160, 402], [45, 37, 89, 76, 55]


def workbook(*exhibits, **more):
    cells = [shows(cover(**more)), v4.new_markdown_cell("# 第一章"), shows(*exhibits)]
    document = read_notebook(v4.new_notebook(cells=cells), "0123456789abcdef")
    return exporter_of("xlsx")(default_preprocessors=[]).written(document)


def schools_and_coefficients(values=None, name=""):
    values = values or [Fraction(b, p) for b, p in zip(BOOKS, PUPILS, strict=True)]
    found, cells = spread(values, PUPILS), {"table": f"schools{name}", "values": 2, "weights": 1}
    rows = [(Cell(f"第{n}小学"), Cell(str(p), value=p), Cell(f"{float(x):.2f}", value=x))
            for n, (x, p) in enumerate(zip(values, PUPILS, strict=True), 1)]
    rows.insert(2, (Cell("缺数小学"), Cell("500", value=500), Cell("缺", "unknown")))
    schools = PrintedTable(f"schools{name}", "分校", (
        Field("学校", align="left"), Field("学生"), Field("册/生", "R9 图书")), tuple(rows), "某局")
    deviation = Fraction(found.cv_text) * found.mean
    coefficients = PrintedTable(f"coefficients{name}", "差异系数", (
        Field("指标", align="left"), Field("平均值"), Field("标准差"), Field("差异系数")), ((
            Cell("图书"),
            Cell(f"{float(found.mean):.2f}", "", found.mean, Weighted("mean", **cells)),
            Cell(f"{float(deviation):.2f}", "", deviation, Weighted("deviation", **cells)),
            Cell(f"{float(found.cv_text):.3f}", "", found.cv_text,
                 Weighted("variation", **cells))),), "某局")
    return coefficients, schools


@pytest.mark.parametrize(("text", "value", "stored", "num_format"), [
    ("4.20", "21/5", 4.2, "0.00"), ("85.71%", "6/7", 6 / 7, "0.00%"),
    ("90.63%", "90.63%", .9063, "0.00%"),
    ("85.71%", "600/7", 600 / 700, "0.00%"), ("1,234.5", "1234.5", 1234.5, "#,##0.0"),
    ("+0.17", "1/6", 1 / 6, "+0.00;-0.00;0.00"), ("-0.17", "-1/6", -1 / 6, "0.00"),
    ("46215.00", 462150000, 46215, "0.00"), ("3294㎡", "3294㎡", 3294, '0"㎡"'),
    ("0.004", "0.004", 0.004, "0.000"), ("0.000", -0.0002, 0, "0.000"),
    ("-0.000", -0.0002, -0.0002, "0.000"), ("0", 0, 0, "0"), ("1.01", "1.005", 1.005, "0.00"),
    ("0.30", "0.30499999999999999999", .3, "0.00")])
def test_a_number_stays_one_and_shows_as_it_is_printed(text, value, stored, num_format):
    found = number_of(text, value)
    assert (found.value, found.num_format) == (pytest.approx(stored, rel=1e-15), num_format)


@pytest.mark.parametrize("text", [
    "缺", "—", "", "0012", "2/0", "22.22%—40.00%", "<0.001", "调入2人", "1e5", "1234567890123456",
    "1.2.3", "5*", "１２", "=1+1"])
def test_what_is_no_number_stays_text(text):
    assert number_of(text, text) is None


def test_what_a_workbook_shows_is_what_is_printed():
    content = workbook(*schools_and_coefficients(), long_table(30), FIGURE)
    book = opened(content)
    assert book.sheetnames == ["目录", "说明", "表1", "表2", "表3", "核对"]
    assert [shown(c) for c in book["表1"][4]] == ["图书", "6.33", "3.26", "0.515"]
    assert [[shown(c) for c in row[:3]] for row in book["表2"].iter_rows(4, 6)] == [
        ["第1小学", "45", "6.20"], ["第2小学", "37", "3.70"], ["缺数小学", "500", ""]]
    assert [shown(c) for c in book["表3"][5]][:4] == ["2", "第2行名称", "1,234.5", "0.25"]
    assert [c.value for c in book["表3"][3]][:4] == ["序号", "名称", "一组·甲值", "一组·乙值"]
    assert [c.value for c in book["目录"][7]][:3] == ["表2", "分校", "一、第一章"]
    said = [cell.value for row in book["说明"].iter_rows() for cell in row if cell.value]
    assert {"对象：甲县", "声明文字"} <= {*said}
    assert "运行编号 0123456789abcdef，印在各页页脚" in "".join(said)
    assert "空格为缺数据" in "".join(c.value or "" for c in book["表2"]["A"])


def test_the_coefficients_are_live_formulas_with_stored_results():
    content = workbook(*schools_and_coefficients())
    formulas, results = opened(content, results=False)["表1"][4], opened(content)["表1"][4]
    assert [cell.value for cell in formulas[1:]] == [
        "=SUMPRODUCT('表2'!$C$4:$C$9,'表2'!$B$4:$B$9)/SUMPRODUCT(--ISNUMBER('表2'!$C$4:$C$9),"
        "'表2'!$B$4:$B$9)",
        "=SQRT(SUMPRODUCT(--ISNUMBER('表2'!$C$4:$C$9),'表2'!$B$4:$B$9,('表2'!$C$4:$C$9-B4)^2)/"
        "SUMPRODUCT(--ISNUMBER('表2'!$C$4:$C$9),'表2'!$B$4:$B$9))", "=C4/B4"]
    assert results[1].value == pytest.approx(1913 / 302, rel=1e-15)
    assert results[3].value == pytest.approx(0.515257, abs=5e-7)


@pytest.mark.slow
def test_another_program_reckons_the_published_coefficient_and_finds_it_agrees(tmp_path):
    equal = schools_and_coefficients([Fraction(1, 10)] * 5, "_equal")  # 0.1 is no double
    content = with_wrong_results(workbook(*schools_and_coefficients(), *equal))
    assert opened(content)["表1"]["D4"].value == 0
    book = recalculated(content, tmp_path)
    assert book["表1"]["D4"].value == pytest.approx(0.515257, abs=5e-7)
    assert [row[4].value for row in book["核对"].iter_rows(4)] == ["一致"] * 6


def test_the_same_document_gives_the_same_bytes():
    assert workbook(*schools_and_coefficients()) == workbook(*schools_and_coefficients())


def test_hostile_strings_are_letters_and_never_formulas_or_links():
    strange = (*HOSTILE, "=1+1", "+1", "@SUM(1)", "http://x.y", "_x0041_", "'", "{=1}", " 空 ")
    table = PrintedTable("t", "=表", (Field("=头", align="left"), Field("=头", align="left")),
                         tuple((Cell(text), Cell(text)) for text in strange), "=源", notes=("=注",))
    content = workbook(table, title="=题", running_head="&页", mark="=印" * 200)
    assert [[c.value for c in row[:2]] for row in opened(content, results=False)["表1"].iter_rows(
        4, 3 + len(strange))] == [[text, text] for text in strange]
    parts = zipfile.ZipFile(io.BytesIO(content))
    sheets = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/" in name)
    assert b"<f>" not in sheets and b"http://x.y" not in sheets
    assert max(map(len, re.findall(rb"<oddHeader>(.*?)</oddHeader>", sheets))) < 1000


def test_tables_without_rows_or_with_equal_or_empty_heads_are_sheets_too():
    fields = (Field(""), Field("甲", "组"), Field("甲", "组"))
    book = opened(workbook(PrintedTable("t", "表", fields, (), "源")))
    assert [c.value for c in book["表1"][3]][:3] == ["第1列", "组·甲", "组·甲（2）"]


def test_a_text_longer_than_a_cell_can_hold_ends_in_a_word_that_says_so():
    table = PrintedTable("t", "表", (Field("甲", align="left"),), ((Cell("长" * 40_000),),), "源")
    sheet = opened(workbook(table))["表1"]
    assert len(sheet["A4"].value) == 32_767 and sheet["A4"].value.endswith("（余下见 PDF）")
    assert sheet.row_dimensions[4].height <= 409


def test_a_sheet_is_set_up_for_screen_and_paper():
    sheet = opened(workbook(long_table(60)))["表1"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$1:$3", "A4")
    assert sheet.tables and "0123456789abcdef" in sheet.oddFooter.right.text
    assert "样张" in sheet.oddHeader.right.text and "样张" in sheet["A2"].value
    assert sheet.column_dimensions["B"].width >= width_of("第60行名称")


def test_widths_count_a_chinese_letter_for_two_and_lines_break_between_them():
    assert width_of("四个汉字") == pytest.approx(8.4) and width_of("abcd") == pytest.approx(4.4)
    assert lines_of("一二三四五 results.json 六", 10) == ["一二三四", "五", "results.json", "六"]
    assert lines_of("", 10) == [""]


def test_below_a_table_a_link_leads_to_the_sheet_that_its_numbers_come_from():
    cells = [shows(cover()), v4.new_markdown_cell("# 第一章"), shows(*schools_and_coefficients())]
    document = read_notebook(v4.new_notebook(cells=cells))
    tables = {b["key"]: b for b in document["body"] if b["type"] == "table"}
    tables["coefficients"]["origins"] = ["schools", "gone"]
    book = opened(exporter_of("xlsx")(default_preprocessors=[]).written(document))
    links = [(cell.value, cell.hyperlink.location) for row in
             book[tables["coefficients"]["label"]].iter_rows() for cell in row if cell.hyperlink]
    label = tables["schools"]["label"]
    assert links == [(f"各数的来处：{label}", f"'{label}'!A1"), ("回到目录", "'目录'!A1")]
