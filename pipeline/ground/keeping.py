"""Keep what is the user's (保留): carry it to another folder, or set it aside under a free name.

A name that is taken becomes ``name.kept-1.suffix``, or the next number. A second link to the
file is made where the file system can, else a copy: nothing is moved, so that no moment is
without it.
"""

import filecmp
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from pipeline.ground.origin import with_origin
from pipeline.ground.ownership import claim, digest, listed, of_others, shown, write_mark
from pipeline.ground.private_files import keep_private


def carry_over(old: Path, new: Path) -> list[str]:
    """Give ``new`` all that is not ours in ``old`` (带到新文件夹); say in a line what was given.

    What ``new`` has already is passed over: a second time does nothing.
    """
    return [_given(path, old, new) for path in of_others(old)
            if not _same(old / path, _home(path, old, new))]


def set_aside(path: Path) -> str:
    """Give a file that is about to be replaced a second name (另存); say so in a line."""
    kept = next(place for place in _names(path)
                if place != path and (not os.path.lexists(place) or _same(path, place)))
    _twin(path, kept)
    return _said(Path(path.name), Path(kept.name))


def write_own(folder: Path, name: str, content: bytes, made: dict | None = None) -> list[str]:
    """Write a file into a folder of ours and list it there, with its origin where there is one;
    the user's of that name is set aside.

    Returns what there is to say of it. Raises `WrongUse` where the folder is the user's.
    """
    files = listed(claim(folder))
    said = make_way(folder / name, [files.get(name, "")], content)
    write_mark(folder, files | {name: hashlib.sha256(content).hexdigest()},
               **with_origin(folder, name, made))
    (folder / name).unlink(missing_ok=True)  # not written into: another name may be the same file
    (folder / name).write_bytes(content)
    keep_private(folder / name)
    return said


def make_way(path: Path, known: Iterable[str], content: bytes) -> list[str]:
    """Let ``content`` take a path: what stands there gets a second name unless its hash is a
    ``known`` one, or it is that content already. Returns what there is to say of it."""
    if not os.path.lexists(path):
        return []
    plain = path.is_file() and not path.is_symlink()
    ours = plain and digest(path) in {*known, hashlib.sha256(content).hexdigest()}
    return [] if ours else [set_aside(path)]


def _given(path: Path, old: Path, new: Path) -> str:
    home = _home(path, old, new)
    home.parent.mkdir(parents=True, exist_ok=True)
    _twin(old / path, home)
    return _said(path, home.relative_to(new))


def _home(path: Path, old: Path, new: Path) -> Path:
    """Return where below ``new`` something of ``old`` has its place: every part of the path under
    its own name, or the first one that is free."""
    place = new
    for above in reversed(path.parents[:-1]):
        place = next(p for p in _names(place / above.name) if not os.path.lexists(p)
                     or (p.is_dir() and not p.is_symlink()))
    return next(p for p in _names(place / path.name)
                if not os.path.lexists(p) or _same(old / path, p))


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in count(1):
        yield path.with_name(f"{path.stem}.kept-{number}{path.suffix}")


def _same(one: Path, other: Path) -> bool:
    """Tell whether two things are one, or alike to the byte."""
    if not os.path.lexists(other):
        return False
    if one.is_symlink() or other.is_symlink():
        return one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()
    if one.is_dir() or other.is_dir():
        return one.is_dir() and other.is_dir()
    return one.samefile(other) or (
        one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False))


def _twin(path: Path, twin: Path) -> None:
    """Make a second link, or a copy where there can be none; an empty folder is made anew."""
    if os.path.lexists(twin):
        return
    if path.is_dir() and not path.is_symlink():
        twin.mkdir()
        return
    try:
        os.link(path, twin, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(path, twin, follow_symlinks=False)


def _said(path: Path, kept: Path) -> str:
    if path == kept:
        return f"{shown(path)} 不是本软件所写，原样保留"
    return f"{shown(path)} 不是本软件所写或已被改动，原样保留为 {shown(kept)}"
