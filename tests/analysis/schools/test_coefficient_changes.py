"""Changes of coefficients are taken apart exactly, and by hand where two schools suffice."""

from fractions import Fraction

import pandas as pd
import pytest
from tables import measured, only

from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.coefficient_changes import coefficient_changes

ONE = only("R1")
PARTS = ["pupils", "resources", "schools"]


def table(*years):
    """Return indicators and schools of 2021, 2022, …: (number, pupils, value) a school."""
    found = [[part.assign(year=2021 + at) for part in measured([
        {"school": f"S{n}", "pupils": p, "value": v, "indicator": "R1"} for n, p, v in schools])]
        for at, schools in enumerate(years)]
    return [pd.concat(parts, ignore_index=True) for parts in zip(*found, strict=True)]


@pytest.mark.parametrize(("before", "after", "moved"), [
    ([(1, 100, "2"), (2, 100, "4")], [(1, 100, "3"), (2, 100, "3")], "resources"),
    ([(1, 100, "2"), (2, 100, "4"), (3, 100, "9")], [(1, 100, "2"), (2, 100, "4")], "schools"),
    ([(1, 100, "2"), (2, 100, "4")], [(1, 50, "4"), (2, 100, "4")], "pupils")])
def test_what_alone_moved_is_the_whole_change(before, after, moved):
    indicators, schools = table(before, after)
    row = coefficient_changes(indicators, ONE, 2022).iloc[0]
    found = balance(indicators, schools, ONE)
    assert [row["before"], row["after"]] == [Fraction(text) for text in found["cv"]]
    assert row[moved] == row["change"] != 0
    assert [row[part] for part in PARTS if part != moved] == [0, 0]


def test_the_parts_add_up_to_the_last_digit_and_schools_are_counted():
    before = [(n, 90 + 7 * n, f"{2 + n % 3}.{n}") for n in range(1, 9)]
    after = [(n, 100 + 5 * n, f"{3 + n % 2}.{n}") for n in range(3, 12)]
    row = coefficient_changes(table(before, after)[0], ONE, 2022).iloc[0]
    assert sum(row[part] for part in PARTS) == row["change"] == row["after"] - row["before"]
    assert [row["n_stayed"], row["n_closed"], row["n_opened"]] == [6, 2, 3]


@pytest.mark.parametrize(("before", "after"), [
    ([(1, 100, "2"), (2, 100, "")], [(1, 100, "2"), (2, 100, "4")]),
    ([(1, 100, "2")], [(1, 100, "2"), (2, 100, "4")]),
    ([(1, 100, "2"), (2, 100, "4")], [(3, 100, "2"), (4, 100, "4")])])
def test_no_change_is_taken_apart_of_missing_values_single_schools_or_other_schools(before, after):
    assert coefficient_changes(table(before, after)[0], ONE, 2022).empty


def test_one_year_has_no_change():
    assert coefficient_changes(table([(1, 100, "2"), (2, 100, "4")])[0], ONE, 2021).empty
