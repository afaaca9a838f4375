"""The audit log as a page in words, and as a file (审计日志)."""

import json
import re

from starlette.requests import Request
from starlette.responses import Response

from pipeline.ground.terms import SEVERITY_ZH
from pipeline.whole.desk.audit_log import WHAT_ZH, broken, lines
from pipeline.whole.desk.states import EDITION_ZH, UPLOAD_ZH
from pipeline.whole.desk.tokens import EVERY, ROLE_ZH
from pipeline.whole.desk.web.clerk_pages import attached
from pipeline.whole.desk.web.job_pages import FILES
from pipeline.whole.desk.web.page_rendering import page, size_words
from pipeline.whole.desk.web.signing_in import operators

_SHOWN = 200
_TOKEN = re.compile(r"([a-z]+)-([0-9]+)")
_PARTS_ZH = {"crew": "系统", "web": "系统", "terminal": "服务器终端", "-": "没有登录的人",
             "event": "审计日志", EVERY: "全部"}
_FILES_ZH = {"findings": "问题清单"} | {name: zh for name, (zh, *_) in FILES.items()}
_MORE = {"unit": ("县", lambda told: _PARTS_ZH.get(told, told)), "year": ("年份", str),
         "bytes": ("大小", size_words), "state": ("结果", UPLOAD_ZH.get),
         "upload": ("文件", str), "job": ("卷宗", str), "edition": ("版本", EDITION_ZH.get),
         "file": ("下载的", lambda told: _FILES_ZH.get(told, told)), "upto": ("截至序号", str),
         **{name: (zh, lambda told: f"{told} 条") for name, zh in SEVERITY_ZH.items()}}


@operators
async def log(request: Request) -> Response:
    """Show the last lines, newest first."""
    rows = request.app.state.db.execute("SELECT line FROM event ORDER BY seq DESC LIMIT ?",
                                        (_SHOWN,)).fetchall()
    count, _, wrong = broken(lines(request.app.state.db))
    told = [in_words(json.loads(row["line"])) for row in rows]
    return page(request, "log", "审计日志", rows=told, count=count, wrong=wrong)


def in_words(line: dict) -> dict:
    """Return a line of the log as the page shows it: who, what, about what, and the rest.

    >>> in_words({"seq": 1, "at": "", "who": "operator-2", "what": "login", "object": "*"})["who"]
    '主办单位（口令 2）'
    """
    more = [f"{_MORE[name][0]} {_MORE[name][1](value)}" for name, value in line.items()
            if name in _MORE]
    return {"seq": line["seq"], "at": line["at"], "who": _somebody(line["who"]),
            "what": WHAT_ZH[line["what"]], "object": _somebody(line["object"]),
            "more": "，".join(more)}


def _somebody(name: str) -> str:
    """Return how the page calls whom or what a line names; an id stays as it is."""
    found = _TOKEN.fullmatch(name)
    if found and found[1] in ROLE_ZH:
        return f"{ROLE_ZH[found[1]]}（口令 {found[2]}）"
    return _PARTS_ZH.get(name, name)


@operators
async def export(request: Request) -> Response:
    """Hand out the whole log, one JSON line an event, as `junheng desk verify-log` reads it."""
    text = "".join(f"{line}\n" for line in lines(request.app.state.db))
    return Response(text, media_type="application/x-ndjson", headers=attached("审计日志.jsonl"))
