"""Signing in (登录): the field for the token, the cookie, and who may call which route."""

import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from functools import wraps
from hmac import compare_digest

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.whole.desk import audit_log
from pipeline.whole.desk.tokens import CLERK, OPERATOR, Visitor, sign_out, signed_in, visitor
from pipeline.whole.desk.web.page_rendering import page

KEY = "x-junheng"
_MOST_TRIES, _WINDOW_SECONDS, _PAUSE_SECONDS = 10, 600, 60
_MOST_ADDRESSES, _MOST_LETTERS = 10_000, 200

Endpoint = Callable[[Request], Awaitable[Response]]


class Tries:
    """Wrong tokens of late, address by address: ten within ten minutes bring a minute's pause."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock, self.wrong, self.paused = clock, OrderedDict(), {}

    def paused_seconds(self, address: str) -> int:
        """Return how many seconds an address has yet to wait."""
        left = self.paused.get(address, 0) - self.clock()
        if left <= 0:
            self.paused.pop(address, None)
        return max(0, round(left + 0.5)) if left > 0 else 0

    def note(self, address: str) -> None:
        """Note a wrong try."""
        at, tries = self.clock(), self.wrong.pop(address, deque())
        self.wrong[address] = tries
        tries.append(at)
        while tries[0] < at - _WINDOW_SECONDS:
            tries.popleft()
        if len(tries) >= _MOST_TRIES:
            del self.wrong[address]
            self.paused[address] = at + _PAUSE_SECONDS
        for known in (self.wrong, self.paused):
            while len(known) > _MOST_ADDRESSES:
                known.pop(next(iter(known)))


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie: with TLS, one that the browser binds to it."""
    return "__Host-junheng" if request.app.state.desk.behind_tls else "junheng"


def visitor_of(request: Request) -> Visitor | None:
    """Return who is signed in, None for nobody."""
    name = request.cookies.get(cookie_name(request), "")
    return visitor(request.app.state.db, name) if name else None


def for_role(*roles: str) -> Callable[[Endpoint], Endpoint]:
    """Let only these roles call a route; what changes something needs the session's own key.

    Nobody is told more than that a page is not there: of another role or county it is 404.
    """
    def guarded(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        async def called(request: Request) -> Response:
            who = visitor_of(request)
            if who is None:
                if request.method in ("GET", "HEAD") and not request.url.path.endswith(".json"):
                    return RedirectResponse("/", 303)
                return JSONResponse({"said": "登录已过期，请重新登录。", "to": "/"}, 401)
            if who.role not in roles:
                raise HTTPException(404)
            if request.method not in ("GET", "HEAD") and not compare_digest(
                    request.headers.get(KEY, "").encode(), who.csrf.encode()):
                return JSONResponse({"said": "页面已过期，请刷新后再试。"}, 403)
            request.state.visitor = who
            return await endpoint(request)
        return called
    return guarded


clerks = for_role(CLERK)
operators = for_role(OPERATOR)
anybody = for_role(CLERK, OPERATOR)


def home_of(who: Visitor) -> str:
    """Return the first page of somebody."""
    return "/op" if who.is_operator else "/desk"


async def front(request: Request) -> Response:
    """Show the field for the token, or go on where somebody is signed in."""
    who = visitor_of(request)
    return RedirectResponse(home_of(who), 303) if who else page(request, "login", "登录")


async def sign_in(request: Request) -> Response:
    """Take a token; answer with a fresh session, whatever session there was before."""
    state, address = request.app.state, request.client.host if request.client else ""
    if request.headers.get(KEY) != "login":
        return JSONResponse({"said": "这个请求不是从本网页发出的，未受理。"}, 403)
    if seconds := state.tries.paused_seconds(address):
        return JSONResponse({"said": f"口令错误次数过多，请 {seconds} 秒后再试。"}, 429)
    given = (await request.body()).decode("utf-8", "replace")
    name = signed_in(state.db, given) if len(given) <= _MOST_LETTERS else None
    if name is None:
        state.tries.note(address)
        audit_log.note(state.db, "-", "login_refused", "-")
        return JSONResponse({"said": "口令不对，或已过期、已停用。口令是 5 组、每组 4 个字母或"
                                     "数字；忘记了请向主办单位重新领取。"}, 401)
    if before := visitor_of(request):
        sign_out(state.db, before)
    answer = JSONResponse({"to": home_of(visitor(state.db, name))})
    answer.set_cookie(cookie_name(request), name, path="/", httponly=True, samesite="strict",
                      secure=state.desk.behind_tls)
    return answer


@anybody
async def leave(request: Request) -> Response:
    """End the session and take the cookie back."""
    sign_out(request.app.state.db, request.state.visitor)
    answer = JSONResponse({"to": "/"})
    answer.delete_cookie(cookie_name(request), path="/", httponly=True, samesite="strict",
                         secure=request.app.state.desk.behind_tls)
    return answer
