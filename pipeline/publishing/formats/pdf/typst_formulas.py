"""Neutral formulas in the words of Typst (公式): part by part, so that no letter of a formula can
become a name or an instruction."""

_MARKS = {"bar": "macron", "hat": "hat", "tilde": "tilde"}
_FENCES = {"(": "paren.l", ")": "paren.r", "[": "bracket.l", "]": "bracket.r", "|": "bar.v",
           "{": "brace.l", "}": "brace.r", "": ""}
_ESCAPED = set("()[]|,;./*%#$&_{}")


def typst(parts: list[dict]) -> str:
    """Return the parts of a formula from `latex.formula` as Typst math."""
    return " ".join(map(_part, parts))


def _part(part: dict) -> str:
    match part["kind"]:
        case "letter" | "number" | "name":
            return part["text"]
        case "sign":
            return "\\" + part["text"] if part["text"] in _ESCAPED else part["text"]
        case "words":
            return '"' + part["text"].replace('"', '\\"') + '"'
        case "space":
            return part["width"]
        case "fraction":
            return f"frac({typst(part['over'])}, {typst(part['under'])})"
        case "root" if part["degree"]:
            return f"root({typst(part['degree'])}, {typst(part['of'])})"
        case "root":
            return f"sqrt({typst(part['of'])})"
        case "mark":
            return f"{_MARKS[part['mark']]}({typst(part['of'])})"
        case "bold":
            return f"bold({typst(part['of'])})"
        case "group":
            return typst(part["of"]) or '""'
        case "fence":
            return f"lr({_FENCES[part['open']]} {typst(part['of'])} {_FENCES[part['close']]})"
        case "scripts":
            return _with_scripts(part)
    raise ValueError(part["kind"])


def _with_scripts(part: dict) -> str:
    """Hang scripts on one part as ``_`` and ``^`` do; on a group, as on a whole, by name."""
    base, sub, sup = (typst(part[name]) for name in ("of", "sub", "sup"))
    if part["of"][0]["kind"] == "group":
        hung = [f", {name}: {script}" for name, script in (("b", sub), ("t", sup)) if script]
        return f"attach({base}{''.join(hung)})"
    hung = [f"{sign}({script})" for sign, script in (("_", sub), ("^", sup)) if script]
    return "".join([base, *hung])
