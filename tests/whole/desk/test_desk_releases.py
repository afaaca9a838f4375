"""The release of public editions: two persons, once; taken back by one; nothing on a full disk."""

import hashlib
import json
from types import SimpleNamespace

import pytest

from pipeline.whole.desk import audit_log, job_queue
from pipeline.whole.desk.web.operators.release_diff import compared


@pytest.fixture
def public(asked, clerk):
    """Return a release that an operator has proposed, another operator, and its public edition,
    which is made."""
    db, (one, other) = asked.db, (asked.sign_in("*"), asked.sign_in("*"))
    upload = clerk.put().told["to"].rpartition("/")[2]
    assert one.post("/op/release/propose", upload.encode()).status == 404
    db.execute("UPDATE upload SET state = 'ready'")
    job = job_queue.ask_to_make(db, upload, "pdf", "x")
    db.execute("UPDATE job SET state = 'done', run_id = 'r' WHERE id = ?", (job,))
    place = one.post("/op/release/propose", upload.encode()).told["to"]
    made = db.execute("SELECT id FROM job WHERE edition = 'public'").fetchone()[0]
    assert one.post("/op/release/propose", upload.encode()).told["to"] == place
    assert other.post(f"{place}/confirm").status == 409  # not made yet
    assert clerk.get("/history").status == 200
    db.execute("UPDATE job SET state = 'done', run_id = 'p' WHERE id = ?", (made,))
    (asked.desk.outputs / made).mkdir()
    (asked.desk.outputs / made / "results.json").write_text(json.dumps({"means": [
        {"stage": "primary", "mean": "6", "shown": True}, {"stage": "junior", "shown": False}]}))
    return SimpleNamespace(place=place, made=made, one=one, other=other)


def said_in(db):
    return [json.loads(line)["what"] for line in audit_log.lines(db)]


def test_a_public_edition_is_seen_once_another_operator_has_confirmed_it(asked, clerk, public):
    assert "平均值 · 初中" in public.other.get(public.place).text
    assert clerk.get(f"/job/{public.made}").status == 404
    assert "待批准" in clerk.get("/history").text
    assert public.one.post(f"{public.place}/confirm").status == 409  # who proposed does not
    assert public.other.post(f"{public.place}/confirm").status == 200
    assert clerk.get(f"/job/{public.made}").status == 200
    assert f"/job/{public.made}" in clerk.get("/history").text
    assert clerk.post(f"/job/{public.made}/delete").status == 409  # two have released it
    assert (asked.desk.outputs / public.made).is_dir()
    assert (said_in(asked.db).count("propose"), said_in(asked.db).count("release")) == (1, 1)


def test_two_who_confirm_at_once_release_once_and_the_first_of_them_did_it(asked, public):
    third = asked.sign_in("*")
    for who in (public.other, third, public.other):
        assert who.post(f"{public.place}/confirm").status == 200
    assert said_in(asked.db).count("release") == 1
    found = asked.db.execute("SELECT confirmed_by, label FROM release JOIN token ON token.id ="
                             " confirmed_by").fetchone()
    assert found["confirmed_by"] == 3  # the clerk's token is the first, then one, other, third


def test_what_was_taken_back_is_seen_no_longer_until_another_confirms_it_anew(
        asked, clerk, public):
    assert public.one.post(f"{public.place}/retract").status == 200  # nothing to take back
    assert said_in(asked.db).count("retract") == 0
    public.other.post(f"{public.place}/confirm")
    for _ in range(2):
        assert public.one.post(f"{public.place}/retract").status == 200
    assert said_in(asked.db).count("retract") == 1
    assert clerk.get(f"/job/{public.made}").status == 404
    assert "已撤回" in clerk.get("/history").text
    for path in (public.place, "/op/release"):
        assert "已撤回" in public.one.get(path).text
    assert "撤回公开" in public.one.get("/op/log").text
    assert public.one.post(f"{public.place}/confirm").status == 409
    assert public.other.post(f"{public.place}/confirm").status == 200
    assert clerk.get(f"/job/{public.made}").status == 200
    assert audit_log.broken(audit_log.lines(asked.db))[2] == ""


def test_a_database_that_fills_up_releases_nothing_and_says_so(asked, clerk, public):
    pages = asked.db.execute("PRAGMA page_count").fetchone()[0]
    asked.db.execute(f"PRAGMA max_page_count = {pages + 2}")
    for _ in range(300):
        answer = public.other.post(f"{public.place}/confirm")
        if answer.status != 200:
            break
        if public.other.post(f"{public.place}/retract").status != 200:
            asked.db.execute("UPDATE release SET confirmed_by = NULL")
    assert (answer.status, "没有办成" in answer.told["said"]) == (503, True)
    before = said_in(asked.db).count("release")
    assert clerk.get(f"/job/{public.made}").status == 404
    asked.db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    assert public.other.post(f"{public.place}/confirm").status == 200
    assert said_in(asked.db).count("release") == before + 1
    assert audit_log.broken(audit_log.lines(asked.db))[2] == ""


@pytest.mark.parametrize(("row", "words"), [
    ({"id": "Z05", "limit": "90000", "op": ">", "passed": False},
     "规划目标 · Z05：标准值 90000，要求 >，期限已过 否"),
    ({"id": "Z08", "op": "not_below_last_year", "passed": True},
     "规划目标 · Z08：要求 不低于上年，期限已过 是"),
    ({"variable": "migrant_children", "value": "1300"},
     "规划目标 · 符合条件的随迁子女数：值 1300")])
def test_what_a_release_would_tell_is_told_in_words(row, words):
    assert compared({"plans": [row]}, None)["new"] == [words]
    assert compared({"plans": [row]}, {"plans": [row]}) == {"new": [], "changed": [], "masked": []}


@pytest.mark.parametrize("state", ["ready", "to_mend"])
def test_a_dossier_of_an_earlier_file_stays_in_sight_once_a_later_file_is_handed_in(
        state, asked, clerk, public):
    job = asked.db.execute("SELECT id FROM job WHERE run_id = 'r'").fetchone()[0]
    assert ("卷宗下载" in clerk.get("/desk").text, "较早的卷宗" in clerk.get("/desk").text) == (
        True, False)
    clerk.put(b"later")
    asked.db.execute("UPDATE upload SET state = ? WHERE sha256 = ?",
                     (state, hashlib.sha256(b"later").hexdigest()))
    page = clerk.get("/desk").text
    assert (f"/job/{job}" in page, "较早的卷宗下载" in page) == (True, True)
    asked.db.execute("UPDATE job SET run_id = '' WHERE id = ?", (job,))
    assert "较早的卷宗" not in clerk.get("/desk").text
