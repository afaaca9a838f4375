"""Funding (经费投入): only rising, comparable prices, structure, per-pupil spending."""

from dataclasses import replace
from fractions import Fraction

import jsonschema
import pytest
from tables import imported, only, renamed, school, table

from pipeline.analysis.county.county_data import COUNTY_TABLES, CountyData, county_data
from pipeline.analysis.county.funding import funding, spending, spending_groups, spending_indicators
from pipeline.analysis.county.plan_verdicts import judge_target
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.definitions.standards import standard
from pipeline.definitions.targets.plans import plan
from pipeline.dossier.c05_funding.funding_growth import (
    basis_sentences,
    rise_sentences,
    rise_table,
    structure_sentences,
    structure_table,
)
from pipeline.dossier.c05_funding.spending import (
    dispersion_table,
    spending_sentences,
    spending_table,
)
from pipeline.dossier.c05_funding.spending_figures import spending_chart, spending_trend
from pipeline.dossier.c09_conclusion.funding_record import funding_record
from pipeline.dossier.c09_conclusion.results import results_schema
from pipeline.ground.terms import MET, NOT_MET, STATE_ZH, TABLES, UNDETERMINED

F = Fraction
NATION = standard("cn-2017-06")
COUNTY = County.open("990101", 2023)
NAMES = {"budget": "education_budget_yuan", "pupils": "compulsory_pupils",
         "index": "consumer_price_index", "staff": "compulsory_staff_yuan",
         "operating": "compulsory_operating_yuan"}
SIGN = {"+": MET, "-": NOT_MET, "?": UNDETERMINED, "": ""}


def county(text: str, year: int = 2023):
    """Return the funding table of drawn facts: a column a fact, empty is not given."""
    data = {}
    for row in table(text):
        facts = {NAMES[k]: F(v) for k, v in row.items() if k in NAMES and v}
        data[int(row["year"])] = CountyData(int(row["year"]), [], facts)
    return funding(data, year)


# 总额、生均：+ 达标、- 未达标、? 待核，首年为空；缺 2022 年资料时 2022、2023 两年都待核
@pytest.mark.parametrize("text", ["""
    year | budget | pupils | total | each
    2021 | 100    | 10     |       |
    2022 | 100    | 10     | +     | +
    2023 | 99     | 9      | -     | +
    """, """
    year | budget | pupils | total | each
    2021 | 100    | 10     |       |
    2022 | 101    |        | +     | ?
    2023 | 102    | 11     | +     | ?
    """, """
    year | budget     | pupils | total | each
    2022 | 1000000000 | 30000  |       |
    2023 | 1000000000 | 30001  | +     | -
    """])
def test_each_year_is_held_against_the_year_before_and_equal_is_not_less(text):
    found, expected = county(text), table(text)
    assert list(found["budget_status"]) == [SIGN[r["total"]] for r in expected]
    assert list(found["per_pupil_status"]) == [SIGN[r["each"]] for r in expected]


def test_a_year_without_a_file_is_a_row_of_its_own_and_leaves_two_years_open():
    found = county("""
        year | budget | pupils
        2021 | 100    | 10
        2023 | 120    | 10
        """)
    assert list(found["year"]) == [2021, 2022, 2023]
    assert list(found["budget_status"]) == ["", UNDETERMINED, UNDETERMINED]


@pytest.mark.parametrize(("rows", "total", "each"), [
    ("2022 | 100 | 10\n2023 | 101 | 10", "达标", "达标"),
    ("2022 | 100 | 10\n2023 | 101 | 11", "达标", "未达标"),
    ("2022 | 100 | 10\n2023 |     | 11", "待核", "待核")])
def test_the_sentence_follows_the_states(rows, total, each):
    found = county("year | budget | pupils\n" + rows)
    first, second = rise_sentences(found, COUNTY).paragraphs
    assert f"各年合起来为{total}。" in first and f"各年合起来为{each}。" in second


@pytest.mark.parametrize(("now", "words", "printed"), [
    ("10000001", "增长0.00001%（达标）", "+0.00001%"),
    ("10000000", "持平（达标）", "0.00%"),
    ("9999999", "下降0.00001%（未达标）", "-0.00001%")])
def test_the_smallest_change_is_printed_on_its_own_side_of_zero(now, words, printed):
    found = county(f"year | budget | pupils\n2022 | 10000000 | 10\n2023 | {now} | 10")
    assert f"2023年比上年{words}" in rise_sentences(found, COUNTY).paragraphs[0]
    assert rise_table(found, COUNTY).rows[1][2].text == printed


def test_nothing_given_is_open_and_never_met():
    found = funding({2023: CountyData(2023, [])}, 2023)
    assert rise_table(found, COUNTY) is None and structure_table(found, COUNTY) is None
    (text,) = rise_sentences(found, COUNTY).paragraphs
    assert "待核" in text and "达标" not in text


def test_comparable_prices_multiply_the_indices_of_the_later_years():
    found = county("""
        year | budget | pupils | index
        2021 | 100    | 1      | 110
        2022 | 100    | 1      | 105
        2023 | 100    | 1      | 102
        """)
    assert list(found["deflator"]) == [F("1.05") * F("1.02"), F("1.02"), 1]  # 手算：1.071
    cells = [row[-1].text for row in rise_table(found, COUNTY).rows]
    assert cells == ["107", "102", "100"]
    assert "以2023年价格计" in "".join(basis_sentences(found, COUNTY).paragraphs)


@pytest.mark.parametrize(("index", "words"), [
    ("", "未作价格调整：缺2023年居民消费价格指数"), ("640", "未作价格调整"),
    ("1.02", "未作价格调整")])
def test_without_a_yearly_index_prices_are_not_adjusted_and_the_chapter_says_so(index, words):
    found = county(f"year | budget | pupils | index\n2022 | 9 | 1 |\n2023 | 9 | 1 | {index}")
    assert list(found["deflator"]) == [None, 1]
    assert words in "".join(basis_sentences(found, COUNTY).paragraphs)
    assert ("未采用" in "".join(found["reason"])) == bool(index)


def test_structure_and_training_are_shares_of_sums_with_each_school_once():
    whole = {"operating_budget_yuan": F(200_000), "training_spending_yuan": F(11_000)}
    sections = [{"school_code": code, "school_type": "312", "pupils": 100, **given}
                for code, given in (("A", whole), ("A", whole), ("B", {}))]
    facts = {"compulsory_staff_yuan": F(930), "compulsory_operating_yuan": F(70)}
    found = funding({2023: CountyData(2023, sections, facts)}, 2023)
    (row,) = found.to_dict("records")
    assert (row["staff_share"], row["training"], row["training_budget"]) == (
        F("0.93"), 11_000, 200_000)
    assert (row["training_schools"], row["training_missing"]) == (1, 1)
    text = "".join(structure_sentences(found, COUNTY).paragraphs)
    assert "人员经费占93.00%" in text and "总额的5.50%，另有1所缺数据未计" in text


@pytest.mark.parametrize(("header", "amount"), [
    ("公用经费支出(元)", 320_000), ("公用经费支出(千元)", 320), ("公用经费支出(万元)", 32)])
def test_yuan_thousands_and_ten_thousands_by_header_are_the_same_money(tmp_path, header, amount):
    read = imported(tmp_path, [school(1) | {header: amount}, school(2) | {header: amount}])
    read.require_accepted()
    assert set(read.schools["operating_spending_yuan"]) == {320_000}


def test_a_header_without_a_unit_is_refused(tmp_path):
    rows = [renamed(school(1) | {"公用经费支出(元)": 9}, "公用经费支出(元)", "公用经费支出")]
    assert "refuse" in set(imported(tmp_path, rows).findings["severity"])


def drawn(rows: str, years=(2023,)):
    """Return indicators and schools with F1 of drawn schools, the same in every year."""
    indicators, schools = [], []
    for year in years:
        for n, row in enumerate(table(rows)):
            known = {"year": year, "stage": "primary", "school_code": f"S{n}", "name": f"S{n}",
                     "pupils": int(row["pupils"]), "location": row["place"]}
            schools.append({**known, "school_type": "211", "ownership": "public"})
            indicators.append({**known, "indicator": "F1", "level": "",
                               "value": F(row["value"]) if row["value"] else None})
    return TABLES["indicators"].frame(indicators), TABLES["schools"].frame(schools)


SCHOOLS = """
    pupils | value | place
    300    | 800   | urban
    100    | 1200  | rural
    100    |       | rural
    """


def test_spending_is_weighted_by_pupils_and_compared_by_place():
    tables = drawn(SCHOOLS)
    (row,) = spending(*tables, {2023: F(1)}, NATION).to_dict("records")
    assert (row["mean"], row["lowest"], row["highest"]) == (900, 800, 1200)
    assert row["cv"].startswith("0.19245")       # √(0.75·100² + 0.25·300²)/900 ＝ 173.2/900
    assert row["gini"] == F(1, 12)               # 0.75·0.25·400/900
    assert (row["urban_rural_difference"], row["urban_rural_ratio"]) == (-400, F(2, 3))
    assert (row["n_schools"], row["n_missing"]) == (2, 1)
    assert row["reason"] == "学校数过少，结论脆弱；1所学校缺数据，数值为其余学校的"
    groups = spending_groups(*tables, {2023: F(1)}, NATION).set_index("group")
    assert dict(groups["mean"]) == {"urban": 800, "rural": 1200}


def test_one_school_has_spending_but_no_dispersion():
    (row,) = spending(*drawn("pupils | value | place\n300 | 800 | urban"), {}, NATION).to_dict(
        "records")
    assert (row["mean"], row["real_mean"], row["cv"], row["gini"]) == (800, None, "", None)


def test_only_spending_per_pupil_counts_as_spending():
    assert [i.id for i in spending_indicators(NATION)] == ["F1"]
    assert [i.id for i in spending_indicators(standard("ref-ca-1998"))] == ["C3"]
    assert spending(*drawn(SCHOOLS), {}, only("R3")).empty


def test_schools_that_spend_alike_have_no_lowest_and_no_highest():
    tables = drawn("pupils | value | place\n300 | 800 | urban\n200 | 800 | rural")
    found, groups = (f(*tables, {}, NATION) for f in (spending, spending_groups))
    text = spending_sentences(found, groups, COUNTY).paragraphs[0]
    assert "平均800元，各校相同；" in text and "最低" not in text


def test_exhibits_of_spending_say_what_the_tables_hold():
    tables = drawn(SCHOOLS, (2021, 2022, 2023))
    prices = {2021: F("1.1"), 2022: F("1.02"), 2023: F(1)}
    found, groups = (f(*tables, prices, NATION) for f in (spending, spending_groups))
    text = spending_sentences(found, groups, COUNTY).paragraphs[0]
    assert "平均900元，最低校800元，最高校1200元；其中城区800元、乡村1200元；差异系数0.192" in text
    cells = [[c.text for c in row] for row in spending_table(found, groups, COUNTY).rows]
    assert cells[0] == ["小学", "2021", "2", "900", "990", "800", "1200", "-400", "0.67"]
    assert [c.text for c in dispersion_table(found, COUNTY).rows[0]][2:4] == ["0.192", "0.083"]
    assert len(spending_chart(tables[0], found, COUNTY).data) == 2
    assert {row["value"] for row in spending_trend(groups, COUNTY).data if row["year"] == 2021} == {
        880.0, 1320.0}
    two_years = groups[groups["year"] > 2021]
    assert spending_trend(two_years, COUNTY) is None


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    place = County.open("990101", 2023, processed=str(tmp_path_factory.mktemp("processed")))
    read = import_county(place)
    tables = {name: getattr(read, name) for name in COUNTY_TABLES}
    return {year: county_data(tables, year) for year in place.years}


def test_the_example_county_is_judged_as_the_plan_with_the_same_two_targets(example):
    found = funding(example, 2023).set_index("year")
    targets = {t.id: t for t in plan("zhengzhou-2023-26").targets}
    for id, name in (("Z08", "budget"), ("Z09", "per_pupil")):
        assert judge_target(targets[id], {}, example, 2023).status == found.loc[
            2023, f"{name}_status"]
    assert [STATE_ZH[found.loc[2023, f"{n}_status"]] for n in ("budget", "per_pupil")] == [
        "达标", "未达标"]


def test_the_example_county_gives_thousands_ten_thousands_and_yuan_alike(example):
    found = funding(example, 2023)
    assert list(found["staff"]) == [301_540_000, 316_905_000, 318_880_000]      # 千元
    assert list(found["operating"]) == [20_476_000, 21_134_000, 21_861_000]     # 万元、万元、元
    assert found["deflator"].iloc[0] == F("1.018") * F("1.003")


def test_the_record_of_funding_keeps_to_the_schema(example):
    tables = drawn(SCHOOLS, (2021, 2022, 2023))
    record = funding_record({
        "funding": funding(example, 2023), "spending": spending(*tables, {}, NATION),
        "spending_groups": spending_groups(*tables, {}, NATION)})
    jsonschema.Draft202012Validator(results_schema()["properties"]["funding"]).validate(record)
    assert [len(year["spending"][0]["groups"]) for year in record] == [2, 2, 2]


def test_a_pack_that_judges_nothing_leaves_nothing_open():
    described = replace(COUNTY, standard=standard("ref-ca-1998"))
    found = funding({2023: CountyData(2023, [])}, 2023)
    assert "待核" not in "".join(rise_sentences(found, described).paragraphs)
