"""The queue, the clock, the log and retention of the desk, without any process."""

import json
import sqlite3
import time

import pytest
from asked_desk import FIRST

from pipeline.whole.desk import audit_log, desk_clock, job_queue
from pipeline.whole.desk.desk_folder import DAY_SECONDS
from pipeline.whole.desk.job_queue import LEASE_SECONDS, MOST_TRIES
from pipeline.whole.desk.retention import Sweeper, sweep_inbox
from pipeline.whole.desk.storage import connect


def state(db, table="job", column="state"):
    return [row[0] for row in db.execute(f"SELECT {column} FROM {table} ORDER BY made, id")]


@pytest.mark.parametrize(("seconds", "states"), [
    (LEASE_SECONDS - 1, "running"), (LEASE_SECONDS + 1, "waiting"), (10**6, "waiting")])
def test_a_job_waits_again_once_its_lease_has_ended_and_not_before(seconds, states, clerk, later):
    db = clerk.asked.db
    clerk.put()
    job_queue.claim(db, "a")
    later(seconds)
    job_queue.reclaim(db)
    assert state(db) == [states]
    assert state(db, "upload") == [{"running": "checking", "waiting": "received"}[states]]


def test_a_beat_renews_the_lease(clerk, later):
    clerk.put()
    job = job_queue.claim(clerk.asked.db, "a")
    for _ in range(3):
        later(LEASE_SECONDS - 1)
        assert job_queue.beat(clerk.asked.db, job["id"], "a", "")
        job_queue.reclaim(clerk.asked.db)
    assert state(clerk.asked.db) == ["running"]


def test_a_job_is_tried_three_times_and_then_has_failed_with_its_chapter(clerk):
    db = clerk.asked.db
    upload = clerk.put().told["to"].rpartition("/")[2]
    db.execute("UPDATE upload SET state = 'ready'")
    db.execute("UPDATE job SET state = 'done'")
    job = job_queue.ask_to_make(db, upload, "pdf", "x")
    tries = []
    while (claimed := job_queue.claim(db, "a")) and len(tries) < 9:
        tries.append(claimed["tries"])
        job_queue.beat(db, job, "a", "03_balance")
        job_queue.reclaim(db, everything=True)
    assert tries == [*range(1, MOST_TRIES + 1)]
    row = db.execute("SELECT state, stage FROM job WHERE id = ?", (job,)).fetchone()
    assert tuple(row) == ("failed", "03_balance")
    page = clerk.get(f"/job/{job}").text
    assert "失败" in page and "校际均衡" in page and "重做" in page


def test_what_a_worker_says_that_has_lost_its_lease_is_not_heard(clerk, later):
    db = clerk.asked.db
    clerk.put()
    first = job_queue.claim(db, "a")
    later(LEASE_SECONDS + 1)
    job_queue.reclaim(db)
    second = job_queue.claim(db, "b")
    assert second["id"] == first["id"]
    assert not job_queue.beat(db, first["id"], "a", "")
    job_queue.checked(db, first, "to_mend", "", "[]", {})
    assert state(db, "upload") == ["checking"]
    job_queue.checked(db, second, "ready", "", "[]", {})
    assert state(db, "upload") == ["ready"]


def test_checks_come_before_dossiers_and_first_come_first_served(clerk):
    db, kinds = clerk.asked.db, []
    uploads = [clerk.put(b"%d" % n).told["to"].rpartition("/")[2] for n in range(3)]
    db.execute("UPDATE upload SET state = 'ready'")
    job_queue.ask_to_make(db, uploads[2], "pdf", "x")
    rows = [db.execute("SELECT * FROM job WHERE upload = ? ORDER BY kind DESC", (u,)).fetchone()
            for u in uploads]
    assert [job_queue.ahead(db, row) for row in rows] == [0, 1, 3]
    while job := job_queue.claim(db, "a"):
        kinds.append((job["kind"], job["upload"]))
    assert kinds == [*(("check", upload) for upload in uploads), ("make", uploads[2])]


def test_a_job_that_is_cancelled_and_asked_for_anew_waits_for_the_end_of_its_child(clerk):
    """The child is ended at the next beat; a second one beside it would have its folder."""
    for content in (b"1", b"2"):
        clerk.put(content)
    db = clerk.asked.db
    first = job_queue.claim(db, "a")
    db.execute("UPDATE job SET state = 'cancelled' WHERE id = ?", (first["id"],))
    assert job_queue.retry(db, first["id"], "x")
    second = job_queue.claim(db, "a", [first["id"]])
    assert second["id"] != first["id"]
    assert job_queue.claim(db, "a", [first["id"], second["id"]]) is None
    assert job_queue.claim(db, "a", [second["id"]])["id"] == first["id"]


def test_asking_twice_makes_once_and_other_formats_make_another(clerk):
    db = clerk.asked.db
    upload = clerk.put().told["to"].rpartition("/")[2]
    db.execute("UPDATE upload SET state = 'ready'")
    asked = [clerk.post(f"/upload/{upload}/make", body).told["to"]
             for body in (b"docx", b"docx", b"html")]
    assert asked[0] == asked[1] == asked[2]  # one is under way already
    db.execute("UPDATE job SET state = 'done', run_id = 'r' WHERE kind = 'make'")
    assert clerk.post(f"/upload/{upload}/make", b"docx").told["to"] == asked[0]
    assert clerk.post(f"/upload/{upload}/make", b"html,x,../y").told["to"] != asked[0]
    assert [*db.execute("SELECT formats FROM job WHERE kind = 'make' ORDER BY made")
            ][1][0] == "pdf,html"


@pytest.mark.parametrize("jump", [-3600, 3600, 400 * DAY_SECONDS])
def test_the_calendar_may_jump_and_nothing_expires_by_it(jump, asked, clerk, monkeypatch):
    clerk.put()
    job_queue.claim(asked.db, "a")
    before, usual = desk_clock.now(asked.db), time.time
    monkeypatch.setattr(time, "time", lambda: usual() + jump)
    desk_clock.wind(asked.db)
    assert abs(desk_clock.now(asked.db) - before) < 5
    job_queue.reclaim(asked.db)
    Sweeper(asked.db, asked.desk).sweep()
    assert state(asked.db) == ["running"]
    assert clerk.get("/desk").status == 200


@pytest.mark.parametrize(("off", "counted"), [
    (-86400, 0), (3600, 3600), (400 * DAY_SECONDS, 7 * DAY_SECONDS)])
def test_after_a_restart_of_the_machine_the_clock_goes_on(off, counted, asked, monkeypatch):
    before, usual = desk_clock.now(asked.db), time.time
    desk_clock.wind(asked.db)
    monkeypatch.setattr(desk_clock, "_boot", lambda: "another")
    monkeypatch.setattr(desk_clock, "_steady", lambda: 3.0)
    monkeypatch.setattr(time, "time", lambda: usual() + off)
    db = connect(asked.desk)
    assert abs(desk_clock.now(db) - before - counted) < 5


def test_a_session_ends_after_eight_hours_without_use(clerk, later):
    for seconds, status in ((8 * 3600 - 10, 200), (8 * 3600 - 10, 200), (8 * 3600 + 10, 303)):
        later(seconds)
        assert clerk.get("/desk").status == status


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_an_upload_goes_after_its_days_with_its_findings(days, left, clerk, later):
    desk, db = clerk.asked.desk, clerk.asked.db
    clerk.put(b"WITNESS")
    db.execute("UPDATE job SET state = 'done'")
    db.execute("UPDATE upload SET findings = 'WITNESS', state = 'to_mend'")
    later(days * DAY_SECONDS)
    Sweeper(db, desk).sweep()
    held = b"".join(p.read_bytes() for p in desk.place.rglob("*") if p.is_file())
    assert (len([*desk.inbox.iterdir()]), b"WITNESS" in held) == (left, bool(left))


def test_the_same_file_is_checked_anew_once_the_institute_registers_a_correction(clerk):
    desk = clerk.asked.desk
    first, again = clerk.put(), clerk.put()
    kept = desk.corrections(FIRST, 2012)
    kept.parent.mkdir(parents=True)
    kept.write_text("文件,工作表,单元格,原值,新值,理由\n", "utf-8")
    anew, same = clerk.put(), clerk.put()
    assert [one.status for one in (first, again, anew, same)] == [202, 200, 202, 200]
    assert first.told["to"] == again.told["to"] != anew.told["to"] == same.told["to"]


def test_deleting_leaves_neither_the_file_nor_what_it_was_called_nor_what_was_found(clerk):
    desk, db = clerk.asked.desk, clerk.asked.db
    upload = clerk.put(b"WITNESS", name="WITNESS.csv").told["to"]
    db.execute("UPDATE upload SET findings = 'WITNESS', state = 'to_mend'")
    assert clerk.post(f"{upload}/delete").status == 200
    assert clerk.get(upload).status == 404
    held = b"".join(p.read_bytes() for p in desk.place.rglob("*") if p.is_file())
    assert b"WITNESS" not in held and [*desk.inbox.iterdir()] == []
    assert job_queue.claim(db, "a") is None
    assert clerk.put(b"WITNESS").status == 202


def test_parts_and_deleted_files_that_a_kill_has_left_go_at_the_next_start(clerk):
    desk, db = clerk.asked.desk, clerk.asked.db
    clerk.put()
    gone = clerk.put(b"gone").told["to"].rpartition("/")[2]
    clerk.post(f"/upload/{gone}/delete")
    for name in ("abc.part", f"{gone}.csv"):
        (desk.inbox / name).write_bytes(b"x")
    assert sweep_inbox(db, desk) == []
    assert len([*desk.inbox.iterdir()]) == 1 and not desk.unlisted.exists()


@pytest.mark.parametrize("lost", [True, False])
def test_a_whole_file_that_the_database_does_not_know_is_moved_and_never_deleted(lost, clerk):
    """As where the database was lost, or an older one was put in its place."""
    desk, db = clerk.asked.desk, clerk.asked.db
    kept = clerk.put(b"kept").told["to"].rpartition("/")[2]
    older = sqlite3.connect(desk.place.parent / "older.db")
    db.backup(older)
    late = clerk.put(b"late").told["to"].rpartition("/")[2]
    if lost:
        db.close()
        for path in desk.place.glob("desk.db*"):
            path.unlink()
        db = connect(desk)
    else:
        older.backup(db)
    unknown = {f"{late}.csv", *([f"{kept}.csv"] if lost else [])}
    assert {path.name for path in sweep_inbox(db, desk)} == unknown
    assert {path.name for path in desk.unlisted.iterdir()} == unknown
    assert (desk.unlisted / f"{late}.csv").read_bytes() == b"late"
    assert desk.unlisted.stat().st_mode & 0o777 == 0o700
    assert len([*desk.inbox.iterdir()]) == 2 - len(unknown)
    what = [json.loads(line)["what"] for line in audit_log.lines(db)]
    assert what.count("unlisted") == len(unknown)
    assert sweep_inbox(db, desk) == []


def test_a_dossier_that_was_deleted_can_be_made_again(clerk):
    db = clerk.asked.db
    upload = clerk.put().told["to"]
    db.execute("UPDATE upload SET state = 'ready'")
    first = clerk.post(f"{upload}/make", b"pdf").told["to"]
    db.execute("UPDATE job SET state = 'done', run_id = 'r' WHERE kind = 'make'")
    assert clerk.post(f"{upload}/make", b"pdf").told["to"] == first
    assert clerk.post(f"{first}/delete").status == 200
    second = clerk.post(f"{upload}/make", b"pdf").told["to"]
    assert second != first
    assert db.execute("SELECT state FROM job WHERE id = ?",
                      (second.rpartition("/")[2],)).fetchone()[0] == "waiting"


@pytest.mark.parametrize(("deleted", "status", "state"), [
    (False, 200, "waiting"), (True, 409, "failed")])
def test_a_job_is_made_once_more_only_while_its_file_is_there(deleted, status, state, clerk):
    db = clerk.asked.db
    upload = clerk.put().told["to"]
    db.execute("UPDATE upload SET state = 'ready'")
    job = clerk.post(f"{upload}/make", b"pdf").told["to"]
    db.execute("UPDATE job SET state = 'failed'")
    if deleted:
        clerk.post(f"{upload}/delete")
    answer = clerk.post(f"{job}/again")
    assert (answer.status, "已经删除" in answer.told.get("said", "")) == (status, deleted)
    job = job.rpartition("/")[2]
    assert job_queue.retry(db, job, "x") is False
    assert db.execute("SELECT state FROM job WHERE id = ?", (job,)).fetchone()[0] == state


def test_the_file_that_was_sent_last_counts_though_it_was_sent_before(clerk, later):
    db, sent = clerk.asked.db, []
    for content in (b"v1", b"v2", b"v1"):
        later(60)
        sent.append(clerk.put(content).told["to"].rpartition("/")[2])
        newest = db.execute("SELECT id FROM upload ORDER BY made DESC").fetchone()[0]
        page = clerk.get("/desk").text
        assert newest == sent[-1]
        assert [place in page for place in {*sent}] == [place == newest for place in {*sent}]
    assert sent[0] == sent[2] != sent[1]


def test_a_file_that_has_vanished_is_there_again_once_it_is_sent_again(clerk):
    desk = clerk.asked.desk
    clerk.put(b"v1")
    (place,) = desk.inbox.iterdir()
    place.unlink()
    assert clerk.put(b"v1").status == 200
    assert [(path, path.read_bytes()) for path in desk.inbox.iterdir()] == [(place, b"v1")]


def test_the_log_holds_together_and_a_changed_missing_or_moved_line_is_found(clerk):
    clerk.put()
    said = [*audit_log.lines(clerk.asked.db)]
    assert audit_log.broken(said)[::2] == (len(said), "") and len(said) >= 3
    for spoilt in ([*said[:1], *said[2:]], [said[1], said[0], *said[2:]],
                   [said[0].replace(FIRST, "910003"), *said[1:]], [*said[:-1], "x"]):
        assert audit_log.broken(spoilt)[2]
    for headless in ([], said[1:], said[2:]):
        assert audit_log.broken(headless)[2]


def test_a_log_that_was_trimmed_at_its_retention_is_whole_and_one_line_less_is_not(clerk, later):
    db, desk = clerk.asked.db, clerk.asked.desk
    for _ in range(2):  # what was trimmed first is trimmed itself
        audit_log.note(db, "x", "login", "y")
        later((desk.log_days + 1) * DAY_SECONDS)
        audit_log.note(db, "x", "login", "y")
        Sweeper(db, desk).sweep()
    said = [*audit_log.lines(db)]
    assert [json.loads(line)["seq"] for line in said] == [7, 8]
    assert audit_log.broken(said)[2] == ""
    assert "开头缺了 1 行" in audit_log.broken(said[1:])[2]


def test_the_log_names_no_file_of_the_client_and_no_token(clerk):
    clerk.put(name="某校长的表.csv")
    text = "".join(audit_log.lines(clerk.asked.db))
    assert "某校长" not in text and "sha256" in text
    assert [json.loads(line)["what"] for line in audit_log.lines(clerk.asked.db)] == [
        "token", "login", "upload"]


@pytest.mark.parametrize(("who", "path", "said"), [
    ("clerk", "/job/{}/cancel", "本县取消了"), ("operator", "/op/job/{}/cancel", "主办单位取消了"),
    ("clerk", "{upload}/delete", "上传的文件已经删除")])
def test_a_dossier_that_is_not_made_says_who_has_ended_it(who, path, said, asked, clerk):
    upload = clerk.put().told["to"]
    asked.db.execute("UPDATE upload SET state = 'ready'")
    asked.db.execute("UPDATE job SET state = 'done'")
    job = clerk.post(f"{upload}/make", b"pdf").told["to"].rpartition("/")[2]
    ended = asked.sign_in("*") if who == "operator" else clerk
    assert ended.post(path.format(job, upload=upload)).status == 200
    page = clerk.get(f"/job/{job}").text
    assert (said in page, "重做" in page) == (True, "delete" not in path)
