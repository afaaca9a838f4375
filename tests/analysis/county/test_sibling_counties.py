"""Whole counties whose workbooks say one thing more, or one thing else, than a faultless one: every
target stands as its own sentence asks, and what was typed against a sheet is told.

The counties stand in `sibling_counties.toml`; what is expected was written there from the
sentences of the documents before anything ran.
"""

import tomllib
from pathlib import Path

import pytest
from target_counties import SIGN
from whole_counties import judged

pytestmark = pytest.mark.slow
COUNTIES = tomllib.loads(Path(__file__).with_name("sibling_counties.toml").read_text("utf-8")
                         )["counties"]


@pytest.mark.parametrize("row", COUNTIES, ids=[row["why"] for row in COUNTIES])
def test_a_target_stands_as_its_sentence_asks_whatever_was_typed(row, tmp_path):
    targets, findings = judged(tmp_path, row["changes"], row.get("plans", ""))
    wanted = {part[:-1]: SIGN[part[-1]] for part in row["states"].split()}
    assert {id: targets[id]["status"] for id in wanted} == wanted
    told = {id for id in targets for r in findings
            if r["code"] == "target.contradicted" and f"填报{id}" in r["action"]}
    assert told == set(row.get("told", "").split())


def test_there_are_more_than_forty_siblings_that_ask_of_more_than_fifty_targets():
    asked = {part[:-1] for row in COUNTIES for part in row["states"].split()}
    assert len(COUNTIES) > 40 and len(asked) > 50
