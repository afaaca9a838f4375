"""The desk under `kill -9` of web, crew and child: nothing acknowledged is lost or done twice.

Real processes, real commands, small dossiers (`desk_standing`). The long run, of 200 kills, is
`tests/drills/desk_drill.py`.
"""

import json
import random
import sqlite3
import time

import pytest
from asked_desk import EXAMPLE, FIRST, YEAR, Asked, desk_at
from desk_standing import free_port, standing
from desk_visitors import Visitor

from pipeline.whole.desk import audit_log
from pipeline.whole.desk.storage import connect

KILLS, UPLOADS, PATIENCE_SECONDS = 12, 8, 240


@pytest.mark.slow
def test_what_was_acknowledged_ends_once_whoever_is_killed(tmp_path):
    desk = desk_at(tmp_path / "desk", port=free_port(), uploads_a_day=10_000)
    token = Asked(desk).token(FIRST)
    chance, acknowledged = random.Random(20), []
    with standing(desk) as parts:
        visitor = Visitor(desk.port, token)
        for number in range(KILLS):
            if len(acknowledged) < UPLOADS:
                content = EXAMPLE.read_bytes() + b"\n" * (len(acknowledged) + 1)
                if place := visitor.put(YEAR, content):
                    acknowledged.append(place)
            for place in acknowledged:
                visitor.make_if_ready(place)
            time.sleep(chance.uniform(0.05, 1.5))
            victim = ("web", "crew", "child")[number % 3]
            if victim == "child":
                parts.kill_child()
            else:
                parts.kill(victim)
                parts.start()
        ended = visitor.all_ended(acknowledged, PATIENCE_SECONDS)
    assert len(acknowledged) == UPLOADS
    assert len({*acknowledged}) == UPLOADS
    assert ended == dict.fromkeys(acknowledged, "done")
    db = connect(desk)
    jobs = db.execute("SELECT id, upload, kind, state, run_id FROM job").fetchall()
    made = [row for row in jobs if row["kind"] == "make"]
    assert len(made) == len({row["upload"] for row in made}) == UPLOADS
    assert {path.name for path in desk.outputs.iterdir()} == {row["id"] for row in made}
    for row in made:
        record = json.loads((desk.outputs / row["id"] / "manifest.json").read_bytes())
        assert record["run_id"] == row["run_id"]
    assert len([*desk.inbox.iterdir()]) == UPLOADS
    assert audit_log.broken(audit_log.lines(db))[2] == ""
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.slow
def test_a_copy_of_the_folder_at_any_moment_holds_what_was_acknowledged_until_then(tmp_path):
    """As after a power cut: the files and the database as they are, without anybody's farewell."""
    desk = desk_at(tmp_path / "desk", port=free_port())
    token = Asked(desk).token(FIRST)
    with standing(desk, "web"):
        visitor = Visitor(desk.port, token)
        places = [visitor.put(YEAR, b"%d" % number) for number in range(3)]
        copied = tmp_path / "copy.db"
        for suffix in ("", "-wal"):
            source = desk.database.with_name(desk.database.name + suffix)
            copied.with_name(copied.name + suffix).write_bytes(source.read_bytes())
    held = {row[0] for row in sqlite3.connect(copied).execute("SELECT id FROM upload")}
    assert held == {place.rpartition("/")[2] for place in places}


@pytest.mark.slow
def test_a_dossier_that_is_cancelled_and_asked_for_anew_at_once_is_made(tmp_path):
    """The crew, which has the child still, goes on."""
    desk = desk_at(tmp_path / "desk", port=free_port())
    token = Asked(desk).token(FIRST)
    with standing(desk) as parts:
        visitor = Visitor(desk.port, token)
        place = visitor.put(YEAR, EXAMPLE.read_bytes())
        while not (job := visitor.make_if_ready(place)):
            time.sleep(0.05)
        for _ in range(3):
            until = time.monotonic() + 120
            while visitor.told(job)["state"] == "waiting" and time.monotonic() < until:
                time.sleep(0.05)
            visitor.ask("POST", f"{job}/cancel")
            visitor.ask("POST", f"{job}/again")
        assert visitor.all_ended([place], 240) == {place: "done"}
        assert parts.parts["crew"].poll() is None
