"""Bind the chapters into one notebook (装订): the folder's listing is the order."""

import ast
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from pydantic import BaseModel

from pipeline.ground.errors import DefinitionFault
from pipeline.publishing.chapter_parameters import Parameters
from pipeline.publishing.chapters.chapter_files import code_of

_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
           "language_info": {"name": "python"}}
_CELLS = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell,
          "raw": nbformat.v4.new_raw_cell}


def bind(paths: list[Path], kind: type[BaseModel] = Parameters) -> NotebookNode:
    """Return one notebook of all chapters: one parameters cell, then every other cell."""
    books = [(path, code_of(path)) for path in paths]
    for path, cells in books:
        _check_parameters_cell(path, cells, kind)
    told = [(path, cell) for path, cells in books for cell in cells[1:]]
    bound = nbformat.v4.new_notebook(metadata=_KERNEL | {
        "junheng": {"book": paths[0].parent.name}})
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
