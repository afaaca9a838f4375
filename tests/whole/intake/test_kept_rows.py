"""A table read once and cut by unit says to each county what the whole table would say to it."""

import io
import os
from collections import Counter
from dataclasses import replace

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from tables import csv_bytes, school

from pipeline.cleaning.files import reading
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.whole.checking import check_paths
from pipeline.whole.intake import arrivals, orders_for, refused_for_schools

HEAD = "code,name,province,prefecture,standard,plans,notice"
LISTED = """990001,甲县,某省,东市,cn-2017-06,,
990002,乙县,某省,东市,cn-2017-06,,
990003,市中区,某省,东市,cn-2017-06,,
990004,市中区,某省,西市,cn-2017-06,,
990005,戊县,某省,西市,ref-worked-example,,"""
CODES = [line[:6] for line in LISTED.splitlines()]
CORRECTION = "文件,工作表,单元格,原值,新值,理由\n全省.csv,,H3,402,412,核对学籍\n"


def rows(name, first, count=4, **cells):
    return [school(n, pupils=400 + n) | {"学校标识码": f"219999{n:04d}", "统计三级": name,
                                       "统计二级": "东市"} | cells
            for n in range(first, first + count)]


def mixed():
    """Return the rows of three counties, in turn and out of order."""
    one, two, three = rows("甲县", 1), rows("某省东市乙县", 11), rows("市中区", 21)
    return [one[0], two[0], three[0], *one[1:3], *two[1:], three[1], one[3], *three[2:]]


def total(lines, word):
    numbers = {k: sum(v for line in lines if isinstance(v := line[k], int)) for k in lines[0]
               if isinstance(lines[0][k], int)}
    return dict.fromkeys(lines[0]) | {"学校名称": word} | numbers


def with_one(number, **cells):
    lines = mixed()
    lines[number] |= cells
    return lines


def marked():
    """Return a workbook with hidden, struck-out and merged cells, formulas and a page of links."""
    book, lines = Workbook(), mixed()
    book.active.title = "学校情况"
    for line in (lines[0].keys(), *(line.values() for line in lines)):
        book.active.append(list(line))
    book.active.row_dimensions[4].hidden = book.active.column_dimensions["E"].hidden = True
    book.active.merge_cells("L3:L6")
    book.active["J5"].font = Font(strike=True)
    book.active["K7"] = "=1+1"
    links = book.create_sheet("学校对照")
    links.append(["学校标识码", "曾用标识码"])
    links.append(["2199990555", "2199990012"])
    book.create_sheet("隐藏的").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


TABLES = {
    "rows of three counties in turn": csv_bytes(mixed()),
    "a total of all and subtotals": csv_bytes(
        [*rows("甲县", 1), total(rows("甲县", 1), "小计"), *rows("乙县", 11),
         total([*rows("甲县", 1), *rows("乙县", 11)], "合计")]),
    "a total that is wrong": csv_bytes([*mixed(), total(mixed()[:5], "合计")]),
    "a name that means two counties": csv_bytes(with_one(2, 统计二级=None)),
    "counties of one name in two prefectures": csv_bytes(
        [*rows("市中区", 1), *rows("市中区", 11, 统计二级="西市")]),
    "a row of nobody": csv_bytes(with_one(4, 统计三级=None)),
    "notes, and who filled it in": csv_bytes(mixed()) + "注：各县自报\n填表人：王小明\n".encode(),
    "personal data in a row of one": csv_bytes(with_one(5, 学校名称="张伟 13812345678")),
    "a figure that cannot be, in a row of one": csv_bytes(with_one(1, 网络多媒体教室数="十二间")),
    "a row of another year": csv_bytes(
        [line | {"学年": "2022" if n == 3 else "2023"} for n, line in enumerate(mixed())]),
    "a unit that nobody has registered": csv_bytes([*rows("邻县", 31), *mixed()]),
    "no classes of place and owner": csv_bytes(
        [{k: line[k] for k in line if k not in ("城乡类型", "举办者类型")} for line in mixed()]),
    "marks, links and a hidden sheet": marked(),
}


def raw_folder(place, files):
    (place / "raw" / "2023").mkdir(parents=True)
    (place / "raw" / "counties.csv").write_text(f"{HEAD}\n{LISTED}\n", "utf-8")
    for name, content in files.items():
        (place / "raw" / name).parent.mkdir(exist_ok=True)
        (place / "raw" / name).write_bytes(content)
    return place / "raw"


def said(raw, drop, codes, known):
    """Return what the import says of each county: every table, findings among them, as text."""
    found = {}
    for code in codes:
        imported = import_county(County.open(code, 2023, "", str(raw), known=known), drop)
        found[code] = {name: table.astype(str).to_dict("records")
                       for name, table in imported.tables.items()}
    return found


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """Return a question: how often each file has been opened, by whatever process."""
    log, usual = tmp_path / "opened", reading._opened

    def told(path, label, found):
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{label}\n")
        return usual(path, label, found)

    monkeypatch.setattr(reading, "_opened", told)
    return lambda: Counter(log.read_text("utf-8").split("\n")[:-1])


def asked(place, files, drop=False, rolls=False):
    """Return what the whole files say, what they say once they are kept, and what was opened."""
    raw = raw_folder(place, files)
    came = arrivals(raw, 2023, place / "work", drop, place / "kept")
    if rolls:
        given = {"year": 2023, "raw": str(raw), "drop_personal": drop}
        refused_for_schools(orders_for(sorted(came.codes), given, place / "out", "fork", came,
                                       True), came, 1, place / "notes", place / "w")
    once = said(raw, drop, came.codes, came.known)
    return said(raw, drop, came.codes, replace(came.known, kept=None)), once


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("kind", TABLES)
def test_every_county_hears_the_same_of_a_table_that_was_read_once(kind, drop, tmp_path, opened):
    name = "全省.xlsx" if TABLES[kind].startswith(b"PK") else "全省.csv"
    whole, once = asked(tmp_path, {f"2023/{name}": TABLES[kind]}, drop)
    assert once == whole and len(whole) >= 2
    assert opened() == {f"2023/{name}": 1 + len(whole)}  # once, and by each that knew of nothing


def test_a_table_beside_files_and_tables_of_other_years_is_told_in_the_same_order(
        tmp_path, opened):
    files = {"2023/全省.csv": csv_bytes(mixed()), "2023/另表.csv": csv_bytes(rows("甲县", 41)),
             "2022/全省.csv": csv_bytes(rows("甲县", 1)),
             "2023/990001_甲县.csv": csv_bytes([*rows("甲县", 51), *rows("乙县", 61, 1)])}
    whole, once = asked(tmp_path, files, rolls=True)
    assert once == whole
    assert opened() == {"2022/全省.csv": 2, "2023/全省.csv": 4, "2023/另表.csv": 2,
                        "2023/990001_甲县.csv": 2}


def test_a_county_that_corrects_a_cell_of_a_shared_table_reads_it_by_itself(tmp_path, opened):
    files = {"2023/全省.csv": csv_bytes(mixed()),
             "2023/990002_corrections.csv": CORRECTION.replace("402", "411").encode()}
    whole, once = asked(tmp_path, files)
    assert once == whole
    assert [line["code"] for line in once["990002"]["findings"]].count("cell.corrected") == 1
    assert opened() == {"2023/全省.csv": 5}  # once, by the county that corrects, three wholes


def test_a_table_that_is_no_longer_what_was_kept_is_read_anew(tmp_path, opened):
    raw = raw_folder(tmp_path, {"2023/全省.csv": csv_bytes(mixed())})
    known = arrivals(raw, 2023, tmp_path / "work", kept=tmp_path / "kept").known
    before = said(raw, False, ["990001"], known)
    (raw / "2023" / "全省.csv").write_bytes(csv_bytes(with_one(0, 在校生数=777)))
    after = said(raw, False, ["990001"], known)
    pupils = [[line["pupils"] for line in one["990001"]["schools"]] for one in (before, after)]
    assert pupils == [["401", "402", "403", "404"], ["777", "402", "403", "404"]]
    assert opened() == {"2023/全省.csv": 2}


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="without children each reads for itself")
def test_check_opens_every_file_once(tmp_path, opened):
    raw = raw_folder(tmp_path, {
        "2023/全省.csv": csv_bytes(mixed()), "2022/全省.csv": csv_bytes(rows("甲县", 1)),
        "2023/990005_戊县.csv": csv_bytes(rows("戊县", 71, 统计二级="西市")),
        "2023/990002/补.csv": csv_bytes(rows("乙县", 81))})
    reports = {report["unit"]: report["outcome"] for report in check_paths([raw / "2023"])}
    assert reports == dict.fromkeys(["990001", "990002", "990003", "990005"], "accepted")
    assert opened() == dict.fromkeys(["2022/全省.csv", "2023/全省.csv", "2023/990005_戊县.csv",
                                      "2023/补.csv"], 1)


@pytest.mark.parametrize(("lines", "read"), [(20_000, True), (20_001, True), (400_001, False)])
def test_a_shared_text_may_be_longer_than_the_table_of_one_county(lines, read, tmp_path):
    (tmp_path / "全国.csv").write_text("校,数\n" * lines, "utf-8")
    [own] = reading.open_files([(tmp_path / "全国.csv", "a")])
    [shared] = reading.open_files([(tmp_path / "全国.csv", "a")], most_rows=400_000)
    assert (bool(own.fault), bool(shared.fault)) == (lines > 20_000, not read)
