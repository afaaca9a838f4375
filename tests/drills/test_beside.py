"""The command that measures two checkouts side by side: in turn, medians, targets kept or not."""

import importlib.util
import sys

import pytest

from pipeline.definitions.base import ROOT

PLACE = ROOT / "benchmarks"
_spec = importlib.util.spec_from_file_location("beside", PLACE / "beside.py")


@pytest.fixture(scope="module")
def beside():
    before, sys.path = sys.path, [str(PLACE), *sys.path]
    module = importlib.util.module_from_spec(_spec)
    sys.modules["beside"] = module
    _spec.loader.exec_module(module)
    yield module
    sys.path = before
    for name in ("beside", "comparing", "engines", "shared"):
        sys.modules.pop(name, None)


def taken(beside, cpu, clock=1.0, memory=0.0):
    return beside.Taken(1, clock, cpu, memory, {})


def test_both_are_measured_in_turn_and_the_first_pair_does_not_count(beside):
    asked = []
    row = beside.Row("one", lambda side: asked.append(side) or len(asked))
    assert beside.pairs(row, "other", "this", 2) == [(3, 4), (5, 6)]
    assert asked == ["other", "this"] * 3


@pytest.mark.parametrize(("seconds", "said"), [
    (0.34, "比 0.34，目标 0.35 到"), (0.35, "比 0.35，目标 0.35 到"),
    (0.36, "比 0.36，目标 0.35 未到")])
def test_a_row_is_within_its_target_up_to_the_target_itself(beside, seconds, said):
    row = beside.Row("one", None, 0.35)
    assert said in beside.line(row, [(taken(beside, 1.0), taken(beside, seconds))])


def test_medians_of_processor_and_clock_are_told_with_the_least_and_the_most(beside):
    found = [(taken(beside, cpu, clock), taken(beside, cpu / 2, clock / 4))
             for cpu, clock in ((4.0, 9.0), (1.0, 8.0), (2.0, 1.0))]
    said = beside.line(beside.Row("one", None), found)
    assert "2.000（1.000—4.000）  1.000（0.500—2.000）  比 0.50  钟表 8.00 2.00" in said
    assert "目标" not in said and "内存" not in said


def test_a_command_that_fails_in_one_checkout_is_not_measured_and_the_end_says_so(
        beside, monkeypatch, capsys, tmp_path):
    sides = [beside.Side(ROOT, tmp_path) for _ in range(2)]
    monkeypatch.setattr(beside, "ROWS", (beside.Row("bad", beside.command("no-such")),))
    assert beside.beside(*sides, [], 1) == 2
    assert "bad         未能测：no-such 以 2 退出" in capsys.readouterr().out
