"""What `make_example.py` writes beside the drawn school figures; everything is made up.

The county's own sheets of 990101 示例县 (县级数据, 佐证材料, 班额, 专用教室, 质量监测, 满意度调查,
学龄人口), the school columns that its items ask for, untidy cells and totals, the workbook's bytes.
The outcomes are chosen (see README.md beside this): items met, not met by a single school or
class, exactly on their limit, and open for want of a paper or a date.
"""

import io
import math
import re
import tomllib
import zipfile
from bisect import bisect_left
from pathlib import Path
from random import Random

from example_people import pupils_by_grade, survey_groups
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

LAYOUTS = Path(__file__).parents[1] / "layouts"
BORN = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can hold
WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
OF_THE_COUNTY = {"item_id", "evidence_status", "evidence_note", "evidence_date",
                 "evidence_document"}  # 本县的材料没有学校标识码一栏
UNTIDY = {  # (校名, 变量) → 2023年单元格里实际写的样子
    ("濉河镇中心小学", "teaching_area_m2"): lambda v: f"{v:,.1f}",
    ("筠溪镇中心小学", "field_area_m2"): lambda v: str(v).translate(WIDE_DIGITS),
    ("柳湾小学", "field_area_m2"): lambda v: f"{v}㎡",
    ("鄠桥小学", "name"): lambda v: f"{v}  ",
    ("南塘小学", "school_code"): lambda v: f" {v} ",
    ("松岭小学", "pe_art_teachers"): lambda v: f"{v} ",
    ("石桥乡初级中学", "indoor_sport_area_m2"): lambda v: None,  # 没有而留空：空白不是零
}
BANDS = ("classes_to_25", "classes_26_30", "classes_31_35", "classes_36_40", "classes_41_45",
         "classes_46_50", "classes_51_55", "classes_56_60", "classes_61_65", "classes_66_up")
BAND_ENDS = (25, 30, 35, 40, 45, 50, 55, 60, 65)
LARGE_CLASS = {"筠溪镇中心小学": 48, "青溪镇初级中学": 52}  # 各有一个班超过45人、50人
ROOM_AREAS = {"音乐": 96, "美术": 90}
ROOMS = {  # (校名, 类别) → 各间面积，不抽取
    ("双河小学", "音乐"): [96], ("双河小学", "美术"): [90],  # 恰为标准值：达标
    ("柳湾小学", "音乐"): [95.9],  # 差0.1平方米：不计
    ("歙溪镇中心小学", "美术"): [],  # 没有美术教室
}
BUDGETS = {"青溪镇中心小学": (71.2, 3.56), "筠溪镇初级中学": (65, 2.99)}  # 培训经费5%、4.6%

FACTS = {  # 年份 → 项目 数值 单位 说明
    2021: """
一般公共预算教育支出 46215 万元
义务教育在校生数 25060 人 按学籍；含未列入学校表的附设班和市直学校分校学生
义务教育人员经费支出 301540 千元 决算
义务教育公用经费支出 2047.6 万元 决算
居民消费价格指数（上年=100） 100.9 % 统计公报
""",
    2022: """
一般公共预算教育支出 48622 万元
义务教育在校生数 25080 人 按学籍；含未列入学校表的附设班和市直学校分校学生
义务教育人员经费支出 316905 千元 决算
义务教育公用经费支出 2113.4 万元 决算
居民消费价格指数（上年=100） 101.8 % 统计公报
""",
    2023: """
通过国家基本均衡认定年份 2016 年
小学生均公用经费基准定额 720 元 城乡一致
初中生均公用经费基准定额 940 元 城乡一致
特殊教育学校公用经费 54.52 万元 财政拨付数
特殊教育学校学生数 86 人
义务教育教师年平均工资收入 9.86 万元 上年，公办学校
公务员年平均工资收入 10.12 万元 上年
专任教师总数 1742 人
近5年满360学时专任教师数 1742 人
持有教师资格证的专任教师数 1742 人
符合交流条件教师数 1000 人
交流轮岗教师数 105 人
交流轮岗骨干教师数 21 人
城区和镇区公办非寄宿制小学学生数 11750 人
其中小学划片范围内学生数 11750 人
城区和镇区公办非寄宿制初中学生数 4980 人
其中初中划片范围内学生数 4791 人
优质高中招生计划数 1200 人
优质高中分配指标数 624 人
符合条件的随迁子女数 1300 人
在公办学校就读的随迁子女数 1092 人
在政府购买服务的民办学校就读的随迁子女数 91 人
三年前初一在校生数 2790 人
初中毕业生数 2684 人
初中三年转入学生数 62 人
初中三年转出学生数 101 人
初中三年死亡学生数 1 人
适龄残疾儿童少年数 250 人
已入学残疾儿童少年数 241 人 特教学校86人、随班就读121人、送教上门34人
社会认可度 92.37 % 问卷有效回收3120份
一般公共预算教育支出 4.8915 亿元
义务教育在校生数 25310 人 按学籍；含未列入学校表的附设班和市直学校分校学生
义务教育人员经费支出 318880 千元 决算
义务教育公用经费支出 21861000 元 决算
居民消费价格指数（上年=100） 100.3 % 统计公报
Z16 197 所 市级数
Z25 71.5 % 市级数
Z28 28 所 市级数
ZR1 236 所 市级数
H03 0 班
H04 0 班
CX09 33.3 %
CX15 8.6 % 州级数
W13 91.2 % 市级数
""",
}
EVIDENCE = """
G1 符合 布局专项规划已批复 2022-06-30 义务教育学校布局专项规划（2022—2027年）.pdf
G2 符合 四项标准城乡统一 2023-03-15 示政办〔2023〕9号
G8 符合 绩效工资总量已足额核定 2023-10-12 示人社〔2023〕41号
G10 符合 编制和岗位县级统筹分配 - 示编办〔2023〕17号
G14 符合 分配指标向农村初中倾斜 2023-04-28 示教〔2023〕22号
G15 符合 留守儿童关爱体系健全 2023-09-05 示教〔2023〕56号
Q3 符合 各校章程已核准 2023年10月20日 学校章程核准汇总表.xlsx
Q5 符合 信息化应用情况已抽查 2023-11-02 信息化教学应用抽查报告.pdf
Q6 符合 各校评价均为良好以上 2023-10-27 德育与校园文化评价汇总表.xlsx
Q7 符合 课程开设已逐校检查 2023-10-31 课程开设检查报告.pdf
V1 无此情况 - 2023-11-20 示政函〔2023〕63号
V2 无此情况 - 2023-11-20 示政函〔2023〕63号
V3 无此情况 - 2023-11-20 示政函〔2023〕63号
V6 无此情况 - 2023-11-20 示政函〔2023〕64号
E1 符合 年度监测持续保持较高水平 2023-08-18 年度监测报告（2016—2022年）.pdf
Z22 符合 监测和督导结果已公开 2023-12-08 示政督〔2023〕5号
ZR5 符合 城镇学校均已开展支教 2023-09-28 支教工作安排.pdf
"""
MONITORING = """
2021 四年级 数学 Ⅲ 0.149
2022 八年级 语文 Ⅲ 0.12
2023 四年级 科学 Ⅲ 0.15
"""


def stage_of(row: dict) -> str:
    """Return the stage of a school row: as told, else by the school's kind."""
    junior = row["school_type"] in ("初级中学", "完全中学")
    return row["stage"] or ("初中" if junior else "小学")


def class_sizes(row: dict) -> list[int]:
    """Draw the pupils of every class: grades of nearly one size, each evenly divided."""
    stage, name = stage_of(row), row["name"]
    junior = stage == "初中"
    pupils, most = row.get("pupils_junior" if junior else "pupils_primary", 0), 50 if junior else 45
    point = row["school_type"] == "小学教学点"
    draw, left, sizes = Random(f"{name}/classes{stage}"), pupils, []
    for grades in range(-(-pupils // 20) if point else 3 if junior else 6, 0, -1):
        grade = left if grades == 1 else round(left / grades * draw.uniform(0.95, 1.05))
        number, left = -(-grade // most), left - grade
        sizes += [grade // number + (i < grade % number) for i in range(number)]
    if name in LARGE_CLASS:  # pupils of the first class's neighbours move into it
        for i in range(LARGE_CLASS[name] - sizes[0]):
            sizes[0], sizes[1 + i % 2] = sizes[0] + 1, sizes[1 + i % 2] - 1
    return sizes


def added_columns(row: dict) -> dict:
    """Return the school columns that items G3, G6 and Q4 ask for; money in 万元."""
    draw, spending = Random(f"{row['name']}/budget"), row["operating_spending_yuan"]
    budget = round(spending * draw.uniform(1.01, 1.04), 2)
    training = math.ceil(budget * draw.uniform(5.1, 7.5)) / 100
    budget, training = BUDGETS.get(row["name"], (budget, training))
    paid = draw.choice((7.2, 7.2, 7.35, 7.5))  # 按100人核定：100×720元起
    small = (row["location"] == "乡村" and stage_of(row) == "小学"
             and 0 < row["pupils_primary"] < 100)
    return {"classes": len(class_sizes(row)), "operating_budget_yuan": budget,
            "training_spending_yuan": training,
            "operating_allocated_yuan": paid if small else None}


def general(rows: list[dict]) -> list[dict]:
    """Return the rows of general schools with pupils."""
    return [r for r in rows if r["school_type"] != "特殊教育学校" and class_sizes(r)]


def bands_of(rows: list[dict]) -> list[list]:
    """Return the rows of 班额: how many classes of each size a section has."""
    found = []
    for row in general(rows):
        counts = [0] * len(BANDS)
        for size in class_sizes(row):
            counts[bisect_left(BAND_ENDS, size)] += 1
        found.append([row["school_code"], row["name"], stage_of(row), *counts])
    return found


def rooms_of(rows: list[dict]) -> list[list]:
    """Return the rows of 专用教室: for every 12 classes of a school one room of each kind."""
    classes, names = {}, {}
    for row in general(rows):
        if row["school_type"] != "小学教学点":
            code = row["school_code"]
            classes[code], names[code] = classes.get(code, 0) + row["classes"], row["name"]
    found = []
    for code, count in classes.items():
        for kind, least in ROOM_AREAS.items():
            draw = Random(f"{names[code]}/{kind}")
            drawn = [least + draw.randrange(0, 40) / 2 for _ in range(-(-count // 12))]
            areas = ROOMS.get((names[code], kind), drawn)
            found += [[code, names[code], kind, area] for area in areas]
    return found


def facts_of(year: int, rows: list[dict]) -> list[list]:
    """Return the rows of 县级数据; W22 班额达标率 follows from the classes."""
    lines = [line.split(maxsplit=3) for line in FACTS[year].strip().split("\n")]
    found = [[name, float(n) if "." in n else int(n), *rest] for name, n, *rest in lines]
    if year == 2023:
        sizes = [(size, stage_of(r)) for r in general(rows) for size in class_sizes(r)]
        kept = sum(size <= (50 if stage == "初中" else 45) for size, stage in sizes)
        found.append(["W22", round(100 * kept / len(sizes), 2), "%", "由班额表得出"])
    return found


def add_county_sheets(book: Workbook, year: int, rows: list[dict]) -> None:
    """Add the county's sheets: all seven in 2023, 县级数据 alone before."""
    add_sheet(book, "county-facts", year, facts_of(year, rows))
    if year != 2023:
        return
    evidence = [line.split() for line in EVIDENCE.strip().split("\n")]
    add_sheet(book, "evidence", year, [[None if c == "-" else c for c in r] for r in evidence],
              OF_THE_COUNTY)
    add_sheet(book, "class-sizes", year, bands_of(rows))
    add_sheet(book, "rooms", year, rooms_of(rows))
    results = [line.split() for line in MONITORING.strip().split("\n")]
    add_sheet(book, "monitoring", year, [[int(y), *r, float(g)] for y, *r, g in results])
    add_sheet(book, "survey", year, survey_groups())
    add_sheet(book, "grade-pupils", year, pupils_by_grade())


def add_sheet(book: Workbook, id: str, year: int, rows: list,
              variables: set | None = None) -> None:
    """Add a sheet in a layout (all its columns, or those of ``variables``): title, header, rows."""
    layout = tomllib.loads(next(LAYOUTS.rglob(f"{id}.toml")).read_text(encoding="utf-8"))
    columns = {c["variable"]: c["headers"][0] for c in layout["columns"]
               if variables is None or c["variable"] in variables}
    sheet = book.create_sheet(layout["sheet"])
    sheet.append([f"示例县{layout['zh']}（{year}年，虚构）"])
    sheet.append(list(columns.values()))
    for row in rows:
        sheet.append([row.get(v) for v in columns] if isinstance(row, dict) else row)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A1"].alignment = Alignment(horizontal="center")
    for cell, variable in zip(sheet[2], columns, strict=True):
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
        wide = variable in ("name", "fact", "evidence_note", "evidence_document")
        sheet.column_dimensions[cell.column_letter].width = 26 if wide else 14
    sheet.freeze_panes = "C3"


def untidy(row: dict) -> dict:
    """Return the row with some cells written as people do (`UNTIDY`)."""
    return {v: UNTIDY.get((row["name"], v), lambda value: value)(row[v]) for v in row}


def as_bytes(book: Workbook) -> bytes:
    """Return the workbook with every time in it fixed, and uncompressed, so bytes repeat."""
    buffer, fixed = io.BytesIO(), io.BytesIO()
    book.save(buffer)
    stamp = f"{BORN[0]}-01-01T00:00:00Z"
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(fixed, "w") as out:
        for name in sorted(made.namelist()):
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"20\d\d-[-\dT:.]+Z", stamp.encode(), content)
            member = zipfile.ZipInfo(name, BORN)
            member.create_system = 0  # or the bytes would tell the operating system
            out.writestr(member, content)
    return fixed.getvalue()
