"""The clock of the desk (窗口时钟): seconds that never jump, however the machine's clock is set.

Leases, sessions, tokens and retention are reckoned by it: the monotonic clock of this machine,
carried over a restart of it by a note in the database. What the machine was off counts by its
calendar, at most a week, so that a wrong calendar expires nothing at once.
"""

import sqlite3
import time
from datetime import datetime
from functools import cache
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MOST_OFF_SECONDS = 7 * 86_400


@cache
def _boot() -> str:
    return _BOOT.read_text("ascii").strip() if _BOOT.is_file() else ""


def _steady() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def now(db: sqlite3.Connection) -> float:
    """Return the seconds of the desk since it was made, by its own clock."""
    elapsed, boot, steady, calendar = db.execute(
        "SELECT elapsed, boot, steady, calendar FROM clock").fetchone()
    if boot == _boot():
        return elapsed + max(0.0, _steady() - steady)
    return elapsed + min(max(0.0, time.time() - calendar), _MOST_OFF_SECONDS)


def wind(db: sqlite3.Connection) -> None:
    """Note the time; to be called at every start and about once a minute."""
    if not db.execute("SELECT 1 FROM clock").fetchone():
        db.execute("INSERT INTO clock VALUES (0, ?, ?, ?)", (_boot(), _steady(), time.time()))
    db.execute("UPDATE clock SET elapsed = ?, boot = ?, steady = ?, calendar = ?",
               (now(db), _boot(), _steady(), time.time()))


def today() -> str:
    """Return the date and time of the machine's calendar, to be shown and never reckoned with."""
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
