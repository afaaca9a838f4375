"""Pool the counties of an annual evaluation (汇总): each is asked by the batch's crew.

A county that is refused, hangs, eats memory or kills its process costs itself only: it stays
in the list with its reason and has no figures.
"""

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.analysis.annual.county_panel import completed
from pipeline.annual_evaluation import Annual, code_in
from pipeline.county.known_files import KnownFiles
from pipeline.definitions.forms.county_layouts import COUNTIES
from pipeline.ground.errors import DossierFailed, InputRefused
from pipeline.ground.machine import processors
from pipeline.ground.terms import TABLES
from pipeline.publishing.batch.hands.crew import Crew, Ended
from pipeline.publishing.batch.hands.guard import Guard
from pipeline.publishing.batch.outcome import OK, STATE_ZH, Outcome, Task
from pipeline.publishing.chapters.surroundings import fixed_environment
from pipeline.publishing.records.publication import discard
from pipeline.whole.intake import arrivals
from pipeline.whole.pooling.pooling_county import (
    ANSWER,
    FAILED,
    POOLED,
    CountyAsked,
    Pooled,
    without_figures,
)
from pipeline.whole.pooling.pooling_tables import pool_tables

_POOLED = ("pool_units", "pool_balance", "panel", "pool_schools")
_MOST_LINES = 20


def pool(annual: Annual, workers: int = 0, drop_personal: bool = False
         ) -> dict[str, pd.DataFrame]:
    """Return the tables of the pool: pool_units, pool_balance, pool_schools, panel; findings and
    comparisons are empty where schools are pooled: they stand in the counties' dossiers.

    Where `annual.brought` stands, the counties have been asked; else ``workers`` of them are
    asked side by side, as many as there are processors if 0. The tables are the same for any
    number, in the order of codes. A study of tables of counties is pooled by `pool_tables`,
    which gives further tables. ``drop_personal`` leaves out personal data, with a record, instead
    of refusing its county. Raises `InputRefused` when not one county could be pooled.
    """
    if annual.study.source.kind == COUNTIES:
        return pool_tables(annual, drop_personal)
    with _brought(annual, workers, drop_personal) as place:
        found = [Pooled.read(path) for path in sorted(place.glob("*.json"))]
    _require_some(found)
    tables = {name: _table(name, [row for one in found for row in getattr(one, name)])
              for name in _POOLED}
    tables |= {name: TABLES[name].frame([]) for name in ("findings", "comparisons")}
    return tables | {"panel": completed(tables["panel"], annual.study)}


def _table(name: str, rows: list[dict[str, str]]) -> pd.DataFrame:
    """Return a declared table from rows of text."""
    declared = [column.name for column in TABLES[name].columns]
    further = sorted({column for row in rows for column in row} - {*declared})
    return TABLES[name].from_text({column: [row.get(column, "") for row in rows]
                                   for column in (*declared, *further)})


def _require_some(found: list[Pooled]) -> None:
    left_out = [one.pool_units[0] for one in found if not one.pool_balance]
    if len(left_out) == len(found):
        said = [f"  {row['unit']} {row['name']}：{row['reason']}" for row in left_out[:_MOST_LINES]]
        raise InputRefused("\n".join([f"{len(found)} 个县都不能汇总，未出年度评价：", *said]))


@contextmanager
def _brought(annual: Annual, workers: int, drop_personal: bool) -> Iterator[Path]:
    """Yield the folder of what the counties bring, asked now unless they have been.

    A chapter may run in a process that must not fork: another one asks for it.
    """
    if annual.brought.is_dir():
        yield annual.brought
        return
    with tempfile.TemporaryDirectory(prefix="junheng-") as processed:
        words = (annual.study.named, annual.year, annual.raw, processed,
                 workers or processors(), int(drop_personal))
        code = subprocess.call([sys.executable, "-m", __name__, *map(str, words)],
                               env=fixed_environment())
        if code:
            raise DossierFailed(f"汇总各县的进程提前结束（退出码 {code}）")
        yield Annual.open(annual.study.named, annual.year, str(annual.raw), processed).brought


@contextmanager
def shared_tables_known(annual: Annual, drop_personal: bool = False
                        ) -> Iterator[tuple[KnownFiles, list[str]]]:
    """Look through the raw data; yield what is then known of the files, whom shared tables
    (多县合表) name among it, and what belongs to nobody who could be asked."""
    if annual.study.source.kind == COUNTIES:
        yield KnownFiles(), []
        return
    with tempfile.TemporaryDirectory(prefix="junheng-") as work:
        came = arrivals(annual.raw, annual.year, Path(work), drop_personal, Path(work, "kept"))
        yield came.known, came.problems


def ask_counties(annual: Annual, crew: Crew, guard: Guard, drop_personal: bool = False,
                 tell: Callable[[Ended], object] = lambda ended: None) -> None:
    """Have the crew, whose job is `bring`, ask every county; what it brings is put into
    `annual.brought`. ``tell`` hears of each county that is through."""
    annual.brought.mkdir(parents=True)

    def keep(ended: Ended) -> None:
        place = annual.brought / f"{ended.task.code}.json"
        if ended.outcome.state == OK:
            (ended.work / ANSWER).replace(place)
            ended = replace(ended, outcome=_outcome(ended.outcome, Pooled.read(place)))
        else:
            reason = f"{STATE_ZH[ended.outcome.state]}：{ended.outcome.reason}"
            without_figures(ended.task.order, FAILED, reason, {}).write(place)
        tell(ended)
        discard(ended.work)

    guard.through(crew, _tasks(annual, drop_personal), keep)


def _outcome(outcome: Outcome, pooled: Pooled) -> Outcome:
    """Return the outcome of a county that has answered; its answer may be that it was refused."""
    said = pooled.pool_units[0]
    if said["state"] == POOLED:
        return outcome
    return outcome.but(state=said["state"], reason=said["reason"])


def _tasks(annual: Annual, drop_personal: bool) -> Iterable[Task]:
    files = defaultdict(list)
    for path in annual.inputs():
        files[code_in(path.relative_to(annual.raw).as_posix())].append(path)
    for info in annual.units():
        asked = CountyAsked(info, annual.year, annual.study.source.standard, annual.raw,
                            tuple(files[info.code]), drop_personal, annual.known)
        yield Task(asked, info.code, info.name, seed=f"{info.code}-{annual.year}")
