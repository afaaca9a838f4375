"""What the plans' documents garble, leave out or say in two ways stays as it was received."""

from fractions import Fraction

import pytest
from known_plans import HUBEI, REPLY, SHARE, WENZHOU, ZHENGZHOU, numbers, targets

from pipeline.definitions.targets.plans import plan, plans


@pytest.mark.parametrize(("id", "labels", "garbled"), [
    ("H02", ["小学", "初中"], "2022元以上"),
    ("H06", ["小学、初中", "九年一贯制学校"], "规模不超过2022人"),
])
def test_a_garbled_2022_is_read_as_2000_and_its_wording_kept(id, labels, garbled):
    target = targets()[id]
    assert numbers(target) == [2000, 2500]
    assert [value.label for value in target.values] == labels
    assert target.text == garbled
    assert any(id in r.targets and "2000" in r.reading for r in plan(HUBEI).readings)


@pytest.mark.parametrize(("id", "candidates"), [
    ("H03", ["2018-09", "2019-09"]), ("H04", ["2020"]),
    ("H05", ["2020", "2021", "2022", "2023", "2024"]),
    ("H06", ["2020", "2021", "2022", "2023", "2024"]),
])
def test_a_lost_deadline_stays_empty_beside_its_candidates(id, candidates):
    target = targets()[id]
    assert (target.deadline, target.deadline_candidates) == ("", candidates)
    assert "讹变" in target.deadline_note
    assert any(id in reading.targets for reading in plan(HUBEI).readings)


def test_no_2022_is_taken_for_a_number_or_a_deadline_anywhere():
    assert all(2022 not in numbers(target) for target in targets().values())
    assert all(target.deadline != "2022" for target in targets().values())


def test_village_schools_and_all_weak_schools_of_wenzhou_are_two_targets_and_no_conflict():
    assert (targets()["W06"].deadline, targets()["W25"].deadline) == ("2019", "2020")
    assert all("W06" not in conflict.targets for conflict in plan(WENZHOU).conflicts)


@pytest.mark.parametrize("id", ["CX08", "CX12", "CX18", "CX19", "W16", "W21", "Z29"])
def test_what_every_school_township_or_teacher_must_reach_is_judged_by_no_figure_of_the_county(id):
    assert not targets()[id].by_figure


def test_the_unreadable_wording_of_zhengzhou_is_kept_and_flagged():
    assert targets()["Z04"].text == "续改建中小学150所"
    [reading] = [r for r in plan(ZHENGZHOU).readings if "Z04" in r.targets]
    assert "不能恢复" in reading.reading


def linked_pairs():
    for id, found in plans().items():
        for conflict in found.conflicts:
            yield {t if ":" in t else f"{id}:{t}" for t in conflict.targets}


@pytest.mark.parametrize("pair", [
    {f"{ZHENGZHOU}:Z19", f"{REPLY}:ZR1"},
    {f"{ZHENGZHOU}:Z25", SHARE},
    {f"{WENZHOU}:W01", f"{WENZHOU}:observation:购买民办学位（另一处表述）"},
    {f"{WENZHOU}:W02", f"{WENZHOU}:observation:义务教育标准化学校占比（另一处表述）"},
], ids=lambda pair: min(pair))
def test_passages_that_disagree_are_linked_once(pair):
    assert list(linked_pairs()).count(pair) == 1


def test_both_sides_of_every_conflict_exist_and_neither_was_changed_to_suit_the_other():
    known = {f"{id}:{target.id}" for id, found in plans().items() for target in found.targets}
    known |= {f"{id}:observation:{seen.quantity}" for id, found in plans().items()
              for seen in found.observations}
    pairs = list(linked_pairs())
    assert len(pairs) == 4
    assert set().union(*pairs) <= known
    assert numbers(targets()["Z19"]) == [400]
    assert numbers(targets()["ZR1"]) == [300]


def test_the_reply_reports_64_percent_where_the_plan_wants_85():
    seen = {o.quantity: (o.value, o.unit, o.date) for o in plan(REPLY).observations}
    assert seen[SHARE.split(":")[-1]] == ("64", "%", "2024-09")
    assert seen["教育集团"] == ("200", "个", "2024-09")
    assert seen["参与集团的学校"] == ("875", "所", "2024-09")
    assert seen["拟出台教育强市分方案（已收集）"] == ("19", "个", "2024-09")
    assert len(seen) == 7
    assert numbers(targets()["Z25"]) == [85]


def test_the_number_of_schools_implied_by_the_reply_is_875_over_64_percent():
    [note] = [o.note for o in plan(REPLY).observations if o.value == "64"]
    assert f"约{round(Fraction(875) / Fraction(64, 100))}所" in note
