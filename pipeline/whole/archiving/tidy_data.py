"""The tables of a county for other programs (整齐数据): CSV, Parquet, Stata, and the codebook.

A row is an observation, a column a variable under its name in code; exact fractions become the
nearest double in Parquet and Stata, and stand as they are in the CSV. Labels are Chinese.
"""

import csv
import importlib.util
from datetime import datetime
from pathlib import Path

import pandas as pd

from pipeline.definitions.forms.variables import variables
from pipeline.ground.handover import Handover
from pipeline.ground.terms import TABLES, Table, is_missing

CODEBOOK = ("table", "table_zh", "column", "kind", "label_zh", "unit", "meaning")
_LABEL, _STRING = 80, 2000  # letters that Stata takes of a label, and of a text before strL
_NO_TIME = datetime(1980, 1, 1)
_KINDS = {"whole": "float64", "exact": "float64", "number": "float64", "flag": "float64"}


def write_tidy(made: Handover, names: list[str], folder: Path) -> list[str]:
    """Write the tables of these names and their codebook; return the formats written.

    Parquet is written where pyarrow is installed (`make parquet`).
    """
    folder.mkdir()
    frames = {name: made.load(name) for name in names}
    for name, frame in frames.items():
        plain = _plain(TABLES[name], frame)
        TABLES[name].to_text(frame).to_csv(_place(folder, "csv", name), index=False,
                                           lineterminator="\n")
        _write_stata(TABLES[name], plain, _place(folder, "dta", name))
    _write_codebook(frames, folder / "codebook.csv")
    formats = ["csv", "dta"]
    if importlib.util.find_spec("pyarrow"):
        for name, frame in frames.items():
            _plain(TABLES[name], frame).to_parquet(_place(folder, "parquet", name), index=False)
        formats.append("parquet")
    return formats


def _place(folder: Path, form: str, name: str) -> Path:
    (folder / form).mkdir(exist_ok=True)
    return folder / form / f"{name}.{form}"


def _plain(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with numbers as doubles, flags as 0 and 1, and text as text."""
    return pd.DataFrame({name: _column(table.kind(name), frame[name]) for name in frame.columns})


def _column(kind: str, values: pd.Series) -> pd.Series:
    if kind in _KINDS:
        return pd.Series([None if is_missing(v) else float(v) for v in values], dtype="float64")
    return pd.Series(["" if is_missing(v) else str(v) for v in values], dtype="object")


def _write_stata(table: Table, frame: pd.DataFrame, path: Path) -> None:
    labels = {name: label_of(table, name)[:_LABEL] for name in frame.columns}
    long = [name for name in frame.columns if table.kind(name) == "text"
            and frame[name].map(lambda text: len(text.encode())).max() > _STRING]
    frame.to_stata(path, write_index=False, version=118, time_stamp=_NO_TIME,
                   data_label=table.zh[:_LABEL], variable_labels=labels, convert_strl=long)


def label_of(table: Table, name: str) -> str:
    """Return what a column is called in Chinese: as declared, or the variable's own name."""
    declared = next((c.zh for c in table.columns if c.name == name), "")
    variable = variables().variables.get(name)
    return declared or (variable.zh if variable else name)


def _write_codebook(frames: dict[str, pd.DataFrame], path: Path) -> None:
    """Write a line a column of every table (变量表)."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CODEBOOK)
        for name, frame in frames.items():
            table = TABLES[name]
            meanings = {c.name: c.meaning for c in table.columns}
            for column in frame.columns:
                variable = variables().variables.get(column)
                writer.writerow([name, table.zh, column, table.kind(column),
                                 label_of(table, column), variable.unit if variable else "",
                                 meanings.get(column, "")])
