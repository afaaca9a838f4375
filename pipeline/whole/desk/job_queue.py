"""The queue (队列): who is next, who works on it, what became of it.

A job is leased to a worker, who renews the lease while it lives; where the lease ends without a
word, the job waits again, twice at most, and then has failed with the chapter where it stood.
What a worker says that has lost its lease is not heard.
"""

import sqlite3
from collections.abc import Collection

from pipeline.whole.desk import audit_log
from pipeline.whole.desk.desk_clock import now, today
from pipeline.whole.desk.states import (
    CANCELLED,
    CHECK,
    CHECKING,
    DELETED,
    DONE,
    FAILED,
    INTERNAL,
    MAKE,
    RECEIVED,
    RUNNING,
    UNCHECKED,
    WAITING,
)
from pipeline.whole.desk.storage import new_id, written

LEASE_SECONDS = 30
MOST_TRIES = 3  # the first and two more


def enqueue(db: sqlite3.Connection, upload: str, kind: str, formats: str = "",
            edition: str = INTERNAL) -> str:
    """Put a job into the queue; return its id."""
    job = new_id()
    db.execute("INSERT INTO job (id, upload, kind, edition, formats, state, made, changed, made_at)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
               (job, upload, kind, edition, formats, WAITING, now(db), now(db), today()))
    return job


def standing_job(db: sqlite3.Connection, upload: str, edition: str) -> sqlite3.Row | None:
    """Return the job that makes, or has made, an edition of an upload, None where none does or
    what was made is deleted."""
    return db.execute(
        "SELECT * FROM job WHERE upload = ? AND kind = ? AND edition = ? AND (state IN (?, ?)"
        " OR state = ? AND run_id != '') ORDER BY made DESC",
        (upload, MAKE, edition, WAITING, RUNNING, DONE)).fetchone()


def ask_to_make(db: sqlite3.Connection, upload: str, formats: str, who: str,
                edition: str = INTERNAL) -> str:
    """Ask for a dossier of an upload, once; return the job, the standing one where there is one
    in these formats."""
    with written(db):
        there = standing_job(db, upload, edition)
        if there and (there["state"] != DONE or there["formats"] == formats):
            return there["id"]
        job = enqueue(db, upload, MAKE, formats, edition)
        db.execute("UPDATE upload SET changed = ? WHERE id = ?", (now(db), upload))
        audit_log.note(db, who, "make", job, upload=upload, edition=edition)
    return job


def claim(db: sqlite3.Connection, worker: str, at_work: Collection[str] = ()
          ) -> sqlite3.Row | None:
    """Lease the next job, checks first, to a worker; None where none waits. ``at_work`` are jobs
    whose children the worker has still: cancelled and asked for anew, they wait for their end."""
    with written(db):
        found = db.execute(
            "SELECT job.id, job.kind, job.upload FROM job JOIN upload ON upload.id = job.upload"
            " WHERE job.state = ? AND upload.state != ?"
            f" AND job.id NOT IN ({', '.join('?' * len(at_work))})"
            " ORDER BY job.kind, job.made, job.id LIMIT 1",
            (WAITING, DELETED, *at_work)).fetchone()
        if not found:
            return None
        at = now(db)
        db.execute("UPDATE job SET state = ?, worker = ?, lease = ?, tries = tries + 1, begun = ?,"
                   " changed = ?, stage = '' WHERE id = ?",
                   (RUNNING, worker, at + LEASE_SECONDS, at, at, found["id"]))
        if found["kind"] == CHECK:
            _upload(db, found["upload"], CHECKING)
        return db.execute(
            "SELECT job.*, unit, year, suffix FROM job JOIN upload ON upload.id = job.upload"
            " WHERE job.id = ?", (found["id"],)).fetchone()


def beat(db: sqlite3.Connection, job: str, worker: str, stage: str) -> bool:
    """Renew a lease and note the chapter; False where the job is this worker's no longer."""
    return bool(db.execute(
        "UPDATE job SET lease = ?, stage = CASE ? WHEN '' THEN stage ELSE ? END"
        " WHERE id = ? AND worker = ? AND state = ?",
        (now(db) + LEASE_SECONDS, stage, stage, job, worker, RUNNING)).rowcount)


def end(db: sqlite3.Connection, job: sqlite3.Row, state: str, reason: str = "", stage: str = "",
        run_id: str = "") -> bool:
    """Note how a job has ended; False, and nothing noted, where it is this worker's no longer."""
    with written(db):
        mine = db.execute(
            "UPDATE job SET state = ?, reason = ?, run_id = ?, lease = 0, changed = ?, done_at = ?,"
            " stage = CASE ? WHEN '' THEN stage ELSE ? END"
            " WHERE id = ? AND worker = ? AND state = ?",
            (state, reason, run_id, now(db), today(), stage, stage, job["id"], job["worker"],
             RUNNING)).rowcount
        if mine and job["kind"] == MAKE:
            db.execute("UPDATE upload SET changed = ? WHERE id = ?", (now(db), job["upload"]))
            audit_log.note(db, "crew", "made" if state == DONE else "failed", job["id"],
                           upload=job["upload"], run_id=run_id)
    return bool(mine)


def checked(db: sqlite3.Connection, job: sqlite3.Row, state: str, reason: str, findings: str,
            counted: dict[str, int]) -> bool:
    """Note what a check has found: the upload can be made, must be mended, or was not checked;
    False, and nothing noted, where the job is this worker's no longer."""
    with written(db):
        mine = end(db, job, FAILED if state == UNCHECKED else DONE, reason)
        if mine:
            _upload(db, job["upload"], state, reason, findings)
            audit_log.note(db, "crew", "checked", job["upload"], state=state, **counted)
    return mine


def given_back(db: sqlite3.Connection, job: str, worker: str) -> None:
    """Let a job wait again that a worker gives up at its own end; the try does not count."""
    db.execute("UPDATE job SET state = ?, lease = 0, tries = tries - 1 WHERE id = ? AND worker = ?"
               " AND state = ?", (WAITING, job, worker, RUNNING))


def reclaim(db: sqlite3.Connection, everything: bool = False) -> None:
    """Let jobs wait again whose lease has ended, or fail where that was the last try.

    ``everything`` is for a crew that has just started and knows that it is the only one.
    """
    with written(db):
        for job in db.execute("SELECT * FROM job WHERE state = ? AND (? OR lease < ?)",
                              (RUNNING, everything, now(db))).fetchall():
            died(db, job)


def died(db: sqlite3.Connection, job: sqlite3.Row) -> None:
    """Let a job wait again whose worker or child has died, or fail where that was the last try."""
    with written(db):
        if job["tries"] < MOST_TRIES:
            again = db.execute(
                "UPDATE job SET state = ?, lease = 0 WHERE id = ? AND worker = ? AND state = ?",
                (WAITING, job["id"], job["worker"], RUNNING)).rowcount
            if again and job["kind"] == CHECK:
                _upload(db, job["upload"], RECEIVED)
            return
        said = f"{MOST_TRIES} 次中途停止"
        if job["kind"] == CHECK:
            checked(db, job, UNCHECKED, said, "", {})
        else:
            end(db, job, FAILED, said)


def cancel(db: sqlite3.Connection, job: str, who: str, reason: str) -> bool:
    """Cancel a job that has not ended; a running child is ended at the next beat."""
    with written(db):
        found = db.execute("UPDATE job SET state = ?, reason = ?, changed = ?, done_at = ? WHERE"
                           " id = ? AND kind = ? AND state IN (?, ?)",
                           (CANCELLED, reason, now(db), today(), job, MAKE, WAITING, RUNNING)
                           ).rowcount
        if found:
            audit_log.note(db, who, "cancel", job)
    return bool(found)


def retry(db: sqlite3.Connection, job: str, who: str) -> bool:
    """Let a job that failed or was cancelled wait anew, with all its tries, if its file is there
    still."""
    with written(db):
        found = db.execute(
            "UPDATE job SET state = ?, tries = 0, reason = '', stage = '', done_at = '',"
            " changed = ? WHERE id = ? AND state IN (?, ?) AND upload IN (SELECT id FROM upload"
            " WHERE state != ?)",
            (WAITING, now(db), job, FAILED, CANCELLED, DELETED)).rowcount
        if found:
            db.execute("UPDATE upload SET state = ? WHERE state = ? AND id ="
                       " (SELECT upload FROM job WHERE id = ?)", (RECEIVED, UNCHECKED, job))
            audit_log.note(db, who, "retry", job)
    return bool(found)


def ahead(db: sqlite3.Connection, job: sqlite3.Row) -> int:
    """Return how many jobs come before a waiting one."""
    return db.execute("SELECT count(*) FROM job WHERE state = ? AND (kind, made, id) < (?, ?, ?)",
                      (WAITING, job["kind"], job["made"], job["id"])).fetchone()[0]


def _upload(db: sqlite3.Connection, upload: str, state: str, reason: str = "",
            findings: str = "") -> None:
    db.execute("UPDATE upload SET state = ?, reason = ?, findings = ?, changed = ?"
               " WHERE id = ? AND state != ?", (state, reason, findings, now(db), upload, DELETED))


