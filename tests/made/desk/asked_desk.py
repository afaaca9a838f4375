"""A desk that is asked without a network (窗口的应用): its routes, tables and a county or two."""

import asyncio
import contextlib
import json
import re
import sqlite3
from dataclasses import dataclass, field

from pipeline.definitions.base import DATA
from pipeline.whole.desk.desk_folder import Desk
from pipeline.whole.desk.desk_parts import opened
from pipeline.whole.desk.storage import connect
from pipeline.whole.desk.tokens import CLERK, EVERY, OPERATOR, new_token
from pipeline.whole.desk.web import application

YEAR = 2012
FIRST, SECOND = "910001", "910002"
EXAMPLE = next(DATA.rglob("990102_五校算例.csv"))
_HEAD = "code,name,province,prefecture,standard,plans,notice"


def desk_at(place, **more):
    """Make a desk with two counties of its own."""
    desk = opened(Desk(place, **{"least_free_mb": 0, **more}))
    lines = [f"{code},第{code}县,某省,某市,ref-worked-example,,造的" for code in (FIRST, SECOND)]
    desk.register.write_text("\n".join([_HEAD, *lines, ""]), "utf-8")
    return desk


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes
    cookies: list = field(default_factory=list)

    @property
    def told(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8")


class Asked:
    """The application of a desk, asked as a proxy would ask it."""

    def __init__(self, desk):
        self.desk, self.db = desk, connect(desk)
        self.app = application(desk, self.db)
        self.host = desk.hosts[0]

    def token(self, unit):
        """Return a new token for a county, or for an operator (`EVERY`)."""
        return new_token(self.db, self.desk, unit, OPERATOR if unit == EVERY else CLERK, "", "x")

    def sign_in(self, unit=FIRST):
        """Return who is signed in with a new token."""
        return Person(self, self.token(unit))

    def ask(self, method, path, headers=(), pieces=(b"",), messages=None):
        """Ask; ``headers`` are pairs, and stand in for the usual ones of the same name.
        ``messages`` yields what the server receives, instead of ``pieces`` and the end."""
        given = {name.lower(): value for name, value in headers}
        usual = {"host": self.host}
        if method not in ("GET", "HEAD"):
            usual |= {"origin": self.desk.origins[0], "sec-fetch-site": "same-origin"}
        sent = [(name.encode(), value.encode()) for name, value in (usual | given).items()
                if value is not None]
        said, left = [], [*pieces]

        async def receive():
            if messages is not None:
                return next(messages)
            if left:
                return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}
            return {"type": "http.disconnect"}

        async def send(message):
            said.append(message)

        place, _, query = path.partition("?")
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
                 "method": method, "path": place, "raw_path": place.encode(),
                 "query_string": query.encode(), "headers": sent, "scheme": "http",
                 "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "root_path": ""}
        with contextlib.suppress(sqlite3.Error):  # the server logs what a page came to
            asyncio.run(self.app(scope, receive, send))
        begun = said[0]
        pairs = [(name.decode("latin-1"), value.decode("latin-1"))
                 for name, value in begun["headers"]]
        return Answer(begun["status"], dict(pairs), b"".join(m.get("body", b"") for m in said[1:]),
                      [value for name, value in pairs if name == "set-cookie"])


class Person:
    """Somebody who is signed in."""

    def __init__(self, asked, token):
        self.asked = asked
        answer = asked.ask("POST", "/login", [("x-junheng", "login")], [token.encode()])
        assert answer.status == 200, answer.text
        self.cookie, self.home = answer.cookies[0].partition(";")[0], answer.told["to"]
        found = re.search('name="key" content="([^"]+)"', self.get(self.home).text)
        self.key = found[1]

    def get(self, path):
        return self.asked.ask("GET", path, [("cookie", self.cookie)])

    def post(self, path, body=b"", **headers):
        more = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return self.asked.ask("POST", path, [("cookie", self.cookie), ("x-junheng", self.key),
                                             *more], [body])

    def put(self, content=None, name="表.csv", year=YEAR, **headers):
        """Send a file as the page does."""
        from urllib.parse import quote

        content = EXAMPLE.read_bytes() if content is None else content
        more = [(key.replace("_", "-"), value) for key, value in headers.items()]
        return self.asked.ask("PUT", f"/upload/{year}", [
            ("cookie", self.cookie), ("x-junheng", self.key),
            ("x-file-name", quote(name, errors="replace")),
            ("content-length", str(len(content))), *more], [content])
