"""From an executed notebook to the plain document: what is taken, numbered, refused."""

import pytest
from nbformat import v4

from pipeline.dossier.printing.exhibit import Cell, Cover, Field, PrintedTable, Prose
from pipeline.ground.errors import DossierFailed
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.markdown import plain
from pipeline.publishing.paper.table_layout import (
    column_widths,
    column_wishes,
    head_rows,
    prepare_table,
    sections,
)

COVER = Cover("cover", "某某卷宗", "2023年度", (("对象", "甲"),), "某某卷宗", "2024-03-01")


class Drawing:
    """Stands for a picture: an SVG with one text in it."""

    def __init__(self, text="图中文字"):
        self.text = text

    def record(self, key="pic", place="body"):
        svg = (f'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">'
               f"<text>{self.text}</text></svg>")
        return {"kind": "figure", "key": key, "place": place, "caption": "一图", "alt": "一图",
                "source": "甲", "notes": [], "svg": svg}

    def _repr_mimebundle_(self):
        return {"application/vnd.junheng.exhibit+json": self.record()}


def table(key="t", text="1", **more):
    fields = (Field("甲", align="left"), Field("乙"))
    return PrintedTable(key, "一表", fields, ((Cell("子"), Cell(text)),), "某局", **more)


def shows(*exhibits, source="hidden = 1", stream="printed"):
    data = [v4.new_output("display_data", data=e._repr_mimebundle_()) for e in exhibits]
    other = [v4.new_output("stream", text=stream),
             v4.new_output("execute_result", data={"text/plain": "resulted"})]
    return v4.new_code_cell(source, outputs=data + other)


def notebook(*cells, cover=COVER):
    made = [v4.new_markdown_cell(c) if isinstance(c, str) else c for c in cells]
    return v4.new_notebook(cells=[shows(cover), *made] if cover else made)


def appendix(source):
    return v4.new_markdown_cell(source, metadata={"tags": ["appendix"]})


def filled(cell):
    """Return the cell with a word under each heading."""
    if isinstance(cell, str):
        return cell.replace("\n", "\n\n文\n\n") + "\n\n文"
    return v4.new_markdown_cell(filled(cell.source), metadata=cell.metadata)


def headings(*cells):
    cells = [filled(cell) for cell in cells]
    blocks = read_notebook(notebook(*cells))["body"]
    return [b["number"] + b["text"] for b in blocks if b["type"] == "heading"]


def test_nothing_of_a_code_cell_but_its_exhibits_reaches_the_paper():
    document = str(read_notebook(notebook(shows(Prose("p", ("留下",))))))
    assert "留下" in document
    assert not any(word in document for word in ("hidden", "printed", "resulted"))


def test_cells_are_printed_in_their_order():
    document = read_notebook(notebook("甲", shows(Prose("p", ("乙",)), table()), "丙"))
    assert [b["type"] for b in document["body"]] == ["paragraph", "paragraph", "table", "paragraph"]


def test_a_notebook_without_a_cover_stops():
    with pytest.raises(DossierFailed, match="封面"):
        read_notebook(notebook("文", cover=None))


def test_a_cell_that_failed_stops_the_dossier_without_telling_the_data():
    cell = v4.new_code_cell(outputs=[v4.new_output(
        "error", ename="KeyError", evalue="张三", traceback=[])])
    with pytest.raises(DossierFailed, match="第2个单元格.*KeyError") as stopped:
        read_notebook(notebook(cell))
    assert "张三" not in str(stopped.value)


def test_tables_and_figures_are_numbered_in_order_of_print_with_the_front_first():
    document = read_notebook(notebook(
        shows(table("later"), Drawing()), "见[[first]]、[[later]]和[[pic]]。",
        shows(table("first", front=True))))
    assert [b["label"] for b in document["front"]] == ["表1"]
    assert plain(document["body"][-1]["runs"]) == "见表1、表2和图1。"


@pytest.mark.parametrize(("text", "pieces"), [
    ("[[t]]", [("表1", "t")]),
    ("见[[t]][[t]]。", [("见", None), ("表1", "t"), ("表1", "t"), ("。", None)]),
    ("代表1所", [("代表1所", None)]),
])
def test_a_reference_in_running_text_tells_what_it_refers_to(text, pieces):
    body = read_notebook(notebook(shows(table("t")), text))["body"]
    assert [(run["text"], run.get("to")) for run in body[-1]["runs"]] == pieces


def test_a_note_may_refer_and_a_cell_is_never_touched():
    block = read_notebook(notebook(shows(table("t", "[[t]]", notes=("见[[t]]",)))))["body"][0]
    assert block["notes"] == ["见表1"]
    assert block["rows"][0][1]["text"] == "[[t]]"


def test_a_reference_to_nothing_stops_and_is_named():
    with pytest.raises(DossierFailed, match=r"\[\[nowhere\]\]"):
        read_notebook(notebook("见[[nowhere]]"))


def test_a_key_used_twice_stops_and_is_named():
    with pytest.raises(DossierFailed, match="“same”重复"):
        read_notebook(notebook(shows(table("same"), table("same"))))


def test_headings_are_numbered_as_official_papers_are():
    assert headings("# 甲\n## 乙\n### 丙\n### 丁\n## 戊", "# 己\n## 庚") == [
        "一、甲", "（一）乙", "1. 丙", "2. 丁", "（二）戊", "二、己", "（一）庚"]


def test_a_heading_with_nothing_under_it_is_left_out_and_counts_for_none():
    body = read_notebook(notebook("# 甲\n## 空\n### 也空\n## 乙\n\n文\n## 末"))["body"]
    assert [(b["number"], b["text"]) for b in body if b["type"] == "heading"] == [
        ("一、", "甲"), ("（一）", "乙")]


def test_the_appendix_has_its_own_numbers():
    assert headings("# 甲", appendix("# 附录\n## 乙"), "## 丙\n### 丁") == [
        "一、甲", "附录", "附1　乙", "附2　丙", "1. 丁"]
    assert headings(appendix("# 方法")) == ["附录　方法"]


@pytest.mark.parametrize("source, why", [
    ("# 甲\n### 乙", "跳级"), ("# 一、甲", "自带编号"), ("#### 甲", "第4级")])
def test_a_heading_out_of_order_stops(source, why):
    with pytest.raises(DossierFailed, match=why):
        read_notebook(notebook("# 首", source) if "####" in source else notebook(source))


@pytest.mark.parametrize("cell, place", [
    ("# 章\n\n好𫠟", "标题“章”"),
    (shows(table("t", "𫠟")), "表1“一表”"),
    (shows(Drawing("𫠟")), "图1“一图”"),
])
def test_a_letter_no_font_can_draw_stops_with_its_code_and_place(cell, place):
    with pytest.raises(DossierFailed, match=rf"“𫠟”（U\+2B81F），见{place}"):
        read_notebook(notebook(cell))


def test_a_row_shorter_than_the_head_stops():
    broken = PrintedTable("t", "一表", (Field("甲"), Field("乙")), ((Cell("1"),),), "某局")
    with pytest.raises(DossierFailed, match="列数不符"):
        read_notebook(notebook(shows(broken)))


def fields(*groups, **more):
    return [vars(Field("列", group, **more)) for group in groups]


def test_neighbours_of_one_group_share_a_head_cell():
    first, second = head_rows(fields("", "组", "组", "组二"))
    assert [(c["text"], c["across"], c["down"]) for c in first] == [
        ("列", 1, 2), ("组", 2, 1), ("组二", 1, 1)]
    assert len(second) == 3


def test_no_column_is_narrower_than_its_longest_number():
    rows = [[{"text": "很长的说明文字" * 30}, {"text": "1,234,567.89"}]]
    words, number = column_widths(
        fields("", ""), column_wishes(fields("", ""), rows), room=30, ease=1)
    assert number > 12 * 0.555 and words + number == pytest.approx(30)


@pytest.mark.parametrize(("room", "on_one_line"), [(60, True), (34, True), (33, False)])
def test_shares_take_from_no_cell_the_line_it_fits_on(room, on_one_line):
    """The first column wishes 13 em and has a share of a tenth; the others need 2.22 each."""
    named = [{"label": "指标", "group": "", "align": "left", "width": 1}] + [
        {"label": "数", "group": "", "align": "right", "width": 1}] * 9
    rows = [[{"text": "高学历教师比例（人每百生）"}] + [{"text": "1.23"}] * 9]
    widths = column_widths(named, column_wishes(named, rows), room, 0)
    assert (widths[0] >= 13) == on_one_line and sum(widths) == pytest.approx(room)


def test_a_table_too_wide_to_stand_upright_is_turned_and_one_wider_still_stops():
    def wide(columns):
        return {"label": "表1", "caption": "甲", "wide": False, "fields": fields(*[""] * columns),
                "rows": [[{"text": "1234.56", "tone": ""}] * columns]}
    assert [prepare_table(wide(n))["wide"] for n in (5, 14)] == [False, True]
    with pytest.raises(DossierFailed, match="请分成两表"):
        prepare_table(wide(60))


def test_a_heading_goes_with_the_wide_table_it_announces():
    text, head = {"type": "paragraph", "runs": [{"text": "文"}]}, {"type": "heading"}
    wide = {"type": "table", "wide": True}
    parts = sections([text, head, text, wide, head, text, wide, text])
    assert [(p["wide"], len(p["blocks"])) for p in parts] == [(False, 1), (True, 6), (False, 1)]
