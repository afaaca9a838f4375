"""Stored results of formulas: a column of zeros was never calculated, whoever saved it last.

XlsxWriter 3.3.1 stores 0 with each formula and asks for a calculation on opening; LibreOffice
7.4 saves such a workbook anew without calculating, and drops the mark.
"""

import re

import pytest
from corpus.base import (
    AREA,
    BASE,
    CODE,
    GOOD,
    HEADERS,
    INDOOR,
    MAIN,
    NAME,
    PE,
    PUPILS,
    column as letter,
    packed,
)
from corpus.files.containers import BOOK

from pipeline.whole.checking import check_paths

ROWS = range(2, len(BASE) + 2)


def with_formulas(results: dict[str, dict[int, str]], marked: bool) -> bytes:
    """Return the clean county with formulas in columns, by header and row the stored results;
    the workbook asks for a calculation or does not."""
    def put(part: bytes) -> bytes:
        for header, stored in results.items():
            for row, value in stored.items():
                place = f"{letter(header)}{row}".encode()
                xml = b'<c r="%s"><f>1*1</f><v>%s</v></c>' % (place, value.encode())
                part = re.sub(rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % place, xml, part)
                assert xml in part
        return part
    return packed(GOOD, {MAIN: put, BOOK: lambda p: p if marked else p.replace(
        b' fullCalcOnLoad="1"', b"")})


def stored(header: str) -> dict[int, str]:
    return {row: str(BASE[row - 2][header]) for row in ROWS}


ZEROS, SOME = dict.fromkeys(ROWS, "0"), {**dict.fromkeys(ROWS, "0"), 3: "12"}
REFUSED = {
    "never calculated": ({PE: ZEROS}, True), "never calculated, saved anew": ({PE: ZEROS}, False),
    "areas, saved anew": ({AREA: ZEROS}, False), "pupils, saved anew": ({PUPILS: ZEROS}, False),
    "one cell": ({PE: {5: "0"}}, True), "one cell, saved anew": ({PE: {5: "0"}}, False),
    "three cells among typed ones": ({AREA: {4: "0", 5: "0", 9: "0"}}, False),
    "an optional column": ({INDOOR: ZEROS}, False), "codes": ({CODE: ZEROS}, True),
    "names": ({NAME: ZEROS}, True),
    "one of two columns": ({PE: stored(PE), AREA: ZEROS}, True),
}


@pytest.mark.parametrize("name", REFUSED)
def test_formulas_whose_results_are_all_zero_were_never_calculated(tmp_path, name):
    results, marked = REFUSED[name]
    (tmp_path / "a.xlsx").write_bytes(with_formulas(results, marked))
    (report,) = check_paths([tmp_path / "a.xlsx"])
    header, cells = list(results.items())[-1]
    found = [f for f in report["findings"] if f["code"] == "cell.formula"]
    assert report["outcome"] == "refused"
    assert (found[0]["row"], found[0]["column"]) == (min(cells), letter(header))


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("results", [
    {PE: stored(PE)}, {INDOOR: stored(INDOOR)}, {PE: stored(PE), AREA: stored(AREA)}])
def test_formulas_with_their_results_are_read_and_warned_of(tmp_path, results, marked):
    (tmp_path / "a.xlsx").write_bytes(with_formulas(results, marked))
    (report,) = check_paths([tmp_path / "a.xlsx"])
    assert report["outcome"] == "accepted"
    assert [f["column"] for f in report["findings"] if f["code"] == "cell.calculated"] == [
        letter(header) for header in sorted(results, key=HEADERS.index)]


def test_zeros_among_other_results_are_data(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(with_formulas({INDOOR: SOME}, True))
    (report,) = check_paths([tmp_path / "a.xlsx"])
    assert "cell.formula" not in {f["code"] for f in report["findings"]}
