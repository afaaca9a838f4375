"""Personal data: found wherever it stands, and repeated nowhere."""

import json
import random
from itertools import pairwise

import pytest
from tables import YEAR, csv_bytes, found, imported, letter, refusals, results, school, workbook

from pipeline.__main__ import main
from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import TEXT, Cell, Sheet
from pipeline.cleaning.privacy import is_personal, without_personal
from pipeline.definitions.forms.layouts import layouts

WEIGHTS = [2 ** (17 - n) % 11 for n in range(17)]  # ISO 7064 MOD 11-2, from its definition
NUMBER, PHONE, NAME = "11010519491231002X", "13812345678", "欧阳玄烨"
ROWS = [school(n) for n in range(1, 7)]


def identity_numbers(count: int, slip: int = 0) -> list[str]:
    """Return made-up identity numbers; ``slip`` moves the check digit by so much."""
    drawn, numbers = random.Random(20260), []
    for _ in range(count):
        day = f"{drawn.randint(1940, 2019)}{drawn.randint(1, 12):02}{drawn.randint(1, 28):02}"
        digits = f"{drawn.randint(110000, 659000)}{day}{drawn.randrange(1000):03}"
        left = sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11
        last = (12 - left + slip) % 11
        numbers.append(digits + "0123456789X"[last])
    return numbers


def alarms(texts: list[str]) -> int:
    """Return how many cells of one column of texts raise an alarm."""
    cells = [Cell("a.csv", "", n, "A", text, TEXT) for n, text in enumerate(texts, 1)]
    findings = Findings()
    cleared = without_personal(Sheet("a.csv", "", tuple((c,) for c in cells)), True, findings)
    return sum(row[0].blank for row in cleared.rows)


@pytest.mark.parametrize("around", ["{}", "身份证{}号", "张三，{}。", " {} ", "'{}", "（{}）"])
def test_every_identity_number_in_a_text_is_found(around):
    assert alarms([around.format(number) for number in identity_numbers(2_000)]) == 2_000


@pytest.mark.parametrize("slip", range(1, 11))
def test_a_number_with_a_wrong_check_digit_is_none(slip):
    assert alarms(identity_numbers(200 if slip > 1 else 2_000, slip)) == 0


def test_school_codes_raise_no_alarm():
    drawn = random.Random(7)
    kinds = ("211", "218", "311", "312", "341", "345", "514")
    assert alarms([f"{drawn.choice(('21', '31', '36'))}{drawn.randint(11, 65)}"
                   f"{drawn.randrange(10 ** 6):06}" for _ in range(5_000)]) == 0
    assert alarms([f"{drawn.choice(kinds)}{drawn.randrange(10 ** 7):07}"
                   for _ in range(5_000)]) == 0


@pytest.mark.parametrize("text", [
    "22.690000534057617", "0.110105194912310", "110105194912310.5", "1.3812345678", "13812345678.5",
    "1,381,234.5678", "2023-09-01", "2199000001", "12812345678", "110105491331002", "4100"])
def test_figures_dates_and_codes_raise_no_alarm(text):
    assert not is_personal(text)


@pytest.mark.parametrize("text", [
    PHONE, "138 1234 5678", "138-1234-5678", f"电话{PHONE}", f"{PHONE}/13912345678", NUMBER.lower(),
    "110105491231002", "86-13812345678"])
def test_mobiles_and_old_identity_numbers_are_found(text):
    assert is_personal(text)


@pytest.mark.parametrize("text", [
    "+8613812345678", "１３８１２３４５６７８", f"{PHONE}.", f"{NUMBER}.", "110105 19491231 002X",
    "１１０１０５１９４９１２３１００２Ｘ"],
    ids=["country code", "full-width mobile", "mobile with full stop", "number with full stop",
         "number with blanks", "full-width number"])
def test_a_number_written_otherwise_is_found(text):
    assert is_personal(text)


HEADS = {"姓名": NAME, "校长姓名": NAME, "班主任姓名": NAME, "监护人": NAME,
         "联系电话": "0431-85551234", "手机号码": PHONE, "身份证号": NUMBER,
         "家庭住址": "示例路5号", "出生日期": "1949年12月31日"}


@pytest.mark.parametrize("header", HEADS)
@pytest.mark.parametrize("form", [workbook, csv_bytes], ids=["xlsx", "csv"])
def test_a_personal_column_refuses_the_file_by_its_place_and_number_only(tmp_path, header, form):
    source = form([row | {header: HEADS[header]} for row in ROWS])
    result = imported(tmp_path, source)
    (finding,) = found(result, "privacy.found")
    assert refusals(result) == ["privacy.found"] and finding["column"] == "R"
    assert finding["action"] == "该列有6格"
    assert HEADS[header] not in json.dumps(result.findings.to_dict("records"), default=str,
                                           ensure_ascii=False)


@pytest.mark.parametrize("header", ["校长", "联系人", "负责人", "电话", "办公电话"])
def test_a_short_header_of_persons_is_recognised(tmp_path, header):
    value = int(PHONE) if "电话" in header else NAME
    assert imported(tmp_path, [row | {header: value} for row in ROWS]).refused


def test_a_mobile_typed_as_a_number_under_any_header_is_found(tmp_path):
    assert found(imported(tmp_path, [row | {"备注": int(PHONE)} for row in ROWS]), "privacy.found")


def test_no_header_of_a_form_counts_as_personal(tmp_path):
    for layout in layouts():
        for column in layout.columns:
            findings = Findings()
            cells = [(Cell("a", "", n, "A", text, TEXT),) for n, text in
                     enumerate((column.headers[0], "5"), 1)]
            without_personal(Sheet("a", "", tuple(cells)), False, findings)
            assert not findings.rows, column.headers[0]


def personal() -> list[dict]:
    """Return the rows with names, telephones and a number hidden in a school's note."""
    rows = [row | {"姓名": NAME, "联系电话": PHONE, "备注": None} for row in ROWS]
    return [*rows[:-1], rows[-1] | {"备注": f"见{NUMBER}"}]


def checked(capsys, path, *options) -> tuple[int, str]:
    """Run the command; return its exit code and every letter it wrote."""
    with pytest.raises(SystemExit) as end:
        main(["check", str(path), *options])
    told = capsys.readouterr()
    return end.value.code, told.out + told.err


@pytest.mark.parametrize("options", [(), ("--json",), ("--drop-personal",),
                                     ("--json", "--drop-personal")], ids=" ".join)
def test_nothing_that_is_told_contains_what_stood_there(tmp_path, capsys, caplog, options):
    path = tmp_path / "990101_甲县.xlsx"
    workbook(personal()).save(path)
    code, told = checked(capsys, path, *options)
    assert code == ("--drop-personal" not in options)
    assert not any(planted in told + caplog.text for planted in (NAME, PHONE, NUMBER))
    if "--json" in options:
        (listed,) = json.loads(told)
        kind = "dropped" if "--drop-personal" in options else "found"
        places = [(f["column"], f["row"], f["action"]) for f in listed["findings"]
                  if f["code"] == f"privacy.{kind}"]
        assert sorted(places) == [("R", 2, "该列有6格"), ("S", 2, "该列有6格"),
                                  ("T", 7, "该列有1格")]


def test_with_drop_personal_the_figures_are_those_of_the_clean_file(tmp_path, monkeypatch):
    clean = imported(tmp_path / "clean", ROWS)
    from pipeline.cleaning import importing

    whole = importing.import_county
    monkeypatch.setattr("tables.import_county", lambda county: whole(county, drop_personal=True))
    dropped = imported(tmp_path / "dropped", personal())
    assert not dropped.refused and results(dropped) == results(clean)
    kept = "".join(frame.to_csv() for frame in dropped.tables.values())
    assert not any(planted in kept for planted in (NAME, PHONE, NUMBER))


def test_a_number_in_a_used_column_or_a_hidden_sheet_is_found_too(tmp_path):
    for place, header in enumerate(("在校生数", "学校名称", "归属学校标识码")):
        result = imported(tmp_path / str(place), [*ROWS[:-1], ROWS[-1] | {header: NUMBER}])
        (finding,) = found(result, "privacy.found")
        assert (finding["row"], finding["column"]) == (7, letter(header)) and result.refused
        assert NUMBER not in result.findings.to_csv()
    book = workbook(ROWS)
    hidden = book.create_sheet("隐藏")
    hidden.append([PHONE])
    hidden.sheet_state = "hidden"
    assert [f["sheet"] for f in found(imported(tmp_path, book), "privacy.found")] == ["隐藏"]


def test_the_check_digits_here_are_those_of_the_published_example():
    assert YEAR and all(a != b for a, b in pairwise(identity_numbers(5)))
    total = sum(int(d) * w for d, w in zip(NUMBER[:17], WEIGHTS, strict=True))
    assert (total + 10) % 11 == 1
