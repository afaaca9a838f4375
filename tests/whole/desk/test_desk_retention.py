"""What the desk keeps for the next year and what it deletes when, by its own clock."""

import json

import pytest

from pipeline.whole.desk import audit_log
from pipeline.whole.desk.desk_folder import DAY_SECONDS
from pipeline.whole.desk.retention import Sweeper, drop_personal, sweep_inbox


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


@pytest.mark.parametrize("dropped", [False, True])
def test_a_file_with_personal_data_whose_deletion_a_kill_cut_short_goes_at_the_next_start(
        dropped, clerk):
    db, desk = clerk.asked.db, clerk.asked.desk
    upload = clerk.put().told["to"].rpartition("/")[2]
    (file,) = desk.inbox.iterdir()
    content = file.read_bytes()
    if dropped:
        drop_personal(db, desk, upload)
        file.write_bytes(content)  # as if it had been killed before
    assert sweep_inbox(db, desk) == []
    assert file.exists() != dropped
