"""Headers in several rows: the wide statistical export, self-made sheets, a column of years.

The export has one sheet or file a stage, four to six merged header rows, and the same words
(本科, 计, 其中) in many blocks; a mixed school stands in each stage's file with the assets of
the whole school. Only the full path from the top says what a column is.
"""

from collections.abc import Iterator

from corpus.base import (
    AREA,
    BACKBONE,
    BASE,
    CODE,
    CSV,
    FIELD,
    FILE,
    HEADERS,
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
    csv_text,
    grid,
    lines_of,
    rows,
    saved,
    xlsx,
)
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from tables import csv_bytes, renamed, school

FAMILY = "headers"
KIND, WHERE, OWNER, STAGE = "办学类型", "城乡类型", "举办者类型", "学段"
DEGREES, COURSES = ("专任教师", "#按学历分"), ("专任教师", "#按授课课程分")
BUILT, LAND = ("本学年校舍建筑面积",), ("占地面积及其他办学条件",)
PRIMARY, JUNIOR = [*rows()[:10], rows()[13]], [*rows()[10:13], rows()[14]]


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _wide()
    yield from _wide_faults()
    yield from _self_made()
    yield from _grouped()
    yield from _years()


def wide_row(row: dict) -> dict[tuple[str, ...], object]:
    """Return a school's line of the export: header path → value, its degrees and courses such
    that they add up to the county's figures, with the blocks around them that mislead."""
    teachers, junior = row[QUALIFIED], row[STAGE] == "初中" or row[KIND] == "初级中学"
    own, college = teachers - 1, 5 if junior else teachers // 3
    bachelors = own if junior else own - college
    taught, pe = row[PE], row[PE] // 2
    arts = taught - pe
    stage = "初中" if junior else "小学"
    return {
        ("机构名称",): row[NAME], ("机构编码",): row[CODE], ("统计三级",): "示例县",
        ("所在地区划三级",): "示例县", (KIND,): row[KIND], ("城乡分组",): row[WHERE],
        (OWNER,): row[OWNER], ("是否计校数",): 0 if row[KIND] == "小学教学点" else 1,
        ("毕业生数", "合计"): row[PUPILS] // 6, ("招生数", "合计"): row[PUPILS] // 5,
        ("在校生数", "合计"): row[PUPILS], ("在校生数", "#女"): row[PUPILS] // 2,
        ("在校生数", "一年级"): row[PUPILS] // 6, ("教职工数", "合计"): teachers + 20,
        ("教职工数", "#按学历分", "本科毕业"): bachelors + 9,
        ("专任教师", "合计"): teachers + college + 7,
        ("专任教师", "#女"): teachers // 2, (*DEGREES, "博士研究生毕业"): 0,
        (*DEGREES, "硕士研究生毕业"): 1, (*DEGREES, "本科毕业"): bachelors,
        (*DEGREES, "专科毕业"): college, (*DEGREES, "高中阶段毕业"): 2, (*COURSES, "语文"): 20,
        (*COURSES, "体育与健康"): pe, (*COURSES, "艺术", "计"): arts,
        (*COURSES, "艺术", "音乐"): arts // 2, (*COURSES, "艺术", "美术"): arts - arts // 2,
        ("校外教师", "#按学历分", "本科毕业"): 3, ("校外教师", "#按授课课程分", "体育与健康"): 2,
        ("教基1102", f"县级以上骨干教师({stage})"): row[BACKBONE],
        ("教基1102", "县级以上骨干教师(高中)"): 0, (*BUILT, "计"): row[AREA] + 2_000,
        (*BUILT, "教学及辅助用房", "计"): row[AREA], (*BUILT, "教学及辅助用房",
                                              "教室"): row[AREA] / 2,
        (*BUILT, "教学及辅助用房", "室内体育用房"): row[INDOOR], (*BUILT, "行政办公用房",
                                                     "计"): 900,
        (*LAND, "占地面积（平方米）", "计"): row[FIELD] + 9_000,
        (*LAND, "占地面积（平方米）", "其中", "绿化用地面积"): 1_200,
        (*LAND, "占地面积（平方米）", "其中", "运动场地面积"): row[FIELD],
        (*LAND, "教室（间）", "合计"): row[ROOMS] + 9,
        (*LAND, "教室（间）", "网络多媒体教室"): row[ROOMS],
        (*LAND, "固定资产总值", "计(万元)"): row[MONEY] * 9,
        (*LAND, "固定资产总值", "教学仪器设备资产值(万元)"): row[MONEY],
    }


def _drawn(book: Workbook, title: str, lines: list[dict], depth: int, merged: bool) -> None:
    """Draw one sheet: header paths over ``depth`` rows, merged as the export merges them."""
    sheet, paths = book.create_sheet(title), list(lines[0])
    for c, path in enumerate(paths, 1):
        for r, word in enumerate(path, 1):
            if c == 1 or paths[c - 2][:r] != path[:r] or not merged:
                sheet.cell(r, c, word)
        if merged and len(path) < depth:
            sheet.merge_cells(start_row=len(path), end_row=depth, start_column=c, end_column=c)
    for r in range(1, depth + 1) if merged else ():
        start = 1
        for c in range(2, len(paths) + 2):
            group = paths[start - 1][:r]
            if c > len(paths) or len(paths[c - 1]) <= r or paths[c - 1][:r] != group:
                if c - start > 1:
                    sheet.merge_cells(start_row=r, end_row=r, start_column=start, end_column=c - 1)
                start = c
    for r, line in enumerate(lines, depth + 1):
        for c, value in enumerate(line.values(), 1):
            sheet.cell(r, c, value)


def wide(sheets: dict[str, list[dict]], depth: int = 4, merged: bool = True) -> bytes:
    """Return the export of rows of the form: {sheet: rows} as an .xlsx."""
    book = Workbook()
    book.remove(book.active)
    for title, given in sheets.items():
        _drawn(book, title, [wide_row(row) for row in given], depth, merged)
    return saved(book)


def _wide() -> Iterator[Case]:
    both = {"小学": PRIMARY, "初中": JUNIOR}
    for depth in (4, 5, 6):
        yield Case(f"wide export with {depth} header rows", FAMILY, {FILE: wide(both, depth)},
                   "exact|clean")
    yield Case("wide export, nothing merged", FAMILY, {FILE: wide(both, 4, merged=False)},
               "exact|clean")
    yield Case("wide export, a file a stage", FAMILY, {
        "990101_小学.xlsx": wide({"Sheet1": PRIMARY}),
        "990101_初中.xlsx": wide({"Sheet1": JUNIOR})}, "exact|clean")
    cells = {QUALIFIED: 2, BACKBONE: 1, PE: 1, AREA: 260, FIELD: 420, MONEY: 11, ROOMS: 1}
    for pupils, outcome in ((49, "excluded"), (50, "used")):
        point = school(30, "小学教学点", pupils, 城乡类型="乡村", **cells)
        yield Case(f"wide export with a teaching point of {pupils}", FAMILY,
                   {FILE: wide({"小学": [*PRIMARY, point], "初中": JUNIOR})}, "exact|clean",
                   like=[*rows(), point], says={("accounting", point[CODE], ""): outcome})
    flat = [{">".join(path): value for path,
             value in wide_row(row).items()} for row in PRIMARY[:10]]
    yield Case("wide export as one line of paths", FAMILY, {CSV: csv_bytes(flat)}, "exact|refuse",
               like=rows()[:10])


def _wide_faults() -> Iterator[Case]:
    lines = {"小学": PRIMARY, "初中": JUNIOR}
    letter = {path: get_column_letter(n) for n, path in enumerate(wide_row(BASE[0]), 1)}
    for path in ((*DEGREES, "本科毕业"), (*COURSES, "艺术", "计"), ("在校生数", "合计"),
                 (*LAND, "固定资产总值", "教学仪器设备资产值(万元)")):
        for value in ("约30", -4):
            book = Workbook()
            book.remove(book.active)
            for title, given in lines.items():
                wanted = [wide_row(row) for row in given]
                if title == "小学":
                    wanted[3][path] = value
                _drawn(book, title, wanted, 4, True)
            yield Case(f"wide export: {value} under {'>'.join(path)}", FAMILY,
                       {FILE: saved(book)}, "refuse", (FILE, "小学", 8, letter[path]))
    other = [row if n else row | {MONEY: 170} for n, row in enumerate(JUNIOR[::-1])]
    yield Case("wide export: a mixed school's assets differ between sheets", FAMILY,
               {FILE: wide({"小学": PRIMARY, "初中": other})}, "refuse", (FILE, None, None, None))
    yield Case("wide export: a school twice on a sheet", FAMILY,
               {FILE: wide({"小学": [*PRIMARY, PRIMARY[2]], "初中": JUNIOR})}, "refuse",
               (FILE, "小学", None, None))


def _self_made() -> Iterator[Case]:
    """One row a school, the nine-year school too: a column for each degree and stage."""
    lines = []
    for row in rows()[:14]:
        junior = row[KIND] == "初级中学"
        stages = {"小学": None if junior else row,
                  "初中": rows()[14] if row[KIND] == NINE else row if junior else None}
        line = {"序号": len(lines) + 1, "学校名称": row[NAME], "学校代码": row[CODE],
                "学校类型": row[KIND], "城乡类型": row[WHERE], "举办者类型": row[OWNER]}
        for stage, of in stages.items():
            line[f"{stage}学生人数"] = of and of[PUPILS]
        for degree, part in (("专科", 5), ("本科", None), ("硕士", 1), ("博士", 0)):
            for stage, of in stages.items():
                less = 1 if stage == "初中" else 6
                line[f"{degree}学历教师人数（{stage}）"] = of and (
                    of[QUALIFIED] - less if part is None else part)
        for stage, of in stages.items():
            line[f"县级及以上骨干教师数（{stage}）"] = of and of[BACKBONE]
            line[f"体育专任教师人数（{stage}）"] = of and of[PE] // 2
            line[f"艺术专任教师人数（{stage}）"] = of and of[PE] - of[PE] // 2
        lines.append(line | {
            "教学及辅助用房总面积": row[AREA], "室内体育用房面积": row[INDOOR],
            "运动场地面积": row[FIELD],
            "教学仪器设备资产值（账面原值）(万元)": row[MONEY], "网络多媒体教室间数": row[ROOMS]})
    yield Case("self-made sheet with a column for each degree", FAMILY, {FILE: xlsx(lines)},
               "exact|clean")
    yield Case("self-made sheet with music and art apart", FAMILY,
               {FILE: xlsx([_arts_apart(line) for line in lines])}, "exact|clean")


def _arts_apart(line: dict) -> dict:
    """Return the line with teachers of music and of art in place of those of arts."""
    apart = {h: v for h, v in line.items() if "艺术" not in h}
    for stage in ("小学", "初中"):
        whole = line[f"艺术专任教师人数（{stage}）"]
        apart[f"音乐专任教师人数（{stage}）"] = None if whole is None else whole // 2
        apart[f"美术专任教师人数（{stage}）"] = None if whole is None else whole - whole // 2
    return apart


def _grouped() -> Iterator[Case]:
    """The form's own columns under merged groups."""
    groups = ["学校基本情况"] * 7 + ["学生情况"] * 2 + ["教师情况"] * 3 + ["办学条件"] * 5
    book = grid([groups, *lines_of(rows())])
    for first, last in (("A", "G"), ("H", "I"), ("J", "L"), ("M", "Q")):
        book.active.merge_cells(f"{first}1:{last}1")
    yield Case("columns under merged groups", FAMILY, {FILE: saved(book)}, "exact|clean")
    yield Case("csv: columns under groups", FAMILY,
               {CSV: csv_text([groups, *lines_of(rows())]).encode()}, "exact|clean")
    book = grid([list(HEADERS), [None] * 17, *lines_of(rows())[1:]])
    for n in range(1, 18):
        book.active.merge_cells(start_row=1, end_row=2, start_column=n, end_column=n)
    yield Case("headers merged over two rows", FAMILY, {FILE: saved(book)}, "exact|clean")
    titled = grid([["示例县学校情况表"] + [None] * 16, ["单位：人、㎡、万元"] + [None] * 16, groups,
                   *lines_of(rows())])
    titled.active.merge_cells("A1:Q1")
    yield Case("title, unit line and groups", FAMILY, {FILE: saved(titled)}, "exact|clean")


def _years() -> Iterator[Case]:
    for year in (2023, "2023", "2023年", "2023年秋", "2023/24", "2023-2024学年", "2023—2024学年度"):
        lines = [{"年份": year} | row for row in rows()]
        yield Case(f"a column of years: {year!r}", FAMILY, {FILE: xlsx(lines)}, "exact|clean")
    for year in (2022, 2032, "202", "本年"):
        lines = [{"年份": year} | row for row in rows()]
        yield Case(f"a column of other years: {year!r}", FAMILY, {FILE: xlsx(lines)},
                   "refuse|warn", (FILE, SHEET, None, None), like=None)
    older = [row | {PUPILS: row[PUPILS] - 20} for row in rows()]
    lines = [{"年份": year} | row for year, some in ((2022, older), (2023, rows())) for row in some]
    yield Case("two years below each other", FAMILY, {FILE: xlsx(lines)}, "exact|clean|warn|refuse",
               like=BASE)
    lines = [{"年份": 2022 if n == 4 else 2023} | row for n, row in enumerate(rows())]
    yield Case("one school of another year", FAMILY, {FILE: xlsx(lines)}, "refuse|warn|clean",
               (FILE, SHEET, 6, None), like=[row for n, row in enumerate(rows()) if n != 4])
    yield Case("a year in the header", FAMILY, {FILE: xlsx(
        [renamed(row, PUPILS, "2023年在校生数") for row in rows()])}, "exact|clean|refuse")
    yield Case("another year in the header", FAMILY, {FILE: xlsx(
        [renamed(row, PUPILS, "2019年在校生数") for row in rows()])}, "refuse|warn",
        (FILE, SHEET, None, None), like=None)
