"""Whatever stands in the place of a county's earlier dossier costs that county alone: it is made
again, or left alone and named."""

import json
import os
import shutil
from pathlib import Path

import pytest
from batches import YEAR
from odd_files import BRACKETS, instead, manifest_with, sparse, text, unix_socket
from six_counties import BAD, without

pytestmark = pytest.mark.usefixtures("quick_dossiers")


def listed_with(name, **changes):
    def act(folder):
        path = folder / "manifest.json"
        record = json.loads(path.read_text("utf-8"))
        record[name][0] |= changes
        path.write_text(json.dumps(record), "utf-8")
    return act


EARLIER = {  # what stands in the folder of the dossier: it is made again
    **{f"manifest: {name} is {value!r:.20}": manifest_with(**{name: value})
       for name in ("outputs", "inputs")
       for value in ([1], ["x"], [{}], [None], {"a": 1}, {}, [], 5, "x", None, [[[]]])
       if (name, value) != ("inputs", [])},
    **{f"manifest: bytes is {value!r:.20}": listed_with("outputs", bytes=value)
       for value in (10**18, 1e18, -1, "12", None, float("nan"), 10**4000)},
    **{f"manifest: sha256 is {value!r:.20}": listed_with("outputs", sha256=value)
       for value in (None, 5, "", "x" * 64)},
    **{f"manifest: file is {value!r:.20}": listed_with("outputs", file=value)
       for value in (None, 5, "", "a\0/b", "\ud800", "../../../etc/passwd", "x" * 5000)},
    "manifest: an input of another size": listed_with("inputs", bytes=10**18),
    "manifest: a surrogate": manifest_with(version="\ud800"),
    "manifest: no run id": manifest_with(run_id=None),
    "manifest: another's": manifest_with(unit="910004"),
    **{f"manifest holds {value[:20]}": instead("manifest.json", text(value)) for value in (
        BRACKETS, '{"a":' * 60_000, "[]", "5", "null", "", "{", "\0", "1" * 5000, "\u2028")},
    "the manifest is no UTF-8": instead("manifest.json", lambda p: p.write_bytes(b"\xff\xfe{")),
    **{f"{name} is {what}": instead(name, act)
       for name in ("manifest.json", "dossier.pdf", "tables/table0.csv")
       for what, act in (("a pipe", os.mkfifo), ("a folder", Path.mkdir), ("40 GB", sparse),
                         ("a link", lambda p: p.symlink_to("results.json")),
                         ("a lost link", lambda p: p.symlink_to("nowhere")),
                         ("a socket", unix_socket))},
}


@pytest.mark.parametrize("what", EARLIER)
def test_an_earlier_dossier_that_cannot_be_read_is_made_again(what, sound, clean):
    folder = sound.folder(BAD)
    EARLIER[what](folder)
    outcomes, code = sound.run()
    assert (code, outcomes.pop(BAD).state, {o.state for o in outcomes.values()}) == (
        0, "ok", {"cached"})
    for kept in sorted(folder.rglob("*.kept-*")):  # what is no longer ours is set aside
        kept.rmdir() if kept.is_dir() and not kept.is_symlink() else kept.unlink()
    assert sound.hashes() == clean


def by_another(act):
    def replaced(folder):
        shutil.rmtree(folder)
        act(folder)
    return replaced


@pytest.mark.parametrize("act", [
    by_another(lambda p: p.write_bytes(b"mine")), by_another(lambda p: p.symlink_to("910004")),
    by_another(lambda p: p.symlink_to("nowhere")), by_another(os.mkfifo)],
    ids=["a file", "a link to a dossier", "a lost link", "a pipe"])
@pytest.mark.parametrize("place", ["out", "processed"])
def test_what_is_no_folder_in_the_place_of_one_is_left_alone_and_named(
        act, place, made_before, clean):
    nation = made_before
    taken = nation.place / place / str(YEAR) / BAD
    act(taken)
    before = taken.lstat()
    outcomes, code = nation.run(force=True)
    bad = outcomes.pop(BAD)
    assert (code, bad.state, {o.state for o in outcomes.values()}) == (1, "refused", {"ok"})
    assert f"2012/{BAD} 的记录" in bad.reason and "请移走或改名后再运行" in bad.reason
    after = taken.lstat()
    assert (after.st_ino, after.st_mode, after.st_size, after.st_mtime_ns) == (
        before.st_ino, before.st_mode, before.st_size, before.st_mtime_ns)
    assert without(nation.hashes()) == without(clean)
