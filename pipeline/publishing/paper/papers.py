"""The papers of a document (成册): what is printed and bound apart, each a document of its own.

Body and annex may be bound in one; the brief (简报) is always a paper by itself.
"""

from collections.abc import Iterable

APPENDIX, BRIEF = "appendix", "brief"
APART, BOUND = "apart", "bound"
_ANNEX_ZH = "附录"
_ANNEX_SAYS = "本附录与同一文件夹中的正文是一套，运行编号相同；表号、图号带“A-”的在本册。"


def papers(document: dict, stem: str, binding: str = APART) -> dict[str, dict]:
    """Return stem of the file → document, of every paper that a document has.

    ``binding`` says whether the annex stands ``apart``, in a paper of its own, or is ``bound``
    behind the body.
    """
    from pipeline.publishing.paper.arranging import whole_annex  # reads Markdown; names do not

    brief, annex = document["brief"], whole_annex(document["body"])
    whole = document | {"brief": []}
    found = {stem: whole}
    if annex and binding == APART:
        body = document["body"][:-len(annex)]
        cover = document["cover"] | {
            "subtitle": f"{document['cover']['subtitle']}　{_ANNEX_ZH}", "statement": _ANNEX_SAYS}
        found = {stem: whole | {"body": body, "elsewhere": _titles(annex)},
                 APPENDIX: whole | {"cover": cover, "front": [], "body": annex[1:],
                                    "kind": APPENDIX}}
    if brief:
        cover = document["cover"] | {"title": document["brief_title"]}
        found[BRIEF] = whole | {"cover": cover, "front": [], "body": brief, "kind": BRIEF}
    return found


def binding_among(files: Iterable[str]) -> str:
    """Return how the annex of a book is bound that is made up of these files, "" where that
    cannot be told: a book from before there was a brief knows no annex.

    >>> binding_among(["brief.pdf", "dossier.pdf"]), binding_among(["dossier.pdf"])
    ('bound', '')
    """
    there = {*files}
    return APART if f"{APPENDIX}.pdf" in there else BOUND if f"{BRIEF}.pdf" in there else ""


def _titles(annex: list[dict]) -> list[dict]:
    return [{"number": block["number"], "text": block["text"]} for block in annex
            if block["type"] == "heading" and block["level"] == 2]
