"""One number in every format: what results.json holds and the tables print is the same letters in
PDF, Word, Excel and HTML.

The smallest county and the example are made by default; with JUNHENG_ALL_DRAWS five dossiers.
"""

import html
import json
import os
import re
import shutil
from fractions import Fraction
from pathlib import Path

import nbformat
import pypdf
import pytest
from browser import CHROMIUM, browser
from opened_word import opened as opened_word, tables as word_tables
from opened_workbooks import opened as opened_excel, shown
from tables import YEAR, csv_bytes, school

from pipeline.__main__ import main
from pipeline.county import County
from pipeline.dossier.printing.numbers import cv_text, level_text, limit_text
from pipeline.publishing.book import make_dossier
from pipeline.publishing.chapter_parameters import Parameters
from pipeline.publishing.order import Order
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.printed_runs import attached_files
from pipeline.publishing.records.verification import doubts

pytestmark = pytest.mark.slow
FORMATS = ("pdf", "docx", "xlsx", "html")
MADE = {"two schools": ["小学", "初级中学"], "six schools": ["小学"] * 3 + ["初级中学"] * 3}
SHIPPED = {"990101": 2023, "410105": 2023, "990102": 2012}
WITHOUT = {"410105": "schools", "990102": "limits"}  # nothing to be held against what is printed
CASES = [*MADE, *SHIPPED] if os.environ.get("JUNHENG_ALL_DRAWS") else ["two schools", "990101"]
AXE = os.environ.get("AXE_CORE", "")
RULES = """{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations']}"""
LARGE = 40  # the example has more schools, and funding and questions to be answered
NUMBER = re.compile(r"([<>]?)([+-]?\d+(?:\.(\d+))?)(%?)(万?)\D*")


@pytest.fixture(scope="module", params=CASES)
def made(request, tmp_path_factory):
    """Return county, results, the printed tables by key, and the folder of a dossier."""
    place, given = tmp_path_factory.mktemp("agree"), {"unit": request.param, "raw": "data/raw"}
    if request.param in MADE:
        folder = place / "raw" / str(YEAR)
        folder.mkdir(parents=True)
        (folder / "990101_甲县.csv").write_bytes(csv_bytes(
            [school(n, kind) for n, kind in enumerate(MADE[request.param], 1)]))
        given = {"unit": "990101", "raw": str(place / "raw")}
    parameters = Parameters(year=SHIPPED.get(request.param, YEAR),
                            processed=str(place / "processed"), **given)
    folder = make_dossier(Order(parameters, place / "out", formats=FORMATS))
    document = read_notebook(nbformat.read(folder / "dossier.ipynb", 4))
    printed = {b["key"]: b for b in document["front"] + document["body"] if b["type"] == "table"}
    results = json.loads((folder / "results.json").read_text("utf-8"))
    return County.open(**parameters.of_county), results, printed, folder


def texts(table):
    return [[cell["text"] for cell in row] for row in table["rows"]]


def agrees(text, value):
    """Tell whether a printed number is a value of the results, rounded to the places shown."""
    if value is None:
        return text in ("—", "缺", "")
    side, shown, places, percent, wan = NUMBER.fullmatch(text).groups()
    unit = Fraction(10000 if wan else 1) / (100 if percent else 1)
    off = Fraction(value) - Fraction(shown) * unit
    if side:
        return off < 0 if side == "<" else off > 0
    return abs(off) <= unit / 2 / 10 ** len(places or "")


@pytest.mark.parametrize(("text", "value", "does"), [
    ("0.25", "0.254", True), ("0.25", "0.256", False), ("+5.21%", "0.05208", True),
    ("12.32万元", "123200", True), ("12.32万元", "123251", False), ("3294㎡", "3294", True),
    ("<0.500", "0.4999", True), ("<0.500", "0.5001", False), ("—", None, True), ("缺", "1", False)])
def test_what_is_printed_is_the_value_rounded_to_the_places_shown(text, value, does):
    assert (text != "缺" and agrees(text, value)) == does


def held(cells, values):
    """Return the cells that are not the values beside them."""
    return [(text, value) for text, value in zip(cells, values, strict=True)
            if not agrees(text, value)]


def test_every_number_of_the_path_is_in_its_table(made):
    county, results, printed, _ = made
    names = [(county.standard.stages[r["stage"]], r["indicator"]) for r in results["path"]]
    rows = {name: row for name, row in zip(names, results["path"], strict=True)
            if row["plan"] == "threshold" and row["status"] != "undetermined"}
    found = {(cells[0], cells[1].split()[0]): cells for cells in texts(printed["path_table"])
             } if results["path"] else {}
    columns = ("mean", "threshold", "needed", "spare", "cv_before", "cv_after", "limit")
    shown = {name: [cell for cell, column in zip(found[name][3:], columns, strict=True)
                    if row[column] is not None] for name, row in rows.items()}
    values = {name: [row[column] for column in columns if row[column] is not None]
              for name, row in rows.items()}
    assert {name: held(shown[name], values[name]) for name in rows} == {name: [] for name in rows}
    assert bool(rows) == (county.code not in WITHOUT)


def test_every_number_of_the_funding_is_in_its_table(made):
    county, results, printed, _ = made
    given = [year for year in results["funding"] if year["budget"]]
    rise = {cells[0]: cells for cells in texts(printed["rise_table"])} if given else {}
    for year in given:
        cells = rise[str(year["year"])]
        shown = [cells[1] + "万", cells[2], *cells[4:7]]
        assert held(shown, [year[n] for n in ("budget", "budget_change", "pupils", "per_pupil",
                                              "per_pupil_change")]) == []
    stages = [(year["year"], s) for year in results["funding"] for s in year["spending"]]
    spent = {tuple(cells[:2]): cells for cells in texts(printed["spending_table"])
             } if stages else {}
    for year, stage in stages:
        cells = spent[county.standard.stages[stage["stage"]], str(year)]
        means = {group["group"]: group["mean"] for group in stage["groups"]}
        groups = [means.get(g) for g in county.standard.groups][:len(cells) - 7]
        assert held(cells[2:], [stage["n_schools"], stage["mean"], stage["real_mean"], *groups,
                                stage["urban_rural_difference"],
                                stage["urban_rural_ratio"]]) == []
    assert given and stages or len(results["schools"]) < LARGE


def test_every_number_of_the_gaps_is_in_its_table(made):
    county, results, printed, _ = made
    fitted = [gap for gap in results["gaps"] if gap["status"] == "fitted"]
    rows = [row for row in texts(printed["term_table"]) if not row[0].startswith("n＝")
            ] if fitted else []
    terms = [(gap, term) for gap in fitted for term in gap["terms"]]
    assert len(rows) == len(terms)
    for cells, (gap, term) in zip(rows, terms, strict=True):
        adjusted = gap["p_adjusted"] if term["term"] == gap["focus"] else None
        assert held(cells[2:], [*(term[n] for n in ("estimate", "std_error", "ci_low", "ci_high",
                                                    "p_value")), adjusted]) == []
    assert fitted or len(results["schools"]) < LARGE


def test_every_coefficient_of_the_results_is_in_its_table(made):
    county, results, printed, _ = made
    decimals = county.standard.balance.display_decimals
    found = texts(printed["balance_table"])
    assert len(found) == len(results["balance"]) > 0
    for cells, row in zip(found, results["balance"], strict=True):
        limit = None if row["limit"] is None else Fraction(row["limit"])
        indicator = county.standard.indicator(row["indicator"])
        mean, sd = (level_text(None if row[n] is None else Fraction(row[n]), indicator.decimals)
                    for n in ("mean", "sd"))
        wanted = [str(row["n_schools"]), mean, sd, cv_text(row["cv"] or "", limit, decimals)]
        assert cells[2:6] == wanted
        assert limit is None or cells[7] == limit_text(limit, 2)


def test_every_value_of_every_school_of_the_results_is_in_its_table(made):
    county, results, printed, _ = made
    rule, seen = county.standard, 0
    for stage in rule.stages:
        mine = [s for s in results["schools"] if s["stage"] == stage]
        rows = texts(printed[f"school_table_{stage}"]) if mine else []
        by_code = {row[1]: row for row in rows}
        for one in mine:
            for id, value in one["values"].items():
                limits = (rule.threshold(id, stage), rule.floor(id, stage))
                assert level_text(None if value is None else Fraction(value),
                                  rule.indicator(id).decimals, limits
                                  ) in by_code[one["school_code"]]
                seen += 1
    assert seen >= len(results["schools"])
    assert bool(seen) == (WITHOUT.get(county.code) != "schools")


def test_the_paper_carries_the_results_that_stand_beside_it(made):
    folder = made[-1]
    for level in ("files", "pages"):
        with pytest.raises(SystemExit) as ended:
            main(["verify", str(folder), "--level", level])
        assert not ended.value.code
    assert attached_files(folder / "dossier.pdf") == {
        "results.json": (folder / "results.json").read_bytes()}


def test_every_printed_cell_is_the_same_letters_in_every_format(made):
    _, _, printed, folder = made
    book = opened_excel((folder / "dossier.xlsx").read_bytes())
    page = (folder / "dossier.html").read_text("utf-8")
    word = [t["rows"] for t in word_tables(opened_word((folder / "dossier.docx").read_bytes()))]
    paper = "".join("".join(p.extract_text().split()) for name in ("dossier", "appendix")
                    for p in pypdf.PdfReader(folder / f"{name}.pdf").pages)
    web = [[[html.unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall(
        r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in re.findall(
        "<tr>(.*?)</tr>", body, re.DOTALL)] for body in re.findall(
        "<tbody>(.*?)</tbody>", page, re.DOTALL)]
    wanted = [texts(table) for table in printed.values()]
    assert word == wanted
    assert web == wanted
    for table, rows in zip(printed.values(), wanted, strict=True):
        sheet = book[table["label"]]
        for cells, row in zip(sheet.iter_rows(4, 3 + len(rows), 1, len(table["fields"])), rows,
                              strict=True):
            for there, text in zip(cells, row, strict=True):
                assert shown(there) in (text, "" if text == "缺" else text)
    lacking = {text for rows in wanted for row in rows for text in row
               if "".join(text.split()) not in paper}
    assert lacking == set()


@pytest.mark.skipif(not (CHROMIUM and AXE), reason="没有 Chromium 或 AXE_CORE，无障碍未核对")
@pytest.mark.parametrize("width", [1366, 390])
def test_axe_core_finds_nothing_in_the_page_and_it_asks_for_nothing(width, made, tmp_path):
    *_, folder = made
    with browser(tmp_path / "browser") as page:
        page.open(folder / "dossier.html", width)
        assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
        assert page.faults == []
        assert page.ask("document.documentElement.scrollWidth - innerWidth") <= 0
        page.send("Page.setBypassCSP", enabled=True)
        page.open(folder / "dossier.html", width)
        page.ask(Path(AXE).read_text("utf-8") + "; 1")
        assert page.ask(f"axe.run({RULES}).then(told => told.violations.map(one => one.id))") == []


def figures(*texts):
    return sorted(re.findall(r"\d+(?:\.\d+)*", " ".join(texts)))


def test_the_english_edition_has_the_figures_of_the_chinese_one(made):
    pytest.importorskip("pypinyin", reason="没有装 pypinyin（make languages），英文版未核对")
    from pipeline.publishing.languages.edition import make_edition
    from pipeline.publishing.languages.language import language
    from pipeline.publishing.languages.translation import Translation

    _, _, printed, folder = made
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    place, untold = make_edition(folder, folder.parents[1].with_name("out-en"), language("en"))
    assert untold == []
    assert {path.name for path in place.rglob("*") if path.lstat().st_mode & 0o027} == set()
    assert doubts(place) == doubts(folder) == []
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    first = {path.name: path.read_bytes() for path in place.glob("*.pdf")}
    shutil.rmtree(place)
    make_edition(folder, place.parents[1], language("en"))
    assert {path.name: path.read_bytes() for path in place.glob("*.pdf")} == first
    document = read_notebook(nbformat.read(folder / "dossier.ipynb", 4))
    unit = json.loads(before["manifest.json"])["registered"]
    told = Translation(language("en"), unit, document).paper(document, "", "")
    texts_of = [[text for block in one["front"] for text in words(block)]
                for one in (document, told)]
    assert len(texts_of[0]) > 2
    assert [pair for pair in zip(*texts_of, strict=True) if figures(*pair[:1]) != figures(pair[1])
            ] == []
    assert figures(*(row[1] for row in document["cover"]["rows"])) == figures(
        *(row[1] for row in told["cover"]["rows"]))
    paper = "".join("".join(p.extract_text().split()) for name in first
                    for p in pypdf.PdfReader(place / name).pages)
    front = {block["key"] for block in document["front"] if block["type"] == "table"}
    lacking = {text for key, table in printed.items() if key not in front
               for row in texts(table) for text in row if "".join(text.split()) not in paper}
    assert lacking == set()


def words(block):
    """Return the texts of a block of the summary: a paragraph, or caption, notes and cells."""
    if block["type"] == "paragraph":
        return ["".join(run["text"] for run in block["runs"])]
    return [block["caption"], *block["notes"], *(text for row in texts(block) for text in row)]
