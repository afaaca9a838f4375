"""The tables of a nation hold what the counties' results hold, as numbers and as text."""

import io
import json
import subprocess
import sys
import time

import openpyxl
import pytest
from standing import YEAR, results, stand
from test_index import EVIL, outcome, record

from pipeline.publishing.chapters.surroundings import fixed_environment
from pipeline.whole.index import nation_tables
from pipeline.whole.index.index_files import write_index
from pipeline.whole.index.index_lines import HEADINGS
from pipeline.whole.index.index_record import Index

CVS = [("primary", "R1", "0.123456789012345"), ("primary", "R2", "0.6"), ("junior", "R1", None)]


@pytest.fixture
def year(tmp_path):
    """Return a year of two judged counties, one that is only described, and a refused one."""
    folder = tmp_path / str(YEAR)
    value = {"id": "G8", "status": "met", "value": "8.25", "limit": "8", "op": ">=", "unit": "元",
             "reason": ""}
    told = results("910001", "甲县", cvs=CVS)
    stand(folder, told | {"indicators": [*told["indicators"], value]})
    stand(folder, results("910002", "=1+1", "met", ()))
    stand(folder, results("910003", "丙县", None, (), CVS) | {"indicators": [], "vetoes": []})
    record(folder, outcome("910004", "refused", "不是数"))
    return folder


def sheets(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
            for sheet in book}


def test_the_workbook_has_a_line_a_county_with_numbers_as_numbers(year):
    index = Index.of(year)
    told = sheets(nation_tables.nation_workbook(index))
    assert list(told) == ["说明", "各县", "逐项"]
    head, *rows = told["各县"]
    assert head == [heading.zh for heading in HEADINGS]
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    assert [line["县代码"] for line in lines] == [f"91000{n}" for n in range(1, 5)]
    assert [line["县名"] for line in lines][:2] == ["甲县", "=1+1"]
    assert [line["结论"] for line in lines] == ["未达标", "达标", "不作判定", None]
    assert [line["小学最大差异系数"] for line in lines] == [0.6, None, 0.6, None]
    assert [line["未达标项数"] for line in lines] == [1, 0, 0, None]
    assert lines[3]["状态"] == "拒收" and lines[3]["原因或说明"] == "不是数"


def test_the_long_sheet_has_a_line_a_figure_as_in_the_results(year):
    told = sheets(nation_tables.nation_workbook(Index.of(year)))["逐项"]
    head, *rows = told
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    assert [sum(line["县代码"] == f"91000{n}" for line in lines) for n in range(1, 5)] == [
        6 + 1 + 1 + 3, 5 + 1 + 1, 3, 0]
    first = {(line["类别"], line["编号"], line["学段"]): line for line in lines
             if line["县代码"] == "910001"}
    wanted = {"数值": 8.25, "比较": ">=", "限值": 8, "单位": "元", "状态": "达标"}
    assert {name: first["指标", "G8", None][name] for name in wanted} == wanted
    assert first["指标", "R1", None]["理由"] == "R1的理由"
    assert first["差异系数", "R1", "小学"]["数值"] == 0.123456789012345
    missing = first["差异系数", "R1", "初中"]
    assert (missing["数值"], missing["状态"], missing["理由"]) == (None, "待核", "有学校缺数据")
    assert {line["年份"] for line in lines} == {YEAR}


@pytest.mark.parametrize("make", [
    nation_tables.nation_workbook, nation_tables.nation_parquet], ids=["xlsx", "parquet"])
def test_twice_gives_the_same_bytes(make, year):
    if make is nation_tables.nation_parquet:
        pytest.importorskip("pyarrow", reason="没有 pyarrow（make parquet）")
    first = make(Index.of(year))
    time.sleep(2.1)  # a zip tells the time in steps of two seconds
    assert make(Index.of(year)) == first


def test_names_are_text_in_excel(tmp_path):
    folder = tmp_path / str(YEAR)
    for number, name in enumerate(EVIL):
        stand(folder, results(f"91000{number}", name))
    told = sheets(nation_tables.nation_workbook(Index.of(folder)))
    assert [row[1] for row in told["各县"][1:]] == [*EVIL]


def test_the_parquet_tables_have_types_and_nulls_and_the_values_of_the_index(year):
    parquet = pytest.importorskip("pyarrow.parquet", reason="没有 pyarrow（make parquet）")
    index = Index.of(year)
    files = nation_tables.nation_parquet(index)
    counties, figures = (parquet.read_table(io.BytesIO(files[name])) for name in (
        nation_tables.COUNTIES, nation_tables.FIGURES))
    assert counties.column_names == [heading.name for heading in HEADINGS]
    types = {field.name: str(field.type) for field in counties.schema}
    assert (types["code"], types["met"], types["primary_largest_cv"]) == (
        "large_string", "int64", "double")
    write_index(year)
    told = json.loads((year / "index.json").read_text("utf-8"))["counties"]
    decimal = {heading.name for heading in HEADINGS if heading.kind == nation_tables.DECIMAL}
    assert counties.to_pylist() == [
        {name: float(value) if name in decimal and value else value
         for name, value in line.items() if name != "files"} for line in told]
    assert figures.num_rows == 11 + 7 + 3
    assert figures.column("value").null_count == figures.num_rows - 5


def test_without_pyarrow_it_is_said_and_no_older_table_is_left(year, monkeypatch):
    pytest.importorskip("pyarrow", reason="没有 pyarrow（make parquet）")
    assert write_index(year)[1] == []
    assert (year / "nation.parquet").is_file() and "nation.parquet" in (
        year / "index.html").read_text("utf-8")
    monkeypatch.setattr(nation_tables.importlib.util, "find_spec", lambda name: None)
    said, = write_index(year)[1]
    assert "没有安装 pyarrow" in said and "make parquet" in said
    assert [*year.glob("*.parquet")] == []
    assert "nation.parquet" not in (year / "index.html").read_text("utf-8")
    assert (year / "nation.xlsx").is_file()


def test_with_pyarrow_beside_pandas_a_settled_process_has_one_thread():
    pytest.importorskip("pyarrow", reason="没有 pyarrow（make parquet）")
    told = subprocess.run(
        [sys.executable, "-c", "import os, pandas, sys; assert 'pyarrow' in sys.modules; "
                               "print(len(os.listdir('/proc/self/task')))"],
        env=fixed_environment(), capture_output=True, text=True, check=True)
    assert told.stdout == "1\n"
