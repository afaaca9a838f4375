#!/usr/bin/env bash
# A rule whose articles Word numbers 第一条, （一） loses these numbers in pandoc and mammoth: both write
# 1., and mammoth begins again at 1 after each paragraph between, so 第三条 is article 1.
#
# Versions: pandoc 3.9 (pypandoc_binary 1.17), mammoth 1.13.0, python-docx 1.2.0; Python 3.11.
# Word keeps such a number in numbering.xml: a counting (chineseCountingThousand, chineseCounting) and
# a pattern around it. pandoc knows the Western countings and takes all others for decimal without the
# pattern; mammoth knows bullets and numbers, and no start. References are text and stay: what "第二条
# 第（一）款" names is then found nowhere, and in mammoth's page the third article is called 1. In an
# extract put before a council, or read by a program, a clause is cited wrongly. LibreOffice 7.4 shows
# the numbers as Word does. No warning from either. Reports of the kind exist for other converters
# (docling and SuperDoc, 2026); none was found for these two.
#
# Seen (Word shows 第一条 （一） （二） 第二条, then text, then 第三条):
#   pandoc: 1. 政府保障程度 | 1. 规划布局 | 2. 校舍安全 | 2. 教育质量 | 见第二条第（一）款。 | 3. 社会认可度
#   mammoth: 1. 政府保障程度 | 1. 规划布局 | 2. 校舍安全 | 2. 教育质量 | 见第二条第（一）款。 | 1. 社会认可度
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check pypandoc_binary==1.17 mammoth==1.13.0 python-docx==1.2.0; } >log 2>&1 || { cat log; exit 2; }
cat >rule.py <<'PY'
import re

import mammoth
import pypandoc
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

W = nsdecls("w")
LEVELS = [("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）")]
rule = Document()
levels = "".join(
    f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{counting}"/>'
    f'<w:lvlText w:val="{pattern}"/></w:lvl>' for i, (counting, pattern) in enumerate(LEVELS))
numbering = rule.part.numbering_part.element
numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
numbering.append(parse_xml(f'<w:num {W} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
for level, text in ((0, "政府保障程度"), (1, "规划布局"), (1, "校舍安全"), (0, "教育质量"),
                    (None, "见第二条第（一）款。"), (0, "社会认可度")):
    properties = rule.add_paragraph(text)._p.get_or_add_pPr()
    if level is not None:
        properties.append(parse_xml(
            f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="90"/></w:numPr>'))
rule.save("rule.docx")
shown = pypandoc.convert_file("rule.docx", "plain").split("\n")
print("pandoc:", " | ".join(re.sub(r"\.\s+", ". ", line.strip()) for line in shown if line.strip()))
with open("rule.docx", "rb") as file:
    page = mammoth.convert_to_html(file)
counts, lines = [], []
for tag, text in re.findall(r"<(/?ol|li|p)>([^<]*)", page.value):
    if tag == "ol":
        counts.append(0)
    elif tag == "/ol":
        counts.pop()
    elif tag == "li":
        counts[-1] += 1
        lines.append(f"{counts[-1]}. {text}")
    else:
        lines.append(text)
print("mammoth:", " | ".join(lines), *page.messages)
PY
said=$(PYTHONUTF8=1 v/bin/python rule.py)
echo "$said"
[ "$said" = 'pandoc: 1. 政府保障程度 | 1. 规划布局 | 2. 校舍安全 | 2. 教育质量 | 见第二条第（一）款。 | 3. 社会认可度
mammoth: 1. 政府保障程度 | 1. 规划布局 | 2. 校舍安全 | 2. 教育质量 | 见第二条第（一）款。 | 1. 社会认可度' ]
