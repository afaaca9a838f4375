"""The lists of units (单元名册): which code is which county, under which standard and plans.

Three stand behind each other: `counties.csv` of a raw folder, `data/counties.csv`, and the
published codes of counties (`data/reading/county_codes.csv`), with which a unit that nobody has
registered goes ahead under the national standard, and that is said.
"""

import csv
import io
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path

from pipeline.definitions.base import DATA
from pipeline.definitions.forms.county_layouts import provinces
from pipeline.definitions.forms.rare_letters import printable
from pipeline.definitions.forms.variables import squeeze
from pipeline.definitions.persons.personal import WITHHELD, is_personal, shown
from pipeline.ground.errors import DefinitionFault, WrongUse

LIST = "counties.csv"
CODES = DATA / "reading" / "county_codes.csv"
NATIONAL = "cn-2017-06"
UNIT = re.compile(r"[0-9]{6}")
_MOST_CODE = 999999
_HEADINGS = {
    "code": ("code", "代码", "县代码", "县级代码", "行政区划代码", "区划代码"),
    "name": ("name", "名称", "县名", "县", "县(市、区)", "县区", "区县"),
    "province": ("province", "省", "省份", "省(自治区、直辖市)"),
    "prefecture": ("prefecture", "市", "市州", "地市", "地级市", "市(州)"),
    "standard": ("standard", "标准包", "标准", "所用标准"),
    "plans": ("plans", "规划包", "规划", "所属规划包"),
    "notice": ("notice", "页眉标注", "标注", "提示")}
_SEPARATORS = ",\t;，"
_NAMED = re.compile(r"[0-9]{6}_([^._]+)")
_COUNTY = re.compile(r"[县市区旗]$")


@dataclass(frozen=True)
class UnitInfo:
    """A row of a list of units: the unit of evaluation (评估单元)."""

    code: str
    name: str
    province: str = ""
    prefecture: str = ""
    standard: str = NATIONAL
    plans: tuple[str, ...] = ()
    notice: str = ""

    @property
    def withheld(self) -> list[str]:
        """Return the columns that held personal data, which is not kept (个人信息)."""
        return [field.name for field in fields(self) if WITHHELD in getattr(self, field.name)]


class Register(dict[str, UnitInfo]):
    """A list of units (名册) by their code, and by what tables write, indexed once for all."""

    @cached_property
    def written(self) -> dict[str, list[UnitInfo]]:
        """Return what 统计三级 may write → the units that it can mean."""
        found = defaultdict(list)
        for unit in self.values():
            for name in written_names(unit):
                found[name].append(unit)
        return dict(found)


NOBODY = Register()


@cache
def written_names(unit: UnitInfo) -> frozenset[str]:
    """Return how 统计三级 may write a unit: the code, or the name with what stands above it."""
    above = ("", unit.province, unit.prefecture, unit.province + unit.prefecture)
    return frozenset({squeeze(before + unit.name) for before in above} | {unit.code})


def units(raw: Path | None = None) -> Register:
    """Return code → unit for every row of `data/counties.csv`, and of the list in a raw folder.

    A folder of raw data may bring its own `counties.csv`: UTF-8 or GB18030, its columns named
    in Chinese or English, or in the order of `UnitInfo` without a heading; code and name are
    enough. A code that stands in both lists is a `DefinitionFault`: nobody could tell which row
    holds.
    """
    own = raw / LIST if raw else DATA / LIST
    if own == DATA / LIST or not own.is_file():
        return _listed(DATA / LIST)
    return _with_own(own, own.stat().st_mtime_ns)


def unit_of(code: str, raw: Path | None = None) -> UnitInfo | None:
    """Return the unit with this code, registered or with a published code; None for others."""
    return units(raw).get(code) or published_units().get(code)


def unit_info(given: str | int, raw: Path | None = None) -> UnitInfo:
    """Return the unit with this code; `WrongUse` when the code is malformed or unknown."""
    code = unit_code(given)
    found = unit_of(code, raw)
    if found is None:
        raise WrongUse(f"未登记的县代码“{code}”，也不在国家公布的县级代码中。"
                       f"{line_to_add(code, raw)}")
    return found


def unit_code(given: str | int) -> str:
    """Return a code as six digits: a number, as papermill's -p and YAML make of it, has lost
    its leading zeros.

    >>> unit_code("990101"), unit_code(990101), unit_code(6037)
    ('990101', '990101', '006037')
    """
    if type(given) is int and 0 < given <= _MOST_CODE:
        return f"{given:06d}"
    if not isinstance(given, str) or not UNIT.fullmatch(given):
        hint = "前导零可能已丢失；" if str(given).isdigit() and len(str(given)) < 6 else ""
        raise WrongUse(f"县代码“{shown(str(given))}”不是6位数字文本。{hint}请写全6位，如 990101。")
    return given


def published_notice(code: str, raw: Path) -> str:
    """Say how a unit that nobody has registered is taken; "" for a registered one."""
    unit = published_units().get(code)
    if unit is None or code in units(raw):
        return ""
    return (f"{code} 没有登记，按国家公布的县级代码为{unit.province}{unit.prefecture}{unit.name}，"
            f"用国家标准包 {NATIONAL}，不套用规划包")


def line_to_add(code: str, raw: Path | None = None) -> str:
    """Say which line registers a unit; its name is that in the name of its file, if any."""
    there = sorted(raw.glob(f"[12][0-9][0-9][0-9]/{code}_*")) if raw else []
    named = [name for path in there if (name := name_in(path))]
    name, province = named[0] if named else "某某县", provinces().get(code[:2], "某某省")
    return (f"请把下面一行加进原始数据文件夹中的 {LIST}（没有这个文件就新建，"
            f"可以只写这一行），再改成实际的县、省、市：\n{code},{name},{province},某某市,{NATIONAL},,")


def lines_to_add(named: Iterable[UnitInfo]) -> str:
    """Say which lines register units that a table names; a code that is not known is to be put in
    its place.

    >>> print(lines_to_add([UnitInfo("", "乙县", "某省", "某市")]).partition("：")[2].strip())
    6位县代码,乙县,某省,某市,cn-2017-06,,
    """
    lines = "\n".join(",".join((unit.code or "6位县代码", unit.name, unit.province or "某某省",
                                unit.prefecture or "某某市", NATIONAL, "", "")) for unit in named)
    return (f"请把下面各行加进原始数据文件夹中的 {LIST}（没有这个文件就新建，可以只写这几行），"
            f"核对代码、省、市：\n{lines}")


def name_in(path: Path) -> str:
    """Return the name of a county that stands in a file's name behind the code; "" if none."""
    named = _NAMED.match(path.name)
    return named[1] if named and _COUNTY.search(named[1]) and not is_personal(named[1]) else ""


@cache
def published_units() -> Register:
    """Return code → unit for the published codes of counties; no plan binds them."""
    with CODES.open(encoding="utf-8", newline="") as file:
        return Register((row.pop("code"), UnitInfo(code, **row)) for row in csv.DictReader(file)
                        if (code := row["code"]) and row.pop("source"))


@cache
def _with_own(own: Path, changed: int) -> Register:
    further = _listed(own, changed)
    twice = sorted(further.keys() & _listed(DATA / LIST).keys())
    if twice:
        raise DefinitionFault(own.name, [f"代码 {code} 已在 data/counties.csv 中登记"
                                         for code in twice])
    return Register(_listed(DATA / LIST) | further)


@cache
def _listed(path: Path, changed: int = 0) -> Register:
    """Read one list of units, once; ``changed`` is its time, so that a new list is read anew."""
    lines = [line for line in _lines(path) if any(line)]
    columns = [field.name for field in fields(UnitInfo)]
    if lines and not any(map(UNIT.fullmatch, map(_plain, lines[0]))):
        columns = _columns(lines.pop(0), path)
    faults = _faults(lines, columns)
    if faults:
        raise DefinitionFault(path.name, faults)
    found = [_unit(dict(zip(columns, line, strict=False))) for line in lines]
    return Register((unit.code, unit) for unit in found)


def _lines(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            comma = max(_SEPARATORS, key=text.partition("\n")[0].count)
            read = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
            return [[cell.strip() for cell in line] for line in read]
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise DefinitionFault(path.name, ["不是有效的 csv：引号不成对"]) from error
    raise DefinitionFault(path.name, ["不是 UTF-8 或 GB18030 编码的 csv"])


def _columns(heading: list[str], path: Path) -> list[str]:
    """Return the columns that a heading names."""
    known = {written: column for column, all_ in _HEADINGS.items() for written in all_}
    found = [known.get(_plain(cell).lower(), "") for cell in heading]
    usable = "、".join(names[1] for names in _HEADINGS.values())
    faults = [f"不认识栏名“{shown(cell)}”，可用：{usable}"
              for cell, column in zip(heading, found, strict=True) if cell and not column]
    faults += [f"有两栏都是“{_HEADINGS[c][1]}”" for c, n in Counter(found).items() if c and n > 1]
    faults += [f"缺少“{_HEADINGS[c][1]}”栏" for c in ("code", "name") if c not in found]
    if faults:
        raise DefinitionFault(path.name, faults)
    return found


def _faults(lines: list[list[str]], columns: list[str]) -> list[str]:
    most = f"最多 {len(columns)} 栏：{'、'.join(filter(None, columns))}"
    faults = [f"第{n}个县有 {len(line)} 栏，{most}"
              for n, line in enumerate(lines, 1) if any(line[len(columns):])]
    place = columns.index("code")
    codes = Counter(_plain(line[place]) if place < len(line) else "" for line in lines)
    faults += [f"代码“{shown(code)}”不是6位数字" for code in codes if not UNIT.fullmatch(code)]
    faults += [f"代码 {code} 重复" for code, count in codes.items() if count > 1]
    place = columns.index("name")
    return faults + [f"第{n}个县没有名称" for n, line in enumerate(lines, 1)
                     if place >= len(line) or not line[place]]


def _plain(cell: str) -> str:
    """Return a code or a heading in half-width letters."""
    return unicodedata.normalize("NFKC", cell)


def _unit(row: dict[str, str]) -> UnitInfo:
    row = {name: WITHHELD if is_personal(text) else printable(text)
           for name, text in row.items() if name and text}
    code = _plain(row["code"])
    return UnitInfo(**{"province": provinces().get(code[:2], ""), **row, "code": code,
                       "plans": tuple(row.get("plans", "").split())})
