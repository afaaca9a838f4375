"""A dossier in the making and made (生成与下载): chapter, place in the queue, every format."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from pipeline.whole.desk import audit_log, job_queue
from pipeline.whole.desk.desk_clock import now
from pipeline.whole.desk.retention import delete_output
from pipeline.whole.desk.states import DELETED, DONE, INTERNAL, JOB_ZH, MAKE, RUNNING, WAITING
from pipeline.whole.desk.web.clerk_pages import attached, verdict_zh
from pipeline.whole.desk.web.page_rendering import chapter_number, chapter_words, page
from pipeline.whole.desk.web.signing_in import anybody, clerks

_OFFICE = "application/vnd.openxmlformats-officedocument"
_WORD, _EXCEL = (f"{_OFFICE}.{kind}" for kind in (
    "wordprocessingml.document", "spreadsheetml.sheet"))
FILES = {  # what is handed out → in words, as it is saved, its type
    "dossier.pdf": ("卷宗（PDF，送审用）", "卷宗", "application/pdf"),
    "brief.pdf": ("简报（PDF）", "简报", "application/pdf"),
    "appendix.pdf": ("附录（PDF）", "附录", "application/pdf"),
    "dossier.docx": ("卷宗（Word，可编辑）", "卷宗", _WORD),
    "dossier.xlsx": ("卷宗各表（Excel）", "卷宗各表", _EXCEL),
    "dossier.html": ("卷宗（网页）", "卷宗", "text/html"),
    "annex.xlsx": ("申报表（Excel）", "申报表", _EXCEL),
    "self_report.docx": ("自评报告草稿（Word）", "自评报告草稿", _WORD),
    "ledger.xlsx": ("销号台账（Excel）", "销号台账", _EXCEL),
    "evidence_catalogue.xlsx": ("佐证材料目录（Excel）", "佐证材料目录", _EXCEL),
    "spot_check.xlsx": ("实地核查表（Excel）", "实地核查表", _EXCEL),
    "results.json": ("全部结果（JSON，供程序用）", "全部结果", "application/json"),
    "findings.json": ("核查记录（JSON，供程序用）", "核查记录", "application/json"),
    "manifest.json": ("运行清单（JSON，供程序用）", "运行清单", "application/json")}
_READABLE = "dossier.html"


def own_job(request: Request):
    """Return the job of a dossier that a path names; 404 where it is none, another county's, or
    a public edition that two operators have not released."""
    row = request.app.state.db.execute(
        "SELECT job.*, unit, year, upload.state AS upload_state, confirmed_by FROM job"
        " JOIN upload ON upload.id = job.upload LEFT JOIN release ON release.job = job.id"
        " WHERE job.id = ? AND kind = ?",
        (request.path_params["id"], MAKE)).fetchone()
    who = request.state.visitor
    if row is None or not who.sees(row["unit"]) or (
            row["edition"] != INTERNAL and not row["confirmed_by"] and not who.is_operator):
        raise HTTPException(404)
    return row


@anybody
async def job_page(request: Request) -> Response:
    """Show how far a dossier is; once it is made, what can be downloaded."""
    row, state = own_job(request), request.app.state
    there = state.desk.outputs / row["id"]
    files = [(name, zh, (there / name).stat().st_size) for name, (zh, *_) in FILES.items()
             if row["run_id"] and (there / name).is_file()]
    return page(request, "job", f"{row['year']}年卷宗", job=row, files=files, readable=_READABLE,
                told=told(request, row), verdict=verdict_zh(state.desk.outputs, row),
                waiting=row["state"] in (WAITING, RUNNING))


def told(request: Request, row) -> dict:
    """Return how far a job is, in words and numbers."""
    db, said = request.app.state.db, JOB_ZH[row["state"]]
    if row["state"] == WAITING:
        said = f"排队，前面还有 {job_queue.ahead(db, row)} 份"
    elif row["state"] == RUNNING:
        said = f"{chapter_words(row['stage'])}，已用 {round(now(db) - row['begun'])} 秒"
    return {"state": row["state"], "said": said, "chapter": chapter_number(row["stage"]),
            "waiting": row["state"] in (WAITING, RUNNING)}


@anybody
async def job_state(request: Request) -> Response:
    """Tell how far a job is, for the page that waits for it."""
    return JSONResponse(told(request, own_job(request)))


@anybody
async def download(request: Request) -> Response:
    """Hand out one of the files that a job has made."""
    row, name = own_job(request), request.path_params["name"]
    place = request.app.state.desk.outputs / row["id"] / name
    if name not in FILES or not row["run_id"] or not place.is_file():
        raise HTTPException(404)
    audit_log.note(request.app.state.db, request.state.visitor.who, "download", row["id"],
                   file=name)
    _, saved, kind = FILES[name]
    edition = "公开版" if row["edition"] != INTERNAL else ""
    return FileResponse(place, media_type=kind, headers=attached(
        f"{row['unit']}-{row['year']}-{edition}{saved}{place.suffix}"))


@anybody
async def read(request: Request) -> Response:
    """Show the dossier as a page, in a sandbox: nothing in it can act for who is signed in.

    A page in a sandbox may not also be cut off from its opener: browsers then show nothing.
    """
    row = own_job(request)
    place = request.app.state.desk.outputs / row["id"] / _READABLE
    if not row["run_id"] or not place.is_file():
        raise HTTPException(404)
    return FileResponse(place, media_type="text/html", headers={
        "Content-Security-Policy": "sandbox", "Cross-Origin-Opener-Policy": "unsafe-none"})


@clerks
async def cancel(request: Request) -> Response:
    """Cancel a dossier that is not made yet."""
    row = own_job(request)
    if not job_queue.cancel(request.app.state.db, row["id"], request.state.visitor.who,
                            "本县取消了。"):
        return JSONResponse({"said": "已经结束，不能取消。", "to": f"/job/{row['id']}"}, 409)
    return JSONResponse({"to": f"/job/{row['id']}"})


@clerks
async def again(request: Request) -> Response:
    """Let a dossier that failed or was cancelled be made once more."""
    row = own_job(request)
    if row["upload_state"] == DELETED:
        return JSONResponse({"said": "上传的文件已经删除，不能重做。请重新上传。"}, 409)
    job_queue.retry(request.app.state.db, row["id"], request.state.visitor.who)
    return JSONResponse({"to": f"/job/{row['id']}"})


@clerks
async def remove_made(request: Request) -> Response:
    """Delete a dossier at once."""
    row, state = own_job(request), request.app.state
    if row["edition"] != INTERNAL:
        return JSONResponse({"said": "公开版由主办单位两人批准，县里不能单独删除。"
                                     "请告诉主办单位。"}, 409)
    if row["state"] != DONE:
        return JSONResponse({"said": "还没有可删的卷宗。"}, 409)
    delete_output(state.db, state.desk, row["id"], request.state.visitor.who)
    return JSONResponse({"to": "/history"})
