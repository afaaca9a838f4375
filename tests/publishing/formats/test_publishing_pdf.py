"""The PDF itself: its letters, fonts, pages and bytes, read back with another program."""

import io
import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import nbformat
import pypdf
import pytest
from nbformat import v4
from small_paper import FIGURE, HOSTILE, cover, long_table, notebook, one_of_everything, shows

from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.ground.errors import DossierFailed
from pipeline.publishing.formats import known_formats
from pipeline.publishing.formats.pdf import Exporter as PdfExporter, typesetting
from pipeline.publishing.formats.pdf.typesetting import typeset
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.exporting import export


def pdf(*cells, resources=None, **more):
    return PdfExporter().from_notebook_node(notebook(*cells, **more), resources or {})[0]


def pages(data):
    """Return the text of each page without spaces, which a PDF sets where it likes."""
    reader = pypdf.PdfReader(io.BytesIO(data))
    return ["".join(page.extract_text().split()) for page in reader.pages]


@pytest.fixture(scope="module")
def example():
    return PdfExporter().from_notebook_node(one_of_everything(), {"run_id": "run-1"})[0]


def test_chinese_text_can_be_read_back(example):
    text = "".join(pages(example))
    for words in ("某某卷宗", "2023年度", "甲县", "声明文字", "摘要的结论，见表1。",
                  "正文有重点和公式", "图1一幅图", "表1长长的表", "单位：人",
                  "数据来源：某局年报", "注：尾注", "图中的字", "run-1"):
        assert words in text


@pytest.mark.parametrize("words", ["2023年", "教督〔2017〕6号", "评估指标25项中达标18项"])
def test_what_a_reader_searches_for_is_found_as_it_is_written(words, tmp_path):
    """A gap between letters of two kinds would be read as a blank by nearly every program."""
    table = PrintedTable("t", f"表为{words}", (Field("列"),), ((Cell("1"),),), "某局")
    paper = pdf(f"甲{words}乙。", shows(table))
    assert pypdf.PdfReader(io.BytesIO(paper)).pages[-1].extract_text().count(words) == 2
    if shutil.which("pdftotext"):
        (tmp_path / "a.pdf").write_bytes(paper)
        told = subprocess.run(["pdftotext", str(tmp_path / "a.pdf"), "-"], check=True,
                              capture_output=True, text=True, encoding="utf-8").stdout
        assert told.split("\f")[-2].count(words) == 2


def test_hostile_strings_are_printed_letter_by_letter():
    fields = (Field("#let", "$组$", "left"), Field("*头*", "$组$", "left"))
    rows = tuple((Cell(text), Cell(text, "total")) for text in HOSTILE)
    table = PrintedTable("t", "#表 $1$", fields, rows, "@源", notes=("<注>",), unit="`元`")
    safe = tuple(text for text in HOSTILE if text != "[[")
    hostile = pdf(shows(table, Prose("p", safe), Prose("b", safe, bullets=True)),
                  title="#题 $x$", subtitle="<副>", rows=(("*名*", "@值"),), mark="_印_",
                  running_head="`眉`", statement="\\声")
    text = "".join(pages(hostile))
    for words in HOSTILE:
        assert text.count("".join(words.split())) >= 2, words
    for words in ("#题$x$", "<副>", "*名*", "@值", "_印_", "`眉`", "\\声", "$组$", "#表$1$",
                  "<注>"):
        assert words in text


@pytest.mark.parametrize(("rows", "said", "upright"), [
    (0, False, True), (1, True, True), (2, False, False)])
def test_a_table_of_one_row_is_a_sentence_on_an_upright_page(rows, said, upright):
    fields = (Field("校", align="left"), *(Field(f"第{n}项", "一组") for n in range(12)))
    table = PrintedTable("t", "一表", fields, ((Cell("甲校"), *[Cell("1234.56")] * 12),) * rows,
                         "某局", unit="元", wide=True)
    made = pdf("# 章\n\n见[[t]]。", shows(table))
    text = pages(made)[-1]
    first = "校：甲校；一组·第0项：1234.56；第1项：1234.56；"
    assert (first in text and "单位：元。" in text) == said
    assert "表1一表" in text and "数据来源：某局" in text
    last = pypdf.PdfReader(io.BytesIO(made)).pages[-1].mediabox
    assert (last.width < last.height) == upright


@pytest.mark.parametrize(("cells", "said"), [
    (["—", "无", "—", "全部参评学校达标", "—"], "全部参评学校达标。"),
    (["—", "无", "—", "—", "—"], "无。"),
    (["小学", "甲校", "—", "短缺一项", "—"], "项0：小学；项1：甲校；项3：短缺一项。"),
])
def test_blanks_of_a_single_row_are_not_said(cells, said):
    fields = tuple(Field(f"项{n}", align="left") for n in range(5))
    made = pdf("# 章\n\n见[[t]]。", shows(PrintedTable(
        "t", "一表", fields, (tuple(map(Cell, cells)),), "某局")))
    assert f"表1一表{said}" in pages(made)[-1]


def test_code_never_reaches_the_paper(example):
    assert b"hidden_code" not in example
    assert "hidden_code" not in "".join(pages(example))


def test_every_font_is_embedded_and_subset(example):
    reader, fonts = pypdf.PdfReader(io.BytesIO(example)), {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font["/DescendantFonts"][0]["/FontDescriptor"]
            fonts[font["/BaseFont"]] = inner
    assert {name.split("+")[1].split("-")[0] for name in fonts} >= {
        "NotoSansSC", "NotoSerifSC", "NotoSansCJKjp"}
    for name, descriptor in fonts.items():
        assert name[7] == "+", f"{name} is whole"
        assert any(key in descriptor for key in ("/FontFile2", "/FontFile3")), name


def test_the_bookmarks_follow_the_headings(example):
    def titles(entries):
        return [t for e in entries
                for t in (titles(e) if isinstance(e, list) else [e.title])]
    assert titles(pypdf.PdfReader(io.BytesIO(example)).outline) == [
        "摘　要", "目　录", "一、第一章的题", "一节", "二、第二章的题"]


@pytest.mark.parametrize(("front", "page"), [(False, 1), (True, 2)])
def test_a_book_begins_below_its_contents_where_it_has_no_summary(front, page):
    made = pages(pdf(*([shows(Prose("s", ("摘要的话。",), front=True))] if front else []),
                     "# 章\n\n正文的话。"))
    assert [n for n, text in enumerate(made) if "正文的话。" in text] == [page]
    assert "目录" in made[1]


def test_a_long_table_repeats_its_head_and_name_on_each_page(example):
    held = [text for text in pages(example) if "行名称" in text]
    assert len(held) > 5
    assert all("序号" in text and "甲值" in text and "一组" in text for text in held)
    assert all("续表1" in text for text in held[1:]) and "续表1" not in held[0]


def test_wide_tables_stand_on_turned_pages_and_their_chapter_heading_with_them(example):
    reader = pypdf.PdfReader(io.BytesIO(example))
    turned = [page.mediabox.width > page.mediabox.height for page in reader.pages]
    texts = pages(example)
    assert [("行名称" in text) for text in texts] == turned
    assert "二、第二章的题" in texts[turned.index(True)]


@pytest.mark.parametrize("lines", range(6, 18))
def test_caption_rows_and_notes_are_never_parted(lines):
    made = pages(pdf("# 章\n\n" + "\n\n".join(["段落。"] * lines), shows(long_table(12))))
    for text in made[2:]:
        assert ("表1长长的表" in text) <= ("第1行" in text)
        assert ("尾注" in text) <= ("第12行" in text)


@pytest.mark.parametrize(("lines", "figures", "count"), [
    (1, 0, 1), (1, 1, 1), (22, 1, 1), (30, 0, 1), (30, 1, 2)])
def test_a_brief_has_a_page_of_figures_only_where_they_do_not_fit_below_the_words(
        lines, figures, count):
    said = [shows(Prose("said", ("结论。",) * lines)), *[shows(FIGURE)] * figures]
    document = read_notebook(notebook(*said)) | {"kind": "brief"}
    assert len(pages(typeset(document))) == count


def test_the_mark_and_the_page_number_stand_where_they_should(example):
    texts = pages(example)
    assert all("样张" in text for text in texts)
    assert "—1—" not in texts[0]
    assert all(f"—{n}—" in text for n, text in enumerate(texts[1:], 2))


def test_the_pdf_says_what_it_is_and_when(example):
    reader = pypdf.PdfReader(io.BytesIO(example))
    assert reader.metadata.title == "某某卷宗 2023年度"
    assert reader.metadata.author == "均衡 Junheng"
    assert reader.metadata.creation_date.date().isoformat() == "2024-03-01"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    packet = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in packet and "<pdfuaid:part>1<" in packet


def test_results_can_be_attached():
    made = pdf("文", resources={"attachment": ("results.json", b'{"a": 1}')})
    assert pypdf.PdfReader(io.BytesIO(made)).attachments["results.json"] == [b'{"a": 1}']


def test_a_missing_letter_stops_the_export():
    with pytest.raises(DossierFailed, match=r"“𫠟”（U\+2B81F），见封面"):
        pdf("文", title="𫠟县卷宗")


def test_a_warning_of_the_typesetter_stops_the_export(monkeypatch):
    monkeypatch.setattr(typesetting, "SANS_BOLD", ["No Such Font", typesetting.SANS_BOLD])
    with pytest.raises(DossierFailed, match="排版有警告.*no such font"):
        pdf("文")


def test_a_date_that_is_none_stops_the_export():
    with pytest.raises(DossierFailed, match="“今天”"):
        pdf("文", date="今天")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_two_exports_are_equal_byte_for_byte_even_from_a_forked_process(tmp_path):
    cells = [shows(cover(), FIGURE, long_table(30)), v4.new_markdown_cell("# 章\n\n$x^2$")]
    document = read_notebook(v4.new_notebook(cells=cells))
    expected = typeset(document)
    child = os.fork()
    if not child:
        (tmp_path / "child.pdf").write_bytes(typeset(document))
        os._exit(0)
    os.waitpid(child, 0)
    assert (tmp_path / "child.pdf").read_bytes() == expected == typeset(document)


def test_nbconvert_finds_the_exporter_by_its_name():
    file = Path(__file__).parents[3] / "pyproject.toml"
    group = "nbconvert.exporters"
    exporters = tomllib.loads(file.read_text("utf-8"))["project"]["entry-points"][group]
    assert sorted(exporters) == [f"junheng-{name}" for name in known_formats()]
    assert EntryPoint("junheng-pdf", exporters["junheng-pdf"], group).load() is PdfExporter
    assert PdfExporter().file_extension == ".pdf"


def test_a_chapter_given_to_nbconvert_ends_in_words_that_say_which_notebook_to_give(tmp_path):
    chapter = Path(__file__).parents[3] / "notebooks/county/03_balance.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "pipeline.publishing.formats.pdf.Exporter",
         str(chapter), "--output-dir", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "reports/年份/县代码/dossier.ipynb" in done.stderr
    assert not [*tmp_path.iterdir()]


def test_what_is_exported_is_what_nbconvert_and_nbformat_make(tmp_path):
    made = notebook("# 一章\n\n正文。", shows(FIGURE, Prose("h", HOSTILE), long_table(3)))
    wanted = PdfExporter().from_notebook_node(made, {"run_id": "run-1"})[0]
    text = nbformat.writes(made)
    export(nbformat.from_dict(made), "run-1", tmp_path / "dossier", ("pdf",))
    assert (tmp_path / "dossier.pdf").read_bytes() == wanted
    written = (tmp_path / "dossier.ipynb").read_text("utf-8")
    assert [line.strip() for line in written.splitlines()] == [
        line.strip() for line in text.splitlines()]
