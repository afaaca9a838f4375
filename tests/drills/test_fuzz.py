"""500 tables bent by chance (变异): in xlsx, xls, csv and wide export, in shape and in one cell.

What is right is known to the change itself (`fuzz_kinds`): no figure may come out as another,
nothing may end in a bare exception, and nothing that can be read is refused. A quarter
each time, all of it before a release (see `drawn`); JUNHENG_FUZZ=10000 asks for more.
"""

import json
import os
from collections import namedtuple
from random import Random

import pytest
from drawn import drawn
from fuzz_kinds import FAR, MISSING, NEAR, SAME, WRONG, cells, expected, fits, shapes
from fuzz_tables import CODE, UNITS, factor, files_of, table_of, truth
from made_up import imported_files
from tables import YEAR

from pipeline.cleaning import receiving
from pipeline.cleaning.files import opening, reading
from pipeline.cleaning.files.cells import MOST_ROWS
from pipeline.ground.errors import JunhengError

ALL = int(os.environ.get("JUNHENG_FUZZ", "500"))
CASES, KINDS = drawn(ALL), ("xlsx", "xls", "csv", "wide")    # 0.3 processor seconds each
CELLS, SHAPES, TRUTH = cells(), shapes(), truth()
pytestmark = pytest.mark.slow
Case = namedtuple("Case", "number kind shape cell right school variable typed")
Outcome = namedtuple("Outcome", "case said codes")


def opened_here(files, seconds=0, most_rows=MOST_ROWS):
    """Open files in this process, through the same text as a child's answer."""
    for path, label in files:
        answer = opening.answer({"path": str(path), "most_rows": most_rows})
        yield reading._opened(path, label, json.loads(json.dumps(answer)))


def bent(number: int):
    """Return a case and its table: one change of shape and, where that alters nothing, one of a
    cell."""
    draw, kind = Random(f"fuzz {number}"), KINDS[number % len(KINDS)]
    table = table_of(kind)
    shape = draw.choice([name for name, (where, *_) in SHAPES.items() if kind in where])
    _, right, bend = SHAPES[shape]
    bend(table, draw)
    if right != SAME:
        return Case(number, kind, shape, "", right, "", "", None), table
    row = draw.choice([n for n in table.schools
                       if str(table.lines[n][table.columns[CODE]]) in TRUTH])
    code = str(table.lines[row][table.columns[CODE]])
    variable = draw.choice([name for name in UNITS if name in table.columns])
    value = table.lines[row][table.columns[variable]]
    name = draw.choice([one for one, (where, *_) in CELLS.items()
                        if kind in where and fits(one, value)])
    _, right, change, number_format = CELLS[name]
    typed = change(value, draw, UNITS[variable])
    table.lines[row][table.columns[variable]] = typed
    if number_format:
        table.formats[row, table.columns[variable]] = number_format
    return Case(number, kind, shape, name, right, code, variable, typed), table


def outcome(case, table, folder) -> Outcome:
    """Tell what came of a case: right, refused, or what is wrong with it."""
    try:
        read = imported_files(folder, files_of(table))
    except JunhengError as fault:
        return Outcome(case, "refused", (type(fault).__name__,))
    except Exception as fault:      # whatever it was, the test says of which case
        return Outcome(case, f"broken: {type(fault).__name__}: {fault}", ())
    refused = tuple(sorted({*read.findings.query("severity == 'refuse'")["code"]}))
    if refused:
        return Outcome(case, "over-refused" if case.right in (SAME, NEAR) else "right", refused)
    if case.right == WRONG:
        return Outcome(case, "accepted", ())
    wanted = {code: dict(figures) for code, figures in TRUTH.items()}
    if case.right != SAME:
        wanted[case.school][case.variable] = expected(case.right, case.variable, case.typed,
                                                      factor(case.variable))
    now = read.sections[read.sections["year"] == YEAR].to_dict("records")
    found = {row["school_code"]: {name: row[name] for name in UNITS} for row in now}
    if found != wanted:
        return Outcome(case, f"changed: {_differing(found, wanted)}", ())
    told = {*read.findings.query("severity == 'warn'")["code"]}
    silent = case.right == MISSING and not told & {"cell.missing", "pupils.missing"}
    return Outcome(case, "silent" if silent else "right", ())


def _differing(found, wanted) -> list:
    return [(code, name, found.get(code, {}).get(name), wanted.get(code, {}).get(name))
            for code in {*found, *wanted} for name in UNITS
            if found.get(code, {}).get(name) != wanted.get(code, {}).get(name)][:3]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receiving, "open_files", opened_here)
        return [outcome(*bent(number), tmp_path_factory.mktemp("fuzz")) for number in range(CASES)]


def told(outcomes, said: str) -> list[str]:
    return [f"{o.case.number} {o.case.kind}: {o.case.shape}, {o.case.cell} of {o.case.variable}: "
            f"{o.case.typed!r}: {o.said} {o.codes}" for o in outcomes if o.said.startswith(said)]


def test_no_figure_comes_out_as_another(outcomes):
    assert told(outcomes, "changed") == []


def test_what_must_not_be_believed_is_refused(outcomes):
    assert told(outcomes, "accepted") == []


def test_what_is_missing_is_told(outcomes):
    assert told(outcomes, "silent") == []


def test_nothing_ends_in_a_bare_exception(outcomes):
    assert told(outcomes, "broken") == told(outcomes, "refused") == []


def test_nothing_is_refused_that_can_be_read(outcomes):
    assert told(outcomes, "over-refused") == []


def test_every_kind_of_file_and_of_change_is_drawn():
    cases = [bent(number)[0] for number in range(ALL)]
    assert {case.kind for case in cases} == set(KINDS)
    assert {case.right for case in cases} == {SAME, NEAR, FAR, MISSING, WRONG}
