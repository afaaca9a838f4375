"""What judges each target, worked out from the packs: counted by hand from the sentences."""

from pathlib import Path

import pytest
from small_plan import SMALL_PLAN

from pipeline.definitions.forms.variables import variables
from pipeline.definitions.targets.coverage import (
    BASES,
    BOTH,
    FIGURE,
    NOTHING,
    PAPERS,
    PREFECTURE,
    SHEETS,
    basis,
    coverage,
    coverage_lines,
)
from pipeline.definitions.targets.plans import load_plan, plans

BY_ID = {target.id: target for plan in plans().values() for target in plan.targets}

# 手工录入：每个规划包六类各几项
BY_HAND = {
    "zhengzhou-2023-26": (9, 0, 1, 5, 23, 0), "hubei-county-2019-2025": (21, 1, 0, 3, 0, 0),
    "zhengzhou-reply-2024": (4, 0, 0, 0, 5, 0), "chuxiong-2024-2026": (5, 2, 2, 4, 7, 2),
    "wenzhou-2018-2020": (15, 1, 1, 0, 13, 0), "cn-2023-06": (1, 0, 0, 1, 0, 2)}


@pytest.mark.parametrize("id", BY_HAND)
def test_the_targets_of_a_plan_are_judged_as_counted_by_hand(id):
    found = coverage([plans()[id]])[id]
    assert tuple(len(found[base]) for base in BASES) == BY_HAND[id]


def test_every_target_has_one_basis():
    found = coverage([*plans().values()])
    assert sorted(t.id for by in found.values() for targets in by.values() for t in targets
                  ) == sorted(BY_ID)


@pytest.mark.parametrize(("id", "base"), [
    ("H03", SHEETS), ("H08", SHEETS), ("W07", SHEETS), ("H19", SHEETS), ("Z20", SHEETS),
    ("H20", SHEETS), ("W22", SHEETS), ("CX09", SHEETS), ("W12", SHEETS), ("CX20", BOTH),
    ("CX12", SHEETS), ("CX10", FIGURE), ("H14", FIGURE), ("CX22", PAPERS), ("H00", PAPERS),
    ("Z16", PREFECTURE), ("Z34", PREFECTURE), ("Z17", PREFECTURE), ("CX03", NOTHING)])
def test_what_judges_a_target(id, base):
    assert basis(BY_ID[id]) == base


# 范围与算法 → 依据
@pytest.mark.parametrize(("scope", "more", "base"), [
    ("county", "", FIGURE), ("county", "papers = true", BOTH), ("school", "", PAPERS),
    ("township", "", PAPERS), ("prefecture", "", PREFECTURE),
    ("county", 'items = ["G4"]', SHEETS),
    ("county", 'rules = [{ type = "yearly", trend = "rising" }]', FIGURE),
    ("prefecture", 'rules = [{ type = "large_classes", smallest = 56, most = 0 }]', SHEETS)])
def test_a_new_target_is_counted_where_its_scope_and_rules_put_it(tmp_path, scope, more, base):
    path = Path(tmp_path / "small.toml")
    text = SMALL_PLAN.replace('scope = "county"', f'scope = "{scope}"')
    path.write_text(f"{text}{more}\n", encoding="utf-8")
    pack = load_plan(path)
    assert basis(pack.targets[0]) == base
    assert f"{base}：T1" in coverage_lines([pack])


def test_the_table_adds_up_and_gives_the_reason_of_what_is_not_judged():
    lines = coverage_lines([*plans().values()])
    rows = {line.split()[0]: list(map(int, line.split()[1:])) for line in lines[1:8]}
    total = rows.pop("合计")
    assert total == [sum(column) for column in zip(*rows.values(), strict=True)]
    assert total[0] == sum(total[1:]) == len(BY_ID)
    assert any("CX03" in line and "“前列”未定义" in line for line in lines)
    assert any(f"{PREFECTURE}的 48 个" in line and "其中 40 个由各县的数" in line for line in lines)


def test_nine_in_ten_of_a_countys_own_targets_can_be_judged_and_seven_by_its_sheets():
    own = [t for t in BY_ID.values() if basis(t) != PREFECTURE]
    judged = [t for t in own if basis(t) != NOTHING]
    by_sheets = [t for t in own if basis(t) == SHEETS]
    assert 10 * len(judged) >= 9 * len(own) and 10 * len(by_sheets) >= 7 * len(judged)
    share = f"{100 * len(judged) / len(own):.0f}%"
    assert (f"县自己的目标 {len(own)} 个，资料交齐时可判定 {len(judged)} 个（{share}），"
            f"其中{SHEETS} {len(by_sheets)} 个。") in coverage_lines([*plans().values()])


def test_what_only_plans_ask_for_is_computed_into_a_target_of_some_plan():
    asked = {name for target in BY_ID.values() for name in target.fields}
    assert asked == {name for name, v in variables().variables.items() if v.for_plans}
