"""The workbook of a whole dossier (slow): what is printed, and what results.json says."""

import json

import nbformat
import pytest
from opened_workbooks import opened, recalculated, shown, with_wrong_results
from test_dossier import make

from pipeline.publishing.formats.xlsx.excel_sheets import heads
from pipeline.publishing.paper.blocks import read_notebook

pytestmark = pytest.mark.slow
STAGES = {"小学": "primary", "初中": "junior"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the example's results, its printed tables by their keys, and its workbook."""
    folder = make(tmp_path_factory.mktemp("made"), "990101", 2023, formats=("pdf", "xlsx")).folder
    document = read_notebook(nbformat.read(folder / "dossier.ipynb", as_version=4))
    tables = {b["key"]: b for b in document["front"] + document["body"] if b["type"] == "table"}
    results = json.loads((folder / "results.json").read_text("utf-8"))
    return results, tables, (folder / "dossier.xlsx").read_bytes()


def rows(book, table):
    """Return the cells of a table's rows, by the heads of their columns."""
    sheet, names = book[table["label"]], heads(table)
    return [dict(zip(names, cells, strict=False))
            for cells in sheet.iter_rows(4, 3 + len(table["rows"]), 1, len(names))]


def test_every_cell_of_every_table_shows_what_is_printed(made):
    _, tables, content = made
    book, left_empty, seen = opened(content), 0, 0
    for table in tables.values():
        for printed, cells in zip(table["rows"], rows(book, table), strict=True):
            for cell, there in zip(printed, cells.values(), strict=True):
                left_empty += there.value is None and cell["text"] == "缺"
                seen += 1
                assert shown(there) in (cell["text"], "" if cell["text"] == "缺" else cell["text"])
    assert len(tables) > 45 and seen > 4000 and left_empty == 2


def test_the_numbers_of_the_results_stand_in_the_workbook_as_numbers(made):
    results, tables, content = made
    book = opened(content)
    found = rows(book, tables["balance_table"])
    assert len(found) == len(results["balance"]) == 14
    for cells, row in zip(found, results["balance"], strict=True):
        for head, name in (("县平均值", "mean"), ("标准差", "sd"), ("差异系数", "cv")):
            assert cells[head].value == pytest.approx(float(row[name]), rel=1e-12)
        assert (cells["校数"].value, cells["限值"].value) == (row["n_schools"], float(row["limit"]))
    for zh, stage in STAGES.items():
        table = tables[f"school_table_{stage}"]
        schools = {s["school_code"]: s for s in results["schools"] if s["stage"] == stage}
        assert len(schools) == len(table["rows"])
        for cells in rows(book, table):
            school = schools[cells["标识码"].value]
            assert cells["学生"].value == school["pupils"]
            for head, cell in cells.items():
                value = school["values"].get(head[:2], "x")
                if value != "x":
                    assert cell.value is None if value is None else (
                        cell.value == pytest.approx(float(value), rel=1e-12)), (zh, head)


def test_another_program_reckons_all_coefficients_from_the_schools_as_we_do(made, tmp_path):
    results, tables, content = made
    wrong = with_wrong_results(content)
    assert {c["差异系数"].value for c in rows(opened(wrong), tables["balance_table"])} == {0}
    book = recalculated(wrong, tmp_path)
    for cells, row in zip(rows(book, tables["balance_table"]), results["balance"], strict=True):
        for head, name in (("县平均值", "mean"), ("标准差", "sd"), ("差异系数", "cv")):
            assert cells[head].value == pytest.approx(float(row[name]), rel=1e-12)
    agree = [row[4].value for row in book["核对"].iter_rows(4)]
    assert agree == ["一致"] * 42


def test_a_figure_that_is_reckoned_anew_names_columns_that_there_are(made):
    _, tables, _ = made
    for table in tables.values():
        for reckoned in table["reckoned"]:
            source = tables[reckoned["table"]]
            assert heads(source)[reckoned["weights"]] == "学生"
            assert heads(source)[reckoned["values"]].split(" ")[0] == (
                table["rows"][reckoned["row"]][1]["text"].split(" ")[0])
