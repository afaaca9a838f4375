#!/usr/bin/env bash
# python-calamine reads only the first column of an .xlsb that SheetJS writes, without an error.
#
# Versions: SheetJS (npm xlsx) 0.18.5, python-calamine 0.9.1; Python 3.11, Node 20.
# Web portals let schools download their tables through SheetJS. Its binary workbook is read back
# whole by SheetJS itself; calamine (also behind polars.read_excel and pandas engine="calamine")
# gives one column of four and says nothing; the same rows saved as .xlsx come back whole.
#
# Seen:
#   xlsx rows 3, columns 4
#   xlsb rows 3, columns 1: [['学校标识码'], ['2199000001'], ['2199000002']]
#   SheetJS itself: rows 3, columns 4
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --disable-pip-version-check python-calamine==0.9.1 &&
  npm init -y && npm install --silent --no-audit --no-fund xlsx@0.18.5; } >log 2>&1 || { cat log; exit 2; }
cat >write.js <<'JS'
const X = require('xlsx');
const rows = [['学校标识码', '学校名称', '在校生数', '教学仪器设备值(万元)'],
              ['2199000001', '第一小学', 320, 80.5], ['2199000002', '第二小学', 410, 96]];
const book = X.utils.book_new();
X.utils.book_append_sheet(book, X.utils.aoa_to_sheet(rows), '学校情况');
for (const kind of ['xlsx', 'xlsb']) X.writeFile(book, 'schools.' + kind);
const back = X.utils.sheet_to_json(X.readFile('schools.xlsb').Sheets['学校情况'], {header: 1});
console.log(`SheetJS itself: rows ${back.length}, columns ${back[0].length}`);
JS
cat >read.py <<'PY'
import sys
from python_calamine import CalamineWorkbook
widths = {}
for kind in ("xlsx", "xlsb"):
    sheet = CalamineWorkbook.from_path(f"schools.{kind}").get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    widths[kind] = {len(row) for row in rows}
    print(kind, f"rows {len(rows)}, columns {len(rows[0])}" + (f": {rows}" if kind == "xlsb" else ""))
sys.exit(widths != {"xlsx": {4}, "xlsb": {1}})
PY
itself=$(node write.js) || exit 2
echo "$itself"
[ "$itself" = "SheetJS itself: rows 3, columns 4" ] || exit 1
v/bin/python read.py
