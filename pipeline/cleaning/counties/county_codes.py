"""Codes of counties (县级行政区划代码): six digits, of a known province, each once a year."""

import re
import unicodedata

from pipeline.cleaning.checks import Findings, quoted
from pipeline.cleaning.counties.county_rows import CountyRow
from pipeline.cleaning.files.cells import BOOLEAN, DATE, ERROR, FORMULA, Cell
from pipeline.cleaning.forms.letters import clean_text
from pipeline.definitions.forms.county_layouts import UNIT, provinces
from pipeline.definitions.forms.variables import squeeze

_NO_CODE = (BOOLEAN, DATE, ERROR, FORMULA)
_OF_A_PREFECTURE, _LONGER = "00", re.compile(r"(\d{6})(?:0{6}|\.0+)", re.ASCII)


def code_of(cell: Cell) -> str:
    """Return the code that a cell holds, half-width and without blanks: of twelve digits as
    statistics write it (330102000000) the six, of 330102.0, as pandas and R write it, the whole."""
    code = clean_text(unicodedata.normalize("NFKC", cell.text))
    written = _LONGER.fullmatch(code)
    return written[1] if written else code


def code_fault(cell: Cell, province: str) -> tuple[str, str]:
    """Return the check that a code fails and why; empty texts when it is in order.

    Its first two digits are those of a province, and of the one that the row names, in full
    or in short (内蒙古).
    """
    code = code_of(cell)
    if cell.kind in _NO_CODE or not re.fullmatch(r"\d{6}", code, re.ASCII):
        return "county.code", f"代码{quoted(cell.text)}不是6位数字" if code else "没有代码"
    known = provinces().get(code[:2])
    if known is None:
        return "county.code", f"代码“{code}”的前两位不是省级行政区划代码"
    written = squeeze(province)
    if written and not (len(written) > 1 and known.startswith(written)):
        return "county.province", f"代码“{code}”属{known}，与所写的省不符"
    return "", ""


def without_totals(rows: list[CountyRow], left_out: list[dict], findings: Findings
                   ) -> list[CountyRow]:
    """Leave out the rows of provinces and prefectures among those of their counties, and
    refuse what stands twice.

    A prefecture without counties (如东莞市 441900) counts as a county.
    """
    parts = {(r.year, r.unit[:4]) for r in rows if not r.unit.endswith(_OF_A_PREFECTURE)}
    kept, first = [], {}
    for row in rows:
        whole = row.unit.endswith("0000") or (
            row.unit.endswith(_OF_A_PREFECTURE) and (row.year, row.unit[:4]) in parts)
        if whole:
            findings.at("county.total", row.at(UNIT), f"{row.name}是省或市的合计，该行未使用")
            left_out.append({"year": row.year, "unit": row.unit, "name": row.name,
                             "province": row.province, "prefecture": row.prefecture,
                             "reason": "省或市的合计行"})
            continue
        other = first.setdefault((row.year, row.unit, row.level), row)
        if other is not row:
            findings.at("county.duplicate", row.at(UNIT),
                        f"{row.year}年{row.unit}{row.name}与{other.place}重复")
            continue
        kept.append(row)
    return kept
