"""Headers: wordings that must be understood, look-alikes that must not be taken, ambiguity.

The wordings are those of bureaus' workbooks, of statistical exports and of open tools; what
they share: blanks inside words, （）or (), ㎡ or m2, 县级以上 or 区级及以上, 体艺 or 艺体,
每百名学生 or 每百生, counts and ratios under almost one name.
"""

from collections.abc import Iterator
from fractions import Fraction

from corpus.base import (
    AREA,
    BACKBONE,
    BASE,
    CODE,
    CSV,
    FIELD,
    FILE,
    INDOOR,
    MONEY,
    NAME,
    NINE,
    PE,
    PUPILS,
    QUALIFIED,
    ROOMS,
    SHEET,
    Case,
    at,
    lines_of,
    rows,
    xlsx,
)
from corpus.tables.sheets import book_of
from tables import csv_bytes, renamed

FAMILY = "headers"
KIND, WHERE, OWNER = "办学类型", "城乡类型", "举办者类型"

ALIASES = {
    NAME: "学校（机构）名称 学校（机构）名称（章） 学校（机构）名称： 学校 学校全称 學校名稱 "
          "所属学校 XXMC orgName 机构名称",
    CODE: "学校（机构）标识码 学校代码 机构编码 标识码",
    KIND: "学校类型 学校办学类型",
    WHERE: "城乡分组 所属城乡", OWNER: "举办者 举办者性质",
    PUPILS: "在校生数(合计) 在校学生数(人) 学生人数 学生人数（在校人数） 学生数 在校人数 "
            "学生总数 学生总人数 學生人數 在校学生数 学生数(A) 在校生 现有学生数",
    QUALIFIED: "高学历教师 高一级学历 学校拥有高于规定学历教师数 高一级学历教师 高于规定学历教师",
    BACKBONE: "县级及以上骨干教师数 骨干教师数 骨干教师数量 县级及以上骨干教师 县级以上骨干 "
              "骨干教师",
    PE: "体育艺术专任教师 音体美教师 艺体教师 体艺教师",
    AREA: "教学用房 教学及辅助用房(计) 现有教学及辅助用房面积 教学辅助用房面积 教学用房面积 "
          "教学面积 教辅用房 教学辅助用房 教学及辅助用房",
    FIELD: "运动场地面积(平方米) 运动场地面积m2 校内体育场面积 运动场地面积",
    MONEY: "教学仪器设备资产值（账面原值）(万元) 教学仪器设备资产值(万元) "
           "教学仪器设备资产值in10000 教学、科研仪器设备资产值(万元) 仪器设备总值（万元） "
           "设备值(万元)",
    ROOMS: "多媒体教室 网络多媒体教室数量 网络多媒体教室间数 网络多媒体教室(间) "
           "网络多媒体教室数（间） 教室（间）其中：网络多媒体教室数 "
           "教室（间）<-->网络多媒体教室 多媒体教室数 学校共有＿＿间多媒体教室 班班通教室",
}
HELD_OUT = (    # of the same kinds, put together otherwise
    (NAME, "学 校 名 称"), (CODE, "学校(机构) 标识码"), (OWNER, "举办者\n类型"),
    (PUPILS, "在校\n学生数（人）"),
    (PUPILS, "在校生数 "), (PUPILS, "学生人数（人）"), (QUALIFIED, "高于规定学历　教师数"),
    (QUALIFIED, "高于规定学历专任教师人数（人）"), (BACKBONE, "区级以上骨干教师数"),
    (BACKBONE, "县（市、区）级以上骨干教师数"), (BACKBONE, "县级及以上 骨干教师人数"),
    (PE, "体育、艺术（音乐、美术）专任教师数"), (PE, "艺体专任教师人数"),
    (PE, "体艺专任教师数(人)"),
    (AREA, "教学及辅助用房面积（M2）"), (AREA, "教学及辅助用房 面积(平方米)"),
    (AREA, "教学及\n辅助用房（㎡）"),
    (FIELD, "运动场地 面积（m²）"), (FIELD, "体育运动场地面积(㎡)"),
    (MONEY, "教学仪器设备值（万元）"),
    (MONEY, "教学仪器设备总值(万元)"), (MONEY, "教学仪器\n设备资产值（单位：万元）"),
    (ROOMS, "網絡多媒體教室數"), (ROOMS, "网络多媒体 教室（间）"),
)
RATIOS = {
    QUALIFIED: "每百名学生拥有高于规定学历教师数 每百名学生拥有高学历教师数 每百名学生高学历教师数",
    BACKBONE: "每百名学生拥有县级及以上骨干教师数 每百名学生骨干教师数 每百名学生拥有骨干教师数 "
              "每百生骨干教师数 每百名学生拥有区级及以上骨干教师数",
    PE: "每百名学生拥有体育、艺术（美术、音乐）专任教师数 每百名学生拥有体艺教师数 "
        "每百名学生艺体教师数",
    AREA: "生均教学及辅助用房面积 生均教学及辅助用房面积(㎡) 生均教学及辅助用房面积（㎡） "
          "生均教学用房面积",
    FIELD: "生均体育运动场馆面积(㎡) 生均运动场馆面积 生均运动场面积（平方米生）",
    MONEY: "生均教学仪器设备值（万元转元） 生均教学仪器设备(元) 生均教学仪器设备值（元）",
    ROOMS: "每百名学生拥有网络多媒体教室数 每百名学生拥有多媒体教室数 每百名学生多媒体教室数 "
           "每百名学生拥有网络多媒体\u3000教室数",
}
OPEN = ((MONEY, "小学教学仪器设备资产值"), (MONEY, "教学仪器设备资产值（账面原值）"),
        (MONEY, "L6设备"),
        (QUALIFIED, "L1高学历"), (PE, "L3体艺"), (AREA, "L4用房"), (ROOMS, "L7多媒体"))
DECOYS = (
    (NAME, "学校（机构）简称", "和平"), (NAME, "學校名稱_ref", "和平路"), (PUPILS, "毕业生数", 61),
    (PUPILS, "1年級男學生數", 40), (PUPILS, "招生数", 66), (PUPILS, "预计毕业生数", 60),
    (QUALIFIED, "生均高于规定学历教师数", 0.05), (QUALIFIED, "学历教师总数", 33),
    (QUALIFIED, "专任教师学历", "合格"), (QUALIFIED, "每百名学生拥有高于规定学历教师数差异系数",
                                  0.2),
    (BACKBONE, "是否县级及以上骨干教师", "是"), (BACKBONE, "是否区级以上骨干教师", "否"),
    (BACKBONE, "北京市学科骨干教师人数", 2), (BACKBONE, "校级骨干教师数", 9),
    (PE, "音乐交流轮岗/兼职/走教教师人数", 1), (AREA, "生均教学及辅助、行政办公用房面积", 6.1),
    (AREA, "生均教学及辅助、行政办公用房面积（平方米生）", 6.1), (AREA, "行政办公用房面积(㎡)",
                                            400),
    (FIELD, "校内其他体育场面积", 700), (FIELD, "生均体育馆面积", 0.4),
    (MONEY, "教学仪器数量", 320),
    (MONEY, "固定资产总值(万元)", 900), (ROOMS, "普通教室（间）", 24),
    (ROOMS, "每百名学生拥有计算机台数", 11), (ROOMS, "多媒体教室座位数", 900),
)


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    for header, wordings in ALIASES.items():
        for wording in wordings.split(" "):
            yield _reworded(header, wording)
    for header, wording in HELD_OUT:
        yield _reworded(header, wording)
    for header, wording in OPEN:
        yield _reworded(header, wording, "refuse|exact|clean")
    yield from _ratios()
    yield from _decoys()
    yield from _venues()
    yield from _by_stage()
    yield from _ambiguous()
    yield from _not_understood()


def _reworded(header: str, wording: str, expected: str = "exact|clean") -> Case:
    lines = [renamed(row, header, wording) for row in rows()]
    return Case(f"{header} written {wording!r}", FAMILY, {FILE: xlsx(lines)}, expected)


def ratio(row: dict, header: str) -> Fraction:
    """Return what a row has per hundred pupils or per pupil, a mixed school's assets shared
    250 : 1.1 × 500, so that a pupil of its primary part has 1/800 of them."""
    scale = {MONEY: 10_000, AREA: 1, FIELD: 1}.get(header, 100)
    amount = Fraction(str(row[header]))
    amount += {AREA: -1, FIELD: 1}.get(header, 0) * Fraction(str(row[INDOOR]))
    if row[KIND] != NINE or header in (QUALIFIED, BACKBONE, PE):
        return scale * amount / row[PUPILS]
    return scale * amount / 800 * (Fraction(11, 10) if row["学段"] == "初中" else 1)


def _as_ratios(header: str, wording: str) -> list[dict]:
    return [renamed(row | {header: float(ratio(row, header))}, header, wording) for row in rows()]


def _ratios() -> Iterator[Case]:
    for header, wordings in RATIOS.items():
        for wording in wordings.split(" "):
            yield Case(f"a ratio: {wording}", FAMILY, {FILE: xlsx(_as_ratios(header, wording))},
                       "exact|clean")
    for wording in ("生均教学仪器设备值（小学）", "生均教学设备值", "生均仪器设备值",
                    "生均仪器设备总值"):
        yield Case(f"a ratio without unit: {wording}", FAMILY,
                   {FILE: xlsx(_as_ratios(MONEY, wording))}, "refuse|exact|clean")
    every = rows()
    for header, wordings in RATIOS.items():
        every = [renamed(row | {header: float(ratio(known, header))}, header,
                         wordings.split(" ")[0])
                 for row, known in zip(every, BASE, strict=True)]
    yield Case("all seven as ratios", FAMILY, {FILE: xlsx(every)}, "exact|clean")
    yield Case("ratios under the name of a count", FAMILY,
               {FILE: xlsx(_as_ratios(QUALIFIED, QUALIFIED))}, "refuse", at(None, QUALIFIED))
    counts = [renamed(row, QUALIFIED, "每百名学生拥有高于规定学历教师数") for row in rows()]
    yield Case("counts under the name of a ratio", FAMILY, {FILE: xlsx(counts)}, "refuse|warn",
               at(None, QUALIFIED), like=None)
    both = [row | {"每百名学生拥有骨干教师数": float(ratio(row, BACKBONE))} for row in rows()]
    yield Case("a count and its ratio, agreeing", FAMILY, {FILE: xlsx(both)}, "exact|clean|warn",
               like=BASE)
    both[3]["每百名学生拥有骨干教师数"] = 7.5
    yield Case("a count and its ratio, not agreeing", FAMILY, {FILE: xlsx(both)}, "refuse|warn",
               (FILE, SHEET, None, None), like=None)


def _decoys() -> Iterator[Case]:
    for header, wording, value in DECOYS:
        beside = [row | {wording: value} for row in rows()]
        yield Case(f"beside {header}: {wording}", FAMILY, {FILE: xlsx(beside)}, "exact|clean")
        first = [{wording: value} | row for row in rows()]
        yield Case(f"before {header}: {wording}", FAMILY, {CSV: csv_bytes(first)}, "exact|clean")
        instead = [renamed(row | {header: value}, header, wording) for row in rows()]
        yield Case(f"instead of {header}: {wording}", FAMILY, {FILE: xlsx(instead)},
                   "refuse|warn", (FILE, SHEET, None, None), like=None)


def _venues() -> Iterator[Case]:
    """Fields and indoor rooms given as one figure."""
    for wording in ("体育运动场馆面积(㎡)", "运动场馆面积", "体育场馆面积",
                    "体育运动场馆面积（平方米）"):
        lines = [renamed(row | {FIELD: row[FIELD] + row[INDOOR]}, FIELD, wording)
                 for row in rows()]
        yield Case(f"fields and rooms together: {wording}", FAMILY, {FILE: xlsx(lines)},
                   "exact|clean")


def _by_stage() -> Iterator[Case]:
    """Wordings that name a stage, on a sheet of that stage or in columns side by side."""
    head = {"小学": rows()[:10] + [rows()[13]], "初中": rows()[10:13] + [rows()[14]]}
    for header, wording in (
            (PUPILS, "{}学生人数"), (PUPILS, "{}在校学生数"), (PUPILS, "普通{}在校学生数"),
            (BACKBONE, "{}县级及以上骨干教师人数"), (BACKBONE, "县级以上骨干教师({})"),
            (QUALIFIED, "高于规定学历教师数（{}）"), (PE, "{}体育艺术专任教师数")):
        sheets = [(stage, lines_of([renamed(row, header, wording.format(stage)) for row in lines]))
                  for stage, lines in head.items()]
        yield Case(f"on sheets by stage: {wording}", FAMILY, {FILE: book_of(*sheets)},
                   "exact|clean")
    for wording in ("{}在校学生数", "{}学生人数", "{}在校生数"):
        lines = []
        for row in rows():
            primary, junior = ((250, 500) if row[KIND] == NINE else
                               (row[PUPILS], None) if row[KIND] == "小学" else (None, row[PUPILS]))
            both = renamed(row, PUPILS, wording.format("小学"), wording.format("初中"))
            lines.append(both | {wording.format("小学"): primary, wording.format("初中"): junior})
        yield Case(f"in columns by stage: {wording}", FAMILY, {FILE: xlsx(lines)}, "exact|clean")


def _ambiguous() -> Iterator[Case]:
    for header, wording in ((PUPILS, "学生人数"), (NAME, "学校全称"), (CODE, "机构编码"),
                            (ROOMS, "多媒体教室"), (AREA, "教学用房面积"),
                            (BACKBONE, "骨干教师数")):
        lines = [renamed(row, header, header, wording) for row in rows()]
        lines[4][wording] = "2199000099" if header == CODE else "另校" if header == NAME else 7
        yield Case(f"two columns: {header} and {wording}", FAMILY, {FILE: xlsx(lines)}, "refuse",
                   (FILE, SHEET, None, None))
    twice = [[*line, line[7]] for line in lines_of(rows())]
    twice[5][-1] = 1
    yield Case("one header twice, not agreeing", FAMILY, {FILE: book_of((SHEET, twice))}, "refuse",
               (FILE, SHEET, None, None))
    years = [renamed(row, PUPILS, "2022年在校生数", "2023年在校生数") for row in rows()]
    years = [row | {"2022年在校生数": row["2022年在校生数"] - 20} for row in years]
    yield Case("two years side by side", FAMILY, {FILE: xlsx(years)}, "refuse|exact|clean|warn")


def _not_understood() -> Iterator[Case]:
    for header, wording in ((PUPILS, "人数"), (PUPILS, "Students"), (QUALIFIED, "教师数"),
                            (PUPILS, "班级数"), (MONEY, "资产(万元)"), (AREA, "面积(㎡)"),
                            (CODE, "编号"), (QUALIFIED, "高于规定学历教师比例"),
                            (PUPILS, "在校生数差异系数"),
                            (FIELD, "绿化面积(㎡)"), (PUPILS, "非在校生数"),
                            (ROOMS, "非网络多媒体教室数"),
                            (BACKBONE, "县级以下骨干教师数"), (PUPILS, "上学年在校生数"),
                            (ROOMS, "拟建多媒体教室数")):
        lines = [renamed(row, header, wording) for row in rows()]
        yield Case(f"{header} written {wording!r}, which it is not", FAMILY, {FILE: xlsx(lines)},
                   "refuse|warn", (FILE, SHEET, None, None), like=None)
