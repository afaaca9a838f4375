"""Assumptions made true in the rows of the year (情景测算), before splitting and merging.

The cells stay as they were read; each change is a finding at its cell. What the schools
share is then split and merged anew, so that a scenario is judged as its tables would be.
"""

from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.forms.derivation import RATIOS
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.schools.sections import Section, sections_of, stage_in_name, whole_name
from pipeline.definitions.assumptions import ADD, CLOSE, MOVE, PUPILS, Assumption
from pipeline.definitions.forms.variables import PERSON, classifications, squeeze, variables
from pipeline.definitions.standards import Standard
from pipeline.ground.errors import WrongUse
from pipeline.ground.exact import decimal_text

_MOST_NEAR, _NEAR = 3, 0.5
_OF_CLASSES = ("classes", "largest_class")     # a closed school has none


def assume(assumptions: tuple[Assumption, ...], rows: list[FormRow], standard: Standard,
           findings: Findings) -> None:
    """Change the rows of one unit and year as is assumed; `WrongUse` when that cannot be."""
    if not assumptions:
        return
    scenario = _Scenario(rows, standard, findings)
    act = {CLOSE: scenario.close, PUPILS: scenario.enrol, MOVE: scenario.move, ADD: scenario.add}
    for assumption in assumptions:
        act[assumption.kind](scenario.settled(assumption))


class _Scenario:
    """The sections of the year while assumptions are made, one after the other."""

    def __init__(self, rows: list[FormRow], standard: Standard, findings: Findings):
        self._findings = findings
        self._split = {v for i in standard.used_indicators if i.split for v in i.variables}
        self._asked = {v for i in standard.used_indicators if i.numerator for v in i.variables}
        self._closed: set[str] = set()
        self._schools: dict[str, list[Section]] = {}
        for section in sections_of(rows, standard, Findings()):
            self._schools.setdefault(section.school_code, []).append(section)

    def settled(self, assumed: Assumption) -> Assumption:
        """Return an assumption with the codes of its schools, and the stage of a section that is
        called by the name it is shown under: 甲学校（初中部）."""
        called = [name for name in (assumed.school, assumed.other) if name]
        found = [self._called(name) for name in called]
        stages = {stage for _, stage in found if stage} | {assumed.stage} - {""}
        if len(stages) > 1:
            raise WrongUse(f"假设“{assumed.text}”：所写的学段不一致。")
        for (code, stage), name in zip(found, called, strict=True):
            if stage and assumed.kind == CLOSE and len(self._schools[code]) > 1:
                raise WrongUse(f"假设“{assumed.text}”：停办按整所学校假设，“{name}”只是一个学段部，"
                               f"请写 {whole_name(name)}。")
        codes = [code for code, _ in found] + [""]
        return replace(assumed, school=codes[0], other=codes[1], stage="".join(stages))

    def close(self, assumed: Assumption) -> None:
        """Close a school; its pupils of each stage go to the other school, if one is named, and
        its teachers with them if that is assumed. Rooms and equipment stay where they are."""
        school = self._schools[assumed.school]
        other = self._schools[assumed.other] if assumed.other else None
        if other is school or other and other[0].school_code in self._closed:
            why = "停办学校与接收学校相同" if other is school else "接收学校已假设停办"
            raise WrongUse(f"假设“{assumed.text}”：{why}。")
        self._closed.add(school[0].school_code)
        for section in school:
            if other:
                into = self._section(assumed.other, section.stage)
                self._set_pupils(into, into.pupils + section.pupils)
                for variable, much in self._people(section) if assumed.staff else ():
                    self._change(into, variable, much)
                    self._change(section, variable, -much)
            self._set_pupils(section, 0)
            for variable in _OF_CLASSES:
                if section.row.get(section.said.key(variable)):
                    section.row.values[section.said.key(variable)] = Fraction(0)

    def enrol(self, assumed: Assumption) -> None:
        """Give a section another number of pupils (在校生数)."""
        section = self._section(assumed.school, assumed.stage)
        self._set_pupils(section, int(assumed.amount))

    def move(self, assumed: Assumption) -> None:
        """Move people of one stage from school to school."""
        stage = assumed.stage or self._shared_stage(assumed)
        giver, taker = (self._section(code, stage) for code in (assumed.school, assumed.other))
        if giver is taker:
            raise WrongUse(f"假设“{assumed.text}”：调出校与调入校相同。")
        self._change(giver, assumed.variable, -assumed.amount)
        self._change(taker, assumed.variable, assumed.amount)

    def add(self, assumed: Assumption) -> None:
        """Add to what a section has; what the stages share is added to the whole school's."""
        school = self._schools[assumed.school]
        if assumed.variable not in self._split:
            section = self._section(assumed.school, assumed.stage)
            self._change(section, assumed.variable, assumed.amount)
            return
        holding = [s for s in school if s.said.get(assumed.variable) is not None]
        if not holding:
            raise _absent(school[0], assumed.variable)
        whole = {id(s.row): s for s in holding}.values()
        staged = next((s for s in holding if s.said.key(assumed.variable) != assumed.variable),
                      None)
        for n, section in enumerate([staged] if staged else whole):
            self._change(section, assumed.variable, assumed.amount, noted=not n)

    def _people(self, section: Section) -> list[tuple[str, Fraction]]:
        """Return the counts of teachers that a section has now and an indicator asks for; what is
        not known cannot go elsewhere, and would be known there as less than it is."""
        asked = [v for v in section.variables
                 if v in self._asked and variables().variables[v].kind == PERSON]
        found = [(v, _now(section, v)) for v in asked]
        for variable, much in found:
            if much is None:
                raise _absent(section, variable)
        return [(v, much) for v, much in found if much]

    def _called(self, called: str) -> tuple[str, str]:
        """Return the code of a school that is called by its code or its name; and a stage, where
        the name is that of one of its sections."""
        if called in self._schools:
            return called, ""
        names = {code: sections[0].row.get("name") or "" for code, sections in
                 self._schools.items()}
        for name, stage in ((called, ""), (whole_name(called), stage_in_name(called))):
            found = [code for code, own in names.items() if squeeze(own) == squeeze(name)]
            if len(found) == 1:
                return found[0], stage
            if found:
                raise WrongUse(f"本县有{len(found)}所“{called}”，请写标识码：{'、'.join(found)}。")
        near = get_close_matches(called, [*names.values(), *names], _MOST_NEAR, _NEAR)
        said = "、".join(f"{name}（{code}）" for code, name in names.items()
                        if name in near or code in near)
        raise WrongUse(f"本县本年的学校数据表中没有学校“{called}”。"
                       + (f"相近的有：{said}。" if said else "请写学校标识码或校名全称。"))

    def _section(self, code: str, stage: str) -> Section:
        found = [s for s in self._schools[code] if stage in ("", s.stage)]
        if not found:
            zh = classifications().zh("stage", stage)
            raise WrongUse(f"{self._schools[code][0].name}（{code}）没有{zh}学段。")
        if len(found) > 1:
            raise WrongUse(f"学校 {code} 有几个学段，请写明学段，如 {code}:{found[0].stage}。")
        return found[0]

    def _shared_stage(self, assumed: Assumption) -> str:
        mine, theirs = ({s.stage for s in self._schools[c]}
                        for c in (assumed.school, assumed.other))
        if len(mine & theirs) != 1:
            said = "有几个共同的学段，请写明学段" if mine & theirs else "没有共同的学段"
            raise WrongUse(f"假设“{assumed.text}”：两校{said}。")
        return (mine & theirs).pop()

    def _set_pupils(self, section: Section, pupils: int) -> None:
        said, staged = section.said, f"pupils_{section.stage}"
        if any(said.has(ratio) for ratio, (v, _) in RATIOS.items() if not said.has(v)):
            raise WrongUse(f"{section.name}填报的是生均值，学生数改变后总量不明，不能作此假设。")
        self._note(section, said.key("pupils"), "pupils", section.pupils, pupils)
        section.row.values[said.key("pupils")] = Fraction(pupils)
        for other in self._schools[section.school_code]:
            if other.row.get(staged) is not None:
                other.row.values[staged] = Fraction(pupils)
        section.pupils = pupils

    def _change(self, section: Section, variable: str, amount: Fraction, noted: bool = True
                ) -> None:
        """Change a figure of a section's row; one made from parts gets a value of its own."""
        said = section.said
        key = said.key(variable) if said.has(variable) else f"{variable}_{section.stage}"
        before = _now(section, variable)
        if before is None:
            raise _absent(section, variable)
        if before + amount < 0:
            what = variables().variables[variable]
            raise WrongUse(f"{section.name}的{what.zh}只有{decimal_text(before)}{what.unit}，"
                           f"不够调出{decimal_text(-amount)}{what.unit}。")
        if noted:
            self._note(section, key, variable, before, before + amount)
        section.row.values[key] = before + amount

    def _note(self, section: Section, key: str, variable: str, before, after) -> None:
        what = variables().variables[variable]
        self._findings.at("scenario.assumed", section.row.at(key),
                          f"{section.name}的{what.zh}由{decimal_text(before)}改为"
                          f"{decimal_text(after)}{what.unit}")


def _now(section: Section, variable: str) -> Fraction | None:
    """Return a figure of a section as it stands after the assumptions made so far."""
    said = section.said
    return said.get(variable) if said.has(variable) else section.variables.get(variable)


def _absent(section: Section, variable: str) -> WrongUse:
    zh = variables().variables[variable].zh
    return WrongUse(f"{section.name}没有“{zh}”的数，不能作此假设。")
