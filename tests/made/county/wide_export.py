"""The wide statistical export (宽表) of a made-up county: one workbook a stage, domain §6.3.

About 300 columns under five rows of merged headings, most of them of no concern and many of
them look-alikes; a row a school. A mixed school stands in each of its stages' files under the
same code, and its assets are those of the whole school in each.
"""

from itertools import groupby, product
from random import Random

from made_up import COUNTY, DEGREES, JUNIOR, PRIMARY, SENIOR, STAGE_ZH, UNIT, saved
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

HEADER_ROWS, SHEET = 5, "导出数据"
GRADES = {PRIMARY: "一年级 二年级 三年级 四年级 五年级 六年级",
          JUNIOR: "一年级 二年级 三年级 四年级", SENIOR: "一年级 二年级 三年级"}
LOCATION = {PRIMARY: "城乡分组", JUNIOR: "所属城乡", SENIOR: "所属城乡"}   # 两种写法都见过
SPONSOR = {"公办": "县级教育部门", "民办": "民办"}
# A line is a path of headings; several names on a level are columns beside each other.
OUTLINE = """
学校（机构）名称
学校（机构）标识码
统一社会信用代码
所在地区划一级 所在地区划二级 所在地区划三级 所在地区划四级 所在地区划五级 所在地区编码
统计一级 统计二级 统计三级 统计机构编码
采集一级 采集二级 采集三级 采集四级 采集五级
办学类型 办学类型码 {location} 城乡代码 举办者类型 举办者类型码
是否计校数 是否上年撤销 是否本年新增 是否乡镇中心小学 是否具有附设班 是否附属学校 是否寄宿制学校
毕业生数 > 合计 #女 #少数民族
招生数 > 合计 #女 #少数民族 #受过学前教育
在校生数 > 合计 #女 #少数民族 #随迁子女 #进城务工人员随迁子女 #农村留守儿童 #寄宿生 #随班就读
在校生数 > #分年级 > {grades} > 计 #女 #少数民族 #寄宿生
在校生数 > #分年龄 > 5岁及以下 6岁 7岁 8岁 9岁 10岁 11岁 12岁 13岁 14岁 15岁及以上 > 计 #女
预计毕业生数 > 合计 #女
学生变动情况 > 上学年初报表在校生数
学生变动情况 > 增加学生数 > 合计 招生 复学 转入 其他
学生变动情况 > 减少学生数 > 合计 毕业 结业 休学 退学 死亡 转出 其他
在校生中其他情况 > 少先队员 共青团员 华侨 港澳台学生 > 计
班数 > 合计 {grades} 复式班
班数 > #班额 > 25人及以下 26-30人 31-35人 36-40人 41-45人 46-50人 51-55人 56-60人 61-65人 66人及以上
教职工数 > 合计 专任教师 行政人员 教辅人员 工勤人员 其他附设机构人员 > 计 #女 #在编人员
校外教师 > 合计 #女
校外教师 > #按学历分 > 博士研究生毕业 硕士研究生毕业 本科毕业 专科毕业
校外教师 > #按授课课程分 > 体育与健康
校外教师 > #按授课课程分 > 艺术 > 计 音乐 美术
银龄教师 > 合计 #女
专任教师变动情况 > 上学年初报表专任教师数
专任教师变动情况 > 增加教师数 > 合计 录用毕业生 调入 校内变动 其他
专任教师变动情况 > 减少教师数 > 合计 自然减员 调出 辞职 校内变动 其他
专任教师接受培训情况 > 36学时及以下 37-72学时 73-108学时 109学时及以上 > 计
专任教师 > 合计 #少数民族 #在编人员 #接受过专业教育
专任教师 > #女 > 计
专任教师 > #女 > #按学历分 > 博士研究生毕业 硕士研究生毕业 本科毕业 专科毕业
专任教师 > #女 > #按授课课程分 > 体育与健康
专任教师 > #女 > #按授课课程分 > 艺术 > 计
专任教师 > #按学历分 > 博士研究生毕业 硕士研究生毕业 本科毕业 专科毕业 高中阶段毕业 高中阶段以下毕业
专任教师 > #按专业技术职务分 > 正高级 副高级 中级 助理级 员级 未定职级
专任教师 > #按年龄分 > 24岁以下 25-29岁 30-34岁 35-39岁 40-44岁 45-49岁 50-54岁 55-59岁 60岁以上
专任教师 > #按授课课程分 > 道德与法治 语文 数学 外语 科学 信息科技 劳动 体育与健康
专任教师 > #按授课课程分 > 艺术 > 计 音乐 美术
专任教师 > #按授课课程分 > 综合实践活动 其他 本学年不授课
教基1102 > 县级以上骨干教师(小学) 县级以上骨干教师(初中) 县级以上骨干教师(高中) 特级教师
教基1102 > 校医 > 计 #专职
教基1102 > 保健人员 > 计 #专职
上学年校舍建筑面积 > 计
上学年校舍建筑面积 > 教学及辅助用房 行政办公用房 生活用房 其他用房 > 计
本学年校舍建筑面积 > 计
本学年校舍建筑面积 > 教学及辅助用房 > 计
本学年校舍建筑面积 > 教学及辅助用房 > 其中 > 教室 实验室 图书室 微机室 语音室 室内体育用房
本学年校舍建筑面积 > 行政办公用房 > 计
本学年校舍建筑面积 > 行政办公用房 > 其中 > 教师办公室
本学年校舍建筑面积 > 生活用房 > 计
本学年校舍建筑面积 > 生活用房 > 其中 > 教工宿舍 学生宿舍 食堂 厕所
本学年校舍建筑面积 > 其他用房 > 计
本学年校舍建筑面积 > #危房 #当年新增 #租借 > 教学及辅助用房 行政办公用房 生活用房 > 计
正在施工校舍建筑面积 > 教学及辅助用房 行政办公用房 生活用房 > 计
占地面积及其他办学条件 > 占地面积（平方米） > 计
占地面积及其他办学条件 > 占地面积（平方米） > 其中 > 绿化用地面积 运动场地面积
占地面积及其他办学条件 > 图书（册） > 计 #当年新增
占地面积及其他办学条件 > 数字终端数（台） > 计
占地面积及其他办学条件 > 数字终端数（台） > 其中 > 教师终端 学生终端
占地面积及其他办学条件 > 普通教室（间）
网络多媒体教室
固定资产总值 > 计 教学仪器设备资产值(万元) 实验设备资产值(万元) 信息化设备资产值(万元)
信息化建设情况 > 网络信息点数（个） 无线网络接入 接入互联网出口带宽（Mbps） 数字资源量（GB）
体育运动场（馆）面积达标 体育器械达标 音乐器材达标 美术器材达标 理科实验仪器达标 接入互联网 > 是否
"""


def paths(stage: str) -> list[tuple[str, ...]]:
    """Return the heading path of every column of a stage's file, from top to bottom."""
    text = OUTLINE.format(grades=GRADES[stage], location=LOCATION[stage])
    return [path for line in text.strip().splitlines()
            for path in product(*(level.split() for level in line.split(" > ")))]


def wide_books(county: list[dict]) -> dict[str, Workbook]:
    """Return file name → workbook of a county, one a stage."""
    return {f"{UNIT}_{COUNTY}_{zh}.xlsx": _book(_listed(county, stage), stage)
            for stage, zh in STAGE_ZH.items()}


def wide_files(county: list[dict]) -> dict[str, bytes]:
    """Return file name → bytes of the same."""
    return {name: saved(book) for name, book in wide_books(county).items()}


def _listed(county: list[dict], stage: str) -> list[dict]:
    listed = [school for school in county if stage in school["pupils"]]
    return [*listed, SENIOR_SCHOOL] if stage == SENIOR else listed


def _book(schools: list[dict], stage: str) -> Workbook:
    book, columns = Workbook(), paths(stage)
    sheet = book.active
    sheet.title = SHEET
    _head(sheet, columns)
    for number, school in enumerate(schools, HEADER_ROWS + 1):
        known = figures(school, stage)
        draw = Random(f"{school['code']}/{stage}")
        for i, path in enumerate(columns, 1):
            value = known[path] if path in known else _of_no_concern(path, draw)
            if value is not None:
                sheet.cell(number, i, value)
    return book


def _head(sheet, columns: list[tuple[str, ...]]) -> None:
    """Write the headings: a group merged over its columns, a leaf down to the last row."""
    for level in range(HEADER_ROWS):
        numbered = enumerate(columns, 1)
        for path, group in groupby(numbered, key=lambda found: found[1][:level + 1]):
            places = [i for i, _ in group]
            if len(path) <= level:
                continue
            leaf = path in columns
            sheet.cell(level + 1, places[0], path[level])
            last = HEADER_ROWS if leaf else level + 1
            if (last, places[-1]) != (level + 1, places[0]):
                sheet.merge_cells(start_row=level + 1, end_row=last,
                                  start_column=places[0], end_column=places[-1])


def figures(school: dict, stage: str) -> dict[tuple[str, ...], object]:
    """Return path → what is true of a school, in a stage's file."""
    located = "邻县" if school["code"].endswith("9") else COUNTY   # 归属按统计三级，不按所在地
    part, buildings = ("专任教师",), ("本学年校舍建筑面积",)
    arts = (*part, "#按授课课程分", "艺术")
    music, art = school["music"][stage], school["art"][stage]
    return {
        ("学校（机构）名称",): school["name"], ("学校（机构）标识码",): school["code"],
        ("统计一级",): "示例省", ("统计二级",): "示例市", ("统计三级",): COUNTY,
        ("所在地区划三级",): located, ("办学类型",): school["kind"],
        (LOCATION[stage],): school["location"], ("举办者类型",): SPONSOR[school["ownership"]],
        ("是否计校数",): int(school["kind"] != "小学教学点"),
        ("在校生数", "合计"): school["pupils"][stage],
        **{(*part, "#按学历分", f"{degree}毕业"): school["degrees"][stage][degree]
           for degree in DEGREES},
        (*part, "#按授课课程分", "体育与健康"): school["pe"][stage],
        (*arts, "计"): music + art, (*arts, "音乐"): music, (*arts, "美术"): art,
        **{("教基1102", f"县级以上骨干教师({zh})"): school["backbone"].get(each, 0)
           for each, zh in STAGE_ZH.items()},
        (*buildings, "教学及辅助用房", "计"): school["teaching_area"],
        (*buildings, "教学及辅助用房", "其中", "室内体育用房"): school["indoor_area"],
        ("占地面积及其他办学条件", "占地面积（平方米）", "其中", "运动场地面积"):
            school["field_area"],
        ("网络多媒体教室",): school["rooms"],
        ("固定资产总值", "教学仪器设备资产值(万元)"): school["equipment"]}


def _of_no_concern(path: tuple[str, ...], draw: Random) -> object:
    """Draw a cell of a column that nobody asked for; some are empty."""
    if path[-1].startswith("是否"):
        return draw.choice(["是", "否"])
    if len(path) == 1:
        return None
    return draw.choice([None, 0, draw.randint(1, 90), draw.randint(1, 900)])


def column_of(stage: str, *path: str) -> str:
    """Return the letter of the column under this path."""
    return get_column_letter(paths(stage).index(path) + 1)


SENIOR_SCHOOL = {
    "code": "3499900001", "name": "示例县第一高级中学", "kind": "高级中学", "location": "城区",
    "ownership": "公办", "pupils": {SENIOR: 2400}, "backbone": {SENIOR: 31}, "pe": {SENIOR: 12},
    "music": {SENIOR: 6}, "art": {SENIOR: 7}, "teaching_area": 31000, "indoor_area": 2400,
    "field_area": 42000, "equipment": 1890.5, "rooms": 72,
    "degrees": {SENIOR: dict(zip(DEGREES, (1, 40, 139, 0, 0), strict=True))}}
