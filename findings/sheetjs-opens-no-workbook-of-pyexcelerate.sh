#!/usr/bin/env bash
# SheetJS from npm cannot open any workbook that PyExcelerate writes, be it of two rows.
#
# Versions: PyExcelerate 0.13.0, openpyxl 3.1.5; SheetJS (npm xlsx) 0.18.5, the last one there,
# exceljs 4.4.0; Python 3.11, Node 20.
# PyExcelerate opens every sheet's part with force_zip64=True (Writer.py), so that the local header
# holds 0xFFFFFFFF and the length stands in the extra field, as the zip format allows at any size.
# SheetJS compares the header with the directory and gives up. Web portals read uploads with it: a
# school is told of a "bad compressed size" by a file that Excel and exceljs open. Saving it again
# with openpyxl helps.
#
# Seen:
#   SheetJS, by PyExcelerate: Bad compressed size: N != 4294967295
#   exceljs, by PyExcelerate: 2 rows
#   SheetJS, saved again by openpyxl: 2 rows
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    PyExcelerate==0.13.0 openpyxl==3.1.5 && npm init -y &&
  npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0; } >log 2>&1 || { cat log; exit 2; }
cat >write.py <<'PY'
import openpyxl, pyexcelerate
book = pyexcelerate.Workbook()
book.new_sheet("学校情况", data=[["学校名称", "在校生数"], ["第一小学", 320]])
book.save("schools.xlsx")
openpyxl.load_workbook("schools.xlsx").save("again.xlsx")
PY
cat >read.js <<'JS'
const X = require('xlsx'), E = require('exceljs');
const sheetjs = file => {
  try { return X.utils.sheet_to_json(X.readFile(file).Sheets['学校情况'], {header: 1}).length + ' rows'; }
  catch (fault) { return fault.message.replace(/: \d+ !=/, ': N !='); }
};
const book = new E.Workbook();
book.xlsx.readFile('schools.xlsx').then(() => {
  console.log('SheetJS, by PyExcelerate: ' + sheetjs('schools.xlsx'));
  console.log('exceljs, by PyExcelerate: ' + book.worksheets[0].actualRowCount + ' rows');
  console.log('SheetJS, saved again by openpyxl: ' + sheetjs('again.xlsx'));
});
JS
PYTHONUTF8=1 v/bin/python -W ignore write.py || exit 2
said=$(node read.js)
echo "$said"
[ "$said" = 'SheetJS, by PyExcelerate: Bad compressed size: N != 4294967295
exceljs, by PyExcelerate: 2 rows
SheetJS, saved again by openpyxl: 2 rows' ]
