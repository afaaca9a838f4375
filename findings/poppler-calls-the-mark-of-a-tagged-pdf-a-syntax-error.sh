#!/usr/bin/env bash
# pdfinfo calls every tagged PDF that says /Suspects false a file with a "Syntax Error: Suspects object is wrong type
# (boolean)": a boolean is what the standard asks for, and the only value for which nothing is said is true.
#
# Versions: poppler 22.12.0 (poppler-utils of Debian 12); typst 0.15.2 and pypdf 7.1.0 write; Python 3.11.
# /Suspects (ISO 32000-1, table 321: boolean, default false) says in /MarkInfo whether tags may be wrong. Typst
# writes it as false into every tagged PDF, as a careful program may. Poppler looks whether it is a boolean that is
# true; any other value that is there, false too, falls through to the complaint. The exit code is 0 and "Suspects: no" is
# printed rightly: who takes in reports by script and searches the output for errors turns down the
# accessible ones, and those without tags pass.
#
# Seen:
#   typst, tagged: 1 error, Suspects: no
#   pypdf, /Suspects false: 1 error, Suspects: no
#   pypdf, /Suspects true: 0 errors, Suspects: yes
#   pypdf, no /Suspects: 0 errors, Suspects: no
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check typst==0.15.2 pypdf==7.1.0 &&
  pdfinfo -v; } >log 2>&1 || { cat log; exit 2; }
cat >write.py <<'PY'
import typst
from pypdf import PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject
open("a.typ", "w").write("= Report\nPupils.\n")
typst.compile("a.typ", output="typst, tagged.pdf")
for name, suspects in (("/Suspects false", False), ("/Suspects true", True), ("no /Suspects", None)):
    book = PdfWriter()
    book.add_blank_page(595, 842)
    mark = DictionaryObject({NameObject("/Marked"): BooleanObject(True)})
    if suspects is not None:
        mark[NameObject("/Suspects")] = BooleanObject(suspects)
    book.root_object[NameObject("/MarkInfo")] = mark
    book.write(f"pypdf, {name.replace('/', '')}.pdf")
PY
v/bin/python write.py || exit 2
said=$(for name in 'typst, tagged' 'pypdf, Suspects false' 'pypdf, Suspects true' 'pypdf, no Suspects'; do
  errors=$(pdfinfo "$name.pdf" 2>&1 >out | grep -c 'Suspects object is wrong type')
  word=errors; [ "$errors" = 1 ] && word=error
  echo "${name/Suspects//Suspects}: $errors $word, Suspects: $(sed -n 's/^Suspects: *//p' out)"
done)
echo "$said"
[ "$said" = 'typst, tagged: 1 error, Suspects: no
pypdf, /Suspects false: 1 error, Suspects: no
pypdf, /Suspects true: 0 errors, Suspects: yes
pypdf, no /Suspects: 0 errors, Suspects: no' ]
