"""Chapter 08 says what the path's tables say: counts, amounts, who gives and gets, or nothing."""

import re
from fractions import Fraction

import pytest
from tables import imported, school, table
from test_path import pathed, schools_table

from pipeline.analysis.county.county_data import COUNTY_TABLES, county_data
from pipeline.analysis.path import path, unit_costs
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.county import County
from pipeline.definitions.standards import standard
from pipeline.dossier.c08_path import (
    exchanges,
    path_figures,
    path_needs as report,
    shortfall_ledger as ledger,
)
from pipeline.dossier.c09_conclusion import path_record
from pipeline.dossier.c09_conclusion.front_summary import summary_sentences
from pipeline.ground.terms import TABLES

F = Fraction
COUNTY = County.open("990101", 2023)
NO_SCHOOLS = TABLES["schools"].frame([])


def text_of(*exhibits) -> str:
    """Return all printed text of exhibits: sentences, captions, cells, notes."""
    said = []
    for exhibit in exhibits:
        record = exhibit.record()
        said += record.get("paragraphs", []) + record.get("notes", [])
        said += [cell["text"] for row in record.get("rows", []) for cell in row]
    return "\n".join(said)


def cells(printed) -> list[list[str]]:
    return [[cell.text for cell in row] for row in printed.rows]


def five(r1: str, **more):
    """Return the path of five primary schools of 100 pupils; 4.2 teachers are five people."""
    return pathed(schools_table([{"pupils": 100, "R1": n, **more} for n in r1.split()]))


# one row a status: what the first row of the path table says of R1 (teachers) of five schools
STATUSES = table("""
    R1         | outcome    | needed | spare | moves | added
    5 5 6 7 8  | 不需要     | 0      | 6人   |       |
    3 5 6 7 8  | 仅靠交流   | 2人    | 6人   | 2人   | 0
    3 3 4 4 5  | 需增配     | 6人    | 0人   | 0     | 6人
    4 4 4 4 6  | 需增配并交流 | 4人  | 1人   | 1人   | 3人
""")


@pytest.mark.parametrize("line", STATUSES, ids=[line["outcome"] for line in STATUSES])
def test_the_table_prints_status_and_proof(line):
    found = five(line["R1"])
    row = cells(report.path_table(found.path, COUNTY))[0]
    assert row[:3] == ["小学", "R1 高学历教师", line["outcome"]]
    assert (row[5], row[6]) == (line["needed"], line["spare"])
    plans = report.plan_table(found.path, COUNTY)
    rows = {r[1]: r for r in cells(plans)} if plans else {}
    assert ("R1 高学历教师" in rows) == bool(line["moves"])
    if line["moves"]:
        assert rows["R1 高学历教师"][2:4] == [line["moves"], line["added"]]


def test_the_sentence_counts_every_stage_and_indicator_once():
    found = five("3 5 6 7 8", R7="1")
    said = text_of(report.path_sentences(found.path, COUNTY))
    counts = [int(n) for n in re.findall(r"(?:不需要|仅靠交流|需增配|无法达到|待核)(\d+)项", said)]
    assert f"合计{len(report.outcomes(found.path, 'threshold'))}项" in said and sum(counts) == 7
    # each of the five schools needs a third room: ten in all
    assert "仅靠交流1项（小学高学历教师）" in said and "增加多媒体教室10间" in said


def test_exactly_at_the_limit_needs_nothing():
    # 4.2 a hundred of 500 pupils are 21 people exactly
    rows = [{"pupils": 500, "R1": "21"}, {"pupils": 500, "R1": "21"}]
    found = pathed(schools_table(rows))
    assert cells(report.path_table(found.path, COUNTY))[0][2] == "不需要"
    assert ledger.shortfall_table(found.shortfalls, COUNTY) is None
    assert "没有低于标准值的" in text_of(ledger.shortfall_sentences(found.shortfalls, COUNTY))


# 100 pupils need 5 teachers of R1
SMALL = table("""
    case                     | R1  | outcome  | said
    one school, met          | 5   | 不需要   | 不须交流教师，不须增加资源
    one school, two short    | 3   | 需增配   | 增加高学历教师2人
    two schools, one gives   | 3 8 | 仅靠交流 | 须交流教师2人次，不须增加资源
    two schools, too few     | 3 5 | 需增配   | 增加高学历教师2人
""")


@pytest.mark.parametrize("line", SMALL, ids=[line["case"] for line in SMALL])
def test_a_county_of_one_or_two_schools_has_its_chapter(line):
    found = five(line["R1"])
    assert cells(report.path_table(found.path, COUNTY))[0][2] == line["outcome"]
    assert line["said"] in text_of(report.path_sentences(found.path, COUNTY))
    assert line["said"] in report.path_words(found.path, COUNTY)


def test_who_gives_and_gets_is_the_same_in_list_table_and_figure():
    found = five("3 5 6 7 8")
    moves = cells(exchanges.move_table(found.path_moves, found.path, COUNTY))
    given = {row[2]: int(row[4]) for row in moves if row[4] != "—"}
    changed = {row[2]: row[4] for row in cells(
        report.change_table(found.path_schools, found.path, COUNTY))}
    figure = path_figures.exchange_chart(found.path_schools, found.path, COUNTY)
    bars = {bar["school_code"]: bar["moved"] for bar in figure.data}
    assert sum(given.values()) == 2 and bars["S001"] == 2 and sum(bars.values()) == 0
    assert changed["甲S001校"] == "调入2人"
    assert {name: f"调出{n}人" for name, n in given.items()} == {
        name: words for name, words in changed.items() if words.startswith("调出")}


def test_the_figure_of_before_and_after_moves_the_schools_of_the_plan_only():
    found, schools = five("3 5 6 7 8"), schools_table(
        [{"pupils": 100, "R1": n} for n in "35678"])
    indicators = indicator_values(schools, standard("cn-2017-06"))
    figure = path_figures.change_chart(indicators, found.path_schools, found.path, COUNTY)
    changed = {d["school_code"]: d["after"] for d in figure.data if d["before"] != d["after"]}
    assert changed["S001"] == 5 and min(changed.values()) >= 4.2
    assert "<svg" in figure.svg() and "共" in figure.alt


LEDGER = table("""
    pupils | R1 | R7 | school
    100    | 3  | 2  | A
    100    | 4  |    | B
    100    |    |    | C
""")


def test_the_ledger_prints_each_shortfall_and_the_item_to_leave():
    found = pathed(schools_table(LEDGER))
    rows = cells(ledger.shortfall_table(found.shortfalls, COUNTY))
    # A: 3 of 5 people and 2 of 3 rooms; 3.57 are 4 people, 1.955 are 2 rooms; B: 4 of 5
    assert [(r[2], r[3], r[7], r[8]) for r in rows] == [
        ("甲A校", "R1 高学历教师", "2人", "1人"), ("甲A校", "R7 多媒体教室", "1间", "0"),
        ("甲B校", "R1 高学历教师", "1人", "0")]
    assert sum(r[-1] == "是" for r in rows) == 2        # one item a school
    said = text_of(ledger.shortfall_sentences(found.shortfalls, COUNTY))
    assert "3个学段部中，2个有指标低于标准值，共3处" in said
    totals = {tuple(r[:2]): r for r in cells(
        ledger.shortfall_total_table(found.shortfall_totals, COUNTY))}
    assert totals["小学", "合计"][3].startswith("3") and totals["小学", "乡村"][2] == "3"


def test_a_missing_value_is_open_and_not_zero():
    found = pathed(schools_table([{"pupils": 100, "R1": "?"}, {"pupils": 100, "R1": "9"}]))
    row = cells(report.path_table(found.path, COUNTY))[0]
    assert row[2] == "待核" and row[3] == "—" and row[5] == "—"
    assert "1所学校缺数据" in text_of(report.path_table(found.path, COUNTY))
    assert cells(ledger.shortfall_table(found.shortfalls, COUNTY))[0][4] == "缺"


@pytest.mark.parametrize(("pack", "said"), [
    ("cn-2017-06", "没有参评学校的数据，达标路径待核"),
    ("ref-worked-example", "没有学校标准值，不测算达标路径"),
    ("ref-ca-1998", "没有学校标准值，不测算达标路径")])
def test_a_county_without_schools_or_thresholds_is_said_in_one_sentence(pack, said):
    county = County.open("990101", 2023, pack)
    found = path(TABLES["indicators"].frame([]), NO_SCHOOLS, county.standard, year=2023)
    (sentence,) = report.path_sentences(found.path, county).paragraphs
    assert said in sentence and sentence.count("。") == 1
    assert ledger.shortfall_sentences(found.shortfalls, county).paragraphs == ()
    assert exchanges.rotation_sentences(found.path_rotation, county).paragraphs == ()
    assert [f for f in (
        report.path_table(found.path, county), report.plan_table(found.path, county),
        report.change_table(found.path_schools, found.path, county),
        ledger.shortfall_table(found.shortfalls, county),
        ledger.shortfall_total_table(found.shortfall_totals, county),
        exchanges.rotation_table(found.path_rotation, county),
        exchanges.move_table(found.path_moves, found.path, county),
        path_figures.cost_chart(found.path, county),
        path_figures.exchange_chart(found.path_schools, found.path, county),
        path_figures.change_chart(TABLES["indicators"].frame([]), found.path_schools,
                                  found.path, county)) if f is not None] == []


# two of five move for R1; one more for R2 if wanted
ROTATION = table("""
    eligible | R2 | said
    30       |    | 占符合交流条件教师30人的6.67%，在每年不低于10%的轮岗之内，一年可以完成
    20       |    | 人的10.00%，在每年不低于10%的轮岗之内
    5        |    | 人的40.00%，按每年10%的轮岗计，4年可以完成
    ?        |    | 未提交符合交流条件教师数，不能与每年10%的轮岗要求比较（待核）
    30       |    | 其中骨干教师0人，占交流教师的0.00%，低于轮岗中骨干教师20%的要求
    30       | 0  | 其中骨干教师1人，占交流教师的33.33%—50.00%，不低于轮岗中骨干教师20%的要求
""")


@pytest.mark.parametrize("line", ROTATION, ids=[line["said"][:12] for line in ROTATION])
def test_the_scale_is_held_against_both_shares_of_the_rotation(line):
    rows = [{"pupils": 100, "R1": n} for n in "35678"]
    if line["R2"]:
        rows[0]["R2"] = line["R2"]
    known = {} if line["eligible"] == "?" else {"eligible": F(line["eligible"])}
    found = pathed(schools_table(rows), **known)
    assert line["said"] in text_of(exchanges.rotation_sentences(found.path_rotation, COUNTY))


def test_costs_stand_only_where_the_county_states_its_prices(tmp_path):
    schools = schools_table([{"pupils": 100, "R7": "1", "R6": "190000", "R5": "700"},
                             {"pupils": 100}])
    without = pathed(schools)
    assert path_figures.cost_chart(without.path, COUNTY) is None
    assert "费用" not in text_of(report.plan_table(without.path, COUNTY))
    (tmp_path / "raw" / "2023" / "990101").mkdir(parents=True)
    (tmp_path / "raw" / "2023" / "990101" / "county.toml").write_text(
        '[facts]\n"网络多媒体教室每间单价" = { "数值" = "4", "单位" = "万元" }\n', "utf-8")
    read = imported(tmp_path, [school(1)])
    facts = county_data({name: read.tables[name] for name in COUNTY_TABLES}, 2023).facts
    found = pathed(schools, costs=unit_costs(facts))
    figure = path_figures.cost_chart(found.path, COUNTY)
    # equipment to 200000 costs 10000 元, then two rooms 80000: the ladder ends at 9 万元
    assert [(d["indicator"], d["cost"]) for d in figure.data] == [("R6", 10000), ("R7", 80000)]
    assert "合计9.00万元" in figure.alt
    rows = {r[1]: r for r in cells(report.plan_table(found.path, COUNTY))}
    assert rows["R7 多媒体教室"][4] == "8.00" and rows["R5 运动场馆"][4] == "—"


def test_the_summary_has_a_sentence_on_the_path():
    found = five("3 5 6 7 8")
    empty = {name: TABLES[name].frame([]) for name in
             ("judgements", "compliance", "balance", "accounting")}
    said = text_of(summary_sentences(empty["judgements"], empty["compliance"], empty["balance"],
                                     empty["accounting"], found.path, COUNTY))
    assert "达标路径：各学段资源指标7项中不需要6项、仅靠交流1项。" in said
    none = text_of(summary_sentences(*empty.values(), TABLES["path"].frame([]), COUNTY))
    assert "达标路径" not in none


def test_the_record_holds_what_the_tables_hold():
    found = five("3 5 6 7 8")
    rows = path_record.path_record({name: getattr(found, name) for name in (
        "path", "path_schools", "path_moves")})
    (row,) = [r for r in rows if r["indicator"] == "R1" and r["plan"] == "threshold"]
    assert (row["kind"], row["status"], row["moves"], row["additions"]) == (
        "exchange", "redistribution", 2, "0")
    assert sum(t["moves"] for t in row["transfers"]) == 2
    got = next(s for s in row["schools"] if s["school_code"] == "S001")
    assert (got["from"], got["to"], got["moved"]) == ("3", "5", "2")
    assert len(path_record.shortfall_record(found.shortfalls)) == 1
