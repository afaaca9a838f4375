"""Chapter 90 of a prefecture's book: what the figures depend on, and the record."""

import pandas as pd

from pipeline.annual_evaluation.prefecture_unit import SUBJECT, Prefecture
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable
from pipeline.dossier.printing.software_rows import run_rows
from pipeline.ground.software import differing
from pipeline.ground.terms import TABLES

__all__ = ["prefecture_record", "run_table"]

SCHEMA = "junheng.prefecture/1"
_TABLES = ("prefecture_counties", "prefecture_targets", "prefecture_figures", "county_states")


def run_table(prefecture: Prefecture) -> PrintedTable:
    """Print what the figures depend on: plans, versions, fonts (运行信息)."""
    rows = [*((found.title, f"规划包 {found.id}") for found in prefecture.plans),
            ("输入文件", f"{len(prefecture.hashed_inputs())}个"), *run_rows()]
    return PrintedTable(
        "run_table", f"{prefecture.name}{prefecture.year}年运行信息",
        (Field("事项", align="left"), Field("内容", align="left")),
        tuple(tuple(Cell(text) for text in row) for row in rows), "运行时记录", wide=True)


def prefecture_record(prefecture: Prefecture) -> dict:
    """Return the record of the book (prefecture.json): its tables, row by row."""
    return {"schema": SCHEMA, "unit": f"{SUBJECT}{prefecture.code}", "name": prefecture.name,
            "year": prefecture.year, "differing_packages": differing(),
            "tables": {name: _rows(prefecture.load(name), name) for name in _TABLES}}


def _rows(frame: pd.DataFrame, name: str) -> list[dict]:
    return TABLES[name].to_text(frame).to_dict("records")
