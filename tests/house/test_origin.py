"""What made a table (来历): a chapter opened by hand uses only what it is asked for."""

import contextlib
import io
import os
from pathlib import Path

import nbformat
import pytest
from tables import imported, school, workbook

from pipeline.annual_evaluation import Annual
from pipeline.cleaning import importing
from pipeline.county import County
from pipeline.county.known_files import KnownFiles
from pipeline.ground import origin
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.ground.terms import TABLES
from pipeline.publishing.chapters.chapter_files import chapters

UNIT, YEAR = "990101", 2023
RAWS, STANDARDS = ("raw1", "raw2"), ("cn-2017-06", "cn-2012-03")
READING = chapters("county")[1:]


def hand_in(raw: Path, rooms: int) -> Path:
    """Hand in three schools, the last of which has so many rooms with networks."""
    file = raw / str(YEAR) / f"{UNIT}_甲县.xlsx"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [school(n, 网络多媒体教室数=count) for n, count in enumerate((12, 12, rooms), 1)]
    workbook(rows).save(file)
    return file


def run_chapter(path: Path, folder: Path, raw: str, standard: str) -> dict:
    """Run a chapter's cells as somebody does who opens it by hand; return its names."""
    _, *cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    names = {"unit": UNIT, "year": YEAR, "standard": standard, "drop_personal": False,
             "raw": str(folder / raw), "processed": str(folder / "processed"), "pool": ""}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(compile(cell.source, path.name, "exec"), names)
    return names


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with two raw folders, and the tables that the first one's chapters made."""
    folder = tmp_path_factory.mktemp("two")
    for raw, rooms in zip(RAWS, (12, 40), strict=True):
        hand_in(folder / raw, rooms)
    for path in chapters("county"):
        run_chapter(path, folder, RAWS[0], STANDARDS[0])
    return folder


@pytest.mark.parametrize("path", READING, ids=lambda path: path.stem)
@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("raw", RAWS)
def test_a_chapter_by_hand_uses_the_tables_of_its_own_data_and_standard_or_none(
        place, path, raw, standard):
    if (raw, standard) == (RAWS[0], STANDARDS[0]):
        run_chapter(path, place, raw, standard)
        return
    with pytest.raises(WrongUse, match="从第一章起依次重新运行") as refusal:
        run_chapter(path, place, raw, standard)
    said = str(refusal.value)
    for asked, pair in ((raw, RAWS), (standard, STANDARDS)):
        assert all(name in said for name in pair) is (asked == pair[1])


def test_run_from_the_first_chapter_on_the_values_are_those_of_the_other_data(tmp_path):
    printed = {}
    for raw, rooms in zip(RAWS, (12, 40), strict=True):
        hand_in(tmp_path / raw, rooms)
        for path in chapters("county")[:3]:
            names = run_chapter(path, tmp_path, raw, STANDARDS[0])
        table = names["balance"].set_index(["stage", "indicator"])
        printed[raw] = float(table.loc[("primary", "R7"), "cv"])
    assert printed["raw1"] == 0
    # 3, 3, 10 rooms per hundred pupils of equal schools: S = √(98/9), mean 16/3
    assert printed["raw2"] == pytest.approx((98 / 9) ** 0.5 / (16 / 3))


def made(folder: Path, **asked) -> County:
    county = County.open(UNIT, YEAR, raw=str(folder / "raw"), processed=str(folder), **asked)
    county.save("facts", TABLES["facts"].frame([{"year": YEAR, "variable": "a"}]))
    return county


def again(county: County) -> County:
    return County.open(county.code, county.year, raw=str(county.raw),
                       processed=str(county.folder.parents[1]))


@pytest.mark.parametrize(("change", "said"), [
    (lambda file: hand_in(file.parents[1], 13), "内容不同的有 2023/990101_甲县.xlsx"),
    (lambda file: file.unlink(), "现在没有的有 2023/990101_甲县.xlsx"),
    (lambda file: file.rename(file.with_stem("990101_乙县")), "该表没有用到的有 2023/990101_乙县"),
    (lambda file: file.with_name("990101_corrections.csv").write_text("x"),
     "该表没有用到的有 2023/990101_corrections.csv"),
    (lambda file: file.with_name("全市.csv").write_text("x"), "该表没有用到的有 2023/全市.csv"),
])
def test_tables_of_inputs_that_have_changed_since_are_refused(tmp_path, change, said):
    file = hand_in(tmp_path / "raw", 12)
    county = made(tmp_path)
    assert list(again(county).load("facts")["variable"]) == ["a"]
    change(file)
    with pytest.raises(WrongUse, match=said):
        again(county).load("facts")
    assert not again(county).has("facts")


def test_inputs_that_were_only_copied_or_touched_are_the_same(tmp_path):
    file = hand_in(tmp_path / "raw", 12)
    county = made(tmp_path)
    os.utime(file, ns=(1, 1))
    assert again(county).has("facts")
    (tmp_path / "raw").rename(tmp_path / "elsewhere")
    (tmp_path / "raw").symlink_to(tmp_path / "elsewhere")
    assert again(county).has("facts")


def test_a_shared_table_that_does_not_name_the_unit_is_no_input_until_it_changes(tmp_path):
    shared = hand_in(tmp_path / "raw", 12).with_name("邻县.csv")
    shared.write_text("x")
    county = made(tmp_path, known=KnownFiles(concerned={shared: frozenset()}))
    assert again(county).has("facts")
    shared.write_text("xy")
    assert not again(county).has("facts")


def test_a_table_that_was_changed_or_cut_off_after_it_was_saved_is_refused(tmp_path):
    hand_in(tmp_path / "raw", 12)
    county = made(tmp_path)
    path = county.folder / "facts.csv"
    for text in (path.read_text("utf-8").replace(",a,", ",b,"), ""):
        path.write_text(text, "utf-8")
        with pytest.raises(WrongUse, match="被改动，或没有写完"):
            county.load("facts")


def test_a_table_of_an_unknown_origin_is_refused(tmp_path):
    hand_in(tmp_path / "raw", 12)
    county = made(tmp_path)
    mark = county.folder / "manifest.json"
    mark.write_text(mark.read_text("utf-8").replace('"made"', '"else"'), "utf-8")
    with pytest.raises(WrongUse, match="没有记下来历"):
        county.load("facts")


def test_a_file_is_hashed_once_while_it_stays_as_it_is(tmp_path, monkeypatch):
    hand_in(tmp_path / "raw", 12)
    county, hashed = made(tmp_path), []
    monkeypatch.setattr(origin, "hash_of", lambda path: hashed.append(path) or ("", 0))
    assert again(county).has("facts")
    assert hashed == []


def test_the_mark_names_the_run_that_made_the_tables(tmp_path):
    hand_in(tmp_path / "raw", 12)
    county = made(tmp_path)
    origin.sign(county.folder, "abc")
    assert '"run": "abc"' in (county.folder / "manifest.json").read_text("utf-8")
    assert again(county).has("facts")


def test_peers_of_another_raw_folder_or_of_older_rules_are_refused(tmp_path, monkeypatch):
    annual = Annual.open("cn-annual", YEAR, processed=str(tmp_path))
    annual.save("panel", TABLES["panel"].frame([]))
    assert Annual.at(str(annual.folder), "data/raw").study.id == "cn-annual"
    with pytest.raises(WrongUse, match=r"年度评价由 data/raw 得出，本县读 .*raw2"):
        Annual.at(str(annual.folder), str(tmp_path / "raw2"))
    monkeypatch.setattr("pipeline.annual_evaluation.definitions_hash", lambda: "0" * 64)
    with pytest.raises(WrongUse, match="data/ 中的其他定义：与得出该表时不同"):
        Annual.at(str(annual.folder), "data/raw")


def test_an_evaluations_own_chapters_refuse_tables_of_other_inputs(tmp_path):
    hand_in(tmp_path / "raw", 12)
    asked = ("cn-annual", YEAR, str(tmp_path / "raw"), str(tmp_path))
    Annual.open(*asked).save("panel", TABLES["panel"].frame([]))
    assert Annual.open(*asked).has("panel")
    hand_in(tmp_path / "raw", 13)
    with pytest.raises(WrongUse, match="junheng annual"):
        Annual.open(*asked).load("panel")




def test_files_that_change_while_they_are_read_are_not_judged(tmp_path, monkeypatch):
    receive = importing.receive

    def meanwhile(sources, *rest):
        receive(sources, *rest)
        sources[0].path.write_bytes(b"saved anew")

    monkeypatch.setattr(importing, "receive", meanwhile)
    with pytest.raises(InputRefused, match="在读取时有改动"):
        imported(tmp_path, [school(1)])
