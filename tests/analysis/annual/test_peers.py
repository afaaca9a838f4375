"""A county among its peers (同类县): chosen by characteristics, placed without a rank."""

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.annual.peers import among_peers, peers
from pipeline.annual_evaluation import Annual
from pipeline.county import County
from pipeline.definitions.studies import Peers
from pipeline.dossier.printing import peer_comparison as report
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import TABLES
from pipeline.publishing.chapters.chapter_files import chapters

RULE = Peers(characteristics=["size", "rural"], count=5, fewest=3, reason="按规模")


def counties(count, **changed):
    rows = [{"unit": f"{i:06d}", "name": f"县{i}", "province": "省", "prefecture": "市",
             "year": 2023, "size": float(i), "rural": 0.5} for i in range(count)]
    return pd.DataFrame(rows).assign(**changed)


def test_the_nearest_counties_are_chosen_whatever_their_results():
    panel = counties(9, gap=np.arange(9.0))
    assert peers(panel, RULE, "000004", 2023) == ["000003", "000005", "000002", "000006",
                                                  "000001"]


def test_a_county_without_a_characteristic_has_no_peers():
    panel = counties(9)
    panel.loc[4, "size"] = np.nan
    assert peers(panel, RULE, "000004", 2023) == []
    assert "000004" not in peers(panel, RULE, "000003", 2023)


@pytest.mark.parametrize(("others", "found"), [(2, 0), (3, 3), (4, 4)])
def test_fewer_than_the_fewest_are_none(others, found):
    assert len(peers(counties(others + 1), RULE, "000000", 2023)) == found


@pytest.fixture
def evaluation(tmp_path):
    """Return an evaluation of forty counties whose coefficients rise with their number."""
    annual = Annual.open("cn-annual", 2023, processed=str(tmp_path))
    panel = counties(40).assign(
        ln_pupils=10.0, ln_nschools=3.0 + np.arange(40) / 1000, rural_share=0.3,
        cv_R1_primary=np.arange(40) / 100, gap=0.3)
    panel.loc[20, "gap"] = np.nan
    annual.save("panel", panel.drop(columns=["size", "rural"]))
    return annual


def test_a_position_is_the_share_of_peers_below_with_ties_counted_half(evaluation):
    places, values = among_peers(evaluation, "000020")
    rows = places.set_index("measure")
    assert rows.loc["cv_R1_primary", "n_peers"] == 30
    assert rows.loc["cv_R1_primary", "share_below"] == pytest.approx(15 / 30)
    assert len(values[values["measure"] == "cv_R1_primary"]) == 30
    assert rows.loc["gap", "reason"] == "本县无此数"
    tied, _ = among_peers(evaluation, "000021")
    assert tied.set_index("measure").loc["gap", "share_below"] == 0.5


def test_a_county_that_was_not_pooled_gets_no_invented_position(evaluation):
    places, _ = among_peers(evaluation, "990101")
    assert places.empty
    county = County.open("990101", 2023)
    (said,) = report.peer_sentences(places, evaluation, county).paragraphs
    assert "没有可与示例县比较的同类县" in said
    assert report.peer_table(places, evaluation, county) is None


def test_without_an_evaluation_nothing_is_said_or_shown():
    places, values = among_peers(Annual.at("", ""), "990101")
    county = County.open("990101", 2023)
    assert report.peer_sentences(places, None, county) is None
    assert report.peer_table(places, None, county) is None
    assert report.peer_chart(places, values, None, county) is None
    assert report.pooled_table(None, county) is None


def test_a_folder_that_holds_no_evaluation_is_wrong_use(tmp_path):
    with pytest.raises(WrongUse, match="没有年度评价的汇总表"):
        Annual.at(str(tmp_path), "data/raw")


def test_the_finished_evaluation_is_known_by_its_folder(evaluation):
    found = Annual.at(str(evaluation.folder), "data/raw")
    assert (found.study.id, found.year) == ("cn-annual", 2023)


def test_every_chapter_of_a_county_takes_the_pool():
    assert all('pool = \\"\\"' in path.read_text("utf-8") for path in chapters("county"))


@pytest.mark.parametrize(("status", "there"), [("fitted", True), ("refused", False)])
def test_pooled_coefficients_are_spoken_of_only_where_one_was_fitted(evaluation, status, there):
    evaluation.save("annual_models", TABLES["annual_models"].frame([
        {"id": "P2", "question": "问", "family": "primary", "status": status, "focus": "x", "n": 90,
         "p_adjusted": 0.01, "convention": "CR2"}]))
    evaluation.save("annual_terms", TABLES["annual_terms"].frame([
        {"id": "P2", "term": "x", "estimate": -0.2, "ci_low": -0.3, "ci_high": -0.1}]))
    county = County.open("990101", 2023)
    assert (report.pooled_sentences(evaluation) is not None) is there
    assert (report.pooled_table(evaluation, county) is not None) is there
