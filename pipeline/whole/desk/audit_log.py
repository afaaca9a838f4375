"""The audit log (审计日志): who did what when, each line with the hash of the line before it.

No cell, no client's file name and no token stands in it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator

from pipeline.whole.desk.desk_clock import now, today
from pipeline.whole.desk.storage import written

FIRST = "0" * 64
WHAT_ZH = {
    "login": "登录", "login_refused": "登录未成", "logout": "退出", "upload": "上传",
    "checked": "核查完", "make": "要求生成", "made": "生成完", "failed": "失败",
    "download": "下载", "delete": "删除", "expired": "到期删除", "cancel": "取消", "retry": "重做",
    "token": "发口令", "revoke": "停用口令", "propose": "提请公开", "release": "批准公开",
    "retract": "撤回公开",
    "trimmed": "日志到期截短", "unlisted": "移走未登记的文件",
    "personal": "删除含个人信息的文件"}


def note(db: sqlite3.Connection, who: str, what: str, about: str, **more: object) -> None:
    """Add a line, within the transaction of what it tells of where there is one."""
    with written(db):
        last = db.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        seq, before = (last["seq"] + 1, last["hash"]) if last else (1, FIRST)
        line = json.dumps({"seq": seq, "at": today(), "who": who, "what": what, "object": about,
                           **more, "prev_hash": before}, ensure_ascii=False, sort_keys=True)
        db.execute("INSERT INTO event VALUES (?, ?, ?, ?)", (seq, line, line_hash(line), now(db)))


def line_hash(line: str) -> str:
    """Return the hash by which the next line names this one."""
    return hashlib.sha256(line.encode()).hexdigest()


def lines(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the lines of the log, oldest first."""
    yield from (row["line"] for row in db.execute("SELECT line FROM event ORDER BY seq"))


def broken(said: Iterable[str]) -> tuple[int, str, str]:
    """Return how many lines hold together, the hash of the last of them, and what is wrong with
    the next one, "" where nothing is.

    A log has a first line, the making of a token; one that was cut short at its retention
    begins with a later line, and says further on up to which line it was trimmed.
    """
    count, before, seq, first, upto = 0, "", 0, 1, 0
    for line in said:
        try:
            told = json.loads(line)
            number, named = int(told["seq"]), told["prev_hash"]
            upto = max(upto, int(told.get("upto", 0)))
        except (ValueError, KeyError, TypeError, AttributeError):
            return count, before, f"第 {count + 1} 行不是日志"
        if before and (named != before or number != seq + 1):
            return count, before, f"序号 {number} 的一行与上一行接不上"
        if not before and number == 1 and named != FIRST:
            return count, before, "第 1 行的开头被改过"
        first = first if before else number
        count, before, seq = count + 1, line_hash(line), number
    if not count:
        return 0, "", "日志是空的"
    if first - 1 > upto:
        return 0, before, f"开头缺了 {first - 1 - upto} 行，日志里没有说是到期截短的"
    return count, before, ""
