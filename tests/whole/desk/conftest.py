"""A desk without any process, a clerk of it who has signed in, and its clock."""

import pytest
from asked_desk import Asked, desk_at

from pipeline.whole.desk import desk_clock


@pytest.fixture
def asked(tmp_path):
    return Asked(desk_at(tmp_path / "desk"))


@pytest.fixture
def clerk(asked):
    return asked.sign_in()


@pytest.fixture
def later(monkeypatch):
    """Return how to let seconds of the machine's steady clock go by."""
    usual, gone = desk_clock._steady, [0.0]
    monkeypatch.setattr(desk_clock, "_steady", lambda: usual() + gone[0])

    def go(seconds):
        gone[0] += seconds
    return go
