"""Tables drawn in a test, and the small counties made from them."""

import csv
import io
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from one_reader import one_reader
from openpyxl import Workbook

from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.standards import standard
from pipeline.ground.terms import TABLES

YEAR, SHEET = 2023, "学校情况"


def table(text: str) -> list[dict[str, str]]:
    """Read a table drawn with bars: the first line names the columns; all cells are text."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()
             if line.strip()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def near(value, printed: str) -> bool:
    """Tell whether the value, rounded half up, is the printed figure."""
    exact = Decimal(Fraction(value).numerator) / Fraction(value).denominator
    return exact.quantize(Decimal(printed), ROUND_HALF_UP) == Decimal(printed)


def measured(rows: list[dict]):
    """Return the indicators and schools tables of drawn rows (pupils, value, and at will
    school, stage, indicator, location, ownership); an empty value is missing."""
    filled = [{"year": YEAR, "stage": row.get("stage") or "primary",
               "school_code": row.get("school") or f"S{n}", "name": row.get("school") or f"S{n}",
               "pupils": int(row["pupils"]), "location": row.get("location", "")}
              for n, row in enumerate(rows, 1)]
    indicators = [{**known, "indicator": row.get("indicator") or "R3", "level": "",
                   "value": Fraction(row["value"]) if row["value"] != "" else None}
                  for known, row in zip(filled, rows, strict=True)]
    schools = [{**known, "school_type": "211", "ownership": row.get("ownership") or "public"}
               for known, row in zip(filled, rows, strict=True)]
    return TABLES["indicators"].frame(indicators), TABLES["schools"].frame(schools)


def only(indicator: str, stage: str = "primary", **rule):
    """Return the national standard with one indicator and stage, and its balance rule changed."""
    pack = standard("cn-2017-06")
    return pack.model_copy(update={
        "stages": {stage: pack.stages[stage]}, "context": [],
        "resource": pack.resource.model_copy(update={"indicators": [indicator]}),
        "balance": pack.balance.model_copy(update=rule)})


def school(number: int, kind: str = "小学", pupils: object = 400, **cells) -> dict:
    """Return a row of the form (采集表) that meets every threshold; ``cells`` replace some."""
    prefix = {"初级中学": "31", "九年一贯制学校": "31", "完全中学": "34", "十二年一贯制学校": "34",
              "职业初中": "32", "特殊教育学校": "51"}.get(kind, "21")
    return {"学校标识码": f"{prefix}99{number:06d}", "学校名称": f"甲{number}校", "办学类型": kind,
            "学段": None, "城乡类型": "镇区", "举办者类型": "公办", "归属学校标识码": None,
            "在校生数": pupils, "高中在校生数": None, "高于规定学历教师数": 30,
            "县级以上骨干教师数": 8, "体育艺术专任教师数": 6, "教学及辅助用房面积(㎡)": 3000,
            "室内体育用房面积(㎡)": 0, "运动场地面积(㎡)": 5000, "教学仪器设备值(万元)": 100,
            "网络多媒体教室数": 12} | cells


def renamed(row: dict, old: str, *new: str) -> dict:
    """Return the row with one header written otherwise, in several columns, or left out."""
    return {h: v for key, v in row.items() for h in (new if key == old else (key,))}


def letter(header: str) -> str:
    """Return the column letter of a header in the rows of `school`."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[list(school(1)).index(header)]


def workbook(rows: list[dict]) -> Workbook:
    """Return a workbook with the rows under one header line."""
    book = Workbook()
    book.active.title = SHEET
    for line in (rows[0].keys(), *(row.values() for row in rows)):
        book.active.append(list(line))
    return book


def csv_bytes(rows: list[dict], encoding: str = "utf-8") -> bytes:
    """Return the same as csv."""
    text = io.StringIO()
    csv.writer(text).writerows([rows[0].keys(), *(row.values() for row in rows)])
    return text.getvalue().encode(encoding)


def imported(folder, source, corrections: bytes = b"", **changes):
    """Import rows, a workbook or csv bytes as the example county's only file of the year."""
    place = folder / "raw" / str(YEAR)
    place.mkdir(parents=True, exist_ok=True)
    if isinstance(source, bytes):
        (place / "990101_甲县.csv").write_bytes(source)
    else:
        book = workbook(source) if isinstance(source, list) else source
        book.save(place / "990101_甲县.xlsx")
    if corrections:
        (place / "990101_corrections.csv").write_bytes(corrections)
    county = County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))
    with one_reader():
        return import_county(replace(county, standard=county.standard.model_copy(update=changes)))


def found(result, code: str) -> list[dict]:
    """Return the findings with this code."""
    return result.findings[result.findings["code"] == code].to_dict("records")


def refusals(result) -> list[str]:
    """Return the codes of the findings that refuse."""
    return list(result.findings.loc[result.findings["severity"] == "refuse", "code"])


def results(result, pack=None) -> dict[str, list]:
    """Return every table a county's figures stand in, as text, in an order of its own."""
    pack = pack or standard("cn-2017-06")
    indicators = indicator_values(result.schools, pack)
    tables = {"schools": result.schools, "accounting": result.accounting,
              "derivations": result.derivations, "indicators": indicators,
              "compliance": compliance(indicators, result.schools, pack),
              "balance": balance(indicators, result.schools, pack)}
    lines = {name: TABLES[name].to_text(frame).values.tolist() for name, frame in tables.items()}
    return {name: rows if name == "balance" else sorted(rows) for name, rows in lines.items()}
