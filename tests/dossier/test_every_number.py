"""Every number that the example's dossier prints traces, and comes out again (slow)."""

import random
from fractions import Fraction

import pytest
from test_dossier import make
from witnesses.example_county import NAMES, balance, rows, section

from pipeline.county import County
from pipeline.whole.tracing.asked_figure import as_table, heads_of
from pipeline.whole.tracing.county_trace import county_figures, of_number, printed_document
from pipeline.whole.tracing.every_number import counted, every_number
from pipeline.whole.tracing.printed_figures import traced_tables
from pipeline.whole.tracing.row_words import RowWords
from pipeline.whole.tracing.said_numbers import NAMED, TRACED, UNTRACED, Reader, agrees

pytestmark = pytest.mark.slow
DRAWN, GENERAL = 200, {"年", "R", "组", "指标"}


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return printed_document(make(tmp_path_factory.mktemp("made"), "990101", 2023).folder)


@pytest.fixture(scope="module")
def figures():
    return county_figures(County.open("990101", 2023))


@pytest.fixture(scope="module")
def reader(figures):
    return Reader(figures.county, figures.tables, RowWords(figures.county, figures.tables))


@pytest.fixture(scope="module")
def numbers(document, reader):
    return [*every_number(document, reader)]


@pytest.fixture(scope="module")
def annexed(document, reader):
    return [*every_number(document, reader, annex=True)]


def test_every_number_of_the_body_traces_or_is_a_name(numbers):
    found = counted(numbers)
    assert [one.record() for one in numbers if one.number.state == UNTRACED] == []
    assert found[TRACED] > 1400 and found[NAMED] < found[TRACED] / 2


def test_every_number_of_the_annex_traces_or_is_a_name(annexed):
    assert [one.record() for one in annexed if one.number.state == UNTRACED] == []
    assert counted(annexed)[TRACED] > 3300


@pytest.mark.parametrize("part", ["numbers", "annexed"])
def test_200_numbers_drawn_at_random_lead_to_what_they_were_made_of(part, figures, request):
    tracing = [one for one in request.getfixturevalue(part) if one.number.state == TRACED]
    for one in random.Random(19).sample(tracing, DRAWN):
        found = of_number(figures, one)
        assert found.value and (found.parts or found.cells or found.clause or found.how)


COLUMNS = {"indicators": ("value",), "balance": ("cv", "mean", "variance", "n_schools"),
           "schools": ("pupils",), "path": ("mean", "cv_before"), "shortfalls": ("value",)}


def of_cells(one):
    """Tell whether a number says one figure of R1–R7, of a school or of a stage."""
    found, derived = one.number.found, one.number.derived
    return (one.number.state == TRACED and derived and len(found.rows) == 1
            and derived.column in COLUMNS.get(derived.table, ()) and derived.of is None
            and derived.function in ("", "root")
            and found.rows[0][1].get("indicator", "R1") in NAMES)


def by_other_hands(row, column, used):
    """Reckon a figure from the workbooks alone, as the witness does."""
    i, schools = NAMES.index(row.get("indicator", "R1")), used[row["year"]]
    if "school_code" in row:
        (made,) = (made for made in schools if (made["code"], made["stage"]) == (
            row["school_code"], row["stage"]))
        return made["pupils"] if column == "pupils" else made["values"][i]
    found = balance(schools, row["stage"], i)
    if column == "variance":
        return Fraction(found["cv"]) * Fraction(found["mean"])
    if column == "n_schools":
        return Fraction(found[column] + found["n_missing"])
    return Fraction(found[column.removesuffix("_before")])


def test_200_numbers_of_the_body_come_out_of_the_workbooks_by_other_hands(numbers):
    used = {year: [made for row in rows(year) if not (made := section(row))["reason"]]
            for year in (2021, 2022, 2023)}
    for one in random.Random(19).sample([*filter(of_cells, numbers)], DRAWN):
        ((_, row, column),) = one.number.found.rows
        assert agrees(one.number.printed, by_other_hands(row, column, used)), one.record()


def test_every_exhibit_that_is_traced_has_the_columns_that_are_said_of_it(document):
    blocks = [as_table(b) for b in document["front"] + document["body"]
              if b["type"] in ("table", "figure")]
    for spec in traced_tables():
        mine = [b for b in blocks if b["key"] == spec.key
                or spec.rest and b["key"].startswith(spec.key)]
        heads = {head for block in mine for head in heads_of(block)}
        assert mine, spec.key
        named = {head for head in (*spec.rows, *spec.columns, *spec.names)
                 if head not in GENERAL and not head.startswith("量/")}
        assert named <= heads, spec.key


WITHOUT = {"source_table", "scope_table", "findings_table", "question_table", "conflict_table",
           "reading_table", "run_table"}  # 资料、口径、规划原文、运行环境：到此为止


def test_from_every_table_the_origins_lead_on_to_the_files_that_were_read(document):
    origins = {b["key"]: b["origins"] for part in ("front", "body") for b in document[part]
               if b["type"] == "table"}
    assert {key for key, to in origins.items() if not to} == WITHOUT
    for key in origins:
        seen = [key]
        while origins[seen[-1]]:
            seen.append(origins[seen[-1]][0])
            assert len(seen) < 6, seen
        assert seen[-1] in WITHOUT
