"""Known holes (已知漏洞) of the locked packages: found, none known, or not looked up.

    python -m pipeline.whole.listings.known_holes PIP_AUDIT [LOCK ...]

asks `pip-audit` (`make audit`) about every lock file. Of itself it says "no known vulnerabilities"
of packages that it could not look up; here such a package is not checked. Ends with 0 where every
package was looked up and none has a hole that is known, 1 where one has, 2 where one was not looked
up and none that was has any.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement

from pipeline.ground.software import lock_files
from pipeline.whole.listings.software_bill import normal

NONE_KNOWN, FOUND, NOT_CHECKED = 0, 1, 2
_SAID = {NONE_KNOWN: "没有已知漏洞", FOUND: "有已知漏洞", NOT_CHECKED: "未核对"}


@dataclass
class Looked:
    """What came of looking packages up: name → identifiers of holes, and names not looked up."""

    holes: dict[str, list[str]] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    @property
    def state(self) -> int:
        """The answer over all packages: never "none known" where one was not looked up, nor
        where there was none."""
        if self.holes:
            return FOUND
        return NOT_CHECKED if self.unseen or not self.seen else NONE_KNOWN


def looked_up(report: str, wanted: set[str]) -> Looked:
    """Read what pip-audit wrote (JSON) about the ``wanted`` packages; whatever it does not speak
    of, or skipped, was not looked up. A report that is none says nothing of any.

    >>> looked_up('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', {"a"}).state
    0
    >>> looked_up('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', {"a"}).state
    2
    """
    try:
        told = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        told = []
    looked = Looked()
    for one in told:
        if normal(one["name"]) in wanted and "skip_reason" not in one:
            looked.seen.add(normal(one["name"]))
            if one["vulns"]:
                looked.holes[normal(one["name"])] = [hole["id"] for hole in one["vulns"]]
    looked.unseen = wanted - looked.seen
    return looked


def for_this_machine(lock: Path) -> set[str]:
    """Return the packages that a lock file has installed on this Python and system."""
    entries = [Requirement(line.rstrip("\\ ")) for line in lock.read_text("utf-8").splitlines()
               if "==" in line and line[0].isalnum()]
    return {normal(e.name) for e in entries if e.marker is None or e.marker.evaluate()}


def asked(auditor: str, lock: Path) -> str:
    """Return the report of pip-audit about a lock file, "" where it made none."""
    command = [auditor, "-r", str(lock), "--disable-pip", "--require-hashes", "--format", "json",
               "--progress-spinner", "off", "--desc", "off"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def main(auditor: str, *locks: str) -> int:
    """Look up the packages of every lock (or of these) and say what came of it."""
    paths = [Path(lock) for lock in locks] or lock_files()
    states = []
    for path in paths:
        wanted = for_this_machine(path)
        looked = looked_up(asked(auditor, path), wanted)
        states.append(looked.state)
        print(f"{path.name}：{_SAID[looked.state]}（软件包 {len(wanted)} 个，"
              f"查到 {len(looked.seen)} 个，没有查到 {len(looked.unseen)} 个）")
        for name, holes in sorted(looked.holes.items()):
            print(f"  {name}：{'、'.join(holes)}")
    worst = FOUND if FOUND in states else max(states, default=NOT_CHECKED)
    warning = "。没有查到不等于没有漏洞" if worst == NOT_CHECKED else ""
    print(f"已知漏洞：{_SAID[worst]}{warning}")
    return worst


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
