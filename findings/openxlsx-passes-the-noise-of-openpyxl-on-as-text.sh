#!/usr/bin/env bash
# 95.9 becomes the text 95.90000000000001 on its way from openpyxl through R's openxlsx: a music room
# of 96 square metres, and every figure at a limit, may end on the other side of it.
#
# Versions: openpyxl 3.1.5; Python 3.11; R 4.2.2 with openxlsx 4.2.5.2.
# openpyxl stores a number with 16 digits, one more than a double is sure of. A column of a form has
# a heading over its figures, so that read.xlsx(colNames = FALSE) reads it as texts: it takes the
# stored letters as they are, where Excel, LibreOffice and R itself print 95.9. write.xlsx then
# writes the noise as a text, which no reader of numbers rounds any more.
#
# Seen (area of a room, as each says it):
#   stored by openpyxl: 95.90000000000001
#   read.xlsx: 95.90000000000001
#   R itself: 95.9
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check openpyxl==3.1.5; } >log 2>&1 || { cat log; exit 2; }
Rscript -e 'library(openxlsx)' >log 2>&1 || { cat log; exit 2; }
said=$(v/bin/python -c '
import openpyxl, zipfile, re
book = openpyxl.Workbook()
for row in (["area"], [95.9]):
    book.active.append(row)
book.save("rooms.xlsx")
part = zipfile.ZipFile("rooms.xlsx").read("xl/worksheets/sheet1.xml").decode()
print("stored by openpyxl:", re.search("<v>(95[^<]*)</v>", part)[1])'
Rscript -e 'library(openxlsx); cat("read.xlsx:", read.xlsx("rooms.xlsx", 1, colNames = FALSE)[2, 1], "\nR itself:", as.character(95.9), "\n")' | sed 's/ *$//')
echo "$said"
[ "$said" = 'stored by openpyxl: 95.90000000000001
read.xlsx: 95.90000000000001
R itself: 95.9' ]
