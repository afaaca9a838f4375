"""The page: what it shows is what is printed, it needs nothing beside it and lets nothing in."""

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from nbformat import v4
from test_publishing_pdf import FIGURE, HOSTILE, cover, long_table, shows

from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose, Weighted
from pipeline.publishing.formats.html.mathml import mathml
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.exporting import exporter_of
from pipeline.publishing.paper.latex import formula

EMPTY = {"meta", "br", "hr", "link", "img", "input"}
STYLED = ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
          'width="9pt" height="9pt" viewBox="0 0 9 9"><metadata>x</metadata><defs>'
          "<style>*{stroke-linejoin: round}</style><clipPath id='a'><path id='p' d='M0 0'/>"
          "</clipPath></defs><g id='g' style='fill: #ff0000; stroke: url(#a)'>"
          "<use xlink:href='#p' clip-path='url(#a)'/><text style=\"font-family: 'X'; font-size: "
          "9px\">图中的字</text></g></svg>")


def page(*cells, **more):
    made = [v4.new_markdown_cell(c) if isinstance(c, str) else c for c in cells]
    notebook = v4.new_notebook(cells=[shows(cover(**more)), *made])
    document = read_notebook(notebook, "0123456789abcdef")
    return exporter_of("html")(default_preprocessors=[]).written(document).decode("utf-8")


class Read(HTMLParser):
    """What a browser would find: every element with its attributes, the words, the rows; and
    whether each element is closed in its turn."""

    def __init__(self, text):
        super().__init__()
        self.found, self.words, self.rows, self.open = [], "", [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.words += data
        if {"td", "th"} & {*self.open}:
            self.rows[-1][-1] += data

    def values(self, name):
        return [attrs[name] for _, attrs in self.found if name in attrs]


def test_what_a_page_shows_is_what_is_printed():
    read = Read(page(shows(Prose("s", ("摘要的结论，见[[long]]。",), front=True)),
                     "# 第一章的题\n\n正文有**重点**和公式 $X_i$：\n\n$$CV=\\frac{S}{\\bar{X}}$$",
                     "## 一节\n\n- 一项\n\n1. 一条", shows(FIGURE, long_table(3))))
    for words in ("某某卷宗", "2023年度", "甲县", "声明文字", "摘要的结论，见表1。",
                  "正文有重点和公式", "图1　一幅图", "表1　长长的表", "单位：人", "来源：某局年报",
                  "注：尾注", "图中的字", "0123456789abcdef", "一、第一章的题", "一节"):
        assert words in read.words, words
    assert read.rows == [["序号", "名称", "一组"], ["甲值", "乙值"],
                         *([str(n), f"第{n}行名称", "1,234.5", "0.25"] for n in (1, 2, 3))]
    assert "替代文字" in read.values("aria-label")


def test_blanks_that_paper_leaves_before_a_seal_are_none_on_a_screen():
    made = page("# 章\n\n文", rows=(("编制单位", "　　　　（盖章）"),))
    assert "<dd>（盖章）</dd>" in made


def test_every_reference_and_content_leads_to_what_is_there_once():
    read = Read(page("# 一章", "见[[pic]]、[[long]]。", shows(FIGURE, long_table(2)),
                     "## 一节", "字"))
    ids = read.values("id")
    assert len(ids) == len({*ids})
    places = [link.removeprefix("#") for link in read.values("href") if link.startswith("#")]
    assert {"pic", "long", "main"} <= {*places} <= {*ids}


def test_hostile_strings_are_letters():
    strange = (*(text for text in HOSTILE if text != "[["), "<script>x</script>", "</style>",
               '" onload="x', "{{ 7*7 }}", "{% raw %}", "&amp;")
    table = PrintedTable("t", "<b>表", (Field("<i>头", align="left"), Field("头")),
                         tuple((Cell(text), Cell(text, "fail")) for text in strange), "<源>",
                         notes=("<注>",), unit="<元>")
    read = Read(page(shows(table, Prose("p", strange), Prose("b", strange, bullets=True)),
                     title="<题>", subtitle="<副>", rows=(("<名>", "<值>"),), mark="<印>",
                     running_head="<眉>", statement="<声>"))
    assert read.rows[1:] == [[text, text] for text in strange]
    assert not {tag for tag, _ in read.found} & {"b", "i", "script", "iframe", "object"}
    assert not [name for _, attrs in read.found for name in attrs if name.startswith("on")]
    for words in ("<题>", "<副>", "<名>", "<值>", "<印>", "<眉>", "<声>", "<注>", "<源>", "<元>"):
        assert words in read.words


def test_nothing_is_asked_of_anybody_and_only_the_style_told_by_its_hash_applies():
    text = page("# 一章", "$$x$$", shows(FIGURE | {"svg": STYLED}, long_table(2)))
    read = Read(text)
    policy = next(attrs["content"] for _, attrs in read.found if "http-equiv" in attrs)
    styles = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(sha256(styles[0].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"
    assert len(styles) == 1 and read.values("style") == [] and read.values("src") == []
    assert [link for link in read.values("href") if not link.startswith("#")] == []
    assert "url(" not in styles[0] and "@import" not in styles[0]


def test_drawings_keep_their_looks_and_share_no_id():
    text = page("# 一章", "字", shows(FIGURE | {"svg": STYLED},
                                   FIGURE | {"svg": STYLED, "key": "two"}))
    drawn = [ElementTree.fromstring(svg) for svg in re.findall("<svg.*?</svg>", text, re.DOTALL)]
    group, use, words = (drawn[0].find(f".//{{http://www.w3.org/2000/svg}}{name}")
                         for name in ("g", "use", "text"))
    assert (group.get("fill"), group.get("stroke")) == ("#ff0000", "url(#pic-a)")
    assert use.get("{http://www.w3.org/1999/xlink}href") == "#pic-p"
    assert words.get("font-size") == "9px" and words.get("font-family") is None
    assert drawn[0].get("stroke-linejoin") == "round" and "metadata" not in text
    ids = [{e.get("id") for e in root.iter()} - {None} for root in drawn]
    assert ids[0] and not ids[0] & ids[1]


@pytest.mark.parametrize(("latex", "wanted"), [
    ("x", "<mi>x</mi>"), ("12", "<mn>12</mn>"), ("a-b", "<mi>a</mi><mo>−</mo><mi>b</mi>"),
    (r"\frac{S}{\bar{X}}", '<mfrac><mi>S</mi><mover accent="true"><mi>X</mi>'
     '<mo stretchy="false">¯</mo></mover></mfrac>'),
    (r"P_i^2", "<msubsup><mi>P</mi><mi>i</mi><mn>2</mn></msubsup>"),
    (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
    (r"\sum_i", "<munder><mo>∑</mo><mi>i</mi></munder>"),
    (r"\text{<b>}", "<mtext>&lt;b&gt;</mtext>")])
def test_formulas_are_mathml(latex, wanted):
    """Against the element names of MathML Core."""
    found = str(mathml(formula(latex), displayed=True))
    assert wanted in found
    ElementTree.fromstring(found)


def test_the_same_document_gives_the_same_bytes_and_a_table_may_be_empty():
    fields = (Field(""), Field("甲", "组"), Field("乙", "组"))
    empty = shows(PrintedTable("t", "表", fields, (), "源"))
    assert page("# 一章", empty) == page("# 一章", empty)
    assert Read(page("# 一章", empty)).rows == [["", "组"], ["甲", "乙"]]


def table_of(key, *cells):
    rows = tuple((Cell(name), cell) for name, cell in cells)
    return PrintedTable(key, key, (Field("校", align="left"), Field("值")), rows, "某局")


@pytest.mark.parametrize(("source", "links"), [
    ("values", ["#values"]), ("elsewhere", [])])
def test_a_number_that_is_reckoned_from_another_table_of_the_page_is_a_link_to_it(source, links):
    mean = Cell("2.0", reckoned=Weighted("mean", source, 1, 1))
    found = Read(page(shows(table_of("values", ("甲", Cell("1.0")), ("乙", Cell("3.0"))),
                            table_of("means", ("合计", mean)))))
    inside = [a["href"] for tag, a in found.found if tag == "a" and a["href"] in ("#values",
                                                                                "#elsewhere")]
    assert inside == links
    assert ["合计", "2.0"] in found.rows


def test_a_number_leads_to_the_table_of_its_stage_that_it_comes_from():
    """The keyboard goes by the link below the table, not through every number of it."""
    summary = PrintedTable("summary", "各学段", (Field("学段", align="left"), Field("达标")), tuple(
        (Cell(stage), Cell(text)) for stage, text in (
            ("小学", "3"), ("初中", "2"), ("", "1"), ("合计", "5"), ("合计", "—"))), "某局")
    schools = [PrintedTable(f"of_{zh}", f"{zh}分校", (Field("校", align="left"), Field("值")),
                            ((Cell("甲"), Cell("1.0")),), "某局") for zh in ("小学", "初中")]
    document = read_notebook(v4.new_notebook(cells=[
        shows(cover()), v4.new_markdown_cell("# 一章"), shows(summary, *schools)]))
    table = next(b for b in document["body"] if b.get("key") == "summary")
    table["origins"] = ["of_小学", "of_初中", "gone"]
    links = [a for tag, a in Read(exporter_of("html")(default_preprocessors=[]).written(
        document).decode("utf-8")).found if tag == "a" and a["href"].startswith("#of_")]
    assert [a["href"] for a in links if a.get("tabindex") == "-1"] == [
        "#of_小学", "#of_初中", "#of_初中", "#of_小学"]
    assert [a["href"] for a in links if "tabindex" not in a] == ["#of_小学", "#of_初中"]
