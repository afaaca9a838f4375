"""Neutral formulas as Office Math (公式, OMML of ISO/IEC 29500-1 §22.1), part by part."""

from xml.sax.saxutils import escape, quoteattr

_CHOICES = {"plain": '<m:sty m:val="p"/>', "bold": '<m:sty m:val="b"/>', "words": "<m:nor/>"}
_FONT = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr>'
_SPACES = {"thin": "\u2009", "thick": "\u2005", "quad": "\u2003", "wide": "\u2003\u2003"}
_HATS = {"hat": "\u0302", "tilde": "\u0303"}
_SIGNS = {"-": "−", "*": "∗"}
_LARGE = set("∑∏")  # operators that take their bounds and all that follows


def omml(formula: dict, display: bool = False) -> str:
    """Return the formula of `latex.formula` as ``m:oMath``, in a paragraph of its own or not."""
    inside = f"<m:oMath>{_Writer(display).all(formula['parts'])}</m:oMath>"
    return f"<m:oMathPara>{inside}</m:oMathPara>" if display else inside


class _Writer:
    """Writes parts; where ``display``, bounds of sums stand above and below them."""

    def __init__(self, display: bool, bold: bool = False):
        self.display, self.bold = display, bold

    def all(self, parts: list[dict]) -> str:
        """Return some parts in a row; a sum or a function has the rest of the row for its own."""
        for place, part in enumerate(parts):
            base = part["of"][0] if part["kind"] == "scripts" else part
            after = parts[place + 1:]
            if after and (base.get("text") in _LARGE or base["kind"] == "name"):
                kind = self.function if base["kind"] == "name" else self.sum
                before = "".join(map(self.one, parts[:place]))
                return before + kind(part, self.all(after))
        return "".join(map(self.one, parts))

    def sum(self, part: dict, after: str) -> str:
        """Return a sum or product with its bounds."""
        sign = part["of"][0]["text"] if part["kind"] == "scripts" else part["text"]
        sub, sup = part.get("sub", []), part.get("sup", [])
        hidden = "".join(f'<m:{name}Hide m:val="1"/>' for name, has in
                         (("sub", sub), ("sup", sup)) if not has)
        place = "undOvr" if self.display else "subSup"
        how = f'<m:chr m:val="{sign}"/><m:limLoc m:val="{place}"/>{hidden}'
        return (f"<m:nary><m:naryPr>{how}</m:naryPr>{self.within('sub', sub)}"
                f"{self.within('sup', sup)}<m:e>{after}</m:e></m:nary>")

    def function(self, part: dict, after: str) -> str:
        """Return a function applied to what follows."""
        return f"<m:func><m:fName>{self.one(part)}</m:fName><m:e>{after}</m:e></m:func>"

    def within(self, name: str, parts: list[dict]) -> str:
        """Return parts within an element."""
        return f"<m:{name}>{self.all(parts)}</m:{name}>"

    def one(self, part: dict) -> str:
        """Return one part."""
        match part["kind"]:
            case "letter":
                return _letters(part["text"], "bold" if self.bold else "")
            case "number" | "name" | "sign":
                text = _SIGNS.get(part["text"], part["text"])
                return _letters(text, "bold" if self.bold else "plain")
            case "words":
                return _letters(part["text"], "words")
            case "space":
                return _letters(_SPACES[part["width"]], "plain")
            case "fraction":
                over, under = self.within("num", part["over"]), self.within("den", part["under"])
                return f"<m:f>{over}{under}</m:f>"
            case "root":
                how = "" if part["degree"] else '<m:radPr><m:degHide m:val="1"/></m:radPr>'
                return f"<m:rad>{how}{self.within('deg', part['degree'])}{self.base(part)}</m:rad>"
            case "mark" if part["mark"] == "bar":
                return f'<m:bar><m:barPr><m:pos m:val="top"/></m:barPr>{self.base(part)}</m:bar>'
            case "mark":
                how = f'<m:accPr><m:chr m:val="{_HATS[part["mark"]]}"/></m:accPr>'
                return f"<m:acc>{how}{self.base(part)}</m:acc>"
            case "bold":
                return _Writer(self.display, bold=True).all(part["of"])
            case "group":
                return self.all(part["of"])
            case "fence":
                how = "".join(f"<m:{name} m:val={quoteattr(part[side])}/>" for name, side in
                              (("begChr", "open"), ("endChr", "close")))
                return f"<m:d><m:dPr>{how}</m:dPr>{self.base(part)}</m:d>"
            case "scripts":
                return self.scripts(part)
        raise ValueError(part["kind"])

    def base(self, part: dict) -> str:
        """Return what a part is about."""
        return self.within("e", part["of"])

    def scripts(self, part: dict) -> str:
        """Return a part with a sub- or superscript, or both."""
        places = [name for name in ("sub", "sup") if part[name]]
        kind = "s" + "".join(name.capitalize() for name in places)
        hung = "".join(self.within(name, part[name]) for name in places)
        return f"<m:{kind}>{self.base(part)}{hung}</m:{kind}>"


def _letters(text: str, how: str) -> str:
    choice = f"<m:rPr>{_CHOICES[how]}</m:rPr>" if how else ""
    font = "" if how == "words" else _FONT
    return f'<m:r>{choice}{font}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>'
