"""The inbox (收件): a file is acknowledged once it is on the disk and committed, and not before.

It comes as the raw body of a request, is written to a ``.part``, flushed, renamed, its folder
flushed, and only then put into the database. The same bytes with the same ending for the same
county and year are one upload, however often they are sent, as long as the institute's registers
are the same, and that which was sent last is the one that counts. Nothing here looks into a file.
"""

import asyncio
import contextlib
import hashlib
import json
import sqlite3
import subprocess
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.ground.admission import one_line
from pipeline.ground.machine import lacking
from pipeline.whole.desk import audit_log
from pipeline.whole.desk.desk_clock import now, today
from pipeline.whole.desk.desk_folder import DAY_SECONDS, SUFFIXES, Desk, flush
from pipeline.whole.desk.job_queue import enqueue
from pipeline.whole.desk.states import CHECK, DELETED, RECEIVED
from pipeline.whole.desk.storage import new_id, written

MOST_SHOWN = 120
_SCAN_SECONDS = 120
_REGISTER = "corrections.csv"
_INSTEAD = {
    ".xlsm": "含宏的工作簿请另存为“Excel 工作簿（.xlsx）”",
    ".xlsb": "二进制工作簿请另存为“Excel 工作簿（.xlsx）”",
    ".et": "请在 WPS 中另存为“Excel 文件（.xlsx）”",
    ".zip": "请先解压，再拖入其中的表格文件", ".rar": "请先解压，再拖入其中的表格文件",
    ".7z": "请先解压，再拖入其中的表格文件"}


class NotTaken(Exception):
    """A file that is not taken (未收): the sentence for the page, and the status of the answer."""

    def __init__(self, said: str, status: int):
        super().__init__(said)
        self.said, self.status = said, status


@dataclass(frozen=True)
class Coming:
    """A file that is coming in: for which county and year, from whom, what the client calls it,
    how many bytes it announces (0 where it does not say)."""

    unit: str
    year: int
    who: str
    name: str
    announced: int

    @property
    def suffix(self) -> str:
        """Return the ending of its name, in small letters."""
        return Path(self.name).suffix.lower()


def require_taken(db: sqlite3.Connection, desk: Desk, coming: Coming, under_way: int = 0) -> None:
    """Raise `NotTaken` where a file cannot be taken, before a byte of it is read; ``under_way``
    are those of the county that are still coming in."""
    if coming.suffix not in SUFFIXES:
        how = _INSTEAD.get(coming.suffix, "请拖入填好的采集表")
        raise NotTaken(f"只收 .xlsx、.xls、.csv 文件。{how}。", 415)
    if coming.name.lower().endswith(_REGISTER):
        raise NotTaken("更正由主办单位登记，这里不收更正登记。采集表里的数请直接改正后再拖；"
                       "确实如此的数，把单元格和理由告诉主办单位。", 415)
    _require_size(desk, coming.announced)
    if desk.free_mb < desk.least_free_mb:
        raise NotTaken("服务器磁盘空间不足，暂时不能收文件。文件没有收下，请稍后再试，"
                       "或告诉主办单位。", 503)
    count, size = db.execute(
        "SELECT count(*), total(bytes) FROM upload WHERE unit = ? AND made > ?",
        (coming.unit, now(db) - DAY_SECONDS)).fetchone()
    if under_way and count + under_way >= desk.uploads_a_day:
        raise NotTaken(f"本县正在上传 {under_way} 份，请等它们传完。", 429)
    if count >= desk.uploads_a_day:
        raise NotTaken(f"本县 24 小时内已上传 {count} 份（最多 {desk.uploads_a_day} 份），"
                       "请明天再传。", 429)
    kept = db.execute("SELECT total(bytes) FROM upload WHERE unit = ? AND state != ?",
                      (coming.unit, DELETED)).fetchone()[0]
    if max(size, kept) + coming.announced > desk.quota_mb * 1e6:
        raise NotTaken(f"本县保存的文件已达 {desk.quota_mb} MB，请先在“历史”中删除不要的。", 429)


def _require_size(desk: Desk, size: int) -> None:
    if size > desk.most_bytes:
        raise NotTaken(f"文件超过 {desk.most_mb} MB。请删去表中的图片和用不着的工作表，"
                       "再传一次。", 413)


async def received(db: sqlite3.Connection, desk: Desk, coming: Coming,
                   body: AsyncIterator[bytes], under_way: Counter) -> tuple[str, bool]:
    """Take a file; return the id of its upload, and whether it is a new one. ``under_way`` counts
    by county what is coming in.

    Raises `NotTaken` with a sentence; then nothing of the file is left.
    """
    require_taken(db, desk, coming, under_way[coming.unit])
    under_way[coming.unit] += 1
    try:
        return await _taken(db, desk, coming, body)
    finally:
        under_way[coming.unit] -= 1


async def _taken(db: sqlite3.Connection, desk: Desk, coming: Coming,
                 body: AsyncIterator[bytes]) -> tuple[str, bool]:
    upload = new_id()
    part, place = desk.file_of(upload, ".part"), desk.file_of(upload, coming.suffix)
    try:
        digest, size = await _written(body, part, desk)
        await asyncio.to_thread(_settle, part, place, desk)
    except BaseException as fault:
        for left in (part, place):
            left.unlink(missing_ok=True)
        if isinstance(fault, OSError):
            why = lacking(fault) or "未能写入磁盘"
            raise NotTaken(f"文件没有收下（{why}），请稍后再试。", 503) from None
        raise
    try:
        return _entered(db, desk, coming, upload, digest, size, place)
    except sqlite3.OperationalError:
        if db.execute("SELECT 1 FROM upload WHERE id = ?", (upload,)).fetchone():
            return upload, True  # it was committed all the same
        place.unlink(missing_ok=True)
        raise


async def _written(body: AsyncIterator[bytes], part: Path, desk: Desk) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with part.open("wb") as file:
        part.chmod(0o600)
        async for piece in body:
            size += len(piece)
            _require_size(desk, size)
            digest.update(piece)
            file.write(piece)
    if not size:
        raise NotTaken("文件是空的，没有收下。", 400)
    return digest.hexdigest(), size


def _settle(part: Path, place: Path, desk: Desk) -> None:
    flush(part)
    if desk.scan:
        _scan(part, desk)
    part.rename(place)
    flush(desk.inbox)


def _scan(part: Path, desk: Desk) -> None:
    """Ask the scanner for viruses; its answer 1 is a refusal, any other one no answer."""
    try:
        code = subprocess.run([*desk.scan.split(), str(part)], capture_output=True, check=False,
                              timeout=_SCAN_SECONDS).returncode
    except (OSError, subprocess.TimeoutExpired):
        code = 2
    if code == 1:
        raise NotTaken("病毒扫描没有通过，文件没有收下。请在本机查毒后再传。", 422)
    if code:
        raise NotTaken("病毒扫描暂时不能用，文件没有收下，请稍后再试。", 503)


def _entered(db: sqlite3.Connection, desk: Desk, coming: Coming, upload: str, digest: str,
             size: int, place: Path) -> tuple[str, bool]:
    """Put a file that is on the disk into the database, once for all that it is checked with."""
    beside = [hashlib.sha256(path.read_bytes()).hexdigest()
              for path in desk.beside(coming.unit, coming.year)]
    key = hashlib.sha256(json.dumps(
        [coming.unit, coming.year, coming.suffix, digest, *beside]).encode()).hexdigest()
    with written(db):
        at = now(db)
        known = db.execute("SELECT id FROM upload WHERE key = ? AND state != ?",
                           (key, DELETED)).fetchone()
        if known:  # handed in anew: from now on it is the one that counts
            db.execute("UPDATE upload SET made = ?, made_at = ?, changed = ? WHERE id = ?",
                       (at, today(), at, known["id"]))
        else:
            db.execute(
                "INSERT INTO upload (id, unit, year, key, sha256, bytes, suffix, shown, state,"
                " changed, made, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (upload, coming.unit, coming.year, key, digest, size, coming.suffix,
                 one_line(coming.name)[:MOST_SHOWN], RECEIVED, at, at, today()))
            enqueue(db, upload, CHECK)
        audit_log.note(db, coming.who, "upload", known["id"] if known else upload,
                       unit=coming.unit, year=coming.year, sha256=digest, bytes=size)
    if known:
        with contextlib.suppress(OSError):  # the same bytes, in case that file is gone
            place.replace(place.with_stem(known["id"]))
        return known["id"], False
    return upload, True
