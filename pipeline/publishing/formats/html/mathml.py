"""Neutral formulas in MathML (公式), part by part; every letter of a formula is escaped text."""

from markupsafe import Markup

_MARKS = {"bar": "¯", "hat": "^", "tilde": "~"}
_SPACES = {"thin": "0.17em", "thick": "0.28em", "quad": "1em", "wide": "2em"}
_BIG = {"∑", "∏", "max", "min"}  # limits stand above and below where a formula is displayed


def mathml(found: dict, displayed: bool = False) -> Markup:
    """Return a formula from `latex.formula`; its LaTeX stays as the words for it."""
    display = Markup(' display="block"') if displayed else ""
    return Markup('<math{} alttext="{}">{}</math>').format(
        display, found["latex"], _row(found["parts"], displayed))


def _row(parts: list[dict], displayed: bool = False) -> Markup:
    """Return parts as one element, which is what the places of a fraction or script take."""
    inside = Markup("").join(_part(part, displayed) for part in parts)
    return inside if len(parts) == 1 else _tag("mrow", inside)


def _tag(name: str, *inside: str) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(Markup(name), Markup("").join(inside))


def _part(part: dict, displayed: bool) -> Markup:
    match part["kind"]:
        case "letter" | "name":
            return _tag("mi", part["text"])
        case "number":
            return _tag("mn", part["text"])
        case "sign":
            return _tag("mo", part["text"].replace("-", "−"))
        case "words":
            return _tag("mtext", part["text"])
        case "space":
            return Markup('<mspace width="{}"></mspace>').format(_SPACES[part["width"]])
        case "fraction":
            return _tag("mfrac", _row(part["over"]), _row(part["under"]))
        case "root" if part["degree"]:
            return _tag("mroot", _row(part["of"]), _row(part["degree"]))
        case "root":
            return _tag("msqrt", _row(part["of"]))
        case "mark":
            mark = Markup('<mo stretchy="false">{}</mo>').format(_MARKS[part["mark"]])
            return Markup('<mover accent="true">{}{}</mover>').format(_row(part["of"]), mark)
        case "bold":
            return Markup('<mrow class="bold">{}</mrow>').format(_row(part["of"]))
        case "group":
            return _tag("mrow", *(_part(one, displayed) for one in part["of"]))
        case "fence":
            fences = (Markup('<mo fence="true" stretchy="true">{}</mo>').format(part[side])
                      for side in ("open", "close"))
            opening, closing = fences
            return _tag("mrow", opening, _row(part["of"]), closing)
        case "scripts":
            return _with_scripts(part, displayed)
    raise ValueError(part["kind"])


def _with_scripts(part: dict, displayed: bool) -> Markup:
    base, sub, sup = (_row(part[name]) if part[name] else "" for name in ("of", "sub", "sup"))
    above = displayed and len(part["of"]) == 1 and part["of"][0].get("text") in _BIG
    names = ("munder", "mover", "munderover") if above else ("msub", "msup", "msubsup")
    if sub and sup:
        return _tag(names[2], base, sub, sup)
    return _tag(names[0], base, sub) if sub else _tag(names[1], base, sup)
