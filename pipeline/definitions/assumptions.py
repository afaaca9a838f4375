"""What is assumed in a what-if (情景测算): one change a text, read strictly.

    close=学校[,to=学校[,with=教师]]           pupils:学校[:学段]=人数
    move:变量:调出学校:调入学校[:学段]=人数    add:变量:学校[:学段]=数量

A school is called by its code or its name; punctuation may be Chinese (，：＝). Such texts
stand in `scenario.toml` beside a unit's files; a dossier made from them says so.
"""

import os
import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path

from pipeline.definitions.base import MOST_TOML_BYTES, toml_of
from pipeline.definitions.forms.check_rules import refusal_line
from pipeline.definitions.forms.variables import (
    AMOUNT,
    COUNT,
    PERSON,
    classifications,
    fitting_unit,
    fitting_units,
    squeeze,
    variables,
)
from pipeline.definitions.persons.personal import is_personal
from pipeline.ground.admission import NotAdmitted, content_of
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.ground.exact import decimal_text

CLOSE, PUPILS, MOVE, ADD = "close", "pupils", "move", "add"
_CLOSE = re.compile(r"close=(?P<school>[^\s,:=]+)(?:[\s,]+to=(?P<other>[^\s,:=]+)"
                    r"(?P<staff>[\s,]+with=(?:教师|staff))?)?")
_SCHOOL, _STAGE = r"(?P<school>[^\s,:=]+)", r"(?::(?P<stage>[^\s,:=]+))?=(?P<amount>\S+)"
_OTHERS = (re.compile(rf"(?P<kind>pupils):{_SCHOOL}{_STAGE}"),
           re.compile(rf"(?P<kind>add):(?P<variable>[^\s,:=]+):{_SCHOOL}{_STAGE}"),
           re.compile(rf"(?P<kind>move):(?P<variable>[^\s,:=]+):{_SCHOOL}:"
                      rf"(?P<other>[^\s,:=]+){_STAGE}"))
_CHINESE = str.maketrans("，：＝", ",:=")
_MOST_NEAR, _NEAR = 3, 0.5
_NUMBER = re.compile(r"(?P<number>\d{1,12}(\.\d{1,6})?)(?P<unit>\D*)")
_WRITTEN = ("close=校[,to=校[,with=教师]]、pupils:校[:学段]=人数、"
            "move:变量:调出校:调入校[:学段]=人数、add:变量:校[:学段]=数量；校写标识码或校名；"
            "数量可带单位，如 9万元，不写为元、㎡、间、人")


@dataclass(frozen=True)
class Assumption:
    """One assumed change (假设): what kind, of which variable, at which school, how much.

    ``other`` is the school that receives, of a closed one with the teachers where ``staff``;
    ``stage`` is empty where the school has one only.
    """

    text: str
    kind: str
    school: str
    variable: str = ""
    other: str = ""
    stage: str = ""
    amount: Fraction = Fraction(0)
    staff: bool = False

    @property
    def zh(self) -> str:
        """Return the assumption as a sentence for the cover and the list."""
        stage = classifications().zh("stage", self.stage) if self.stage else ""
        if self.kind == CLOSE:
            who, stays = ("学生和教师", "") if self.staff else ("学生", "教师、")
            after = f"，{who}并入{self.other}" if self.other else "，学生不再计入本县"
            return f"{self.school}停办{after}（{stays}校舍、场地、设备不随之调整）"
        if self.kind == PUPILS:
            return f"{self.school}{stage}在校生改为{self.amount}人"
        what = variables().variables[self.variable]
        much = f"{what.zh}{decimal_text(self.amount)}{what.unit}"
        if self.kind == MOVE:
            return f"{stage}{much}由{self.school}调入{self.other}"
        return f"{self.school}{stage}增加{much}"


def read_assumption(text: str) -> Assumption:
    """Read one assumption; `WrongUse` says in Chinese what is wrong with it.

    >>> read_assumption("add:multimedia_rooms:2199000016=2").zh
    '2199000016增加网络多媒体教室数2间'
    """
    text = text.strip()
    if is_personal(text):
        raise WrongUse("假设中有身份证件号码、电话等个人信息，请改正（此处不显示原文）")
    plain = text.translate(_CHINESE)
    closed = _CLOSE.fullmatch(plain)
    if closed:
        return Assumption(text, CLOSE, closed["school"], other=closed["other"] or "",
                          staff=bool(closed["staff"]))
    found = next((m for pattern in _OTHERS if (m := pattern.fullmatch(plain))), None)
    if found is None:
        raise WrongUse(f"假设“{text}”写法有误。可写：{_WRITTEN}。")
    said = found.groupdict()
    variable = _variable(said["variable"], said["kind"]) if "variable" in said else "pupils"
    return Assumption(text, said["kind"], said["school"],
                      "" if variable == "pupils" else variable, said.get("other") or "",
                      _stage(said["stage"]), _amount(said["amount"], variable, text))


def read_assumptions(path: Path) -> tuple[Assumption, ...]:
    """Read `scenario.toml`: ``set = ["…", …]``; nothing where there is no such file.

    `InputRefused` where there is one that cannot be used: figures that should be assumed must
    not come out as real ones.
    """
    if not os.path.lexists(path):
        return ()
    place = "/".join(path.parts[-3:])
    try:
        texts = toml_of(content_of(path, MOST_TOML_BYTES)).get("set")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise InputRefused(f"{place}：应写成 set = [\"假设\", …]")
        return tuple(read_assumption(text) for text in texts)
    except NotAdmitted as fault:
        raise InputRefused(refusal_line(place, fault)) from fault
    except WrongUse as fault:
        raise InputRefused(f"{place}：{fault}") from fault


def _variable(written: str, kind: str) -> str:
    """Return the variable that is named, in code or in Chinese; only amounts can change."""
    known = variables().variables
    kinds = (PERSON,) if kind == MOVE else (PERSON, COUNT, AMOUNT)
    fit = {key: v for key, v in known.items()
           if v.kind in kinds and not v.county and not key.startswith("pupils")}
    named = {**{key: key for key in fit}, **{squeeze(v.zh): key for key, v in fit.items()}}
    found = named.get(written) or named.get(squeeze(written))
    if found is None:
        near = get_close_matches(squeeze(written), named, _MOST_NEAR, _NEAR)
        alike = dict.fromkeys(named[name] for name in near)
        said = "、".join(f"{fit[key].zh}（{key}）" for key in alike)
        raise WrongUse(f"没有变量“{written}”，或它不能{'调动' if kind == MOVE else '增加'}。"
                       + (f"相近的有：{said}。" if said else "名称见 data/reading/variables.toml，"
                          "如 qualified_teachers、multimedia_rooms。"))
    return found


def _stage(written: str | None) -> str:
    if not written:
        return ""
    found = classifications().find("stage", written)
    if found is None:
        raise WrongUse(f"没有学段“{written}”，应为 primary（小学）或 junior（初中）。")
    return found.code


def _amount(written: str, variable: str, text: str) -> Fraction:
    what, written = variables().variables[variable], unicodedata.normalize("NFKC", written)
    found = _NUMBER.fullmatch(written)
    unit = found and (fitting_unit(found["unit"], variable) if found["unit"] else what.unit)
    if not unit:
        raise WrongUse(f"假设“{text}”的数量“{written}”应为不小于0的数字，单位可写"
                       f"{'、'.join(fitting_units(variable))}。")
    amount = Fraction(found["number"]) * variables().units[unit].ratio
    if what.kind in (PERSON, COUNT) and amount.denominator != 1:
        raise WrongUse(f"假设“{text}”：{what.zh}应为整数。")
    return amount
