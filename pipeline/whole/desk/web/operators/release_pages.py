"""The release of public editions (公开版的发布): one operator proposes, another one confirms.

What is proposed is made by the queue; who confirms sees what is new against the last release
and what is masked. Either may take it back, alone. All of it stands in the log. A release that
nobody has confirmed but that has a date was taken back then.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.ground.admission import read_json
from pipeline.whole.desk import audit_log, job_queue
from pipeline.whole.desk.desk_clock import now, today
from pipeline.whole.desk.states import DONE, INTERNAL, JOB_ZH, MAKE, PUBLIC
from pipeline.whole.desk.storage import new_id, written
from pipeline.whole.desk.web.operators.release_diff import compared
from pipeline.whole.desk.web.page_rendering import county_name, page
from pipeline.whole.desk.web.signing_in import operators

_FORMATS = "pdf,html"


@operators
async def releases(request: Request) -> Response:
    """Show what may be proposed, what waits for a second person, and what was released."""
    db, desk = request.app.state.db, request.app.state.desk
    there = db.execute(
        "SELECT release.*, job.state, job.reason, unit, year FROM release JOIN job ON job.id ="
        " release.job JOIN upload ON upload.id = job.upload ORDER BY release.rowid DESC").fetchall()
    may = db.execute(
        "SELECT upload.id, unit, year, max(job.made) AS made, upload.made_at FROM job JOIN upload"
        " ON upload.id = job.upload WHERE kind = ? AND edition = ? AND job.state = ? AND run_id !="
        " '' AND upload.state != 'deleted' AND upload.id NOT IN (SELECT upload FROM job WHERE"
        " edition = ? AND (state != ? OR run_id != '')) GROUP BY upload.id ORDER BY unit, year",
        (MAKE, INTERNAL, DONE, PUBLIC, DONE))
    return page(request, "releases", "公开版", job_words=JOB_ZH,
                there=[{**dict(row), "name": county_name(desk, row["unit"])} for row in there],
                may=[{**dict(row), "name": county_name(desk, row["unit"])} for row in may])


@operators
async def propose(request: Request) -> Response:
    """Propose the public edition of the upload in the body: it is made, and then looked at."""
    db, who = request.app.state.db, request.state.visitor
    upload = (await request.body()).decode("ascii", "replace")
    done = job_queue.standing_job(db, upload, INTERNAL)
    if not done or done["state"] != DONE:
        raise HTTPException(404)
    with written(db):
        job = job_queue.ask_to_make(db, upload, _FORMATS, who.who, PUBLIC)
        known = db.execute("SELECT id FROM release WHERE job = ?", (job,)).fetchone()
        release_id = known["id"] if known else new_id()
        if not known:
            db.execute("INSERT INTO release (id, job, proposed_by, proposed_at) VALUES (?, ?, ?,"
                       " ?)", (release_id, job, who.token, today()))
            audit_log.note(db, who.who, "propose", release_id, job=job)
    return JSONResponse({"to": f"/op/release/{release_id}"}, 202)


def _row(request: Request):
    row = request.app.state.db.execute(
        "SELECT release.*, job.state, job.reason, job.run_id, unit, year FROM release JOIN job ON"
        " job.id = release.job JOIN upload ON upload.id = job.upload WHERE release.id = ?",
        (request.path_params["id"],)).fetchone()
    if row is None:
        raise HTTPException(404)
    return row


@operators
async def release(request: Request) -> Response:
    """Show what a release would tell: new and changed rows, masked ones, against the last one."""
    row, state = _row(request), request.app.state
    told = {"new": [], "changed": [], "masked": []}
    if row["state"] == DONE:
        results = read_json(state.desk.outputs / row["job"] / "results.json") or {}
        told = compared(results, _released_before(state, row))
    return page(request, "release", f"{county_name(state.desk, row['unit'])} {row['year']}年公开版",
                release=row, told=told, mine=row["proposed_by"] == request.state.visitor.token,
                waiting=row["state"] not in ("done", "failed", "cancelled"))


def _released_before(state, row) -> dict | None:
    """Return the results that were released last for the same county and year, None for none."""
    before = state.db.execute(
        "SELECT job.id FROM release JOIN job ON job.id = release.job JOIN upload ON upload.id ="
        " job.upload WHERE unit = ? AND year = ? AND confirmed_by IS NOT NULL AND release.id != ?"
        " ORDER BY confirmed DESC LIMIT 1", (row["unit"], row["year"], row["id"])).fetchone()
    return before and read_json(state.desk.outputs / before["id"] / "results.json")


@operators
async def confirm(request: Request) -> Response:
    """Release what another operator has proposed; from then on the county can download it."""
    row, who, db = _row(request), request.state.visitor, request.app.state.db
    if row["state"] != DONE or not row["run_id"]:
        return JSONResponse({"said": "公开版还没有做完，不能批准。"}, 409)
    if row["proposed_by"] == who.token:
        return JSONResponse({"said": "公开须两人：您是提请人，请另一位用自己的口令登录后"
                                     "批准。"}, 409)
    with written(db):
        done = db.execute("UPDATE release SET confirmed_by = ?, confirmed_at = ?, confirmed = ?"
                          " WHERE id = ? AND confirmed_by IS NULL",
                          (who.token, today(), now(db), row["id"])).rowcount
        if done:
            audit_log.note(db, who.who, "release", row["id"], job=row["job"],
                           run_id=row["run_id"])
    return JSONResponse({"to": f"/op/release/{row['id']}"})


@operators
async def retract(request: Request) -> Response:
    """Take back what was released: the county can download it no longer; anew it needs two."""
    row, db = _row(request), request.app.state.db
    with written(db):
        done = db.execute("UPDATE release SET confirmed_by = NULL, confirmed_at = ? WHERE id = ?"
                          " AND confirmed_by IS NOT NULL", (today(), row["id"])).rowcount
        if done:
            audit_log.note(db, request.state.visitor.who, "retract", row["id"], job=row["job"])
    return JSONResponse({"to": f"/op/release/{row['id']}"})
