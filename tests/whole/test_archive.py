"""What is archived proves itself without us, and holds all it takes to understand and remake it."""

import csv
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from pipeline.commands.records.archive import archive
from pipeline.commands.run import run
from pipeline.definitions.base import DATA, ROOT
from pipeline.definitions.persons.personal import is_personal
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import TABLES
from pipeline.publishing.records.manifest import read_manifest

UNIT, YEAR = "990102", "2012"
NAME = f"{YEAR}-{UNIT}"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with raw data, tables and the dossier of the published five schools."""
    place = tmp_path_factory.mktemp("kept")
    shutil.copytree(DATA / "raw" / YEAR, place / "raw" / YEAR)
    result = CliRunner().invoke(run, [
        UNIT, "--year", YEAR, "--raw", str(place / "raw"), "--out", str(place / "reports"),
        "--processed", str(place / "processed")])
    assert result.exit_code == 0, result.output
    return place


def kept(place: Path, out: str, *more: str):
    return CliRunner().invoke(archive, [
        str(place / "reports" / YEAR / UNIT), "--raw", str(place / "raw"), "--processed",
        str(place / "processed"), "--out", str(place / out), *more])


@pytest.fixture(scope="module")
def bag(place):
    result = kept(place, "archives")
    assert result.exit_code == 0, result.output
    return place / "archives" / NAME


def sums_hold(bag: Path) -> bool:
    """Ask coreutils, which knows nothing of us."""
    return all(subprocess.run(["sha256sum", "-c", "--quiet", "--strict", name], cwd=bag,
                              capture_output=True, check=False).returncode == 0
               for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"))


def test_a_bag_is_as_the_standard_has_it_and_its_sums_hold(bag):
    assert (bag / "bagit.txt").read_text("utf-8") == (
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    listed = {line.partition("  ")[2] for line in
              (bag / "manifest-sha256.txt").read_text("utf-8").splitlines()}
    there = {p.relative_to(bag).as_posix() for p in (bag / "data").rglob("*") if p.is_file()}
    assert listed == there and len(there) > 300
    info = dict(line.split(": ", 1) for line in
                (bag / "bag-info.txt").read_text("utf-8").splitlines())
    size, count = info["Payload-Oxum"].split(".")
    assert int(count) == len(there)
    assert int(size) == sum((bag / name).stat().st_size for name in there)
    assert sums_hold(bag)


# 归档没有软件包；没有软件包和原始数据；改了一个字节 → 退出码、所说的话
@pytest.mark.parametrize(("change", "code", "said"), [
    (lambda bag: None, 2, "没有 data/wheels"),
    (lambda bag: (bag / "data" / "wheels").mkdir() or shutil.rmtree(
        bag / "data" / "inputs" / YEAR), 1, "校验和不符"),
    (lambda bag: (bag / "data" / "README.md").write_text("改了", "utf-8"), 1, "校验和不符")])
def test_the_script_of_a_bag_says_what_it_could_not_check(bag, tmp_path, change, code, said):
    copied = tmp_path / "bag"
    shutil.copytree(bag, copied)
    change(copied)
    result = subprocess.run(["sh", "data/verify.sh"], cwd=copied, capture_output=True,
                            text=True, check=False)
    assert (result.returncode, said in result.stderr) == (code, True), result.stderr
    assert "Traceback" not in result.stderr and "pip" not in result.stderr


def test_a_bag_of_hashes_alone_says_that_nothing_was_remade(place):
    assert kept(place, "hashed", "--inputs", "hashes").exit_code == 0
    bag = place / "hashed" / NAME
    (bag / "data" / "wheels").mkdir()
    result = subprocess.run(["sh", "data/verify.sh"], cwd=bag, capture_output=True, text=True,
                            check=False)
    assert result.returncode == 2 and "没有原始数据" in result.stderr
    assert "校验和：全部相符" in result.stdout


def test_a_changed_byte_of_a_bag_shows(bag, tmp_path):
    copied = tmp_path / "bag"
    shutil.copytree(bag, copied)
    table = next((copied / "data" / "tidy" / "csv").glob("*.csv"))
    table.write_bytes(table.read_bytes() + b" ")
    assert not sums_hold(copied)


def test_dossier_inputs_and_program_are_kept_as_they_are(bag, place):
    dossier = place / "reports" / YEAR / UNIT
    kept_dossier = bag / "data" / "dossier" / YEAR / UNIT
    assert {p.name: p.read_bytes() for p in dossier.iterdir() if p.is_file()} == {
        p.name: p.read_bytes() for p in kept_dossier.iterdir() if p.is_file()}
    for row in read_manifest(dossier)["inputs"]:
        assert (bag / "data" / "inputs" / row["file"]).read_bytes() == (
            place / "raw" / row["file"]).read_bytes()
    assert (bag / "data" / "code" / "data" / "standards" / "cn-2017-06.toml").is_file()
    assert (bag / "data" / "code" / "notebooks" / "county" / "01_cleaning.ipynb").is_file()
    assert not list((bag / "data" / "code").rglob("__pycache__"))


def test_every_column_of_the_tidy_tables_is_in_the_codebook_and_labelled_in_stata(bag):
    tidy = bag / "data" / "tidy"
    with (tidy / "codebook.csv").open(encoding="utf-8-sig", newline="") as file:
        book = {(row["table"], row["column"]): row for row in csv.DictReader(file)}
    tables = sorted(path.stem for path in (tidy / "csv").glob("*.csv"))
    assert {"schools", "indicators", "balance"} <= {*tables} <= TABLES.keys()
    for name in tables:
        plain = pd.read_csv(tidy / "csv" / f"{name}.csv", dtype=str, keep_default_na=False)
        assert {column for table, column in book if table == name} == {*plain.columns}
        with pd.io.stata.StataReader(tidy / "dta" / f"{name}.dta") as stata:
            labels, frame = stata.variable_labels(), stata.read()
        assert len(frame) == len(plain)
        assert labels == {c: book[name, c]["label_zh"][:80] for c in plain.columns}
    assert book["schools", "pupils"]["label_zh"] == "在校生数"


def test_numbers_stand_in_stata_as_in_the_table(bag):
    tidy = bag / "data" / "tidy"
    plain = pd.read_csv(tidy / "csv" / "schools.csv", dtype={"school_code": str})
    stata = pd.read_stata(tidy / "dta" / "schools.dta")
    assert list(stata["pupils"]) == list(plain["pupils"])
    assert list(stata["school_code"]) == list(plain["school_code"])


def test_parquet_holds_the_same_rows_names_and_numbers_as_the_csv(bag):
    pytest.importorskip("pyarrow", reason="没有装 pyarrow（make parquet），Parquet 未核对")
    tidy = bag / "data" / "tidy"
    names = sorted(path.stem for path in (tidy / "csv").glob("*.csv"))
    assert names == sorted(path.stem for path in (tidy / "parquet").glob("*.parquet"))
    for name in names:
        plain = pd.read_csv(tidy / "csv" / f"{name}.csv", dtype=str, keep_default_na=False)
        found = pd.read_parquet(tidy / "parquet" / f"{name}.parquet")
        assert [*found.columns] == [*plain.columns]
        for column in found:
            if TABLES[name].kind(column) in ("whole", "exact", "number"):
                wanted = [float(Fraction(text)) if text else None for text in plain[column]]
                assert [None if pd.isna(n) else n for n in found[column]] == wanted, (name, column)
            elif TABLES[name].kind(column) == "text":
                assert [*found[column].fillna("")] == [*plain[column]], (name, column)


def test_inputs_that_may_not_leave_are_told_by_their_hashes_alone(place):
    result = kept(place, "hashes", "--inputs", "hashes")
    assert result.exit_code == 0, result.output
    inputs = place / "hashes" / NAME / "data" / "inputs"
    assert [path.name for path in inputs.iterdir()] == ["inputs.csv"]
    listed = (inputs / "inputs.csv").read_text("utf-8-sig")
    for row in read_manifest(place / "reports" / YEAR / UNIT)["inputs"]:
        assert f"{row['file']},{row['sha256']}" in listed


@pytest.mark.parametrize("out", [
    f"reports/{YEAR}/{UNIT}", f"reports/{YEAR}/{UNIT}/kept", f"reports/{YEAR}", "reports", ".",
    "reports/../reports", "link", "link/kept"])
def test_an_archive_is_never_put_into_what_it_archives_or_around_it(out, place):
    link = place / "link"
    link.symlink_to(place / "reports" / YEAR / UNIT)
    try:
        before = {*place.rglob("*")}
        refused = kept(place, out)
        assert isinstance(refused.exception, WrongUse) and "同一个文件夹" in str(refused.exception)
        assert {*place.rglob("*")} == before
    finally:
        link.unlink()


def test_a_note_of_the_user_s_beside_a_dossier_is_left_out_said_and_kept(place):
    note = place / "reports" / YEAR / UNIT / "我的笔记.txt"
    note.write_text("我的", "utf-8")
    try:
        result = kept(place, "noted", "--inputs", "hashes")
    finally:
        note.unlink()
    assert result.exit_code == 0, result.output
    assert "我的笔记.txt 不是本软件所写，没有归档" in result.output
    assert not [*(place / "noted").rglob("我的笔记.txt")]


def test_nothing_is_written_over_and_nothing_that_is_another_s_is_archived(place, bag, monkeypatch):
    assert isinstance(kept(place, "archives").exception, WrongUse)
    raw = next((place / "raw" / YEAR).glob("*.csv"))
    before = raw.read_bytes()
    raw.write_bytes(before + b"\n")
    try:
        changed = kept(place, "other")
    finally:
        raw.write_bytes(before)
    assert isinstance(changed.exception, WrongUse) and not (place / "other" / NAME).exists()
    monkeypatch.setattr("pipeline.whole.archiving.code_hash", lambda: "0" * 64)
    told = kept(place, "third")
    assert isinstance(told.exception, WrongUse) and "程序已不是" in str(told.exception)


@pytest.mark.slow
def test_last_year_s_dossier_is_made_again_from_its_archive_alone(bag, tmp_path):
    """The back test: program, rules and raw files are those of the archive, and the dossier comes
    out to the byte; with one pupil more it does not."""
    kept_data = tmp_path / "bag" / "data"
    shutil.copytree(bag / "data", kept_data)
    code = kept_data / "code"

    def again():
        return subprocess.run(
            [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(code)!r}); import "
             "pipeline; print(pipeline.__file__); from pipeline.__main__ import main; main()",
             "verify", str(kept_data / "dossier" / YEAR / UNIT), "--level", "render", "--raw",
             str(kept_data / "inputs")], cwd=tmp_path, capture_output=True, text=True,
            check=False)

    told = again()
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.startswith(str(code)) and "相符 1，不符 0，未能核对 0" in told.stdout
    (raw,) = (path for path in (kept_data / "inputs" / YEAR).iterdir() if "990102" in path.name)
    raw.write_bytes(raw.read_bytes().replace(b"2012", b"2012 ", 1) + b"\n")
    assert again().returncode == 2


JUNK = {".git", "__MACOSX", "__pycache__", ".DS_Store", "Thumbs.db", ".ipynb_checkpoints"}
MARKERS = {"py.typed"}                                    # PEP 561：内容为空


def test_a_bag_holds_no_junk_no_empty_or_doubled_file_and_no_path_of_the_machine(bag, place):
    files = [p for p in sorted(bag.rglob("*")) if p.is_file()]
    contents = {p.relative_to(bag).as_posix(): p.read_bytes() for p in files}
    assert not {part for name in contents for part in Path(name).parts} & JUNK
    assert [name for name, content in contents.items()
            if not content and Path(name).name not in MARKERS] == []
    machine = [str(path).encode() for path in (ROOT, Path.home(), place) if len(str(path)) > 5]
    assert [name for name, content in contents.items() if any(p in content for p in machine)] == []
    known = [content for content in contents.values() if content]
    assert len({*known}) == len(known)


def test_no_cell_of_the_tables_in_a_bag_is_somebody_s_number_or_name(bag):
    cells = {cell for path in bag.rglob("data/[td]*/**/*.csv") for line in
             csv.reader(path.read_text("utf-8-sig").splitlines()) for cell in line}
    assert len(cells) > 500
    assert {cell for cell in cells if is_personal(cell)} == set()
    assert is_personal("11010519491231002X")              # 查得出，才算数
