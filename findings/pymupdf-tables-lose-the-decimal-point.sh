#!/usr/bin/env bash
# The table that PyMuPDF 2.0 finds in a PDF has no decimal point in its place: 0.345 is "0 345" with a
# point on a line of its own, 1,290 pupils are "1 290" and a comma, while the page's text is right.
#
# Versions: pymupdf 2.0, pdfplumber 0.11.8 for comparison, fpdf2 2.8.4 writes the PDF; Python 3.11.
# find_tables().extract() and to_pandas() are what a yearbook's tables are read with. Points and commas
# stand on the line of their figures, with the font's own height; they come out as a second line
# below, and a blank is left in their stead. to_numeric then gives nan, or, where blanks and line ends
# are taken out beforehand, as is done with tables from a PDF, 0.345 is "0345." and 1.250 is 1250. The
# text of the page (get_text) is whole, and PyMuPDF 1.26.4 reads the same table right. Of
# PyMuPDF no report of it was found.
#
# Seen (a table with lines; its two rows, then the second one's number without blanks):
#   pymupdf: [['First', '1 290\n,', '0 345\n.'], ['Second', '320', '1 250\n.']], 1250.0
#   pdfplumber: [['First', '1,290', '0.345'], ['Second', '320', '1.250']], 1.25
#   get_text of pymupdf has 1,290 and 0.345: True
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    pymupdf==2.0 pdfplumber==0.11.8 fpdf2==2.8.4; } >log 2>&1 || { cat log; exit 2; }
cat >tables.py <<'PY'
import fpdf
import pdfplumber
import pymupdf
pdf = fpdf.FPDF()
pdf.add_page()
pdf.set_font("Helvetica", size=11)
with pdf.table() as table:
    for cells in (("School", "Pupils", "Coefficient"), ("First", "1,290", "0.345"), ("Second", "320", "1.250")):
        table.row(cells)
pdf.output("schools.pdf")
page = pymupdf.open("schools.pdf")[0]
with pdfplumber.open("schools.pdf") as book:
    for name, rows in (("pymupdf", page.find_tables().tables[0].extract()),
                       ("pdfplumber", book.pages[0].extract_tables()[0])):
        print(f"{name}: {rows[1:]}, {float(''.join(rows[2][2].split()))}")
text = page.get_text()
print(f"get_text of pymupdf has 1,290 and 0.345: {'1,290' in text and '0.345' in text}")
PY
said=$(v/bin/python -W ignore tables.py | grep -E '^(pymupdf|pdfplumber|get_text)')
echo "$said"
[ "$said" = "pymupdf: [['First', '1 290\n,', '0 345\n.'], ['Second', '320', '1 250\n.']], 1250.0
pdfplumber: [['First', '1,290', '0.345'], ['Second', '320', '1.250']], 1.25
get_text of pymupdf has 1,290 and 0.345: True" ]
