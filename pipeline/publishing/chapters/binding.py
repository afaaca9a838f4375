"""Bind the chapters into one notebook (装订): the folder's listing is the order.

papermill only warns about a parameter that it does not know, so parameters are checked
here before papermill sees them: the names that a chapter declares, the names given, and
their types.
"""

import ast
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from pipeline.definitions.base import ROOT
from pipeline.definitions.forms.unit_list import unit_code, unit_info
from pipeline.definitions.studies import study
from pipeline.ground.admission import one_line
from pipeline.ground.errors import DefinitionFault, WrongUse
from pipeline.ground.software import HOME

CHAPTERS = HOME / "notebooks"
_CHAPTER = re.compile(r"([0-9]{2})_\w+")  # no hyphen, blank or bracket: such are names of copies
_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
           "language_info": {"name": "python"}}
_CELLS = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell,
          "raw": nbformat.v4.new_raw_cell}


class Parameters(BaseModel):
    """What every chapter of a county takes: scalars only, no name beside these, a code is text.

    ``pool`` is the folder of a finished annual evaluation (年度评价), whose counties are the
    unit's peers; none if empty.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    unit: str
    year: int
    standard: str = ""
    drop_personal: bool = False
    raw: str = "data/raw"
    processed: str = "data/processed"
    pool: str = ""

    @field_validator("unit", mode="before")
    @classmethod
    def _as_code(cls, given: object) -> object:
        """Take a number for a code: papermill's -p makes one of it."""
        return unit_code(given) if type(given) is int else given

    @property
    def subject(self) -> str:
        """Return what the book is of, for seeds and file names: the unit's code."""
        return self.unit

    @property
    def of_county(self) -> dict:
        """Return those that `County.open` takes."""
        return self.model_dump(exclude={"drop_personal", "pool"})


class AnnualParameters(BaseModel):
    """What every chapter of an annual evaluation takes; an empty ``raw`` is the study's own."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    study: str
    year: int
    drop_personal: bool = False
    raw: str = ""
    processed: str = "data/processed"

    @property
    def subject(self) -> str:
        """Return what the book is of, for seeds and file names."""
        return f"annual-{study(self.study).id}"

    @property
    def of_annual(self) -> dict:
        """Return those that `Annual.open` takes."""
        return self.model_dump(exclude={"drop_personal"})


def checked(given: dict) -> Parameters:
    """Return validated parameters; `WrongUse` names every unknown, missing or mistyped one."""
    parameters = _validated(Parameters, given)
    unit_info(parameters.unit, ROOT / parameters.raw)
    return parameters


def checked_annual(given: dict) -> AnnualParameters:
    """Return validated parameters of an annual evaluation, as `checked` does of a county."""
    parameters = _validated(AnnualParameters, given)
    study(parameters.study)
    return parameters


def _validated(kind: type[BaseModel], given: dict) -> BaseModel:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        said = (_fault_zh(fault, kind) for fault in error.errors())
        raise WrongUse("参数有误：" + "；".join(said)) from error


def _fault_zh(error: dict, kind: type[BaseModel]) -> str:
    name = error["loc"][0]
    known = "、".join(kind.model_fields)
    return {"extra_forbidden": f"没有参数“{name}”，可用的参数为 {known}",
            "missing": f"缺少参数“{name}”",
            "string_type": f"“{name}”应为文本（县代码须加引号，以免丢失前导零）",
            "int_type": f"“{name}”应为整数",
            "bool_type": f"“{name}”应为 True 或 False"}.get(error["type"], f"“{name}”不合规定")


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
        notebook = nbformat.read(path, as_version=4)
        return [{"type": cell.cell_type, "source": cell.source,
                 "tags": sorted(cell.metadata.get("tags", [])),
                 **({"attachments": cell.attachments} if cell.get("attachments") else {})}
                for cell in notebook.cells]
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise DefinitionFault(path.name, ["不是有效的笔记本（JSON），请用 git checkout 恢复，"
                                          "或在 JupyterLab 中另存"]) from error


def bind(paths: list[Path], kind: type[BaseModel] = Parameters) -> NotebookNode:
    """Return one notebook of all chapters: one parameters cell, then every other cell."""
    books = [(path, code_of(path)) for path in paths]
    for path, cells in books:
        _check_parameters_cell(path, cells, kind)
    told = [(path, cell) for path, cells in books for cell in cells[1:]]
    bound = nbformat.v4.new_notebook(metadata=_KERNEL)
    bound.cells = [_cell(number, *one) for number, one in
                   enumerate([(paths[0], books[0][1][0]), *told])]
    return bound


def _cell(number: int, path: Path, code: dict) -> NotebookNode:
    """Return a cell of the bound notebook, as if nobody had ever looked at it."""
    more = {"attachments": code["attachments"]} if "attachments" in code else {}
    tags = {"tags": code["tags"]} if code["tags"] else {}
    return _CELLS[code["type"]](code["source"], id=f"cell-{number:03d}",
                                metadata={**tags, "chapter": path.stem}, **more)


def _check_parameters_cell(path: Path, cells: list[dict], kind: type[BaseModel]) -> None:
    tagged = [number for number, cell in enumerate(cells) if "parameters" in cell["tags"]]
    if tagged != [0]:
        raise DefinitionFault(path.name, ["第一格应为且只应有一个标签为 parameters 的单元格"])
    declared = {target.id for node in ast.parse(cells[0]["source"]).body
                if isinstance(node, ast.Assign) for target in node.targets}
    wanted = set(kind.model_fields)
    faults = [f"参数格缺少 {name}" for name in sorted(wanted - declared)]
    faults += [f"参数格有未规定的参数 {name}" for name in sorted(declared - wanted)]
    if faults:
        raise DefinitionFault(path.name, faults)
