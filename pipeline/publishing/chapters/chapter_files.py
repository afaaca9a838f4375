"""The chapters of a book as files (章节文件): which there are, in what order, their code."""

import json
import re
from pathlib import Path

from pipeline.ground.admission import one_line
from pipeline.ground.errors import DefinitionFault, WrongUse
from pipeline.ground.software import HOME

CHAPTERS = HOME / "notebooks"
_CHAPTER = re.compile(r"([0-9]{2})_\w+")  # no hyphen, blank or bracket: such are names of copies
_FORMAT = 4  # of notebooks, as JupyterLab writes them


def chapters(book: str) -> list[Path]:
    """Return the chapters of a book (``county`` or ``annual``) in order."""
    found = [path for path in sorted((CHAPTERS / book).glob("*.ipynb"))
             if _CHAPTER.fullmatch(path.stem)]
    if not found:
        raise WrongUse(f"notebooks/{book} 中没有章节")
    return [path for path in found if not _is_copy(path, found)]


def _is_copy(path: Path, beside: list[Path]) -> bool:
    """Tell whether a name is another chapter's with something behind it: 03_balance副本; one
    with an underscore behind it, 03_balance_by_town, is a name of its own."""
    return any(path.stem.startswith(other.stem)
               and path.stem.removeprefix(other.stem)[:1] not in ("", "_") for other in beside)


def strays(book: str) -> list[str]:
    """Return the names of what stands among the chapters of a book and is none (不是章节).

    JupyterLab leaves ``03_balance-Copy1.ipynb``, ``Untitled.ipynb``, ``.ipynb_checkpoints``.
    """
    return sorted(one_line(path.name) for path in {*(CHAPTERS / book).glob("*.ipynb*")}
                  | {*(CHAPTERS / book).glob(".ipynb*")} if path not in chapters(book))


def code_of(path: Path) -> list[dict]:
    """Return what of a chapter is code (程序): of each cell in order its type, source and tags.

    Looking at a chapter in JupyterLab changes outputs, counts, ids, the names of kernel and
    language, and what editors note; none of that is. Raises `DefinitionFault`.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if notebook["nbformat"] != _FORMAT:
            raise ValueError
        return [{"type": cell["cell_type"], "source": "".join(cell["source"]),
                 "tags": sorted(cell["metadata"].get("tags", [])),
                 **({"attachments": cell["attachments"]} if cell.get("attachments") else {})}
                for cell in notebook["cells"]]
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise DefinitionFault(path.name, ["不是有效的笔记本（JSON），请用 git checkout 恢复，"
                                          "或在 JupyterLab 中另存"]) from error
