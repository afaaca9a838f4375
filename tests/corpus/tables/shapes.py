"""Sheet shapes: titles, notes, totals, townships, blanks, hidden things, several sheets.

What a bureau puts around its table must neither become a school nor move a figure; a total
that does not add up is warned of; what leaves two readings open is refused.
"""

import random
from collections.abc import Iterator

from corpus.base import (
    AREA,
    BASE,
    CODE,
    CSV,
    FILE,
    HEADERS,
    MONEY,
    NAME,
    PE,
    PUPILS,
    ROOMS,
    Case,
    at,
    csv_text,
    grid,
    lines_of,
    rows,
    saved,
    xlsx,
)

FAMILY = "shapes"
WIDTH = len(HEADERS)
LINES = lines_of(rows())
COUNTED = ("高于规定学历教师数", "县级以上骨干教师数", PE)


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _around()
    yield from _between()
    yield from _totals()
    yield from _wrong_totals()
    yield from _orders()


def lone(text: str) -> list:
    return [text] + [None] * (WIDTH - 1)


def laid(name: str, lines: list[list], expected: str, place: tuple = (), **more) -> Case:
    return Case(name, FAMILY, {FILE: saved(grid(lines))}, expected, place, **more)


def _around() -> Iterator[Case]:
    title = lone("示例县2023年义务教育优质均衡发展学校情况统计表")
    blank = [None] * WIDTH
    for name, above in {
            "title": [title], "title and blank line": [title, blank],
            "title and reporting unit": [title, lone("填报单位：示例县教育局   2023年9月")],
            "title and unit line": [title, lone("单位：人、平方米、万元、间")],
            "three blank lines": [blank] * 3, "appendix number": [lone("附件2"), title],
            "seven lines of instructions": [lone(f"{n}．填表说明：按实填写。") for n in range(7)],
            }.items():
        yield laid(f"above: {name}", [*above, *LINES], "exact")
    book = grid([title, *LINES])
    book.active.merge_cells(start_row=1, start_column=1, end_row=1, end_column=WIDTH)
    yield Case("above: merged title", FAMILY, {FILE: saved(book)}, "exact")
    for name, below in {
            "signatures": [lone("填表人：        审核人：        单位盖章：")],
            "signed": [lone("填表人：王小明   审核人：李大海   2023年9月20日")],
            "remark": [lone("注：1.在校生数为2023年9月1日数；2.设备值为账面原值。")],
            "date": [lone("2023年9月20日")], "source": [lone("数据来源：教育事业统计报表")],
            "remark in two lines": [lone("说明："), lone("（1）含教学点；（2）不含幼儿园。")],
            "blank lines": [blank] * 50}.items():
        yield laid(f"below: {name}", [*LINES, blank, *below], "exact", secret="王小明")
        yield Case(f"csv below: {name}", FAMILY,
                   {CSV: csv_text([*LINES, *below]).encode("utf-8-sig")}, "exact",
                   secret="王小明")
    yield laid("above: a name and a telephone", [lone("联系人：王小明 13812345678"), *LINES],
                "exact|clean", secret="13812345678")


def _between() -> Iterator[Case]:
    head, first, second, third = LINES[0], LINES[1:4], LINES[4:8], LINES[8:]
    blank = [None] * WIDTH
    for name, line in {"blank": blank, "blanks as text": [" "] * WIDTH, "township": lone("河东镇"),
                       "numbered township": lone("二、河西镇"), "bracketed": lone("（一）乡村学校"),
                       "township in the second column": [None, "河东镇"] + [None] * (WIDTH - 2),
                       }.items():
        yield laid(f"between: {name}", [head, line, *first, line, *second, line, *third], "exact")
    yield laid("between: header repeated", [head, *first, head, *second, head, *third], "exact")
    numbers = [str(n) for n in range(1, WIDTH + 1)]
    yield laid("under the header: column numbers", [head, [*map(int, numbers)], *LINES[1:]],
                "exact")
    letters = ["甲", "乙", "丙", "丁", "戊", "己", "庚", *numbers[:WIDTH - 7]]
    yield laid("under the header: letters and numbers", [head, letters, *LINES[1:]], "exact")


def _total(lines: list[dict], word: str, header: str = CODE) -> dict:
    total = dict.fromkeys(HEADERS) | {header: word}
    return total | {h: sum(row[h] for row in lines) for h in (PUPILS, *COUNTED)}


def _totals() -> Iterator[Case]:
    for word in ("合计", "总计", "合  计", "全县合计", "全县", "总 计：", "共计"):
        for header in (CODE, NAME):
            yield Case(f"{word} under {header}", FAMILY,
                       {FILE: xlsx([*rows(), _total(rows(), word, header)])}, "exact")
    head = _total(rows(), "合计")
    yield Case("total above the schools", FAMILY, {FILE: xlsx([head, *rows()])}, "exact")
    parts = [row for some in (rows()[:4], rows()[4:10], rows()[10:])
             for row in (*some, _total(some, "小计"))]
    yield Case("subtotals", FAMILY, {FILE: xlsx(parts)}, "exact")
    yield Case("subtotals and a total", FAMILY, {FILE: xlsx([*parts, head])}, "exact")
    stages = [row for some, word in ((rows()[:10], "小学合计"), (rows()[10:13], "初中合计"),
                                     (rows()[13:], "九年一贯制合计"))
              for row in (*some, _total(some, word))]
    yield Case("totals by kind of school", FAMILY, {FILE: xlsx(stages)}, "exact")
    mean = dict.fromkeys(HEADERS) | {CODE: "平均", PUPILS: 720, PE: 7}
    yield Case("a line of means", FAMILY, {FILE: xlsx([*rows(), mean])}, "exact|warn", at(17))
    every = head | {h: sum(row[h] for row in rows()[:14]) for h in (AREA, MONEY, ROOMS)}
    yield Case("total of all columns, each school once", FAMILY, {FILE: xlsx([*rows(), every])},
               "exact")
    named = rows({(5, NAME): "合计镇中心小学"})
    yield Case("a school whose name begins like a total", FAMILY, {FILE: xlsx(named)}, "exact",
               like=named)
    numbered = [{"序号": n} | row for n, row in enumerate(rows(), 1)]
    for serial, word in ((None, "合计"), ("合计", None), (16, "合计")):
        last = {"序号": serial} | head | {CODE: word}
        yield Case(f"total with serial number {serial} and {word}", FAMILY,
                   {FILE: xlsx([*numbered, last])}, "exact")


def _wrong_totals() -> Iterator[Case]:
    for off in (-1, 1, 100):
        for header in (PUPILS, *COUNTED):
            total = _total(rows(), "合计")
            total[header] += off
            yield Case(f"{header} {off:+} in the total", FAMILY, {FILE: xlsx([*rows(), total])},
                       "warn", at(17, header))
    total = _total(rows()[:10], "小计") | {PUPILS: 1}
    yield Case("a wrong subtotal", FAMILY, {FILE: xlsx([*rows()[:10], total, *rows()[10:]])},
               "warn", at(12, PUPILS))
    for name, expected, changes in (
            ("a total with a school's code", "refuse|warn", {CODE: "2199000099", NAME: "合计"}),
            ("a total without a word", "refuse|warn", {CODE: None})):
        lines = [*rows(), _total(rows(), "合计") | changes]
        yield Case(name, FAMILY, {FILE: xlsx(lines)}, expected, at(17), like=None)
    giant = dict(BASE[0]) | {CODE: "2199000099", NAME: "全县小学"}
    giant |= {h: sum(row[h] for row in rows()[:10])
              for h in (PUPILS, *COUNTED, AREA, MONEY, ROOMS, "运动场地面积(㎡)")}
    yield Case("a total filled in like a school", FAMILY, {FILE: xlsx([*rows(), giant])},
               "refuse|warn", at(17), like=None)


def _orders() -> Iterator[Case]:
    drawn = random.Random(6)
    for n in range(3):
        lines, headers = rows(), list(HEADERS)
        drawn.shuffle(lines)
        drawn.shuffle(headers)
        yield Case(f"rows in another order {n}", FAMILY, {FILE: xlsx(lines)}, "exact")
        yield Case(f"columns in another order {n}", FAMILY,
                   {FILE: xlsx([{h: row[h] for h in headers} for row in rows()])}, "exact")
    yield Case("remarks beside", FAMILY, {FILE: xlsx(
        [row | {"备注": "校舍2019年新建", "邮政编码": "123456"} for row in rows()])}, "exact")
    yield Case("two hundred columns beside", FAMILY, {FILE: xlsx(
        [row | {f"其他{n}": n for n in range(200)} for row in rows()])}, "exact")
    yield laid("an empty column first", [[None, *line] for line in LINES], "exact")
    yield laid("table at D9", [[None]] * 8 + [[None] * 3 + line for line in LINES], "exact")
    yield laid("empty columns between", [[x for cell in line for x in (cell, None)]
                                          for line in LINES], "exact")
