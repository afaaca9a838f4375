"""A made-up nation without files is the one with files, and what is supposed does not stay."""

import pytest
from county_years import clean_panel
from nations import listed
from supposing import supposing

from pipeline.synth.making.counties import price_level
from pipeline.synth.making.parameters import of
from pipeline.synth.nation import Wanted, write_nation

WANTED = Wanted(4, (2021, 2022, 2023), 11, "csv")


@pytest.fixture(scope="module")
def rows():
    return {(row["unit"], str(row["year"])): row for row in clean_panel(WANTED)}


def test_the_panel_without_files_has_the_truth_that_is_written_beside_them(rows, tmp_path):
    list(write_nation(tmp_path, WANTED))
    for cv in listed(tmp_path, "cvs"):
        row, name = rows[cv["code"], cv["year"]], f"{cv['indicator']}_{cv['stage']}"
        assert row[f"cv_{name}"] == pytest.approx(float(cv["cv"]), abs=1e-6)
        assert row[f"drawn_{name}"] == pytest.approx(float(cv["cv_drawn"]), abs=1e-6)
    for year in listed(tmp_path, "years"):
        assert rows[year["code"], year["year"]]["exposure"] == int(year["policy_years"])
    schools = [s for s in listed(tmp_path, "schools")
               if s["counts"] == "1" and (s["code"], s["year"]) == ("990001", "2022")]
    row = rows["990001", "2022"]
    assert (row["n_schools"], row["pupils"]) == (
        len(schools), sum(int(s["pupils"]) for s in schools))


def test_more_spending_moves_drawn_coefficients_by_the_planted_elasticity(rows):
    for row in clean_panel(WANTED, more_spending=0.1, drawn_only=True):
        before = rows[row["unit"], str(row["year"])]
        assert row["drawn_R4_junior"] / before["drawn_R4_junior"] == pytest.approx(
            2.718281828 ** (0.1 * of("gap_fund_effect")))


def test_what_is_supposed_holds_inside_only_and_in_layers():
    planted, price = of("gap_fund_effect"), price_level(3, 2021, 2023)
    with supposing(gap_fund_effect=0, price_growth=0.5):
        with supposing(gap_fund_effect=1):
            assert of("gap_fund_effect") == 1
        assert of("gap_fund_effect") == 0
        assert price_level(3, 2021, 2023) > 2
    assert (of("gap_fund_effect"), price_level(3, 2021, 2023)) == (planted, price)


def test_nothing_that_the_process_does_not_have_can_be_supposed():
    with pytest.raises(KeyError, match="fund_effect_on_gaps"), supposing(fund_effect_on_gaps=0):
        pass
