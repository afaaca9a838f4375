"""What is published is whole, and what it holds is safe to open."""

import contextlib
import errno
import hashlib
import os
import stat
from itertools import count
from pathlib import Path

import pytest

from pipeline.county import County
from pipeline.ground.ownership import write_mark
from pipeline.ground.terms import TABLES
from pipeline.publishing.records import faults, publication
from pipeline.publishing.records.publication import publish, recover
from pipeline.publishing.records.tables.csv_tables import write_tables


def folder(path, text, place="2023/990101"):
    """Make a dossier of one file, with the mark of its place."""
    write_mark(path, {"dossier.pdf": hashlib.sha256(text.encode()).hexdigest()}, place)
    (path / "dossier.pdf").write_text(text, "utf-8")
    return path


def test_a_new_dossier_takes_the_place_of_the_old_one_whole(tmp_path):
    old = folder(tmp_path / "2023" / "990101", "old")
    publish(folder(tmp_path / "work", "new"), tmp_path / "2023" / "990101")
    assert [p.name for p in (tmp_path / "2023").iterdir()] == ["990101"]
    assert sorted(p.name for p in old.iterdir()) == ["dossier.pdf", "manifest.json"]
    assert (old / "dossier.pdf").read_text("utf-8") == "new"


@pytest.mark.parametrize("number", range(1, 8))
def test_a_publication_that_finds_the_disk_full_leaves_the_old_dossier_or_the_new(
        tmp_path, monkeypatch, number):
    target = folder(tmp_path / "2023" / "990101", "old")
    finished = folder(tmp_path / "work", "new")
    monkeypatch.setattr(faults, "_operations", count(1))
    monkeypatch.setattr(faults, "_counting", [])
    monkeypatch.setenv(faults.VARIABLE, f"{number}:full")
    with pytest.raises(OSError):
        publish(finished, target)
    monkeypatch.undo()
    recover(target)
    in_place = number > 5  # brought, files and folder flushed, changed places; then tidying
    assert (target / "dossier.pdf").read_text("utf-8") == ("new" if in_place else "old")
    assert [p.name for p in target.parent.iterdir()] == ["990101"]


def test_without_a_step_for_two_folders_there_are_two_renames(tmp_path, monkeypatch):
    target = folder(tmp_path / "2023" / "990101", "old")
    monkeypatch.setattr(publication, "_exchanged", lambda *_: False)
    publish(folder(tmp_path / "work", "new"), target)
    assert (target / "dossier.pdf").read_text("utf-8") == "new"
    assert [p.name for p in target.parent.iterdir()] == ["990101"]


def test_a_finished_folder_on_another_file_system_is_copied(tmp_path, monkeypatch):
    def elsewhere(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    finished = folder(tmp_path / "work", "new")
    monkeypatch.setattr(publication, "_moved", elsewhere)
    publish(finished, tmp_path / "2023" / "990101")
    assert (tmp_path / "2023" / "990101" / "dossier.pdf").read_text("utf-8") == "new"


FLUSHES = [(number, kind, number not in (errno.ENOSPC, errno.EDQUOT, *(
    [errno.EIO] if kind == "file" else []))) for kind in ("folder", "file") for number in (
    errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.ENOSYS, errno.EACCES,
    errno.EIO, errno.ENOSPC, errno.EDQUOT)]


@pytest.mark.parametrize(("number", "kind", "goes_on"), FLUSHES)
def test_a_disk_that_cannot_flush_is_borne_and_one_that_is_full_or_broken_is_not(
        tmp_path, monkeypatch, number, kind, goes_on):
    usual = os.fsync

    def failing(handle):
        if (kind == "folder") == stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        usual(handle)

    monkeypatch.setattr(os, "fsync", failing)
    expected = contextlib.nullcontext() if goes_on else pytest.raises(OSError)
    with expected:
        publish(folder(tmp_path / "work", "new"), tmp_path / "2023" / "990101")
    with expected:
        publication.write_whole(tmp_path / "batch.json", b"{}")
    if goes_on:
        assert (tmp_path / "2023" / "990101" / "dossier.pdf").read_text("utf-8") == "new"
        assert (tmp_path / "batch.json").read_bytes() == b"{}"


def test_a_folder_that_cannot_be_opened_to_flush_it_is_borne(tmp_path, monkeypatch):
    usual = os.open

    def failing(path, *more):
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied")  # Windows
        return usual(path, *more)

    monkeypatch.setattr(publication.os, "open", failing)
    publish(folder(tmp_path / "work", "new"), tmp_path / "2023" / "990101")
    assert (tmp_path / "2023" / "990101" / "dossier.pdf").is_file()


@pytest.mark.parametrize(("number", "goes_on"), [
    (errno.EPERM, True), (errno.ENOTSUP, True), (errno.EIO, False)])
def test_a_disk_without_rights_of_its_own_is_borne(tmp_path, monkeypatch, number, goes_on):
    def failing(*_, **__):
        raise OSError(number, os.strerror(number))

    finished = folder(tmp_path / "work", "new")
    monkeypatch.setattr(Path, "chmod", failing)
    with contextlib.nullcontext() if goes_on else pytest.raises(OSError):
        publish(finished, tmp_path / "2023" / "990101")
    assert (tmp_path / "2023" / "990101").exists() is goes_on


def test_a_pipe_among_the_files_is_not_waited_for(tmp_path):
    finished = folder(tmp_path / "work", "new")
    os.mkfifo(finished / "pipe")
    (finished / "link").symlink_to("nowhere")
    publication.flush_folder(finished)


def test_a_file_that_could_not_be_written_whole_leaves_no_part(tmp_path, monkeypatch):
    (tmp_path / "batch.json").write_text("old")
    for number in (1, 2, 3):
        monkeypatch.setattr(faults, "_operations", count(1))
        monkeypatch.setattr(faults, "_counting", [])
        monkeypatch.setenv(faults.VARIABLE, f"{number}:full")
        with pytest.raises(OSError):
            publication.write_whole(tmp_path / "batch.json", b"new")
        assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("batch.json", "old")]


def test_a_dossier_moved_aside_by_a_cut_off_run_is_put_back(tmp_path):
    folder(tmp_path / "2023" / ".990101.old", "old")
    recover(tmp_path / "2023" / "990101")
    assert (tmp_path / "2023" / "990101" / "dossier.pdf").read_text("utf-8") == "old"


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A0", "+1", "-1+1", "@SUM(A1)", "＝1", "\t=1"])
def test_no_cell_of_a_table_is_taken_for_a_formula(tmp_path, name):
    county = County.open("990101", 2023, processed=str(tmp_path / "processed"))
    county.save("accounting", TABLES["accounting"].frame([
        {"year": 2023, "stage": "primary", "school_code": "1", "name": name, "pupils": 1}]))
    write_tables(county, tmp_path / "tables")
    content = (tmp_path / "tables" / "accounting.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert f"'{name}" in content.decode("utf-8-sig").replace('""', '"')
