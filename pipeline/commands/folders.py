"""Folders that a command meets (文件夹): those given are seen from where the user stands and
apart; what is no chapter is named."""

import os
import re
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import click
from click.core import ParameterSource

from pipeline.ground.errors import WrongUse
from pipeline.ground.software import INSTALLED

_MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(r"\\([0-7]{3})")
_DEPTH = 2  # links count that stand in a folder or in one of its years
_SAID = ("{one}（{first}）和{other}（{second}）是同一个文件夹，或一个在另一个之中（包括经过链接），"
         "未开始。请各用一个文件夹，互不包含。")


def seen_from_here(context: click.Context, asked: click.Parameter, folder: str) -> str:
    """Return a folder that the user names as seen from where they stand; what they do not name
    stays as it is, which is within the checkout wherever the command is given. Without a
    checkout that is seen from where they stand as well."""
    named = context.get_parameter_source(asked.name) is not ParameterSource.DEFAULT
    return str(Path(folder).absolute()) if (named or INSTALLED) and folder else folder


def tell_published(codes: Iterable[str], raw: Path) -> None:
    """Say of units that nobody has registered how they are taken, beside the output."""
    from pipeline.definitions.forms.unit_list import published_notice

    for code in codes:
        if said := published_notice(code, raw):
            click.echo(f"注意：{said}。", err=True)


def say_strays(book: str) -> None:
    """Name what stands among the chapters of a book and is none: nothing of it is bound."""
    from pipeline.publishing.chapters.chapter_files import strays

    if found := strays(book):
        click.echo(f"注意：notebooks/{book} 中的 {'、'.join(found)} 不是章节（JupyterLab 的副本、"
                   "新建的笔记本或自动存档），未装订，不影响结果。要作为章节的，请改名为“两位数字_名称”；"
                   "不要的请删去。", err=True)


def require_apart(folders: dict[str, Path]) -> None:
    """Raise `WrongUse` where two of these folders are one, or one is within the other.

    ``folders``: Chinese name → folder. Links, `..` and mounts are followed, and so are the links
    that stand in a folder or in one of its years. To be called before anything is written.
    """
    roots = {name: _roots(folder) for name, folder in folders.items()}
    for one, other in combinations(folders, 2):
        if any(_within(a, b) or _within(b, a) for a in roots[one] for b in roots[other]):
            raise WrongUse(_SAID.format(one=one, first=folders[one], other=other,
                                        second=folders[other]))


def _within(inner: Path, outer: Path) -> bool:
    """Tell whether a folder is another one or stands in it, by name or by what the system says
    is the same folder."""
    if inner.is_relative_to(outer) or _on_device(inner).is_relative_to(_on_device(outer)):
        return True
    known = _identity(outer)
    return known is not None and any(_identity(p) == known for p in (inner, *inner.parents))


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        there = folder.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _roots(folder: Path) -> list[Path]:
    """Return where a folder really is, and what is reached from it by links and mounts."""
    real = Path(os.path.realpath(folder))
    mounted = [point for point, _ in _mounts() if point != real and point.is_relative_to(real)]
    return [real, *mounted, *_linked(real, _DEPTH)]


def _linked(folder: Path, depth: int) -> list[Path]:
    """Return the real folders behind the links in a folder, and in those below it."""
    try:
        with os.scandir(folder) as entries:
            there = [*entries]
    except OSError:
        return []
    links = [Path(os.path.realpath(e.path)) for e in there if e.is_symlink() and _is_folder(e)]
    below = [e.path for e in there if depth > 1 and not e.is_symlink() and _is_folder(e)]
    return links + [found for place in below for found in _linked(Path(place), depth - 1)]


def _is_folder(entry: os.DirEntry) -> bool:
    """Tell whether there is a folder; a link that leads round in a circle leads to none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _on_device(folder: Path) -> Path:
    """Return a folder as its device has it, which is the same through every mount (bind)."""
    found = [(point, root) for point, root in _mounts() if folder.is_relative_to(point)]
    if not found:
        return folder
    point, root = max(found, key=lambda mount: len(mount[0].parts))
    return root / folder.relative_to(point)


def _mounts() -> list[tuple[Path, Path]]:
    """Return every mount point with its device and the folder of it that is mounted there."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        _, _, device, root, point, *_ = line.split(" ")
        root, point = (_OCTAL.sub(lambda m: chr(int(m[1], 8)), text) for text in (root, point))
        found.append((Path(point), Path(f"//{device}", root.lstrip("/"))))
    return found
