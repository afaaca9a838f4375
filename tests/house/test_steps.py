"""The composition stands once, in `pipeline/analysis/evaluate.py`: chapters, pooling and the
what-if take the same steps on the same tables."""

import ast
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from tables import YEAR, imported, school

from pipeline.analysis.county.scenario_differences import judged
from pipeline.analysis.evaluate import ASKED, DATA_TABLES, STEPS, evaluated
from pipeline.county import County
from pipeline.definitions.standards import standard
from pipeline.ground.terms import TABLES
from pipeline.whole.pooling.pooling_county import county_tables

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = {path.stem: [cell.source for cell in nbformat.read(path, as_version=4).cells
                        if cell.cell_type == "code"]
            for path in sorted((ROOT / "notebooks" / "county").glob("[0-9]*.ipynb"))}
BY_NAME = {step.name: step for step in STEPS}
TABLES_OF_DATA = "{name: county.load(name) for name in evaluate.DATA_TABLES}"
OPENED = "County.open(unit, year, standard, raw, processed)"


class Reader:
    """Reads the code cells of a chapter in order: which steps they take, on what.

    ``known`` holds what each variable is: a table, what a step made of the right things, or what
    the county is asked; whatever else happens to a variable makes it nothing that is known.
    """

    def __init__(self, cells):
        self.known, self.taken, self.faults, self.saved = {}, [], [], set()
        for cell in cells:
            for node in ast.parse(cell).body:
                self.read(node)

    def read(self, node):
        if isinstance(node, ast.Assign):
            (target,) = node.targets
            pairs = (zip(target.elts, node.value.elts, strict=True)
                     if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                     else [(target, node.value)])
            for to, value in [(to, self.of(value)) for to, value in pairs]:
                for name in ast.walk(to):
                    if isinstance(name, ast.Name):
                        self.known[name.id] = value if name is to else None
        elif isinstance(node, ast.For):
            self.read_loop(node)
        else:
            self.saves(node)
            for call in ast.walk(node):
                if isinstance(call, ast.Call):
                    self.of(call)

    def read_loop(self, node):
        """``for name, table in vars(found).items(): county.save(name, table)`` saves it all."""
        found = self.known.get(ast.unparse(node.iter).removeprefix("vars(").removesuffix(
            ").items()"))
        if found and [ast.unparse(line) for line in node.body] == ["county.save(name, table)"]:
            self.saved |= {*found.yields}

    def saves(self, node):
        call = getattr(node, "value", None)
        if ast.unparse(getattr(call, "func", node)) == "county.save":
            name, table = call.args[0].value, ast.unparse(call.args[1])
            made = self.known.get(table)
            if getattr(made, "yields", None) == (name,):
                self.saved.add(name)
            elif name in {n for step in STEPS for n in step.yields}:
                self.faults.append(f"county.save({name!r}, {table})")

    def of(self, value):
        """Return what an expression is, and note the step that it takes."""
        text = ast.unparse(value)
        if text in (OPENED, TABLES_OF_DATA):
            return text
        if text.startswith("county.under(county.standard.asking("):
            return OPENED
        if isinstance(value, ast.Name):
            return self.known.get(value.id)
        if isinstance(value, ast.Attribute) and self.known.get(
                ast.unparse(value.value)) == OPENED and value.attr in ASKED:
            return value.attr
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "county.load":
            return value.args[0].value
        name = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
        return self.step(name.removeprefix("evaluate."), value) if name.startswith(
            "evaluate.") else None

    def step(self, name, call):
        step = BY_NAME[name]
        self.taken.append(name)
        given = [self.of(argument) for argument in call.args]
        given = [one.yields[0] if hasattr(one, "yields") else one for one in given]
        wanted = [TABLES_OF_DATA if name == "tables" else name for name in step.parameters]
        if given != wanted or call.keywords:
            self.faults.append(ast.unparse(call))
        return step


def faults(chapters) -> list[str]:
    """Return what chapters do otherwise than the steps say."""
    read = {name: Reader(cells) for name, cells in chapters.items()}
    found = [f"{name} {fault}" for name, reader in read.items() for fault in reader.faults]
    found += [f"{name}: {source}" for name, cells in chapters.items() for source in
              by_another_way("\n".join(cells))]
    taken = [name for reader in read.values() for name in reader.taken]
    once = [name for name in taken if not BY_NAME[name].passed]
    if once != [step.name for step in STEPS if not step.passed]:
        found.append(f"steps {once}")
    found += [f"nowhere {step.name}" for step in STEPS if step.name not in taken]
    saved = {name for reader in read.values() for name in reader.saved}
    return found + [f"not saved {name}" for step in STEPS if not step.passed
                    for name in step.yields if name not in saved]


def by_another_way(source) -> list[str]:
    """Return the imports by which a source has a step's function not from `evaluate`."""
    functions = {f"{step.function.__module__}.{step.name}" for step in STEPS}
    functions |= {f"{module.rpartition('.')[0]}.{name}" for module, _, name in
                  (full.rpartition(".") for full in functions)}
    return [f"{node.module}.{alias.name}" for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.ImportFrom) for alias in node.names
            if f"{node.module}.{alias.name}" in functions]


def changed(chapter, old, new):
    """Return the chapters with one thing said otherwise in one of them."""
    cells = [cell.replace(old, new) for cell in CHAPTERS[chapter]]
    assert cells != CHAPTERS[chapter]
    return CHAPTERS | {chapter: cells}


def test_the_chapters_take_the_steps_in_their_order_on_the_tables_that_the_steps_read():
    assert faults(CHAPTERS) == []


# chapter | what is written | what somebody might write instead
OTHERWISE = {
    "another table": ("03_balance", "balance(indicators, schools", "balance(schools, indicators"),
    "some rows of it": ("03_balance", "composites(balance,", "composites(balance[:3],"),
    "a table under another's name": (
        "03_balance", 'county.load("schools")', 'county.load("sections")'),
    "a table that was changed": (
        "02_resources", "compliance = evaluate", "indicators = schools\ncompliance = evaluate"),
    "another year": ("03_balance", "contributions(indicators, county.year",
                     "contributions(indicators, county.years"),
    "a year of one's own": ("05_funding", "funding(data, county.year", "funding(data, year"),
    "other county tables": ("08_path", "in evaluate.DATA_TABLES", 'in ("facts",)'),
    "a step left out": ("05_funding", "prices = evaluate.prices(funding)", "prices = {}"),
    "a step twice": ("03_balance", "composites = evaluate", "evaluate.composites(balance, "
                     "county.standard)\ncomposites = evaluate"),
    "a result thrown away": ("04_government", 'county.save("judgements", judgements)', ""),
    "another result saved": ("04_government", '"judgements", judgements', '"judgements", balance'),
    "a multiple result thrown away": ("06_gaps", "county.save(name, table)", "print(name, table)"),
    "a function not from evaluate": (
        "03_balance", "from pipeline.analysis import evaluate",
        "from pipeline.analysis.schools.balance import balance"),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_a_chapter_that_does_otherwise_is_noticed(case):
    assert faults(changed(*OTHERWISE[case])) != []


def test_no_room_beside_the_chapters_has_a_composition_of_its_own():
    sources = [*(ROOT / "pipeline" / "whole").glob("*.py"),
               *(ROOT / "pipeline" / "commands").glob("*.py"),
               ROOT / "pipeline" / "analysis" / "county" / "scenario_differences.py"]
    assert {path.name: found for path in sources
            if (found := by_another_way(path.read_text("utf-8")))} == {}
    assert by_another_way("from pipeline.analysis.inequality import inequality_table")


def test_every_step_reads_what_is_imported_asked_or_made_before_it():
    known = {*ASKED, *TABLES} - {name for step in STEPS for name in step.yields}
    for step in STEPS:
        assert {*step.reads} <= known, step.name
        known |= {*step.yields}
        assert step.passed or {*step.yields} <= {*TABLES}
    assert {*DATA_TABLES} <= {*TABLES}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    read = imported(folder, [school(1), school(2, pupils=500), school(3, "初级中学")])
    return read, County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))


def test_pooling_and_the_what_if_judge_alike(county):
    read, place = county
    pooled, supposed = county_tables(read, place), judged(read.tables, YEAR, standard("cn-2017-06"))
    for name in ("indicators", "compliance", "balance"):
        pd.testing.assert_frame_equal(pooled[name], getattr(supposed, name))
    pd.testing.assert_frame_equal(pooled["judgements"].drop(columns="year"), supposed.judgements)


def test_only_what_is_wanted_is_made_and_nothing_twice(county, monkeypatch):
    tables, asked = county[0].tables, {"standard": standard("cn-2017-06"), "years": [YEAR]}
    made = evaluated(tables | asked, ["balance"])
    assert made.keys() - tables.keys() - asked.keys() == {"indicators", "balance"}
    assert evaluated(made, ["balance"])["balance"] is made["balance"]
    with pytest.raises(KeyError, match="year"):
        evaluated(tables | asked, ["judgements"])
