#!/usr/bin/env bash
# Gnumeric reads a figure that a school left blank in a .dbf for 0, and a blank day for a text of
# eight blanks: who did not report pupils has none, and the mean of the schools falls.
#
# Versions: Gnumeric 1.12.55 (Debian 12), dbf 0.99.11 writes, dbfread 2.0.7, SheetJS (npm xlsx)
# 0.18.5; Python 3.11.
# School statistics of older years are handed on as .dbf in GBK. A numeric field that was not filled
# in holds blanks; a 0 is written as 0. dbfread gives None, SheetJS no cell, Gnumeric 0 for both,
# so that nobody can tell them apart afterwards. Letters of GBK and a blank yes/no field are right.
#
# Seen (pupils and day of the school that left both blank | of the one that reported 0 pupils):
#   dbfread: None None | 0 2023-09-01
#   SheetJS: nothing nothing | 0 20230901
#   Gnumeric: 0 '        ' | 0 '2023/09/01'
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check dbf==0.99.11 dbfread==2.0.7 &&
  npm install --silent --no-save --ignore-scripts xlsx@0.18.5 && ssconvert --version; } >log 2>&1 || { cat log; exit 2; }
cat >schools.py <<'PY'
import csv
import sys
import dbf
from dbfread import DBF
if sys.argv[1:] == ["write"]:
    table = dbf.Table("schools.dbf", "code C(10); name C(30); pupils N(8,0); day D", codepage="cp936", dbf_type="vfp")
    table.open(dbf.READ_WRITE)
    table.append(("2199000002", "第二小学", None, None))
    table.append(("2199000003", "第三小学", 0, dbf.Date(2023, 9, 1)))
    table.close()
    print("dbfread:", " | ".join(f"{row['PUPILS']} {row['DAY']}" for row in DBF("schools.dbf")))
else:
    with open("schools.csv", encoding="utf-8", newline="") as file:
        print("Gnumeric:", " | ".join(f"{row['PUPILS']} {row['DAY']!r}" for row in csv.DictReader(file)))
PY
cat >schools.js <<'JS'
const XLSX = require("xlsx");
const book = XLSX.readFile("schools.dbf", {codepage: 936});
const rows = XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], {raw: false});
console.log("SheetJS:", rows.map((row) => `${row.PUPILS ?? "nothing"} ${row.DAY || "nothing"}`).join(" | "));
JS
export PYTHONUTF8=1 LC_ALL=C.UTF-8
said=$(v/bin/python schools.py write && node schools.js && ssconvert schools.dbf schools.csv >log 2>&1 &&
  v/bin/python schools.py) || { cat log; exit 2; }
echo "$said"
[ "$said" = "dbfread: None None | 0 2023-09-01
SheetJS: nothing nothing | 0 20230901
Gnumeric: 0 '        ' | 0 '2023/09/01'" ]
