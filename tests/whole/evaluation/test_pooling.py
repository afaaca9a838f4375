"""The pool (汇总): a county's rows are its dossier's, one bad county costs itself only."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.annual.county_panel import completed, lagged
from pipeline.annual_evaluation import Annual
from pipeline.definitions.studies import Study, study
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import is_missing
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.hands.guard import guarded
from pipeline.publishing.book import make_dossier
from pipeline.publishing.chapter_parameters import AnnualParameters, checked
from pipeline.publishing.order import Order
from pipeline.synth.nation import Wanted, write_nation
from pipeline.whole import pooling
from pipeline.whole.evaluation import evaluate
from pipeline.whole.pooling.pooling_county import ANSWER, without_figures

YEAR, SEED = 2023, 20170426
STUDIES = sorted(path.stem for path in Study.home.glob("*.toml"))


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    """Return a made-up nation of six counties and two years; its last table is spoilt."""
    folder = tmp_path_factory.mktemp("nation") / "raw"
    list(write_nation(folder, Wanted(6, (2022, 2023), SEED, "csv")))
    (table,) = (folder / "2023" / "990006").glob("*.csv")
    table.write_bytes(table.read_bytes()[:-40])
    return folder


@pytest.fixture(scope="module")
def annual(nation, tmp_path_factory):
    return Annual.open("cn-annual", YEAR, str(nation), str(tmp_path_factory.mktemp("processed")))


@pytest.fixture(scope="module")
def tables(annual):
    return pooling.pool(annual, workers=2)


def test_a_county_that_is_refused_stays_in_the_list_with_its_place_and_has_no_figures(tables):
    units = tables["pool_units"].set_index("unit")
    refused = units.loc["990006"]
    assert refused["state"] == "refused"
    assert "990006" in refused["reason"]
    assert "990006" not in set(tables["panel"]["unit"]) | set(tables["pool_balance"]["unit"])
    assert set(units.loc[units.index != "990006", "state"]) == {"pooled"}


def test_the_pool_is_the_same_for_any_number_of_workers(annual, tables):
    alone = pooling.pool(annual, workers=1)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, alone[name])


@pytest.mark.slow
def test_a_countys_rows_in_the_pool_equal_its_dossier_exactly(nation, tables, tmp_path):
    parameters = checked({"unit": "990002", "year": YEAR, "raw": str(nation),
                          "processed": str(tmp_path / "processed")})
    folder = make_dossier(Order(parameters, tmp_path / "reports"))
    results = json.loads((folder / "results.json").read_text("utf-8"))
    mine = tables["pool_balance"]
    mine = mine[(mine["unit"] == "990002") & (mine["year"] == YEAR)].to_dict("records")
    assert [(r["stage"], r["indicator"], r["cv"] or None, r["status"] or None, r["n_schools"],
             None if is_missing(r["mean"]) else decimal_text(r["mean"])) for r in mine] == [
        (r["stage"], r["indicator"], r["cv"], r["status"], r["n_schools"], r["mean"])
        for r in results["balance"]]
    unit = tables["pool_units"]
    unit = unit[(unit["unit"] == "990002") & (unit["year"] == YEAR)].iloc[0]
    assert unit["verdict"] == results["verdict"]
    assert {s: unit[s] for s in ("met", "not_met", "undetermined")} == results["counts"]
    schools = tables["pool_schools"]
    schools = schools[(schools["unit"] == "990002") & (schools["year"] == YEAR)]
    told = {(s["school_code"], s["stage"], id): v for s in results["schools"]
            for id, v in s["values"].items()}
    assert {(r["school"], r["stage"], id): None if is_missing(r[id]) else r[id]
            for r in schools.to_dict("records") for id in ("R1", "R4", "R6")} == {
        key: None if v is None else pytest.approx(float(v), rel=1e-14)
        for key, v in told.items() if key[2] in ("R1", "R4", "R6")}


def test_the_lag_is_last_years_value_of_the_same_county_and_missing_across_a_hole():
    panel = pd.DataFrame({"unit": ["a", "a", "a", "b"], "year": [2020, 2021, 2023, 2021],
                          "x": [1.0, 2.0, 3.0, 9.0]})
    assert lagged(panel, "x").tolist()[1] == 1.0
    assert np.isnan(lagged(panel, "x")[[0, 2, 3]]).all()


def test_a_gap_is_the_mean_logarithm_and_missing_where_a_coefficient_is():
    asked = study("cn-annual")
    columns = {f"cv_{i}_{s}": [0.2, 0.2] for i in asked.gaps[0].indicators
               for s in asked.gaps[0].stages}
    columns["cv_R1_primary"] = [0.4, math.nan]
    panel = completed(pd.DataFrame({"unit": ["a", "b"], "year": [YEAR, YEAR], **columns}), asked)
    assert panel["ln_gap"][0] == pytest.approx((13 * math.log(0.2) + math.log(0.4)) / 14)
    assert np.isnan(panel["ln_gap"][1])
    assert panel["gap"][0] == pytest.approx(math.exp(panel["ln_gap"][0]))


def test_what_a_measure_needs_and_the_panel_lacks_leaves_it_missing():
    panel = completed(pd.DataFrame({"unit": ["a"], "year": [YEAR]}), study("cn-annual"))
    assert np.isnan(panel["real_fund"][0]) and np.isnan(panel["ln_fund_lag1"][0])


@pytest.mark.parametrize("id", STUDIES)
def test_every_study_can_be_read_and_names_measures_once(id):
    found = study(id)
    names = [m.name for m in (*found.measures, *found.gaps)]
    assert len(names) == len(set(names))
    assert len({m.id for m in found.models}) == len(found.models)


def test_an_unknown_study_lists_those_there_are():
    with pytest.raises(WrongUse, match="没有评价方案“nowhere”.*现有：.*cn-annual"):
        Annual.open("nowhere", YEAR)


def test_a_folder_without_counties_of_the_standard_is_wrong_use(tmp_path):
    (tmp_path / str(YEAR)).mkdir()
    with pytest.raises(WrongUse, match="没有标准包为 cn-2017-06 的县的资料"):
        Annual.open("cn-annual", YEAR, str(tmp_path)).require_sources()
    with pytest.raises(WrongUse, match="原始数据文件夹不存在"):
        Annual.open("cn-annual", YEAR, str(Path(tmp_path, "none"))).require_sources()


def without_a_header(asked, work):
    without_figures(asked, "refused", "没有表头", {}).write(work / ANSWER)


def test_a_nation_of_which_not_one_county_can_be_pooled_is_refused_with_every_reason(
        nation, tmp_path):
    annual = Annual.open("cn-annual", YEAR, str(nation), str(tmp_path))
    with guarded() as guard:
        pooling.ask_counties(annual, Crew(without_a_header, Limits(), 2, tmp_path / "asked"), guard)
    with pytest.raises(InputRefused, match="6 个县都不能汇总(.|\n)*990001 虚构0001县：没有表头"):
        pooling.pool(annual)


@pytest.mark.slow
@pytest.mark.parametrize(("counties", "years"), [(1, (YEAR,)), (4, (2022, YEAR))])
def test_an_evaluation_of_very_few_counties_is_made_and_says_what_it_cannot(
        counties, years, tmp_path):
    list(write_nation(tmp_path / "raw", Wanted(counties, years, 5, "csv")))
    parameters = AnnualParameters(study="cn-annual", year=YEAR, raw=str(tmp_path / "raw"),
                                  processed=str(tmp_path / "processed"))
    folder = evaluate(Order(parameters, tmp_path / "reports"), Limits(), 1)
    record = json.loads((folder / "annual.json").read_text("utf-8"))
    assert {m["status"] for m in record["tables"]["annual_models"]} == {"refused"}
    assert (folder / "annual.pdf").read_bytes().startswith(b"%PDF")
