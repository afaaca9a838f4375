"""A folder is ours where a record in it says so, and a chapter alone writes only into such."""

import json

import pytest
from users_files import edited, own, rest

from pipeline.county import County
from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import (
    claim,
    is_free,
    is_ours,
    listed,
    of_others,
    require_ours,
)
from pipeline.ground.terms import TABLES
from pipeline.publishing.records.publication import discard


@pytest.mark.parametrize(("name", "content", "ours"), [
    ("manifest.json", {"schema": "junheng.manifest/1", "unit": "990101", "year": 2023}, True),
    ("manifest.json", {"schema": "junheng.manifest/1", "unit": "990102", "year": 2023}, False),
    ("manifest.json", {"schema": "junheng.manifest/1", "unit": "990101", "year": 2022}, False),
    ("manifest.json", {"unit": "990101", "year": 2023}, False),
    ("manifest.json", ["990101", 2023], False),
    ("results.json", {"schema": "junheng.results/1", "unit": {"code": "990101"}, "year": 2023},
     True),
    ("results.json", {"schema": "junheng.results/1", "unit": {"code": "990109"}, "year": 2023},
     False),
    ("other.json", {"schema": "junheng.manifest/1", "unit": "990101", "year": 2023}, False),
])
def test_a_folder_is_ours_where_a_record_in_it_names_its_unit_and_year(
        name, content, ours, tmp_path):
    folder = tmp_path / "2023" / "990101"
    folder.mkdir(parents=True)
    assert is_free(folder)
    (folder / name).write_text(json.dumps(content))
    assert (is_ours(folder), is_free(folder)) == (ours, False)
    assert not is_ours(folder, "2023/990109") or "990109" in json.dumps(content)


@pytest.mark.parametrize("outputs", [
    None, "x", 7, [1, None, "x"], [{"file": 1}], [{"sha256": "x"}],
    [{"file": "../../x", "sha256": "0"}]])
def test_a_mark_whose_list_is_amiss_makes_nothing_ours(outputs, tmp_path):
    folder = tmp_path / "2023" / "990101"
    own(folder / "mine")
    own(folder / "manifest.json", json.dumps(
        {"schema": "junheng.manifest/1", "unit": "990101", "year": 2023, "outputs": outputs}))
    listed(folder)
    assert {p.as_posix() for p in of_others(folder)} == {"manifest.json", "mine"}


@pytest.mark.parametrize("text", ["[" * 60_000, "{", "", '{"a": 1' + "0" * 5000 + "}", "\x00"])
def test_a_record_that_cannot_be_read_makes_no_folder_ours(text, tmp_path):
    folder = tmp_path / "2023" / "990101"
    own(folder / "manifest.json", text)
    assert not is_ours(folder)
    with pytest.raises(WrongUse):
        require_ours(folder)


def test_only_scratch_is_discarded_as_a_whole(tmp_path):
    own(tmp_path / "raw" / "990101.xlsx")
    discard(tmp_path / "raw")
    discard(claim(tmp_path / "2023" / "990101"))
    assert (tmp_path / "raw" / "990101.xlsx").is_file()
    assert (tmp_path / "2023" / "990101").is_dir()


def county_in(folder):
    return County.open("990101", 2023, processed=str(folder))


FACTS = [{"year": 2023, "variable": "a"}]


def test_a_chapter_alone_writes_into_a_folder_that_it_makes_and_keeps_what_was_changed(
        tmp_path, capsys):
    county = county_in(tmp_path)
    county.save("facts", TABLES["facts"].frame(FACTS))
    path = county.folder / "facts.csv"
    county.save("facts", TABLES["facts"].frame(FACTS * 2))
    assert {p.name for p in county.folder.iterdir()} == {"facts.csv", "manifest.json"}
    edited(path, b"mine\n")
    content = path.read_bytes()
    county.save("facts", TABLES["facts"].frame(FACTS))
    assert (county.folder / "facts.kept-1.csv").read_bytes() == content
    assert "facts.kept-1.csv" in capsys.readouterr().err
    assert len(county.load("facts")) == 1


def test_a_chapter_alone_does_not_write_into_a_folder_of_the_users(tmp_path):
    county = county_in(tmp_path)
    own(county.folder / "我的表.csv")
    with pytest.raises(WrongUse, match="未动"):
        county.save("facts", TABLES["facts"].frame(FACTS))
    assert rest(tmp_path) == {"2023/990101/我的表.csv": b"the user's"}
