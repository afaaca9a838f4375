"""Is there room? (磁盘): asked before a batch begins, not after its two-thousandth county."""

import shutil
import tempfile
from pathlib import Path
from statistics import median_low

from pipeline.ground.errors import WrongUse
from pipeline.ground.machine import lacking
from pipeline.publishing.records.faults import file_operation
from pipeline.publishing.records.manifest import read_manifest

_USUAL_BYTES = 4_000_000
_SAMPLED = 20
_WORKING_FOLD = 4  # a county under way needs its dossier several times over


def require_writable(folder: Path) -> None:
    """Make the folder; raise `WrongUse` where nothing can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file_operation()
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(b"x")
    except OSError as fault:
        reason = lacking(fault) or fault.strerror
        raise WrongUse(f"输出文件夹 {folder} 不能写入（{reason}），未开始。") from fault


def require_room(folder: Path, counties: int, workers: int) -> None:
    """Raise `WrongUse` unless there is room for so many dossiers."""
    needed = dossier_bytes(folder) * (counties + workers * _WORKING_FOLD)
    free = shutil.disk_usage(folder).free
    if counties and free < needed:
        raise WrongUse(f"磁盘空间不足：{counties} 个县约需 {needed / 1e6:.0f} MB，"
                       f"输出文件夹 {folder} 只剩 {free / 1e6:.0f} MB，未开始。")


def dossier_bytes(folder: Path) -> int:
    """Return the usual size of a dossier: the median of those that stand, else a rule of thumb."""
    found = []
    for path in sorted(folder.glob("[0-9]" * 6))[:_SAMPLED]:
        record = read_manifest(path)
        if record:
            found.append(sum(_bytes(path, output) for output in record["outputs"]))
    return median_low(found) if found else _USUAL_BYTES


def _bytes(folder: Path, output: dict) -> int:
    """Return the size of a file that stands as it is listed; what a record says alone may lie."""
    try:
        return min(output["bytes"], (folder / output["file"]).lstat().st_size)
    except (OSError, ValueError):
        return 0
