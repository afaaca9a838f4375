"""What is said of a plan: how many targets apply, how they stand, and which are past their day."""

import pandas as pd
import pytest
from tables import table

from pipeline.county import County
from pipeline.dossier.c07_plans.plan_targets import plan_sentences

# states (m met, n not met, u undetermined, - does not apply; in capitals past its deadline)
SAID = table("""
    states | words
    mnu    | 3项：达到1项、未达到1项、待核1项；没有期限已过的
    mnu-   | 3项：达到1项、未达到1项、待核1项；另有1项不适用；没有期限已过的
    MnU-   | 3项：达到1项、未达到1项、待核1项；另有1项不适用；期限已过2项，其中未达到或待核1项
    mM-    | 2项：达到2项、未达到0项、待核0项；另有1项不适用；期限已过1项，其中未达到或待核0项
    m_     | 1项：达到1项、未达到0项、待核0项；另有1项不适用；没有期限已过的
""")
STATES = {"m": "met", "n": "not_met", "u": "undetermined", "-": "not_applicable",
          "_": "not_applicable"}


@pytest.mark.parametrize("told", SAID, ids=[told["states"] for told in SAID])
def test_targets_that_do_not_apply_are_counted_apart_and_never_late(told):
    county = County.open("990101", 2023)
    targets = pd.DataFrame([
        {"plan": found.id, "status": STATES[one.lower()], "passed": one.isupper() or one == "_"}
        for found in county.plans for one in told["states"]])
    said = plan_sentences(targets, county).paragraphs
    assert [one.partition("：适用目标")[2] for one in said[1:]] == [
        f"{told['words']}。"] * len(county.plans)
