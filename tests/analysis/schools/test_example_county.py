"""The example county (示例县, 2023) against the independent reckoning kept beside the tests."""

import json
from decimal import Context, Decimal
from pathlib import Path

import pytest

from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.indicator_values import indicator_values
from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED, USED, is_missing

WITNESS = json.loads(
    (Path(__file__).parents[2] / "witnesses" / "example_county_2023.json").read_text("utf-8"))
REASONS = {"在校生数为0（停办或未招生）": "zero_pupils",
           "不足50人的教学点": "teaching_point_below_50",
           "特殊教育学校不参加资源配置指标测算": "special_ed"}


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict:
    county = County.open("990101", 2023, processed=str(tmp_path_factory.mktemp("processed")))
    read = import_county(county)
    read.require_accepted()
    indicators = indicator_values(read.schools, county.standard)
    made = {"accounting": read.accounting, "indicators": indicators,
            "compliance": compliance(indicators, read.schools, county.standard),
            "balance": balance(indicators, read.schools, county.standard)}
    return {name: table[table["year"] == 2023] for name, table in made.items()}


def twelve(value) -> Decimal:
    """Round to twelve significant digits, as the witness does."""
    digits = Context(prec=12)
    if isinstance(value, str):
        return digits.plus(Decimal(value))
    return digits.divide(Decimal(value.numerator), Decimal(value.denominator))


def pupils_behind(indicators, row) -> int:
    chosen = indicators[(indicators["stage"] == row["stage"])
                        & (indicators["indicator"] == row["indicator"])]
    return sum(chosen.loc[~chosen["value"].map(is_missing), "pupils"])


def test_every_coefficient_agrees_to_twelve_digits(tables):
    ours = [{"stage": row["stage"], "indicator": row["indicator"],
             "n_schools": row["n_schools"] - row["n_missing"], "n_missing": row["n_missing"],
             "pupils": pupils_behind(tables["indicators"], row), "mean": twelve(row["mean"]),
             "cv": twelve(row["cv"])} for row in tables["balance"].to_dict("records")]
    theirs = [{name: twelve(value) if name in ("mean", "cv") else value
               for name, value in row.items() if name != "within_limit"}
              for row in WITNESS["balance"]]
    assert ours == theirs


def test_every_verdict_agrees_and_a_trial_value_has_none(tables):
    expected = [UNDETERMINED if row["n_missing"] else MET if row["within_limit"] else NOT_MET
                for row in WITNESS["balance"]]
    assert list(tables["balance"]["status"]) == expected
    assert set(expected) == {MET, NOT_MET, UNDETERMINED}


def test_every_section_and_pupil_is_accounted_for(tables):
    accounting, told = tables["accounting"], WITNESS["accounting"]
    used = accounting[accounting["outcome"] == USED]
    left = accounting[accounting["outcome"] != USED]
    assert [len(accounting), len(used)] == [told["schools_in"], told["used"]]
    assert [sum(accounting["pupils"]), sum(used["pupils"])] == [
        told["pupils_in"], told["pupils_used"]]
    reasons = [REASONS[reason] for reason in left["reason"]]
    assert [list(row) for row in zip(left["school_code"], left["stage"], reasons, strict=True)
            ] == told["excluded"]


@pytest.mark.parametrize(("status", "kept"), [
    (NOT_MET, "not_met_schools"), (UNDETERMINED, "undetermined_schools")])
def test_the_same_schools_fail_or_stay_open(tables, status, kept):
    schools = tables["compliance"]
    found = schools.loc[schools["status"] == status, ["school_code", "stage"]]
    assert sorted(found.values.tolist()) == sorted(WITNESS[kept])
