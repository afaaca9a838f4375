"""The Markdown of notebooks: what is understood, and that nothing else passes for text."""

import pytest

from pipeline.ground.errors import DossierFailed
from pipeline.publishing.formats.pdf.typst_formulas import typst
from pipeline.publishing.paper.latex import formula
from pipeline.publishing.paper.markdown import plain, read_markdown


def test_markdown_keeps_strong_code_and_the_words_of_links():
    [block] = read_markdown("甲**乙**`丙`[丁](http://x)\n戊 R\n2")
    assert block["runs"] == [{"text": "甲"}, {"text": "乙", "strong": True},
                             {"text": "丙", "code": True}, {"text": "丁戊 R 2"}]


@pytest.mark.parametrize("source, name", [
    ("<b>x</b>", "HTML"), ("*斜*", "斜体"), ("![x](y.png)", "图片"), ("> 引", "引用块"),
    ("    x", "代码块"), ("- 甲\n  - 乙", "嵌套列表"), ("|a|b|\n|-|-|\n|1|2|", "表格"),
    ("---", "分隔线")])
def test_markdown_we_do_not_print_is_refused_by_name(source, name):
    with pytest.raises(DossierFailed, match=name):
        read_markdown(source)


NOT_UNDERSTOOD = {
    "星号": ("**注意：**本表", "甲**（乙）**丙", "** 甲 **", "# **甲：**乙", "- **`甲`：**乙",
           "甲**乙", "*注意：*本表", "2*3", "[甲 **乙](x)"),
    "下划线": ("__注意：__本表", "甲 _乙"),
    "删除线": ("~~甲",), "反引号": ("甲`乙",), "反斜线": (r"\alpha",),
    "没有成对": ("收费 $5", "$ x $", "见 $x 和"),
    "没有表头": ("|甲|乙|", "|a|b|\n|1|2|", "甲|乙\n丙|丁"),
    "没有写完的引用": ("[[甲", "甲]]"),
    "没有写完的链接": ("[甲](x", "![甲]", "[^1]", "- [ ] 甲"),
    "行首": ("#甲", "甲\n#乙", "-甲"),
}


@pytest.mark.parametrize(("source", "told"), [
    (source, told) for told, sources in NOT_UNDERSTOOD.items() for source in sources])
def test_a_mark_that_is_not_understood_stops_the_book_with_its_place_and_remedy(source, told):
    with pytest.raises(DossierFailed, match="未能识别的写法") as stopped:
        read_markdown(source)
    assert told in str(stopped.value) and "加反斜线" in str(stopped.value)


def test_what_is_not_understood_is_shown_as_it_stands():
    with pytest.raises(DossierFailed, match="星号，见“[*]{2}注意：[*]{2}本表”。粗体写作"):
        read_markdown("**注意：**本表")


@pytest.mark.parametrize("source, letters", [
    ("**注意**：本表", "注意：本表"), ("见[[balance_table]]。", "见[[balance_table]]。"),
    ("per_pupil", "per_pupil"), ("5 - 3", "5 - 3"), ("3~5 所", "3~5 所"),
    ("`**a|b**`", "**a|b**"),
    (r"\*\*甲\*\*", "**甲**"), (r"2\*3", "2*3"), (r"收费 \$5", "收费 $5"), (r"甲\|乙", "甲|乙"),
    (r"\[\[甲\]\]", "[[甲]]"), (r"\`", "`"), (r"甲\\x", "甲\\x"), ("#", ""), ("甲 # 乙", "甲 # 乙"),
    ("-5 人", "-5 人"), ("[甲]", "[甲]")])
def test_letters_are_letters_where_a_backslash_or_their_place_says_so(source, letters):
    blocks = read_markdown(source)
    assert "".join(plain(b["runs"]) if "runs" in b else b["text"] for b in blocks) == letters


FORMULAS = {
    r"CV=\frac{S}{\bar{X}}": "C V = frac(S, macron(X))",
    r"\sqrt{\sum_{i=1}^{n}\beta_i}": "sqrt(∑_(i = 1)^(n) β_(i))",
    r"\sqrt[3]{x'}": "root(3, x^(′))",
    r"\left(a,b\right)\le\text{生均 经费}": r'lr(paren.l a \, b paren.r) ≤ "生均 经费"',
    r"\ln x/\hat y \times 2.5": r"ln x \/ hat(y) × 2.5",
    r"{ab}_c^2": "attach(a b, b: c, t: 2)",
}


@pytest.mark.parametrize("latex", FORMULAS)
def test_formulas_are_read_part_by_part_and_written_so_in_typst(latex):
    read = formula(latex)
    assert read["latex"] == latex
    assert typst(read["parts"]) == FORMULAS[latex]


def test_a_formula_is_neutral_and_names_no_typesetter():
    assert formula(r"\frac{x_i'}{\bar P}\quad\ge 0.5")["parts"] == [
        {"kind": "fraction",
         "over": [{"kind": "scripts", "of": [{"kind": "letter", "text": "x"}],
                   "sub": [{"kind": "letter", "text": "i"}],
                   "sup": [{"kind": "sign", "text": "′"}]}],
         "under": [{"kind": "mark", "mark": "bar", "of": [{"kind": "letter", "text": "P"}]}]},
        {"kind": "space", "width": "quad"}, {"kind": "sign", "text": "≥"},
        {"kind": "number", "text": "0.5"}]


@pytest.mark.parametrize("latex", [r"\input{x}", "#x", r"\frac{a}", r"\left(a", '"x"', "a&b", "",
                                   "x_a_b", "x^a^b", "}"])
def test_a_formula_outside_the_small_language_is_refused(latex):
    with pytest.raises(DossierFailed, match="公式"):
        formula(latex)
