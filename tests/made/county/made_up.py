"""Made-up counties (虚构县): what is true of each school, and the same as the form (采集表).

A school is a dictionary: code, name, kind, location, ownership; by stage (primary, junior,
senior) pupils, backbone, pe, music, art and degrees; for the whole school teaching_area,
indoor_area, field_area (㎡), equipment (万元), rooms. The same seed gives the same county.
"""

import io
import tomllib
from dataclasses import replace
from decimal import Decimal
from math import ceil
from pathlib import Path
from random import Random

from one_reader import one_reader
from tables import YEAR

from pipeline.cleaning.importing import import_county
from pipeline.county import County

UNIT, COUNTY, SHEET = "990101", "示例县", "学校情况"
PRIMARY, JUNIOR, SENIOR = "primary", "junior", "senior"
STAGE_ZH = {PRIMARY: "小学", JUNIOR: "初中", SENIOR: "高中"}

# 办学类型 → 标识码前两位、学段、拆分权重（domain §2.4）、校名用字
KINDS = {
    "小学": ("21", {PRIMARY: "1"}, "小学"),
    "小学教学点": ("21", {PRIMARY: "1"}, "教学点"),
    "初级中学": ("31", {JUNIOR: "1"}, "初级中学"),
    "九年一贯制学校": ("31", {PRIMARY: "1", JUNIOR: "1.1"}, "学校"),
    "完全中学": ("34", {JUNIOR: "1", SENIOR: "1.2"}, "中学"),
    "十二年一贯制学校": ("34", {PRIMARY: "1", JUNIOR: "1.1", SENIOR: "1.32"}, "实验学校"),
}
# A county of eight schools has all kinds, a point that is too small, five sections of a stage.
FIRST = ("小学", "初级中学", "九年一贯制学校", "小学教学点", "完全中学", "十二年一贯制学校",
         "初级中学", "小学教学点")
FURTHER = ("小学",) * 10 + ("小学教学点",) * 3 + ("初级中学",) * 4 + ("九年一贯制学校",) * 2 + (
    "完全中学", "十二年一贯制学校")
TOWNS = {"城关": "城区", "新城": "城区", "青溪镇": "镇区", "筠溪镇": "镇区", "双河乡": "乡村",
         "柳湾乡": "乡村"}
DEGREES = ("博士研究生", "硕士研究生", "本科", "专科", "高中阶段")
ABOVE = {PRIMARY: DEGREES[:4], JUNIOR: DEGREES[:3]}        # 高于规定学历（domain §0 第6条）
# 每名加权学生：小学、其他；标准值的1.3倍上下
AREA, FIELD, EQUIPMENT, ROOMS = (6.0, 7.8), (9.8, 13.2), (0.26, 0.33), (0.031, 0.033)

_LAYOUT = Path(__file__).parents[3] / "data" / "layouts" / "schools" / "template-1.toml"
HEADERS = {column["variable"]: column["headers"]
           for column in tomllib.loads(_LAYOUT.read_text("utf-8"))["columns"]}


def made_up_county(seed: int, schools: int) -> list[dict]:
    """Return a county of so many schools, with plausible figures."""
    return [_school(Random(f"{seed}/{number}"), number) for number in range(1, schools + 1)]


def _school(draw: Random, number: int) -> dict:
    kind = FIRST[number - 1] if number <= len(FIRST) else draw.choice(FURTHER)
    prefix, weights, word = KINDS[kind]
    point = kind == "小学教学点"
    town = draw.choice([t for t, place in TOWNS.items() if not point or place == "乡村"])
    pupils = {stage: _pupils(draw, number, kind, TOWNS[town]) for stage in weights}
    return {"code": f"{prefix}99{number:06d}", "name": f"{town}第{number}{word}", "kind": kind,
            "location": TOWNS[town], "pupils": pupils, **_teachers(draw, pupils),
            "ownership": "民办" if not point and draw.random() < 0.1 else "公办",
            **_assets(draw, pupils, weights)}


def _pupils(draw: Random, number: int, kind: str, location: str) -> int:
    if kind == "小学教学点":
        small = number == len(FIRST) if number <= len(FIRST) else draw.random() < 0.4
        return draw.randint(20, 49) if small else draw.randint(50, 95)
    return draw.randint(*{"城区": (600, 1900), "镇区": (300, 1100), "乡村": (110, 480)}[location])


def _teachers(draw: Random, pupils: dict) -> dict:
    def of(per_pupil: float, least: int = 0) -> dict:
        return {stage: max(round(count * per_pupil * draw.uniform(0.8, 1.25)), least)
                for stage, count in pupils.items()}

    return {"degrees": {stage: _degrees(draw, number) for stage, number in of(0.068, 2).items()},
            "backbone": of(0.0135), "pe": of(0.0055, 1), "music": of(0.004), "art": of(0.004)}


def _degrees(draw: Random, teachers: int) -> dict[str, int]:
    """Share the teachers of a stage out over their degrees."""
    below, college = (int(teachers * draw.uniform(0, most)) for most in (0.05, 0.15))
    master = int(teachers * draw.uniform(0, 0.12))
    doctor = int(teachers > 60 and draw.random() < 0.3)
    return dict(zip(DEGREES, (doctor, master, teachers - below - college - master - doctor,
                              college, below), strict=True))


def _assets(draw: Random, pupils: dict, weights: dict) -> dict:
    """Return what the whole school has: enough, or nearly, for each of its stages."""
    weighted = sum(float(weights[stage]) * count for stage, count in pupils.items())
    primary, mixed = JUNIOR not in pupils, len({PRIMARY, JUNIOR} & set(pupils)) == 2

    def of(each: tuple[float, float]) -> float:
        level = each[0] if primary else each[1] / 1.1 if mixed else each[1]
        return level * weighted * draw.uniform(0.8, 1.25)

    indoor = of(FIELD) * draw.uniform(0.05, 0.12) if weighted > 300 else 0.0
    return {"teaching_area": _hundredths(of(AREA) + indoor), "indoor_area": _hundredths(indoor),
            "field_area": _hundredths(of(FIELD)), "equipment": _hundredths(of(EQUIPMENT)),
            "rooms": ceil(of(ROOMS))}


def _hundredths(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def template_rows(county: list[dict]) -> list[dict]:
    """Return the county as rows of the form: mixed schools in two, each with the whole assets."""
    return [_row(school, stage) for school in county
            for stage in (PRIMARY, JUNIOR) if stage in school["pupils"]]


def _row(school: dict, stage: str) -> dict:
    mixed = {PRIMARY, JUNIOR} <= set(school["pupils"])
    said = {
        "school_code": school["code"], "name": school["name"], "school_type": school["kind"],
        "stage": STAGE_ZH[stage] if mixed else None, "location": school["location"],
        "ownership": school["ownership"], "pupils": school["pupils"][stage],
        "pupils_senior": school["pupils"].get(SENIOR),
        "qualified_teachers": sum(school["degrees"][stage][degree] for degree in ABOVE[stage]),
        "backbone_teachers": school["backbone"][stage],
        "pe_art_teachers": sum(school[course][stage] for course in ("pe", "music", "art")),
        "teaching_area_m2": school["teaching_area"], "indoor_sport_area_m2": school["indoor_area"],
        "field_area_m2": school["field_area"], "equipment_value_yuan": school["equipment"],
        "multimedia_rooms": school["rooms"]}
    return {HEADERS[variable][0]: value for variable, value in said.items()}


def saved(book) -> bytes:
    """Return the bytes of a workbook."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def received(folder: Path, files: dict[str, bytes]) -> Path:
    """Put files where a raw folder has those of the made-up county; return the raw folder."""
    place = folder / "raw" / str(YEAR) / UNIT
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return folder / "raw"


def imported_files(folder: Path, files: dict[str, bytes], **changes):
    """Import files as all that the made-up county handed in; ``changes`` are of the standard."""
    raw = received(folder, files)
    county = County.open(UNIT, YEAR, raw=str(raw), processed=str(folder))
    with one_reader():
        return import_county(replace(county, standard=county.standard.model_copy(update=changes)))
