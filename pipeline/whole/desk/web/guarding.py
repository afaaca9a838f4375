"""What every request meets first and every answer bears (请求关口): host, origin, headers."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.whole.desk.desk_folder import Desk
from pipeline.whole.desk.web.slow_clients import TOO_SLOW, paced

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_READ = ("GET", "HEAD")
_HEALTH = "/health"


class Guard:
    """The outermost layer of the application: no route is reached past it."""

    def __init__(self, app: ASGIApp, desk: Desk):
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through to the application, or answer it here."""
        if scope["type"] != "http":
            return
        fault = self._fault(scope)
        answer = JSONResponse({"said": fault[0]}, fault[1]) if fault else self.app

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if message["status"] == TOO_SLOW:
                    headers["Connection"] = "close"
            await send(message)

        await answer(scope, paced(receive), headed)

    def _fault(self, scope: Scope) -> tuple[str, int] | None:
        """Return why a request goes no further, with its status."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self.desk.hosts:
            return "网址中的主机名不对。请用主办单位给的网址打开。", 400
        if scope["method"] in _READ:
            return None
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if (origin is None and site is None) or (
                origin is not None and origin not in self.desk.origins) or (
                site is not None and site != "same-origin"):
            return "这个请求不是从本网页发出的，未受理。", 403
        return None
