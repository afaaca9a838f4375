"""The example county is what its script writes (示例县): who doubts a cell can make it anew."""

import os
import shutil
import subprocess
import sys

import pytest

from pipeline.definitions.base import DATA

SHIPPED = sorted((DATA / "raw").glob("20*/990101_*.xlsx"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    place = tmp_path_factory.mktemp("data")
    shutil.copytree(DATA / "layouts", place / "layouts")
    (place / "raw").mkdir()
    for script in (DATA / "raw").glob("*example*.py"):
        shutil.copy(script, place / "raw")
    subprocess.run([sys.executable, str(place / "raw" / "make_example.py")], check=True,
                   env=os.environ | {"OPENPYXL_LXML": "False"}, capture_output=True)
    return place / "raw"


def test_it_has_three_years():
    assert [path.parent.name for path in SHIPPED] == ["2021", "2022", "2023"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_the_script_writes_the_shipped_workbook_byte_for_byte(written, path):
    made = written / path.relative_to(DATA / "raw")
    assert made.read_bytes() == path.read_bytes()
