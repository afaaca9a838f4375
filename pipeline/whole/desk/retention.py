"""Retention (保存期限) and deletion: what is due goes, what a killed process left goes too.

Files are unlinked, rows overwritten (``secure_delete``) and the log of the database emptied.
What stands in backups is the institute's to delete.
"""

import contextlib
import sqlite3
from pathlib import Path

from pipeline.ground.errors import WrongUse
from pipeline.publishing.records.publication import remove
from pipeline.whole.desk import audit_log
from pipeline.whole.desk.desk_clock import now
from pipeline.whole.desk.desk_folder import DAY_SECONDS, Desk
from pipeline.whole.desk.states import (
    CANCELLED,
    DELETED,
    DONE,
    ENDED,
    INTERNAL,
    READY,
    RUNNING,
    WAITING,
)
from pipeline.whole.desk.storage import forgotten, new_id, written
from pipeline.whole.desk.tokens import IDLE_SECONDS

_EVERY_SECONDS = 600
# The last fit file, and the last dossier, of each county and year: the next year's form is filled
# in from the one, and takes its ledger from the other.
_LAST_FIT = ("SELECT id FROM (SELECT id, max(made) FROM upload WHERE state = ?"
             " GROUP BY unit, year)")
_LAST_MADE = ("SELECT id FROM (SELECT job.id, max(job.changed) FROM job JOIN upload ON upload.id ="
              " job.upload WHERE edition = ? AND job.state = ? AND run_id != ''"
              " GROUP BY unit, year)")
CREW, PERSONAL = "crew", "privacy.found"


class Sweeper:
    """Who deletes what is due, every ten minutes."""

    def __init__(self, db: sqlite3.Connection, desk: Desk):
        self.db, self.desk, self.due = db, desk, 0.0

    def sweep(self) -> None:
        """Delete what is due, where that was not done just now."""
        at = now(self.db)
        if at < self.due:
            return
        self.due = at + _EVERY_SECONDS
        last = at - self.desk.last_days * DAY_SECONDS
        old = at - self.desk.upload_days * DAY_SECONDS
        for row in self.db.execute(
                "SELECT id FROM upload WHERE state != ? AND changed < CASE WHEN id IN"
                f" ({_LAST_FIT}) THEN ? ELSE ? END AND NOT EXISTS (SELECT 1"
                " FROM job WHERE upload = upload.id AND state IN (?, ?))",
                (DELETED, READY, last, old, WAITING, RUNNING)).fetchall():
            delete_upload(self.db, self.desk, row["id"], CREW, "expired")
        old = at - self.desk.output_days * DAY_SECONDS
        for row in self.db.execute(
                f"SELECT id FROM job WHERE changed < CASE WHEN id IN ({_LAST_MADE}) THEN ? ELSE ?"
                f" END AND run_id != '' AND state IN ({', '.join('?' * len(ENDED))})",
                (INTERNAL, DONE, last, old, *ENDED)).fetchall():
            delete_output(self.db, self.desk, row["id"], CREW, "expired")
        self._sweep_unlisted(at)
        finish_deletions(self.db, self.desk)
        with written(self.db):
            self.db.execute("DELETE FROM session WHERE seen < ?", (at - IDLE_SECONDS,))
            upto = self.db.execute("SELECT max(seq) FROM event WHERE made < ?",
                                   (at - self.desk.log_days * DAY_SECONDS,)).fetchone()[0]
            if upto:  # said first: the line that says it hangs on those that go
                audit_log.note(self.db, CREW, "trimmed", "event", upto=upto)
                self.db.execute("DELETE FROM event WHERE seq <= ?", (upto,))

    def _sweep_unlisted(self, at: float) -> None:
        """Delete what stands among the unlisted files, from when it was first seen there."""
        there = {path.name for path in self.desk.unlisted.glob("*") if path.is_file()}
        with written(self.db):
            for name in there:
                self.db.execute("INSERT OR IGNORE INTO unlisted VALUES (?, ?)", (name, at))
            old = at - self.desk.upload_days * DAY_SECONDS
            due = [row["name"] for row in self.db.execute(
                "SELECT name FROM unlisted WHERE seen < ?", (old,)) if row["name"] in there]
            for name in due:
                audit_log.note(self.db, CREW, "expired", name.partition(".")[0])
            self.db.execute("DELETE FROM unlisted WHERE seen < ?", (old,))
        for name in due:
            (self.desk.unlisted / name).unlink(missing_ok=True)


def delete_upload(db: sqlite3.Connection, desk: Desk, upload: str, who: str,
                  what: str = "delete") -> None:
    """Delete the file of an upload and what was found in it; jobs of it that wait or run are
    cancelled. Dossiers that were made of it stay until they are deleted themselves."""
    with written(db):
        found = db.execute("SELECT suffix FROM upload WHERE id = ? AND state != ?",
                           (upload, DELETED)).fetchone()
        if not found:
            return
        db.execute("UPDATE job SET state = ?, reason = ?, changed = ? WHERE upload = ? AND state"
                   " IN (?, ?)",
                   (CANCELLED, "上传的文件已经删除。", now(db), upload, WAITING, RUNNING))
        db.execute("UPDATE upload SET state = ?, findings = '', reason = '', shown = '',"
                   " changed = ? WHERE id = ?", (DELETED, now(db), upload))
        audit_log.note(db, who, what, upload)
    with contextlib.suppress(FileNotFoundError):
        desk.file_of(upload, found["suffix"]).unlink()
    forgotten(db)


def mark_personal(db: sqlite3.Connection, upload: str) -> None:
    """Note, in the transaction of what was found, that personal data was found in an upload: its
    file is to be deleted. Its findings stay, which name the cells alone; the same bytes sent
    again are another upload."""
    with written(db):
        db.execute("UPDATE upload SET key = id WHERE id = ?", (upload,))
        audit_log.note(db, CREW, "personal", upload)


def finish_deletions(db: sqlite3.Connection, desk: Desk) -> None:
    """Delete what the database says is deleted and is there still, as where a kill came between
    the two: files of the inbox, and what ended jobs have left."""
    for path in [path for path in desk.inbox.iterdir() if _is_to_go(db, path)]:
        path.unlink(missing_ok=True)
    for row in db.execute("SELECT job.id, unit, year FROM job JOIN upload ON upload.id ="
                          " job.upload WHERE run_id = '' AND job.state IN (?, ?, ?)",
                          ENDED).fetchall():
        _remove(desk, row["id"], f"{row['year']}/{row['unit']}")


def _is_to_go(db: sqlite3.Connection, path: Path) -> bool:
    row = db.execute("SELECT id, key, state FROM upload WHERE id = ?", (path.stem,)).fetchone()
    return bool(row) and (row["state"] == DELETED or row["key"] == row["id"])  # `mark_personal`


def delete_output(db: sqlite3.Connection, desk: Desk, job: str, who: str,
                  what: str = "delete") -> None:
    """Delete what a job has made."""
    with written(db):
        found = db.execute("SELECT unit, year FROM job JOIN upload ON upload.id = job.upload"
                           " WHERE job.id = ? AND run_id != ''", (job,)).fetchone()
        if not found:
            return
        db.execute("UPDATE job SET run_id = '', changed = ? WHERE id = ?", (now(db), job))
        audit_log.note(db, who, what, job)
    _remove(desk, job, f"{found['year']}/{found['unit']}")


def _remove(desk: Desk, job: str, place: str) -> None:
    folder = desk.outputs / job
    if folder.is_dir():
        with contextlib.suppress(WrongUse, FileNotFoundError):  # another process removes it
            remove(folder, place)


def sweep_inbox(db: sqlite3.Connection, desk: Desk) -> list[Path]:
    """Clear the inbox before the web part, which alone writes there, listens.

    Parts go. A whole file that the database does not know may have been acknowledged, where that
    is lost or an older one: it is moved to `Desk.unlisted`, and returned.
    """
    known = {row["id"] for row in db.execute("SELECT id FROM upload")}
    moved = []
    for path in sorted(filter(Path.is_file, desk.inbox.iterdir())):
        if path.suffix == ".part":
            path.unlink()
        elif path.stem not in known:
            desk.unlisted.mkdir(mode=0o700, exist_ok=True)
            moved.append(path.rename(_free(desk.unlisted / path.name)))
            audit_log.note(db, "web", "unlisted", path.stem)
    finish_deletions(db, desk)
    return moved


def _free(place: Path) -> Path:
    """Return a name beside a wanted one that no file has yet."""
    return place if not place.exists() else place.with_name(f"{new_id()}-{place.name}")
