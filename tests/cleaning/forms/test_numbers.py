"""Numbers as a careful clerk reads them, and as they are printed (数字的读法与印法)."""

import re
from decimal import Decimal
from fractions import Fraction
from math import nan

import pytest
from hypothesis import example, given, strategies as st
from tables import table

from pipeline.cleaning.forms.number_grammar import is_not_applicable, read_number
from pipeline.dossier.printing.numbers import (
    coefficient_text,
    cv_text,
    figure_text,
    level_text,
    limit_text,
    p_text,
    percent_text,
    requirement_words,
    sum_words,
)

F = Fraction

# 数字写法

@pytest.mark.parametrize("row", table("""
    text       | value    | unit
    430        | 430      |
    0          | 0        |
    -3         | -3       |
    85.60      | 428/5    |
    95.90000000000001 | 959/10 |
    98599.99999999999 | 98600  |
    0.12345678901234  | 6172839450617/50000000000000 |
    2199000001234567  | 2199000001234567 |
    4３０      | 430      |
    ７３７４   | 7374     |
    ８５．６   | 428/5    |
    5,287.7    | 52877/10 |
    1，234     | 1234     |
    12,345,678 | 12345678 |
    3718㎡     | 3718     | m2
    3718 平方米 | 3718    | 平方米
    85.6万元   | 428/5    | 万元
    62.5%      | 125/2    | %
    ６２％     | 62       | %
    −5         | -5       |
"""), ids=lambda row: row["text"])
def test_these_are_numbers(row):
    reading = read_number(row["text"])
    assert (reading.value, reading.unit) == (F(row["value"]), row["unit"])


@pytest.mark.parametrize("text", [
    "1_000", "٤٣٠", "४३०", "nan", "inf", "Infinity", "1e3", "1E3", "约160", "160-170", "(120)",
    "430²", "1,23", "1,2345", ",123", "1234,567", "1 234", "5.", ".5", "1.2.3", "--5", "+-5",
    "0x1F", "1/2", "一百", "True", "#DIV/0!", "=1+1", "⑳", "4⑩", "Ⅻ", "２０²"])
def test_these_are_not_numbers(text):
    assert read_number(text) is None


@pytest.mark.parametrize(("text", "mark"), [
    ("-", True), ("—", True), ("——", True), (" － ", True), ("/", True), ("无", True),
    ("不适用", True), ("0", False), ("", False), ("待定", False), ("无此项", False)])
def test_a_dash_says_not_applicable(text, mark):
    assert is_not_applicable(text) is mark


# 数字印法

def side(value, limit) -> int:
    return (value > limit) - (value < limit)


def told_side(printed, limit) -> int:
    """Return on which side of the limit a printed text stands: “<0.500” says so itself."""
    said = {"<": -1, ">": 1}.get(printed[0])
    return side(F(printed), limit) if said is None else said * (F(printed[1:]) == limit)


limits = st.sampled_from(list(map(F, (
    "4.2", "5.3", "1", "0.9", "0.765", "4.5", "5.8", "7.5", "10.2", "2000", "2500", "1.955"))))


@given(st.integers(0, 10**7), st.integers(1, 5000), st.integers(0, 2), limits)
@example(4196, 1000, 2, F("4.2"))
@example(19549999, 10**7, 2, F("1.955"))
def test_a_level_is_printed_on_its_own_side_of_the_limit(amount, pupils, decimals, limit):
    value = F(amount, pupils)
    printed = level_text(value, decimals, (limit, None))
    assert told_side(printed, limit) == side(value, limit)
    assert abs(F(printed.lstrip("<>")) - value) <= F(1, 2) / 10**decimals
    assert decimals <= len(printed.partition(".")[2]) <= decimals + 3


@pytest.mark.parametrize("places", [1, 3, 6, 8, 9, 12])
@pytest.mark.parametrize("sign", [-1, 0, 1])
def test_however_near_the_limit_a_value_is_printed_on_its_own_side(places, sign):
    step = sign * F(1, 10**places)
    assert told_side(level_text(F("4.2") + step, 2, (F("4.2"),)), F("4.2")) == sign
    cv = str(Decimal("0.5") + sign * Decimal(1).scaleb(-places))
    assert told_side(cv_text(cv, F(1, 2)), F(1, 2)) == sign


@pytest.mark.parametrize("row", table("""
    cv       | limit | printed
    0.500049 | 0.5   | 0.50005
    0.5004   | 0.5   | 0.5004
    0.4999   | 0.5   | 0.4999
    0.5      | 0.5   | 0.500
    0.4494   | 0.45  | 0.449
    0.4495   | 0.45  | 0.4495
    0.499999 | 0.5   | 0.499999
    0.49999995 | 0.5 | <0.500
    0.50000001 | 0.5 | >0.500
    0.515257 |       | 0.515
    0        | 0.5   | 0.000
             | 0.5   | —
"""), ids=lambda row: row["cv"])
def test_a_coefficient_near_its_limit_is_printed_with_more_digits(row):
    assert cv_text(row["cv"], F(row["limit"]) if row["limit"] else None) == row["printed"]


@pytest.mark.parametrize("row", table("""
    value  | decimals | printed
    0.125  | 2        | 0.13
    0.135  | 2        | 0.14
    2.675  | 2        | 2.68
    2.6749 | 2        | 2.67
    0.5    | 0        | 1
    1.5    | 0        | 2
    2.5    | 0        | 3
    2499.5 | 0        | 2500
    -0.125 | 2        | -0.13
    -0.004 | 2        | 0.00
    1/3    | 4        | 0.3333
    2/3    | 4        | 0.6667
    7      | 2        | 7.00
"""), ids=lambda row: row["value"])
def test_halves_are_rounded_up(row):
    assert level_text(F(row["value"]), int(row["decimals"])) == row["printed"]


@pytest.mark.parametrize("missing", [None, nan])
def test_a_missing_number_is_never_printed_as_a_figure(missing):
    assert level_text(missing, 2) == "缺"
    assert {percent_text(missing), limit_text(missing), p_text(missing), coefficient_text(missing),
            figure_text(missing, 2)} == {"—"}


@pytest.mark.parametrize(("share", "printed"), [
    ("6/7", "85.71%"), ("1", "100.00%"), ("0", "0.00%"), ("1/3", "33.33%"), ("0.481345", "48.13%"),
    ("0.00005", "0.01%"), ("0.000049", "0.00%"), ("199999/200000", "100.00%")])
def test_a_share_is_printed_as_a_percentage(share, printed):
    assert percent_text(F(share)) == printed


@pytest.mark.parametrize(("limit", "printed"), [
    ("0.5", "0.5"), ("0.9", "0.9"), ("0.45", "0.45"), ("4.2", "4.2"), ("2000", "2000"),
    ("1.955", "1.955"),
    ("3.825", "3.825"), ("1", "1"), ("10.2", "10.2"), ("0.765", "0.765")])
def test_a_limit_is_printed_as_the_standard_writes_it(limit, printed):
    assert limit_text(F(limit)) == printed


@pytest.mark.parametrize(("p", "printed"), [
    (0.0, "<0.001"), (0.00099999, "<0.001"), (0.001, "0.001"), (0.0011, "0.001"),
    (0.0494, "0.049"), (0.0496, "0.0496"), (0.05, "0.050"), (0.0504, "0.0504"),
    (0.25, "0.250"), (1.0, "1.000")])
def test_a_p_value_has_three_decimals_and_more_where_they_would_put_it_beyond_0_05(p, printed):
    assert p_text(p) == printed


@pytest.mark.parametrize(("value", "printed"), [
    (27.594167, "27.59"), (-0.0123456, "-0.01235"), (698.933, "698.93"), (1.5, "1.500"),
    (0.0, "0.000"), (123456.789, "123456.79"), (0.001234567, "0.001235")])
def test_a_coefficient_has_four_significant_digits(value, printed):
    assert coefficient_text(value) == printed


@pytest.mark.parametrize("value", [1e-5, -1e-6, 1e-7, -3e-12, 5e-324, 1e15])
def test_a_coefficient_however_small_is_printed_in_plain_decimals(value):
    assert re.fullmatch(r"-?\d+\.\d{2,}", coefficient_text(value))


@pytest.mark.parametrize(("value", "printed"), [
    (-0.004, "0.00"), (-0.006, "-0.01"), (0.0, "0.00"), (0.994, "0.99"), (0.996, "1.00")])
def test_a_model_figure_is_never_minus_zero(value, printed):
    assert figure_text(value, 2) == printed


@pytest.mark.parametrize(("said", "told"), [
    ("99999元", "99999元"), ("100000元", "10万元"), ("100001元", "10.0001万元"),
    ("本年489150000元，高于98600元", "本年48915万元，高于98600元"),
    ("123456元/生", "12.3456万元/生"),
    ("2999000008元", "299900.0008万元"), ("1234567人", "1234567人"), ("0.123456元", "0.123456元")])
def test_great_sums_are_told_in_wan_to_the_last_yuan(said, told):
    assert sum_words(said) == told


@pytest.mark.parametrize(("limit", "unit", "sign", "told"), [
    ("85", "%", "", "85%"), ("0.30", "无量纲", "<", "<0.30"), ("2000", "人", "≥", "≥2000人"),
    ("余项占要求的百分比85", "", "", "余项占要求的85%"),
    ("社会认可度的百分比85；项数24", "", "", "社会认可度85%；项数24"),
    ("占总数的百分比10.5", "", "", "占总数的10.5%"), ("", "", "", ""),
    ("", "", "逐年下降", "逐年下降"), ("基本达到，按不低于90", "%", "≥", "基本达到，按不低于90%"),
    ("城乡100；新建学校100", "%", "＝", "城乡＝100%；新建学校＝100%"),
    ("56人以上大班额（班）0；学校（校）0", "班、校", "＝", "56人以上大班额＝0班；学校＝0校"),
    ("差异系数上限0.50", "", "≤", "差异系数上限0.50"), ("甲（乙）3", "所", "约", "甲（乙）约3所"),
    ("小学19；初中13.5", "教职工1人对应学生数", "≤", "小学≤19；初中≤13.5（教职工1人对应学生数）"),
    ("经费300000", "元", "≥", "经费≥30万元")])
def test_every_number_that_a_target_demands_has_its_sign_and_its_unit(limit, unit, sign, told):
    assert requirement_words(limit, unit, sign) == told
