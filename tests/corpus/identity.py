"""Who is who: codes, names, kinds, stages, duplicates, rows of one school that disagree.

The code is ten digits of text, kind and province first; every row is one school's stage once.
"""

from collections.abc import Iterator
from pathlib import Path

from tables import csv_bytes, school

from corpus.base import (
    AREA,
    BASE,
    CODE,
    CSV,
    FILE,
    GOOD,
    MONEY,
    NAME,
    PE,
    PUPILS,
    QUALIFIED,
    SHEET,
    Case,
    as_text,
    at,
    one_cell,
    rows,
    xlsx,
)

FAMILY = "identity"
KIND, STAGE, WHERE, OWNER = "办学类型", "学段", "城乡类型", "举办者类型"

BAD_CODES = {
    "blank": None, "9 digits": "219900005", "11 digits": "21990000055", "letter O": "21990O0005",
    "letter l": "219900000l", "exponent": "2.199E+09", "exponent in full": "2.199000005E+9",
    "rounded": 2.199e8, "of another province": "2144000005", "zeros": "0000000000",
    "nines": "9999999999", "letters": "ABCDEFGHIJ", "a name": "河西镇中心小学",
    "a range": "2199000005-6", "decimals": "2199000005.5", "negative": "-2199000005",
    "the unit's code": "990101", "question marks": "21990000??", "social credit code":
    "12990101MB0123456X", "text and digits": "代码2199000005甲", "logical": True,
}
CLEANED_CODES = {
    "blank behind": "2199000005 ", "blank before": " 2199000005",
    "full-width": "２１９９０００００５",
    "apostrophe": "'2199000005", "no-break blank": "\u00a02199000005", "tab": "2199000005\t",
    "line break": "2199000005\n",
}
INVISIBLE = {"zero-width space": "\u200b", "joiner": "\u200d", "override": "\u202e",
             "isolate": "\u2067", "byte order mark": "\ufeff", "soft hyphen": "\u00ad",
             "line separator": "\u2028", "tag": "\U000e0041"}
MEANT_ELSEWHERE = {
    "formula": "=SUM(A1:A9)", "command": "=cmd|'/C calc'!A0", "plus": "+1+1", "minus": "-1+1",
    "at sign": "@SUM(1)", "full-width equals": "＝1+1", "markup": "<b>石桥</b>小学",
    "script": "<script>alert(1)</script>", "typst": "#import \"x\": *小学",
    "latex": "\\input{x}$1$",
    "template": "{{ 7*7 }}小学", "format": "{0.__class__}小学", "percent": "%s%n小学",
    "shell": "$(id)`id`;小学", "markdown": "**石桥**[x](y)", "quotes": "“石桥”'小学'\"",
    "path": "../../etc/小学", "null word": "null", "nan word": "NaN", "logical word": "TRUE",
    "brackets": "石桥小学（东校区）",
    "half-width brackets": "石桥小学(东校区)", "long": "石" * 120 + "小学",
}


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _codes()
    yield from _names()
    yield from _twice()
    yield from _classes()
    yield from _mixed_schools()
    yield from _enrolment()
    yield from _units()
    yield from _several_files()


def _codes() -> Iterator[Case]:
    for name, code in BAD_CODES.items():
        value = as_text(code) if isinstance(code, str) else code
        yield one_cell(FAMILY, f"code: {name}", 6, CODE, value, "refuse")
    for kind, code in (("a kindergarten", "1199000005"), ("a junior school", "3199000005"),
                       ("no kind at all", "9999000005")):
        yield one_cell(FAMILY, f"code of {kind} for a primary school", 6, CODE, code,
                       "refuse|warn", like=None)
    for name, code in CLEANED_CODES.items():
        yield one_cell(FAMILY, f"code with {name}", 6, CODE, as_text(code), "clean|exact")
    yield one_cell(FAMILY, "code as a whole number", 6, CODE, 2199000005, "clean|exact")
    for name, code in (("with .0", "2199000005.0"), ("in groups", "2199 000 005"),
                       ("hyphened", "21-99-000005")):
        yield one_cell(FAMILY, f"code {name}", 6, CODE, as_text(code), "clean|refuse")
    every = [row | {CODE: int(row[CODE])} for row in rows()]
    yield Case("all codes as numbers", FAMILY, {FILE: xlsx(every)}, "clean|exact")
    for name, code in (("exponent", "2.199E+09"), ("lost digit", "219900005")):
        yield Case(f"csv: code with {name}", FAMILY, {CSV: csv_bytes(rows({(6, CODE): code}))},
                   "refuse", at(6, CODE, CSV))
    for name, code in (("tab", "\t2199000005"), ("formula", '="2199000005"')):
        yield Case(f"csv: code kept as text by {name}", FAMILY,
                   {CSV: csv_bytes(rows({(6, CODE): code}))}, "clean|refuse|exact")


def _names() -> Iterator[Case]:
    for name, text in {"blank": None, "blanks": "　 "}.items():
        yield one_cell(FAMILY, f"name: {name}", 6, NAME, text, "refuse")
    for name, letter in INVISIBLE.items():
        yield one_cell(FAMILY, f"name with {name}", 6, NAME, f"河西镇{letter}中心小学",
                       "refuse|clean", like=None)
    for code in (0, 7, 27):
        lines = rows({(6, NAME): f"河西镇{chr(code)}中心小学"})
        yield Case(f"csv: name with control letter {code}", FAMILY, {CSV: csv_bytes(lines)},
                   "refuse|clean", (CSV, "", None, None), like=None)
    for name, text in MEANT_ELSEWHERE.items():
        yield one_cell(FAMILY, f"name like a {name}", 6, NAME, as_text(text), "exact|clean",
                       like=rows({(6, NAME): text}))
    yield one_cell(FAMILY, "name with blanks around", 6, NAME, "　河西镇中心小学 ", "clean|exact")
    yield one_cell(FAMILY, "name in two lines", 6, NAME, "河西镇\n中心小学", "clean|refuse",
                   like=None)
    yield one_cell(FAMILY, "name with a letter that fonts lack", 6, NAME, "\U00020bb7河小学",
                   "refuse|exact", like=rows({(6, NAME): "\U00020bb7河小学"}))
    yield one_cell(FAMILY, "name with a letter of private use", 6, NAME, "河西镇\ue000小学",
                   "refuse|warn", like=None)
    yield one_cell(FAMILY, "name with a replacement letter", 6, NAME, "河西镇\ufffd小学",
                   "refuse|warn", like=None)
    for name, first, second in (("equal", "石桥小学", "石桥小学"), ("equal when folded", "石桥1校",
                                                            "石桥１校"),
                                ("equal but for brackets", "石桥小学(东)", "石桥小学（东）"),
                                ("equal but for a blank", "石桥小学", "石桥 小学")):
        lines = rows({(7, NAME): first, (8, NAME): second})
        yield Case(f"two schools with names {name}", FAMILY, {FILE: xlsx(lines)}, "warn|refuse",
                   at(8, NAME), like=None)


def _twice() -> Iterator[Case]:
    again = [*rows(), dict(BASE[4])]
    yield Case("a row twice", FAMILY, {FILE: xlsx(again)}, "refuse", at(17))
    yield Case("csv: a row twice", FAMILY, {CSV: csv_bytes(again)}, "refuse", at(17, None, CSV))
    for name, row, code in (("another school's", 9, "2199000003"),
                            ("full-width", 9, "２１９９０００００３"),
                            ("with a blank", 9, "2199000003 "), ("as a number", 9, 2199000003)):
        yield one_cell(FAMILY, f"code is {name}", row, CODE, code, "refuse", place=at(row))
    third = [*rows(), dict(BASE[13])]
    yield Case("the same stage of a mixed school twice", FAMILY, {FILE: xlsx(third)}, "refuse",
               at(17))
    changed = [*rows(), BASE[4] | {PUPILS: 641}]
    yield Case("a school twice with other figures", FAMILY, {FILE: xlsx(changed)}, "refuse", at(17))


def _classes() -> Iterator[Case]:
    for header, texts in ((KIND, ("小学校", "中心", "幼儿园", "高校", "?", None, 3)),
                          (WHERE, ("郊区", "城镇", "市", None, "9")),
                          (OWNER, ("其他", "公私合办", None)), (STAGE, ("高中", "中学", "一"))):
        for text in texts:
            yield one_cell(FAMILY, f"{header} is {text}", 5, header, text, "refuse")
    for row, header, text in ((5, KIND, "普通小学"), (5, KIND, "完全小学"), (5, KIND, "小 学"),
                              (12, KIND, "初中"), (12, KIND, "独立初中"), (8, WHERE, "县镇"),
                              (8, WHERE, "镇中心区"), (10, WHERE, "农村"), (10, WHERE, "村庄"),
                              (2, WHERE, "主城区"), (2, WHERE, "111"), (10, WHERE, "220"),
                              (2, OWNER, "教育部门"), (4, OWNER, "社会力量办学"), (5, KIND, "211"),
                              (12, KIND, "311"), (5, STAGE, "小学"), (12, STAGE, "初中")):
        yield one_cell(FAMILY, f"row {row}: {header} written {text}", row, header, text,
                       "exact|clean")
    for row, stage in ((5, "初中"), (12, "小学")):
        yield one_cell(FAMILY, f"row {row}: stage {stage}", row, STAGE, stage, "refuse",
                       place=at(row))


def _mixed_schools() -> Iterator[Case]:
    for header, value in ((AREA, 4_300), (MONEY, 180), ("网络多媒体教室数", 17),
                          (KIND, "初级中学"), (WHERE, "镇区"), (OWNER, "民办")):
        yield one_cell(FAMILY, f"the two rows of one school: {header} differs", 16, header, value,
                       "refuse", place=at(16))
    parts = rows({(15, AREA): 1_325, (16, AREA): 2_915})
    yield Case("a mixed school's rooms given by stage", FAMILY, {FILE: xlsx(parts)}, "refuse",
               at(16))
    yield Case("a mixed school in one row without stage", FAMILY,
               {FILE: xlsx(rows({(15, STAGE): None})[:14])}, "refuse", at(15))
    yield Case("half of a mixed school", FAMILY, {FILE: xlsx(rows()[:14])}, "refuse|warn", at(15),
               like=None)
    yield one_cell(FAMILY, "both rows primary", 16, STAGE, "小学", "refuse", place=at(16))


def _enrolment() -> Iterator[Case]:
    for kind, stages in (("完全中学", ("初中",)), ("十二年一贯制学校", ("小学", "初中"))):
        for senior, expected in ((None, "warn"), (300, "exact")):
            more = [school(20, kind, 300, 学段=stage, 高中在校生数=senior, **{QUALIFIED: 15, PE: 3,
                    "县级以上骨干教师数": 3}) for stage in stages]
            lines = [*rows(), *more]
            yield Case(f"{kind} with {senior} senior pupils", FAMILY, {FILE: xlsx(lines)},
                       expected, at(17) if expected == "warn" else (),
                       like=lines if expected == "exact" else None)
    for pupils, outcome in ((49, "excluded"), (50, "used"), (51, "used")):
        cells = {QUALIFIED: 2, "县级以上骨干教师数": 1, PE: 1, AREA: 260, "运动场地面积(㎡)": 420,
                 MONEY: 11, "网络多媒体教室数": 1}
        lines = [*rows(), school(30, "小学教学点", pupils, 归属学校标识码="2199000005", **cells)]
        yield Case(f"a teaching point of {pupils}", FAMILY, {FILE: xlsx(lines)}, "exact|clean",
                   like=lines, says={("accounting", "2199000030", ""): outcome})
    for kind in ("特殊教育学校", "职业初中"):
        more = school(40, kind, 90, 学段="小学" if kind == "特殊教育学校" else None)
        lines = [*rows(), more]
        yield Case(f"a {kind}", FAMILY, {FILE: xlsx(lines)}, "exact|clean|warn", like=lines,
                   says={("accounting", more[CODE], ""): "excluded"})


def _units() -> Iterator[Case]:
    """A unit column (统计三级) says whose schools they are."""
    mine = [row | {"统计三级": "示例县"} for row in rows()]
    yield Case("unit column of this county", FAMILY, {FILE: xlsx(mine)}, "exact|clean")
    located = [row | {"所在地区划三级": "邻县" if n == 3 else "示例县"} for n,
               row in enumerate(mine)]
    yield Case("a school that stands in another county", FAMILY, {FILE: xlsx(located)},
               "exact|clean")
    other = [row | {"统计三级": "邻县" if n == 3 else "示例县"} for n, row in enumerate(rows())]
    yield Case("a school of another county", FAMILY, {FILE: xlsx(other)}, "refuse|warn|clean",
               at(5), like=[row for n, row in enumerate(rows()) if n != 3])
    every = [row | {"统计三级": "邻县"} for row in rows()]
    yield Case("all schools of another county", FAMILY, {FILE: xlsx(every)}, "refuse|warn",
               like=None)


def _several_files() -> Iterator[Case]:
    head, primary, junior = "990101_小学.xlsx", rows()[:10], rows()[10:]
    yield Case("two files by stage", FAMILY,
               {head: xlsx(primary), "990101_初中.xlsx": xlsx(junior)},
               "exact|clean")
    yield Case("the file and a copy of it", FAMILY, {FILE: GOOD, "990101_甲县(1).xlsx": GOOD},
               "refuse", (None, SHEET, None, None))
    yield Case("one school in two files", FAMILY,
               {head: xlsx(primary), "990101_初中.xlsx": xlsx([*junior, dict(BASE[2])])}, "refuse",
               (None, SHEET, None, None))
    yield Case("one file sound, one not", FAMILY,
               {head: xlsx(primary), "990101_初中.xlsx": GOOD[:3_000]}, "refuse",
               ("990101_初中.xlsx", None, None, None))

    def in_a_folder(folder: Path) -> list[str]:
        (folder / "990101").mkdir()
        (folder / "990101" / "小学.xlsx").write_bytes(xlsx(primary))
        (folder / "990101" / "初中.csv").write_bytes(csv_bytes(junior, "gb18030"))
        return ["990101/小学.xlsx", "990101/初中.csv"]
    yield Case("a folder with two files", FAMILY, in_a_folder, "exact|clean")
