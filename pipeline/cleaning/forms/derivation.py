"""Figures that a form gives in parts (合成): degrees, subjects, ratios.

The statistical export counts teachers by degree and by subject; which of them make
高于规定学历 and 体育艺术 is the standard's rule. A form that gives per-pupil ratios is
taken at its word: the amount is the ratio times the section's pupils, exactly.
"""

from fractions import Fraction

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.forms.rows import FormRow
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.parts import Options

_DEGREES = {"博士": ["degree_doctor_teachers"], "硕士": ["degree_master_teachers"],
            "本科": ["degree_bachelor_teachers"], "专科": ["degree_college_teachers"]}
_POSTGRADUATE = "degree_postgraduate_teachers"
RATIOS = {
    "qualified_teachers_per_100": ("qualified_teachers", 100),
    "backbone_teachers_per_100": ("backbone_teachers", 100),
    "pe_art_teachers_per_100": ("pe_art_teachers", 100),
    "teaching_area_per_pupil_m2": ("teaching_area_net_m2", 1),
    "sports_area_per_pupil_m2": ("sports_venue_area_m2", 1),
    "equipment_per_pupil_yuan": ("equipment_value_yuan", 1),
    "multimedia_rooms_per_100": ("multimedia_rooms", 100),
}


_DISAGREE = "apart:"
_MAY_BE_WHOLE = ("equipment_per_pupil_yuan",)


class StageValues:
    """What one row says of one stage: a column for the stage goes before one for the school."""

    def __init__(self, row: FormRow, stage: str):
        self.row, self.stage = row, stage

    def key(self, variable: str) -> str:
        """Return under which name the row holds the variable."""
        staged = f"{variable}_{self.stage}"
        return staged if self.row.values.get(staged) is not None or (
            staged in self.row.values and variable not in self.row.values) else variable

    def get(self, variable: str):
        """Return the value of a variable for this stage; None when missing."""
        return self.row.values.get(self.key(variable))

    def has(self, variable: str) -> bool:
        """Tell whether the form has such a column."""
        return variable in self.row.values or f"{variable}_{self.stage}" in self.row.values

    def sum(self, parts: list[str]) -> Fraction | None:
        """Return the sum of the parts that the form has; None when one of them is blank."""
        values = [self.get(part) for part in parts if self.has(part)]
        return sum(values) if values and None not in values else None


def stage_values(row: FormRow, stage: str, pupils: Fraction, wanted: set[str],
                 options: Options | None, derived: dict) -> dict[str, Fraction | None]:
    """Return the wanted variables of one stage of a row, made from parts where needed.

    ``derived`` collects how (variable, wording) → the first row in which it was done.
    """
    said = StageValues(row, stage)
    found = {v: said.get(v) for v in sorted(wanted) if said.has(v)}
    if options is not None:
        for variable, make in (("qualified_teachers", _qualified), ("pe_art_teachers", _pe_art)):
            if variable in wanted and variable not in found:
                value, how = make(said, options)
                if how:
                    found[variable] = value
                    _record(derived, variable, how, row)
    for ratio, (variable, per) in RATIOS.items():
        value = said.get(ratio)
        if variable in found and value is not None and _differ(value, found[variable], pupils, per):
            _record(derived, variable, _DISAGREE + ratio, row)
        if variable in wanted and variable not in found and said.has(ratio):
            found[variable] = None if value is None else value * pupils / per
            _record(derived, variable, ratio, row)
    return found


def _differ(ratio: Fraction, amount: Fraction | None, pupils: Fraction, per: int) -> bool:
    """Tell whether a ratio is not what amount and pupils give, beyond rounding to 2 decimals."""
    if amount is None or not pupils:
        return False
    computed = amount * per / pupils
    return abs(ratio - computed) > max(Fraction(1, 100), computed / 200)


def derivable(have: set[str]) -> set[str]:
    """Return the variables that columns of a form can be made into."""
    found = {variable for ratio, (variable, _) in RATIOS.items() if ratio in have}
    if "degree_bachelor_teachers" in have:
        found.add("qualified_teachers")
    if "pe_teachers" in have:
        found.add("pe_art_teachers")
    return found


def _record(derived: dict, variable: str, how: str, row: FormRow) -> None:
    derived.setdefault((variable, how, row.first.file, row.first.sheet), []).append(row)


def _qualified(said: StageValues, options: Options) -> tuple[Fraction | None, str]:
    degrees = options.qualified_degrees.get(said.stage, [])
    columns = [c for degree in degrees for c in _DEGREES[degree]]
    if said.has(_POSTGRADUATE) and not any(map(said.has, columns[-2:])):
        columns = [c for c in columns if c not in ("degree_doctor_teachers",
                                                   "degree_master_teachers")] + [_POSTGRADUATE]
    needed = [c for c in columns if c not in ("degree_doctor_teachers", "degree_master_teachers")]
    if not any(map(said.has, columns)):
        return None, ""
    if not all(map(said.has, needed)):
        return None, "缺少学历分列"
    return said.sum(columns), "、".join(degrees)


def _pe_art(said: StageValues, options: Options) -> tuple[Fraction | None, str]:
    """Add physical education and the arts; 艺术 is the subtotal of 音乐 and 美术 where given."""
    if not said.has("pe_teachers"):
        return None, ""
    if said.has("arts_teachers"):
        return said.sum(["pe_teachers", "arts_teachers"]), "体育、艺术（小计）"
    if said.has("music_teachers") and said.has("fine_art_teachers"):
        return said.sum(["pe_teachers", "music_teachers", "fine_art_teachers"]), "体育、音乐、美术"
    return None, "缺少艺术或音乐、美术分列"


def report_derived(derived: dict, fewest: int, findings: Findings) -> None:
    """Record, once a sheet, how a variable was made from parts or from a ratio.

    From ``fewest`` schools on, ratios that are all whole numbers are taken for counts.
    """
    for (variable, how, _, _), rows in derived.items():
        zh = variables().variables[variable].zh
        if how.startswith(_DISAGREE):
            for row in rows:
                cell = row.at(how.removeprefix(_DISAGREE))
                findings.at("header.ratio_apart", cell, f"与“{zh}”算出的比值不符")
        elif how in RATIOS:
            _report_ratio(how, rows, zh, fewest, findings)
        elif how.startswith("缺少"):
            findings.at("header.absent", rows[0].first, f"“{zh}”{how}，相关指标不作测算")
        else:
            findings.at("derive.sum", rows[0].first, f"“{zh}”由{how}相加")


def _report_ratio(ratio: str, rows: list[FormRow], zh: str, fewest: int, findings: Findings
                  ) -> None:
    """Warn that a ratio is taken at its word; refuse a column of ratios that are all whole."""
    keys = {key for row in rows for key in row.values
            if key == ratio or key.startswith(f"{ratio}_")}
    given = {key: [v for row in rows if (v := row.get(key))] for key in sorted(keys)}
    for key, values in given.items():
        cell = rows[0].at(key)
        whole = len(values) >= fewest and all(v.denominator == 1 for v in values)
        if whole and ratio not in _MAY_BE_WHOLE:
            findings.at("header.ratio_counts", cell, f"{len(values)}所学校填的都是整数")
        elif values:
            findings.at("header.ratio", cell, f"“{zh}”按填报的比值测算")
