"""Admission (收取): may this file be opened at all? Asked before a byte of it is read.

It is asked of what a unit hands in and of what an earlier run left behind: a pipe would hang
whoever opens it, a link leads out of the folder, a sparse file has no end, and a file whose
name cannot be written down cannot stand in any record.
"""

import errno
import hashlib
import json
import os
import stat
import unicodedata
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.ground.errors import JunhengError
from pipeline.ground.machine import lacking

MOST_BYTES = 60_000_000
MOST_RECORD_BYTES = 20_000_000  # of a JSON record of ours: 2,900 counties need 2 MB
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in (
    "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_UNTELLABLE = {"Cc", "Cs", "Zl", "Zp"}  # controls, bytes that are no UTF-8, line breaks
_BYTE = range(0xDC80, 0xDD00)  # how Python carries a byte of a name that is no UTF-8
_KIND_ZH = {stat.S_IFLNK: "链接", stat.S_IFDIR: "文件夹", stat.S_IFIFO: "管道",
            stat.S_IFSOCK: "套接字", stat.S_IFCHR: "设备", stat.S_IFBLK: "设备"}


class NotAdmitted(JunhengError):
    """A file that is not admitted (不予收取): the check of `data/rules/checks.toml` that it fails,
    what was found, and the line where that can be told."""

    def __init__(self, code: str, found: str, row: int | None = None):
        self.code, self.found, self.row = code, found, row
        super().__init__(found)


def admitted(path: Path, most: int = MOST_BYTES) -> BinaryIO:
    """Open a regular file of at most ``most`` bytes that is not a link; `NotAdmitted` otherwise.

    Nothing that is opened here waits for anybody. What the machine lacks stays an `OSError`.
    """
    if not is_tellable(path.name):
        raise NotAdmitted("file.name", "文件名不是 UTF-8 编码，或含换行等控制字符")
    try:
        _require_file(path.lstat().st_mode)
        handle = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise _unopened(error) from error
    try:
        there = os.fstat(handle)
        _require_file(there.st_mode)
        if there.st_size > most:
            raise NotAdmitted("file.too_large", f"文件有 {there.st_size / 1e6:.1f} MB")
    except NotAdmitted:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def content_of(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a file that is `admitted`."""
    with admitted(path, most) as file:
        return _read(file, file.read)


def hash_of(path: Path, most: int = MOST_BYTES) -> tuple[str, int]:
    """Return the sha256 and the size of a file that is `admitted`; it is read in pieces."""
    with admitted(path, most) as file:
        total = _read(file, lambda: hashlib.file_digest(file, "sha256").hexdigest())
        return total, os.fstat(file.fileno()).st_size


def _read(file: BinaryIO, how):
    try:
        return how()
    except OSError as error:
        raise _unopened(error) from error


def _unopened(error: Exception) -> Exception:
    """Return what is wrong with a file; what the machine lacks is not the file's fault."""
    return error if lacking(error) else NotAdmitted("file.access", f"打不开（{reason(error)}）")


def listed(folder: Path) -> list[Path]:
    """Return what stands in a folder, nothing where there is no such folder.

    `NotAdmitted` where something stands there that cannot be looked into: a missing folder is
    an answer, an unreadable one is not.
    """
    try:
        return [*folder.iterdir()]
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR) and not os.path.lexists(folder):
            return []
        if error.errno in (errno.ENOENT, errno.ELOOP):
            raise NotAdmitted("file.kind", "是断开的链接") from error
        if error.errno == errno.ENOTDIR:
            raise NotAdmitted("file.kind", "不是文件夹") from error
        raise _unopened(error) from error


def read_json(path: Path, most: int = MOST_RECORD_BYTES) -> Any:
    """Return what a JSON record of ours holds, None where it is absent, damaged or no file."""
    try:
        return json.loads(content_of(path, most))
    except (NotAdmitted, OSError, ValueError, RecursionError):
        return None


def is_tellable(name: str) -> bool:
    """Tell whether a name can stand in a record: UTF-8, one line, no control letter."""
    return not any(unicodedata.category(letter) in _UNTELLABLE for letter in name)


def one_line(name: str) -> str:
    r"""Return a name as one line of valid UTF-8: what cannot be written stands as its code.

    >>> one_line("小学.csv"), one_line("\udcd0\n.csv")
    ('小学.csv', '\\xd0\\n.csv')
    """
    return "".join(map(_written, name))


def _written(letter: str) -> str:
    if unicodedata.category(letter) not in _UNTELLABLE:
        return letter
    if ord(letter) in _BYTE:
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode()


def reason(error: Exception) -> str:
    """Return what the system says of a fault, without any path."""
    return getattr(error, "strerror", None) or type(error).__name__


def _require_file(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KIND_ZH.get(stat.S_IFMT(mode), "特殊文件")
        raise NotAdmitted("file.kind", f"是{kind}，不是文件本身")
