"""Tokens and sessions (口令与登录): who comes, for which county, until when.

A token is 20 letters from a secret source, 100 bits, and only its hash is kept: so much entropy
needs no slow hash. A session is a random name in a cookie; what it stands for is kept here.
"""

import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass

from pipeline.whole.desk.audit_log import note
from pipeline.whole.desk.desk_clock import now, today
from pipeline.whole.desk.desk_folder import DAY_SECONDS, Desk
from pipeline.whole.desk.storage import written

EVERY = "*"
CLERK, OPERATOR = "clerk", "operator"
ROLE_ZH = {CLERK: "填报人", OPERATOR: "主办单位"}
IDLE_SECONDS = 8 * 3600
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 that nobody takes for one another
_GROUPS, _GROUP = 5, 4
_SEEN_EVERY_SECONDS = 60


@dataclass(frozen=True)
class Visitor:
    """Who is signed in: the token, the county or `EVERY`, the role, and the session's own key."""

    token: int
    unit: str
    role: str
    label: str
    csrf: str
    session: str

    @property
    def who(self) -> str:
        """Return how the log names them."""
        return f"{self.role}-{self.token}"

    @property
    def is_operator(self) -> bool:
        """Tell whether this is an operator."""
        return self.role == OPERATOR

    def sees(self, unit: str) -> bool:
        """Tell whether a county is theirs."""
        return self.unit in (EVERY, unit)


def new_token(db: sqlite3.Connection, desk: Desk, unit: str, role: str, label: str,
              by: str) -> str:
    """Make a token, log it, and return it: this is the only time that it can be seen."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_GROUPS * _GROUP))
    with written(db):
        made = db.execute(
            "INSERT INTO token (hash, unit, role, label, expires, made_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (_hash(letters), unit, role, label, now(db) + desk.token_days * DAY_SECONDS, today()))
        note(db, by, "token", f"{role}-{made.lastrowid}", unit=unit)
    return "-".join(letters[n:n + _GROUP] for n in range(0, len(letters), _GROUP))


def revoke(db: sqlite3.Connection, token: int, by: str) -> None:
    """End a token and every session of it."""
    with written(db):
        db.execute("UPDATE token SET revoked = 1 WHERE id = ?", (token,))
        db.execute("DELETE FROM session WHERE token = ?", (token,))
        role = db.execute("SELECT role FROM token WHERE id = ?", (token,)).fetchone()["role"]
        note(db, by, "revoke", f"{role}-{token}")


def signed_in(db: sqlite3.Connection, given: str) -> str | None:
    """Return the name of a new session, None where the token is none that holds.

    Blanks, dashes and small letters are as people type them.
    """
    letters = "".join(given.upper().split()).replace("-", "").replace("—", "")
    found = db.execute("SELECT * FROM token WHERE hash = ?", (_hash(letters),)).fetchone()
    if not found or not hmac.compare_digest(found["hash"], _hash(letters)) or (
            found["revoked"] or found["expires"] < now(db)):
        return None
    name = secrets.token_urlsafe(32)
    with written(db):
        db.execute("INSERT INTO session VALUES (?, ?, ?, ?)",
                   (_hash(name), found["id"], secrets.token_urlsafe(32), now(db)))
        note(db, f"{found['role']}-{found['id']}", "login", found["unit"])
    return name


def visitor(db: sqlite3.Connection, name: str) -> Visitor | None:
    """Return whom a session stands for; None once it was idle too long or its token ended."""
    found = db.execute(
        "SELECT s.seen, s.csrf, t.* FROM session s JOIN token t ON t.id = s.token"
        " WHERE s.hash = ? AND NOT t.revoked", (_hash(name),)).fetchone()
    at = now(db)
    if not found or found["expires"] < at or found["seen"] + IDLE_SECONDS < at:
        return None
    if found["seen"] + _SEEN_EVERY_SECONDS < at:
        db.execute("UPDATE session SET seen = ? WHERE hash = ?", (at, _hash(name)))
    return Visitor(found["id"], found["unit"], found["role"], found["label"], found["csrf"], name)


def sign_out(db: sqlite3.Connection, gone: Visitor) -> None:
    """End a session."""
    with written(db):
        db.execute("DELETE FROM session WHERE hash = ?", (_hash(gone.session),))
        note(db, gone.who, "logout", gone.unit)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
