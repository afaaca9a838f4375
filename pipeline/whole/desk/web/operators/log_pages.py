"""The audit log as a page and as a file (审计日志)."""

import json

from starlette.requests import Request
from starlette.responses import Response

from pipeline.whole.desk.audit_log import WHAT_ZH, broken, lines
from pipeline.whole.desk.web.clerk_pages import attached
from pipeline.whole.desk.web.page_rendering import page
from pipeline.whole.desk.web.signing_in import operators

_SHOWN = 200


@operators
async def log(request: Request) -> Response:
    """Show the last lines, newest first."""
    rows = request.app.state.db.execute("SELECT line FROM event ORDER BY seq DESC LIMIT ?",
                                        (_SHOWN,)).fetchall()
    told = [json.loads(row["line"]) for row in rows]
    for line in told:
        line["zh"] = WHAT_ZH[line["what"]]
        line["more"] = "，".join(f"{name} {value}" for name, value in line.items() if name not in (
            "seq", "at", "who", "what", "object", "prev_hash", "zh", "sha256", "run_id"))
    count, _, wrong = broken(lines(request.app.state.db))
    return page(request, "log", "审计日志", rows=told, count=count, wrong=wrong)


@operators
async def export(request: Request) -> Response:
    """Hand out the whole log, one JSON line an event, as `junheng desk verify-log` reads it."""
    text = "".join(f"{line}\n" for line in lines(request.app.state.db))
    return Response(text, media_type="application/x-ndjson", headers=attached("审计日志.jsonl"))
