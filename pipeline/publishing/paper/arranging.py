"""The body and the annex of a book (正文、附录), and its brief (简报), by rules that are data.

What goes to the annex stands there under the headings that it had, one level lower; where it
stood, one sentence says what is there. No figure is changed: an excerpt repeats rows.
"""

import re
from collections.abc import Iterator

from pipeline.definitions.forms.arrangement import Annex, Arrangement
from pipeline.publishing.paper.markdown import REFERENCE
from pipeline.publishing.paper.table_layout import stands_upright

_HEAD = "附录"
_SHOWN = {"table", "figure"}
EXCERPT = "_excerpt"
_ALSO = "另"  # beside what a section says
_MOST_EXCERPTED = 14
_ENDS_IN_REFERENCE = re.compile(r"\[\[\w+\]\]。$")


def arranged(blocks: list[dict], arrangement: Arrangement) -> tuple[list[dict], ...]:
    """Return the blocks of body, annex and brief.

    ``blocks`` have no numbers yet. The annex begins with the first heading that is ``appendix``.
    """
    left, brief = _brief_of(blocks, arrangement)
    chapters, appendix = _chapters(left)
    body, annex = [], []
    told = {key for block in left for key in _referred_to(block)}
    for chapter in chapters:
        here, there = _chapter(chapter, arrangement.annex, told)
        body += here
        annex += there
    if not annex and not appendix:
        return body, [], brief
    head, *rest = appendix or [{"type": "heading", "level": 1, "text": _HEAD, "appendix": True}]
    return body, [head | {"annex": True}, *annex, *rest], brief


def whole_annex(blocks: list[dict]) -> list[dict]:
    """Return the blocks from the annex's heading on, none where a book has no annex."""
    start = next((n for n, block in enumerate(blocks) if block.get("annex")), len(blocks))
    return blocks[start:]


def _brief_of(blocks: list[dict], arrangement: Arrangement) -> tuple[list[dict], list[dict]]:
    """Part from the blocks what is printed in the brief alone; return both."""
    if arrangement.brief is None:
        return blocks, []
    order, alone = arrangement.brief.exhibits, {*arrangement.brief.alone}
    brief = [dict(block) for key in order for block in blocks if _key(block) == key]
    drawn = [block for block in brief if block["type"] == "figure"]
    brief = [block for block in brief if block not in drawn[arrangement.brief.figures:]]
    return [block for block in blocks if _key(block) not in alone], brief


def _key(block: dict) -> str:
    return block.get("key") or block.get("said", "")


def _chapters(blocks: list[dict]) -> tuple[list[list[dict]], list[dict]]:
    """Part the chapters, each with its heading, from what is appendix in the notebook."""
    chapters: list[list[dict]] = [[]]
    for number, block in enumerate(blocks):
        if block.get("appendix"):
            return [c for c in chapters if c], blocks[number:]
        if block["type"] == "heading" and block["level"] == 1:
            chapters.append([])
        chapters[-1].append(block)
    return [c for c in chapters if c], []


def _chapter(blocks: list[dict], rules: Annex, told: set[str]) -> tuple[list[dict], list[dict]]:
    """Return what of one chapter stands in the body, and what in the annex; to ``told`` the words
    of the book refer."""
    body, annex, elsewhere = [], [], []
    for heading, content in _sections(blocks):
        whole = bool(heading) and heading["text"] in rules.headings
        moved = [whole or _moves(block, rules) for block in content]
        here = [] if whole else [*_kept(content, moved, rules)]
        there = [block for block, gone in zip(content, moved, strict=True) if gone]
        titled = [heading] if heading else []
        annex += [_lowered(h) for h in titled] + there
        if here or not (there or whole) or _is_first(heading):
            body += titled + _with_references(heading, here, told) + _pointer(there, here)
        elif there:
            elsewhere.append((heading["text"], _untold(there, [])))
    if any(block.get("symbols") for block in annex):
        elsewhere.append(("算式", []))
    if body and body[-1].get("pointer"):
        elsewhere.insert(0, (_ALSO, body.pop()["pointer"]))
    return _closed(body, _elsewhere(elsewhere)), annex


def _elsewhere(titled: list[tuple[str, list[str]]]) -> list[dict]:
    """Say in one sentence what of a chapter is in the annex: the sections with their exhibits,
    then those that have none."""
    also = [entry for entry in titled if entry[0] == _ALSO]
    shown = [(title, keys) for title, keys in titled if keys and title != _ALSO]
    alone = [(title, []) for title, keys in titled if not keys]
    said = ["、".join(title for title, _ in part) + (
                f"见{'、'.join(f'[[{key}]]' for _, keys in part for key in keys)}"
                if part is not alone else "见附录")
            for part in (also, shown, alone) if part]
    return _paragraph("；".join(said))["runs"] if said else []


def _with_references(heading: dict | None, here: list[dict], told: set[str]) -> list[dict]:
    """Refer to every table and figure of a section to which no words do (见图1), in the last
    paragraph before the first of them, in one of its own where there is none."""
    untold = [n for n, block in enumerate(here)
              if block["type"] in _SHOWN and block["key"] not in told]
    if not untold:
        return here
    said = "、".join(f"[[{here[n]['key']}]]" for n in untold)
    see = ("节选" if here[untold[0]]["key"].endswith(EXCERPT) else "") + "见"
    place = next((n for n in reversed(range(untold[0])) if here[n]["type"] == "paragraph"), None)
    if place is None:
        return [_paragraph(f"{heading['text'] if heading else ''}{see}{said}"), *here]
    *before, last = here[place]["runs"]
    text = last.get("text", "")
    joint = "" if not _ENDS_IN_REFERENCE.search(text) else "、" if see == "见" else f"；{see}"
    runs = [*before, last | {"text": f"{text[:-1]}{joint}{said}。"}] if joint else [
        *before, last, {"text": f"{see}{said}。"}]
    return [*here[:place], here[place] | {"runs": runs}, *here[place + 1:]]


def _closed(body: list[dict], said: list[dict]) -> list[dict]:
    """Add what the sections of a chapter that are in the annex alone are called; a chapter that
    has nothing else is no chapter of the body."""
    if all(block["type"] == "heading" for block in body):
        return []
    return _with_last_words(body, said) if said else body


def _with_last_words(body: list[dict], said: list[dict]) -> list[dict]:
    """Say something in the last words of a chapter's last section rather than after its exhibits,
    where one short sentence would stand alone on the next page."""
    for place in range(len(body) - 1, -1, -1):
        block = body[place]
        if block["type"] == "paragraph":
            told = block | {"runs": [*block["runs"], *said]}
            return [*body[:place], told, *body[place + 1:]]
        if block["type"] in ("list", "heading"):
            break
    after = place + 1 if body[place]["type"] == "list" else len(body)
    return [*body[:after], {"type": "paragraph", "runs": said}, *body[after:]]


def _is_first(heading: dict | None) -> bool:
    return heading is None or heading["level"] == 1


def _sections(blocks: list[dict]) -> Iterator[tuple[dict | None, list[dict]]]:
    """Yield each heading with what stands under it, up to the next of any level."""
    heading, content = None, []
    for block in blocks:
        if block["type"] != "heading":
            content.append(block)
            continue
        if heading or content:
            yield heading, content
        heading, content = block, []
    yield heading, content


def _moves(block: dict, rules: Annex) -> bool:
    if rules.formulas and block.get("symbols") or rules.names(_key(block)):
        return True
    if block["type"] != "table" or rules.keeps(block["key"]):
        return False
    return len(block["rows"]) > rules.rows or rules.turned and not stands_upright(block)


def _kept(content: list[dict], moved: list[bool], rules: Annex) -> Iterator[dict]:
    """Yield what stays, with an excerpt in the place of a table that has one."""
    for block, gone in zip(content, moved, strict=True):
        if not gone:
            yield block
        elif block["type"] == "table" and rules.excerpted(block["key"]):
            yield from _excerpt(block)


def _excerpt(table: dict) -> Iterator[dict]:
    """Yield the rows of a table in which a cell is toned, as a table of its own (节选); where
    every row is, the excerpt would be the table."""
    places = [n for n, row in enumerate(table["rows"])
              if any(cell["tone"] in ("fail", "short", "unknown") for cell in row)]
    if not 0 < len(places) < min(_MOST_EXCERPTED + 1, len(table["rows"])):
        return
    said = f"只列有底色或虚线框的{len(places)}行，全表{len(table['rows'])}行见[[{table['key']}]]。"
    excerpt = table | {name: [table[name][n] for n in places] for name in ("rows", "data")}
    excerpt |= {"key": table["key"] + EXCERPT, "caption": table["caption"] + "（节选）",
                "notes": [*table["notes"], said], "reckoned": []}
    if stands_upright(excerpt):
        yield excerpt


def _untold(there: list[dict], here: list[dict]) -> list[str]:
    """Return the exhibits of a section that are in the annex, but for those to which the section
    refers anyway."""
    told = {key for block in here for key in _referred_to(block)}
    return [block["key"] for block in there
            if block["type"] in _SHOWN and block["key"] not in told]


def _pointer(there: list[dict], here: list[dict]) -> list[dict]:
    """Return the sentence that says what of a section is in the annex, if anything is."""
    keys = _untold(there, here)
    said = "、".join(f"[[{key}]]" for key in keys)
    return [_paragraph(f"{_ALSO}见{said}") | {"pointer": keys}] if keys else []


def _paragraph(text: str) -> dict:
    return {"type": "paragraph", "runs": [{"text": f"{text}。"}]}


def _referred_to(block: dict) -> list[str]:
    texts = [run.get("text", "") for runs in [*block.get("items", []), block.get("runs", [])]
             for run in runs] + block.get("notes", [])
    return [key for text in texts for key in REFERENCE.findall(text)]


def _lowered(heading: dict) -> dict:
    return heading | {"level": min(heading["level"] + 1, 3)}
