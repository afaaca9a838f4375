"""What made a table (来历): its inputs with their hashes, the rules and all else it hangs on.

The mark of a folder keeps, of every table saved there, its hash, its origin and the run. A table
is used only where that origin is the one that is asked for: chapters are opened by hand, under
other parameters than those of the run before. The raw folder is told, not compared: the same
files elsewhere give the same tables.
"""

import hashlib
import json
import os
from pathlib import Path

from pipeline.ground.admission import NotAdmitted, hash_of, read_json
from pipeline.ground.ownership import MARK, listed, write_mark
from pipeline.ground.software import version_of

_SAID_ZH = {"subject": "单元或方案", "year": "年份", "standard": "标准包",
            "rules": "标准包或方案的内容", "registered": "名册所登记", "assumptions": "情景假设",
            "definitions": "data/ 中的其他定义", "version": "软件版本"}
_HASH, _SHOWN = 64, 3
_NONE: dict[str, Path] = {}
_hashed: dict[Path, tuple[tuple, str]] = {}


def fingerprint(path: Path) -> str:
    """Return the hash of a file, or why it is not admitted: it changes whenever either does.

    A file is hashed once in a process while size, times and inode stay as they are.
    """
    there = os.lstat(path) if os.path.lexists(path) else None
    state = there and (there.st_mtime_ns, there.st_ctime_ns, there.st_size, there.st_ino)
    known = _hashed.get(path)
    if state and known and known[0] == state:
        return known[1]
    try:
        found = hash_of(path)[0]
    except NotAdmitted as fault:
        return f"{fault.code} {fault.found}"
    _hashed[path] = state, found
    return found


def hash_text(text: str) -> str:
    """Return the sha256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def origin(said: dict[str, object], raw: str, inputs: dict[str, Path | str] | None,
           beside: dict[str, Path] = _NONE) -> dict:
    """Return the record of an origin (来历).

    ``said`` has the keys of `_SAID_ZH` that apply; ``raw`` the raw folder as it is told;
    ``inputs`` name → file, or a hash of many, None where a finished table is asked for whatever
    its inputs were. ``beside`` are the shared tables that are known not to name the unit: told
    by size and time, for whoever opens a chapter by hand does not know.
    """
    return {"raw": raw,
            "said": {key: str(value) for key, value in said.items()}
            | {"version": version_of("junheng")},
            "inputs": None if inputs is None else {
                name: [file] if isinstance(file, str) else [fingerprint(file), *_state(file)]
                for name, file in inputs.items()},
            "beside": {name: _state(path) for name, path in beside.items()}}


def with_origin(folder: Path, file: str, made: dict | None) -> dict:
    """Return what the mark of a folder says of origins once ``file`` is saved: ``origins``, by
    their hash, and ``made``: file → origin and run; ``made`` None is a file without one."""
    known, origins = _said(folder)
    known.pop(file, None)
    if made:
        name = hash_text(json.dumps(made, ensure_ascii=False, sort_keys=True))[:16]
        known[file], origins[name] = {"origin": name, "run": ""}, made
    used = {one["origin"] for one in known.values()}
    return {"made": known, "origins": {key: origins[key] for key in sorted(used)}}


def sign(folder: Path, run: str) -> None:
    """Note in the mark of a folder that one run (运行编号) has made every table in it."""
    known, origins = _said(folder)
    write_mark(folder, listed(folder), origins=origins,
               made={file: one | {"run": run} for file, one in known.items()})


def raw_of(folder: Path, file: str) -> str:
    """Return the raw folder that a saved file was made from, as it is told; "" if not noted."""
    known, origins = _said(folder)
    return origins.get(known.get(file, {}).get("origin"), {}).get("raw", "")


def run_of(folder: Path, file: str) -> str:
    """Return the run that made a saved file (运行编号); "" if not noted."""
    return _said(folder)[0].get(file, {}).get("run", "")


def disagreements(folder: Path, file: str, asked: dict) -> list[str]:
    """Return in words how the origin of a saved file differs from the one asked for."""
    known, origins = _said(folder)
    made = origins.get(known.get(file, {}).get("origin"))
    if not made:
        return ["没有记下来历"]
    lines = [_unlike(zh, made["said"].get(key, ""), asked["said"].get(key, ""))
             for key, zh in _SAID_ZH.items() if made["said"].get(key) != asked["said"].get(key)]
    if asked["inputs"] is None:
        return lines
    amiss = _other_inputs(made, asked)
    where = f"原始数据：表由 {made['raw']} 得出，现在读 {asked['raw']}"
    return [*lines, *([f"{where}，其中{'；'.join(amiss)}"] if amiss else [])]


def _unlike(zh: str, made: str, asked: str) -> str:
    if _HASH in (len(made), len(asked)):
        return f"{zh}：与得出该表时不同"
    return f"{zh}：表为“{made or '无'}”，现在是“{asked or '无'}”"


def _other_inputs(made: dict, asked: dict) -> list[str]:
    then, now = made["inputs"] or {}, asked["inputs"]
    stood = {f for f, (_, *state) in now.items() if made["beside"].get(f) == state}
    found = {"内容不同的有": [f for f in then if f in now and then[f][0] != now[f][0]],
             "现在没有的有": [f for f in then if f not in now],
             "该表没有用到的有": [f for f in now if f not in then and f not in stood]}
    return [f"{zh} {'、'.join(files[:_SHOWN])}" + (f"等{len(files)}个" * (len(files) > _SHOWN))
            for zh, files in found.items() if files]


def _state(path: Path) -> list[int]:
    there = path.lstat()
    return [there.st_size, there.st_mtime_ns]


def _said(folder: Path) -> tuple[dict[str, dict], dict[str, dict]]:
    record = read_json(folder / MARK)
    record = record if isinstance(record, dict) else {}
    return record.get("made", {}), record.get("origins", {})
