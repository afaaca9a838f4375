#!/usr/bin/env bash
# A date under one of the built-in formats of Chinese Excel (27–36, 50–58) is a plain number to
# openpyxl, pandas and exceljs, and a date to calamine and SheetJS.
#
# Versions: XlsxWriter 3.3.1 writes; openpyxl 3.1.5, pandas 3.1.1, exceljs 4.4.0, python-calamine
# 0.9.1, SheetJS (npm xlsx) 0.18.5 read; Python 3.11, Node 20.
# The standard (ECMA-376 part 1, 18.8.30) lists these formats for zh-cn by number alone: format 31
# is yyyy"年"m"月"d"日", and no code for it need stand in the file. A column 建校日期 that a
# clerk formatted so arrives as 45170 in one program and as 2023-09-01 in the next.
#
# Seen, for 45170 under formats 14, 27, 31, 36, 57:
#   openpyxl  date number number number number
#   pandas    date number number number number
#   exceljs   date number number number number
#   calamine  date date date date date
#   SheetJS   date date date date date
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --disable-pip-version-check XlsxWriter==3.3.1 \
    openpyxl==3.1.5 pandas==3.1.1 python-calamine==0.9.1 && npm init -y &&
  npm install --silent --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
import datetime
import openpyxl, pandas, xlsxwriter
from python_calamine import CalamineWorkbook
FORMATS = (14, 27, 31, 36, 57)
book = xlsxwriter.Workbook("days.xlsx")
sheet = book.add_worksheet("学校情况")
for row, number in enumerate(FORMATS):
    sheet.write_number(row, 0, 45170, book.add_format({"num_format": number}))
book.close()
def told(name, values):
    print(f"{name:9}", *("date" if isinstance(v, datetime.date) else "number" for v in values))
told("openpyxl", [row[0].value for row in openpyxl.load_workbook("days.xlsx").active])
told("pandas", pandas.read_excel("days.xlsx", header=None, engine="openpyxl")[0])
told("calamine", [row[0] for row in CalamineWorkbook.from_path("days.xlsx").get_sheet_by_index(0).to_python()])
PY
cat >try.js <<'JS'
const told = (name, values) => console.log(name.padEnd(9),
  values.map(v => v instanceof Date ? 'date' : typeof v).join(' '));
const X = require('xlsx'), E = require('exceljs');
const sheet = X.readFile('days.xlsx', {cellDates: true}).Sheets['学校情况'];
told('SheetJS', X.utils.sheet_to_json(sheet, {header: 1}).map(row => row[0]));
const book = new E.Workbook();
book.xlsx.readFile('days.xlsx').then(() => {
  const values = [];
  book.worksheets[0].eachRow(row => values.push(row.getCell(1).value));
  told('exceljs', values);
});
JS
{ v/bin/python try.py && node try.js; } >seen || { cat seen; exit 2; }
cat seen
n="number number number number" d="date date date date"
sort seen | tr -s ' ' | cmp -s - <(printf '%s\n' "SheetJS date $d" "calamine date $d" "exceljs date $n" \
  "openpyxl date $n" "pandas date $n" | sort)
