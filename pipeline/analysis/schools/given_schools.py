"""A table of schools that was given, not handed in on a form: read strictly, or refused.

What a cell may be is said here for the library (程序库) alone; what a dossier is made from has
been through `pipeline.cleaning`, which knows files and cells.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Rational

import numpy as np
import pandas as pd

from pipeline.definitions.forms.variables import classifications
from pipeline.definitions.standards import Standard
from pipeline.ground.errors import TableRefused

_LARGEST_EXPONENT = 308  # of a float; a Decimal may have one that no memory holds


@dataclass(frozen=True)
class Columns:
    """The columns of a table by the part they play; those that need not be there may be empty."""

    school: str
    stage: str
    pupils: str
    year: str
    location: str
    group: str
    values: tuple[str, ...]
    amounts: tuple[str, ...]

    @property
    def read(self) -> list[str]:
        """Return every column that is read, once."""
        return list(dict.fromkeys([*self.named, *([self.group] if self.group else [])]))

    @property
    def named(self) -> list[str]:
        """Return the column of each part but the group, which may be of another part too."""
        parts = (self.school, self.stage, self.pupils, self.year, self.location)
        return [name for name in (*parts, *self.values, *self.amounts) if name != ""]


def exact_number(value: object) -> Fraction | None:
    """Return a number exactly (精确数), None where it is missing; `ValueError` if it is no number.

    A float stands for the shortest decimal that gives it: 0.1 is 1/10, however it is held.

    >>> exact_number(0.1) == exact_number(np.float32(0.1)) == exact_number(Decimal("0.1"))
    True
    """
    if value is None or value is pd.NA or _is_nan(value):
        return None
    if isinstance(value, bool) or not isinstance(value, Rational | Decimal | float | np.floating):
        raise ValueError(f"{value!r} 不是数；文本请先转换，如 .map(Fraction)")
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    written = Decimal(str(value))
    if written.is_infinite():
        raise ValueError("是无穷大，应为数")
    if written and abs(written.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"{value} 大小超出范围")
    return Fraction(written)


def school_rows(table: pd.DataFrame, columns: Columns, standard: Standard, allow_missing: bool
                ) -> list[dict]:
    """Return one dict a row: year, stage, school_code, pupils, location, group and ``values``,
    per pupil, by column; `TableRefused` with every fault of the table."""
    _columns_are_there(table, columns)
    cells = {name: table[name].to_numpy() for name in columns.read}
    reading = _Reading(columns, standard, allow_missing)
    rows = [reading.row(n, {name: cells[name][n] for name in cells}) for n in range(len(table))]
    faults = [*reading.faults, *_twice(rows, columns)]
    if faults:
        raise TableRefused(faults)
    return rows


def _columns_are_there(table: pd.DataFrame, columns: Columns) -> None:
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise TableRefused(["应给出至少有一行的 pandas 数据表"])
    if not (columns.values or columns.amounts):
        raise TableRefused(["没有写明测算哪些列：values 为生均值或比率，amounts 为资源总数"])
    if "" in (columns.school, columns.stage, columns.pupils, *columns.values, *columns.amounts):
        raise TableRefused(["学校、学段、学生数和所测算的列，列名不得为空"])
    there, read = list(table.columns), columns.read
    faults = [f"缺少列“{name}”；现有：{'、'.join(map(str, there))}"
              for name in read if name not in there]
    faults += [f"列“{name}”有{there.count(name)}个，分不清是哪一个"
               for name in read if there.count(name) > 1]
    faults += [f"列“{name}”只能有一种用途"
               for name, times in Counter(columns.named).items() if times > 1]
    if faults:
        raise TableRefused(faults)


class _Reading:
    """Reads row after row and keeps what is wrong with each cell."""

    def __init__(self, columns: Columns, standard: Standard, allow_missing: bool):
        self.columns, self.standard, self.allow_missing = columns, standard, allow_missing
        self.faults: list[str] = []

    def row(self, number: int, cells: dict[str, object]) -> dict:
        """Return what one row says; a cell at fault is None."""
        of = self.columns

        def read(name: str, how: Callable, absent: object = "") -> object:
            try:
                return how(cells[name]) if name else absent
            except ValueError as fault:
                self.faults.append(f"第{number + 1}行{told} 列“{name}”：{fault}")
                return None

        told = ""
        school = read(of.school, _label)
        told = f"（学校 {school}）" if school else ""
        pupils = read(of.pupils, _pupils)
        values = {name: read(name, self._value) for name in of.values}
        for name in of.amounts:
            amount = read(name, self._value)
            values[name] = None if None in (amount, pupils) else amount / pupils
        return {"year": read(of.year, _whole, 0), "stage": read(of.stage, self._stage),
                "school_code": school, "pupils": pupils, "location": read(of.location, _location),
                "group": read(of.group, _label), "values": values}

    def _stage(self, value: object) -> str:
        wording = _label(value)
        found = classifications().find("stage", wording)
        code = found.code if found else wording
        if code not in self.standard.stages:
            known = "、".join(f"{zh}（{code}）" for code, zh in self.standard.stages.items())
            raise ValueError(f"学段“{wording}”不在标准包 {self.standard.id} 中，应为{known}")
        return code

    def _value(self, value: object) -> Fraction | None:
        number = exact_number(value)
        if number is None and not self.allow_missing:
            raise ValueError("缺数据；写明 allow_missing=True 则照列为缺数据，结论为待核")
        if number is not None and number < 0:
            raise ValueError(f"{value} 是负数，应不小于0")
        return number


def _twice(rows: list[dict], columns: Columns) -> Iterator[str]:
    """Yield a fault for each school that stands in a stage and year more than once."""
    counted = Counter((row["year"], row["stage"], row["school_code"]) for row in rows)
    for (year, stage, school), times in counted.items():
        if times > 1 and None not in (year, stage, school):
            when = f"{year}年" if columns.year else ""
            remedy = "" if columns.year else "；有多个年份的写明 year=年份所在的列"
            yield f"学校 {school} {when}同一学段（{stage}）有{times}行，应只有一行{remedy}"


def _label(value: object) -> str:
    """Return a code or a name as text; codes may be whole numbers."""
    text = "" if value is None or value is pd.NA or _is_nan(value) else str(value).strip()
    if not text:
        raise ValueError("空白")
    return text


def _location(value: object) -> str:
    found = classifications().find("location", _label(value))
    if found is None:
        raise ValueError(f"“{value}”不是城乡类型，应为"
                         + "、".join(known.zh for known in classifications().location))
    return found.code


def _whole(value: object) -> int:
    number = exact_number(value)
    if number is None:
        raise ValueError("空白")
    if number.denominator != 1:
        raise ValueError(f"{value} 不是整数")
    return int(number)


def _pupils(value: object) -> int:
    pupils = _whole(value)
    if pupils < 1:
        raise ValueError(f"{value} 应不小于1；没有学生的学校请先去掉")
    return pupils


def _is_nan(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, float | np.floating) and bool(value != value)
