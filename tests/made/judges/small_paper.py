"""A small paper with one of everything, for the tests of every format."""

from nbformat import v4

from pipeline.dossier.printing.exhibit import Cell, Cover, Field, PrintedTable, Prose
from pipeline.ground.terms import EXHIBIT_MIME

HOSTILE = ('#eval("1+1")', "$x^2$", "a\\b", "<label>", "@ref", "`raw`", "<b>粗</b>", "*星*", "_线_",
           "#import", "//注", "/*注*/", "= 题", "- 项", "\\u{41}", "[[", "]", "{", "~", "'")
SVG = ('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80">'
       "<text x='9' y='40' font-family='Noto Sans SC' font-size='12'>图中的字</text></svg>")
FIGURE = {"kind": "figure", "key": "pic", "place": "body", "caption": "一幅图", "alt": "替代文字",
          "source": "某局", "notes": [], "svg": SVG}


def cover(**more):
    values = {"title": "某某卷宗", "subtitle": "2023年度", "rows": (("对象", "甲县"),),
              "running_head": "页眉文字", "date": "2024-03-01", "mark": "样张",
              "statement": "声明文字"}
    return Cover("cover", **values | more)


def shows(*exhibits):
    bundles = [e if isinstance(e, dict) else e.record() for e in exhibits]
    outputs = [v4.new_output("display_data", data={EXHIBIT_MIME: b}) for b in bundles]
    return v4.new_code_cell("hidden_code()", outputs=outputs)


def long_table(count, wide=False):
    fields = (Field("序号"), Field("名称", align="left"),
              Field("甲值", "一组"), Field("乙值", "一组"))
    tones = ("", "fail", "short", "unknown", "total")
    rows = tuple((Cell(str(n)), Cell(f"第{n}行名称"), Cell("1,234.5", tones[n % 5]), Cell("0.25"))
                 for n in range(1, count + 1))
    if wide:  # no upright page has room for so many
        fields += tuple(Field(f"另值{k}") for k in range(10))
        rows = tuple((*row, *[Cell("12345.67")] * 10) for row in rows)
    return PrintedTable("long", "长长的表", fields, rows, "某局年报", unit="人", notes=("尾注",),
                        wide=wide)


def notebook(*cells, **more):
    """Return an executed notebook: a cover, then markdown cells (text) and exhibits."""
    made = [v4.new_markdown_cell(c) if isinstance(c, str) else c for c in cells]
    return v4.new_notebook(cells=[shows(cover(**more)), *made])


def one_of_everything():
    return notebook(
        shows(Prose("s", ("摘要的结论，见[[long]]。",), front=True)),
        "# 第一章的题\n\n正文有**重点**和公式 $X_i$：\n\n$$CV=\\frac{S}{\\bar{X}}$$",
        "## 一节\n\n- 一项\n\n1. 一条",
        shows(FIGURE, Prose("h", HOSTILE[:10]), Prose("h2", HOSTILE[10:15], bullets=True)),
        "# 第二章的题\n\n见[[pic]]。", shows(long_table(200, wide=True)), "完。")
