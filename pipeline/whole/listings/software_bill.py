"""The bill of software (软件物料清单, SBOM): every package that is installed, what is compiled into
it, and under which licences.

    python -m pipeline.whole.listings.software_bill SCANNED.json OUT.json

``SCANNED`` is what `cyclonedx-py environment` says of the environment in which this runs
(`make sbom`). Wheels bring bills of what is compiled into them (PEP 770), which that program does
not read: they are laid under their package. Ends with 1 where a package is in no lock, a file
belongs to no package, or a licence is not known.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

from pipeline.definitions.base import ROOT
from pipeline.ground.software import lock_files

_LOCKED = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
_OURS = ("junheng", "pip")  # what is listed, and what came with the environment
_MADE_HERE = {"__pycache__", "pip"}
_NO_PACKAGE = re.compile(r"distutils-precedence\.pth|_distutils_hack|_virtualenv\.(py|pth)")
_NOT_KNOWN = "没有写明"


def normal(name: str) -> str:
    """Return the name of a package as the index writes it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(folder: Path = ROOT) -> dict[str, str]:
    """Return name → version of every package that a lock file of the project names."""
    return {normal(name): version for path in lock_files(folder)
            for name, version in _LOCKED.findall(path.read_text("utf-8"))}


def bill(scanned: dict, installed: Iterable[Distribution]) -> dict:
    """Return the scanned bill with what is compiled into a package as components of it, and the
    licence in a package's own words where the scan made nothing of them."""
    there = {normal(found.name): found for found in installed}
    return scanned | {"components": [
        _told_more(component, there.get(normal(component["name"])))
        for component in scanned["components"]]}


def _told_more(component: dict, found: Distribution | None) -> dict:
    words = found.metadata.get("License") if found else None
    parts = compiled_in(found) if found else []
    own = [{"license": {"name": words.splitlines()[0]}}] if words else []
    return (component | ({"components": parts} if parts else {})
            | ({"licenses": own} if own and not component.get("licenses") else {}))


def compiled_in(found: Distribution) -> list[dict]:
    """Return the components that the bills inside a wheel name, each once."""
    parts = {}
    for path in found.files or ():
        if "sboms" in path.parts and path.suffix == ".json":
            told = json.loads(found.locate_file(path).read_text("utf-8"))
            for part in told.get("components", ()):
                kept = {name: part[name] for name in ("type", "name", "version", "purl",
                                                      "licenses") if name in part}
                parts.setdefault((part["name"], part.get("version", "")), kept)
    return [parts[key] for key in sorted(parts)]


def unlocked(installed: Iterable[Distribution], lock: dict[str, str]) -> list[str]:
    """Return the packages that are installed and stand in no lock, or in another version."""
    return sorted(f"{found.name} {found.version}" for found in installed
                  if normal(found.name) not in _OURS
                  and lock.get(normal(found.name)) != found.version)


def of_nobody(site: Path, installed: Iterable[Distribution]) -> list[str]:
    """Return the files of site-packages that no installed package names as its own."""
    named = {Path(found.locate_file(path)).resolve() for found in installed
             for path in found.files or ()}
    return sorted(told for path in site.rglob("*") if path.is_file()
                  and not _MADE_HERE & {*(inside := path.relative_to(site)).parts}
                  and path.resolve() not in named
                  and not _NO_PACKAGE.search(told := inside.as_posix()))


def licences(listed: dict) -> Counter:
    """Return licence → number of packages, as the packages declare them."""
    return Counter(licence_of(component) for component in listed["components"])


def licence_of(component: dict) -> str:
    """Return what a component says of its licence, `_NOT_KNOWN` where it says nothing."""
    said = [one.get("expression") or one["license"].get("id") or one["license"].get("name", "")
            for one in component.get("licenses", ())]
    return "；".join(filter(None, said)) or _NOT_KNOWN


def main(scanned: Path, out: Path) -> int:
    """Write the bill, say what it holds and what is amiss; return the exit code."""
    installed = [*distributions()]
    listed = bill(json.loads(scanned.read_text("utf-8")), installed)
    out.write_text(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", "utf-8")
    inside = sum(len(part.get("components", ())) for part in listed["components"])
    print(f"软件物料清单：{out}，软件包 {len(listed['components'])} 个，"
          f"编译在其中的部件 {inside} 个")
    for licence, count in licences(listed).most_common():
        print(f"  许可 {licence.splitlines()[0][:60]}：{count}")
    amiss = [*(f"{name} 不在任何锁定文件中" for name in unlocked(installed, locked())),
             *(f"{name} 不属于任何软件包"
               for name in of_nobody(Path(installed[0].locate_file("")), installed)),
             *(f"{part['name']} {_NOT_KNOWN}许可" for part in listed["components"]
               if licence_of(part) == _NOT_KNOWN)]
    print("\n".join(amiss) or "软件包都在锁定文件中，文件都属于一个软件包，许可都已写明。")
    return 1 if amiss else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
