"""What a sentence refers to is printed, also where a county leaves nothing to print."""

import re
from dataclasses import replace

import pytest
from tables import YEAR, imported, measured, only, school

from pipeline.analysis.decomposition import decomposition
from pipeline.county import County
from pipeline.dossier.difference_figures import decomposition_chart
from pipeline.dossier.differences import location_sentences, location_table
from pipeline.dossier.gap_tables import influence_table, sensitivity_table
from pipeline.dossier.gaps import robustness_sentences
from pipeline.dossier.quality import check_table, completeness_table, quality_sentences
from pipeline.terms import TABLES

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
