#!/usr/bin/env bash
# SheetJS turns 123.5 万元 into 12.35 and 4.5 万元 into .45 where a workbook shows ten thousands by its
# number format: sheet_to_csv and sheet_to_html write that text and not the number in the cell.
#
# Versions: SheetJS (npm xlsx) 0.18.5, numfmt 3.2.4 for comparison, XlsxWriter 3.3.1 writes; Node 20,
# Python 3.11. LibreOffice 7.4 shows such numbers as numfmt does.
# A format has no power for 万, since a comma divides by a thousand. The usual way is 0\.0,"万元": the comma
# divides, and a point that is mere text (after a backslash, ECMA-376 part 1, 18.8.31) stands before
# the last digit. SheetJS takes the first point it meets for the decimal one and prints a thousandth
# with decimals. In one column budgets are a tenth of what Excel shows; with 0\.00, and another digit
# it is a hundredth. sheet_to_json gives the number. A report of 2020 (ssf 68) is about several points
# in one format, such as 00.00.00; the loss of a factor was not found reported.
#
# Seen (what the cell holds: sheet_to_csv of SheetJS, numfmt):
#   1234567 by 0\.0,"万元": 12.35万元, 123.5万元
#   45000 by 0\.0,"万元": .45万元, 4.5万元
#   1234567 by 0\.00,"万元": 1.235万元, 12.35万元
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check XlsxWriter==3.3.1 &&
  npm init -y && npm install --silent --no-audit --no-fund xlsx@0.18.5 numfmt@3.2.4; } >log 2>&1 || { cat log; exit 2; }
cat >write.py <<'PY'
import xlsxwriter
with xlsxwriter.Workbook("budget.xlsx") as book:
    sheet = book.add_worksheet("经费")
    for row, (number, shown) in enumerate([(1234567, '0\\.0,"万元"'), (45000, '0\\.0,"万元"'),
                                           (1234567, '0\\.00,"万元"')]):
        sheet.write_number(row, 0, number, book.add_format({"num_format": shown}))
PY
cat >read.mjs <<'JS'
import X from 'xlsx';
import { format } from 'numfmt';
const sheet = X.readFile('budget.xlsx', {cellNF: true}).Sheets['经费'];
X.utils.sheet_to_csv(sheet).trim().split('\n').forEach((text, row) => {
  const cell = sheet['A' + (row + 1)];
  console.log(`${cell.v} by ${cell.z}: ${text}, ${format(cell.z, cell.v)}`);
});
JS
PYTHONUTF8=1 v/bin/python write.py || exit 2
said=$(node read.mjs)
echo "$said"
[ "$said" = '1234567 by 0\.0,"万元": 12.35万元, 123.5万元
45000 by 0\.0,"万元": .45万元, 4.5万元
1234567 by 0\.00,"万元": 1.235万元, 12.35万元' ]
