"""The house as it stands: who imports whom, how thin a chapter is, how long a file."""

import ast
import re
import subprocess
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipeline"

# Those of pipeline/ground, then all below the rooms; each sees those before it.
GROUND = ("errors", "machine", "admission", "exact", "private_files", "readiness", "fonts",
          "software", "terms", "ownership", "origin", "keeping", "handover")
BELOW = ("ground", "definitions", "county", "annual_evaluation")

BOOKS_BESIDES = ("prefecture", "public")
ROOMS = ("cleaning", "analysis", "dossier")
PUBLISHING = "publishing"
DOOR = ("whole", "commands", "__main__")  # each sees those before and all rooms
APART = ("synth",)  # called at the door, and imports what is below only

MOST_LINES, MOST_FUNCTION_LINES, MOST_CELL_LINES = 300, 60, 5
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(home|root|Users|work|tmp|mnt)/\w|\b[A-Z]:\\+\w")
REGISTRIES = tuple(".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"), ("npmjs", "org"),
    ("npmjs", "com"), ("tuna", "tsinghua"), ("aliyun", "com"), ("debian", "org")))

MODULES = sorted(PIPELINE.rglob("*.py"))
CHAPTERS = sorted((ROOT / "notebooks").rglob("[0-9][0-9]_*.ipynb"))


def floor_of(path):
    parts = path.relative_to(PIPELINE).with_suffix("").parts
    return parts[0]


def imported_floors(tree):
    """Return the floors that a module imports anywhere in it, also inside functions."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("pipeline."))


def allowed(floor):
    """Return the floors that a floor may import, itself included."""
    if floor in BELOW:
        return {*BELOW[:BELOW.index(floor) + 1]}
    if floor in DOOR:
        return {*BELOW, *ROOMS, PUBLISHING, *APART, *DOOR[:DOOR.index(floor) + 1]}
    return {*BELOW, floor}


def module_file(name):
    place = ROOT.joinpath(*name.split("."))
    files = place.with_suffix(".py"), place / "__init__.py"
    return next((file for file in files if file in MODULES), None)


def modules_imported(path):
    """Return the files of our modules that one imports anywhere, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (module_file(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (module_file(f"{node.module}.{alias.name}") or module_file(node.module)
                        for alias in node.names)


def names_used(tree):
    """Return every name that a program reads, imports, or asks for by a text (`dask_calls`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.decode("utf-8").split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_every_module_stands_on_a_known_floor():
    known = {*BELOW, *ROOMS, PUBLISHING, *APART, *DOOR, "__init__"}
    assert {floor_of(path) for path in MODULES} <= known


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PIPELINE).as_posix())
def test_imports_go_one_way(path):
    if path.parent == PIPELINE and path.stem == "__init__":
        return
    found = set(imported_floors(ast.parse(path.read_text("utf-8"))))
    assert found <= allowed(floor_of(path))


def test_a_room_with_a_door_to_another_would_be_noticed():
    tree = ast.parse("def f():\n    from pipeline.dossier.printing.numbers import level_text\n")
    assert not set(imported_floors(tree)) <= allowed("analysis")
    assert not set(imported_floors(ast.parse("import pipeline.publishing"))) <= allowed("dossier")
    assert not set(imported_floors(ast.parse("from pipeline import county"))) <= allowed("ground")


def test_the_ground_is_laid_in_order():
    for number, name in enumerate(GROUND):
        tree = ast.parse((PIPELINE / "ground" / f"{name}.py").read_text("utf-8"))
        found = {node.module.split(".")[2] for node in ast.walk(tree)
                 if isinstance(node, ast.ImportFrom) and node.module.startswith("pipeline.")}
        assert found <= {*GROUND[:number]}


def test_no_module_imports_itself_by_way_of_others():
    left = {path: set(modules_imported(path)) for path in MODULES}
    while free := [path for path, imported in left.items() if not imported & left.keys()]:
        left = {path: imported for path, imported in left.items() if path not in free}
    assert [path.relative_to(ROOT).as_posix() for path in left] == []


def test_no_function_or_class_is_reached_by_tests_alone():
    trees = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}
    cells = [ast.parse(cell.source) for path in CHAPTERS for cell in code_cells(path)]
    used = {name for tree in (*trees.values(), *cells) for name in names_used(tree)}
    used |= set(re.findall(r":(\w+)\"", (ROOT / "pyproject.toml").read_text("utf-8")))
    alone = [f"{path.relative_to(ROOT).as_posix()} {node.name}"
             for path, tree in trees.items() for node in tree.body
             if isinstance(node, ast.FunctionDef | ast.ClassDef)
             and not node.decorator_list and node.name not in used]
    assert alone == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_a_chapter_enters_its_room_of_the_dossier_by_one_door(path):
    setup, *cells = [ast.parse(cell.source) for cell in code_cells(path)[1:]]
    book = path.parent.name
    places = {"county": "", "annual": "annual.", **{b: f"books.{b}." for b in BOOKS_BESIDES}}
    room = places[book] + book[0] + path.stem
    before, _, name = f"pipeline.dossier.{room}".rpartition(".")
    dossier = [line for line in ast.unparse(setup).split("\n")
               if line.startswith("from pipeline.dossier") and "printing" not in line]
    assert dossier == [f"from {before} import {name} as chapter"]
    offered = import_module(f"pipeline.dossier.{room}").__all__
    assert sorted({node.attr for cell in cells for node in ast.walk(cell)
                   if isinstance(node, ast.Attribute)
                   and ast.unparse(node.value) == "chapter"}) == offered


def test_no_two_modules_share_a_name():
    names = [path.stem for path in MODULES if not path.stem.startswith("__")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_a_chapter_starts_with_its_parameters_and_its_setup(path):
    cells = nbformat.read(path, as_version=4).cells
    assert [c.cell_type for c in cells[:2]] == ["code", "code"]
    assert [tags(c) for c in cells[:2]] == [["parameters"], ["setup"]]
    assert not any({"parameters", "setup"} & set(tags(c)) for c in cells[2:])


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_a_cell_has_at_most_five_lines(path):
    sizes = [sum(1 for line in cell.source.split("\n") if line.strip())
             for cell in code_cells(path)[2:]]
    assert max(sizes) <= MOST_CELL_LINES


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_a_cell_defines_nothing_and_hides_no_fault(path):
    forbidden = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Try)
    found = [type(node).__name__ for cell in code_cells(path)[1:]
             for node in ast.walk(ast.parse(cell.source)) if isinstance(node, forbidden)]
    assert found == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_a_cell_holds_no_typed_number(path):
    found = [node.value for cell in code_cells(path)[1:]
             for node in ast.walk(ast.parse(cell.source))
             if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex)]
    assert found == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_what_a_chapter_says_and_its_formulas_hold_no_number_of_a_pack(path):
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells
             if cell.cell_type == "markdown"]
    assert {*re.findall(r"\d[\d.]*", " ".join(texts))} <= {"0", "1", "2", "100"}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_a_chapter_is_stored_without_outputs(path):
    assert [c.outputs for c in code_cells(path) if c.outputs] == []
    assert {c.execution_count for c in code_cells(path)} == {None}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PIPELINE).as_posix())
def test_files_and_functions_are_short(path):
    text = path.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES
    functions = [node for node in ast.walk(ast.parse(text))
                 if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f.name for f in functions if f.end_lineno - f.lineno + 1 > MOST_FUNCTION_LINES]
    assert long == []


def test_no_file_names_a_place_on_somebodys_machine():
    found = {}
    for path in tracked_files():
        match = MACHINE_PATH.search(path.read_text("utf-8", errors="replace"))
        if match:
            found[path.relative_to(ROOT).as_posix()] = match[0]
    assert found == {}


def test_no_file_names_the_host_of_a_registry():
    found = {path.relative_to(ROOT).as_posix(): host for path in tracked_files()
             for host in REGISTRIES if host in path.read_text("utf-8", errors="replace")}
    assert found == {}
