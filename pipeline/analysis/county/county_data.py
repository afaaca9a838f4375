"""What a county handed in for one year (县级资料), in the form that the rules read."""

from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from pipeline.analysis.ledger.survey_share import survey_share
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.ground.terms import COUNTY_SHEETS, records

MEASURED_TABLES = ("indicators", "balance")
COUNTY_TABLES = ("sections", *COUNTY_SHEETS)
_DENIED = {"no": "不符合", "present": "有此情况"}


@dataclass(frozen=True)
class CountyData:
    """What the county handed in for one year: sections, facts, evidence, lists.

    ``school_evidence`` are papers of single schools by code and item; ``places`` says in which
    row each fact stands; ``levels`` and ``coefficients`` are what was measured of it: the rows
    of the indicators and balance tables, where they are there.
    A prefecture's has its ``counties``, whose figures are added up, the names of those that
    are ``lacking``, and what figures come to without these (``at_least``).
    """

    year: int
    sections: list[dict]
    facts: dict[str, Fraction] = field(default_factory=dict)
    evidence: dict[str, dict] = field(default_factory=dict)
    school_evidence: dict[tuple[str, str], dict] = field(default_factory=dict)
    class_sizes: list[dict] = field(default_factory=list)
    rooms: list[dict] = field(default_factory=list)
    monitoring: list[dict] = field(default_factory=list)
    survey: list[dict] = field(default_factory=list)
    teaching_points: frozenset[str] = frozenset()
    not_general: frozenset[str] = frozenset()
    stages_of: dict[str, int] = field(default_factory=dict)
    variable_zh: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict] = field(default_factory=dict)
    levels: list[dict] = field(default_factory=list)
    coefficients: list[dict] = field(default_factory=list)
    counties: tuple["CountyData", ...] = ()
    lacking: tuple[str, ...] = ()
    at_least: dict[str, Fraction] = field(default_factory=dict)

    def general_sections(self) -> list[dict]:
        """Return the sections of general schools that have pupils (普通中小学)."""
        return [s for s in self.sections
                if s["pupils"] and s["school_type"] not in self.not_general]


def county_years(tables: dict[str, pd.DataFrame], years: list[int]) -> dict[int, CountyData]:
    """Return what was handed in for each of some years (各年县级资料), with what was measured."""
    return {year: county_data(tables, year) for year in years}


def county_data(tables: dict[str, pd.DataFrame], year: int) -> CountyData:
    """Gather the year's tables; monitoring keeps every year, for the latest result counts.

    The measured tables are taken where ``tables`` has them.
    """
    types = classifications().school_type

    def rows(name: str) -> list[dict]:
        if name not in tables and name in MEASURED_TABLES:
            return []
        table = tables[name]
        return records(table[table["year"] == year])

    facts = {row["variable"]: row["value"] for row in rows("facts")}
    if rows("survey"):                      # answers beat the percentage that was typed
        facts.pop("recognition_pct", None)
        asked = survey_share(rows("survey"))
        facts |= {"recognition_pct": 100 * asked.share} if asked else {}
    return CountyData(
        year, rows("sections"), facts=facts, survey=rows("survey"),
        places={row["variable"]: row for row in rows("facts")},
        levels=rows("indicators"), coefficients=rows("balance"),
        **_papers(rows("evidence"), rows("sections")),
        class_sizes=rows("class_sizes"), rooms=rows("rooms"),
        monitoring=records(tables["monitoring"]),
        teaching_points=frozenset(t.code for t in types if t.teaching_point),
        not_general=frozenset(t.code for t in types if t.excluded_as),
        stages_of={t.code: len(t.stages) for t in types},
        variable_zh={name: v.zh for name, v in variables().variables.items()})


def _papers(rows: list[dict], sections: list[dict]) -> dict[str, dict]:
    """Return the county's papers and those of single schools. What one school denies the county
    cannot affirm: the item bears the denial, and names the schools."""
    names = {s["school_code"]: s["name"].split("（")[0] for s in sections}
    own = {row["id"]: row for row in rows if not row.get("school_code")}
    single = [row for row in rows if row.get("school_code")]
    for row in (row for row in single if row["status"] in _DENIED):
        denied = [r for r in single if (r["id"], r["status"]) == (row["id"], row["status"])]
        schools = "、".join(dict.fromkeys(names.get(r["school_code"], r["school_code"])
                                         for r in denied))
        own[row["id"]] = row | {"school_code": "", "note": f"{schools}的材料写明"
                                                           f"{_DENIED[row['status']]}"}
    return {"evidence": own, "school_evidence": {(r["school_code"], r["id"]): r
                                                 for r in reversed(single)}}
