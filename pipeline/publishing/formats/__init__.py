"""The formats of a paper (格式): every module or package here is one, and its name is both what
``--formats`` calls it and the suffix of its files.

Such a module holds a class ``Exporter`` (`paper.exporting.PaperExporter`) with one method,
``written``: from the neutral document of `paper.blocks.read_notebook` to the bytes of a file.
"""

import importlib
import pkgutil
from collections.abc import Iterable

from pipeline.ground.errors import WrongUse

PDF = "pdf"


def known_formats() -> list[str]:
    """Return the names of all formats, from the listing of this folder; none is imported."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def formats_among(files: Iterable[str], stem: str) -> tuple[str, ...]:
    """Return the formats in which a book with this ``stem`` stands among files.

    >>> formats_among(["dossier.ipynb", "dossier.pdf", "results.json"], "dossier")
    ('pdf',)
    """
    there = {*files}
    return tuple(name for name in known_formats() if f"{stem}.{name}" in there)


def exporter_of(name: str) -> type:
    """Return the exporter (导出器) of one of the `known_formats`."""
    return importlib.import_module(f"{__name__}.{name}").Exporter


def checked_formats(text: str) -> tuple[str, ...]:
    """Return the formats that a user names, parted by commas; PDF is always one and the first.

    >>> checked_formats("pdf"), checked_formats("")
    (('pdf',), ('pdf',))
    """
    asked = [name for name in text.replace("，", ",").replace("、", ",").lower().split(",")
             if name.strip()]
    names = list(dict.fromkeys([PDF, *(name.strip().removeprefix(".") for name in asked)]))
    unknown = [name for name in names if name not in known_formats()]
    if unknown:
        raise WrongUse(f"没有格式“{'、'.join(unknown)}”；可用的格式为 "
                       f"{'、'.join(known_formats())}，如 --formats pdf")
    return tuple(names)
