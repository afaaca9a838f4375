#!/usr/bin/env bash
# A letter that carries its pinyin in Word (拼音指南) is not in the text at all for python-docx and
# pandoc: 荥阳县 is read as 阳县, 六安市 as 安市, without a word.
#
# Versions: python-docx 1.2.0, pandoc 3.9 (pypandoc_binary 1.17), docx2txt 0.9, mammoth 1.13.0;
# Python 3.11.
# Just the rare and the misread letters of place and school names are given their pinyin. The run
# then holds a w:ruby whose w:rubyBase has the letter (ECMA-376 part 1, 17.3.3.25). python-docx
# gathers the known children of a run, pandoc the known ones too; mammoth leaves it out with a
# warning; docx2txt puts the pinyin before the letter. LibreOffice reads both in their places.
#
# Seen (荥阳县第一小学 in a paragraph, 六安市 in a table):
#   python-docx: 校名：阳县第一小学 | 安市
#   pandoc: 校名：阳县第一小学 | 安市
#   mammoth: 校名：阳县第一小学 | 安市
#   docx2txt: 校名：xíng荥阳县第一小学 | lù六安市
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check \
    python-docx==1.2.0 pypandoc_binary==1.17 docx2txt==0.9 mammoth==1.13.0; } >log 2>&1 || { cat log; exit 2; }
cat >try.py <<'PY'
import docx, docx2txt, mammoth, pypandoc
from docx.oxml import parse_xml
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
def with_pinyin(letter, pinyin):
    return parse_xml(f'<w:r xmlns:w="{WORD}"><w:ruby><w:rubyPr><w:rubyAlign w:val="center"/><w:hps w:val="10"/>'
                     f'<w:hpsRaise w:val="18"/><w:hpsBaseText w:val="21"/><w:lid w:val="zh-CN"/></w:rubyPr>'
                     f'<w:rt><w:r><w:t>{pinyin}</w:t></w:r></w:rt>'
                     f'<w:rubyBase><w:r><w:t>{letter}</w:t></w:r></w:rubyBase></w:ruby></w:r>')
document = docx.Document()
line = document.add_paragraph("校名：")
line._p.append(with_pinyin("荥", "xíng"))
line.add_run("阳县第一小学")
cell = document.add_table(1, 1).cell(0, 0).paragraphs[0]
cell._p.append(with_pinyin("六", "lù"))
cell.add_run("安市")
document.save("name.docx")
def told(reader, text):
    print(f"{reader}:", " | ".join(part.strip() for part in text.splitlines() if part.strip(" -")))
back = docx.Document("name.docx")
told("python-docx", back.paragraphs[0].text + "\n" + back.tables[0].cell(0, 0).text)
told("pandoc", pypandoc.convert_file("name.docx", "plain"))
with open("name.docx", "rb") as file:
    told("mammoth", mammoth.extract_raw_text(file).value)
told("docx2txt", docx2txt.process("name.docx"))
PY
said=$(PYTHONUTF8=1 v/bin/python try.py)
echo "$said"
[ "$said" = 'python-docx: 校名：阳县第一小学 | 安市
pandoc: 校名：阳县第一小学 | 安市
mammoth: 校名：阳县第一小学 | 安市
docx2txt: 校名：xíng荥阳县第一小学 | lù六安市' ]
