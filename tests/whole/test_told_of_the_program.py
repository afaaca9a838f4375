"""What is printed of the methods is what chapters and packs say; what only the owner knows of the
program is asked for, never made up."""

import re
from collections import Counter

import pytest
from click.testing import CliRunner

from pipeline.commands.looking.doctor import doctor
from pipeline.definitions.base import ROOT
from pipeline.definitions.indicators import indicators
from pipeline.definitions.standards import standards
from pipeline.ground.errors import DefinitionFault
from pipeline.whole.listings import methods_page
from pipeline.whole.listings.methods_page import explained, methods, papers, shown_formulas
from pipeline.whole.self_check import citation_gaps

POINTS = re.compile(r"^\| ([A-E]\d+) \|[^|]*\| (\d+) \| ([\d.]+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`((?:tests|docs|data|pipeline|benchmarks|\.ci)/[\w./-]+)`")
ALL = {"repository-code: x", "date-released: 2027-01-01", "doi: 10.1/x"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_methods_are_up_to_date(language):
    written = (ROOT / "docs" / "methods" / f"{language}.md").read_text("utf-8")
    assert written == methods(language), "run: python -m pipeline.whole.listings.methods_page"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_methods_hold_every_formula_indicator_standard_and_level(language):
    text = methods(language)
    assert [f for formulas in shown_formulas().values() for f in formulas
            if f"$${f}$$" not in text] == []
    assert [one.id for one in indicators().values() if f"| {one.id} | " not in text] == []
    assert [one.id for one in standards() if f"### `{one.id}` " not in text] == []
    assert "| 4.2 | 5.3 |" in text and "小学 <= 0.5，初中 <= 0.45" in text
    assert len(papers()) > 20 and any("Pustejovsky & Tipton (2018)" in said for said in papers())


@pytest.mark.parametrize(("shown", "said"), [
    ({"03_balance": ["E = mc^2"]}, "公式没有英文说明：E = mc"), ({}, "没有这个公式")])
def test_a_formula_that_changes_in_a_chapter_cannot_stay_as_it_was(shown, said, monkeypatch):
    before = shown_formulas()
    monkeypatch.setattr(methods_page, "shown_formulas", lambda: {
        **{c: f for c, f in before.items() if c != "03_balance"}, **shown})
    with pytest.raises(DefinitionFault, match=said):
        explained()


@pytest.mark.parametrize("lacking", [None, *sorted(ALL)])
def test_what_only_the_owner_can_say_is_asked_for(lacking, tmp_path):
    file = tmp_path / "CITATION.cff"
    file.write_text("\n".join(["cff-version: 1.2.0", *sorted(ALL - {lacking}), "authors:",
                               "  - name: 某大学教育学院"]), "utf-8")
    gaps = citation_gaps(file)
    assert [lacking.partition(":")[0] in gap for gap in gaps] == ([True] if lacking else [])
    assert citation_gaps(tmp_path / "none") == []


def test_the_doctor_says_what_the_citation_lacks_and_is_content_all_the_same(monkeypatch):
    monkeypatch.setattr("pipeline.whole.self_check.examine", lambda: [("一", True, "好")])
    told = CliRunner().invoke(doctor)
    assert told.exit_code == 0
    assert "待填  引用信息" in told.output and "作者的姓名或单位" in told.output


def test_the_reviewers_points_are_those_of_the_list_and_add_up():
    text = (ROOT / "docs" / "methods" / "checklist.md").read_text("utf-8")
    rows = [(id, int(most), float(given)) for id, most, given, _ in POINTS.findall(text)]
    groups = Counter()
    for id, most, given in rows:
        assert given in (0, most / 2, most), id
        groups[id[0]] += most
    assert groups == {"A": 34, "B": 20, "C": 14, "D": 18, "E": 14}
    assert f"| 合计 | | 100 | {sum(given for _, _, given in rows):g} |" in text


@pytest.mark.parametrize("page", ["methods/checklist", "promises"])
def test_what_a_promise_rests_on_is_there(page):
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    named = {*NAMED.findall(text), *re.findall(r"`(tests/[\w./-]+\.py)", text)}
    assert len(named) > 5
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
