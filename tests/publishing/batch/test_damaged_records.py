"""A damaged record of ours (notes, journal, record of the batch) costs what it held, and nobody
anything else."""

import json

import pytest
from batches import YEAR, Nation
from odd_files import BRACKETS, RECORDS
from six_counties import BAD, made
from test_batch_ways import junheng

from pipeline.publishing.batch.sharding import Shard

pytestmark = pytest.mark.usefixtures("quick_dossiers")


@pytest.mark.parametrize("what", RECORDS)
@pytest.mark.parametrize("kind", ["verified", "rolls"])
def test_a_damaged_note_costs_the_work_once_more_and_nothing_else(
        kind, what, sound, clean):
    path = sound.out / str(YEAR) / ".junheng" / kind / f"{BAD}.json"
    before = path.read_bytes()
    path.unlink()
    RECORDS[what](path)
    rows, code = made(sound)
    assert (code, {row["state"] for row in rows.values()}) == (0, {"cached"})
    assert sound.hashes() == clean
    if path.is_dir():
        path.rmdir()
        path.write_bytes(before)
    assert path.read_bytes() == before


def test_one_letter_changed_in_a_noted_roll_is_noticed(tmp_path):
    from pipeline.cleaning.schools.roll import Entry
    from pipeline.whole.intake import _note, _noted

    path = tmp_path / "910001.json"
    entries = [Entry(2012, "2199000001", "2012/a.csv", 2)]
    _note(path, "key", [entry.record() for entry in entries])
    assert _noted(path, "key") == entries and _noted(path, "other") is None
    path.write_text(path.read_text("utf-8").replace("2199000001", "2199000002"), "utf-8")
    assert _noted(path, "key") is None


@pytest.mark.parametrize("what", RECORDS)
def test_a_damaged_record_of_the_batch_ends_nobody(what, sound):
    path = sound.out / str(YEAR) / "batch.json"
    path.unlink()
    RECORDS[what](path)
    assert junheng(sound, "910001") == 0
    for left in path.parent.glob("batch*"):
        left.rmdir() if left.is_dir() and not left.is_symlink() else left.unlink()
    assert made(sound)[1] == 0


@pytest.fixture(scope="module")
def sharded(tmp_path_factory):
    """Return six counties made by two shards."""
    nation = Nation(tmp_path_factory.mktemp("sharded"), 6)
    for number in (1, 2):
        nation.run(shard=Shard(number, 2))
    return nation


LINES = [b"", b"5", b"[]", b"null", b"{}", BRACKETS.encode(), b"\xff", b'{"event": 5}',
         b'{"event": "county"}', b'{"event": "county", "code": "910001", "state": "best"}',
         b'{"event": "county", "code": {}, "state": []}', b'{"event": "end", "finished": {}}']


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:30].decode("latin-1"))
@pytest.mark.parametrize("place", ["begin", "within"])
def test_a_damaged_journal_costs_what_it_held(place, line, sharded, capsys):
    nation = sharded
    path = nation.out / str(YEAR) / ".junheng" / "journal-1-of-2.jsonl"
    lines = path.read_bytes().split(b"\n")
    first = json.loads(lines[1])["code"]
    lines[0 if place == "begin" else 1] = line
    whole = path.read_bytes()
    path.write_bytes(b"\n".join(lines))
    assert junheng(nation, nation.out, command="collect") == 1
    path.write_bytes(whole)
    lost_ones = [code for code in nation.codes if Shard(1, 2).takes(code)]
    lost_ones = lost_ones if place == "begin" else [first]
    assert {row["code"] for row in nation.record()["counties"] if row["state"] != "ok"} == {
        *lost_ones}
    told = capsys.readouterr()
    assert ("分片 1/2 的记录已损坏" in told.err) == (place == "begin")
