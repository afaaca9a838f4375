"""A workbook read back by another program, and what it shows."""

import io
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import pytest
from office import converted, has

# LibreOffice trusts the stored results of Excel's files unless it is told to reckon at opening.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
_FORMAT = re.compile(r'(\+?)(#,##)?0(\.0+)?(%?)(?:"(.*)")?')


def opened(content, results=True):
    """Open a workbook; ``results`` gives the stored results of formulas, else the formulas."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=results)


def shown(cell):
    """Return what a cell shows, as Excel shows it: 15 digits, half away from zero."""
    if cell.value is None or isinstance(cell.value, str):
        return cell.value or ""
    sign, group, part, percent, unit = _FORMAT.fullmatch(
        cell.number_format.split(";")[0]).groups()
    value = Decimal(f"{cell.value:.15g}") * (100 if percent else 1)
    value = value.quantize(Decimal(1).scaleb(1 - len(part or ".")), ROUND_HALF_UP)
    text = f"{value:,f}" if group else f"{value:f}"
    return ("+" if sign and value > 0 else "") + text + percent + (unit or "")


def with_wrong_results(content):
    """Return the workbook with 0 for the stored result of every formula."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>0</v>", old.read(name)))
    return changed.getvalue()


def recalculated(content, folder):
    """Return the workbook as LibreOffice reckons it anew; skip the test where there is none."""
    if not has("libsclo.so"):
        pytest.skip("没有 LibreOffice Calc，公式没有重新计算")
    profile = folder / "office" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS, "utf-8")
    (folder / "given").mkdir()
    (folder / "given" / "book.xlsx").write_bytes(content)
    converted(folder, "xlsx", folder / "given" / "book.xlsx")
    return opened((folder / "book.xlsx").read_bytes())
