"""On the spot: the sample drawn by rule, the form, what was seen against what was reported, and
the survey's share with its interval."""

from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
from handing_in import JUNIOR, PRIMARY, three
from tables import YEAR, found, imported, school, workbook

from pipeline.analysis.evaluate import evaluated
from pipeline.analysis.ledger.spot_sample import drawn
from pipeline.analysis.ledger.survey_share import survey_share, wilson
from pipeline.county import County
from pipeline.dossier.c04_government import (
    comparison_sentences,
    comparison_table,
    spot_check_workbook,
    survey_sentences,
    survey_table,
)
from pipeline.dossier.c90_appendix.annex_values import ANNEX_TABLES, county_values, of_year
from pipeline.ground.terms import records

HEAD = 3


def evaluate(read, folder, *wanted):
    county = County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))
    known = {**read.tables, "standard": county.standard, "year": YEAR, "years": [YEAR],
             "code": county.code, "plans": [], "reference_day": county.reference_day}
    return evaluated(known, wanted), county


@pytest.fixture(scope="module")
def counties(tmp_path_factory):
    return three(tmp_path_factory.mktemp("inspection"))


@pytest.mark.parametrize(("name", "schools"), [("known", 4), ("missing", 4), ("primary", 3)])
def test_every_school_of_a_small_county_has_its_form_and_the_bytes_are_the_same(counties, name,
                                                                                schools):
    tables, county = counties[name]
    book = spot_check_workbook(tables["spot_sample"], county)
    sheet = openpyxl.load_workbook(BytesIO(book))["实地核查表"]
    heads = [cell.value for cell in sheet[HEAD]]
    rows = [dict(zip(heads, [c.value for c in row], strict=True))
            for row in sheet.iter_rows(min_row=HEAD + 1)]
    assert len({row["学校名称"] for row in rows}) == schools
    assert len(sheet.row_breaks.brk) == schools - 1 and {row["实测值"] for row in rows} == {None}
    assert {row["上报值"] for row in rows if row["核查内容"] == "教学及辅助用房面积"} == (
        {"没有上报"} if name == "missing" else {"3000"})
    assert spot_check_workbook(tables["spot_sample"], county) == book


def test_a_sample_has_its_size_is_the_same_every_time_and_takes_of_every_stratum(tmp_path):
    rows = [school(n, pupils=100 if n % 2 else 500) | {"城乡类型": "乡村" if n <= 20 else "城区"}
            for n in range(1, 41)]
    tables, _ = evaluate(imported(tmp_path, rows), tmp_path, "spot_sample")
    sample = {r["school_code"]: r for r in records(tables["spot_sample"])}
    again, _ = evaluate(imported(tmp_path, rows[::-1]), tmp_path, "spot_sample")
    assert len(sample) == 10 and list(sample) == list(dict.fromkeys(
        r["school_code"] for r in records(again["spot_sample"])))
    of = [(row["location"], row["pupils"]) for row in sample.values()]
    assert all(2 <= of.count((place, pupils)) <= 3 for place in ("urban", "rural")
               for pupils in (100, 500))


@pytest.mark.parametrize("wanted", [1, 3, 7, 10, 11])
def test_schools_are_drawn_with_the_same_chance_whatever_the_seed(wanted):
    schools = [f"S{n}" for n in range(10)]
    samples = [drawn(schools, wanted, f"{seed}") for seed in range(2000)]
    assert {len({*sample}) for sample in samples} == {min(wanted, 10)}
    times = [sum(name in sample for sample in samples) for name in schools]
    assert all(abs(n / 2000 - min(wanted, 10) / 10) < 0.05 for n in times)  # 4.5 standard errors


def handed_back(tmp_path, seen, schools=PRIMARY):
    """Return what the county's form says once it is filled in: quantity → what is typed."""
    first, county = evaluate(imported(tmp_path, schools), tmp_path, "spot_sample")
    book = openpyxl.load_workbook(BytesIO(spot_check_workbook(first["spot_sample"], county)))
    sheet = book["实地核查表"]
    for row in sheet.iter_rows(min_row=HEAD + 1):
        typed = seen.get((row[1].value, row[3].value))
        if typed is not None:
            row[6].value = typed
    book.save(tmp_path / "raw" / str(YEAR) / "990101_甲县实地核查表.xlsx")
    read = imported(tmp_path, schools)
    return read, *evaluate(read, tmp_path, "spot_comparison", "spot_sample", "judgements")


# 甲2校：上报390人、3000㎡、12间、100万元；5%以内为相差较小
@pytest.mark.parametrize(("quantity", "typed", "state", "gap"), [
    ("在校生数", 390, "same", 0), ("在校生数", 389, "within", -1),
    ("教学及辅助用房面积", 2850, "within", -150),
    ("教学及辅助用房面积", "2849.99", "beyond", "-150.01"),
    ("教学及辅助用房面积", 3150, "within", 150), ("网络多媒体教室数", 11, "beyond", -1),
    ("网络多媒体教室数", "11间", "beyond", -1), ("班级数", 12, "unreported", None),
    ("教学仪器设备值", 1_000_000, "same", 0)])
def test_what_was_seen_is_held_against_what_was_reported(tmp_path, quantity, typed, state, gap):
    read, tables, county = handed_back(tmp_path, {("甲2校", quantity): typed})
    assert not read.refused
    rows = {(r["name"], r["variable"]): r for r in records(tables["spot_comparison"])}
    [row] = [r for r in rows.values() if r["state"] != "unseen"]
    assert (row["name"], row["state"]) == ("甲2校", state)
    assert row["difference"] == (None if gap is None else Fraction(gap))
    said = comparison_sentences(tables["spot_comparison"], county).paragraphs[0]
    assert f"没有核查{len(rows) - 1}项" in said and "不计为一致" in said
    assert (comparison_table(tables["spot_comparison"], county) is None) == (state == "same")


def test_an_inspection_changes_no_figure_and_no_verdict(tmp_path):
    before, _ = evaluate(imported(tmp_path / "a", PRIMARY), tmp_path / "a", "judgements")
    _, tables, _ = handed_back(tmp_path / "b", {("甲2校", "在校生数"): 1})
    assert records(tables["judgements"]) == records(before["judgements"])


def test_what_was_split_is_held_against_the_whole_school(tmp_path):
    mixed = school(7, "九年一贯制学校", None) | {"学段": None}
    rows = [{**mixed, "学段": "小学", "在校生数": 300}, {**mixed, "学段": "初中", "在校生数": 200}]
    _, tables, _ = handed_back(tmp_path, {("甲7校", "教学及辅助用房面积"): 3000}, [*PRIMARY, *rows])
    [row] = [r for r in records(tables["spot_comparison"]) if r["state"] != "unseen"]
    assert (row["stage"], row["reported"], row["state"]) == ("", 3000, "same")


@pytest.mark.parametrize(("typed", "check"), [("很多", "cell.text"), (-1, "value.range")])
def test_what_is_no_figure_is_refused_with_its_cell(tmp_path, typed, check):
    read, *_ = handed_back(tmp_path, {("甲2校", "网络多媒体教室数"): typed})
    assert read.refused and [f["sheet"] for f in records(read.findings)
                             if f["severity"] == "refuse"] == ["实地核查表"]


# Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3（威尔逊，无连续性校正）
@pytest.mark.parametrize(("satisfied", "valid", "low", "high"), [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718)])
def test_the_interval_of_one_sample_is_the_published_one(satisfied, valid, low, high):
    found_ = survey_share([{"valid": valid, "satisfied": satisfied, "population": None}])
    assert (round(found_.low, 4), round(found_.high, 4)) == (low, high)
    assert found_.share == Fraction(satisfied, valid) and not found_.weighted


def group(valid, satisfied, population=None, sent=None, name="家长"):
    return {"group": name, "valid": valid, "satisfied": satisfied, "population": population,
            "sent": sent}


def test_groups_are_weighted_by_their_size_and_the_design_widens_the_interval():
    share = survey_share([group(100, 90, 9000), group(100, 60, 1000)])
    assert share.share == Fraction(87, 100) and share.weighted                # .9 × .9 + .1 × .6
    variance = 0.81 * 0.9 * 0.1 / 99 + 0.01 * 0.6 * 0.4 / 99                  # by hand
    assert (share.low, share.high) == wilson(0.87, 0.87 * 0.13 / variance)
    even = survey_share([group(100, 90), group(100, 60)])
    assert even.share == Fraction(3, 4) and not even.weighted


@pytest.mark.parametrize("groups", [[], [group(0, 0)], [group(0, 0, 100), group(9, 9, 100)]])
def test_no_share_is_told_where_a_group_has_no_answer(groups):
    assert survey_share(groups) is None


def surveyed(folder, lines, facts=()):
    book = workbook([*PRIMARY, *JUNIOR])
    sheet = book.create_sheet("满意度调查")
    for line in [["调查群体", "群体人数", "发放问卷数", "有效问卷数", "满意问卷数"], *lines]:
        sheet.append(line)
    if facts:
        sheet = book.create_sheet("县级数据")
        for line in [["项目", "数值", "单位"], *facts]:
            sheet.append(line)
    read = imported(folder, book)
    return read, *evaluate(read, folder, "survey_shares", "judgements", "balance", "compliance")


# 有效、满意 → P1：恰为85%达标，少一份未达标；填报的百分数不算
@pytest.mark.parametrize(("satisfied", "state"), [(84, "not_met"), (85, "met"), (86, "met")])
def test_recognition_is_judged_by_the_answers_and_not_by_what_was_typed(tmp_path, satisfied,
                                                                        state):
    read, tables, county = surveyed(tmp_path, [["家长", None, 110, 100, satisfied]],
                                    [["社会认可度", 99, "%"]])
    assert not read.refused
    [row] = [r for r in records(tables["judgements"]) if r["id"] == "P1"]
    assert (row["status"], row["value"]) == (state, satisfied)
    said = "".join(survey_sentences(tables["survey_shares"], tables["facts"], county).paragraphs)
    assert f"满意度{satisfied}.00%（群体人数不全，不加权）" in said and "以调查表为准" in said
    printed = survey_table(tables["survey_shares"], county)
    assert [c.text for c in printed.rows[-1]][:6] == ["合计", "缺", "110", "100", f"{satisfied}",
                                                     f"{satisfied}.00%"]
    values = county_values(of_year({n: tables[n] for n in ANNEX_TABLES}, county), county)
    assert (values["recognition_pct"], values["survey_valid"]) == (satisfied, 100)


def test_a_share_just_below_the_limit_is_not_printed_as_the_limit(tmp_path):
    _, tables, county = surveyed(tmp_path, [["家长", None, None, 99_999, 84_999]])
    [row] = [r for r in records(tables["judgements"]) if r["id"] == "P1"]
    said = survey_sentences(tables["survey_shares"], tables["facts"], county).paragraphs[0]
    assert row["status"] == "not_met" and "满意度84.9998%（" in said


def test_a_survey_that_gives_no_share_leaves_recognition_open(tmp_path):
    read, tables, county = surveyed(tmp_path, [["家长", 900, 10, 0, 0], ["教师", 90, 9, 9, 9]],
                                 [["社会认可度", 99, "%"]])
    [row] = [r for r in records(tables["judgements"]) if r["id"] == "P1"]
    assert row["status"] == "undetermined"
    said = "".join(survey_sentences(tables["survey_shares"], tables["facts"], county).paragraphs)
    assert "待核" in said and "以调查表为准" in said


def test_groups_of_people_are_no_persons_whatever_their_order(tmp_path):
    groups = ["家长", "教师", "人大代表", "政协委员", "校长"]
    read, tables, _ = surveyed(tmp_path, [[name, None, 10, 10, 9] for name in groups])
    assert not read.refused and len(tables["survey_shares"]) == 6


@pytest.mark.parametrize("name", ["张三丰", "13800138000", "110105194912310021"])
def test_a_person_among_the_groups_is_refused_and_never_quoted(tmp_path, name):
    read = surveyed(tmp_path, [["家长", None, 10, 10, 9], [name, None, 10, 10, 9]])[0]
    assert read.refused and name not in str(records(read.findings)) + str(records(read.survey))


@pytest.mark.parametrize(("lines", "check"), [
    ([["家长", None, 10, 9, 10]], "survey.exceeds"), ([["家长", None, 8, 9, 9]], "survey.exceeds"),
    ([["家长", 8, 10, 9, 9]], "survey.exceeds"), ([["家长", None, 10, 9, None]], "survey.blank"),
    ([["家长", None, 10, 9, 9], ["家长", None, 10, 9, 9]], "survey.repeated")])
def test_counts_that_do_not_go_together_are_told(tmp_path, lines, check):
    read, *_ = surveyed(tmp_path, lines)
    assert len(found(read, check)) == 1
    assert read.refused


def test_a_county_without_survey_or_inspection_says_nothing_of_them(counties):
    tables, county = counties["known"]
    assert survey_sentences(tables["survey_shares"], tables["facts"], county) is None
    assert survey_table(tables["survey_shares"], county) is None
    assert comparison_sentences(tables["spot_comparison"], county) is None
