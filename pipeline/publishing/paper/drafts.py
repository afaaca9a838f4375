"""From what a chapter leaves as a draft (草稿) to a document: headings and exhibits in their order,
and apart from the other words what people are to write (``【…】``)."""

import re

from pipeline.publishing.paper.blocks import add_record, completed

_BLANK = re.compile(r"(【[^【】]*】)")


def read_draft(draft: dict, run_id: str) -> dict:
    """Return the document of a draft: ``{"told": …, "blocks": […]}``, where a block is the record
    of an exhibit or ``{"kind": "heading", "level": …, "text": …, "appendix": …}``.

    ``told`` stands on the cover and says what the file is. `DossierFailed` says what is amiss.
    """
    document = {"cover": None, "run_id": run_id, "front": [], "body": [], "brief": [],
                "told": draft["told"]}
    used: set[str] = set()
    for block in draft["blocks"]:
        if block["kind"] == "heading":
            document["body"].append({"type": "heading"} | {
                name: block[name] for name in ("level", "text", "appendix")})
        else:
            add_record(document, block, used)
    for block in document["body"]:
        if block["type"] == "paragraph":
            block["runs"] = [piece for run in block["runs"] for piece in _apart(run)]
    return completed(document)


def _apart(run: dict) -> list[dict]:
    """Part a run at its blanks (待填处); a blank is a run of its own."""
    return [run | {"text": text} | ({"blank": True} if _BLANK.fullmatch(text) else {})
            for text in _BLANK.split(run["text"]) if text]
