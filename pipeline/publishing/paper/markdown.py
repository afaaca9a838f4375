"""The Markdown of our notebooks (文本), read into the blocks that the paper is set from.

Only what a formal report needs is understood: headings 1–3, paragraphs with **strong**
and `code`, links (printed as their text), flat lists, and formulas in a small part of
LaTeX. Anything else stops the dossier and is named, so that nothing vanishes in silence.
"""

import html
import re
from collections.abc import Iterator

import mistune

from pipeline.ground.errors import DossierFailed

# The last three plugins are loaded only so that their syntax is recognised, and refused.
_PARSE = mistune.create_markdown(
    renderer="ast", plugins=["math", "table", "strikethrough", "footnotes"])

_NAMES = {
    "thematic_break": "分隔线", "block_code": "代码块", "block_quote": "引用块",
    "block_html": "HTML", "inline_html": "HTML", "emphasis": "斜体", "image": "图片",
    "table": "Markdown 表格", "strikethrough": "删除线", "footnotes": "脚注",
    "footnote_ref": "脚注", "list": "嵌套列表", "linebreak": "硬换行",
    "block_math": "段落中的 $$ 公式",
}
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
            yield {"type": "paragraph", "runs": _runs(token["children"])}
        case "list":
            yield _list(token)
        case "block_math":
            yield {"type": "math", **formula(token["raw"])}
        case other:
            raise _refused(other, token)


def _heading(token: dict) -> dict:
    level, runs = token["attrs"]["level"], _runs(token["children"])
    if level > 3:
        raise DossierFailed(f"标题“{plain(runs)}”为第{level}级：只用一至三级标题。")
    if any("typst" in run for run in runs):
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
        raise DossierFailed(f"列表项“{plain(_runs(parts[0]['children']))}”只能有一段。")
    return _runs(parts[0]["children"]) if parts else []


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
        case "text":
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


_GREEK = ("alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
          "upsilon chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega")
_SYMBOLS = {
    "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=",
    "approx": "approx", "times": "times", "cdot": "dot.op", "div": "div", "pm": "plus.minus",
    "infty": "infinity", "in": "in", "sim": "tilde.op", "to": "->", "mid": "divides",
    "ldots": "dots.h", "dots": "dots.h", "cdots": "dots.h.c", "partial": "partial",
    "sum": "sum", "prod": "product", "ln": "ln", "log": "log", "exp": "exp", "max": "max",
    "min": "min", "Pr": "Pr", "quad": "quad", "qquad": "wide", ",": "thin", ";": "thick",
    "%": "\\%", "#": "\\#", "$": "\\$", "&": "\\&", "_": "\\_", "{": "\\{", "}": "\\}",
    "epsilon": "epsilon.alt", "varepsilon": "epsilon", "phi": "phi.alt", "varphi": "phi",
} | {name: name for name in _GREEK.split()}
_ONE = {"sqrt": "sqrt", "bar": "macron", "overline": "overline", "hat": "hat",
        "tilde": "tilde", "mathbf": "bold"}
_FENCES = {"(": "paren.l", ")": "paren.r", "[": "bracket.l", "]": "bracket.r",
           "|": "bar.v", r"\{": "brace.l", r"\}": "brace.r", ".": ""}
_PIECE = re.compile(
    r"\\(?:text|mathrm|operatorname)\s*\{[^{}\\]*\}"  # words keep their spaces: one piece
    r"|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_AS_IS = set("+-=<>!:?'≤≥≠×·±÷∑√∞−…")


def formula(latex: str) -> dict:
    """Translate LaTeX to Typst math (公式); the LaTeX stays as the words for it (alt)."""
    return {"typst": _Formula(latex).whole(), "alt": " ".join(latex.split())}


class _Formula:
    """Reads the pieces of one formula; every letter it writes is a symbol, never a name."""

    def __init__(self, latex: str):
        self.latex = latex
        self.pieces = [p for p in _PIECE.findall(latex) if not p.isspace()]

    def whole(self) -> str:
        out = self._until(None)
        return out or self._stop("公式为空")

    def _until(self, end: str | None) -> str:
        out = []
        while self.pieces and self.pieces[0] != end:
            out.append(self._atom(self.pieces.pop(0)))
        if end is not None:
            if not self.pieces:
                self._stop(f"缺少“{end}”")
            self.pieces.pop(0)
        return "".join(f if f[:1] in "^_'" else f" {f}" for f in out).strip()

    def _group(self) -> str:
        """Read what one command or script applies to: ``{…}`` or one atom."""
        if not self.pieces:
            self._stop("公式不完整")
        piece = self.pieces.pop(0)
        return self._until("}") if piece == "{" else self._atom(piece)

    def _atom(self, piece: str) -> str:
        if piece.startswith("\\") and piece.endswith("}") and len(piece) > 2:
            return '"' + piece[piece.index("{") + 1:-1].replace('"', '\\"') + '"'
        if piece.startswith("\\"):
            return self._command(piece[1:])
        if piece in "^_":
            return f"{piece}({self._group()})"
        if piece == "{":
            return self._until("}") or '""'
        if piece.isascii() and piece[0].isalnum() or piece in _AS_IS:
            return piece
        if piece in "()[]|,;./*":
            return "\\" + piece
        if "\u4e00" <= piece <= "\u9fff":
            return f'"{piece}"'
        return self._stop(f"不支持“{piece}”")

    def _command(self, name: str) -> str:
        if name in _SYMBOLS:
            return _SYMBOLS[name]
        if name == "frac":
            return f"frac({self._group()}, {self._group()})"
        if name == "sqrt" and self.pieces[:1] == ["["]:
            self.pieces.pop(0)
            return f"root({self._until(']')}, {self._group()})"
        if name in _ONE:
            return f"{_ONE[name]}({self._group()})"
        if name == "left":
            opening, inside = self._fence(), self._until(r"\right")
            return f"lr({opening} {inside} {self._fence()})"
        return self._stop(f"不支持“\\{name}”")

    def _fence(self) -> str:
        piece = self.pieces.pop(0) if self.pieces else ""
        return _FENCES[piece] if piece in _FENCES else self._stop(f"不支持的括号“{piece}”")

    def _stop(self, why: str) -> str:
        raise DossierFailed(f"公式“{' '.join(self.latex.split())}”{why}，无法排版。")
