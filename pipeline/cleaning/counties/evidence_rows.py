"""Papers that answer an item (佐证材料): its state, the day and the document that back it.

A yes (符合) and an absent veto (无此情况) count only with a document and its day; whatever
lacks one is taken, stays 待核, and is told.
"""

import re
import unicodedata
from datetime import date, timedelta
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.counties.plan_figures import ASIDE
from pipeline.cleaning.counties.target_rows import (
    is_numbered_as_target,
    is_of_target,
    unknown_target,
)
from pipeline.cleaning.files.cells import NUMBER, Cell
from pipeline.cleaning.forms.number_grammar import is_not_applicable
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.ranges import day_fault
from pipeline.county import County
from pipeline.definitions.forms.variables import classifications
from pipeline.definitions.standards import evidence_ids, veto_ids
from pipeline.ground.origin import fingerprint

_CLOCK = r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?"
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](?:(\d{1,2})[日号]?"
                   rf"(?:\((?:星期|周)[一二三四五六日天]\))?(?:{_CLOCK})?)?)?"
                   r"(?:印发|签发|发布|成文)?")
_APART, _TENTH = re.compile(r"\s*([年月日号])\s*"), re.compile(r"\d{4}\.1")
_NUMERAL, _LETTERS = re.compile("[〇○零一二三四五六七八九十]+(?=[年月日])"), "〇一二三四五六七八九"
_DASHES = str.maketrans({"—": "-", "–": "-", "−": "-", "○": "〇", "零": "〇"})
_DIGITS = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SERIAL = re.compile(r"[1-9]\d{4}")
_DAY_ZERO, _SERIALS = date(1899, 12, 30), range(18_264, 73_051)  # the days of 1950 to 2099
_BACKED, _DENIED, _HASH = ("yes", "absent"), ("no", "present"), re.compile("[0-9a-f]{64}")


def evidence_rows(row: FormRow, year: int, findings: Findings) -> list[dict]:
    """Return the row of the table of evidence that a row of the sheet makes; none if refused."""
    id = unicodedata.normalize("NFKC", row.get("item_id") or "").upper()
    status = row.get("evidence_status")
    if not status:
        return []
    if id.upper() not in evidence_ids() and is_numbered_as_target(id):
        unknown_target(id, row.cells["evidence_status"], findings)
        return []
    fault = evidence_fault(id, status)
    if fault:
        check = ASIDE if is_of_target(id) else "identity.class"
        findings.at(check, row.cells["evidence_status"], fault)
        return []
    cell = row.cells.get("evidence_date")
    written = "" if cell is None or is_not_applicable(cell.text) else cell.text.strip()
    if fault := written and _date_fault(written, cell):
        findings.at(ASIDE if is_of_target(id) else "evidence.date", cell, fault)
        return []
    if why := written and day_fault(day_of(written), year):
        findings.at(ASIDE if is_of_target(id) else "evidence.day", cell, f"{id}：{why}")
        return []
    if written.isdecimal():
        findings.at("cell.cleaned", cell, f"按日期 {day_of(written)} 读取")
    return [{"year": year, "id": id, "status": status, "date": day_of(written),
             "school_code": row.get("evidence_school") or "", "cell": row.at("evidence_school"),
             "note": row.get("evidence_note") or "",
             "document": row.get("evidence_document") or ""}]


def of_listed_schools(rows: list[dict], listed: dict[int, set[str]], findings: Findings
                      ) -> None:
    """Leave out, with a warning, the papers of schools (学校自己的材料) that the tables of their
    year do not list, save what such a paper denies; ``listed`` is year → codes."""
    strange = [row for row in rows if row["school_code"]
               and row["school_code"] not in listed.get(row["year"], set())]
    for row in strange:
        denied = "，其不符合仍计入" if row["status"] in _DENIED else "，未列入"
        findings.at("evidence.school", row["cell"], f"{row['id']}：学校表中没有该标识码{denied}")
    rows[:] = [row for row in rows if row not in strange or row["status"] in _DENIED]


def evidence_file_rows(files: list[Path], county: County, findings: Findings) -> list[dict]:
    """Return the rows of the documents that lie beside the tables (佐证材料文件): where, how large,
    their hash. One that cannot be admitted has none, and is told."""
    rows = []
    for path in files:
        told, found = county.told(path), fingerprint(path)
        fault = "" if _HASH.fullmatch(found) else found.partition(" ")[2]
        if fault:
            findings.add("evidence.unread", fault, told)
        rows.append({"year": county.year, "file": told, "fault": fault,
                     "sha256": "" if fault else found,
                     "bytes": None if fault else path.stat().st_size})
    return rows


def report_unproved(rows: list[dict], file: str, sheet: str, findings: Findings) -> None:
    """Warn of a yes or an absent veto that lacks its day or document and so does not count, once
    a sheet for each that is lacking."""
    lacking: dict[str, list[str]] = {}
    for row in rows:
        blank = "和".join(zh for zh, key in (("日期", "date"), ("文件", "document"))
                         if not row[key])
        if blank and row["status"] in _BACKED:
            lacking.setdefault(blank, []).append(row["id"])
    for blank, ids in lacking.items():
        findings.add("evidence.unproved", f"编号 {'、'.join(ids)} 没有写明{blank}，判为待核",
                     file, sheet)


def evidence_fault(id: str, status: str) -> str:
    """Return what is wrong with an answer: an unknown number, or the wrong kind of wording."""
    if id.upper() not in evidence_ids():
        return "编号不在标准包或规划包之中"
    if status not in {s.code for s in classifications().evidence_status}:
        return "状态不是规定的类别"
    veto = id.upper() in veto_ids()
    if status != "unknown" and veto != (status in ("absent", "present")):
        return "一票否决事项填无此情况或有此情况，其余填符合或不符合"
    return ""


def _date_fault(written: str, cell: Cell) -> str:
    """Return why a text is no date that can be told: a number 2023.1, as cells and csv keep it, may
    have been typed 2023.10."""
    if _TENTH.fullmatch(written) and (cell.kind == NUMBER or not cell.sheet):
        return f"“{written}”分不清是1月还是10月，请写成 {written[:4]}-01 或 {written[:4]}-10"
    return "" if day_of(written) else "不是日期"


def day_of(written: str) -> str:
    """Return a date as 2023-11-20 or 2023-11; empty when it is none.

    >>> [day_of(t) for t in ("20230630", "45107", "2023年6月", "2023.6.30", "20231332", "2023")]
    ['2023-06-30', '2023-06-30', '2023-06', '2023-06-30', '', '']
    >>> day_of("二〇二三年十二月三十一日"), day_of("2023—6—30"), day_of("二〇二三年三十二月")
    ('2023-12-31', '2023-06-30', '')
    >>> [day_of(t) for t in ("2023 年 6 月 30 日", "2023-06-30 09:15", "2023-06-29T16:00:00Z")]
    ['2023-06-30', '2023-06-30', '']
    """
    flat = unicodedata.normalize("NFKC", written).strip().translate(_DASHES)
    flat = _APART.sub(r"\1", flat)
    flat = _NUMERAL.sub(lambda found: _in_digits(found[0]), flat)
    if _SERIAL.fullmatch(flat) and int(flat) in _SERIALS:
        return (_DAY_ZERO + timedelta(days=int(flat))).isoformat()
    match = _DATE.fullmatch(flat) or _DIGITS.fullmatch(flat)
    if not match:
        return ""
    year, month, day = match.groups()
    try:
        found = date(int(year), int(month), int(day or 1)).isoformat()
    except ValueError:
        return ""
    return found if day else found[:7]


def _in_digits(numeral: str) -> str:
    """Return a number in Chinese numerals as our digits: 二〇二三, 十二, 三十一."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return "".join(str(_LETTERS.index(letter)) for letter in numeral)
    if len(tens) > 1 or len(ones) > 1:
        return numeral
    return f"{_LETTERS.index(tens) if tens else 1}{_LETTERS.index(ones) if ones else 0}"
