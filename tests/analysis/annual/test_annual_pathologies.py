"""A pooled nation with a column that tells nothing ends in a row with the reason, never a fault."""

import pandas as pd
import pytest
from county_years import clean_panel

from pipeline.analysis.annual.county_panel import completed
from pipeline.analysis.annual.models.convergence import convergence
from pipeline.analysis.annual.models.models import annual_models
from pipeline.analysis.annual.models.policy import policies
from pipeline.definitions.studies import study
from pipeline.synth.nation import Wanted

STUDY, NONE = study("cn-annual"), pd.DataFrame()
COUNTIES, YEARS = 101, (2017, 2018, 2019, 2020, 2021, 2022)


@pytest.fixture(scope="module")
def raw():
    panel = pd.DataFrame(clean_panel(Wanted(COUNTIES, YEARS, 5, "csv"), drawn_only=True))
    panel = panel.drop(columns=["policy", "policy_effect", "exposure"])
    return panel.rename(columns=lambda c: c.replace("drawn_", "cv_"))


def of_coefficients(panel, value):
    return panel.assign(**{c: value for c in panel.columns if c.startswith("cv_")})


CHANGES = {
    "urban_share": lambda p: p.assign(urban_share=0.4),
    "ln_gap": lambda p: of_coefficients(p, 0.1 + 0.2),
    "pupils": lambda p: p.assign(pupils=1000.0),
    "n_schools": lambda p: p.assign(n_schools=12.0),
    "per_pupil": lambda p: p.assign(per_pupil=9000.0, deflator=1.0),
    "schools_met": lambda p: p.assign(schools_met=0.0, schools_not_met=12.0),
    "prefecture": lambda p: p.assign(prefecture="甲市"),
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_constant_column_ends_in_refusals(raw, column):
    panel = completed(CHANGES[column](raw), STUDY)
    kept = [m for m in STUDY.models if m.frame == "panel"]
    asked = STUDY.model_copy(update={"models": kept})
    models = annual_models(panel, NONE, asked)["annual_models"].set_index("id")
    using = {"urban_share": ["P1", "P3"], "ln_gap": ["P1", "P2", "P3", "D1"],
             "pupils": ["P1", "P3"], "n_schools": ["P1", "P3"],
             "per_pupil": ["P1", "P2", "P3"], "schools_met": ["S2"], "prefecture": []}[column]
    assert (models.loc[using, "status"] == "refused").all()
    assert (models.loc[using, "reason"] != "").all()
    assert set(convergence(panel, YEARS[-1], asked)) and set(policies(panel, YEARS[-1], asked))
