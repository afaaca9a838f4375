"""A public edition gives nobody away (公开版): what it holds, where it stands, whether it proves
itself. Made once beside the internal one, of the example county with every kind of text marked."""

import html
import json
import re
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import nbformat
import pypdf
import pytest
from click.testing import CliRunner
from opened_word import opened as opened_word, tables as word_tables
from opened_workbooks import opened as opened_excel, shown as shown_cell

from pipeline.__main__ import main
from pipeline.commands.records.archive import archive
from pipeline.commands.records.index import index
from pipeline.commands.records.verify import verify
from pipeline.commands.run import run
from pipeline.county import County
from pipeline.definitions.base import ROOT
from pipeline.definitions.forms.disclosure_rules import Disclosure, disclosure
from pipeline.ground.errors import DefinitionFault, WrongUse
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.records.signature import make_key

pytestmark = pytest.mark.slow
UNIT, YEAR = "990101", "2023"
FORMATS = ("pdf", "docx", "xlsx", "html")


def asked(place: Path, out: str, *more: str):
    return CliRunner().invoke(run, [
        UNIT, "--year", YEAR, "--out", str(place / out), "--processed", str(place / "processed"),
        "--formats", ",".join(FORMATS), *more])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder with both editions of the example county."""
    place = tmp_path_factory.mktemp("editions")
    for out, more in (("reports", ()), ("public", ("--edition", "public"))):
        result = asked(place, out, *more)
        assert result.exit_code == 0, result.output
    return place


def folder(place: Path, edition: str) -> Path:
    return place / edition / YEAR / UNIT


def secrets(place: Path) -> set[str]:
    """Return what only the internal edition may hold: schools, codes, files, documents."""
    county = County.open(UNIT, int(YEAR), processed=str(place / "processed"))
    schools, cells, evidence = (county.load(n) for n in ("accounting", "cells", "evidence"))
    rules = county.standard.file.read_text("utf-8")
    said = {*schools["name"], *schools["school_code"], *cells["file"], *evidence["document"],
            *evidence["note"], *county.load("schools")["township"]}
    return {text for text in said if len(text) > 2 and text != county.name and text not in rules}


def hidden_numbers(place: Path) -> set[str]:
    """Return the pupils and means of the groups that are not told, as they would be printed."""
    county = County.open(UNIT, int(YEAR), processed=str(place / "processed"))
    results = json.loads((folder(place, "public") / "results.json").read_text("utf-8"))
    indicators = county.load("indicators")
    found = set()
    for group in (g for g in results["groups"] if g["pupils"] is None):
        rows = indicators[(indicators["year"] == int(YEAR))
                          & (indicators["stage"] == group["stage"])
                          & (indicators["location"] == group["group"])]
        found.add(str(int(rows.drop_duplicates("school_code")["pupils"].sum())))
    assert found
    return found


def texts_of(path: Path) -> list[str]:
    """Return everything that can be read in a file: its bytes, and what is packed in it."""
    content = path.read_bytes()
    parts = [content.decode("utf-8", "replace")]
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts += [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
            parts += [re.sub(r"<[^>]+>", "", part) for part in parts]  # words split by tags
    if path.suffix == ".pdf":
        reader = pypdf.PdfReader(path)
        parts += [page.extract_text() for page in reader.pages]
        parts += [str(reader.metadata), str(reader.attachments)]
        parts += [_stream(reader, n) for n in range(1, len(reader.xref[0]) + 1)]
    if path.suffix in (".ipynb", ".json"):
        parts.append(json.dumps(json.loads(content), ensure_ascii=False))
    return parts


def _stream(reader: pypdf.PdfReader, number: int) -> str:
    found = reader.get_object(pypdf.generic.IndirectObject(number, 0, reader))
    data = found.get_data() if isinstance(found, pypdf.generic.StreamObject) else b""
    return data.decode("utf-8", "replace") + str(found)


def words_of(path: Path) -> str:
    """Return the words of a file that somebody reads, hidden sheets and alt texts included."""
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as package:
            parts = [package.read(name).decode("utf-8", "replace") for name in package.namelist()
                     if name.endswith(".xml")]
        return "\n".join("".join(pair) for part in parts
                         for pair in re.findall(r">([^<>]+)<|descr=\"([^\"]*)\"", part))
    return path.read_text("utf-8-sig") if path.suffix in (".json", ".csv", ".html") else ""


def read_all(place: Path) -> str:
    return "\n".join(text for path in sorted(place.rglob("*")) if path.is_file()
                     for text in texts_of(path))


def test_no_school_file_or_document_stands_anywhere_in_a_public_edition(made):
    public, internal = (read_all(folder(made, name)) for name in ("public", "reports"))
    marks = secrets(made)
    assert len(marks) > 60
    assert {mark for mark in marks if mark in public} == set()
    assert {mark for mark in marks if mark in internal} == marks  # the search finds what is there


def test_no_number_of_a_hidden_group_stands_anywhere_in_a_public_edition(made):
    def numbers(edition):
        return {number for path in folder(made, edition).rglob("*.*") for number in
                re.findall(r"(?<![\d.])\d+(?![\d.])", words_of(path))}

    assert not hidden_numbers(made) & numbers("public")
    assert "16395" in numbers("public")


def test_the_county_s_verdict_and_coefficients_are_those_of_the_internal_edition(made):
    public, internal = (json.loads((folder(made, name) / "results.json").read_text("utf-8"))
                        for name in ("public", "reports"))
    assert public["verdict"] == internal["verdict"] and public["counts"] == internal["counts"]
    assert [i["status"] for i in public["indicators"]] == [
        i["status"] for i in internal["indicators"]]
    for shown, exact in zip(public["balance"], internal["balance"], strict=True):
        assert (shown["stage"], shown["indicator"], shown["status"]) == (
            exact["stage"], exact["indicator"], exact["status"])
        assert abs(float(shown["cv"]) - float(exact["cv"])) <= 0.0005
        assert len(shown["cv"]) <= len("0.123")   # 三位小数以外没有更多的位数


def test_what_a_figure_draws_has_no_digit_more_than_what_is_printed(made):
    notebook = json.loads((folder(made, "public") / "dossier.ipynb").read_text("utf-8"))
    figures = [record for cell in notebook["cells"] for output in cell.get("outputs", [])
               if (record := output["data"].get("application/vnd.junheng.exhibit+json", {})
                   ).get("kind") == "figure"]
    assert [figure["key"] for figure in figures] == ["cv_chart"]
    drawn = {point["cv"] for figure in figures for point in figure["data"]}
    results = json.loads((folder(made, "public") / "results.json").read_text("utf-8"))
    assert drawn == {row["cv"] for row in results["balance"]}


def test_no_format_tells_a_number_that_another_does_not(made):
    """The attack within one year: Word, Excel and the page print the tables of the document, cell
    by cell, so that nothing can be had from the difference of two formats."""
    place = folder(made, "public")
    document = read_notebook(nbformat.read(place / "dossier.ipynb", as_version=4))
    tables = [b for b in document["front"] + document["body"] if b["type"] == "table"]
    wanted = [[[cell["text"] for cell in row] for row in table["rows"]] for table in tables]
    assert [t["rows"] for t in word_tables(opened_word((place / "dossier.docx").read_bytes()))
            ] == wanted
    page = (place / "dossier.html").read_text("utf-8")
    assert [[[html.unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(
        r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in re.findall(
        "<tr>(.*?)</tr>", body, re.DOTALL)] for body in re.findall(
        "<tbody>(.*?)</tbody>", page, re.DOTALL)] == wanted
    book = opened_excel((place / "dossier.xlsx").read_bytes())
    for table, rows in zip(tables, wanted, strict=True):
        cells = book[table["label"]].iter_rows(4, 3 + len(rows), 1, len(table["fields"]))
        for line, row in zip(cells, rows, strict=True):
            for there, text in zip(line, row, strict=True):
                assert shown_cell(there) in (text, "" if text == "缺" else text)


def test_the_editions_are_never_put_into_one_folder(made):
    for out, edition in (("reports", "public"), ("public", "internal")):
        result = asked(made, out, "--edition", edition)
        assert isinstance(result.exception, WrongUse)
        assert "不能放在一起" in str(result.exception)


@pytest.mark.parametrize(("out", "edition", "said"), [
    (f"{root}/{YEAR}/{UNIT}{below}", edition, "在卷宗文件夹")
    for root in ("reports", "public") for below in ("", "/x", "/x/y")
    for edition in ("internal", "public")] + [
    (f"{root}{below}", edition, "不能放在一起")
    for root, edition in (("reports", "public"), ("public", "internal"))
    for below in (f"/{YEAR}", "/x", f"/{YEAR}/x")] + [
    ("link", "internal", "在卷宗文件夹"), ("linked root", "internal", "不能放在一起")])
def test_no_edition_is_written_into_a_dossier_or_into_a_tree_of_the_other(
        out, edition, said, made):
    links = {"link": folder(made, "public"), "linked root": made / "public"}
    if out in links:
        (made / out).symlink_to(links[out])
    try:
        before = {*made.rglob("*")}
        result = asked(made, out, "--edition", edition)
        assert isinstance(result.exception, WrongUse) and said in str(result.exception)
        assert {*made.rglob("*")} == before
    finally:
        if out in links:
            (made / out).unlink()


@pytest.mark.parametrize("command", [
    ["run", "--prefecture", "9901", "--year", YEAR, "--out"],
    ["annual", "--year", YEAR, "--out"],
    ["what-if", UNIT, "--year", YEAR, "--set", "pupils:1=1", "--dossier"]])
@pytest.mark.parametrize("below", ["", f"/{YEAR}", f"/{YEAR}/{UNIT}", f"/{YEAR}/{UNIT}/x"])
def test_no_command_writes_internal_pages_among_public_ones(command, below, made, capsys):
    before = {*made.rglob("*")}
    with pytest.raises(SystemExit) as end:
        main([*command, f"{made / 'public'}{below}"])
    said = capsys.readouterr().err
    assert end.value.code == 2 and ("不能放在一起" in said or "在卷宗文件夹" in said), said
    assert {*made.rglob("*")} == before


def test_without_the_internal_edition_there_is_no_public_one(made, tmp_path):
    result = asked(tmp_path, "public", "--edition", "public")
    assert result.exit_code == 1 and not folder(tmp_path, "public").exists()
    assert "请先运行" in result.output


def test_a_public_edition_proves_itself_and_a_change_of_it_shows(made, tmp_path):
    assert CliRunner().invoke(verify, [str(made / "public")]).exit_code == 0
    copy = tmp_path / YEAR / UNIT
    shutil.copytree(folder(made, "public"), copy)
    results = copy / "results.json"
    results.write_bytes(results.read_bytes().replace(b"met", b"mex", 1))
    assert CliRunner().invoke(verify, [str(copy)]).exit_code == 1


def test_a_public_edition_comes_out_again_to_the_byte(made, tmp_path):
    result = asked(made, "again", "--edition", "public")
    assert result.exit_code == 0, result.output
    both = [{p.relative_to(at).as_posix(): p.read_bytes() for p in at.rglob("*")
             if p.is_file() and p.name != "run.log"}
            for at in (folder(made, "public"), folder(made, "again"))]
    assert both[0] == both[1]


def test_the_manifest_holds_no_hash_of_anything_internal(made):
    record = json.loads((folder(made, "public") / "manifest.json").read_text("utf-8"))
    assert record["inputs"] == [] and "990101_示例县" not in json.dumps(record, ensure_ascii=False)
    internal = json.loads((folder(made, "reports") / "manifest.json").read_text("utf-8"))
    hashes = {row["sha256"] for row in (*internal["inputs"], *internal["outputs"])}
    told = json.dumps(record)
    assert not {one for one in (*hashes, internal["run_id"]) if one in told}


RULES = (ROOT / "data" / "rules" / "disclosure" / "cn-public-1.toml").read_text("utf-8")


@pytest.mark.parametrize("before, after, said", [
    ('value = "none"', 'value = "verdict"', "schools.value"),
    ("value = 5 ", "value = 1 ", "group_schools.value"),
    ("{ from = 16, points = 20 }", "{ from = 16, points = 60 }", "points"),
    ("{ from = 16, points = 20 }", "{ from = 9, points = 20 }", "bands"),
    ('total = "migrant_children"', 'total = "nobody"', "没有变量 nobody"),
    ("value = 2  ", "value = 6  ", "years_before.value"),
    ('[rounding]', '[roundings]', "rounding"),
])
def test_a_pack_of_rules_that_is_wrong_is_refused_in_words(before, after, said, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(RULES.replace(before, after, 1).replace("cn-public-1", "mine"), "utf-8")
    with pytest.raises(DefinitionFault) as fault:
        disclosure(str(path))
    assert said in str(fault.value)


def test_every_rule_of_the_pack_has_words_clause_and_source():
    rules = disclosure("cn-public-1")
    assert isinstance(rules, Disclosure) and len(rules.grounded) == 10
    assert all(r.zh and r.clause and r.source for r in rules.grounded.values())


def test_an_index_of_public_editions_names_no_school_either(made):
    """The index, the record of the batch and its journal are handed out with them, what is said
    of a county without an internal edition among it."""
    told = CliRunner().invoke(run, [
        "--all", "--year", YEAR, "--edition", "public", "--out", str(made / "public"),
        "--processed", str(made / "processed")])
    assert told.exit_code == 1 and "410105" in told.output
    assert CliRunner().invoke(index, [str(made / "public")]).exit_code == 0
    beside = [path for path in (made / "public").rglob("*")
              if path.is_file() and folder(made, "public") not in path.parents]
    assert {"index.html", "batch.json"} <= {path.name for path in beside}
    said = "\n".join(text for path in beside for text in texts_of(path))
    assert {mark for mark in secrets(made) if mark in said} == set()


def archived(made: Path, edition: str, processed: Path, out: Path):
    return CliRunner().invoke(archive, [
        str(folder(made, edition)), "--processed", str(processed), "--out", str(out)])


def test_an_archive_of_a_public_edition_gives_nobody_away(made, tmp_path):
    result = archived(made, "public", made / "processed" / "public", tmp_path / "kept")
    assert result.exit_code == 0, result.output
    bag = tmp_path / "kept" / f"{YEAR}-{UNIT}"
    held = "\n".join(text for path in sorted(bag.rglob("*"))
                     if path.is_file() and bag / "data" / "code" not in path.parents
                     for text in texts_of(path))
    assert {mark for mark in secrets(made) if mark in held} == set()
    assert not (bag / "data" / "inputs").exists()
    internal = json.loads((folder(made, "reports") / "manifest.json").read_text("utf-8"))
    assert internal["run_id"] not in held


@pytest.mark.parametrize(("edition", "processed"), [
    ("public", "processed"), ("reports", "processed/public")])
def test_tables_of_the_other_edition_are_never_archived_with_a_dossier(edition, processed, made,
                                                                       tmp_path):
    result = archived(made, edition, made / processed, tmp_path / "kept")
    assert isinstance(result.exception, WrongUse)
    assert not [*tmp_path.rglob("*.dta")] and not [*tmp_path.rglob(f"{YEAR}-{UNIT}")]


@pytest.mark.parametrize("command", [["sign", "--key", "key"], ["clean", "--processed", "none"]])
def test_no_command_takes_what_stands_above_both_editions_for_one_tree(command, made, tmp_path):
    """`sign` and `clean` need not ask for the edition: a tree holds one, and above it is none."""
    make_key(tmp_path / "key")
    name, option, file = command
    place = [str(made)] if name == "sign" else ["--out", str(made)]
    before = {*made.rglob("*")}
    with pytest.raises(SystemExit):
        main([name, *place, option, str(tmp_path / file)])
    assert {*made.rglob("*")} == before
