#!/usr/bin/env bash
# The usual formula for a sum in Chinese capitals, TEXT(sum, "[DBNum2]G/通用格式")&"元整", is "/通用格式元整" in
# LibreOffice set to Chinese: the sum is gone. With the English word, General, it is "捌零n捌零伍贰捌零al元整".
#
# Versions: LibreOffice 7.4.7 (Debian 12), openpyxl 3.1.5 writes; Python 3.11.
# A format within a formula is a text and is stored as it was typed: Chinese Excel and WPS want their own word
# for General, G/通用格式, in TEXT, and it stands so in receipts, pay lists and bills. LibreOffice
# knows neither word under a Chinese locale and reads the letters G, e and r as parts of a date of an era
# (in an English one General is known and G/通用格式 gives CE, "common era"). No error is set, the
# cell is a text as it should be. With 0 in place of the word Chinese LibreOffice is right, an
# English one has no capitals without [$-804]. Converted to PDF on a server, receipts lose their sums.
#
# Seen (1,234,567 yuan by format: locale zh_CN, locale C):
#   [DBNum2]G/通用格式: /通用格式元整, CE/通用格式元整
#   [DBNum2][$-804]G/通用格式: /通用格式元整, /通用格式元整
#   [DBNum2][$-804]General: 捌零n捌零伍贰捌零al元整, 壹佰贰拾叁万肆仟伍佰陆拾柒元整
#   [DBNum2][$-804]0: 壹佰贰拾叁万肆仟伍佰陆拾柒元整, 壹佰贰拾叁万肆仟伍佰陆拾柒元整
#
# Exits 0 while this is so, 1 when it changes, 2 when it could not be tried.
set -u
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT; cd "$place" || exit 2
{ python3 -m venv v && v/bin/pip install -q --no-compile --disable-pip-version-check openpyxl==3.1.5 &&
  soffice --version; } >log 2>&1 || { cat log; exit 2; }
cat >receipt.py <<'PY'
import csv
import sys
import openpyxl
FORMATS = "[DBNum2]G/通用格式", "[DBNum2][$-804]G/通用格式", "[DBNum2][$-804]General", "[DBNum2][$-804]0"
if sys.argv[1:] == ["write"]:
    book = openpyxl.Workbook()
    for row, shown in enumerate(FORMATS, 1):
        book.active.cell(row, 1, f'=TEXT(1234567,"{shown}")&"元整"')
    book.save("receipt.xlsx")
else:
    chinese, plain = ([row[0] for row in csv.reader(open(f"{place}/receipt.csv", encoding="utf-8"))]
                      for place in ("zh_CN", "C"))
    for told in zip(FORMATS, chinese, plain):
        print("{}: {}, {}".format(*told))
PY
PYTHONUTF8=1 v/bin/python receipt.py write || exit 2
for locale in zh_CN C; do
  LANG=$locale.UTF-8 LC_ALL=$locale.UTF-8 soffice "-env:UserInstallation=file://$place/home-$locale" --headless \
    --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76' --outdir "$locale" receipt.xlsx >log 2>&1 || exit 2
done
said=$(PYTHONUTF8=1 v/bin/python receipt.py read) || exit 2
echo "$said"
[ "$said" = '[DBNum2]G/通用格式: /通用格式元整, CE/通用格式元整
[DBNum2][$-804]G/通用格式: /通用格式元整, /通用格式元整
[DBNum2][$-804]General: 捌零n捌零伍贰捌零al元整, 壹佰贰拾叁万肆仟伍佰陆拾柒元整
[DBNum2][$-804]0: 壹佰贰拾叁万肆仟伍佰陆拾柒元整, 壹佰贰拾叁万肆仟伍佰陆拾柒元整' ]
