"""A small part of LaTeX, read into a neutral formula (公式) that every format writes its own way.

A formula is a list of parts, each JSON values with a ``kind``:

- ``letter`` (Greek too), ``number``, ``sign``, ``words`` (upright): ``text``;
- ``name``, of a function: ``text``, one of `NAMES`;
- ``space``: ``width``, one of `SPACES`;
- ``fraction``: ``over`` and ``under``, parts;
- ``root``: ``of`` and ``degree``, parts; with no degree it is a square root;
- ``mark`` over ``of``, parts: ``mark``, one of `MARKS`;
- ``bold``, ``group``: ``of``, parts;
- ``fence``, as tall as what is in it: ``open`` and ``close``, a bracket or nothing, ``of``, parts;
- ``scripts`` on ``of``, parts: ``sub`` and ``sup``, parts, either of them perhaps empty.
"""

import re

from pipeline.ground.errors import DossierFailed

NAMES = {"ln", "log", "exp", "max", "min", "Pr"}
SPACES = {",": "thin", ";": "thick", "quad": "quad", "qquad": "wide"}  # 1/6, 5/18, 1, 2 em
MARKS = {"bar": "bar", "overline": "bar", "hat": "hat", "tilde": "tilde"}
_SIGNS = {"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
          "times": "×", "cdot": "⋅", "div": "÷", "pm": "±", "infty": "∞", "in": "∈", "sim": "∼",
          "to": "→", "mid": "∣", "ldots": "…", "dots": "…", "cdots": "⋯", "partial": "∂",
          "sum": "∑", "prod": "∏"} | {c: c for c in "%#$&_{}"}
_GREEK_NAMES = (
    "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon chi "
    "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega epsilon varepsilon phi varphi")
_GREEK = dict(zip(_GREEK_NAMES.split(" "), "αβγδζηθικλμνξπρστυχψωΓΔΘΛΞΠΣΦΨΩϵεϕφ", strict=True))
_BRACKETS = {"(": "(", ")": ")", "[": "[", "]": "]", "|": "|", r"\{": "{", r"\}": "}", ".": ""}
_PLAIN_SIGNS = set("+-=<>!:?≤≥≠×·±÷∑√∞−…()[]|,;./*")
_PIECE = re.compile(
    r"\\(?:text|mathrm|operatorname)\s*\{[^{}\\]*\}"  # words keep their spaces: one piece
    r"|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_SCRIPTS = {"_": "sub", "^": "sup"}


def formula(latex: str) -> dict:
    """Return the parts of a formula; the LaTeX stays as the words for it.

    Raises `DossierFailed` at anything outside the small language.
    """
    return {"latex": " ".join(latex.split()), "parts": _Reading(latex).whole()}


class _Reading:
    """Reads the pieces of one formula."""

    def __init__(self, latex: str):
        self.latex = latex
        self.pieces = [p for p in _PIECE.findall(latex) if not p.isspace()]

    def whole(self) -> list[dict]:
        return self._until(None) or self._stop("公式为空")

    def _until(self, end: str | None) -> list[dict]:
        parts: list[dict] = []
        while self.pieces and self.pieces[0] != end:
            piece = self.pieces.pop(0)
            if piece in _SCRIPTS:
                self._script(parts, _SCRIPTS[piece], self._group())
            elif piece == "'":
                self._script(parts, "sup", [{"kind": "sign", "text": "′"}])
            else:
                parts.append(self._atom(piece))
        if end is not None:
            if not self.pieces:
                self._stop(f"缺少“{end}”")
            self.pieces.pop(0)
        return parts

    def _script(self, parts: list[dict], place: str, script: list[dict]) -> None:
        """Hang a script on the part before; on nothing, where there is none."""
        before = parts.pop() if parts else {"kind": "group", "of": []}
        if before["kind"] != "scripts":
            before = {"kind": "scripts", "of": [before], "sub": [], "sup": []}
        primes = all(part.get("text") == "′" for part in before[place])
        if before[place] and (place == "sub" or not primes):
            self._stop("同一处有两个上标或下标")
        parts.append(before | {place: before[place] + script})

    def _group(self) -> list[dict]:
        """Read what one command or script applies to: ``{…}`` or one atom."""
        if not self.pieces:
            self._stop("公式不完整")
        piece = self.pieces.pop(0)
        return self._until("}") if piece == "{" else [self._atom(piece)]

    def _atom(self, piece: str) -> dict:
        if piece.startswith("\\") and piece.endswith("}") and len(piece) > 2:
            return {"kind": "words", "text": piece[piece.index("{") + 1:-1]}
        if piece.startswith("\\"):
            return self._command(piece[1:])
        if piece == "{":
            return {"kind": "group", "of": self._until("}")}
        if piece.isascii() and piece[0].isalnum():
            return {"kind": "number" if piece[0].isdigit() else "letter", "text": piece}
        if piece in _PLAIN_SIGNS:
            return {"kind": "sign", "text": piece}
        if "\u4e00" <= piece <= "\u9fff":
            return {"kind": "words", "text": piece}
        return self._stop(f"不支持“{piece}”")

    def _command(self, name: str) -> dict:
        for kind, value, known in (("letter", "text", _GREEK), ("sign", "text", _SIGNS),
                                   ("space", "width", SPACES)):
            if name in known:
                return {"kind": kind, value: known[name]}
        if name in NAMES:
            return {"kind": "name", "text": name}
        if name in MARKS:
            return {"kind": "mark", "mark": MARKS[name], "of": self._group()}
        if name == "mathbf":
            return {"kind": "bold", "of": self._group()}
        if name == "frac":
            return {"kind": "fraction", "over": self._group(), "under": self._group()}
        if name == "sqrt":
            return self._root()
        if name == "left":
            opening, inside = self._bracket(), self._until(r"\right")
            return {"kind": "fence", "open": opening, "close": self._bracket(), "of": inside}
        return self._stop(f"不支持“\\{name}”")

    def _root(self) -> dict:
        degree: list[dict] = []
        if self.pieces[:1] == ["["]:
            self.pieces.pop(0)
            degree = self._until("]")
        return {"kind": "root", "of": self._group(), "degree": degree}

    def _bracket(self) -> str:
        piece = self.pieces.pop(0) if self.pieces else ""
        return _BRACKETS[piece] if piece in _BRACKETS else self._stop(f"不支持的括号“{piece}”")

    def _stop(self, why: str) -> list[dict]:
        raise DossierFailed(f"公式“{' '.join(self.latex.split())}”{why}，无法排版。")
