#!/usr/bin/env bash
# xlsx2csv writes a month where a school has 44.5 m² a pupil, because the letter m of the unit in the
# cell's format is taken for a date; the number is not in the file any more.
#
# Versions: xlsx2csv 0.8.6, openpyxl 3.1.5 writes and reads for comparison; Python 3.11.
# In a number format whatever stands in double quotes or after a backslash is text to be shown beside
# the number (ECMA-376 part 1, 18.8.31). xlsx2csv strips the quotes of some formats only, finds d, m,
# y, h or s in what is left, and puts month, day or second of the number, read as a day of 1900, into
# the text of the format. One column of a book can so lose its numbers while the one beside it, whose
# unit is written with Chinese characters, is whole. An open proposal of 2019 (186) is about quotes
# in the formats of real dates; the loss of numbers was not found reported.
#
# Seen (44.5 in each cell, by format):
#   0.00"m²": 0.00"02²" (openpyxl 44.5)
#   0.00\m\²: 0.0002² (openpyxl 44.5)
#   0" days": 0" 12ays" (openpyxl 44.5)
#   0.00"平方米": 44.5000000 (openpyxl 44.5)
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    xlsx2csv==0.8.6 openpyxl==3.1.5; } >log 2>&1 || { cat log; exit 2; }
cat >units.py <<'PY'
import csv
import openpyxl
from xlsx2csv import Xlsx2csv
book = openpyxl.Workbook()
for row, form in enumerate(('0.00"m²"', "0.00\\m\\²", '0" days"', '0.00"平方米"'), 1):
    book.active.cell(row, 1, form)
    book.active.cell(row, 2, 44.5).number_format = form
book.save("schools.xlsx")
Xlsx2csv("schools.xlsx", outputencoding="utf-8").convert("schools.csv")
sheet = openpyxl.load_workbook("schools.xlsx").active
with open("schools.csv", encoding="utf-8", newline="") as file:
    for (form, told), cells in zip(csv.reader(file), sheet.values):
        print(f"{form}: {told} (openpyxl {cells[1]})")
PY
said=$(PYTHONUTF8=1 v/bin/python units.py)
echo "$said"
[ "$said" = '0.00"m²": 0.00"02²" (openpyxl 44.5)
0.00\m\²: 0.0002² (openpyxl 44.5)
0" days": 0" 12ays" (openpyxl 44.5)
0.00"平方米": 44.5000000 (openpyxl 44.5)' ]
