"""Check files without making a dossier (只核查): `junheng check`."""

import re
from pathlib import Path

from pipeline.cleaning.checks import Findings
from pipeline.cleaning.importing import compared_variables, import_files
from pipeline.cleaning.plausibility import check_plausibility
from pipeline.cleaning.scope import settle
from pipeline.cleaning.sections import sections_of
from pipeline.county import CORRECTIONS, SUFFIXES, units
from pipeline.definitions.standards import standard as load_standard
from pipeline.errors import WrongUse

_DEFAULT = "cn-2017-06"
_UNIT = re.compile(r"(\d{6})(?:_|\.|$)")
_YEAR = re.compile(r"[12]\d{3}")


def check_paths(paths: list[Path], standard: str = "", drop_personal: bool = False
                ) -> list[dict]:
    """Return one report a file: ``{file, outcome: accepted|refused, findings}``."""
    return [_check(file, standard, drop_personal) for path in paths for file in _files(path)]


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise WrongUse(f"没有这个文件或文件夹：{path}")
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES
                   and not p.name.endswith(CORRECTIONS) and not p.name.startswith(("~", ".")))
    if not found:
        raise WrongUse(f"文件夹 {path} 中没有 xlsx 或 csv 文件")
    return found


def _check(path: Path, standard: str, drop_personal: bool) -> dict:
    named = _UNIT.match(path.name) or _UNIT.match(path.parent.name)
    unit = units().get(named[1]) if named else None
    pack = load_standard(standard or (unit.standard if unit else _DEFAULT))
    findings = Findings()
    year = next((int(p) for p in reversed(path.parts[:-1]) if _YEAR.fullmatch(p)), 0)
    beside = [p for p in (path.with_name(CORRECTIONS),
                          path.with_name(f"{named[1]}_{CORRECTIONS}" if named else CORRECTIONS))
              if p.is_file()]
    received = import_files([path], sorted(set(beside)), year, pack, findings, drop_personal)
    found = sections_of(received.schools, pack, findings)
    check_plausibility(found, compared_variables(pack), findings)
    settle(found, pack.scope, findings)
    outcome = "refused" if findings.refused else "accepted"
    return {"file": str(path), "outcome": outcome, "findings": findings.rows}
