"""The catalogue of a published folder (datapackage.json), judged by the standard's own program."""

import csv
import hashlib
import json

import pytest
from tables import YEAR, csv_bytes, school

from pipeline.ground.terms import TABLES
from pipeline.publishing.book import make_dossier
from pipeline.publishing.chapter_parameters import Parameters
from pipeline.publishing.order import Order
from pipeline.publishing.records.verification import doubts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("catalogue")
    raw = place / "raw" / str(YEAR)
    raw.mkdir(parents=True)
    (raw / "990101_甲县.csv").write_bytes(csv_bytes(
        [school(n, kind) for n, kind in enumerate(["小学"] * 3 + ["初级中学"] * 3, 1)]))
    return make_dossier(Order(Parameters(
        unit="990101", year=YEAR, raw=str(place / "raw"), processed=str(place / "processed")),
        place / "out"))


@pytest.fixture(scope="module")
def package(folder):
    return json.loads((folder / "datapackage.json").read_text("utf-8"))


def tables(package):
    return package["resources"]


def test_frictionless_finds_the_package_and_every_table_valid(folder):
    frictionless = pytest.importorskip("frictionless", reason="没有装 frictionless，目录未核对")
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.flatten(["name", "type", "note", "rowNumber", "fieldName"]) == []
    assert report.valid and len(report.tasks) > 25


def test_frictionless_finds_a_changed_cell_and_a_doubled_row(folder, tmp_path):
    frictionless = pytest.importorskip("frictionless", reason="没有装 frictionless，目录未核对")
    (tmp_path / "tables").mkdir()
    for path in folder.rglob("*"):
        if path.is_file():
            (tmp_path / path.relative_to(folder)).write_bytes(path.read_bytes())
    schools = tmp_path / "tables" / "schools.csv"
    lines = schools.read_text("utf-8-sig").splitlines()
    schools.write_text("\n".join([*lines, lines[1].replace(str(YEAR), "二〇二三"), lines[2]]),
                       "utf-8-sig")
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert {"type-error", "primary-key", "hash-count"} <= {
        kind for (kind,) in report.flatten(["type"])}


def test_every_file_of_the_folder_is_in_the_catalogue_with_its_hash(folder, package):
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")
             if path.is_file()}
    told = {one["path"]: one for one in package["resources"] + package["files"]}
    assert {*there} - {*told} == {"datapackage.json", "manifest.json", "run.log"}
    assert {*told} <= {*there}
    for file, one in told.items():
        content = there[file].read_bytes()
        assert (one["hash"], one["bytes"]) == (
            f"sha256:{hashlib.sha256(content).hexdigest()}", len(content))
    assert {one["path"] for one in package["resources"]} == {
        file for file in told if file.startswith("tables/")}
    assert doubts(folder) == []


def test_every_column_is_told_with_its_head_name_in_code_kind_and_unit(folder, package):
    for one in tables(package):
        with (folder / one["path"]).open(encoding="utf-8-sig", newline="") as file:
            heads = next(csv.reader(file))
        fields = one["schema"]["fields"]
        assert [field["name"] for field in fields] == heads
        assert len({*heads}) == len(heads)
        assert {c.name for c in TABLES[one["name"]].columns} <= {f["code"] for f in fields}
    schools = {f["code"]: f for one in tables(package) if one["name"] == "schools"
               for f in one["schema"]["fields"]}
    assert schools["school_code"]["type"] == "string"
    assert schools["pupils"]["type"] == "integer"
    assert (schools["backbone_teachers"]["type"], schools["backbone_teachers"]["unit"]) == (
        "number", "人")


def test_no_table_has_two_columns_of_one_name():
    heads = {name: [column.zh for column in table.columns] for name, table in TABLES.items()}
    assert {name: told for name, told in heads.items() if len({*told}) < len(told)} == {}


def test_a_key_names_columns_of_its_table():
    keyed = {name: table for name, table in TABLES.items() if table.key}
    assert len(keyed) > 20
    assert [name for name, table in keyed.items()
            if not {*table.key} <= {column.name for column in table.columns}] == []
