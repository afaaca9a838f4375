#!/usr/bin/env bash
# A wrong number that is blanked with openpyxl's cell(row, column, None) stays in the workbook: the
# call that writes 0 or a text writes nothing for None, while the other two ways of writing do.
#
# Versions: openpyxl 3.1.5; Python 3.11.
# Worksheet.cell() takes a value to be set, and cannot tell "none given" from "None given". A loop
# that lays a corrected table over the old one, as a data frame's rows with None for what is not
# known, leaves every old figure where the new one is missing, and the sum counts it. Setting
# .value or ws["B3"] to None does clear the cell.
#
# Seen (pupils of three schools, the second corrected to None, by the way of writing):
#   cell(row, column, None): 320, 9999, 290, sum 10609
#   cell(row, column).value = None: 320, None, 290, sum 610
#   ws["B3"] = None: 320, None, 290, sum 610
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check openpyxl==3.1.5; } >log 2>&1 || { cat log; exit 2; }
cat >clear.py <<'PY'
import openpyxl
def by_call(sheet):
    sheet.cell(3, 2, None)
def by_value(sheet):
    sheet.cell(3, 2).value = None
def by_name(sheet):
    sheet["B3"] = None
for told, way in (("cell(row, column, None)", by_call), ("cell(row, column).value = None", by_value), ('ws["B3"] = None', by_name)):
    book = openpyxl.Workbook()
    for row in (("学校", "学生数"), ("A", 320), ("B", 9999), ("C", 290)):
        book.active.append(row)
    way(book.active)
    book.save("schools.xlsx")
    pupils = [row[1] for row in openpyxl.load_workbook("schools.xlsx").active.iter_rows(min_row=2, values_only=True)]
    print(f"{told}: {', '.join(map(str, pupils))}, sum {sum(p or 0 for p in pupils)}")
PY
said=$(PYTHONUTF8=1 v/bin/python clear.py)
echo "$said"
[ "$said" = 'cell(row, column, None): 320, 9999, 290, sum 10609
cell(row, column).value = None: 320, None, 290, sum 610
ws["B3"] = None: 320, None, 290, sum 610' ]
