"""The example county written by the programs that our users' portals run, here and now.

Committed files (`tests/corpus/files/written`) hold one sheet as each program once wrote it; this
drill has the program itself write all sheets of the example county: saved anew, or from its values.
A program that is not here is skipped with its name. Those that are no Python packages of ours are
looked for in the folder that ``WRITERS`` names: `npm install --prefix $WRITERS exceljs xlsx`,
`pip install --target $WRITERS/py polars polars-runtime-32 pyexcelerate`; R's packages in its own
library or in `$WRITERS/r`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tables import YEAR
from test_resaved import EXAMPLE, handed_in, said

from pipeline.definitions.base import DATA

pytestmark = pytest.mark.slow
HERE, RAW = Path(os.environ.get("WRITERS", "/nonexistent")), DATA / "raw" / str(YEAR) / EXAMPLE
IN_R = {
    "openxlsx saves anew": ("openxlsx", "saveWorkbook(loadWorkbook(a[1]), a[2], overwrite=TRUE)"),
    "openxlsx from values": ("openxlsx", "n <- getSheetNames(a[1]); "
                             "write.xlsx(setNames(lapply(n, function(s) read.xlsx(a[1], s, "
                             "colNames=FALSE, skipEmptyRows=FALSE, skipEmptyCols=FALSE)), n), "
                             "a[2], colNames=FALSE)"),
    "writexl from values": ("writexl", "library(openxlsx); n <- getSheetNames(a[1]); "
                            "write_xlsx(setNames(lapply(n, function(s) read.xlsx(a[1], s, "
                            "colNames=FALSE, skipEmptyRows=FALSE, skipEmptyCols=FALSE)), n), "
                            "a[2], col_names=FALSE)")}
IN_NODE = {
    "exceljs saves anew": ("exceljs", "const b = new x.Workbook(); b.xlsx.readFile(a[0])"
                           ".then(() => b.xlsx.writeFile(a[1]))"),
    "exceljs from values": ("exceljs", "const b = new x.Workbook(); for (const [n, rows] of "
                            "Object.entries(lines)) { const s = b.addWorksheet(n); "
                            "rows.forEach(r => s.addRow(r)) } b.xlsx.writeFile(a[1])"),
    "SheetJS saves anew": ("xlsx", "x.writeFile(x.readFile(a[0], {cellNF: true}), a[1])"),
    "SheetJS from values": ("xlsx", "const b = x.utils.book_new(); for (const [n, rows] of "
                            "Object.entries(lines)) x.utils.book_append_sheet(b, "
                            "x.utils.aoa_to_sheet(rows), n); x.writeFile(b, a[1])"),
    "SheetJS as .xls": ("xlsx", "x.writeFile(x.readFile(a[0], {cellNF: true}), "
                        "a[1].replace('.xlsx', '.xls'), {bookType: 'biff8'})")}
IN_PYTHON = {
    "pandas": ("pandas", "with m.ExcelWriter(out, engine='openpyxl') as w:\n"
               "    for n, rows in lines.items():\n        m.DataFrame(rows, dtype=object)"
               ".to_excel(w, sheet_name=n, header=False, index=False)\n"),
    "Polars": ("polars", "import xlsxwriter\nwith xlsxwriter.Workbook(out) as b:\n"
               "    for n, rows in lines.items():\n        wide = range(max(map(len, rows)))\n"
               "        columns = {str(i): [None if r[i] is None else str(r[i]) for r in rows] "
               "for i in wide}\n"
               "        m.DataFrame(columns, schema=dict.fromkeys(columns, m.String))"
               ".write_excel(b, n, include_header=False)\n"),
    "PyExcelerate": ("pyexcelerate", "b = m.Workbook()\nfor n, rows in lines.items():\n"
                     "    full = [['' if v is None else v for v in r] for r in rows]\n"
                     "    b.new_sheet(n, data=full)\n"
                     "b.save(out)\n")}


def lines() -> dict[str, list]:
    """Return sheet → its values, of the example county as it is shipped."""
    book = load_workbook(RAW, data_only=True)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
            for sheet in book}


def ran(folder: Path, *command: str, **variables: str) -> None:
    """Run a program in a folder; skip where it says that what it needs is not here."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600,
                          env=os.environ | variables, check=False)
    if "there is no package called" in done.stderr or "Cannot find module" in done.stderr or (
            "ModuleNotFoundError" in done.stderr):
        pytest.skip(f"not here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr


def needed(program: str) -> str:
    return shutil.which(program) or pytest.skip(f"no {program} here")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a folder with the county's workbook under each name, and its values as JSON."""
    folder = tmp_path_factory.mktemp("county")
    (folder / "formats.xlsx").write_bytes(handed_in())
    (folder / "plain.xlsx").write_bytes(RAW.read_bytes())
    (folder / "lines.json").write_text(json.dumps(lines(), default=str), "utf-8")
    return folder


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """Return what the county says: with formats and dates, and plain."""
    return {"formats": said(tmp_path_factory.mktemp("formats"), EXAMPLE, handed_in()),
            "plain": said(tmp_path_factory.mktemp("plain"), EXAMPLE, RAW.read_bytes())}


def compared(tmp_path, out: Path, wanted: dict) -> None:
    name = f"990101_示例县{out.suffix}"
    assert said(tmp_path, name, out.read_bytes()) == wanted


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_gnumeric_saves_the_same_county(kind, written, right, tmp_path):
    out = tmp_path / f"out.{kind}"
    ran(tmp_path, needed("ssconvert"), str(written / "formats.xlsx"), str(out))
    compared(tmp_path, out, right["formats"])


@pytest.mark.parametrize("how", IN_R)
def test_r_writes_the_same_county(how, written, right, tmp_path):
    package, code = IN_R[how]
    kind, out = "formats" if "anew" in how else "plain", tmp_path / "out.xlsx"
    ran(tmp_path, needed("Rscript"), "-e", f"a <- commandArgs(TRUE); library({package}); {code}",
        str(written / f"{kind}.xlsx"), str(out), R_LIBS=str(HERE / "r"))
    compared(tmp_path, out, right[kind])


@pytest.mark.parametrize("how", IN_NODE)
def test_javascript_writes_the_same_county(how, written, right, tmp_path):
    package, code = IN_NODE[how]
    kind, out = "plain" if "values" in how else "formats", tmp_path / "out.xlsx"
    ran(tmp_path, needed("node"), "-e", f"const x = require('{package}'), a = process.argv.slice(1)"
        f", lines = JSON.parse(require('fs').readFileSync(a[2])); {code}",
        str(written / f"{kind}.xlsx"), str(out), str(written / "lines.json"),
        NODE_PATH=str(HERE / "node_modules"))
    compared(tmp_path, next(tmp_path.glob("out.xls*")), right[kind])


@pytest.mark.parametrize("how", IN_PYTHON)
def test_python_writes_the_same_county(how, written, right, tmp_path):
    package, code = IN_PYTHON[how]
    out = tmp_path / "out.xlsx"
    ran(tmp_path, sys.executable, "-c", f"import json, sys\nimport {package} as m\n"
        f"out, lines = sys.argv[1], json.load(open(sys.argv[2], encoding='utf-8'))\n{code}",
        str(out), str(written / "lines.json"), PYTHONPATH=str(HERE / "py"))
    compared(tmp_path, out, right["plain"])
