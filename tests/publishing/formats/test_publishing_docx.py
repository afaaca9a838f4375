"""The Word file itself: what stands in it, letter by letter, and whether others can open it."""

import io
import json
import re
import struct
import zipfile
from xml.etree import ElementTree

import docx
import pytest
from opened_word import (
    R,
    W,
    lacking,
    named,
    needs_writer,
    opened,
    parts_of,
    printed,
    styled,
    tables,
    targets,
    text,
    value,
)
from small_paper import FIGURE, HOSTILE, long_table, notebook, one_of_everything, shows

from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.ground.errors import DossierFailed
from pipeline.publishing.formats.docx import Exporter
from pipeline.publishing.formats.docx.omml_formulas import omml
from pipeline.publishing.formats.docx.word_pages import _signatures
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.latex import formula

FACES = {"ascii", "hAnsi", "eastAsia", "cs"}


def written(made, run_id="run-1"):
    return Exporter(default_preprocessors=[]).written(read_notebook(made, run_id))


def word(*cells, **more):
    return written(notebook(*cells, **more))


@pytest.fixture(scope="module")
def example():
    return written(one_of_everything())


@pytest.fixture(scope="module")
def record():
    return read_notebook(one_of_everything(), "run-1")


def test_the_name_of_who_seals_stands_on_one_line():
    made = _signatures({"title": "签署", "signers": ["编制单位（盖章）"]})
    width, letters = int(re.search(r'w:tcW w:w="(\d+)"', made)[1]), len("编制单位（盖章）：")
    assert width - 2 * 108 >= letters * 14 * 20  # twips: 14 points a letter, cell margins of Word


def test_nobody_signs_a_page_of_its_own_in_word(example):
    styles = ElementTree.fromstring(parts_of(example)["word/styles.xml"])
    (signing,) = (s for s in styles.iter(f"{W}style") if s.get(f"{W}styleId") == "JunhengSigning")
    assert signing.find(f"{W}pPr/{W}pageBreakBefore").get(f"{W}val") == "0"
    made = _signatures({"title": "签署", "signers": ["编制单位（盖章）", "日期"]})
    assert 'w:val="TOCHeading"' not in made and made.count("<w:keepNext/>") == 4


def test_the_same_document_is_the_same_bytes_and_stays_as_it_is(example):
    document = read_notebook(one_of_everything(), "run-1")
    before = json.dumps(document)
    assert Exporter(default_preprocessors=[]).written(document) == example
    assert json.dumps(document) == before
    with zipfile.ZipFile(io.BytesIO(example)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_part_is_well_formed_typed_and_reached(example):
    parts = parts_of(example)
    types = ElementTree.fromstring(parts["[Content_Types].xml"])
    known = {entry.get("PartName") or "." + entry.get("Extension") for entry in types}
    reached = {"[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"}
    for name in ("", "word/document.xml"):
        found = targets(parts, name)
        reached |= {*found.values()}
        assert named(parts.get(name, b"")) <= found.keys()
    assert reached == set(parts)
    for name, content in parts.items():
        assert f"/{name}" in known or f".{name.rpartition('.')[2]}" in known, name
        if not name.endswith(".png"):
            ElementTree.fromstring(content)
            assert b"<!DOCTYPE" not in content


def test_every_table_says_cell_by_cell_what_the_document_says(example, record):
    body, made = opened(example), iter(tables(opened(example)))
    for block in record["front"] + record["body"]:
        if block["type"] == "table":
            table = next(made)
            assert table["rows"] == [[cell["text"] for cell in row] for row in block["rows"]]
            assert table["heads"][-1] == [f["label"] if f["group"] else "" for f in block["fields"]]
    assert next(made, None) is None
    assert styled(body, "Heading1") == ["一、第一章的题", "二、第二章的题"]
    assert styled(body, "Caption") == ["图1　一幅图", "表1　长长的表"]
    assert styled(body, "JunhengUnit") == ["单位：人"]
    assert styled(body, "JunhengNote") == ["数据来源：某局", "数据来源：某局年报", "注：尾注"]
    assert styled(body, "ListBullet") == ["一项", *HOSTILE[10:15]]
    assert styled(body, "ListNumber") == ["一条"]
    assert styled(body, "JunhengSummary") == ["摘要的结论，见表1。"]
    assert styled(body, "BodyText") == [
        "正文有重点和公式 ：", *HOSTILE[:10], "见图1。", "完。"]


def test_grouped_heads_stand_over_their_columns_and_every_head_is_repeated(example):
    heads = [[(text(cell), int(value(cell, "w:tcPr/w:gridSpan") or 1),
               cell.find(f"{W}tcPr/{W}vMerge") is not None) for cell in row.iter(f"{W}tc")]
             for row in opened(example).iter(f"{W}tr")
             if row.find(f"{W}trPr/{W}tblHeader") is not None]
    assert heads == [
        [("序号", 1, True), ("名称", 1, True), ("一组", 2, False),
         *[(f"另值{n}", 1, True) for n in range(10)]],
        [("", 1, True), ("", 1, True), ("甲值", 1, False), ("乙值", 1, False),
         *[("", 1, True)] * 10]]


@pytest.mark.parametrize(("letters", "whole"), [(599, True), (600, True), (601, False)])
def test_a_row_is_parted_only_where_a_cell_is_very_long(letters, whole):
    rows = ((Cell("长" * letters), Cell("1")),)
    table = PrintedTable("t", "表", (Field("文"), Field("数")), rows, "某局")
    last = [*opened(word(shows(table))).iter(f"{W}tr")][-1]
    assert (last.find(f"{W}trPr/{W}cantSplit") is not None) == whole


@pytest.mark.parametrize(("count", "kept"), [(1, 1), (4, 4), (5, 5), (6, 2), (300, 2)])
def test_a_small_table_stays_together_and_any_table_with_its_notes(count, kept):
    body = opened(word(shows(long_table(count))))
    cells = [p for p in body.iter(f"{W}p") if value(p, "w:pPr/w:pStyle") == "JunhengCell"]
    marks = [p.find(f"{W}pPr/{W}keepNext") is not None for p in cells]
    assert marks == [False] * 4 * (count - kept) + [True] * 4 * kept
    assert tables(body)[0]["rows"][-1][1] == f"第{count}行名称"


def test_chinese_letters_have_chinese_faces_everywhere(example):
    parts = parts_of(example)
    for name, content in parts.items():
        if name.endswith(".xml"):
            assert not re.search(rb'Theme="|ja-JP|"MS |\xef\xbc\xad\xef\xbc\xb3', content), name
    styles = ElementTree.fromstring(parts["word/styles.xml"])
    fonts = [*styles.iter(f"{W}rFonts")]
    assert fonts and all({a.removeprefix(W) for a in f.attrib} >= FACES for f in fonts)
    named_faces = {f.get(f"{W}{face}") for f in fonts for face in FACES}
    table = ElementTree.fromstring(parts["word/fontTable.xml"])
    assert named_faces <= {font.get(f"{W}name") for font in table}
    chinese = [f for f in table if not f.get(f"{W}name").isascii()]
    assert chinese and all(value(f, "w:altName") and value(f, "w:charset") == "86" for f in chinese)
    lang = next(styles.iter(f"{W}lang"))
    assert lang.get(f"{W}eastAsia") == "zh-CN"


def test_every_style_that_is_named_is_there_and_none_besides(example):
    parts = parts_of(example)
    there = {style.get(f"{W}styleId"): style.get(f"{W}type")
             for style in ElementTree.fromstring(parts["word/styles.xml"])
             if style.get(f"{W}styleId")}
    asked = set()
    for name, content in parts.items():
        if name.endswith(".xml") and name.startswith("word/"):
            asked |= {e.get(f"{W}val") for e in ElementTree.fromstring(content).iter()
                      if e.tag in {f"{W}{tag}" for tag in ("pStyle", "rStyle", "tblStyle",
                                                           "basedOn", "next")}}
    built_in = {"DefaultParagraphFont", "NoList", "Heading3", "JunhengCode", "JunhengHeadMark",
                "JunhengBlank", "JunhengSigning"}
    assert asked <= there.keys() <= asked | built_in


def test_word_asks_no_question_at_opening(example):
    parts = parts_of(example)
    settings = parts["word/settings.xml"].decode().partition("-->")[2]
    assert "updateFields" not in settings
    assert 'w:name="compatibilityMode"' in settings and 'w:val="15"' in settings
    assert b"w:dirty" not in parts["word/document.xml"]


def test_references_and_contents_lead_to_bookmarks_that_are_there(example):
    content = parts_of(example)["word/document.xml"].decode()
    marks = re.findall(r'<w:bookmarkStart w:id="(\d+)" w:name="(\w+)"', content)
    names = [name for _, name in marks]
    assert len(set(marks)) == len(set(names)) == len({n for n, _ in marks}) == len(marks) == 5
    assert re.findall(r'"(\d+)"', "".join(re.findall(r"<w:bookmarkEnd [^>]*>", content))) == [
        number for number, _ in marks]
    asked = re.findall(r'w:instr=" REF (\w+) \\h "', content)
    linked = re.findall(r'w:anchor="(\w+)"', content)
    assert len(asked) == 2 and len(linked) == 3 and {*asked, *linked} == set(names)
    assert ' TOC \\o "1-2" \\h \\z \\u ' in content
    assert "PAGEREF" not in content
    assert re.findall(r'w:instr=" SEQ (\S+) \\\* ARABIC "', content) == ["图", "表"]


def test_no_section_ends_within_the_field_of_the_contents(example):
    """LibreOffice 7.4 prints the feet of such a section without numbers and styles."""
    body = opened(example)[0]
    fields = [*body.iter(f"{W}sdt")]
    assert len(fields) == 1 and not [*fields[0].iter(f"{W}sectPr")]
    assert value(body[[*body].index(fields[0]) + 1], "w:pPr/w:pStyle") == "JunhengHint"


def test_wide_tables_stand_in_turned_sections_of_a4(example):
    sizes = [(int(s.get(f"{W}w")), int(s.get(f"{W}h")), s.get(f"{W}orient"))
             for s in opened(example).iter(f"{W}pgSz")]
    upright, turned = (11906, 16838, None), (16838, 11906, "landscape")
    assert sizes == [upright, upright, upright, turned, upright]


def test_heads_feet_and_cover_say_what_the_document_says(example):
    parts = parts_of(example)
    assert styled(opened(example), "JunhengStatement") == [
        "声明文字", "本文件可编辑，数字以同一文件夹中的同名 PDF 和结果文件（.json）为准。",
        "运行编号 run-1，印在各页页脚：资料、规则和软件都相同，编号才相同。"
        "文件和数字是否改动过，可用 junheng verify 核对。"]
    assert text(opened(example, "word/upright-header-default.xml")) == "页眉文字\t 样张 "
    assert text(opened(example, "word/turned-footer-default.xml")) == "run-1\t— 1 —"
    assert text(opened(example, "word/turned-footer-even.xml")) == "— 1 —\trun-1"
    assert text(opened(example, "word/cover-footer-default.xml")) == ""
    said = docx.Document(io.BytesIO(example)).core_properties
    assert (said.title, said.author, said.language) == (
        "某某卷宗 2023年度", "均衡 Junheng", "zh-CN")
    assert said.created.isoformat()[:10] == said.modified.isoformat()[:10] == "2024-03-01"
    custom = {p.get("name"): p[0].text
              for p in ElementTree.fromstring(parts["docProps/custom.xml"])}
    assert custom == {"run_id": "run-1", "对象": "甲县"}


@pytest.mark.parametrize(("letters", "upright", "turned"), [
    (42, 1, 1), (43, 1, 1), (44, 2, 1), (63, 2, 1), (64, 2, 1), (65, 2, 2)])
def test_a_mark_too_long_for_the_line_stands_above_the_running_head(letters, upright, turned):
    made = word("文", running_head="眉眉眉眉", mark="印" * letters)  # 49 or 70 a line
    heads = [opened(made, f"word/{way}-header-even.xml") for way in ("upright", "turned")]
    assert [len(head) for head in heads] == [upright, turned]
    assert all("印" * letters in text(head) and "眉眉眉眉" in text(head) for head in heads)


def test_a_figure_is_pixels_and_drawing_with_words_for_who_cannot_see_it(example):
    parts, body = parts_of(example), opened(example)
    said = next(e for e in body.iter() if e.tag.endswith("}docPr"))
    assert (said.get("title"), said.get("descr")) == ("图1", "替代文字")
    found = targets(parts, "word/document.xml")
    png, svg = (parts[found[e.get(f"{R}embed")]] for e in body.iter() if e.get(f"{R}embed"))
    wide, high = struct.unpack(">II", png[16:24])
    assert (round(300 * 200 / 96), round(80 * 200 / 96)) == (wide, high)
    assert "黑体" in svg.decode() and "Noto" not in svg.decode() and "图中的字" in svg.decode()
    extent = next(e for e in body.iter() if e.tag.endswith("}extent"))
    assert abs(int(extent.get("cx")) - 300 * 914_400 / 96) < 914_400 / 200


@pytest.mark.parametrize(("width", "height", "limit"), [
    ("300", "80", (225, 60)), ("900", "80", (442.2, 60)), ("200", "900", (150, 510.3))])
def test_a_figure_is_only_ever_made_smaller(width, height, limit):
    svg = FIGURE["svg"].replace('"300"', f'"{width}"').replace('"80"', f'"{height}"')
    extent = next(e for e in opened(word(shows(FIGURE | {"svg": svg}))).iter()
                  if e.tag.endswith("}extent"))
    size = int(extent.get("cx")) / 12700, int(extent.get("cy")) / 12700
    assert size[0] <= limit[0] + 0.4 and size[1] <= limit[1] + 0.4
    assert max(size[0] / limit[0], size[1] / limit[1]) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("latex", "shape"), [
    (r"\frac{a}{2}", "f(num(a)den(2))"),
    (r"\sqrt{x}", "rad(deg()e(x))"), (r"\sqrt[3]{x}", "rad(deg(3)e(x))"),
    (r"\bar{X}_g", "sSub(e(bar(e(X)))sub(g))"), (r"\hat{y}", "acc(e(y))"),
    ("x_i^2", "sSubSup(e(x)sub(i)sup(2))"), ("S^2", "sSup(e(S)sup(2))"),
    (r"\left( x \right)", "d(e(x))"), (r"\sum_i x_i", "nary(sub(i)sup()e(sSub(e(x)sub(i))))"),
    (r"a+\sum x", "a+nary(sub()sup()e(x))"), (r"\ln x", "func(fName(ln)e(x))"),
    (r"\max", "max"), (r"a-\text{学生 数}", "a−学生 数"), (r"\mathbf{x}\quad y", "x\u2003y"),
])
def test_a_formula_is_an_office_formula_part_by_part(latex, shape):
    def drawn(element):
        tag = element.tag.rpartition("}")[2]
        if tag == "r":
            return "".join(element.itertext())
        inside = "".join(map(drawn, element))
        return "" if tag.endswith("Pr") else f"{tag}({inside})"

    spaces = ('xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
              'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"')
    made = ElementTree.fromstring(f"<x {spaces}>{omml(formula(latex))}</x>")
    assert "".join(map(drawn, made[0])) == shape


def test_hostile_strings_are_written_letter_by_letter():
    fields = (Field("#let", "$组$", "left"), Field("*头*", "$组$", "left"))
    rows = tuple((Cell(words), Cell(words, "total")) for words in (*HOSTILE, "a\nb\tc", " 甲 ", ""))
    table = PrintedTable("t", "#表 <&>\"'", fields, rows, "@源", notes=("<注>",), unit="`元`")
    made = word(shows(table, Prose("p", ("<w:p/>&amp;",))), title="#题 $x$ <&>", subtitle="<副>",
                rows=(('*"名"*', "@值"),), mark="_印_", running_head="`眉`", statement="\\声")
    body = opened(made)
    assert tables(body)[0]["rows"] == [[c.text for c in row] for row in rows]
    assert styled(body, "BodyText") == ["<w:p/>&amp;"] and styled(body, "Title") == ["#题 $x$ <&>"]
    assert styled(body, "Caption") == ["表1　#表 <&>\"'"]


def test_another_program_reads_the_tables_and_saves_the_file(example, record):
    document = docx.Document(io.BytesIO(example))
    table = document.tables[-1]
    wanted = next(b for b in record["body"] if b["type"] == "table")
    assert [[cell.text for cell in row.cells] for row in table.rows[2:5]] == [
        [cell["text"] for cell in row] for row in wanted["rows"][:3]]
    saved = io.BytesIO()
    document.save(saved)
    assert tables(opened(saved.getvalue())) == tables(opened(example))


def test_a_date_that_is_none_stops_the_export():
    for day in ("今天", "20240301", "2024-13-01"):
        with pytest.raises(DossierFailed, match=f"“{day}”"):
            word("文", date=day)


def test_a_paper_of_a_cover_alone_can_be_written():
    body = opened(written(notebook(rows=(), statement="", mark="", subtitle=""), run_id=""))
    assert styled(body, "TOC1") == [] and styled(body, "Title") == ["某某卷宗"]


def extreme_papers():
    """Return papers as a county of one school, or of three hundred with long names, makes them."""
    long = "内蒙古自治区呼伦贝尔市莫力达瓦达斡尔族自治旗尼尔基镇第一中心小学附属教学点（寄宿制）"
    fields = (Field("学校", align="left"), *(Field(f"第{n}项（元/生）", "各项") for n in range(14)))
    rows = tuple((Cell(f"{long}{n}"), *(Cell(f"{n}.{k:02}", "fail") for k in range(14)))
                 for n in range(300))
    many = PrintedTable("many", "很多学校", fields, rows, "某局", wide=True,
                        notes=("注" * 300,))
    one = PrintedTable("one", "一所学校", fields[:1], (rows[0][:1],), "")
    return {"many": notebook("# 章", shows(many, one), "# 又一章", shows(FIGURE)),
            "one": notebook(shows(one)), "everything": one_of_everything()}


@pytest.mark.slow
@needs_writer
def test_libreoffice_opens_the_file_and_prints_every_word_of_it(tmp_path):
    made = extreme_papers()
    pages = printed(tmp_path, **{name: written(paper) for name, paper in made.items()})
    for name, paper in made.items():
        assert lacking(read_notebook(paper, "run-1"), pages[name]) == []
    assert len(pages["one"]) == 3
    held = [page for page in pages["many"] if "第一中心小学" in page and "一所学校" not in page]
    assert len(held) > 10 and all("各项" in page for page in held)
    assert all(f"—{n}—" in page for n, page in enumerate(pages["everything"][1:], 2))
    for page in pages["everything"]:
        assert not page.endswith(("一、第一章的题", "（一）一节", "二、第二章的题"))
