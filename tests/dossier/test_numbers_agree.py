"""One number in every format: what results.json holds and the tables print is the same letters in
PDF, Word, Excel and HTML.

The smallest county is made by default; with JUNHENG_ALL_DRAWS five dossiers.
"""

import html
import json
import os
import re
from fractions import Fraction

import nbformat
import pypdf
import pytest
from opened_word import opened as opened_word, tables as word_tables
from opened_workbooks import opened as opened_excel, shown
from tables import YEAR, csv_bytes, school

from pipeline.county import County
from pipeline.dossier.printing.numbers import cv_text, level_text, limit_text
from pipeline.publishing.book import make_dossier
from pipeline.publishing.chapter_parameters import Parameters
from pipeline.publishing.order import Order
from pipeline.publishing.paper.blocks import read_notebook

pytestmark = pytest.mark.slow
FORMATS = ("pdf", "docx", "xlsx", "html")
MADE = {"two schools": ["小学", "初级中学"], "six schools": ["小学"] * 3 + ["初级中学"] * 3}
SHIPPED = {"990101": 2023, "410105": 2023, "990102": 2012}
CASES = [*MADE, *SHIPPED] if os.environ.get("JUNHENG_ALL_DRAWS") else ["two schools"]


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
    assert seen >= len(results["schools"]) > 0


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
