"""What a command imports: nobody waits for packages that it does not use."""

import json
import subprocess
import sys

import pytest
from batches import YEAR, Nation
from fontTools.ttLib import TTFont

from pipeline.definitions.base import DATA
from pipeline.ground.fonts import _code_points, font_files
from pipeline.ground.software import locked

WORKBOOK = DATA / "raw" / "2023" / "990101_示例县.xlsx"
TOLD = """
import json, sys
from importlib.metadata import packages_distributions
from pipeline.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    owners = packages_distributions()
    names = {owner for name in sys.modules for owner in owners.get(name.partition(".")[0], ())}
    print(json.dumps([end.code or 0, sorted(names)]))
"""
DEFINITIONS = {"annotated-types", "click", "pydantic", "typing-inspection"}
FONTS = {"noto-cjk-sans-jp-bold", "pylopdf-fonts-zh-cn"}
SOFTWARE = {"packaging"}  # which of the lock's lines are for this system stands in every record
IMPORTED = {
    "--help": {"click"},
    "list standards": DEFINITIONS,
    "list layouts": DEFINITIONS,
    "doctor": {"click", *FONTS, *SOFTWARE, "typst"},
    "template new.xlsx": {*DEFINITIONS, "defusedxml", "numpy", "openpyxl", "pillow"},
    f"check {WORKBOOK}": {*DEFINITIONS, *FONTS, "xlrd"},
}


def imported(words, place):
    """Run a command; return its exit code and the locked packages that it has imported."""
    ran = subprocess.run([sys.executable, "-c", TOLD, *words], cwd=place, capture_output=True,
                         text=True, timeout=100, check=True)
    code, names = json.loads(ran.stdout.splitlines()[-1])
    return code, {*names} & {*locked()}


@pytest.mark.parametrize("words", IMPORTED)
def test_a_command_imports_what_it_uses(words, tmp_path):
    assert imported(words.split(), tmp_path) == (0, IMPORTED[words])


def test_a_run_with_nothing_to_do_imports_no_tables_no_notebooks_and_no_estimators(tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run()
    words = ["run", *nation.codes, "--year", str(YEAR), "--raw", str(nation.raw), "--out",
             str(nation.out), "--processed", str(tmp_path / "processed")]
    assert imported(words, tmp_path) == (0, {*DEFINITIONS, *FONTS, *SOFTWARE, "xlrd"})


@pytest.mark.parametrize("path", font_files(), ids=lambda path: path.stem)
def test_the_letters_of_a_font_are_those_that_fonttools_reads_with_the_names_of_glyphs(path):
    assert _code_points(path) == {*TTFont(path, lazy=True).getBestCmap()}
