#!/usr/bin/env bash
# Gnumeric exports a count whose number format is G/通用格式 as a day: 1200 pupils are 1903/04/14 in
# the csv, and a school's 45170 yuan are the first of September 2023.
#
# Versions: Gnumeric 1.12.55 (Debian 12), openpyxl 3.1.5 writes; Python 3.11.
# G/通用格式 is the name that Chinese Excel shows for General and asks for in a user's own format;
# Excel stores the English word, programs that are handed the Chinese one (public code for jxl and POI does)
# store it as it is. Gnumeric, it seems, takes the G for the era of a date: the cell counts as one,
# and the csv writes days in a form of its own, with no message. In HTML the number is gone and
# /通用格式 stands there. General"名" is right, [DBNum1] before it makes it no date, and the raw export
# to text (-O format=raw) is right. LANG=C and zh_CN give the same.
#
# Seen (format: 1200, 45170 in the csv):
#   General"名": 1200, 45170
#   G/通用格式: 1903/04/14, 2023/09/01
#   G/通用格式"名": 1903/04/14, 2023/09/01
#   [DBNum1]G/通用格式"名": 1200, 45170
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check openpyxl==3.1.5 &&
  ssconvert --version; } >log 2>&1 || { cat log; exit 2; }
cat >counts.py <<'PY'
import csv
import sys
import openpyxl
FORMATS = 'General"名"', "G/通用格式", 'G/通用格式"名"', '[DBNum1]G/通用格式"名"'
if sys.argv[1:] == ["write"]:
    book = openpyxl.Workbook()
    for row, code in enumerate(FORMATS, 1):
        for column, count in enumerate((1200, 45170), 1):
            book.active.cell(row, column, count).number_format = code
    book.save("counts.xlsx")
else:
    with open("counts.csv", encoding="utf-8", newline="") as file:
        for code, found in zip(FORMATS, csv.reader(file), strict=True):
            print(f"{code}:", ", ".join(found))
PY
export PYTHONUTF8=1 LC_ALL=C.UTF-8
v/bin/python counts.py write && ssconvert counts.xlsx counts.csv >log 2>&1 || { cat log; exit 2; }
said=$(v/bin/python counts.py)
echo "$said"
[ "$said" = 'General"名": 1200, 45170
G/通用格式: 1903/04/14, 2023/09/01
G/通用格式"名": 1903/04/14, 2023/09/01
[DBNum1]G/通用格式"名": 1200, 45170' ]
