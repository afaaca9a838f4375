#!/usr/bin/env bash
# Python's formulas adds up and counts a number that a clerk typed as text, which Excel passes over:
# five schools have 2,600 pupils and not 1,400, and SUM / COUNT is 520 for 350.
#
# Versions: formulas 1.3.4, openpyxl 3.1.5, hyperformula 3.5.0 (npm) for comparison; Python 3.11, Node 20.
# A cell with '1200 (green corner) is the most usual fault of a school's workbook. Of text in a reference
# Excel's documentation of SUM, COUNT, AVERAGE and MAX says that it is ignored, and SUMIF's and COUNTIF's
# ">300" compare numbers only. formulas computes a workbook without Excel, and takes the text for 1200
# in these four and in SUMPRODUCT; LARGE ignores it; AVERAGE, MAX, MEDIAN and STDEV.P give #VALUE!.
# So an index with AVERAGE fails in the open and one that divides SUM by COUNT is a third
# too large in silence. No report was found.
#
# Seen (pupils 320, 410, '1200, 380, 290):
#   SUM: formulas 2600, HyperFormula 1400
#   COUNT: formulas 5, HyperFormula 4
#   SUMIF >300: formulas 2310, HyperFormula 1110
#   COUNTIF >300: formulas 4, HyperFormula 3
#   LARGE: formulas 410, HyperFormula 410
#   AVERAGE: formulas #VALUE!, HyperFormula 350
#   SUM / COUNT: formulas 520, HyperFormula 350
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check formulas==1.3.4 openpyxl==3.1.5 &&
  npm init -y && npm install --silent --no-audit --no-fund hyperformula@3.5.0; } >log 2>&1 || { cat log; exit 2; }
cat >asked.json <<'JSON'
{"SUM": "=SUM(A1:A5)", "COUNT": "=COUNT(A1:A5)", "SUMIF >300": "=SUMIF(A1:A5,\">300\",A1:A5)",
 "COUNTIF >300": "=COUNTIF(A1:A5,\">300\")", "LARGE": "=LARGE(A1:A5,1)", "AVERAGE": "=AVERAGE(A1:A5)",
 "SUM / COUNT": "=SUM(A1:A5)/COUNT(A1:A5)"}
JSON
cat >hyper.js <<'JS'
const { HyperFormula } = require('hyperformula');
const sheet = HyperFormula.buildFromArray([[320], [410], ["'1200"], [380], [290]], {licenseKey: 'gpl-v3'});
for (const asked of Object.values(require('./asked.json'))) console.log(sheet.calculateFormula(asked, 0));
JS
cat >calculate.py <<'PY'
import json
import subprocess
import formulas
import openpyxl
asked = json.load(open("asked.json"))
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "S"
for row, value in enumerate((320, 410, "1200", 380, 290), 1):
    sheet.cell(row, 1, value)
for row, formula in enumerate(asked.values(), 1):
    sheet.cell(row, 2, formula)
book.save("pupils.xlsx")
values = formulas.ExcelModel().loads("pupils.xlsx").finish().calculate()
hyper = subprocess.run(["node", "hyper.js"], capture_output=True, text=True, check=True).stdout.split()
for row, (name, other) in enumerate(zip(asked, hyper), 1):
    value = next(cell.value[0, 0] for key, cell in values.items() if key.endswith(f"!B{row}"))
    print(f"{name}: formulas {value if isinstance(value, str) else format(float(value), 'g')}, HyperFormula {other}")
PY
said=$(PYTHONUTF8=1 v/bin/python -W ignore calculate.py 2>/dev/null)
echo "$said"
[ "$said" = 'SUM: formulas 2600, HyperFormula 1400
COUNT: formulas 5, HyperFormula 4
SUMIF >300: formulas 2310, HyperFormula 1110
COUNTIF >300: formulas 4, HyperFormula 3
LARGE: formulas 410, HyperFormula 410
AVERAGE: formulas #VALUE!, HyperFormula 350
SUM / COUNT: formulas 520, HyperFormula 350' ]
