"""What a clerk may change without changing a figure (可恢复的写法): the figures stay exactly.

One made-up county, written in the form in some forty ways. None of them is refused or warned
of, and every table that a figure stands in equals that of the clean file, cell by cell.
"""

import csv
import io
from collections import Counter
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from made_up import (
    HEADERS,
    SHEET,
    STAGE_ZH,
    TOWNS,
    imported_files,
    made_up_county,
    saved,
    template_rows,
)
from openpyxl import Workbook
from tables import results
from wide_export import wide_files

COUNTY = made_up_county(2023, 24)
ROWS = template_rows(COUNTY)
HEAD, BODY = list(ROWS[0]), [list(row.values()) for row in ROWS]
CLEAN = [HEAD, *BODY]
NAME, CODE, KIND, STAGE = (HEAD.index(HEADERS[v][0])
                           for v in ("name", "school_code", "school_type", "stage"))
PUPILS, TEACHERS, AREA, MONEY, ROOMS = (HEAD.index(HEADERS[v][0]) for v in (
    "pupils", "qualified_teachers", "teaching_area_m2", "equipment_value_yuan",
    "multimedia_rooms"))
AREAS, WIDTH = range(AREA, MONEY), len(HEAD)
UNIT_OF = {**dict.fromkeys(range(PUPILS, AREA), "人"), **dict.fromkeys(AREAS, "㎡"),
           MONEY: "万元", ROOMS: "间"}
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


def shuffled(things) -> list:
    return Random(7).sample(list(things), len(things))


def numbers(write):
    """Return the clean table with every number of it written as ``write(value, unit)`` says."""
    return [HEAD, *([write(v, UNIT_OF[i]) if i in UNIT_OF and v is not None else v
                     for i, v in enumerate(line)] for line in BODY)]


def cells(place: int, write):
    """Return the clean table with the cells of one column written otherwise."""
    return [HEAD, *([write(v) if i == place else v for i, v in enumerate(line)] for line in BODY)]


def in_unit(places, unit: str, factor: str):
    """Return the clean table with columns in another unit, by header and by figure."""
    head = [f"{h.partition('(')[0]}({unit})" if i in places else h for i, h in enumerate(HEAD)]
    return [head, *([v * Decimal(factor) if i in places else v for i, v in enumerate(line)]
                    for line in BODY)]


def renamed(rank: int):
    """Return the clean table with each header in its wording of this rank, if it has so many."""
    by_first = {wordings[0]: wordings for wordings in HEADERS.values()}
    head = [(by_first[h][rank:] or by_first[h])[0] for h in HEAD]
    if "万元" not in head[MONEY]:
        head[MONEY] += "（万元）"
    return [head, *BODY]


def alone(text: str, place: int = 0) -> list:
    """Return a row with one cell in it."""
    return [text if i == place else None for i in range(WIDTH)]


def total(word: str, lines, place: int = CODE, once: bool = False) -> list:
    """Return a row with the sums of the lines; ``once`` counts assets of a school once."""
    by_code = list({line[CODE]: line for line in lines}.values())
    row = alone(word, place)
    for i in UNIT_OF:
        counted = by_code if once and i >= AREA else lines
        row[i] = sum(line[i] for line in counted if line[i] is not None)
    return row


def average(lines) -> list:
    return [v if i == CODE else v and round(Decimal(v) / len(lines), 2)
            for i, v in enumerate(total("平均", lines))]


def by_town(before=lambda town, lines: [], after=lambda town, lines: []):
    """Return the clean table in the order of towns, with rows before and after each."""
    groups = {town: [line for line in BODY if line[NAME].startswith(town)] for town in TOWNS}
    return [HEAD, *(row for town, lines in groups.items() if lines
                    for row in (*before(town, lines), *lines, *after(town, lines)))]


def numbered(*ends):
    """Return the table with the rows' numbers in front, and sums whose word stands there."""
    return [["序号", *HEAD], *([n, *line] for n, line in enumerate(BODY, 1)), *ends]


def staged_names():
    """Return the table with the stage in a mixed school's name instead of a column."""
    lines = [list(line) for line in BODY]
    for line in lines:
        line[NAME] += f"（{line[STAGE]}部）" if line[STAGE] else ""
    return [[v for i, v in enumerate(line) if i != STAGE] for line in (HEAD, *lines)]


TITLE = alone("示例县2023年义务教育学校情况采集表")
SIGNED = ["填表人：", None, "审核人：", None, "填表日期：2023年10月8日", *[None] * (WIDTH - 5)]
LINES = {
    "rows shuffled": [HEAD, *shuffled(BODY)],
    "rows reversed": [HEAD, *BODY[::-1]],
    "columns shuffled": list(zip(*shuffled(list(zip(*CLEAN, strict=True))), strict=True)),
    "a column of numbers in front": numbered(),
    "a column of no concern": [[*line, "备注" if line is HEAD else None] for line in CLEAN],
    **{f"headers in wording {rank + 1}": renamed(rank)
       for rank in range(1, max(len(h) for h in HEADERS.values()))},
    "headers broken over lines": [[f"{h[:3]}\n{h[3:]}" for h in HEAD], *BODY],
    "headers with full-width brackets": [
        [h.replace("(", "（").replace(")", "）") for h in HEAD], *BODY],
    "a title": [TITLE, *CLEAN],
    "a title, a date, a blank row": [TITLE, alone("2023年9月1日", WIDTH - 1), alone(None), *CLEAN],
    "a title and a row of units": [TITLE, alone("单位：人、平方米、万元、间", WIDTH - 1), *CLEAN],
    "units below the headers": [
        [h.partition("(")[0] for h in HEAD], [UNIT_OF.get(i) for i in range(WIDTH)], *BODY],
    "a note below": [*CLEAN, alone("注：数据截至2023年9月1日，不含附设幼儿班。")],
    "several notes below": [*CLEAN, alone(None), alone("说明："), alone("1.在校生数含借读生。"),
                            alone("（盖章）", WIDTH - 1)],
    "who filled it in, in one cell": [*CLEAN, alone("填表人：      审核人：      2023年10月8日")],
    "who filled it in, in three cells": [*CLEAN, SIGNED],
    "a total": [*CLEAN, total("合计", BODY)],
    "a total that counts assets once": [*CLEAN, total("总计", BODY, once=True)],
    "a total under the names": [*CLEAN, total("全县合计", BODY, NAME)],
    "a total above": [HEAD, total("合计", BODY), *BODY],
    "a total in the column of numbers": numbered(["合计", *total("", BODY)]),
    "a total and an average": [*CLEAN, total("合计", BODY), average(BODY)],
    "a sum for each town": [*by_town(after=lambda town, own: [total("小计", own)]),
                            total("合计", BODY)],
    "a sum for each town, by its name": by_town(
        after=lambda town, own: [total(f"{town}小计", own, NAME)]),
    "each town's name as a row": by_town(before=lambda town, own: [alone(town)]),
    "each town's name under the names": by_town(before=lambda town, own: [alone(town, NAME)]),
    "a blank row after each town": by_town(after=lambda town, own: [alone(None)]),
    "full-width digits": numbers(lambda v, unit: str(v).translate(FULL_WIDTH)),
    "full-width codes": cells(CODE, lambda v: v.translate(FULL_WIDTH)),
    "codes as numbers": cells(CODE, int),
    "numbers as text": numbers(lambda v, unit: str(v)),
    "thousands separated": numbers(lambda v, unit: f"{v:,}"),
    "units in the cells": numbers(lambda v, unit: f"{v}{unit}"),
    "units after a blank": numbers(lambda v, unit: f" {v} {unit} "),
    "blanks about names": cells(NAME, lambda v: f" {v}　"),
    "blanks within classes": cells(KIND, lambda v: f"{v[:2]} {v[2:]}"),
    "the stage in the name": staged_names(),
    "money in yuan": in_unit([MONEY], "元", "10000"),
    "money in thousands of yuan": in_unit([MONEY], "千元", "10"),
    "areas in mu": in_unit(AREAS, "亩", "0.0015"),
    "money in yuan and areas in mu": [
        [a if i == MONEY else b for i, (a, b) in enumerate(zip(*pair, strict=True))]
        for pair in zip(in_unit([MONEY], "元", "10000"), in_unit(AREAS, "亩", "0.0015"),
                        strict=True)],
}


def sheets(*tables: tuple[str, list], merged=()) -> bytes:
    """Return a workbook of sheets: name and lines of each."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in tables:
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
        for place in merged:
            sheet.merge_cells(place)
    return saved(book)


def text(encoding: str, delimiter: str = ",") -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(CLEAN)
    return written.getvalue().encode(encoding)


def of_stage(zh: str) -> list:
    junior = ("初级中学", "完全中学")
    return [HEAD, *(line for line in BODY
                    if (line[STAGE] or ("初中" if line[KIND] in junior else "小学")) == zh)]


STAGES = [(zh, of_stage(zh)) for zh in list(STAGE_ZH.values())[:2]]
GROUPS = [{0: "学校基本情况", PUPILS: "学生情况", TEACHERS: "教师情况", AREA: "办学条件"}.get(i)
          for i in range(WIDTH)]
FILES = {
    "UTF-8": {"990101.csv": text("utf-8")},
    "UTF-8 with a mark": {"990101.csv": text("utf-8-sig")},
    "GB18030": {"990101.csv": text("gb18030")},
    "UTF-16": {"990101.csv": text("utf-16")},
    "UTF-16, big end first": {"990101.csv": b"\xfe\xff" + text("utf-16-be")},
    "tabs, UTF-16": {"990101.csv": text("utf-16", "\t")},
    "a merged title": {"990101.xlsx": sheets((SHEET, [TITLE, *CLEAN]), merged=["A1:P1"])},
    "headings in groups": {"990101.xlsx": sheets(
        (SHEET, [GROUPS, *CLEAN]), merged=["A1:F1", "G1:H1", "I1:K1", "L1:P1"])},
    "a sheet for each stage": {"990101.xlsx": sheets(*STAGES)},
    "a sheet for each stage, junior first": {"990101.xlsx": sheets(*STAGES[::-1])},
    "a file for each stage": {f"990101_{zh}.xlsx": sheets((SHEET, own)) for zh, own in STAGES},
    "a sheet that explains": {"990101.xlsx": sheets(
        (SHEET, CLEAN), ("填表说明", [["本表由各校填写"], ["填表日期", date(2023, 9, 1)]]))},
    "the wide export": wide_files(COUNTY),
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Return the county as its clean workbook is imported."""
    files = {"990101.xlsx": sheets((SHEET, CLEAN))}
    return imported_files(tmp_path_factory.mktemp("clean"), files)


def warnings(imported) -> Counter:
    """Return what was refused or warned of, wherever it stood."""
    rows = imported.findings.to_dict("records")
    return Counter((row["code"], row["action"]) for row in rows
                   if row["severity"] in ("refuse", "warn"))


def test_the_clean_county_is_large_enough_to_show_a_difference(clean):
    assert not clean.refused and set(clean.accounting["outcome"]) == {"used", "excluded"}
    assert {code for code, _ in warnings(clean)} == {
        "header.absent",   # 经费、结果未填
        "pupils.whole",    # 完全中学未写学段，初中学生多于高中
        "stage.senior"}    # 同上：教师数也可能含高中
    assert len(clean.schools) > 20 and len(clean.derivations) > 20
    assert len({tuple(row) for row in results(clean)["balance"]}) == 14


@pytest.mark.parametrize("change", LINES)
def test_a_table_written_like_this_gives_the_same_figures(change, clean, tmp_path):
    imported = imported_files(tmp_path, {"990101.xlsx": sheets((SHEET, LINES[change]))})
    assert warnings(imported) - warnings(clean) == Counter()
    assert results(imported) == results(clean)


@pytest.mark.parametrize("change", FILES)
def test_files_like_these_give_the_same_figures(change, clean, tmp_path):
    imported = imported_files(tmp_path, FILES[change])
    assert not imported.refused, set(warnings(imported))
    assert results(imported) == results(clean)
