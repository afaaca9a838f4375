"""Which unit a row names (统计单位): its code, or its name with what stands above it.

Counties of one name are many (市中区 of 济南市, 枣庄市, 乐山市 …; 2020 census: 28 names of 64
units), so that a name is taken with its prefecture (统计二级) and province (统计一级). A level
that either side leaves blank says nothing; a shorter way of writing (山东, 延边州) says the same.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.cleaning.forms.rows import FormRow
from pipeline.definitions.forms.unit_list import Register, UnitInfo
from pipeline.definitions.forms.variables import squeeze

_LEVELS = {"unit_name": ("unit_prefecture", "unit_province"),
           "located_unit": ("located_prefecture", "located_province")}
_RANK = re.compile(r"(?<=..)(?:特别行政区|自治区|自治州|地区|省|市|盟|州)$")
_KIND = re.compile(r"(?<=..)(?:自治县|[县市区旗])$")
_SAYS_NOTHING = re.compile(r"[-—/]*|无|县|市辖区|.*直辖.*|.*直管.*")


class UnitName(NamedTuple):
    """How a row writes its unit: 统计三级, 统计二级, 统计一级; "" where it does not say."""

    name: str
    prefecture: str = ""
    province: str = ""


def name_column(row: FormRow) -> str:
    """Return the variable that names the row's unit: 统计三级, else 所在地区划三级."""
    return "unit_name" if row.get("unit_name") else "located_unit"


def unit_name(row: FormRow) -> UnitName:
    """Return what a row writes of its unit, by 统计三级, else by 所在地区划三级."""
    column = name_column(row)
    return UnitName(*(squeeze(row.get(v) or "") for v in (column, *_LEVELS[column])))


def units_meant(said: UnitName, known: Register) -> list[UnitInfo]:
    """Return the units of a register that a row can mean, all levels considered."""
    return [unit for unit in known.written.get(said.name, ()) if agrees(unit, said)]


def former_names(said: UnitName, units: Iterable[UnitInfo]) -> list[UnitInfo]:
    """Return the units that a name may have meant before they were renamed (撤县设区、设市): 洞头县
    of 洞头区, 宁乡市 of 宁乡县. It is told, and never taken for the same.

    >>> mine = UnitInfo("330305", "洞头区", "浙江省", "温州市")
    >>> [bool(former_names(UnitName(n), [mine])) for n in ("洞头县", "洞头", "洞头区", "鹿城区")]
    [True, True, False, False]
    """
    stem = _KIND.sub("", said.name)
    return [unit for unit in units if squeeze(unit.name) != said.name
            and _KIND.sub("", squeeze(unit.name)) == stem and agrees(unit, said)]


def agrees(unit: UnitInfo, said: UnitName) -> bool:
    """Tell whether the levels above a name do not contradict: 统计二级 may write the province too.

    A municipality (直辖市) has no prefecture but itself.
    """
    province, prefecture = squeeze(unit.province), squeeze(unit.prefecture)
    if _SAYS_NOTHING.fullmatch(prefecture):
        prefecture = province if province.endswith("市") else ""
    places = (prefecture, province + prefecture) if prefecture else ("",)
    return _same_place(said.province, province, unit.code[:2]) and any(
        _same_place(said.prefecture, place, unit.code[:4]) for place in places)


def _same_place(written: str, place: str, code: str) -> bool:
    """Tell whether two names of a province or a prefecture can be one; a code decides alone.

    >>> _same_place("山东", "山东省", "37"), _same_place("延边州", "延边朝鲜族自治州", "2224")
    (True, True)
    >>> _same_place("枣庄市", "济南市", "3701"), _same_place("370400", "济南市", "3701")
    (False, False)
    """
    if _SAYS_NOTHING.fullmatch(written) or _SAYS_NOTHING.fullmatch(place):
        return True
    if written.isdecimal():
        return written.startswith(code)
    one, other = _RANK.sub("", written), _RANK.sub("", place)
    return one.startswith(other) or other.startswith(one)
