"""The catalogue of a published folder (目录): `datapackage.json` after the Data Package standard,
so that a program reads every table with the right kinds, units, keys and missing values."""

import json
from pathlib import Path

from pipeline.definitions.base import file_hash
from pipeline.definitions.forms.variables import variables
from pipeline.ground.handover import Handover
from pipeline.ground.ownership import LOG
from pipeline.ground.terms import TABLES, Table
from pipeline.publishing.records.tables.csv_tables import head

CATALOGUE, _TABLES = "datapackage.json", "tables"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_YES_NO = {"type": "boolean", "trueValues": ["是"], "falseValues": ["否"]}
_TYPES = {"text": {"type": "string"}, "whole": {"type": "integer"}, "exact": {"type": "number"},
          "number": {"type": "number"}, "flag": _YES_NO}
_MEDIA = {"csv": "text/csv", "json": "application/json", "pdf": "application/pdf",
          "html": "text/html", "ipynb": "application/x-ipynb+json",
          "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
          "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
_SAID = ("各表为 UTF-8（有 BOM）的 csv，表头为中文；空白为缺失，零是数据；"
         "分数写成小数，精确的分数见 results.json。"
         "以 = + - @ 等开头的文字之前加有一个 '，以免电子表格当作公式。")


def data_package(made: Handover, folder: Path, subject: str, book_zh: str) -> bytes:
    """Return the catalogue of a finished ``folder`` whose tables stand in ``folder/tables``.

    ``subject`` is year and code, and names the package. Tables alone are resources: for what is
    no table (``files``) the standard has no kind, and its readers take a workbook for one.
    """
    files = sorted(path for path in folder.rglob("*")
                   if path.is_file() and path.name not in (LOG, CATALOGUE))
    package = {
        "$schema": _PROFILE, "name": f"junheng-{subject}", "title": f"{subject} {book_zh}",
        "description": _SAID,
        "resources": [_resource(made, path) | _file(folder, path) for path in files
                      if path.parent.name == _TABLES],
        "files": [_file(folder, path) for path in files if path.parent.name != _TABLES]}
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _file(folder: Path, path: Path) -> dict:
    form = path.suffix.removeprefix(".")
    return {"path": path.relative_to(folder).as_posix(),
            "format": form, "mediatype": _MEDIA.get(form, "application/octet-stream"),
            "bytes": path.stat().st_size, "hash": f"sha256:{file_hash(path)}"}


def _resource(made: Handover, path: Path) -> dict:
    table, columns = TABLES[path.stem], made.load(path.stem).columns
    return {"name": path.stem, "type": "table", "title": table.zh, "encoding": "utf-8",
            "schema": _schema(table, list(columns))}


def _schema(table: Table, columns: list[str]) -> dict:
    schema = {"fields": [_field(table, name) for name in columns], "missingValues": [""]}
    return schema | ({"primaryKey": [head(table, name) for name in table.key]}
                     if table.key else {})


def _field(table: Table, name: str) -> dict:
    """Return a column: its head, its name in code, its kind, unit and meaning."""
    variable = variables().variables.get(name)
    meaning = next((c.meaning for c in table.columns if c.name == name), "")
    return {"name": head(table, name), "code": name, **_TYPES[table.kind(name)],
            **({"unit": variable.unit} if variable else {}),
            **({"description": meaning} if meaning else {})}
