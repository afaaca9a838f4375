"""The Markdown of our notebooks (文本), read into the blocks that the paper is set from.

Only what a formal report needs is understood: headings 1–3, paragraphs with **strong**
and `code`, links (printed as their text), flat lists, and formulas in a small part of
LaTeX. Anything else stops the dossier and is named, so that nothing vanishes in silence and
no mark stays between the letters; a mark that is meant as a letter has a backslash before it.
"""

import html
import re
from collections.abc import Iterator

import mistune

from pipeline.ground.errors import DossierFailed
from pipeline.publishing.paper.latex import formula


def _escapes(parser: mistune.Markdown) -> None:
    """Have mistune tell letters with a backslash before them from marks (a plugin of it)."""
    def letters(_, match: re.Match, state: mistune.InlineState) -> int:
        state.append_token({"type": "escaped", "raw": match[0][1::2]})
        return match.end()

    parser.inline.register("escape", parser.inline.specification["escape"], letters,
                           start_chars="\\")


# The last three plugins are loaded only so that their syntax is recognised, and refused.
_PARSE = mistune.create_markdown(
    renderer="ast", plugins=[_escapes, "math", "table", "strikethrough", "footnotes"])

_NAMES = {
    "thematic_break": "分隔线", "block_code": "代码块", "block_quote": "引用块",
    "block_html": "HTML", "inline_html": "HTML", "emphasis": "斜体", "image": "图片",
    "table": "Markdown 表格", "strikethrough": "删除线", "footnotes": "脚注",
    "footnote_ref": "脚注", "list": "嵌套列表", "linebreak": "硬换行",
    "block_math": "段落中的 $$ 公式",
}
_OTHER = "\ufffc"  # stands for whatever is no unread text: a formula, code, an escaped letter
_LEFT_OVER = (  # marks that mistune leaves as letters, since it does not take them for any
    (r"\*+", "星号", "粗体写作“甲**乙**丙”：星号以内不以标点开头或结尾，标点写在星号以外"),
    (r"__+|(?<!\w)_|_(?!\w)", "下划线", "粗体用星号，如“甲**乙**丙”"),
    (r"~~", "删除线", "请删去"), (r"`", "反引号", "代码写作“`代码`”"),
    (r"\$", "没有成对的 $", "公式写作“$x$”，$ 与公式之间不留空格"),
    (r"\\", "公式以外的反斜线", "公式写在 $ 之间"),
    (r"\||^[ ]*:?-{3,}:?[ ]*$", "没有表头的 Markdown 表格", "请用表展示"),
    (r"!\[|\]\(|\]\[|\[\^|^\[[ xX]\]", "没有写完的链接、图片、脚注或待办项", "请写完或删去"),
    (r"\[\[|\]\]", "没有写完的引用", "引用写作“[[键]]”"),
    (r"^(?:#+|[-+](?=[^\W\d_]))", "行首的标题或列表记号", "记号之后空一格"),
)
REFERENCE = re.compile(r"\[\[([^\[\]\n]+)\]\]")
_WIDE_END, _WIDE_START = re.compile(r"[^\x00-\u02ff]$"), re.compile(r"^[^\x00-\u02ff]")


def read_markdown(source: str) -> list[dict]:
    """Return the blocks of one Markdown cell: heading, paragraph, list and math."""
    return [block for token in _PARSE(source) for block in _block(token)]


def plain(runs: list[dict]) -> str:
    """Return the letters of some runs, formulas left out."""
    return "".join(run.get("text", "") for run in runs)


def _block(token: dict) -> Iterator[dict]:
    match token["type"]:
        case "blank_line":
            return
        case "heading":
            yield _heading(token)
        case "paragraph":
            yield {"type": "paragraph", "runs": _read(token["children"])}
        case "list":
            yield _list(token)
        case "block_math":
            yield {"type": "math", **formula(token["raw"])}
        case other:
            raise _refused(other, token)


def _heading(token: dict) -> dict:
    level, runs = token["attrs"]["level"], _read(token["children"])
    if level > 3:
        raise DossierFailed(f"标题“{plain(runs)}”为第{level}级：只用一至三级标题。")
    if any("parts" in run for run in runs):
        raise DossierFailed(f"标题“{plain(runs)}”中不能有公式。")
    return {"type": "heading", "level": level, "text": plain(runs).strip()}


def _list(token: dict) -> dict:
    items = [_item(item) for item in token["children"]]
    attrs = token["attrs"]
    return {"type": "list", "ordered": attrs["ordered"], "start": attrs.get("start", 1),
            "items": items}


def _item(token: dict) -> list[dict]:
    parts = [part for part in token["children"] if part["type"] != "blank_line"]
    for part in parts:
        if part["type"] not in ("block_text", "paragraph"):
            raise _refused(part["type"], part)
    if len(parts) > 1:
        raise DossierFailed(f"列表项“{plain(_read(parts[0]['children']))}”只能有一段。")
    return _read(parts[0]["children"]) if parts else []


def _read(tokens: list[dict]) -> list[dict]:
    """Return inline tokens as runs; stop at a mark that has stayed among the letters."""
    runs, unread = _runs(tokens), REFERENCE.sub(_OTHER, _unread(tokens))
    for pattern, name, remedy in _LEFT_OVER:
        found = re.search(pattern, unread, re.MULTILINE)
        if found:
            shown = unread[max(0, found.start() - 10):found.end() + 10].replace(_OTHER, "…")
            raise DossierFailed(f"文本中有未能识别的写法：{name}，见“{shown.strip()}”。{remedy}；"
                                f"要印出这个字符，在它前面加反斜线。")
    return runs


def _unread(tokens: list[dict]) -> str:
    """Return the letters of inline tokens in which a mark would be one that was not understood."""
    return "".join(
        token["raw"] if token["type"] == "text" else "\n" if token["type"] == "softbreak"
        else _unread(token["children"]) if token["type"] in ("strong", "link") else _OTHER
        for token in tokens)


def _runs(tokens: list[dict], **marks: bool) -> list[dict]:
    """Return inline tokens as runs, with neighbours of the same kind joined."""
    runs: list[dict] = []
    for token in tokens:
        for run in _inline(token, marks):
            last = runs[-1] if runs else {}
            if "text" in run and "text" in last and _marks(run) == _marks(last):
                last["text"] = _join(last["text"], run["text"])
            else:
                runs.append(run)
    return [_without_breaks(run, runs[n + 1:n + 2]) for n, run in enumerate(runs)]


def _inline(token: dict, marks: dict) -> Iterator[dict]:
    match token["type"]:
        case "text" | "escaped":
            yield {"text": html.unescape(token["raw"]), **marks}
        case "softbreak":
            yield {"text": "\n", **marks}
        case "strong":
            yield from _runs(token["children"], **marks | {"strong": True})
        case "codespan":
            yield {"text": token["raw"], **marks, "code": True}
        case "link":
            yield from _runs(token["children"], **marks)
        case "inline_math":
            yield formula(token["raw"])
        case other:
            raise _refused(other, token)


def _marks(run: dict) -> dict:
    return {name: value for name, value in run.items() if name != "text"}


def _join(before: str, after: str) -> str:
    """Join text over a line break of the source: Chinese takes no space there."""
    if not before.endswith("\n"):
        return before + after
    return before[:-1] + _gap(before[:-1], after) + after


def _gap(before: str, after: str) -> str:
    return "" if _WIDE_END.search(before) or _WIDE_START.search(after) else " "


def _without_breaks(run: dict, following: list[dict]) -> dict:
    if not run.get("text", "").endswith("\n"):
        return run
    text = run["text"][:-1]
    return {**run, "text": text + _gap(text, following[0].get("text", "x") if following else "")}


def _refused(kind: str, token: dict) -> DossierFailed:
    shown = str(token.get("raw", "")).strip()[:30]
    name = _NAMES.get(kind, kind)
    return DossierFailed(f"文本中有排版不支持的写法：{name}" + (f"“{shown}”" if shown else "")
                         + "。请改用标题、段落、列表、公式，或用表、图展示。")
