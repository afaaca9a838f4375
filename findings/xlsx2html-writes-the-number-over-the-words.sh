#!/usr/bin/env bash
# xlsx2html puts a cell's number where the first digit of its format stands, be it in a word: one teacher to
# 17.5 pupils, shown as 1:17.5, becomes 18:0.0, and 1.2 million yuan shown in thousands a thousand times as much.
#
# Versions: xlsx2html 0.6.4, babel 2.19.0, openpyxl 3.1.5, numfmt 3.2.4 (npm) for comparison; Python 3.11,
# Node 20.
# What stands in double quotes or after a backslash is text, and a comma after the last digit divides by a
# thousand (ECMA-376 part 1, 18.8.31). The format goes to babel, whose patterns quote with ' and
# know no such comma. 师生比 is written 1:17.5, and a year or a class in a heading of units is as usual: "九(1)班"
# becomes class 45 of 九, and no 45 is left beside it. The page looks whole. A report of 2021 (22) is about
# numbers under the format @ for text, which come out as 300 for 345; of the digit in
# a word and of the comma none was found.
#
# Seen (number by format: xlsx2html, numfmt):
#   17.5 by "1:"0.0: "18:"0.0, 1:17.5
#   13.5 by 1\:0.0: 14:0.0, 1:13.5
#   320 by "2023年"0"人": "320年"0"人", 2023年320人
#   45 by "九(1)班"0"人": "九(45)班"0"人", 九(1)班45人
#   1234567 by 0.0,"千元": 1234567.0"千元", 1234.6千元
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    xlsx2html==0.6.4 babel==2.19.0 openpyxl==3.1.5 && npm init -y &&
  npm install --silent --no-audit --no-fund numfmt@3.2.4; } >log 2>&1 || { cat log; exit 2; }
cat >cells.json <<'JSON'
[[17.5, "\"1:\"0.0"], [13.5, "1\\:0.0"], [320, "\"2023年\"0\"人\""], [45, "\"九(1)班\"0\"人\""], [1234567, "0.0,\"千元\""]]
JSON
cat >show.mjs <<'JS'
import { readFileSync } from 'fs';
import { format } from 'numfmt';
for (const [number, shown] of JSON.parse(readFileSync('cells.json'))) console.log(format(shown, number));
JS
cat >show.py <<'PY'
import json
import re
import subprocess
import openpyxl
from xlsx2html import xlsx2html
cells = json.load(open("cells.json", encoding="utf-8"))
book = openpyxl.Workbook()
for row, (number, shown) in enumerate(cells, 1):
    book.active.cell(row, 1, number).number_format = shown
book.save("school.xlsx")
page = xlsx2html("school.xlsx", locale="zh_CN")
page.seek(0)
others = subprocess.run(["node", "show.mjs"], capture_output=True, text=True, check=True).stdout.split()
for (number, shown), text, other in zip(cells, re.findall(r"<td[^>]*>(.*?)</td>", page.read(), re.S), others):
    print(f"{number} by {shown}: {text.strip()}, {other}")
PY
said=$(PYTHONUTF8=1 v/bin/python -W ignore show.py)
echo "$said"
[ "$said" = '17.5 by "1:"0.0: "18:"0.0, 1:17.5
13.5 by 1\:0.0: 14:0.0, 1:13.5
320 by "2023年"0"人": "320年"0"人", 2023年320人
45 by "九(1)班"0"人": "九(45)班"0"人", 九(1)班45人
1234567 by 0.0,"千元": 1234567.0"千元", 1234.6千元' ]
