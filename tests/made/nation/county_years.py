"""County-years of a made-up nation straight from its clean figures (县级面板), without files.

What pooling the files of the same nation would give, less what is missing or rounded in
them, and with what only the truth knows beside it; for benchmarks that need many nations.
"""

import math
from collections.abc import Iterator

from pipeline.synth.making.counties import GROUP, ROTATION, MadeCounty, gaps, log_funds, price_level
from pipeline.synth.making.figures import Figures, counts, figures
from pipeline.synth.making.parameters import RESOURCES, STAGES, TEACHERS
from pipeline.synth.making.schools import RURAL, URBAN, MadeSchool, made_schools
from pipeline.synth.nation import Wanted, made_nation

_WHOLE = {"R4": lambda f: float(f.teaching_area - f.indoor_area),
          "R5": lambda f: float(f.field_area + f.indoor_area),
          "R6": lambda f: float(f.equipment), "R7": lambda f: float(f.rooms)}


def clean_panel(wanted: Wanted, more_spending: float = 0.0, drawn_only: bool = False
                ) -> list[dict]:
    """Return one row a county and year, with the columns of the pooled panel.

    ``cv_<indicator>_<stage>`` are those of the clean figures, ``drawn_…`` those that were
    drawn; ``policy``, ``policy_effect`` and ``exposure`` are the truth's. The year before the
    first has no row, as it has no file. ``more_spending`` is added to ln 支出 of every year:
    the same nation, drawn alike, had its counties spent more. ``drawn_only`` leaves the
    figures out, which takes a tenth of the time.
    """
    return [row for county in made_nation(wanted)
            for row in county_panel(county, more_spending, drawn_only)]


def county_panel(county: MadeCounty, more_spending: float = 0.0, drawn_only: bool = False
                 ) -> Iterator[dict]:
    """Yield the rows of one county, a year after another."""
    funds = {year: log + more_spending for year, log in log_funds(county).items()}
    drawn, schools = gaps(county, funds), made_schools(county)
    for year in county.years:
        price, last = (price_level(county.seed, county.years[0], y)
                       for y in (year, county.years[-1]))
        clean = [] if drawn_only else figures(county, schools, year, drawn, funds)
        yield {"year": year, "unit": county.code, "name": county.name, "province": "虚构省",
               "prefecture": f"虚构{(county.number - 1) // 20 + 1:03d}市",
               "per_pupil": math.exp(funds[year]) * price, "deflator": last / price,
               "staff_share": 0.66, **_composition(schools, county.since(year)),
               **_adoption(county),
               **{f"cv_{id}_{stage}": _cv(clean, stage, id)
                  for stage in STAGES for id in RESOURCES if clean},
               **{f"drawn_{id}_{stage}": drawn[year, stage, id]
                  for stage in STAGES for id in RESOURCES},
               "policy": county.policy, "policy_effect": county.policy_effect,
               "exposure": county.exposure(year)}


def _adoption(county: MadeCounty) -> dict[str, float]:
    return {name: float(county.policy_year or 0) if county.policy == policy else 0.0
            for name, policy in (("group_schooling_year", GROUP),
                                 ("rotation_policy_year", ROTATION))}


def _composition(schools: list[MadeSchool], since: int) -> dict[str, float]:
    there = [(school, count) for school in schools
             for stage, count in school.pupils_in(since).items()
             if stage in STAGES and counts(school.kind, count)]
    pupils = sum(count for _, count in there)
    shares = {f"{name}_share": sum(n for school, n in there if school.location == place) / pupils
              for name, place in (("urban", URBAN), ("rural", RURAL))}
    return {"n_schools": float(len(there)), "pupils": float(pupils), **shares}


def _cv(clean: list[Figures], stage: str, id: str) -> float:
    """Return CV as in `pipeline.synth.making.truth`, by floating point."""
    pairs = [(_amount(f, stage, id), f.pupils[stage]) for f in clean
             if stage in f.pupils and counts(f.school.kind, f.pupils[stage])]
    total, pupils = (sum(parts) for parts in zip(*pairs, strict=True))
    squares = sum(a * a / p for a, p in pairs)
    return math.sqrt(max(squares * pupils / total**2 - 1, 0.0))


def _amount(clean: Figures, stage: str, id: str) -> float:
    if id in TEACHERS:
        return float(clean.teachers[stage, id])
    weighted = {s: float(clean.school.weights[s]) * p for s, p in clean.pupils.items()}
    return _WHOLE[id](clean) * weighted[stage] / sum(weighted.values())
