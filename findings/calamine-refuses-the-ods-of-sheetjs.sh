#!/usr/bin/env bash
# python-calamine cannot open an .ods that SheetJS writes; pandas with odfpy and SheetJS
# itself open it.
#
# Versions: SheetJS (npm xlsx) 0.18.5, python-calamine 0.9.1, odfpy 1.4.1, pandas 3.1.1;
# Python 3.11, Node 20.
# Portals that offer "OpenDocument" to a school write it with SheetJS. The error names no
# sheet and no cell, so a reader that hands it on tells a clerk nothing about the remedy.
#
# Seen:
#   SheetJS itself: [["学校标识码","在校生数"],["2199000001",320]]
#   pandas with odfpy: [['学校标识码', '在校生数'], ['2199000001', 320]]
#   calamine: CalamineError Expecting 'table-cell', found 'Text(BytesText { content: ... })'
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --disable-pip-version-check python-calamine==0.9.1 \
    odfpy==1.4.1 pandas==3.1.1 &&
  npm init -y && npm install --silent --no-audit --no-fund xlsx@0.18.5; } >log 2>&1 || { cat log; exit 2; }
cat >write.js <<'JS'
const X = require('xlsx');
const book = X.utils.book_new();
X.utils.book_append_sheet(book, X.utils.aoa_to_sheet([['学校标识码', '在校生数'], ['2199000001', 320]]), '学校情况');
X.writeFile(book, 'schools.ods');
const back = X.utils.sheet_to_json(X.readFile('schools.ods').Sheets['学校情况'], {header: 1});
console.log('SheetJS itself:', JSON.stringify(back));
JS
cat >read.py <<'PY'
import sys
import pandas
from python_calamine import CalamineError, CalamineWorkbook
print("pandas with odfpy:", pandas.read_excel("schools.ods", engine="odf", header=None).values.tolist())
try:
    print("calamine:", CalamineWorkbook.from_path("schools.ods").get_sheet_by_index(0).to_python())
except CalamineError as fault:
    print("calamine:", type(fault).__name__, fault)
    sys.exit(0)
sys.exit(1)
PY
node write.js || exit 2
v/bin/python read.py
