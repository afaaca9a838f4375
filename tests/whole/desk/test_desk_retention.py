"""What the desk keeps for the next year and what it deletes when, by its own clock."""

import json
from types import SimpleNamespace

import pytest

from pipeline.ground.ownership import write_mark
from pipeline.publishing.batch.outcome import OK
from pipeline.whole.desk import audit_log, job_queue
from pipeline.whole.desk.desk_folder import DAY_SECONDS
from pipeline.whole.desk.making import desk_crew
from pipeline.whole.desk.making.desk_job import CHECKED
from pipeline.whole.desk.retention import PERSONAL, Sweeper, sweep_inbox


@pytest.mark.parametrize(("days", "left"), [(29, 3), (31, 2), (549, 2), (551, 0)])
def test_the_last_fit_file_of_each_year_stays_for_the_next_years_form(days, left, clerk, later):
    """Of one year the last one, not an earlier one, nor one that was to be mended."""
    db, desk = clerk.asked.db, clerk.asked.desk
    sent = [clerk.put(content, year=year).told["to"].rpartition("/")[2]
            for content, year in ((b"1", 2012), (b"2", 2012), (b"3", 2013))]
    db.execute("UPDATE job SET state = 'done'")
    db.execute("UPDATE upload SET state = 'ready'")
    later(days * DAY_SECONDS)
    Sweeper(db, desk).sweep()
    assert {path.stem for path in desk.inbox.iterdir()} == {*sent[3 - left:]}


@pytest.mark.parametrize(("days", "left"), [(179, 2), (181, 1), (549, 1), (551, 0)])
def test_the_last_dossier_of_a_year_stays_for_the_next_years_ledger(days, left, clerk, later):
    db, desk = clerk.asked.db, clerk.asked.desk
    upload = clerk.put().told["to"].rpartition("/")[2]
    for number in range(2):
        db.execute("INSERT INTO job (id, upload, kind, edition, state, run_id, changed) VALUES"
                   " (?, ?, 'make', 'internal', 'done', 'r', ?)", (f"j{number}", upload, number))
    later(days * DAY_SECONDS)
    Sweeper(db, desk).sweep()
    assert [*map(tuple, db.execute("SELECT id FROM job WHERE run_id != ''"))] == [
        ("j0",), ("j1",)][2 - left:]


@pytest.mark.parametrize(("days", "left"), [(29, True), (31, False)])
def test_an_unlisted_file_goes_after_its_days_from_when_it_was_first_seen(days, left, asked, later):
    db, desk = asked.db, asked.desk
    desk.unlisted.mkdir()
    (desk.unlisted / "a.xlsx").write_bytes(b"x")
    Sweeper(db, desk).sweep()
    later(days * DAY_SECONDS)
    Sweeper(db, desk).sweep()
    what = [json.loads(line)["what"] for line in audit_log.lines(db)]
    assert ((desk.unlisted / "a.xlsx").exists(), "expired" in what) == (left, not left)
    (desk.unlisted / "a.xlsx").write_bytes(b"another of that name, later")
    Sweeper(db, desk).sweep()
    assert (desk.unlisted / "a.xlsx").exists()


class Killed(BaseException):
    """What nothing catches, as a kill."""


@pytest.fixture
def personal(clerk, tmp_path):
    """Return a crew whose child has found personal data in the one upload, and how that ended."""
    desk = clerk.asked.desk
    clerk.put()
    crew = desk_crew.DeskCrew(desk, None)
    job = job_queue.claim(crew.db, crew.worker)
    crew.jobs[job["id"]] = job
    report = {"unit": job["unit"], "outcome": "refused", "reason": "",
              "findings": [{"code": PERSONAL, "severity": "refuse"}]}
    (tmp_path / CHECKED).write_text(json.dumps([report]), "utf-8")
    yield crew, SimpleNamespace(task=SimpleNamespace(code=job["id"]), work=tmp_path,
                                outcome=SimpleNamespace(state=OK))
    crew.hands.close()


@pytest.mark.parametrize("starts", ["web", "crew"])
@pytest.mark.parametrize(("at", "known"), [
    (None, True), ("finish_deletions", True), ("mark_personal", False)])
def test_a_file_with_personal_data_goes_whenever_the_crew_is_killed(
        at, known, starts, clerk, personal, monkeypatch):
    """Killed before both are noted, nothing is: the file is checked anew; after, it goes at the
    next start of either part."""
    db, desk, (crew, ended) = clerk.asked.db, clerk.asked.desk, personal
    if at:
        def kill(*_):
            raise Killed
        monkeypatch.setattr(desk_crew, at, kill)
        with pytest.raises(Killed):
            crew._keep(ended)
    else:
        crew._keep(ended)
    assert len([*desk.inbox.iterdir()]) == bool(at)
    if starts == "web":
        assert sweep_inbox(db, desk) == []
    else:
        Sweeper(db, desk).sweep()
    what = [json.loads(line)["what"] for line in audit_log.lines(db)]
    assert len([*desk.inbox.iterdir()]) == (not known)
    assert ("personal" in what, "checked" in what) == (known, known)
    assert db.execute("SELECT state FROM upload").fetchone()[0] == (
        "to_mend" if known else "checking")


@pytest.mark.parametrize(("state", "run_id", "left"), [
    ("done", "r", True), ("done", "", False), ("cancelled", "", False), ("failed", "", False),
    ("waiting", "", True), ("running", "", True)])
def test_what_an_ended_job_has_left_goes_where_its_deletion_was_cut_short(
        state, run_id, left, clerk):
    """A job that waits or runs may find its dossier there from an earlier try."""
    db, desk = clerk.asked.db, clerk.asked.desk
    upload = clerk.put().told["to"].rpartition("/")[2]
    db.execute("INSERT INTO job (id, upload, kind, edition, state, run_id) VALUES ('j', ?, 'make',"
               " 'internal', ?, ?)", (upload, state, run_id))
    unit, year = db.execute("SELECT unit, year FROM upload").fetchone()
    write_mark(desk.outputs / "j", {}, f"{year}/{unit}")
    Sweeper(db, desk).sweep()
    assert (desk.outputs / "j").exists() == left
