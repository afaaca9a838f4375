"""What becomes of a county in a batch (结局): its state, why, and what it took."""

from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from pipeline.ground.terms import FAILED, REFUSED
from pipeline.publishing.order import Order

OK, CACHED, TIMEOUT, KILLED, NOT_RUN = "ok", "cached", "timeout", "killed", "not_run"
STATE_ZH = {OK: "已出", CACHED: "未变，沿用", REFUSED: "拒收", FAILED: "失败", TIMEOUT: "超时",
            KILLED: "中止", NOT_RUN: "未做"}
DONE = (OK, CACHED)
FAULTS = (REFUSED, FAILED, TIMEOUT, KILLED)


@dataclass(frozen=True)
class Task:
    """One county of a batch: its order, the run id it must come to, and why it is made.

    ``state`` is empty where the county is to be made, and what has become of it where that is
    known before: `CACHED` where the published dossier is complete and of this run id, a fault
    where it cannot be made, with the reason in ``why``. ``trace`` is for the log of a fault of
    ours; ``seed`` decides the random numbers.
    """

    order: Order
    code: str
    name: str
    run_id: str = ""
    why: str = ""
    state: str = ""
    trace: str = ""
    seed: str = ""

    @property
    def target(self) -> Path:
        """Return the folder of the published dossier."""
        return self.order.target


@dataclass(frozen=True)
class Outcome:
    """One line of the batch record: everything about a county that is not its dossier."""

    code: str
    name: str
    state: Literal["ok", "cached", "refused", "failed", "timeout", "killed", "not_run"]
    reason: str = ""
    chapter: str = ""
    seconds: float = 0.0
    peak_memory_mb: int = 0
    attempts: int = 0
    run_id: str = ""

    @classmethod
    def of(cls, task: Task, state: str, reason: str = "", **more: object) -> "Outcome":
        """Return the outcome of a task."""
        return cls(task.code, task.name, state, reason, **more)

    @classmethod
    def read(cls, record: dict) -> "Outcome":
        """Return the outcome that a line of the journal holds; `ValueError` where it is none."""
        return _checked().validate_python(record)

    def but(self, **changes: object) -> "Outcome":
        """Return the outcome with some things said otherwise."""
        return replace(self, **changes)

    def record(self) -> dict:
        """Return it as plain data."""
        return asdict(self)

    def line(self, lacking: str = "未出卷宗") -> str:
        """Return it in words, for people; ``lacking`` says what there is not."""
        state = "、".join(filter(None, (STATE_ZH[self.state], self.chapter)))
        none = "" if self.state in DONE else f"{lacking}，"
        return f"{self.code} {self.name}：{none}{state}。{self.reason}"


@cache
def _checked() -> TypeAdapter:
    return TypeAdapter(Outcome)
