"""The data quality report: it refers to what is printed, whether the checks spoke or not."""

import re

import pytest
from tables import YEAR, imported, school

from pipeline.county import County
from pipeline.dossier.quality import check_table, completeness_table, quality_sentences
from pipeline.terms import TABLES

WARNED = {"severity": "warn", "code": "area.jump", "rule": "面积较上年翻倍", "remedy": "请核实",
          "file": "甲.xlsx", "action": "照用"}


@pytest.mark.parametrize("findings", [[], [WARNED]], ids=["a county without fault", "one warning"])
def test_every_table_that_is_referred_to_is_printed(tmp_path, findings):
    county = County.open("990101", YEAR)
    schools = imported(tmp_path, [school(n) for n in range(1, 5)]).schools
    found = TABLES["findings"].frame(findings)
    printed = [completeness_table(schools, county), check_table(found, county)]
    text = "".join(quality_sentences(schools, found, county).paragraphs)
    assert set(re.findall(r"\[\[(\w+)\]\]", text)) == {table.key for table in printed if table}
