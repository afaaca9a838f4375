"""Pool tables of counties (县级表的汇总): the same tables as `pipeline.whole.pooling` gives.

There are no schools: no county's own coefficients, no verdict. What is impossible in a
published table is left out with its reason; a table that is refused stops the evaluation,
and the refusal says every place.
"""

import pandas as pd

from pipeline.analysis.annual.county_panel import completed
from pipeline.analysis.annual.rule_comparisons import comparisons
from pipeline.annual_evaluation import Annual
from pipeline.cleaning.counties.county_tables import CountyTables, read_county_tables
from pipeline.definitions.forms.county_layouts import county_layouts
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.ground.terms import REFUSE, REFUSED, TABLES

WHO = ("year", "unit", "name", "province", "prefecture")
_MOST_LINES = 20


def pool_tables(annual: Annual, drop_personal: bool = False) -> dict[str, pd.DataFrame]:
    """Return pool_units, panel, county_values, comparisons and findings of the study's tables;
    pool_balance and pool_schools are empty."""
    found = read_county_tables([(county_layouts()[table.layout], annual.raw / name)
                                for table in annual.study.source.tables
                                for name in table.files], annual.year, drop_personal)
    _require_accepted(found, annual)
    values = TABLES["county_values"].frame(found.values)
    tables = {"pool_units": TABLES["pool_units"].frame(_units(found)),
              "pool_balance": TABLES["pool_balance"].frame([]),
              "pool_schools": TABLES["pool_schools"].frame([]),
              "county_values": values, "findings": found.findings.table(),
              "comparisons": comparisons(values, annual.study)}
    panel = TABLES["panel"].frame([_floats(row) for row in found.values])
    return tables | {"panel": completed(panel, annual.study)}


def _require_accepted(found: CountyTables, annual: Annual) -> None:
    """Raise `InputRefused` with every refusing place, `WrongUse` when the year is not there."""
    refused = [row for row in found.findings.rows if row["severity"] == REFUSE]
    if refused:
        lines = [_line(row) for row in refused[:_MOST_LINES]]
        if len(refused) > _MOST_LINES:
            lines.append(f"……共{len(refused)}处")
        raise InputRefused(f"县级表有 {len(refused)} 处必须改正，未作测算：\n" + "\n".join(lines))
    years = sorted({row["year"] for row in found.values})
    if annual.year not in years:
        raise WrongUse(f"评价方案“{annual.study.id}”的资料中没有{annual.year}年。"
                       f"该年及以前有：{'、'.join(map(str, years)) or '无'}")


def _line(row: dict) -> str:
    place = " ".join(filter(None, [row["file"], row["sheet"], row["row"] and f"第{row['row']}行",
                                   row["column"] and f"{row['column']}列"]))
    return f"  {place}：{row['action']}。应当：{row['rule']}。{row['remedy']}"


def _units(found: CountyTables) -> list[dict]:
    pooled = [{**{key: row[key] for key in WHO}, "state": "pooled", "reason": row["note"]}
              for row in found.values]
    left_out = [{**row, "state": REFUSED} for row in found.left_out]
    return sorted(pooled + left_out, key=lambda row: (row["year"], row["unit"], row["state"]))


def _floats(row: dict) -> dict:
    return {name: value if name in WHO or value is None else float(value)
            for name, value in row.items() if name != "note"}
