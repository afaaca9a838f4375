"""The overview (总览): all counties, failures first; retry, cancel, the queue and the disk."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.whole.desk import job_queue
from pipeline.whole.desk.desk_clock import now
from pipeline.whole.desk.desk_folder import DAY_SECONDS
from pipeline.whole.desk.states import (
    ABSENT,
    CANCELLED,
    CHECKING,
    DELETED,
    DONE,
    FAILED,
    JOB_ZH,
    READY,
    RECEIVED,
    RUNNING,
    TO_MEND,
    UNCHECKED,
    UPLOAD_ZH,
    WAITING,
)
from pipeline.whole.desk.tokens import CLERK
from pipeline.whole.desk.web.page_rendering import county_name, page, register_fault
from pipeline.whole.desk.web.signing_in import operators

_FIRST = (FAILED, UNCHECKED, TO_MEND, RUNNING, WAITING, CHECKING, RECEIVED, CANCELLED, ABSENT,
          READY, DONE)


@operators
async def overview(request: Request) -> Response:
    """Show the last file of every county and year with its state, failures first, and who has a
    token and has handed in nothing."""
    db, desk = request.app.state.db, request.app.state.desk
    rows = db.execute(
        "SELECT u.id AS upload, u.unit, u.year, u.made_at, u.state AS upload_state, u.reason AS"
        " upload_reason, j.id AS job, j.kind, j.state AS job_state, j.reason AS job_reason,"
        " j.edition, j.tries FROM upload u LEFT JOIN job j ON j.id = (SELECT id FROM job WHERE"
        " upload = u.id ORDER BY made DESC, kind DESC LIMIT 1) WHERE u.state != ? AND u.made ="
        " (SELECT max(made) FROM upload WHERE unit = u.unit AND year = u.year AND state != ?)",
        (DELETED, DELETED)).fetchall()
    lines = sorted([*(_line(desk, row) for row in rows), *_absent(db, desk)],
                   key=lambda line: (_FIRST.index(line["state"]), line["unit"], -line["year"]))
    wanted = request.query_params.get("state", "")
    counted = {zh: sum(line["zh"] == zh for line in lines) for zh in
               dict.fromkeys(line["zh"] for line in lines)}
    waiting, running = (db.execute("SELECT count(*) FROM job WHERE state = ?", (state,)
                                   ).fetchone()[0] for state in (WAITING, RUNNING))
    gauges = (("排队", f"{waiting} 份"), ("在做", f"{running} 份（最多 {desk.workers} 份）"),
              ("磁盘可用", f"{desk.free_mb / 1000:.1f} GB"),
              ("24 小时内收件", f"{_received(db)} 份"))
    return page(request, "overview", "总览", gauges=gauges, amiss=register_fault(desk),
                counted=counted, wanted=wanted,
                lines=[line for line in lines if wanted in ("", line["zh"])])


def _received(db) -> int:
    return db.execute("SELECT count(*) FROM upload WHERE made > ?", (now(db) - DAY_SECONDS,)
                      ).fetchone()[0]


def _absent(db, desk) -> Iterator[dict]:
    """Yield a line for each county with a token that holds and without a file."""
    for row in db.execute("SELECT DISTINCT unit FROM token WHERE role = ? AND NOT revoked AND"
                          " expires > ? AND unit NOT IN (SELECT unit FROM upload WHERE state != ?)",
                          (CLERK, now(db), DELETED)):
        yield {"unit": row["unit"], "year": 0, "name": county_name(desk, row["unit"]),
               "state": ABSENT, "zh": UPLOAD_ZH[ABSENT], "reason": "", "again": False,
               "stoppable": False, "made_at": "—", "kind": "check", "job": "", "upload": ""}


def _line(desk, row) -> dict:
    """Return one line of the overview: the state of the dossier, else that of the file."""
    made = row["job"] and row["kind"] != "check"
    state = row["job_state"] if made else row["upload_state"]
    return {**dict(row), "name": county_name(desk, row["unit"]), "state": state,
            "zh": (JOB_ZH if made else UPLOAD_ZH)[state],
            "reason": row["job_reason"] if made else row["upload_reason"],
            "again": row["job_state"] in (FAILED, CANCELLED),
            "stoppable": made and state in (WAITING, RUNNING)}


@operators
async def retry(request: Request) -> Response:
    """Let a job that failed or was cancelled wait anew."""
    done = job_queue.retry(request.app.state.db, request.path_params["id"],
                           request.state.visitor.who)
    return JSONResponse({"to": "/op"} if done else {"said": "它不在失败或取消之列。"},
                        200 if done else 409)


@operators
async def cancel(request: Request) -> Response:
    """Cancel a job that has not ended."""
    done = job_queue.cancel(request.app.state.db, request.path_params["id"],
                            request.state.visitor.who, "主办单位取消了。")
    return JSONResponse({"to": "/op"} if done else {"said": "已经结束，不能取消。"},
                        200 if done else 409)
