"""The child process that opens files (开文件的子进程): `python -m pipeline.cleaning.files.opening`.

Nothing that a bureau sends is unpacked in the process that makes the dossier. The child
reads one request a line, ``{"path": …, "most_rows": …, "seconds": …}``, and answers with the
sheets as plain data, or with the check that the file fails. It may use 1.5 GB, and for each file
so many seconds of processor time; what goes wrong in it stays in it.
"""

import json
import mmap
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from pipeline.cleaning.files.cells import MOST_ROWS, Unreadable
from pipeline.cleaning.files.gate import (
    admit,
    examine_workbook,
    kind_of,
    notes_of_old,
)
from pipeline.cleaning.files.package import Package
from pipeline.cleaning.files.sheet_parts import other_pages
from pipeline.cleaning.files.text_files import is_unended, read_text
from pipeline.cleaning.files.workbooks import read_xls, read_xlsx
from pipeline.ground.machine import lacking, lower

MOST_MEMORY = 1_500_000_000
OUT_OF_TIME = getattr(signal, "SIGPROF", 0)  # ends a child whose time is used; not on Windows


def open_file(path: Path, most_rows: int = MOST_ROWS) -> dict:
    """Return ``{kind, encoding, notes, sheets, unended}`` of one file; `Unreadable` says what it
    is."""
    content = admit(path)
    kind = kind_of(content, path.name)
    if kind == "text":
        sheets, encoding = read_text(content, most_rows)
        return {"kind": kind, "encoding": encoding, "notes": [], "sheets": sheets,
                "unended": is_unended(content)}
    if kind == "xls":
        notes, sheets = notes_of_old(content), read_xls(content)
    else:
        notes, package = examine_workbook(content), Package(content)
        notes, sheets = [*notes, *other_pages(package)], read_xlsx(package)
    return {"kind": kind, "encoding": "", "notes": notes, "sheets": sheets, "unended": False}


def answer(request: dict) -> dict:
    """Return what `open_file` gives, or the fault as data; a spoiled file raises nothing.

    ``lacking`` is what this machine lacks; ``memory`` tells that it may have lacked memory.
    """
    try:
        return open_file(Path(request["path"]), request["most_rows"])
    except Unreadable as fault:
        return {"fault": [fault.code, fault.found, fault.row, fault.column, fault.sheet]}
    except MemoryError:
        return {"fault": ["file.too_large", "打开所需的内存超过1.5 GB", None, "", ""],
                "memory": True}
    except OSError as fault:
        return {"lacking": lacking(fault) or fault.strerror}


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Answer every request until there are no more, within the limits of memory and time."""
    _limit_memory()
    for line in asked:
        request = json.loads(line)
        _limit_time(request["seconds"])
        said = json.dumps(answer(request)).encode()
        _limit_time(0)
        told.write(said + b"\n")
        told.flush()


def _limit_memory() -> None:
    """Allow so much memory beside what a forked process has from its parent."""
    lower("RLIMIT_AS", MOST_MEMORY + inherited())  # Windows has none; the time limit remains


def _limit_time(seconds: float) -> None:
    """Have this process ended when it has used so many seconds of its processor; 0 for never."""
    if OUT_OF_TIME:
        signal.setitimer(signal.ITIMER_PROF, seconds)


def inherited() -> int:
    """Return the bytes of address space that this process has, and a fork of it from it."""
    sizes = Path("/proc/self/statm")
    return int(sizes.read_text().split()[0]) * mmap.PAGESIZE if sizes.exists() else 0


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
