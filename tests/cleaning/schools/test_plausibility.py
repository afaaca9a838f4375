"""A figure of the wrong size is refused or warned of; what is merely large is let be."""

from fractions import Fraction

import pytest

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import TEXT, Cell
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.schools.plausibility import check_plausibility
from pipeline.cleaning.schools.sections import Section
from pipeline.definitions.standards import standard

AREA, MONEY = "teaching_area_m2", "equipment_value_yuan"


def section(number, amount, variable=AREA, school_type="211", pupils=100):
    cell = Cell("2023/990101_x.xlsx", "学校情况", number, "N", str(amount), TEXT)
    row = FormRow(2023, cell, cells={variable: cell})
    return Section(2023, str(number), f"甲{number}校", "primary", school_type, "rural", "public",
                   "", pupils, "", {variable: Fraction(amount)}, row)


def codes(amounts, variable=AREA, **more):
    findings = Findings()
    sections = [section(n, amount, variable) for n, amount in enumerate(amounts, 1)]
    sections[-1] = section(len(amounts), amounts[-1], variable, **more)
    check_plausibility(sections, standard("cn-2017-06"), findings)
    return [(row["code"], row["row"]) for row in findings.rows]


@pytest.mark.parametrize(("factor", "code"), [
    ("4.99", None), ("5", None), ("5.01", "value.unusual"),
    ("29.99", "value.unusual"), ("30", "value.unusual"), ("30.01", "value.implausible")])
@pytest.mark.parametrize("small", [False, True])
def test_beyond_five_times_the_median_is_warned_of_and_beyond_thirty_refused(factor, code, small):
    odd = 1000 / Fraction(factor) if small else 1000 * Fraction(factor)
    assert codes([1000] * 6 + [odd]) == ([(code, 7)] if code else [])


@pytest.mark.parametrize("slip", [Fraction(1, 10_000), 10_000])
def test_ten_thousand_yuan_taken_for_yuan_in_one_cell_is_refused(slip):
    assert codes([250_000] * 6 + [250_000 * slip], MONEY) == [("value.implausible", 7)]


@pytest.mark.parametrize(("each", "refused"), [
    (25, True), (250_000, False), (25_000_000_000, True)])
def test_a_whole_column_of_money_in_the_wrong_unit_is_refused(each, refused):
    assert ([code for code, _ in codes([each] * 6, MONEY)] == ["value.column"]) is refused


@pytest.mark.parametrize(("each", "refused"), [(9999, False), (10_000, False), (10_001, True)])
def test_a_column_of_small_schools_is_compared_as_if_each_had_a_hundred_pupils(each, refused):
    """Teaching points of 8 pupils: at most 100 ㎡ for each of a hundred."""
    findings = Findings()
    check_plausibility([section(n, each, AREA, pupils=8) for n in range(1, 7)],
                       standard("cn-2017-06"), findings)
    assert ("value.column" in [row["code"] for row in findings.rows]) is refused


@pytest.mark.parametrize(("schools", "compared"), [(4, False), (5, True), (6, True)])
def test_fewer_than_five_schools_are_not_compared(schools, compared):
    found = [code for code, _ in codes([1000] * (schools - 1) + [100_000])]
    assert ("value.implausible" in found) is compared


def test_zero_is_data_and_is_not_compared():
    assert codes([1000] * 6 + [0]) == []


def test_a_special_school_is_not_compared_with_others():
    assert codes([1000] * 6 + [100_000], school_type="514") == []


@pytest.mark.parametrize(("pupils", "each", "code"), [
    (6, 350, "value.unusual"), (6, 3000, "value.unusual"), (6, 3001, "value.implausible"),
    (99, 3001, "value.implausible"), (6, "0.03", "value.implausible")])
def test_few_pupils_alone_do_not_make_a_figure_too_high(pupils, each, code):
    """Median 1 ㎡ a pupil; a school below 100 pupils is compared as if it had 100."""
    assert codes([100] * 6 + [Fraction(each)], pupils=pupils) == [(code, 7)]


@pytest.mark.parametrize(("each", "refused"), [
    ("199.99", True), (200, False), (500_000, False), (100_000_000, False),
    ("100_000_000.01", True)])
def test_money_is_of_a_size_even_where_there_is_no_other_school(each, refused):
    found = codes([100_000, 100_000, Fraction(each)], MONEY)
    assert (("value.range", 3) in found) is refused
