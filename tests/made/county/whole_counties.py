"""Whole counties written as workbooks (整县的资料): eleven schools that hand in everything and miss
nothing, with the changes that a list names. They are read as any county's files are.

A change is `甲2小学·教学仪器设备值(万元)=91.2` (a cell of the school's row), `甲2小学·班额·66=1`
(classes of a band, taken from those of 36 to 40), `甲2小学·教室·美术=95、95`, `县·H03=0班`
(a county figure and its unit; after an @ the unit stands as it is), `证·H04=符合` (a paper),
`无·班额` (no such sheet); `上年·` speaks of last year.
"""

import re

from one_reader import one_reader
from openpyxl import Workbook
from tables import YEAR

from pipeline.analysis.evaluate import evaluated
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.targets.plans import plans
from pipeline.ground.terms import records

CODE, NAME, LAST = "990299", "测试99县", "上年·"
BANDS = ["25人及以下", "26—30人", "31—35人", "36—40人", "41—45人", "46—50人", "51—55人", "56—60人",
         "61—65人", "66人及以上"]
COMMON = BANDS[3]
# 学段、办学类型、标识码、各校在校生数、生均：教学用房㎡、设备万元
STAGES = [("小学", "小学", "2199000200", "甲", (900, 720, 480, 360, 240, 180, 90), 5, 0.25),
          ("初中", "初级中学", "3199000300", "乙", (800, 640, 400, 320), 6.5, 0.3)]
PLACES = {"小学": "城区 城区 镇区 镇区 乡村 乡村 乡村", "初中": "城区 城区 镇区 乡村"}
FACTS = """
    通过国家基本均衡认定年份=2016年; 小学生均公用经费基准定额=720元; 初中生均公用经费基准定额=940元;
    特殊教育学校公用经费=60万元; 特殊教育学校学生数=80人; 义务教育教师年平均工资收入=10.2万元;
    公务员年平均工资收入=10.1万元; 专任教师总数=400人; 近5年满360学时专任教师数=400人;
    持有教师资格证的专任教师数=400人; 符合交流条件教师数=200人; 交流轮岗教师数=30人;
    交流轮岗骨干教师数=8人; 城区和镇区公办非寄宿制小学学生数=2460人;
    其中小学划片范围内学生数=2460人; 城区和镇区公办非寄宿制初中学生数=1840人;
    其中初中划片范围内学生数=1800人; 优质高中招生计划数=300人; 优质高中分配指标数=180人;
    符合条件的随迁子女数=100人; 在公办学校就读的随迁子女数=100人;
    在政府购买服务的民办学校就读的随迁子女数=0人; 三年前初一在校生数=700人; 初中毕业生数=690人;
    初中三年转入学生数=5人; 初中三年转出学生数=8人; 初中三年死亡学生数=0人;
    适龄残疾儿童少年数=50人; 已入学残疾儿童少年数=49人; 社会认可度=91%;
    一般公共预算教育支出=20000万元; 义务教育在校生数=5130人"""
PAPERS = dict.fromkeys(("G1", "G2", "G8", "G10", "G14", "G15", "Q3", "Q5", "Q6", "Q7", "Q8", "E1"),
                       "符合") | dict.fromkeys([f"V{n}" for n in range(1, 8)], "无此情况")
MONITORING = [[2021, "四年级", "数学", "Ⅲ", 0.12], [2022, "八年级", "语文", "Ⅲ", 0.12],
              [2023, "四年级", "科学", "Ⅲ", 0.11]]


def schools() -> dict[str, dict]:
    """Return name → row of the form, every figure a little over the national limits."""
    found = {}
    for stage, kind, code, letter, sizes, area, equipment in STAGES:
        for n, (pupils, place) in enumerate(zip(sizes, PLACES[stage].split(), strict=True)):
            found[f"{letter}{n}{kind}"] = {
                "学校标识码": str(int(code) + n), "学校名称": f"{letter}{n}{kind}",
                "办学类型": kind, "学段": None, "城乡类型": place, "举办者类型": "公办",
                "在校生数": pupils, "高于规定学历教师数": -(-pupils * 6 // 100),
                "县级以上骨干教师数": -(-pupils * 12 // 1000) + 1,
                "体育艺术专任教师数": -(-pupils * 11 // 1000),
                "教学及辅助用房面积(㎡)": pupils * area, "室内体育用房面积(㎡)": 0,
                "运动场地面积(㎡)": pupils * 10.5, "教学仪器设备值(万元)": pupils * equipment,
                "网络多媒体教室数": -(-pupils * 29 // 1000), "班级数": -(-pupils // 40),
                "最大班额": 40, "年度公用经费预算总额(万元)": pupils * 0.1,
                "教师培训经费(万元)": pupils * 0.006,
                "公用经费拨付额(万元)": max(pupils, 100) * 0.1, "建校年份": 1990,
                "教职工编制数": None}
    return found


def faultless() -> dict:
    """Return the sheets of the county as they are before any change."""
    listed = schools()
    needed = {name: -(-row["班级数"] // 12) for name, row in listed.items()}
    return {"schools": listed, "papers": dict(PAPERS), "gone": set(),
            "facts": dict(part.strip().split("=") for part in FACTS.split(";")),
            "bands": {name: dict.fromkeys(BANDS, 0) | {COMMON: row["班级数"]}
                      for name, row in listed.items()},
            "rooms": {name: {"音乐": [100] * n, "美术": [95] * n} for name, n in needed.items()}}


def change(data: dict, said: str) -> None:
    """Make one change of a county."""
    left, _, value = said.partition("=")
    whose, what, *more = left.split("·")
    if whose in ("县", "证"):
        data["facts" if whose == "县" else "papers"][what] = value
    elif whose == "无":
        data["gone"].add(what)
    elif what == "班额表":
        del data["bands"][whose]
    elif what == "班额":
        counts, whole = data["bands"][whose], data["schools"][whose]["班级数"]
        counts[next(band for band in BANDS if band.startswith(more[0]))] = number(value)
        counts[COMMON] = whole - sum(n for band, n in counts.items() if band != COMMON)
    elif what == "教室":
        data["rooms"][whose][more[0]] = [number(area) for area in value.split("、") if area]
    else:
        data["schools"][whose][what] = number(value)


def number(text: str):
    """Return a number as one, other words as they are, nothing for none."""
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else text or None


def figure(said: str) -> list:
    """Split a figure and its unit."""
    value, unit = said.split("@") if "@" in said else re.fullmatch(r"([\d.]*)(.*)", said).groups()
    return [number(value), unit]


def workbook(data: dict) -> Workbook:
    """Return the county's workbook."""
    listed = data["schools"]
    stages = {name: "小学" if row["办学类型"].startswith("小学") else "初中"
              for name, row in listed.items()}
    sheets = {
        "学校情况": [[*next(iter(listed.values()))], *([*row.values()] for row in listed.values())],
        "县级数据": [["项目", "数值", "单位"], *(
            [name, *figure(said)] for name, said in data["facts"].items())],
        "佐证材料": [["编号", "状态", "说明", "日期", "文件"], *(
            [id, state, "已查", "2023-10-10", f"{id}.pdf"]
            for id, state in data["papers"].items())],
        "班额": [["学校标识码", "学校名称", "学段", *BANDS], *(
            [listed[name]["学校标识码"], name, stages[name], *counts.values()]
            for name, counts in data["bands"].items())],
        "专用教室": [["学校标识码", "学校名称", "教室类别", "教室面积(㎡)"], *(
            [listed[name]["学校标识码"], name, kind, area]
            for name, kinds in data["rooms"].items() for kind, areas in kinds.items()
            for area in areas)],
        "质量监测": [["监测年份", "年级", "学科", "水平等级", "校际差异率(比率)"], *MONITORING]}
    book = Workbook()
    book.remove(book.active)
    for title in sheets.keys() - data["gone"]:
        sheet = book.create_sheet(title)
        for line in sheets[title]:
            sheet.append(line)
    return book


def judged(folder, changes: list[str], chosen: str = "") -> tuple[dict[str, dict], list[dict]]:
    """Return the targets by number and all findings of the county with these changes, judged by
    the ``chosen`` plans or by all; last year's files are there where a change speaks of it."""
    years = {YEAR: faultless()}
    if any(said.startswith(LAST) for said in changes):
        years[YEAR - 1] = faultless()
    for said in changes:
        change(years[YEAR - said.startswith(LAST)], said.removeprefix(LAST))
    raw = folder / "raw"
    for year, data in years.items():
        (raw / str(year)).mkdir(parents=True)
        workbook(data).save(raw / str(year) / f"{CODE}_{NAME}.xlsx")
    (raw / "counties.csv").write_text(
        "code,name,province,prefecture,standard,plans,notice\n"
        f"{CODE},{NAME},示例省,示例市,cn-2017-06,{chosen or ' '.join(plans())},示例数据：虚构\n",
        encoding="utf-8")
    county = County.open(CODE, YEAR, raw=str(raw), processed=str(folder))
    with one_reader():
        read = import_county(county)
    assert not read.refused, [r["action"] for r in records(read.findings)
                              if r["severity"] == "refuse"]
    known = {**read.tables, "standard": county.standard, "year": YEAR, "years": county.years,
             "code": CODE, "plans": county.plans, "reference_day": county.reference_day}
    tables = evaluated(known, ["targets", "contradictions"])
    return ({row["id"]: row for row in records(tables["targets"])},
            [*records(read.findings), *records(tables["contradictions"])])
