"""Make the example county 990101 示例县 (示例数据): every figure in it is made up.

    python data/raw/make_example.py

writes `<year>/990101_示例县.xlsx` for 2021–2023 beside this file, over nothing that is there. Each
school draws from its own seeded generator, so two runs give the same bytes. Levels are drawn about
the thresholds of 教督〔2017〕6号: most schools meet all seven, a few are let down on purpose
(`PLANTED`).
"""

import math
from dataclasses import dataclass
from pathlib import Path
from random import Random

from example_county_sheets import add_county_sheets, add_sheet, added_columns, as_bytes, untidy
from openpyxl import Workbook

HERE = Path(__file__).parent
YEARS = (2021, 2022, 2023)

# 办学类型 城乡 举办者：校名 2023年学生数（小学+初中+高中） [教学点所归属的学校]；顺序即标识码的顺序
SCHOOLS = """
211 城区 公办：示例县第一小学 1860；示例县第二小学 1540；示例县实验小学 1720
211 城区 公办：盱眙路小学 1180；城东小学 960
311 城区 公办：示例县第一初级中学 0+1620；示例县第二初级中学 0+1380
312 城区 民办：明德学校 620+480
345 城区 民办：博雅学校 540+460+420
211 镇区 公办：青溪镇中心小学 880；筠溪镇中心小学 760；濉河镇中心小学 690
211 镇区 公办：黟山镇中心小学 610；婺水镇中心小学 560；歙溪镇中心小学 520；青溪镇第二小学 470
211 镇区 民办：育英小学 430
311 镇区 公办：青溪镇初级中学 0+780；筠溪镇初级中学 0+640；濉河镇初级中学 0+560
341 镇区 公办：示例县第二中学 0+520+980
312 镇区 公办：堽城镇九年一贯制学校 340+360
211 乡村 公办：双河小学 312；柳湾小学 264；堽头小学 241；石桥小学 223；鄠桥小学 208
211 乡村 公办：南塘小学 187；岢岭小学 179；枫树坪小学 163；松岭小学 152；杨家洼小学 138
211 乡村 公办：白鹭洲小学 121；竹园小学 96；云台小学 84；桃花坞小学 0
312 乡村 公办：溆水乡九年一贯制学校 214+188
311 乡村 公办：双河乡初级中学 0+363；柳湾乡初级中学 0+322
311 乡村 公办：鄠桥乡初级中学 0+284；石桥乡初级中学 0+237
218 乡村 公办：岢西教学点 71 岢岭小学；溆水教学点 62 溆水乡九年一贯制学校
218 乡村 公办：小湾教学点 38 柳湾小学；后山教学点 24 堽头小学；月亮湾教学点 17 双河小学
514 城区 公办：示例县特殊教育学校 86
"""
CLOSED = {"桃花坞小学": {2021: 66, 2022: 41}}  # 2023年停办，仍在册
TYPES = {  # 办学类型代码 → 名称、标识码前两位
    "211": ("小学", "21"), "218": ("小学教学点", "21"), "311": ("初级中学", "31"),
    "312": ("九年一贯制学校", "31"), "341": ("完全中学", "34"), "345": ("十二年一贯制学校", "34"),
    "514": ("特殊教育学校", "51"),
}

# 变量 → 每生要求（小学、初中）、起点（为要求的倍数）、随规模减小而增的弹性、离散程度
LEVELS = {
    "qualified_teachers": ((0.042, 0.053), 1.36, 0.14, 0.26),
    "backbone_teachers": ((0.01, 0.01), 1.45, 0.08, 0.30),
    "pe_art_teachers": ((0.009, 0.009), 1.35, 0.10, 0.26),
    "teaching_area_m2": ((4.5, 5.8), 1.30, 0.20, 0.22),
    "sports_area_m2": ((7.5, 10.2), 1.30, 0.46, 0.32),
    "equipment_value_yuan": ((2000, 2500), 1.40, 0.15, 0.28),
    "multimedia_rooms": ((0.023, 0.024), 1.30, 0.20, 0.22),
}
TEACHERS = tuple(LEVELS)[:3]
COUNTED = (*TEACHERS, "multimedia_rooms")
PLANTED = {  # (校名, 变量) → 2023年为要求的多少倍，不抽取
    ("示例县第一小学", "sports_area_m2"): 0.90,  # 以下五校各有一项在85%以上，按“6项达标”通过
    ("盱眙路小学", "sports_area_m2"): 0.94,
    ("示例县第二小学", "equipment_value_yuan"): 0.96,
    ("歙溪镇中心小学", "pe_art_teachers"): 0.93,
    ("双河小学", "backbone_teachers"): 0.97,
    ("城东小学", "sports_area_m2"): 0.81,  # 以下四校未达标：一项不足85%，或两项未达标
    ("枫树坪小学", "pe_art_teachers"): 0,  # 没有体育艺术专任教师：零是数据
    ("青溪镇第二小学", "qualified_teachers"): 0.95,
    ("青溪镇第二小学", "multimedia_rooms"): 0.96,
    ("濉河镇初级中学", "pe_art_teachers"): 0.80,
    ("示例县第一初级中学", "backbone_teachers"): 3.4,  # 骨干教师集中：差异系数临界
    ("示例县第二初级中学", "backbone_teachers"): 1.15,
    ("青溪镇初级中学", "backbone_teachers"): 1.7,
}


@dataclass(frozen=True)
class School:
    """A school of `SCHOOLS`; pupils are (小学, 初中, 高中)."""

    code: str
    name: str
    kind: str
    location: str
    ownership: str
    pupils: tuple[int, int, int]
    parent: str

    def draw(self, what: str) -> Random:
        """Return the generator of one figure of this school."""
        return Random(f"{self.name}/{what}")

    def in_year(self, year: int) -> tuple[int, int, int]:
        """Return the pupils of a year: the city grows a little, villages shrink."""
        if self.name in CLOSED:
            return CLOSED[self.name].get(year, 0), 0, 0
        drift = {"城区": -0.004, "镇区": 0.004, "乡村": 0.015}[self.location] * (2023 - year)
        return tuple(round(p * (1 + drift)) for p in self.pupils)


def schools() -> list[School]:
    """Read `SCHOOLS`; 标识码 are given in order, with 99 where a province code would stand."""
    found, codes = [], {}
    for line in SCHOOLS.strip().split("\n"):
        kind, location, ownership = line.split("：")[0].split()
        for entry in line.split("：")[1].split("；"):
            name, pupils, *parent = entry.split()
            codes[name] = f"{TYPES[kind][1]}99{len(codes) + 1:06d}"
            numbers = tuple(int(n) for n in f"{pupils}+0+0".split("+")[:3])
            above = codes[parent[0]] if parent else ""
            found.append(School(codes[name], name, kind, location, ownership, numbers, above))
    return found


def weighted_pupils(pupils: tuple[int, int, int]) -> float:
    """Return A + 1.1B + 1.32C, by which whole-school assets are shared out (拆分权重)."""
    a, b, c = pupils
    return a + 1.1 * b + 1.32 * c if a else b + 1.2 * c


def ratio(school: School, variable: str, year: int, stage: int) -> float:
    """Draw how many times its requirement a school has; those behind catch up over the years."""
    _, base, elasticity, spread = LEVELS[variable]
    noise = min(max(school.draw(f"{variable}{stage}").gauss(0, 1), -1.5), 1.5)
    size = max(sum(school.in_year(year)), 40)
    least = school.draw(f"{variable}{stage}least").uniform(1.012, 1.10)
    level = max(base * (900 / size) ** elasticity * math.exp(spread * noise), least)
    level = PLANTED.get((school.name, variable), level)
    return level * (1 - (0.035 if level < 1.3 else 0.005) * (2023 - year))


def amount(school: School, variable: str, year: int, stage: int = 0) -> float:
    """Return what the school has: teachers of the stage (0, 1), or assets of the whole school."""
    pupils, (primary, junior) = school.in_year(year), LEVELS[variable][0]
    if variable in TEACHERS:
        each, base = (primary, junior)[stage], pupils[stage]
    else:
        mixed = pupils[0] and pupils[1]  # enough for both sections after the split
        each = max(primary, junior / 1.1) if mixed else junior if pupils[1] else primary
        base = weighted_pupils(pupils)
    times = ratio(school, variable, year, stage)
    if variable not in COUNTED:
        return times * each * base
    enough = math.ceil(round(each * base, 6))
    return max(round(times * each * base), enough) if times >= 1 else int(times * each * base)


def spending_per_pupil(school: School, year: int) -> float:
    """Return 生均公用经费 in 元; village schools below 100 pupils are paid for 100."""
    pupils, noise = school.in_year(year), school.draw("spending").gauss(0, 1)
    paid = max(sum(pupils), 100) if school.location == "乡村" else sum(pupils)
    each = 860 if pupils[0] and pupils[1] else 990 if pupils[1] else 765
    each = 6600 if school.kind == "514" else each  # 特殊教育学校另有标准，不低于6000元
    each *= (900 / paid) ** 0.075 * math.exp(0.06 * noise) * 0.97 ** (2023 - year)
    return each * paid / sum(pupils)


def whole_school(school: School, year: int) -> dict:
    """Return the columns that do not depend on the stage: assets and 公用经费支出."""
    pupils = school.in_year(year)
    sport = amount(school, "sports_area_m2", year)
    share = school.draw("indoor").uniform(0.05, 0.12)
    indoor = round(sport * share) if sum(pupils) >= 300 else 0
    spending = spending_per_pupil(school, year) * weighted_pupils(pupils)
    return {
        "teaching_area_m2": round(amount(school, "teaching_area_m2", year) + indoor, 1),
        "indoor_sport_area_m2": indoor,
        "field_area_m2": round(sport) - indoor,
        "equipment_value_yuan": round(amount(school, "equipment_value_yuan", year) / 1e4, 2),
        "multimedia_rooms": amount(school, "multimedia_rooms", year),
        "operating_spending_yuan": round(spending / 1e4, 2),
    }


def fitness(school: School, year: int, stage: int, teachers: int) -> float:
    """Draw 体质健康优良率: rises mildly with log spending and with qualified teachers."""
    spending = spending_per_pupil(school, year) / (790, 1020)[stage]
    ahead = 100 * (teachers / school.in_year(year)[stage] - (0.055, 0.07)[stage])
    place = {"城区": 4, "镇区": 1, "乡村": -1}[school.location]
    noise = school.draw(f"fitness{stage}").gauss(0, 4) + (year - 2023) * 0.8
    value = 50 + 24 * math.log(spending) + 1.8 * ahead + place + noise
    return round(min(max(value, 35), 75), 1)


def rows_of(school: School, year: int) -> list[dict]:
    """Return the school's rows as variable → value: one a stage section."""
    pupils = school.in_year(year)
    closed = not any(pupils)
    stages = [stage for stage in (0, 1) if pupils[stage]] or [0]
    names = ("pupils_primary", "pupils_junior", "pupils_senior")
    told = len(stages) > 1 or school.kind in ("341", "514")
    whole = whole_school(school, year - 1 if closed else year)
    if closed:
        whole["operating_spending_yuan"] = 0
    rows = []
    for stage in stages:
        row = {"school_code": school.code, "name": school.name, "location": school.location,
               "school_type": TYPES[school.kind][0], "ownership": school.ownership,
               "stage": ("小学", "初中")[stage] if told else None,
               "parent_code": school.parent or None}
        row |= {name: n for name, n in zip(names, pupils, strict=True) if n}
        row |= {v: 0 if closed else amount(school, v, year, stage) for v in TEACHERS}
        if not closed and school.kind != "514":
            row["fitness_good_pct"] = fitness(school, year, stage, row["qualified_teachers"])
        rows.append(row | whole | ({"pupils_primary": 0} if closed else {}))
    return rows


def totals(rows: list[dict]) -> dict:
    """Return the 合计 row: teachers over all rows, the rest once a school."""
    once = list({row["school_code"]: row for row in rows}.values())
    total = {"school_code": "合计"}
    for variable in {variable for row in rows for variable in row}:
        counted = rows if variable in TEACHERS else once
        values = [row[variable] for row in counted if row.get(variable) is not None]
        if variable != "fitness_good_pct" and values and not isinstance(values[0], str):
            total[variable] = round(sum(values), 2)
    return total


def fill(book: Workbook, year: int) -> None:
    """Fill the workbook: 学校情况, the county's sheets, and the warning of 说明."""
    book.remove(book.active)
    rows = [row for school in schools() for row in rows_of(school, year)]
    lines, ends = rows, [totals(rows), {"school_code": "说明：本表为虚构数据"}]
    if year == 2023:
        rows = [row | added_columns(row) for row in rows]
        lines = [untidy(row) for row in rows]
    add_sheet(book, "template-1", year, [*lines, *ends], {v for row in rows for v in row})
    add_county_sheets(book, year, rows)
    book.create_sheet("说明").append(["本工作簿为虚构示例：县名、校名、标识码和所有数字均为编造，"
                                     "不对应任何真实的县或学校。"])


def main() -> None:
    """Write the workbooks of all years."""
    for year in YEARS:
        book = Workbook()
        fill(book, year)
        path = HERE / str(year) / "990101_示例县.xlsx"
        path.parent.mkdir(exist_ok=True)
        said = "未动：已有而内容不同，要重新生成请先移走"
        if not path.exists():
            part = path.with_suffix(".part")
            part.write_bytes(as_bytes(book))
            part.rename(path)
            said = "已生成"
        elif path.read_bytes() == as_bytes(book):
            said = "没有变化"
        print(f"{said} {path.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
