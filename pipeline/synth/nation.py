"""A made-up nation written to a folder (虚构的全国), county by county, with its truth beside it.

    DIR/counties.csv          the list of units, which the reader of a raw folder takes in
    DIR/<year>/<code>/…       tables and county.toml, or a workbook, as bureaus hand them in
    DIR/truth/                parameters.json, counties.csv, years.csv, cvs.csv, schools.csv
    DIR/README.md             last: says that all is made up, and that the nation is complete

One county is in memory at a time. Nothing of a county hangs on how many there are.
"""

import csv
import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.definitions.forms.unit_list import LIST, NATIONAL, UnitInfo, units
from pipeline.ground.errors import WrongUse
from pipeline.synth.making.counties import MadeCounty, gaps, log_funds, made_county, price_level
from pipeline.synth.making.figures import Figures, figures
from pipeline.synth.making.parameters import parameters
from pipeline.synth.making.schools import made_schools
from pipeline.synth.making.truth import CV_COLUMNS, SCHOOL_COLUMNS, cv_rows, school_rows
from pipeline.synth.writing.handing_in import hand_in
from pipeline.synth.writing.refusals import MISTAKES
from pipeline.synth.writing.untidy import missing_figures

_SPAN = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)
FORMS = ("mixed", "csv", "xlsx")
MOST_COUNTIES, _FIRST_CODE = 2900, 990001
NOTICE = "合成数据：本县为虚构，所有数字均由程序按既定过程生成，不对应任何真实县"
COUNTY_COLUMNS = (
    "code", "name", "form", "encoding", "schools", "urban_share", "level_effect", "gap_effect",
    "fund_effect", "outcome_effect", "policy", "policy_year", "policy_effect", "refused_year",
    "refused_check", "refused_file")
YEAR_COLUMNS = ("code", "year", "ln_fund", "ln_fund_before", "price_level", "policy_years")
_EFFECTS = ("urban_share", "level_effect", "gap_effect", "fund_effect", "outcome_effect",
           "policy_effect")


@dataclass(frozen=True)
class Wanted:
    """What is asked for: how many counties, which years, the seed, the form of the files."""

    counties: int
    years: tuple[int, ...]
    seed: int
    form: str = "mixed"

    def __post_init__(self):
        if not 1 <= self.counties <= MOST_COUNTIES:
            raise WrongUse(f"县数应在 1 至 {MOST_COUNTIES} 之间")
        if not self.years or not 1981 <= self.years[0] <= self.years[-1] <= 2100:
            raise WrongUse("年份应写作 2021-2023 或 2023，先小后大，在 1981 至 2100 之间")
        if self.form not in FORMS:
            raise WrongUse(f"写法应为 {'、'.join(FORMS)} 之一")


def years_of(span: str) -> tuple[int, ...]:
    """Read a span of years; empty when it is none, which `Wanted` refuses.

    >>> years_of("2021-2023"), years_of("2023"), years_of("去年")
    ((2021, 2022, 2023), (2023,), ())
    """
    match = _SPAN.fullmatch(span)
    return tuple(range(int(match[1]), int(match[2] or match[1]) + 1)) if match else ()


@dataclass(frozen=True)
class MadeYear:
    """One year of one county: its clean figures, the CVs drawn, and what files leave out."""

    year: int
    figures: list[Figures]
    drawn: dict
    missing: set[tuple[str, str]]


def codes(count: int) -> list[str]:
    """Return so many unit codes from 990001 on, leaving out those that are registered."""
    known, found, code = units(), [], _FIRST_CODE
    while len(found) < count:
        if str(code) not in known:
            found.append(str(code))
        code += 1
    return found


def made_nation(wanted: Wanted) -> Iterator[MadeCounty]:
    """Yield the counties with their traits, in the order of codes."""
    for number, code in enumerate(codes(wanted.counties), 1):
        yield made_county(wanted.seed, number, code, wanted.years, wanted.form)


def made_years(county: MadeCounty) -> list[MadeYear]:
    """Return every year's clean figures of a county."""
    funds, schools = log_funds(county), made_schools(county)
    drawn, found = gaps(county, funds), []
    for year in county.years:
        clean = figures(county, schools, year, drawn, funds)
        found.append(MadeYear(year, clean, drawn, missing_figures(county, clean)))
    return found


def write_nation(folder: Path, wanted: Wanted) -> Iterator[MadeCounty]:
    """Write the nation into an empty or new folder; yield each county when it is written."""
    if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUse(f"{folder} 不是空的文件夹，不覆盖；请换一个")
    truth = folder / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    _write_parameters(truth / "parameters.json", wanted)
    with ExitStack() as stack:
        lists = _Lists(stack, folder)
        for county in made_nation(wanted):
            _write_county(folder, county, lists)
            yield county
    (folder / "README.md").write_text(_readme(wanted), encoding="utf-8")


def _write_county(folder: Path, county: MadeCounty, lists: "_Lists") -> None:
    check = county.draw("mistake").choice(sorted(MISTAKES)) if county.refused else ""
    funds, file = log_funds(county), ""
    for made in made_years(county):
        spoilt = check if made.year == county.years[-1] else ""
        file = hand_in(folder, county, made.figures, made.missing, funds[made.year], spoilt)
        lists.add("cvs", cv_rows(county.code, made.figures, made.drawn, made.missing))
        lists.add("schools", school_rows(county.code, made.figures))
        lists.add("years", [_year_row(county, made.year, funds)])
    lists.add("counties", [_county_row(county, check, file)])
    lists.add(LIST, [{
        "code": county.code, "name": county.name, "province": "虚构省",
        "prefecture": f"虚构{(county.number - 1) // 20 + 1:03d}市", "standard": NATIONAL,
        "plans": "", "notice": NOTICE}])


def _year_row(county: MadeCounty, year: int, funds: dict[int, float]) -> dict:
    return {"code": county.code, "year": year, "ln_fund": f"{funds[year]:.6f}",
            "ln_fund_before": f"{funds[year - 1]:.6f}",
            "price_level": f"{price_level(county.seed, county.years[0], year):.6f}",
            "policy_years": county.exposure(year)}


def _county_row(county: MadeCounty, check: str, file: str) -> dict:
    row = {name: getattr(county, name) for name in COUNTY_COLUMNS if hasattr(county, name)}
    row |= {name: f"{row[name]:.6f}" for name in _EFFECTS}
    return row | {"schools": county.n_schools, "policy_year": county.policy_year or "",
                  "refused_year": county.years[-1] if check else "", "refused_check": check,
                  "refused_file": file if check else ""}


class _Lists:
    """The lists that grow with every county, each written as it comes."""

    def __init__(self, stack: ExitStack, folder: Path):
        columns = {LIST: tuple(field.name for field in fields(UnitInfo)),
                   "truth/counties.csv": COUNTY_COLUMNS, "truth/years.csv": YEAR_COLUMNS,
                   "truth/cvs.csv": CV_COLUMNS, "truth/schools.csv": SCHOOL_COLUMNS}
        self.writers = {}
        for place, names in columns.items():
            file = stack.enter_context((folder / place).open("w", encoding="utf-8", newline=""))
            key = place if place == LIST else Path(place).stem
            self.writers[key] = csv.DictWriter(file, names, lineterminator="\n")
            self.writers[key].writeheader()

    def add(self, name: str, rows: list[dict]) -> None:
        """Write rows to one of the lists."""
        self.writers[name].writerows(rows)


def _write_parameters(path: Path, wanted: Wanted) -> None:
    record = {"schema": "junheng.synth/1", "counties": wanted.counties,
              "years": list(wanted.years), "seed": wanted.seed, "format": wanted.form,
              "parameters": parameters()}
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _readme(wanted: Wanted) -> str:
    years = f"{wanted.years[0]}—{wanted.years[-1]}"
    return f"""# 合成的全国数据：全部虚构

这里的县名、校名、标识码和所有数字均由 `junheng synth` 按既定过程生成（{wanted.counties} 个县，
{years} 年，种子 {wanted.seed}），不对应任何真实的县或学校，只用于检验程序和方法。

- `counties.csv`：县的名册。把本文件夹作 `--raw` 时自动读入。
- `{wanted.years[0]}/` 等：一年一个文件夹，一县一个文件夹或一本工作簿，写法与各地交来的相同。
- `truth/`：真值。`parameters.json` 生成过程的全部参数；`counties.csv` 一县一行；`years.csv`
  一县一年一行；`cvs.csv` 由真实数字精确算出的差异系数；`schools.csv` 一学段部一年一行。

核查：`junheng check {wanted.years[-1]}`；`truth/counties.csv` 写明哪些县必须拒收、为什么。
"""
