"""Personal data: found under any header, in any sheet, and repeated in no finding.

Identity numbers carry a check digit (GB 11643-1999, ISO 7064 MOD 11-2); a school code, a
social credit code, a coordinate, an amount or a landline-like figure is no person.
"""

from collections.abc import Iterator

from tables import csv_bytes, workbook

from corpus.base import (
    AREA,
    CODE,
    CSV,
    FILE,
    MONEY,
    NAME,
    PE,
    PUPILS,
    SHEET,
    Case,
    as_text,
    one_cell,
    rows,
    saved,
    xlsx,
)

FAMILY = "privacy"
PERSON, MOBILE = "欧阳玄烨", "13812345678"
WEIGHTS = [2 ** (17 - n) % 11 for n in range(17)]
BESIDE = "R"    # the column behind the form's seventeen


def identity(seventeen: str, slip: int = 0) -> str:
    """Return an identity number with its check digit, moved by ``slip``.

    >>> identity("11010519491231002")
    '11010519491231002X'
    """
    left = sum(int(d) * w for d, w in zip(seventeen, WEIGHTS, strict=True)) % 11
    return seventeen + "0123456789X"[(12 - left + slip) % 11]


NUMBERS = [identity(f"{place}{day}{serial:03}") for serial, (place, day) in enumerate((
    ("110105", "19491231"), ("410102", "19800229"), ("532301", "19991130"), ("330302", "20010701"),
    ("650102", "19560814"), ("990101", "19700101")), 2)]


def cases() -> Iterator[Case]:
    """Return every case of the family."""
    yield from _columns()
    yield from _numbers_in_cells()
    yield from _elsewhere()
    yield from _no_person()


def _beside(name: str, header: str, values: list, expected: str, row: int | None = None,
            secret: str = "", file: str = FILE) -> Case:
    lines = [line | {header: values[n % len(values)]} for n, line in enumerate(rows())]
    place = (file, "" if file == CSV else SHEET, row, BESIDE) if expected == "refuse" else ()
    content = csv_bytes(lines) if file == CSV else xlsx(lines)
    return Case(name, FAMILY, {file: content}, expected, place, secret=secret)


def _columns() -> Iterator[Case]:
    for header, value in {
            "姓名": PERSON, "校长姓名": PERSON, "校长": PERSON, "联系人": PERSON, "负责人": PERSON,
            "填表人姓名": PERSON, "学生姓名": PERSON, "教师姓名": PERSON, "监护人": PERSON,
            "身份证号": NUMBERS[0], "身份证件号码": NUMBERS[1], "证件号码": NUMBERS[2],
            "手机": MOBILE, "手机号码": MOBILE, "联系电话": "0431-85551234", "电话": MOBILE,
            "办公电话": "85551234", "银行卡号": "6222021001112223334", "银行账号": "62220210011",
            "家庭住址": "示例路5号", "住址": "示例路5号", "出生日期": "1949年12月31日",
            "出生年月": "1949-12", "校长 姓名": PERSON, "联系\n电话": MOBILE}.items():
        yield _beside(f"column {header!r}", header, [value], "refuse", secret=value)
    for header, value in (("姓名", PERSON), ("联系电话", MOBILE), ("身份证号", NUMBERS[3])):
        yield _beside(f"csv: column {header}", header, [value], "refuse", secret=value, file=CSV)


def _numbers_in_cells() -> Iterator[Case]:
    for n, number in enumerate(NUMBERS):
        values = [None] * n + [number] + [None] * (14 - n)
        yield _beside(f"identity number {n} in a remark", "备注", values, "refuse", n + 2, number)
    for name, text in {
            "in a sentence": f"见{NUMBERS[0]}的档案", "with blanks": "110105 19491231 002X",
            "full-width": "１１０１０５１９４９１２３１００２Ｘ",
            "small letter": NUMBERS[0].lower(),
            "of fifteen digits": "110105491231002", "with hyphens": "110105-19491231-002X",
            "mobile": MOBILE, "mobile in groups": "138 1234 5678",
            "mobile hyphened": "138-1234-5678",
            "mobile with country": "+8613812345678", "two mobiles": f"{MOBILE}/13912345678",
            "full-width mobile": "１３８１２３４５６７８"}.items():
        values = [None] * 5 + [text] + [None] * 9
        yield _beside(f"remark: {name}", "备注", values, "refuse", 7, text)
    yield _beside("mobile as a number", "备注", [int(MOBILE)], "refuse", secret=MOBILE)
    yield _beside("identity number as a number, rounded", "备注",
                  [None, float(110105194912310020), None], "refuse", secret="1101051949")
    yield _beside("identity number in exponents", "备注", [None, "1.10105E+17"], "refuse")
    for header in (NAME, PUPILS, PE, MONEY, CODE, "归属学校标识码", "办学类型"):
        yield one_cell(FAMILY, f"identity number under {header}", 6, header,
                       as_text(NUMBERS[0]), "refuse", secret=NUMBERS[0])
        yield one_cell(FAMILY, f"mobile under {header}", 6, header, as_text(MOBILE), "refuse",
                       secret=MOBILE)
    yield one_cell(FAMILY, "mobile behind a name", 6, NAME, f"河西镇中心小学{MOBILE}", "refuse",
                   secret=MOBILE)


def _elsewhere() -> Iterator[Case]:
    for state in ("visible", "hidden", "veryHidden"):
        book = workbook(rows())
        sheet = book.create_sheet("通讯录")
        sheet.append(["单位", "号码"])
        sheet.append(["教育局", MOBILE])
        sheet.sheet_state = state
        yield Case(f"a telephone on a {state} sheet", FAMILY, {FILE: saved(book)}, "refuse",
                   (FILE, "通讯录", 2, "B"), secret=MOBILE)
    book = workbook(rows())
    book.active["A40"] = f"填表人电话：{MOBILE}"
    yield Case("a telephone under the table", FAMILY, {FILE: saved(book)}, "exact|clean",
               secret=MOBILE)
    book = workbook([row | {"备注": None} for row in rows()])
    book.active["R4"] = NUMBERS[0]
    book.active.row_dimensions[4].hidden = True
    yield Case("an identity number in a hidden row", FAMILY, {FILE: saved(book)}, "refuse",
               (FILE, SHEET, 4, BESIDE), secret=NUMBERS[0])
    for name, text in (("behind a word", f"约{PERSON}"), ("before a figure", f"{PERSON}6")):
        yield one_cell(FAMILY, f"a name {name} in place of a figure", 6, PE, text, "refuse",
                       secret=PERSON)
        yield one_cell(FAMILY, f"a name {name} in place of a kind", 6, "办学类型", text, "refuse",
                       secret=PERSON)


def _no_person() -> Iterator[Case]:
    """What looks like a person and is none must not be refused."""
    for slip in range(1, 10, 2):
        wrong = identity("11010519491231002", slip)
        yield _beside(f"wrong check digit {slip}", "资产编号", [wrong], "exact|clean")
    for header, value in {
            "统一社会信用代码": "12990101MB0123456X", "经度": 113.625368, "纬度": "34.746611",
            "邮政编码": "450000", "建校时间": "1949-12-31", "占地面积": 13812.345678,
            "资产原值(元)": 138123456.78, "档案号": "2023-09-01-0001", "原标识码": "2199123456",
            "十一位编号": "12812345678", "校训": "勤学善思", "学校地址类别": "镇", "班级数": 24,
            "上级机构名称": "示例县教育局", "联系学校": "和平路小学"}.items():
        yield _beside(f"no person: {header}", header, [value], "exact|clean")
    codes = [row | {"中心校编码": f"2199{138000 + n}"} for n, row in enumerate(rows())]
    yield Case("no person: codes that begin like a mobile", FAMILY, {FILE: xlsx(codes)},
               "exact|clean")
    yield one_cell(FAMILY, "no person: an area with many digits", 6, AREA, 3328.0000000001,
                   "exact|clean", like=rows({(6, AREA): 3328.0000000001}))
