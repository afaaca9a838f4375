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
        "一、甲", "（一）乙", "1. 丙", "2. 丁", "（二）戊", "二、己", "庚"]


@pytest.mark.parametrize(("source", "shown"), [
    ("# 甲\n## 乙", ["一、甲", "乙"]), ("# 甲\n## 乙\n## 丙", ["一、甲", "（一）乙", "（二）丙"]),
    ("# 甲\n## 乙\n### 丁\n## 丙\n### 戊\n### 己",
     ["一、甲", "（一）乙", "丁", "（二）丙", "1. 戊", "2. 己"]),
    ("# 甲\n## 乙\n# 丙\n## 丁\n## 戊", ["一、甲", "乙", "二、丙", "（一）丁", "（二）戊"])])
def test_a_heading_without_a_second_beside_it_has_no_number(source, shown):
    assert headings(source) == shown


def test_a_heading_with_nothing_under_it_is_left_out_and_counts_for_none():
    body = read_notebook(notebook("# 甲\n## 空\n### 也空\n## 乙\n\n文\n## 末"))["body"]
    assert [(b["number"], b["text"]) for b in body if b["type"] == "heading"] == [
        ("一、", "甲"), ("", "乙")]


def test_the_appendix_has_its_own_numbers():
    assert headings("# 甲", appendix("# 附录\n## 乙"), "## 丙\n### 丁") == [
        "一、甲", "附录", "附1　乙", "附2　丙", "丁"]
    assert headings(appendix("# 附录\n## 乙")) == ["附录", "附1　乙"]
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


def widths_of(*texts, room, ease=0):
    """Return the widths of columns that hold one cell each."""
    columns = fields(*[""] * len(texts))
    wishes = column_wishes(columns, [[{"text": text} for text in texts]])
    return column_widths(wishes, room, ease)


def test_no_column_is_narrower_than_its_longest_number():
    words, number = widths_of("很长的说明文字" * 30, "1,234,567.89", room=30)
    assert number > 12 * 0.555 and words + number == pytest.approx(30)


@pytest.mark.parametrize(("cell", "least"), [
    ("增1393.66㎡", 6), ("12.32万元", 4.9), ("1.439至3.639", 6.8), ("22.22%—40.00%", 7.5),
    ("调出12人，调入3人", 2)])
def test_an_amount_is_never_torn_from_its_unit(cell, least):
    amount, _ = widths_of(cell, "很长的说明文字" * 30, room=30)
    assert amount >= least and (least > 2 or amount < 7)


@pytest.mark.parametrize(("room", "shares"), [
    (60, (100, 25)), (24, (100, 25)), (15, (100, 25)), (60, (81, 9))])
def test_what_columns_hold_is_shared_by_its_square_root(room, shares):
    """With widths as the roots of contents, the sum of heights (content ÷ width) is the least."""
    long, short = widths_of(*("字" * many for many in shares), room=room)
    assert long + short == pytest.approx(room)
    wished = room * shares[1] ** 0.5 / (shares[0] ** 0.5 + shares[1] ** 0.5)
    assert short == pytest.approx(min(wished, shares[1]), rel=1e-6)


@pytest.mark.parametrize(("letters", "ease", "least"), [
    (40, 0, 2), (36, 1, 6), (60, 1, 10), (84, 1, 14), (120, 1, 14)])
def test_a_long_cell_beside_others_has_room_for_six_lines(letters, ease, least):
    """Next to a column that takes all there is, 40 letters stood in twelve lines of three."""
    width, _ = widths_of("字" * letters, "字" * 4000, room=40, ease=ease)
    assert least <= width < least + 2


@pytest.mark.parametrize(("head", "whole"), [
    ("not met", True), ("met", True), ("item by item", False), ("七个字的表头了", False)])
def test_a_short_head_in_latin_letters_stays_on_one_line(head, whole):
    wishes = column_wishes([vars(Field(head)), vars(Field("词"))],
                           [[{"text": "1"}, {"text": "字" * 400}]])
    width, _ = column_widths(wishes, 40, 0)
    assert (width >= 0.58 * len(head)) == whole


@pytest.mark.parametrize(("cell", "ease", "on_one_line"), [
    ("五（一）第3", 1, True), ("五（一）第34条", 1, False), ("字" * 14, 2, True),
    ("字" * 15, 2, False), ("字" * 24, 3, True), ("字" * 25, 3, False)])
def test_cells_up_to_a_length_stand_on_one_line_at_each_ease(cell, ease, on_one_line):
    width, _ = widths_of(cell, "字" * 4000, room=50, ease=ease)
    length = sum(1 if letter > "\u02ff" else 0.58 for letter in cell)
    assert (width >= length) == on_one_line


def test_what_is_left_when_nothing_is_broken_goes_to_all_columns_alike():
    assert widths_of("一二三四", "一二三四五六七八", room=20) == pytest.approx([8, 12])


def test_a_table_too_wide_to_stand_upright_is_turned_and_one_wider_still_stops():
    def wide(columns):
        return {"label": "表1", "caption": "甲", "wide": False, "fields": fields(*[""] * columns),
                "rows": [[{"text": "1234.56", "tone": ""}] * columns]}
    assert [prepare_table(wide(n))["wide"] for n in (5, 14)] == [False, True]
    assert [prepare_table(wide(n) | {"wide": True})["wide"] for n in (5, 14)] == [False, True]
    with pytest.raises(DossierFailed, match="请分成两表"):
        prepare_table(wide(60))


def test_a_heading_goes_with_the_wide_table_it_announces():
    text, head = {"type": "paragraph", "runs": [{"text": "文"}]}, {"type": "heading"}
    wide = {"type": "table", "wide": True}
    parts = sections([text, head, text, wide, head, text, wide, text])
    assert [(p["wide"], len(p["blocks"])) for p in parts] == [(False, 1), (True, 6), (False, 1)]
