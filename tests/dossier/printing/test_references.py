"""What a sentence refers to is printed, also where a county leaves nothing to print."""

import re
from dataclasses import replace

import pytest
from tables import YEAR, csv_bytes, imported, measured, only, school

from pipeline.analysis.inequality import inequality_table as indices_of
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.decomposition import contributions, decomposition
from pipeline.county import County
from pipeline.dossier.c01_cleaning.data_quality import (
    check_table,
    completeness_table,
    quality_sentences,
)
from pipeline.dossier.c03_balance.difference_figures import decomposition_chart
from pipeline.dossier.c03_balance.differences import (
    contribution_table,
    location_sentences,
    location_table,
)
from pipeline.dossier.c03_balance.inequality_exhibits import inequality_sentences
from pipeline.dossier.c06_gaps.gap_tables import influence_table, sensitivity_table
from pipeline.dossier.printing.gap_sentences import robustness_sentences
from pipeline.ground.terms import TABLES
from pipeline.publishing.book import make_dossier
from pipeline.publishing.chapter_parameters import Parameters
from pipeline.publishing.order import Order

COUNTY = County.open("990101", YEAR)
WARNED = {"severity": "warn", "code": "area.jump", "rule": "面积较上年翻倍", "remedy": "请核实",
          "file": "甲.xlsx", "action": "照用"}


def referred_to(prose):
    return set(re.findall(r"\[\[(\w+)\]\]", "".join(prose.paragraphs)))


def keys(*exhibits):
    return {exhibit.key for exhibit in exhibits if exhibit}


@pytest.mark.parametrize("findings", [[], [WARNED]], ids=["a county without fault", "one warning"])
def test_the_table_of_checks(tmp_path, findings):
    schools = imported(tmp_path, [school(n) for n in range(1, 5)]).schools
    found = TABLES["findings"].frame(findings)
    assert referred_to(quality_sentences(schools, found, COUNTY)) == keys(
        completeness_table(schools, COUNTY), check_table(found, COUNTY))


@pytest.mark.parametrize("values", ["1 1 1", "1 2 1", "1 2 3"])
def test_where_the_difference_comes_from_also_where_there_is_none(values):
    pack = only("R3")
    county = replace(COUNTY, standard=pack)
    drawn = measured([{"pupils": "100", "value": value, "location": location} for value, location
                      in zip(values.split(), ("urban", "rural", "rural"), strict=True)])
    parts = decomposition(*drawn, pack)
    assert referred_to(location_sentences(parts, county)) == keys(
        location_table(parts, county), decomposition_chart(parts, county))


@pytest.mark.parametrize("values", ["1", "1 1 1", "0 0", "1 2"])
def test_what_each_school_contributes_also_where_nobody_does(values):
    pack = only("R3")
    county = replace(COUNTY, standard=pack)
    indicators, schools = measured([{"pupils": "100", "value": v} for v in values.split()])
    coefficients = balance(indicators, schools, pack)
    indices = indices_of(indicators, schools, pack)
    assert referred_to(inequality_sentences(indices, county)) - {"inequality_table"} == keys(
        contribution_table(contributions(indicators, YEAR, pack), coefficients, county))


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [["小学"], ["小学", "初级中学"], ["小学"] * 3 + ["初级中学"] * 3],
                         ids=["one school", "one a stage", "all schools alike"])
def test_the_smallest_and_the_most_even_counties_have_dossiers(tmp_path, kinds):
    place = tmp_path / "raw" / str(YEAR)
    place.mkdir(parents=True)
    (place / "990101_甲县.csv").write_bytes(csv_bytes(
        [school(n, kind) for n, kind in enumerate(kinds, 1)]))
    parameters = Parameters(unit="990101", year=YEAR, raw=str(tmp_path / "raw"),
                            processed=str(tmp_path / "processed"))
    made = make_dossier(Order(parameters, tmp_path / "out"))
    assert (made / "dossier.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("covariates", [[], [["ln_pupils"]]])
def test_the_table_of_other_choices_where_a_model_in_it_has_any(covariates):
    """Another model of the standard has covariates, but no school to fit it on."""
    model, other = COUNTY.standard.models[:2]
    pack = COUNTY.standard.model_copy(update={"models": [
        model.model_copy(update={"covariates": covariates}), other]})
    county, id = replace(COUNTY, standard=pack), f"{model.id}-primary"
    models = TABLES["models"].frame([{"id": id, "stage": "primary", "status": "fitted"}])
    near = TABLES["influence"].frame([{"id": id, "school": "甲校", "turns": False}])
    curve = TABLES["specifications"].frame([{"id": id}] if covariates else [])
    printed = "sensitivity_table" if len(curve) else ""
    assert referred_to(robustness_sentences(near, models, county)) == {
        "influence_table", *filter(None, [printed])}
    assert influence_table(near[:0], models, county) is None
    assert sensitivity_table(curve[:0], models, county) is None
