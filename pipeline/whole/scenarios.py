"""The what-if (情景测算): copies of a unit's files with assumptions beside them, judged anew.

The files as received stay untouched. The copies stand in a folder of their own with
`scenario.toml`, from which everything that reads them knows that figures are assumed.
"""

import json
import shutil
import tempfile
from pathlib import Path

from pipeline.analysis.county.scenario_differences import Judged, differences, judged
from pipeline.cleaning.importing import Imported, import_county
from pipeline.county import SCENARIO, County
from pipeline.definitions.assumptions import read_assumption
from pipeline.dossier.c09_conclusion.scenario_lines import difference_lines
from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import (
    claim,
    digest,
    entries,
    is_free,
    is_ours,
    of_others,
    require_ours,
    shown,
    write_mark,
)
from pipeline.publishing.chapters.binding import checked
from pipeline.publishing.county_book import Order, make_dossier
from pipeline.publishing.records.publication import publish

SCHEMA = "junheng.what-if/1"


def what_if(county: County, texts: list[str]) -> tuple[dict, list[str]]:
    """Return what the assumptions change, as a record and as the lines to print.

    Raises `WrongUse` for an assumption that cannot be read or made, `InputRefused` when the
    unit's own tables are refused.
    """
    if not texts:
        raise WrongUse("请用 --set 写明至少一条假设，如 --set pupils:2199000001=1900")
    for text in texts:
        read_assumption(text)
    before, _ = _judged(county)
    with tempfile.TemporaryDirectory(prefix="junheng-what-if-") as folder:
        scenario = assumed(county, texts, Path(folder))
        after, imported = _judged(scenario)
    found = imported.findings
    record = {"schema": SCHEMA, "unit": {"code": county.code, "name": county.name},
              "year": county.year, "standard": county.standard.id,
              "assumptions": [a.text for a in scenario.assumptions],
              "changes": [*found.loc[found["code"] == "scenario.assumed", "action"]],
              **differences(before, after)}
    return record, difference_lines(record, county)


def assumed(county: County, texts: list[str], raw: Path) -> County:
    """Return the county over copies of its files in ``raw``, with the assumptions beside them."""
    for year in county.years:
        for path in (*county.files(year), *county.corrections(year)):
            target = raw / path.relative_to(county.raw)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    place = raw / str(county.year) / county.code
    place.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"  {json.dumps(text, ensure_ascii=False)},\n" for text in texts)
    (place / SCENARIO).write_text(f"# 情景测算的假设，不是填报数据\nset = [\n{lines}]\n", "utf-8")
    return County.open(county.code, county.year, county.standard.id, str(raw),
                       str(county.folder.parents[1]))


def scenario_dossier(county: County, texts: list[str], out: Path) -> Path:
    """Make the whole dossier of a scenario below ``out``, marked on every page; its folder.

    ``out`` keeps the copies and the tables as well, so that no file of the real dossier is
    touched. It must be new, empty, or that of an earlier scenario of the unit and year; copies
    that somebody has changed are not written over: both are `WrongUse`.
    """
    raw, place = out / "raw", f"scenario-{county.year}/{county.code}"
    if not (is_free(out) or is_ours(out, place)):
        raise WrongUse(f"{out} 不是空的，也不是 {county.code} {county.year} 年的情景卷宗文件夹，"
                       "不以情景测算覆盖；请另选一个文件夹。")
    claim(out, place)
    require_ours(raw, place)
    changed = of_others(raw) if raw.is_dir() else []
    if changed:
        raise WrongUse(f"{raw} 中有不是本软件所写或已被改动的文件："
                       f"{'、'.join(map(shown, changed))}。请移走后再运行，或另选一个文件夹。")
    with tempfile.TemporaryDirectory(prefix=".work-", dir=out) as work:
        copies = Path(work) / "raw"
        assumed(county, texts, copies)
        write_mark(copies, {p.as_posix(): digest(copies / p) for p in entries(copies)}, place)
        publish(copies, raw, place)
    parameters = checked({"unit": county.code, "year": county.year, "raw": str(raw),
                          "standard": county.standard.id, "processed": str(out / "processed")})
    return make_dossier(Order(parameters, out))


def _judged(county: County) -> tuple[Judged, Imported]:
    imported = import_county(county)
    imported.require_accepted()
    return judged(imported.tables, county.year, county.standard), imported
