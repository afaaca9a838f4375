"""What becomes of a file (上传的文件): it comes in, its findings, asking for the dossier."""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from pipeline.ground.terms import REFUSE, SEVERITY_ZH
from pipeline.whole.desk import audit_log, job_queue
from pipeline.whole.desk.desk_folder import FORMATS
from pipeline.whole.desk.inbox import Coming, NotTaken, received
from pipeline.whole.desk.retention import PERSONAL, delete_upload
from pipeline.whole.desk.states import CHECKING, DELETED, DONE, READY, RECEIVED, UPLOAD_ZH
from pipeline.whole.desk.web.clerk_pages import attached, last_job
from pipeline.whole.desk.web.clerks_words import listed_once, shown_findings
from pipeline.whole.desk.web.findings_book import findings_book
from pipeline.whole.desk.web.page_rendering import page
from pipeline.whole.desk.web.signing_in import anybody, clerks

_YEAR = re.compile(r"(19[89]|20\d)\d")
_MOST_ROWS = 500
_YEAR_SAID = "cover.year"  # the table says another year than was chosen
_BORNE_BYTES = 2_000_000  # more than a proxy lets pass
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@clerks
async def put_upload(request: Request) -> Response:
    """Take a file as the raw body; 202 once it is on the disk and committed."""
    state, who = request.app.state, request.state.visitor
    year, announced = request.path_params["year"], request.headers.get("content-length", "0")
    if not _YEAR.fullmatch(year):
        return JSONResponse({"said": "请选择年份。"}, 400)
    coming = Coming(who.unit, int(year), who.who, unquote(request.headers.get("x-file-name", "")),
                    int(announced) if announced.isdigit() else 0)
    body = request.stream()
    try:
        upload, new = await received(state.db, state.desk, coming, body, state.under_way)
    except NotTaken as fault:
        if coming.announced <= state.desk.most_bytes + _BORNE_BYTES:
            await _borne(body, state.desk.most_bytes + _BORNE_BYTES)
        return JSONResponse({"said": fault.said}, fault.status)
    except ClientDisconnect:
        return JSONResponse({"said": "网络断了，文件没有收全，请再传一次。"}, 400)
    said = "" if new else "这份文件已经传过，现在以它为准，这里是它的结果。"
    return JSONResponse({"to": f"/upload/{upload}", "said": said}, 202 if new else 200)


async def _borne(body: AsyncIterator[bytes], most: int) -> None:
    """Let the rest of a file come in that is not taken: behind a proxy, an answer in its midst is
    none (502 instead of the sentence)."""
    size = 0
    with suppress(ClientDisconnect):
        async for piece in body:
            size += len(piece)
            if size > most:
                return


def own_upload(request: Request):
    """Return the upload that a path names; 404 where it is none, deleted, or another county's."""
    row = request.app.state.db.execute("SELECT * FROM upload WHERE id = ? AND state != ?",
                                       (request.path_params["id"], DELETED)).fetchone()
    if row is None or not request.state.visitor.sees(row["unit"]):
        raise HTTPException(404)
    return row


@anybody
async def upload_page(request: Request) -> Response:
    """Show how far a file is, and what was found in it, cell by cell."""
    row = own_upload(request)
    findings = shown_findings(request.app.state.desk, row)
    lines = listed_once(findings)
    counted, listed = ({name: sum(one["severity"] == name for one in ones)
                        for name in SEVERITY_ZH} for ones in (findings, lines))
    return page(request, "upload", f"{row['year']}年上传的文件", upload=row,
                findings=lines[:_MOST_ROWS], left=max(0, len(lines) - _MOST_ROWS),
                counted=counted, listed=listed, formats=FORMATS,
                job=last_job(request.app.state.db, row["id"]),
                personal=any(found["code"] == PERSONAL for found in findings),
                other_year=_other_year({found["code"] for found in findings
                                        if found["severity"] == REFUSE}),
                waiting=row["state"] in (RECEIVED, CHECKING))


def _other_year(codes: set[str]) -> str:
    """Return whether the table says another year than was chosen: alone, besides, or "" not."""
    return ("alone" if codes == {_YEAR_SAID} else "besides") if _YEAR_SAID in codes else ""


@anybody
async def upload_state(request: Request) -> Response:
    """Tell how far a file is, for the page that waits for it."""
    row, db = own_upload(request), request.app.state.db
    said = UPLOAD_ZH[row["state"]]
    if row["state"] == RECEIVED:
        job = db.execute("SELECT * FROM job WHERE upload = ? AND kind = 'check'",
                         (row["id"],)).fetchone()
        said = f"已接收，等待检查（前面还有 {job_queue.ahead(db, job)} 份）"
    return JSONResponse({"state": row["state"], "said": said,
                         "waiting": row["state"] in (RECEIVED, CHECKING)})


@anybody
async def findings_file(request: Request) -> Response:
    """Hand out the findings as a workbook."""
    row = own_upload(request)
    audit_log.note(request.app.state.db, request.state.visitor.who, "download", row["id"],
                   file="findings")
    found = shown_findings(request.app.state.desk, row)
    return Response(findings_book(found, row["unit"], row["year"]), media_type=_SPREADSHEET,
                    headers=attached(f"{row['unit']}-{row['year']}-问题清单.xlsx"))


@clerks
async def make(request: Request) -> Response:
    """Ask for the dossier of a file that was found fit, in the formats that are named."""
    row = own_upload(request)
    if row["state"] != READY:
        return JSONResponse({"said": "这份文件还不能生成卷宗。"}, 409)
    wanted = set((await request.body()).decode("ascii", "replace").split(","))
    named = ",".join(name for name in FORMATS if name == FORMATS[0] or name in wanted)
    db, before = request.app.state.db, last_job(request.app.state.db, row["id"])
    job = job_queue.ask_to_make(db, row["id"], named, request.state.visitor.who)
    same = before is not None and (before["id"], before["state"]) == (job, DONE)
    said = "同一份文件、同样的格式已经做过，就是这一份。" if same else ""
    return JSONResponse({"to": f"/job/{job}", "said": said}, 202)


@clerks
async def remove_upload(request: Request) -> Response:
    """Delete a file at once, with what was found in it."""
    row, state = own_upload(request), request.app.state
    delete_upload(state.db, state.desk, row["id"], request.state.visitor.who)
    return JSONResponse({"to": "/history"})
