"""The web part (网页部分): routes and their answers. It opens no file of a county."""

import sqlite3
from collections import Counter

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.ground.errors import DefinitionFault
from pipeline.whole.desk.desk_folder import Desk
from pipeline.whole.desk.web import clerk_pages, job_pages, signing_in, upload_pages
from pipeline.whole.desk.web.guarding import Guard
from pipeline.whole.desk.web.operators import log_pages, operator_pages, release_pages, token_pages
from pipeline.whole.desk.web.page_rendering import STATIC, page
from pipeline.whole.desk.web.slow_clients import SAID, TOO_SLOW

_SAID = {404: "没有这个页面，或您不能看它。", 405: "这个网址不能这样用。",
         TOO_SLOW: SAID}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY}
_MOST_FORM_BYTES = 100_000


async def health(request: Request) -> Response:
    """Say whether the database answers and there is room, and nothing else."""
    state = request.app.state
    try:
        state.db.execute("SELECT 1 FROM clock").fetchone()
        fine = state.desk.free_mb >= state.desk.least_free_mb
    except (sqlite3.Error, OSError):
        fine = False
    return PlainTextResponse("ok" if fine else "unfit", 200 if fine else 503)


async def fault(request: Request, raised: HTTPException) -> Response:
    """Answer what went wrong with a sentence, as a page or for the script."""
    said = raised.detail if raised.status_code == 503 else _SAID.get(
        raised.status_code, "这个请求没有办成。")
    if request.method == "GET" and not request.url.path.endswith(".json"):
        return page(request, "fault", "没有办成", raised.status_code, said=said)
    return JSONResponse({"said": said}, raised.status_code)


async def unwritten(request: Request, raised: sqlite3.OperationalError) -> Response:
    """Answer that nothing can be written just now, as where the disk is full."""
    if raised.sqlite_errorcode & 0xFF not in _NO_ROOM:
        raise raised
    return await fault(request, HTTPException(503, "服务器的磁盘暂时写不进去，这一步没有办成。"
                                                   "请稍后再试，或告诉主办单位。"))


async def unlisted(request: Request, raised: DefinitionFault) -> Response:
    """Answer that the institute's list of counties cannot be used; what is wrong is told to its
    operators alone."""
    who = getattr(request.state, "visitor", None)
    more = str(raised) if who and who.is_operator else "请告诉主办单位。已收下的文件没有丢。"
    said = f"主办单位的县名单有错误，这一步没有办成。{more}"
    return await fault(request, HTTPException(503, said))


async def broken(request: Request, raised: Exception) -> Response:
    """Answer a fault of ours without a word of its inside."""
    return page(request, "fault", "没有办成", 500,
                said="网页窗口出了故障，已记在运行记录中。您的文件没有丢，请稍后再试。")


def _read(path: str, endpoint) -> Route:
    return Route(path, endpoint, methods=["GET"])


def _do(path: str, endpoint, method: str = "POST") -> Route:
    return Route(path, endpoint, methods=[method], max_body_size=_MOST_FORM_BYTES)


def routes() -> list[Route | Mount]:
    """Return every route of the desk."""
    return [
        _read("/", signing_in.front),
        _read("/t", signing_in.front),
        _do("/login", signing_in.sign_in),
        _do("/logout", signing_in.leave),
        _read("/health", health),
        _read("/desk", clerk_pages.desk_page),
        _read("/history", clerk_pages.history),
        _read("/template/{year}.xlsx", clerk_pages.blank_form),
        Route("/upload/{year}", upload_pages.put_upload, methods=["PUT"]),
        _read("/upload/{id}.json", upload_pages.upload_state),
        _read("/upload/{id}/findings.xlsx", upload_pages.findings_file),
        _do("/upload/{id}/make", upload_pages.make),
        _do("/upload/{id}/delete", upload_pages.remove_upload),
        _read("/upload/{id}", upload_pages.upload_page),
        _read("/job/{id}.json", job_pages.job_state),
        _read("/job/{id}/read", job_pages.read),
        _read("/job/{id}/file/{name}", job_pages.download),
        _do("/job/{id}/cancel", job_pages.cancel),
        _do("/job/{id}/again", job_pages.again),
        _do("/job/{id}/delete", job_pages.remove_made),
        _read("/job/{id}", job_pages.job_page),
        _read("/op", operator_pages.overview),
        _do("/op/job/{id}/retry", operator_pages.retry),
        _do("/op/job/{id}/cancel", operator_pages.cancel),
        _read("/op/tokens", token_pages.tokens),
        _do("/op/tokens", token_pages.issue),
        _do("/op/tokens/{id}/revoke", token_pages.end_token),
        _read("/op/release", release_pages.releases),
        _do("/op/release/propose", release_pages.propose),
        _read("/op/release/{id}", release_pages.release),
        _do("/op/release/{id}/confirm", release_pages.confirm),
        _do("/op/release/{id}/retract", release_pages.retract),
        _read("/op/log", log_pages.log),
        _read("/op/log.jsonl", log_pages.export),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def application(desk: Desk, db: sqlite3.Connection) -> Guard:
    """Return the application of a desk; ``db`` is used by its one thread alone."""
    made = Starlette(routes=routes(), exception_handlers={
        HTTPException: fault, sqlite3.OperationalError: unwritten,
        DefinitionFault: unlisted, 500: broken})
    made.state.desk, made.state.db, made.state.tries = desk, db, signing_in.Tries()
    made.state.under_way = Counter()
    return Guard(made, desk)
