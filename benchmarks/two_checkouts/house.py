"""The house in numbers (房子的数目): listings, shared module names, circles of imports, length.

    python benchmarks/two_checkouts/house.py [CHECKOUT] [--with OTHER_CHECKOUT]

Counts what git tracks. Printed is the table of `docs/decisions/house/0054`, a column a checkout.
Imports are those of `pipeline`, also within functions and for types alone; a circle is a set of
modules each of which comes to all the others (strongly connected).
"""

import argparse
import ast
import subprocess
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath

FREE = {".", "findings"}  # see tests/house/test_listings.py
MOST_NAMES, MOST_LINES, MOST_FUNCTION_LINES = 14, 250, 40


def tracked(checkout: Path) -> list[PurePosixPath]:
    """Return what git tracks in a checkout and is there."""
    said = subprocess.run(["git", "ls-files", "-z"], cwd=checkout, capture_output=True, check=True)
    names = [name for name in said.stdout.decode("utf-8").split("\0") if name]
    return [PurePosixPath(name) for name in names if (checkout / name).is_file()]


def listings(paths: list[PurePosixPath]) -> dict[str, int]:
    """Return folder → how many names it lists."""
    found = defaultdict(set)
    for path in paths:
        for folder in path.parents:
            found[str(folder)].add(path.relative_to(folder).parts[0])
    return {folder: len(names) for folder, names in found.items()}


def imports(checkout: Path, modules: list[PurePosixPath]) -> dict[str, set[str]]:
    """Return module → the modules of ours that it imports anywhere in it."""
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path
             for path in modules}
    found = {}
    for name, path in names.items():
        asked = set()
        for node in ast.walk(ast.parse((checkout / path).read_text("utf-8"))):
            if isinstance(node, ast.Import):
                asked |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                asked |= whole & names.keys() or {node.module}
        found[name] = asked & names.keys() - {name}
    return found


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the sets of modules that import each other by whatever way."""
    def reached(start: str) -> set[str]:
        seen, left = set(), [*graph[start]]
        while left:
            name = left.pop()
            if name not in seen:
                seen.add(name)
                left += graph[name]
        return seen

    on_one = {name: beyond for name in graph if name in (beyond := reached(name))}
    return sorted({tuple(sorted(other for other in beyond if name in on_one.get(other, ())))
                   for name, beyond in on_one.items()})


def functions(text: str) -> list[int]:
    """Return the lines of every function of a module."""
    return [node.end_lineno - node.lineno + 1 for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def counts(checkout: Path) -> dict[str, str]:
    """Return what is counted → its number, for one checkout."""
    paths = tracked(checkout)
    modules = [path for path in paths if path.parts[0] == "pipeline" and path.suffix == ".py"]
    texts = [(checkout / path).read_text("utf-8") for path in modules]
    lines = [text.count("\n") for text in texts]
    long = [n for text in texts for n in functions(text)]
    listed = listings(paths)
    crowded = sorted(((n, folder) for folder, n in listed.items()
                      if n > MOST_NAMES and folder not in FREE), reverse=True)
    names = Counter(path.stem for path in modules if not path.stem.startswith("__"))
    inner = [n for folder, n in listed.items() if folder.split("/")[0] == "pipeline"]
    return {
        "most names in one folder of pipeline/": str(max(inner)),
        f"folders of the project with more than {MOST_NAMES} names": str(len(crowded)),
        "those": "; ".join(f"{folder} {n}" for n, folder in crowded) or "none",
        "names in the project's own listing": str(listed["."]),
        "module names that folders of pipeline/ share": str(sum(n > 1 for n in names.values())),
        "circles of imports": str(len(circles(imports(checkout, modules)))),
        "files, lines of pipeline/": f"{len(modules)}, {sum(lines):,}",
        f"longest file; files over {MOST_LINES} lines":
            f"{max(lines)}; {sum(n > MOST_LINES for n in lines)}",
        f"longest function; functions over {MOST_FUNCTION_LINES} lines":
            f"{max(long)}; {sum(n > MOST_FUNCTION_LINES for n in long)}"}


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("checkout", type=Path, nargs="?", default=Path(__file__).parents[2])
    asked.add_argument("--with", dest="other", type=Path)
    given = asked.parse_args()
    columns = [counts(place) for place in (given.other, given.checkout) if place]
    for what in columns[0]:
        print(f"| {what} | {' | '.join(column[what] for column in columns)} |")


if __name__ == "__main__":
    main()
