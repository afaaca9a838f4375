"""The wide statistical export (宽表): one workbook a stage, some 220 columns under merged heads.

Most columns are of no concern and many are look-alikes. A mixed school stands in each of
its stages' files under the same code, with the assets of the whole school in each.
"""

import json
from functools import cache
from itertools import groupby, product
from pathlib import Path

from pipeline.synth.making.counties import MadeCounty
from pipeline.synth.making.figures import Figures
from pipeline.synth.making.parameters import generator
from pipeline.synth.making.schools import JUNIOR, POINT, PRIMARY, SENIOR
from pipeline.synth.writing.made_workbooks import letters, workbook

STAGES_ZH = {PRIMARY: "小学", JUNIOR: "初中", SENIOR: "高中"}
_SHEET, _HEADER_ROWS = "导出数据", 5
_OUTLINE = Path(__file__).with_name("wide.json")
_GRADES = {PRIMARY: "一年级 二年级 三年级 四年级 五年级 六年级",
           JUNIOR: "一年级 二年级 三年级 四年级", SENIOR: "一年级 二年级 三年级"}
_SPONSOR = {"公办": "县级教育部门", "民办": "民办"}
_TEACHERS, _DEGREES, _COURSES = "专任教师", "#按学历分", "#按授课课程分"
_BUILDINGS, _ROOMS = "本学年校舍建筑面积", "教学及辅助用房"
_LAND = ("占地面积及其他办学条件", "占地面积（平方米）", "其中", "运动场地面积")


@cache
def paths(stage: str) -> tuple[tuple[str, ...], ...]:
    """Return the heading path of every column of a stage's file, from top to bottom."""
    lines = json.loads(_OUTLINE.read_text("utf-8"))
    return tuple(path for line in lines for path in product(
        *(level.split() for level in line.format(grades=_GRADES[stage]).split(" > "))))


def wide_files(county: MadeCounty, figures: list[Figures]) -> dict[str, bytes]:
    """Return file name → workbook of each stage that has schools."""
    found = {}
    for stage, zh in STAGES_ZH.items():
        listed = [f for f in figures if stage in f.pupils]
        if listed:
            heads, merged = _heads(stage)
            lines = [_line(county, f, stage) for f in listed]
            found[f"{county.code}_{county.name}_{zh}.xlsx"] = workbook(
                {_SHEET: [*heads, *lines]}, {_SHEET: merged})
    return found


@cache
def _heads(stage: str) -> tuple[list[list], list[str]]:
    """Return the heading lines and the merged ranges: a group over its columns, a leaf down."""
    columns = paths(stage)
    lines: list[list] = [[None] * len(columns) for _ in range(_HEADER_ROWS)]
    merged = []
    for level in range(_HEADER_ROWS):
        for path, group in groupby(enumerate(columns, 1), key=lambda c: c[1][:level + 1]):
            places = [i for i, _ in group]
            if len(path) <= level:
                continue
            lines[level][places[0] - 1] = path[level]
            last = _HEADER_ROWS if path in columns else level + 1
            if (last, places[-1]) != (level + 1, places[0]):
                merged.append(f"{letters(places[0])}{level + 1}:{letters(places[-1])}{last}")
    return lines, merged


def _line(county: MadeCounty, figures: Figures, stage: str) -> list:
    known = _known(county, figures, stage)
    draw = county.draw("wide", figures.year, figures.school.code, stage)
    return [known[path] if path in known else _of_no_concern(path, draw)
            for path in paths(stage)]


def _of_no_concern(path: tuple[str, ...], draw) -> object:
    """Draw a cell of a column that nobody asked for; some are empty."""
    drawn = draw.random()
    if path[-1].startswith("是否"):
        return "是" if drawn < 0.5 else "否"
    if len(path) == 1 or drawn < 0.25:
        return None
    return int((drawn - 0.25) * 1000) if drawn > 0.4 else 0


def _known(county: MadeCounty, figures: Figures, stage: str) -> dict[tuple[str, ...], object]:
    """Return path → what is true of a school, in a stage's file."""
    school, arts = figures.school, (_TEACHERS, _COURSES, "艺术")
    people = _people(county, figures, stage)
    return {
        ("学校（机构）名称",): school.name, ("学校（机构）标识码",): school.code,
        ("统计一级",): "虚构省", ("统计三级",): county.name, ("所在地区划三级",): county.name,
        ("办学类型",): school.kind, ("城乡分组",): school.location,
        ("举办者类型",): _SPONSOR[school.ownership],
        ("是否计校数",): int(school.kind != POINT), ("在校生数", "合计"): figures.pupils[stage],
        **{(_TEACHERS, _DEGREES, degree): n for degree, n in people["degrees"].items()},
        (_TEACHERS, _COURSES, "体育与健康"): people["pe"],
        (*arts, "计"): people["arts"], (*arts, "音乐"): people["arts"] // 2,
        (*arts, "美术"): people["arts"] - people["arts"] // 2,
        **{("教基1102", f"县级以上骨干教师({zh})"):
           figures.teachers.get((s, "R2"), 0) for s, zh in STAGES_ZH.items()},
        (_BUILDINGS, _ROOMS, "计"): figures.teaching_area,
        (_BUILDINGS, _ROOMS, "其中", "室内体育用房"): figures.indoor_area,
        _LAND: figures.field_area, ("网络多媒体教室",): figures.rooms,
        ("固定资产总值", "教学仪器设备资产值(万元)"): figures.equipment}


def _people(county: MadeCounty, figures: Figures, stage: str) -> dict:
    """Share qualified teachers out over degrees, 体育艺术 teachers over courses.

    专科 is above the requirement in primary schools only, so junior schools have more of it
    beside their qualified teachers.
    """
    draw = generator(county.seed, county.code, "people", figures.year, figures.school.code, stage)
    qualified = figures.teachers.get((stage, "R1"), 40)
    both = figures.teachers.get((stage, "R3"), 6)
    master, college = (int(qualified * draw.uniform(0, most)) for most in (0.12, 0.15))
    counted = college if stage == PRIMARY else 0
    pe = both - int(both * 0.55)
    degrees = {"博士研究生毕业": 0, "硕士研究生毕业": master,
               "本科毕业": qualified - master - counted, "专科毕业": college,
               "高中阶段毕业": draw.randint(0, 1), "高中阶段以下毕业": 0}
    return {"degrees": degrees, "pe": pe, "arts": both - pe}
