"""The words and tables that pass between rooms: one word a concept, one table a shape.

Every table that a chapter hands to another is declared in `data/tables.toml` with the kind,
the Chinese label and the meaning of each column; `data/processed/README.md` is printed from it.
Kinds: ``text``; ``whole`` (int or missing); ``exact`` (Fraction or missing, written as
lossless text); ``number`` (float, models only); ``flag`` (true/false).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.ground.exact import exact_text, from_exact_text
from pipeline.ground.readiness import readied
from pipeline.ground.software import HOME

if TYPE_CHECKING:  # at work pandas is imported with the first table: half a second of a start
    import numpy as np
    import pandas as pd

MET, NOT_MET, UNDETERMINED = "met", "not_met", "undetermined"
NOT_APPLICABLE = "not_applicable"
STATE_ZH = {MET: "达标", NOT_MET: "未达标", UNDETERMINED: "待核"}
NOT_JUDGED = "not_judged"  # by a standard that only describes
VERDICT_ZH = STATE_ZH | {NOT_JUDGED: "不作判定"}

TARGET_STATE_ZH = {MET: "达到", NOT_MET: "未达到", UNDETERMINED: "待核", NOT_APPLICABLE: "不适用"}

ABOVE, FLOOR, BELOW, MISSING = "met", "floor", "below", "missing"

RESOURCE, VETO, ELIGIBILITY = "资源配置", "一票否决", "申报条件"  # groups of judgements

LEVEL = 0.05  # of tests, and of intervals' misses (显著性水平)
FITTED, PROJECTED, POOLED = "fitted", "projected", "pooled"  # a model, a path, a county
REFUSED, FAILED = "refused", "failed"  # instead of each of these, and of a dossier

IN_ALL = "合计"  # the group of all groups of a survey: no key is blank
AT_THRESHOLD, AT_FLOOR, ALL = "threshold", "floor", "all"  # plans of the path; all schools

NEW, OPEN, IN_HAND, OVERDUE = "新增", "待落实", "整改中", "已到期未完成"  # rows of the ledger
UNKNOWN, CLOSED, RELAPSED, OWN = "待核", "已销号", "反弹", "自报"
LEDGER_STATES = (NEW, RELAPSED, OVERDUE, OPEN, IN_HAND, UNKNOWN, OWN, CLOSED)

LOCATIONS = ("urban", "town", "rural")
COUNTY_SHEETS = ("facts", "evidence", "class_sizes", "rooms", "monitoring",
                 "ledger_rows", "spot_checks", "survey", "grade_pupils")  # beside its schools

USED, EXCLUDED, MERGED = "used", "excluded", "merged"
REFUSE, WARN, CLEAN, NOTE = "refuse", "warn", "clean", "note"
SEVERITY_ZH = {REFUSE: "拒收", WARN: "提醒", CLEAN: "已清洗", NOTE: "说明"}

_DECLARED = HOME / "data" / "tables.toml"

EXHIBIT_MIME = "application/vnd.junheng.exhibit+json"


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in code, kind, Chinese label and meaning."""

    name: str
    kind: str
    zh: str
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """A table that passes between rooms; ``variables`` is the kind of further columns, if any,
    ``key`` the columns whose values no two rows share (主键), where it has such."""

    name: str
    zh: str
    columns: tuple[Column, ...]
    variables: str = ""
    key: tuple[str, ...] = ()

    def frame(self, rows: list[dict]) -> pd.DataFrame:
        """Build the table from rows, with every declared column and in their order.

        What a row does not say is missing: an empty text, or None.
        """
        names = [column.name for column in self.columns]
        extra = sorted({key for row in rows for key in row} - set(names))
        if extra and not self.variables:
            raise KeyError(f"table {self.name}: undeclared columns {extra}")
        blank = {name: "" if self.kind(name) == "text" else None for name in (*names, *extra)}
        return _frame({name: [row.get(name, nothing) for row in rows]
                       for name, nothing in blank.items()})

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return {column.name: column.kind for column in self.columns}

    def kind(self, name: str) -> str:
        """Return the kind of a column, declared or a variable's."""
        return self._kinds.get(name, self.variables)

    def to_text(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the table as text, losslessly (what a csv file of it holds)."""
        columns = zip(frame.columns, frame.to_numpy(object).T.tolist(), strict=True)
        cells = {name: list(map(_TO_TEXT[self.kind(name)], values)) for name, values in columns}
        return _frame(cells)

    def from_text(self, columns: Mapping[str, Iterable[str]]) -> pd.DataFrame:
        """Read back what `to_text` gave, by column."""
        cells = {c: list(map(_FROM_TEXT[self.kind(c)], columns[c])) for c in columns}
        return _frame(cells)


def verdict(statuses: list[str]) -> str:
    """Combine states (综合): any failure → not_met; else any gap → undetermined; else met.

    >>> verdict(["met", "undetermined", "not_met"]), verdict(["met", "undetermined"])
    ('not_met', 'undetermined')
    """
    for status in (NOT_MET, UNDETERMINED):
        if status in statuses:
            return status
    return MET if statuses else UNDETERMINED


def is_missing(value: object) -> bool:
    """Tell whether a table's value is missing (缺失): None or NaN; zero is data."""
    return value is None or (isinstance(value, float) and value != value)


def known(values: pd.Series) -> np.ndarray:
    """Return a mask of the values that are there; right for an empty column too."""
    import numpy as np

    return np.array([not is_missing(value) for value in values], dtype=bool)


def _frame(columns: dict[str, list]) -> pd.DataFrame:
    """Put columns of objects into one block: pandas looks at each column of a dict for itself."""
    import numpy as np
    import pandas as pd

    (length,) = set(map(len, columns.values())) or {0}
    cells = np.empty((len(columns), length), dtype=object)
    for place, values in enumerate(columns.values()):
        cells[place, :] = values
    return pd.DataFrame(cells.T, columns=list(columns), dtype=object)


@readied
def _frames() -> None:
    """Import what tables are made of before a process forks."""
    _frame({})


def records(frame: pd.DataFrame) -> list[dict]:
    """Return the rows of a frame as dicts (逐行), values as they are.

    `DataFrame.to_dict` asks of every value whether it is numpy's, which costs ten times as much.

    >>> import pandas as pd
    >>> records(pd.DataFrame({"stage": ["primary"], "met": [7]}))
    [{'stage': 'primary', 'met': 7}]
    """
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy(object).tolist()]


def cell_told(row: Mapping[str, object]) -> str:
    """Return the cell of a finding with the school and the heading it stands under (位置), save
    where the finding's own words name them: ``P15（竹园小学“教学仪器设备值”）``."""
    if not row["row"]:
        return ""
    cell = f"{row['column']}{row['row']}" if row["column"] else f"第{row['row']}行"
    subject = "" if row["subject"] in row["action"] else row["subject"]
    named = row["header"].partition("(")[0] in row["action"]     # with or without the unit
    header = "" if named else f"“{row['header']}”"
    return cell + (f"（{subject}{header}）" if subject or header else "")


def _optional(function):
    return lambda value: "" if is_missing(value) else function(value)


_TO_TEXT = {
    "text": _optional(str),
    "whole": _optional(lambda value: str(int(value))),
    "exact": _optional(exact_text),
    "number": _optional(lambda value: repr(float(value))),
    "flag": _optional(lambda value: "true" if value else "false"),
}
_FROM_TEXT = {
    "text": lambda text: text,
    "whole": lambda text: int(text) if text else None,
    "exact": from_exact_text,
    "number": lambda text: float(text) if text else None,
    "flag": lambda text: {"true": True, "false": False}.get(text),
}


def _column(line: str) -> Column:
    """Read one ``name kind label meaning`` line; the meaning may be left out."""
    return Column(*line.split(maxsplit=3))


def _tables() -> dict[str, Table]:
    raw = tomllib.loads(_DECLARED.read_text(encoding="utf-8"))
    shared = [_column(line) for line in raw["section"]]
    return {
        name: Table(
            name, table["zh"],
            (*(shared if table.get("section") else []), *map(_column, table["columns"])),
            table.get("variables", ""), tuple(table.get("key", ())))
        for name, table in raw["tables"].items()}


TABLES = _tables()
