#!/usr/bin/env bash
# LibreOffice runs the last line of a section together with the first one of the next when that last
# line is nothing but a content control: who filled the form in stands in the heading of chapter two.
#
# Versions: LibreOffice 7.4.7 (Debian 12) reads, python-docx 1.2.0 writes; Python 3.11.
# A form in Word has controls (w:sdt within the paragraph, ECMA-376 part 1, 17.5.2.31) where
# something is to be filled in, often alone on their line, and the properties of that paragraph end
# the section (17.6.18). They are two paragraphs on two pages. LibreOffice, with which many
# offices and services make the PDF, loses the end of the paragraph: its text leaves its page and
# begins the next section as part of the heading. With a word before the control, or with text in
# place of it, all is well, so that a template is tested with the one and used with the other.
# No report was found.
#
# Seen (end of the first section and the heading of the next one, as text):
#   control alone: 教育局第二章 资源配置
#   a word before it: 填报单位：教育局 | 第二章 资源配置
#   text alone: 教育局 | 第二章 资源配置
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
command -v soffice >/dev/null || { echo "no LibreOffice"; exit 2; }
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check python-docx==1.2.0; } >log 2>&1 || { cat log; exit 2; }
cat >form.py <<'PY'
import docx
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import qn
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTROL = (f'<w:sdt xmlns:w="{WORD}"><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:r><w:t>教育局</w:t></w:r>'
           f'</w:sdtContent></w:sdt>')
def form(name, before, control):
    document = docx.Document()
    document.add_paragraph("第一章")
    last = document.add_paragraph(before)._p
    if control:
        last.append(parse_xml(CONTROL))
    document.add_section(WD_SECTION.NEW_PAGE)
    empty = last.getnext()  # python-docx ends a section in a paragraph of its own
    last.get_or_add_pPr().append(empty.pPr.find(qn("w:sectPr")))
    empty.getparent().remove(empty)
    document.add_paragraph("第二章 资源配置")
    document.save(name)
form("alone.docx", "", True)
form("after.docx", "填报单位：", True)
form("text.docx", "教育局", False)
PY
cat >told.py <<'PY'
for told, name in (("control alone", "alone"), ("a word before it", "after"), ("text alone", "text")):
    with open(f"{name}.txt", encoding="utf-8-sig") as file:
        print(f"{told}:", " | ".join(line for line in file.read().split("\n")[1:] if line))
PY
v/bin/python form.py && soffice "-env:UserInstallation=file://$place/profile" --headless \
  --convert-to txt:Text ./*.docx >log 2>&1 || { cat log; exit 2; }
said=$(PYTHONUTF8=1 v/bin/python told.py) || exit 2
echo "$said"
[ "$said" = 'control alone: 教育局第二章 资源配置
a word before it: 填报单位：教育局 | 第二章 资源配置
text alone: 教育局 | 第二章 资源配置' ]
