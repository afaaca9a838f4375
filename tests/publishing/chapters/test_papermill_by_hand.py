"""A chapter run with papermill's own command, as README shows it."""

import re

import pytest
from click.testing import CliRunner
from papermill.cli import papermill
from tables import YEAR, school, workbook

from pipeline.publishing.chapters.chapter_files import chapters

WAYS = {"a number": ["-p", "unit", "990778"], "zeros lost": ["-p", "unit", "000002"],
        "as text": ["-r", "unit", "990778"], "zeros kept": ["-r", "unit", "000002"],
        "yaml": ["-y", "unit: 990778"], "quoted yaml": ["-y", "unit: '000002'"]}


@pytest.mark.parametrize("way", WAYS)
def test_a_code_is_taken_in_a_chapter_however_papermill_is_given_it(way, tmp_path):
    """-p turns what looks like a number into one, and a code that begins with zeros loses them."""
    unit = re.search(r"\d{6}", WAYS[way][-1])[0]
    place = tmp_path / "raw" / str(YEAR)
    place.mkdir(parents=True)
    one = school(1) | {"学校标识码": f"21{unit[:2]}000001"}
    workbook([one]).save(place / f"{unit}_甲县.xlsx")
    (tmp_path / "raw" / "counties.csv").write_text(f"{unit},甲县,,,cn-2017-06,,\n", "utf-8")
    done = CliRunner().invoke(papermill, [
        str(chapters("county")[0]), str(tmp_path / "01.ipynb"), "--engine", "junheng-fork",
        *WAYS[way], "-p", "year", str(YEAR), "-p", "raw", str(tmp_path / "raw"),
        "-p", "processed", str(tmp_path / "processed")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "processed" / str(YEAR) / unit / "schools.csv").is_file()
