#!/usr/bin/env bash
# tablib reads only the first scrap of a text cell in an .ods: of a cell with a note it gives the
# note's date and not the text, and after two blanks, a line break or a change of type it stops.
#
# Versions: tablib 3.10.0, odfpy 1.4.1, pandas 3.1.1; Python 3.11.
# tablib is what portals in Django import their tables with. Its read_cell (formats/_ods.py) loops
# over the children of the cell and returns in the first round. LibreOffice writes a note before
# the text, keeps two blanks as an element of their own, and a line within a cell as a paragraph.
# pandas reads the same cells whole. Nothing is said, and a number with a note is a ValueError.
#
# Seen (第一小学; with a note; partly bold; 张  三 with two blanks; on two lines):
#   tablib: ['第一小学', '2023-09-01T00:00:00', '第一小学', '张', '第一小学']
#   pandas: ['第一小学', '第一小学', '第一小学（东校区）', '张  三', '第一小学\n东校区']
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    tablib==3.10.0 odfpy==1.4.1 pandas==3.1.1; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
import pandas, tablib
from odf.dc import Date
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P, S, Span
def holding(element, *parts):
    for part in parts:
        element.addText(part) if isinstance(part, str) else element.addElement(part)
    return element
def cell(*parts):
    return holding(TableCell(valuetype="string"), *parts)
note = holding(Annotation(), Date(text="2023-09-01T00:00:00"), holding(P(), "合并后的校名"))
row = holding(TableRow(), cell(holding(P(), "第一小学")), cell(note, holding(P(), "第一小学")),
              cell(holding(P(), "第一小学", Span(text="（东校区）"))), cell(holding(P(), "张", S(c=2), "三")),
              cell(holding(P(), "第一小学"), holding(P(), "东校区")))
book = OpenDocumentSpreadsheet()
book.spreadsheet.addElement(holding(Table(name="学校情况"), row))
book.save("schools.ods")
with open("schools.ods", "rb") as file:
    print("tablib:", list(tablib.Dataset().load(file.read(), format="ods", headers=False)[0]))
print("pandas:", pandas.read_excel("schools.ods", engine="odf", header=None).values.tolist()[0])
PY
said=$(PYTHONUTF8=1 v/bin/python try.py)
echo "$said"
[ "$said" = "tablib: ['第一小学', '2023-09-01T00:00:00', '第一小学', '张', '第一小学']
pandas: ['第一小学', '第一小学', '第一小学（东校区）', '张  三', '第一小学\\n东校区']" ]
