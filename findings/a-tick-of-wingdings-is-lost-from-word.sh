#!/usr/bin/env bash
# A box that is ticked in a Word form is gone in python-docx and docx2txt: 符合, 不符合 and 无此情况
# stand there alike, and nobody can tell which of the three a county has answered.
#
# Versions: python-docx 1.2.0, docx2txt 0.9, docx2python 3.7.1, mammoth 1.13.0, pandoc 3.9
# (pypandoc_binary 1.17); Python 3.11.
# Word's Insert Symbol stores the ticked box of Wingdings 2 as w:sym with a font and a place in it
# (ECMA-376 part 1, 17.3.3.30), not as a letter: forms of bureaus are full of them. python-docx and
# docx2txt know the texts of a run and pass over the symbol, without a word. docx2python writes the
# place as a letter that means nothing outside the font. mammoth and pandoc write the box itself.
#
# Seen (one ticked box, two empty ones):
#   python-docx: 符合　不符合　无此情况
#   docx2txt: 符合　不符合　无此情况
#   docx2python: R符合　£不符合　£无此情况
#   mammoth: ☑符合　□不符合　□无此情况
#   pandoc: ☑符合　⬜不符合　⬜无此情况
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check python-docx==1.2.0 \
    docx2txt==0.9 docx2python==3.7.1 mammoth==1.13.0 pypandoc_binary==1.17; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
import html
import re
import docx, docx2txt, mammoth, pypandoc
from docx.oxml import parse_xml
from docx2python import docx2python
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TICKED, EMPTY = "F052", "F0A3"
form = docx.Document()
line = form.add_paragraph()
for box, answer in ((TICKED, "符合　"), (EMPTY, "不符合　"), (EMPTY, "无此情况")):
    line._p.append(parse_xml(f'<w:r xmlns:w="{WORD}"><w:sym w:font="Wingdings 2" w:char="{box}"/></w:r>'))
    line.add_run(answer)
form.save("form.docx")
print("python-docx:", docx.Document("form.docx").paragraphs[0].text)
print("docx2txt:", docx2txt.process("form.docx").strip())
with docx2python("form.docx") as read:
    print("docx2python:", html.unescape(re.sub("<[^>]*>", "", read.text)).strip())
with open("form.docx", "rb") as file:
    print("mammoth:", mammoth.extract_raw_text(file).value.strip())
print("pandoc:", pypandoc.convert_file("form.docx", "plain").strip())
PY
said=$(PYTHONUTF8=1 v/bin/python try.py)
echo "$said"
[ "$said" = "python-docx: 符合　不符合　无此情况
docx2txt: 符合　不符合　无此情况
docx2python: R符合　£不符合　£无此情况
mammoth: ☑符合　□不符合　□无此情况
pandoc: ☑符合　⬜不符合　⬜无此情况" ]
