"""Folders given on the command line (文件夹参数)."""

from pathlib import Path

import click


def seen_from_here(_: click.Context, asked: click.Parameter, folder: str) -> str:
    """Return a folder that the user names as seen from where they stand; a default stays as it
    is, which is within the project wherever the command is given."""
    return folder if folder == asked.default else str(Path(folder).absolute())
