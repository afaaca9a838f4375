"""The list of units (单元名册): `data/counties.csv`, and the list that a raw folder may bring."""

import csv
import re
from collections import Counter
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from pipeline.definitions.base import DATA
from pipeline.definitions.forms.rare_letters import printable
from pipeline.definitions.persons.personal import WITHHELD, is_personal, shown
from pipeline.ground.errors import DefinitionFault, WrongUse

UNIT = re.compile(r"[0-9]{6}")
LIST = "counties.csv"


@dataclass(frozen=True)
class UnitInfo:
    """A row of a list of units, `data/counties.csv`: the unit of evaluation (评估单元)."""

    code: str
    name: str
    province: str
    prefecture: str
    standard: str
    plans: tuple[str, ...]
    notice: str

    @property
    def withheld(self) -> list[str]:
        """Return the columns that held personal data, which is not kept (个人信息)."""
        return [field.name for field in fields(self) if WITHHELD in getattr(self, field.name)]


def units(raw: Path | None = None) -> dict[str, UnitInfo]:
    """Return code → unit for every row of `data/counties.csv`, and of the list in a raw folder.

    A folder of raw data may bring its own `counties.csv` (单元名册) with the same columns; a
    code that stands in both lists is a `DefinitionFault`: nobody could tell which row holds.
    """
    own = raw / LIST if raw else DATA / LIST
    if own == DATA / LIST or not own.is_file():
        return _listed(DATA / LIST)
    return _with_own(own, own.stat().st_mtime_ns)


@cache
def _with_own(own: Path, changed: int) -> dict[str, UnitInfo]:
    further = _listed(own, changed)
    twice = sorted(further.keys() & _listed(DATA / LIST).keys())
    if twice:
        raise DefinitionFault(own.name, [f"代码 {code} 已在 data/counties.csv 中登记"
                                         for code in twice])
    return _listed(DATA / LIST) | further


@cache
def _listed(path: Path, changed: int = 0) -> dict[str, UnitInfo]:
    """Read one list of units, once; ``changed`` is its time, so that a new list is read anew."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DefinitionFault(path.name, ["不是 UTF-8 编码的 csv"]) from error
    faults = _list_faults(rows)
    if faults:
        raise DefinitionFault(path.name, faults)
    return {row["code"]: _unit(row) for row in rows}


def _unit(row: dict[str, str]) -> UnitInfo:
    kept = {name: WITHHELD if is_personal(text) else printable(text)
            for name, text in row.items()}
    return UnitInfo(**{**kept, "plans": tuple(kept["plans"].split())})


def _list_faults(rows: list[dict]) -> list[str]:
    columns = [field.name for field in fields(UnitInfo)]
    if any(list(row) != columns or None in row.values() for row in rows):
        return [f"每行应为 {'、'.join(columns)} 这 {len(columns)} 栏"]
    times = Counter(row["code"] for row in rows)
    return [f"代码“{shown(code)}”不是6位数字" for code in times if not UNIT.fullmatch(code)] + [
        f"代码 {code} 重复" for code, count in times.items() if count > 1]


def unit_info(code: str, raw: Path | None = None) -> UnitInfo:
    """Return the unit with this code; `WrongUse` when the code is malformed or unknown."""
    if not isinstance(code, str) or not UNIT.fullmatch(code):
        hint = "前导零可能已丢失；" if str(code).isdigit() and len(str(code)) < 6 else ""
        raise WrongUse(f"县代码“{shown(code)}”不是6位数字文本。{hint}请写全6位，如 990101。")
    known = units(raw)
    if code not in known:
        raise WrongUse(f"未登记的县代码“{code}”。请在 data/counties.csv 或原始数据文件夹的 {LIST} "
                       "中登记，或用 junheng list counties 查看已有的县。")
    return known[code]
