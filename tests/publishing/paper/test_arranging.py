"""What stands in the body of a book, in its annex and its brief, and how each calls the others."""

import re
from fnmatch import fnmatchcase

import nbformat
import pytest
from nbformat import v4
from test_publishing_blocks import COVER, Drawing, appendix, notebook, shows, table

from pipeline.definitions.base import DATA, ROOT
from pipeline.definitions.forms.arrangement import Arrangement, arrangement_of
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.publishing.paper import blocks
from pipeline.publishing.paper.arranging import arranged
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.markdown import plain
from pipeline.publishing.paper.papers import APART, BOUND, binding_among, papers

RULES = {"signatures": {"title": "签署", "signers": ["编制人"]},
         "annex": {"rows": 14, "turned": True, "formulas": True},
         "brief": {"title": "简报", "exhibits": ["said", "pic"], "alone": ["said"]}}


@pytest.fixture
def document(monkeypatch):
    """Return a function: the document of cells under `RULES` and what is changed in them."""
    def made(*cells, **annex):
        rules = Arrangement(**RULES | {"annex": RULES["annex"] | annex})
        monkeypatch.setattr(blocks, "arrangement_of", lambda book: rules)
        return read_notebook(notebook(*cells))
    return made


def long(key, rows, tones=(), **more):
    cells = [(Cell(str(n)), Cell("数", tones[n] if n < len(tones) else "")) for n in range(rows)]
    return PrintedTable(key, f"{key}表", (Field("甲"), Field("乙")), tuple(cells), "某局", **more)


def broad(columns):
    """Return a table that is rather turned than crowded."""
    return PrintedTable("t", "宽表", tuple(Field("甲") for _ in range(columns)),
                        tuple(tuple(Cell("123456.78") for _ in range(columns)) for _ in range(9)),
                        "某局", wide=True)


def said(paper):
    """Return the headings, texts and labels of blocks, in order."""
    shown = []
    for block in paper:
        match block["type"]:
            case "heading":
                shown.append(block["number"] + block["text"])
            case "paragraph":
                shown.append(plain(block["runs"]))
            case "table" | "figure":
                shown.append(block["label"] + " " + block["key"])
            case "signatures":
                shown.append("（签署）")
    return shown


def parted(document, stem="book"):
    found = papers(document, stem)
    return [said(found[name]["body"]) if name in found else [] for name in (stem, "appendix")]


@pytest.mark.parametrize(("exhibit", "rules", "place"), [
    (long("t", 13), {}, 0), (long("t", 14), {}, 0), (long("t", 15), {}, 1),
    (long("t", 15), {"kept": ["t"]}, 0), (long("t", 15), {"kept": ["s*"]}, 1),
    (long("t", 1), {"exhibits": ["t"]}, 1), (long("t_1", 1), {"exhibits": ["t_*"]}, 1),
    (long("t", 1), {"headings": ["节"]}, 1), (long("t", 1), {"headings": ["章"]}, 0),
    (broad(14), {}, 1), (broad(14), {"turned": False}, 0), (broad(4), {}, 0),
])
def test_a_table_stands_in_the_body_or_in_the_annex(document, exhibit, rules, place):
    found = parted(document("# 章\n\n言\n\n## 节", shows(exhibit), **rules))
    assert [any(f" {exhibit.key}" in line for line in part) for part in found] == [
        place == 0, place == 1]


def test_the_body_says_where_the_rest_is_and_the_annex_keeps_its_headings(document):
    body, annex = parted(document(
        "# 甲\n\n言\n\n## 一节\n\n见[[a]]和[[b]]。", shows(long("a", 20), long("b", 20)),
        "## 二节", shows(long("c", 2), long("d", 20), Drawing()),
        "## 三节", shows(long("e", 20, notes=("比[[c]]细。",))),
        "# 乙\n\n记 $x$ 为数。\n\n$$x = 1$$\n\n其后。",
        "# 丙\n\n见[[c]]。\n\n记 $x$ 为数。", appendix("# 附录\n\n## 名单"), shows(long("f", 2))))
    assert body == [
        "一、甲", "言", "（一）一节", "见附录表A-1和表A-2。", "（二）二节",
        "二节见图1。另见附录表A-3；三节见附录表A-4。", "表1 c", "图1 pic",
        "二、丙", "见表1。算式见附录。", "（签署）"]
    assert annex == [
        "附1　甲", "1. 一节", "表A-1 a", "表A-2 b", "2. 二节", "表A-3 d", "3. 三节", "表A-4 e",
        "附2　乙", "记  为数。", "其后。", "附3　丙", "记  为数。", "附4　名单", "表A-5 f"]


@pytest.mark.parametrize(("tones", "shown"), [
    ((), 0), (("total",) * 3, 0), (("fail", "", "short", "unknown"), 3), (("fail",) * 14, 14),
    (("fail",) * 15, 0)])
def test_an_excerpt_repeats_the_toned_rows_and_no_others(document, tones, shown):
    made = document("# 章\n\n言", shows(long("t", 20, tones)), excerpts=["t"])
    tables = {b["key"]: b for b in made["body"] if b["type"] == "table"}
    excerpt = tables.get("t_excerpt", {"rows": [], "data": []})
    assert len(excerpt["rows"]) == len(excerpt["data"]) == shown
    assert all(row[1]["tone"] in ("fail", "short", "unknown") for row in excerpt["rows"])
    assert len(tables["t"]["rows"]) == 20
    if shown:
        assert excerpt["notes"] == [f"只列有底色或虚线框的{shown}行，全表20行见附录表A-1。"]


@pytest.mark.parametrize(("text", "shown"), [
    ("言。", "言。见表1、图1。"), ("言，见[[t]]。", "言，见表1、图1。"),
    ("见[[pic]]，言。", "见图1，言。见表1。"),
    ("见[[t]]和[[pic]]。", "见表1和图1。"), ("", "节见表1、图1。")])
def test_words_refer_to_every_table_and_figure_of_the_body(document, text, shown):
    body, _ = parted(document(f"# 章\n\n首。\n\n## 节\n\n{text}", shows(long("t", 2), Drawing())))
    assert body == ["一、章", "首。", "节", shown, "表1 t", "图1 pic", "（签署）"]


@pytest.mark.parametrize(("text", "shown"), [
    ("言。", "言。节选见表1。"), ("见[[t]]。", "见附录表A-1；节选见表1。")])
def test_words_refer_to_an_excerpt_as_one(document, text, shown):
    made = document(f"# 章\n\n{text}", shows(long("t", 20, ("fail",))), excerpts=["t"])
    assert parted(made)[0][:2] == ["一、章", shown]


def test_the_brief_has_exhibits_of_its_own_and_copies_of_others(document):
    made = document("# 章\n\n言[[pic]]", shows(
        Prose("said", ("见[[pic]]、[[t]]。",)), Drawing(), long("t", 15)))
    found = papers(made, "book")
    assert said(found["brief"]["body"]) == ["见卷宗图1、附录表A-1。", "图1 pic"]
    assert found["brief"]["cover"]["title"] == COVER.title + "简报"
    assert parted(made)[0] == ["一、章", "言图1另见附录表A-1。", "图1 pic", "（签署）"]


@pytest.mark.parametrize(("drawn", "printed"), [
    ((), []), (("a",), ["图1 pic"]), (("b",), ["图1 pic"]), (("a", "b"), ["图1 pic", "图2 pic"]),
    (("a", "b", "c"), ["图1 pic", "图2 pic"])])
def test_a_brief_has_no_more_figures_than_two(drawn, printed):
    rules = Arrangement(**RULES | {"brief": {"title": "简报", "exhibits": ["t", "a", "b", "c"]}})
    blocks = [{"type": "figure", "key": key, "caption": "pic", "notes": [], "label": ""}
              for key in drawn]
    brief = arranged(blocks, rules)[2]
    assert [block["key"] for block in brief] == [*drawn][:2] and len(printed) == len(brief)


def test_what_is_bound_in_one_is_what_stands_apart_in_two(document):
    made = document("# 章\n\n言", shows(long("t", 15)))
    apart, bound = papers(made, "book", APART), papers(made, "book", BOUND)
    assert [*apart] == ["book", "appendix"] and [*bound] == ["book"]
    assert said(bound["book"]["body"]) == [
        *said(apart["book"]["body"]), "附录", *said(apart["appendix"]["body"])]
    assert apart["book"]["elsewhere"] == [{"number": "附1　", "text": "章"}]
    assert (binding_among(["brief.pdf", "appendix.pdf"]), binding_among(["brief.pdf"])) == (
        APART, BOUND)


def test_a_book_without_an_arrangement_is_body_alone():
    made = read_notebook(notebook("# 章\n\n记 $x$ 为数。", shows(long("t", 50), table("s"))))
    assert [*papers(made, "book")] == ["book"]
    assert said(made["body"]) == ["一、章", "记  为数。", "表1 t", "表2 s"]


def test_the_arrangement_of_the_county_names_only_what_there_is():
    """What is renamed in a chapter and not in the arrangement would move in silence."""
    rules = arrangement_of("county")
    source = "".join(p.read_text("utf-8") for p in (ROOT / "pipeline/dossier").rglob("*.py"))
    keys = {re.sub(r"\{.*?\}", "*", key) for key in re.findall(r'"([\w{][\w{}.]*)"', source)}
    named = [*rules.annex.exhibits, *rules.annex.kept, *rules.annex.excerpts,
             *rules.brief.exhibits, *rules.brief.alone]
    assert [name for name in named if not any(
        fnmatchcase(name, key) or fnmatchcase(key, name) for key in keys - {"*"})] == []
    headings = {line.lstrip("# ") for path in (ROOT / "notebooks/county").glob("*.ipynb")
                for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"
                for line in cell.source.split("\n") if line.startswith("#")}
    assert {*rules.annex.headings} <= headings
    arranged = {path.stem for path in (DATA / "printing" / "arrangements").glob("*.toml")}
    assert {"county"} <= arranged <= {"county", "annual"}


def test_a_chapter_opened_alone_is_read_as_it_is():
    assert read_notebook(v4.new_notebook(cells=[shows(COVER)]))["brief"] == []
