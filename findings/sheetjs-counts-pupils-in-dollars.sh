#!/usr/bin/env bash
# SheetJS puts a dollar sign before every number whose format names a language: 320 pupils are $320,
# 98.5 per cent $98.5%, and 1,234,567 yuan in capitals $1234567元, in CSV and HTML alike.
#
# Versions: SheetJS (npm xlsx) 0.18.5, numfmt 3.2.4 for comparison, XlsxWriter 3.3.1 writes; Node 20,
# Python 3.11.
# [$-804] in a format says that what follows is Chinese and holds no sign of money: the text between
# $ and - is empty (ECMA-376 part 1, 18.8.31). Chinese Excel writes it with the formats 中文小写数字 and
# 中文大写数字 of its list, [DBNum1][$-804]General and [DBNum2][$-804]General. SheetJS takes what stands
# between and puts a $ where nothing stands; numbers in Chinese are not made either, which is
# merely missing. A date with [$-804] is right, and so is [$¥-804]. No report of it was found.
#
# Seen (what sheet_to_csv of SheetJS writes, numfmt):
#   [DBNum1][$-804]General: $320, 320
#   [$-804]0.0%: $98.5%, 98.5%
#   [DBNum2][$-804]General"元": $1234567元, 1234567元
#   [$¥-804]0: ¥320, ¥320
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check XlsxWriter==3.3.1 &&
  npm init -y && npm install --silent --no-audit --no-fund xlsx@0.18.5 numfmt@3.2.4; } >log 2>&1 || { cat log; exit 2; }
cat >write.py <<'PY'
import xlsxwriter
with xlsxwriter.Workbook("school.xlsx") as book:
    sheet = book.add_worksheet("学校")
    for row, (number, shown) in enumerate([(320, "[DBNum1][$-804]General"), (0.985, "[$-804]0.0%"),
                                           (1234567, '[DBNum2][$-804]General"元"'), (320, "[$¥-804]0")]):
        sheet.write_number(row, 0, number, book.add_format({"num_format": shown}))
PY
cat >read.mjs <<'JS'
import X from 'xlsx';
import { format } from 'numfmt';
const sheet = X.readFile('school.xlsx', {cellNF: true}).Sheets['学校'];
X.utils.sheet_to_csv(sheet).trim().split('\n').forEach((text, row) => {
  const cell = sheet['A' + (row + 1)];
  console.log(`${cell.z}: ${text}, ${format(cell.z, cell.v)}`);
});
JS
PYTHONUTF8=1 v/bin/python write.py || exit 2
said=$(node read.mjs)
echo "$said"
[ "$said" = '[DBNum1][$-804]General: $320, 320
[$-804]0.0%: $98.5%, 98.5%
[DBNum2][$-804]General"元": $1234567元, 1234567元
[$¥-804]0: ¥320, ¥320' ]
