"""Is a published folder still the one that was made (核验)? Asked of its files alone.

Its manifest speaks for every file in it, its seal for the manifest, its place for the folder:
what was changed, taken away, added, renamed or exchanged with another county's shows. Who
writes the manifest anew, seal and all, is found by the signature only (`signature`).
"""

import re
from fnmatch import fnmatch
from pathlib import Path

from pipeline.definitions.persons.file_names import shown_name
from pipeline.ground.admission import NotAdmitted, content_of, hash_of, one_line, read_json
from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import (
    LOG,
    MARK,
    SIGNATURE,
    entries,
    has_its_seal,
    identity,
    is_signature,
    place_of,
    run_of_log,
    sealed,
)
from pipeline.publishing.batch.outcome import DONE
from pipeline.publishing.records.manifest import causes_of, manifest_text, read_manifest, run_id
from pipeline.publishing.records.public_causes import PUBLIC_EDITION, edition_of
from pipeline.publishing.records.signature import is_signed_by, leads_to_root, read_signature

_YEAR, _NAME = re.compile(r"[12]\d{3}"), re.compile(r"\d{6}|annual-[a-z0-9-]+|prefecture-\d{4}")
_STANDARD = re.compile(r"^standard = '([\w-]*)'$", re.MULTILINE)
_COUNTY = ("dossier.pdf", "dossier.ipynb", "results.json", "findings.json")
_PUBLIC = ("dossier.pdf", "dossier.ipynb", "results.json")
_LANGUAGE = ("dossier.pdf", "results.json")
_ANNUAL = ("annual.pdf", "annual.ipynb", "annual.json")
_PREFECTURE = ("prefecture.pdf", "prefecture.ipynb", "prefecture.json")


def published_folders(given: Path) -> list[Path]:
    """Return the published folders (卷宗、年度评价) that a path names: itself, wherever it was
    handed to, those of its year, or of all years below it. `WrongUse` where there is none."""
    if _NAME.fullmatch(given.name) and given.is_dir() and (
            _YEAR.fullmatch(given.parent.name) or (given / MARK).is_file()):
        return [given]
    years = [given] if _YEAR.fullmatch(given.name) else sorted(
        path for path in _folders(given) if _YEAR.fullmatch(path.name))
    found = [path for year in years for path in _folders(year) if _NAME.fullmatch(path.name)]
    if not found:
        raise WrongUse(f"{given} 中没有卷宗。请写卷宗所在，如 reports、reports/2023 或 "
                       "reports/2023/990101")
    return found


def doubts(folder: Path, signed: bool = True, alone: bool = True) -> list[str]:
    """Return in words what keeps a published folder from being as it was made, none if nothing.

    Files that cannot be read count as changed: what was not seen is not held to be whole. A
    signature that is about to be replaced (``signed`` false) is not looked at; nor, where ours
    alone are taken (``alone`` false), is what others have put beside them (`strangers`).
    """
    record = read_manifest(folder)
    if record is None:
        return [f"{MARK} 缺失或已损坏，其余文件无从核对"]
    beside = strangers(folder, record) if alone else ()
    return [*_of_record(folder, record), *_of_files(folder, record),
            *(f"{shown_name(path)} 不是本软件所写，或已改名" for path in beside),
            *_of_results(folder, record), *(_of_signature(folder) if signed else ())]


def own_files(folder: Path, record: dict) -> list[str]:
    """Return the files of ours in a published folder: those listed, the records, a signature."""
    known = [*(output["file"] for output in record["outputs"]), MARK, LOG]
    return known + ([SIGNATURE] if is_signature(folder / SIGNATURE) else [])


def strangers(folder: Path, record: dict) -> list[Path]:
    """Return what lies in a published folder and is not ours (他人文件), relative to it."""
    known = {*own_files(folder, record)}
    return [path for path in entries(folder) if path.as_posix() not in known]


def unproven(folder: Path, key: object, root: str = "") -> list[str]:
    """Return in words why a folder is not proven to be signed with the key of a public key, or
    not to be under a ``root`` that is known from elsewhere; none where it is."""
    found = read_signature(folder)
    if found is None:
        return ["没有签名（manifest.sig）"]
    return [said for wrong, said in (
        (key and not is_signed_by(found, key), "签名不是由这把公钥的私钥所签"),
        (root and root != found.root, "批次根与给出的不同"),
    ) if wrong]


def missing_folders(year: Path) -> list[str]:
    """Return what the record of a batch says was made and does not stand there as made."""
    record = read_json(year / "batch.json")
    rows = record.get("counties") if isinstance(record, dict) else None
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    said = []
    for row in rows:
        code = str(row.get("code"))
        if row.get("state") not in DONE or not _NAME.fullmatch(code):
            continue
        if not (year / code).is_dir():
            said.append(f"{code} 不符：批次记录中已出卷宗，文件夹不在")
        elif (found := read_manifest(year / code)) and found["run_id"] != row.get("run_id"):
            said.append(f"{code} 不符：运行编号与批次记录不同，不是那一批的卷宗")
    return said


def remade_otherwise(made: Path, remade: Path, files: tuple[str, ...] = ("*",)) -> list[str]:
    """Return in words which of the ``files`` (patterns) of a folder came out otherwise when it
    was made again. Both folders hold what their manifests say (`doubts`)."""
    before, now = (_hashes(folder, files) for folder in (made, remade))
    return [f"{file} 重做后" + ("没有" if file not in now else "不同" if file in before else "多出")
            for file in sorted({*before, *now}) if before.get(file) != now.get(file)]


def asked_standard(folder: Path) -> str:
    """Return the standard that the chapters of a dossier were given by name, if any: what its
    notebook says, since the manifest tells only which one came to be used."""
    notebook = read_json(folder / "dossier.ipynb") or {}
    for cell in notebook.get("cells", []):
        if "injected-parameters" in cell.get("metadata", {}).get("tags", []):
            found = _STANDARD.search("".join(cell["source"]))
            return found[1] if found else ""
    return ""


def _hashes(folder: Path, files: tuple[str, ...]) -> dict[str, str]:
    record = read_manifest(folder) or {"outputs": []}
    return {output["file"]: output["sha256"] for output in record["outputs"]
            if any(fnmatch(output["file"], pattern) for pattern in files)}


def _of_signature(folder: Path) -> list[str]:
    """Look at a signature without any key: it must be over this manifest."""
    if not (folder / SIGNATURE).exists():
        return []
    found = read_signature(folder)
    if found is None:
        return [f"{SIGNATURE} 已损坏"] if is_signature(folder / SIGNATURE) else []
    return [] if leads_to_root(folder, found) else [f"{SIGNATURE} 不是对这份 {MARK} 的签名"]


def _folders(above: Path) -> list[Path]:
    try:
        return sorted(path for path in above.iterdir() if path.is_dir() and not path.is_symlink())
    except OSError as fault:
        raise WrongUse(f"打不开文件夹 {above}：{fault.strerror}") from fault


def _of_record(folder: Path, record: dict) -> list[str]:
    """Look at the manifest itself: seal, run id, place, and the files that none can lack."""
    listed = {output["file"] for output in record["outputs"]}
    needed = {"annual": _ANNUAL, "prefecture": _PREFECTURE}.get(
        folder.name.partition("-")[0], _LANGUAGE if "language" in record else
        _PUBLIC if edition_of(record) == PUBLIC_EDITION else _COUNTY)
    place = place_of(folder) if _YEAR.fullmatch(folder.parent.name) else (
        f"{record.get('year')}/{folder.name}")  # handed on alone, it has no folder of the year
    return [said for wrong, said in (
        (sealed(record) != record or not _as_written(folder, record),
         f"{MARK} 被改动过（封签不符）"),
        (run_id(causes_of(record)) != record["run_id"],
         "运行编号与所列依据（资料、规则、程序等）不符"),
        (identity(folder, place) != MARK, f"{MARK} 写的不是 {place}，是别处的记录"),
        (not listed >= {*needed}, f"{MARK} 没有列出 {'、'.join(sorted({*needed} - listed))}"),
    ) if wrong]


def _as_written(folder: Path, record: dict) -> bool:
    """Tell whether a manifest is as it is written, blanks and line ends included."""
    try:
        return content_of(folder / MARK) == manifest_text(record).encode("utf-8")
    except (NotAdmitted, OSError):
        return False


def _of_files(folder: Path, record: dict) -> list[str]:
    """Look at the files of ours: those listed, and the log by its own seal."""
    said = [f"{one_line(output['file'])} {amiss}" for output in record["outputs"]
            if (amiss := _amiss(folder, output))]
    if not (folder / LOG).is_file():
        said.append(f"{LOG} 不在")
    elif not has_its_seal(folder / LOG):
        said.append(f"{LOG} 被改动过（封签不符）")
    elif run_of_log(folder / LOG) not in ("", record["run_id"]):
        said.append(f"{LOG} 是别的运行的记录（运行编号不符）")
    return said


def _amiss(folder: Path, output: dict) -> str:
    told = Path(output["file"])
    if told.is_absolute() or ".." in told.parts:
        return "不在本文件夹之内"
    path = folder / told
    if not path.exists() and not path.is_symlink():
        return "不在"
    try:
        found, size = hash_of(path, max(output["bytes"], 1))
    except (NotAdmitted, OSError):
        return "被改动过，或读不出来"
    return "" if (found, size) == (output["sha256"], output["bytes"]) else "被改动过"


def _of_results(folder: Path, record: dict) -> list[str]:
    """Hold the record of results against the manifest: unit, year, standard."""
    results = read_json(folder / "results.json")
    if "-" in folder.name or not isinstance(results, dict):
        return []
    told = (results.get("unit", {}).get("code"), results.get("year"),
            results.get("standard", {}).get("sha256"))
    made = record.get("unit"), record.get("year"), record.get("standard", {}).get("sha256")
    return [] if told == made else [f"results.json 的县、年份或标准与 {MARK} 不符"]
