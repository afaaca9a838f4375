"""One whole dossier, from the workbook to the letters in the PDF (slow)."""

import hashlib
import json
import re
from collections import namedtuple
from fractions import Fraction

import jsonschema
import nbformat
import pandas as pd
import papermill
import pypdf
import pytest
from opened_word import lacking, needs_writer, opened, printed, tables
from published_data import fetched_california

from pipeline.analysis.evaluate import ASKED, STEPS, evaluated
from pipeline.analysis.library import SchoolTable
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.base import DATA
from pipeline.definitions.standards import standard
from pipeline.dossier.c09_conclusion.results import results_schema
from pipeline.dossier.printing.numbers import cv_text, level_text, limit_text
from pipeline.ground.exact import rounded
from pipeline.ground.terms import STATE_ZH, TABLES
from pipeline.publishing.book import make_dossier
from pipeline.publishing.chapter_parameters import checked
from pipeline.publishing.chapters.chapter_files import chapters
from pipeline.publishing.order import Order
from pipeline.publishing.paper.blocks import read_notebook

pytestmark = pytest.mark.slow
Made = namedtuple("Made", "folder results pages text order")
FORMATS = ("pdf", "docx", "xlsx")
RECORDS = ("dossier.pdf", "appendix.pdf", "brief.pdf", "dossier.docx", "dossier.xlsx", "annex.xlsx",
           "ledger.xlsx", "self_report.docx", "evidence_catalogue.xlsx", "spot_check.xlsx",
           "results.json", "findings.json")


def make(place, unit, year, engine="fork", formats=("pdf",), **more):
    """Make a dossier below ``place``, leaving the repository as it is, and read it."""
    given = {"unit": unit, "year": year, "processed": str(place / "processed"), **more}
    order = Order(checked(given), place / "reports", engine, formats)
    folder = make_dossier(order)
    pages = [page.extract_text() for name in ("dossier.pdf", "appendix.pdf")
             for page in pypdf.PdfReader(folder / name).pages]
    results = json.loads((folder / "results.json").read_text("utf-8"))
    return Made(folder, results, pages, " ".join("\n".join(pages).split()), order)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("made"), "990101", 2023, formats=FORMATS)


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    return make(tmp_path_factory.mktemp("again"), "990101", 2023, "kernel", FORMATS)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def spaced(name):
    """Return a pattern for a name that may be broken over two lines of a cell."""
    return r"\s?".join(map(re.escape, name))


def dictionaries(thing, seen):
    """Yield every dictionary object that can be reached in a PDF."""
    thing = thing.get_object()
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    if isinstance(thing, dict):
        yield thing
    inner = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ()
    for item in inner:
        yield from dictionaries(item, seen)


def test_the_results_keep_to_their_schema(made):
    jsonschema.Draft202012Validator(results_schema()).validate(made.results)


def test_there_are_14_coefficients_and_32_indicators_and_7_vetoes(made):
    keys = [(row["stage"], row["indicator"]) for row in made.results["balance"]]
    assert keys == [(stage, f"R{n}") for stage in ("primary", "junior") for n in range(1, 8)]
    assert (len(made.results["indicators"]), len(made.results["vetoes"])) == (32, 7)
    assert sum(made.results["counts"].values()) == 32


def text_of(folder, table):
    return pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False)


def test_the_library_gives_every_figure_of_the_dossier_to_the_last_digit(made):
    processed = made.folder.parents[2] / "processed" / "2023" / "990101"
    long = text_of(processed, "indicators")
    long = long[long["indicator"].str.startswith("R")]
    long["value"] = [Fraction(text) if text else None for text in long["value"]]
    schools = ["year", "stage", "school_code", "location", "pupils"]
    wide = long.pivot(index=schools, columns="indicator", values="value").reset_index()
    wide[["year", "pupils"]] = wide[["year", "pupils"]].astype(int)
    county = SchoolTable(wide, [f"R{n}" for n in range(1, 8)], year="year", location="location",
                         group="location", allow_missing=True)
    key = ["year", "stage", "indicator", "group"]
    for table, ours in (("balance", county.coefficients()), ("inequality", county.indices()),
                        ("decomposition", county.decomposition())):
        ours, theirs = TABLES[table].to_text(ours), text_of(processed, table)[list(ours.columns)]
        by = [name for name in key if name in ours]
        pd.testing.assert_frame_equal(ours.sort_values(by, ignore_index=True).astype(str),
                                      theirs.sort_values(by, ignore_index=True).astype(str))
    now = county.coefficients().query("year == 2023")
    assert [str(cv) for cv in now["cv"]] == [row["cv"] for row in made.results["balance"]]


def test_the_chapters_hand_over_what_the_steps_give_without_them(made):
    county, wanted = made.order.county, [n for s in STEPS if not s.passed for n in s.yields]
    asked = {name: getattr(county, name) for name in ASKED}
    found = evaluated(import_county(county).tables | asked, wanted)
    for name in wanted:
        ours, theirs = TABLES[name].to_text(found[name]), text_of(county.folder, name)
        assert [*ours.columns, *ours.values.tolist()] == [
            *theirs.columns, *theirs.values.tolist()], name


def test_every_school_and_every_pupil_is_accounted_for(made):
    count, schools = made.results["accounting"], made.results["schools"]
    out = [*count["merged"], *count["excluded"]]
    assert count["schools_in"] == count["used"] + len(out)
    assert count["used"] == len(schools)
    assert count["pupils_in"] == count["pupils_used"] + sum(s["pupils"] for s in count["excluded"])
    assert count["pupils_used"] == sum(school["pupils"] for school in schools)
    assert all(row["reason"] for row in out)
    for row in made.results["balance"]:
        assert row["pupils"] == sum(s["pupils"] for s in schools if s["stage"] == row["stage"])


def test_the_manifest_lists_every_file_with_its_true_hash(made):
    record = json.loads((made.folder / "manifest.json").read_text("utf-8"))
    files = {p.relative_to(made.folder).as_posix() for p in made.folder.rglob("*") if p.is_file()}
    assert {o["file"] for o in record["outputs"]} == files - {"manifest.json", "run.log"}
    assert all(sha256(made.folder / o["file"]) == o["sha256"] for o in record["outputs"])
    assert all(sha256(DATA / "raw" / i["file"]) == i["sha256"] for i in record["inputs"])
    assert record["run_id"][:16] in made.pages[-1]


def test_the_pdf_is_a_book_in_chinese_whose_letters_can_be_copied(made):
    assert len(made.pages) >= 12
    assert len(re.findall("[一-鿿]", made.text)) > 5000
    assert re.findall("[\0□\ufffd\ue000-\uf8ff]", "".join(made.pages)) == []


def test_every_page_says_that_the_county_is_made_up(made):
    assert [n for n, page in enumerate(made.pages, 1) if "示例数据" not in page] == []


def test_every_font_of_the_pdf_is_embedded(made):
    reader = pypdf.PdfReader(made.folder / "dossier.pdf")
    found = list(dictionaries(reader.trailer["/Root"], {}))
    fonts = [d for d in found if d.get("/Type") == "/Font" and d["/Subtype"] != "/Type0"]
    assert fonts
    for font in fonts:
        descriptor = font["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), font["/BaseFont"]


def test_the_pdf_has_a_bookmark_for_each_chapter(made):
    def titles(entries):
        return [t for e in entries for t in (titles(e) if isinstance(e, list) else [e.title])]

    marks = titles(pypdf.PdfReader(made.folder / "dossier.pdf").outline)
    assert marks[0].startswith("摘")
    assert sum(bool(re.match("[一二三四五六七八九十]+、", mark)) for mark in marks) >= 5
    assert marks[-1].startswith("签")


def test_the_body_is_read_in_thirty_pages_and_the_brief_in_two(made):
    pages = {name: len(pypdf.PdfReader(made.folder / f"{name}.pdf").pages)
             for name in ("dossier", "brief")}
    assert pages["dossier"] <= 30 and pages["brief"] == 2
    turned = [page.mediabox.width > page.mediabox.height
              for page in pypdf.PdfReader(made.folder / "dossier.pdf").pages]
    assert not any(turned)


def test_every_coefficient_in_the_pdf_is_that_of_the_results(made):
    national = standard("cn-2017-06")
    for row in made.results["balance"]:
        decimals, limit = national.indicator(row["indicator"]).decimals, Fraction(row["limit"])
        levels = [level_text(Fraction(row[name]), decimals) for name in ("mean", "sd")]
        coefficients = [cv_text(row["cv"], limit), cv_text(row["cv_public"], None)]
        printed = " ".join([str(row["n_schools"]), *levels, *coefficients, limit_text(limit, 2)])
        before = f"{national.stages[row['stage']]} {row['indicator']} "
        after = STATE_ZH[row["status"]] + (r"\s?（临\s?界）" if row["borderline"] else "(?!（)")
        pattern = rf"{before}[^0-9]{{4,40}} {re.escape(printed)} {after}"
        assert len(re.findall(pattern, made.text)) == 1, (before, printed)


def test_every_value_of_every_school_in_the_pdf_is_that_of_the_results(made):
    national = standard("cn-2017-06")
    for school in made.results["schools"]:
        values = [level_text(
            None if value is None else Fraction(value), national.indicator(id).decimals,
            (national.threshold(id, school["stage"]), national.floor(id, school["stage"])))
            for id, value in school["values"].items()]
        printed = " ".join([str(school["pupils"]), *values, str(school["met"])])
        pattern = (rf"{school['school_code']} {spaced(school['name'])} "
                   rf"{re.escape(printed)} {STATE_ZH[school['status']]}")
        assert len(values) == 7
        assert len(re.findall(pattern, made.text)) == 1, (school["name"], printed)


def test_the_word_file_says_cell_by_cell_what_the_document_says(made):
    document = read_notebook(nbformat.read(made.folder / "dossier.ipynb", 4))
    file = (made.folder / "dossier.docx").read_bytes()
    wanted = [[[cell["text"] for cell in row] for row in block["rows"]]
              for block in document["front"] + document["body"] if block["type"] == "table"]
    assert [table["rows"] for table in tables(opened(file))] == wanted
    assert sum(len(row) for rows in wanted for row in rows) > 4_000
    assert len(file) < 2_000_000


@needs_writer
def test_libreoffice_prints_every_word_of_the_word_file(made, tmp_path):
    record = read_notebook(nbformat.read(made.folder / "dossier.ipynb", 4),
                           json.loads((made.folder / "manifest.json").read_text())["run_id"][:16])
    pages = printed(tmp_path, dossier=(made.folder / "dossier.docx").read_bytes())["dossier"]
    assert lacking(record, pages) == []


def test_no_rule_file_or_table_file_of_ours_is_named_on_paper(made):
    named = r"(?:tables|data)/\w+\.(?:csv|toml)|findings\.json|(?:enrolment|spot-check)-\d"
    assert re.findall(named, made.text) == []
    assert [page.count("cn-school-gaps") for page in made.pages if "cn-school-gaps" in page] == [1]


def test_the_counts_on_the_first_page_are_those_of_the_results(made):
    """Resources are judged by schools and coefficients; the other items one by one."""
    rest = [row["status"] for row in made.results["indicators"] if row["id"][0] != "R"]
    said = "、".join(f"{STATE_ZH[state]}{rest.count(state)}项" for state in STATE_ZH)
    assert (len(rest), sum(made.results["counts"].values())) == (25, 32)
    assert f"评估指标25项中{said}" in made.text.replace(" ", "")


def test_a_second_run_on_a_kernel_gives_the_same_bytes(made, again):
    assert {name: sha256(again.folder / name) for name in RECORDS} == {
        name: sha256(made.folder / name) for name in RECORDS}
    tables = sorted(p.name for p in (made.folder / "tables").iterdir())
    assert [sha256(again.folder / "tables" / t) for t in tables] == [
        sha256(made.folder / "tables" / t) for t in tables]
    assert (again.folder / "dossier.ipynb").read_text("utf-8") == (
        made.folder / "dossier.ipynb").read_text("utf-8")


def test_nothing_but_the_dossier_is_left_behind(made):
    assert [p.name for p in made.order.out.rglob(".*")] == []
    assert sorted(p.name for p in made.folder.iterdir()) == sorted(
        ["tables", "dossier.ipynb", "manifest.json", "datapackage.json", "run.log", *RECORDS])
    private = str(made.order.out)
    assert all(private not in (made.folder / name).read_text("utf-8")
               for name in ("dossier.ipynb", "manifest.json", "results.json", "findings.json"))


def test_each_chapter_runs_alone_and_gives_the_same_results(made, tmp_path):
    parameters = made.order.parameters.model_copy(update={"processed": str(tmp_path / "alone")})
    for number, path in enumerate(chapters("county")):
        papermill.execute_notebook(
            str(path), str(tmp_path / f"{number}.ipynb"), parameters=parameters.model_dump(),
            cwd=str(tmp_path), kernel_name="python3", progress_bar=False)
    alone = County.open(**parameters.of_county).folder
    for name in ("results.json", "findings.json"):
        assert (alone / name).read_bytes() == (made.folder / name).read_bytes()


def test_the_published_example_of_five_schools_gives_the_published_coefficient(tmp_path):
    example = make(tmp_path, "990102", 2012)
    (row,) = example.results["balance"]
    assert row["cv"].startswith("0.51525")
    assert str(rounded(Fraction(row["cv"]), 6)) == "0.515257"
    assert re.search(r"图书（册/生）；校数：5；县平均值：6\.33；标准差：3\.26；差异系数：0\.515。",
                     "".join(example.text.split()))
    assert (row["status"], row["limit"], example.results["verdict"]) == (None, None, None)


@pytest.fixture(scope="module")
def california(tmp_path_factory):
    return fetched_california(tmp_path_factory.mktemp("california"))[0]


@pytest.mark.parametrize("unit", ["906029", "906037"])
def test_a_real_county_without_thresholds_is_described_and_not_judged(unit, california, tmp_path):
    county = make(tmp_path, unit, 1998, raw=str(california))
    rows = county.results["balance"]
    assert [row["indicator"] for row in rows] == ["C1", "C2", "C3"]
    assert {(row["n_schools"], row["status"], row["limit"]) for row in rows} == {(27, None, None)}
    assert county.results["verdict"] is None
    assert {school["status"] for school in county.results["schools"]} == {None}
    assert all(re.search(rf" {row['indicator']} \D+ 27 \S+ \S+ {cv_text(row['cv'], None)} ",
                         county.text) for row in rows)
    assert "未达标" not in county.text.replace("未达标项", "")
