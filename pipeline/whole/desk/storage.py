"""The database of the desk (窗口数据库): SQLite in WAL mode, each commit flushed to the disk.

Times named ``…_at`` are of the calendar, to be shown; all others are seconds of the desk's own
clock (`desk_clock`). Nothing that a cell holds stands here but in ``findings``.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache

from pipeline.ground.errors import WrongUse
from pipeline.whole.desk.desk_clock import wind
from pipeline.whole.desk.desk_folder import Desk

_PATIENCE_SECONDS = 15
_TABLES = """
CREATE TABLE clock (elapsed REAL, boot TEXT, steady REAL, calendar REAL);
CREATE TABLE token (id INTEGER PRIMARY KEY, hash TEXT UNIQUE, unit TEXT, role TEXT, label TEXT,
  expires REAL, made_at TEXT, revoked INTEGER DEFAULT 0);
CREATE TABLE session (hash TEXT PRIMARY KEY, token INTEGER REFERENCES token, csrf TEXT, seen REAL);
CREATE TABLE upload (id TEXT PRIMARY KEY, unit TEXT, year INTEGER, key TEXT, sha256 TEXT,
  bytes INTEGER, suffix TEXT, shown TEXT, state TEXT, reason TEXT DEFAULT '',
  findings TEXT DEFAULT '', changed REAL, made REAL, made_at TEXT);
CREATE UNIQUE INDEX once ON upload (key) WHERE state != 'deleted';
CREATE INDEX of_unit ON upload (unit, year);
CREATE TABLE job (id TEXT PRIMARY KEY, upload TEXT REFERENCES upload, kind TEXT, edition TEXT,
  formats TEXT, state TEXT, stage TEXT DEFAULT '', lease REAL DEFAULT 0, worker TEXT DEFAULT '',
  tries INTEGER DEFAULT 0, reason TEXT DEFAULT '', run_id TEXT DEFAULT '', made REAL, begun REAL,
  changed REAL, made_at TEXT, done_at TEXT DEFAULT '');
CREATE INDEX waiting ON job (state, kind, made);
CREATE INDEX of_upload ON job (upload);
CREATE TABLE release (id TEXT PRIMARY KEY, job TEXT UNIQUE REFERENCES job, proposed_by INTEGER,
  proposed_at TEXT, confirmed_by INTEGER, confirmed_at TEXT DEFAULT '', confirmed REAL DEFAULT 0);
CREATE TABLE unlisted (name TEXT PRIMARY KEY, seen REAL);
CREATE TABLE event (seq INTEGER PRIMARY KEY, line TEXT, hash TEXT, made REAL);
"""


def connect(desk: Desk) -> sqlite3.Connection:
    """Open the database, made where there is none; `WrongUse` where it is of another version of
    this program or none at all: then nothing of it is changed."""
    db = sqlite3.connect(desk.database, timeout=_PATIENCE_SECONDS, isolation_level=None)
    try:
        return _prepared(db, desk)
    except BaseException as fault:
        db.close()  # or its two companions stay beside it
        if isinstance(fault, sqlite3.DatabaseError) and not isinstance(
                fault, sqlite3.OperationalError):  # that is one which cannot be read just now
            raise WrongUse(f"{desk.database} 不是数据库或已损坏，未动。请移走保管，换上最近的备份"
                           "再开。") from None
        raise


def _prepared(db: sqlite3.Connection, desk: Desk) -> sqlite3.Connection:
    db.row_factory = sqlite3.Row
    if _tables(db) not in (set(), _own_tables()):
        raise WrongUse(
            f"{desk.database} 是另一版本的程序建的窗口，未动；上传的文件、卷宗都还在。请用原来的"
            "版本打开它；要用现在的版本，请另选一个空文件夹开窗口，重新发口令，请各县重新上传。")
    for name, value in (("journal_mode", "WAL"), ("synchronous", "FULL"), ("secure_delete", "ON"),
                        ("foreign_keys", "ON")):
        db.execute(f"PRAGMA {name} = {value}")
    with written(db):
        if not _tables(db):
            for statement in _statements():
                db.execute(statement)
        wind(db)
    return db


def _statements() -> list[str]:
    return [statement for statement in _TABLES.split(";") if statement.strip()]


def _tables(db: sqlite3.Connection) -> set[str]:
    """Return how the tables of a database are written: what tells one version from another."""
    return {row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}


@cache
def _own_tables() -> set[str]:
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(_TABLES)
        return _tables(made)


@contextmanager
def written(db: sqlite3.Connection) -> Iterator[None]:
    """Do what is within wholly or not at all; it is on the disk once this is left."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # what has no room is rolled back by SQLite itself
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def forgotten(db: sqlite3.Connection) -> None:
    """Have what was deleted leave the log of the database too, where nobody reads just now."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def new_id() -> str:
    """Return a name that nobody can guess, for a file, an upload or a job."""
    return secrets.token_hex(16)
