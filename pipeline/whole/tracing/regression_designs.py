"""What a regression was made of (回归系数从何而来): the design, row by row, down to the cells.

A coefficient leads to the formula, the kind of its errors, the schools that were used and the value
of every column of each; with these rows anyone fits it again.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from pipeline.analysis.estimators import estimate
from pipeline.analysis.gaps.school_frame import panel_frame
from pipeline.county import County
from pipeline.definitions.indicators import indicators
from pipeline.ground.exact import decimal_text
from pipeline.ground.terms import FITTED, TABLES, is_missing
from pipeline.whole.tracing.school_figures import SchoolFigures
from pipeline.whole.tracing.traced import Traced, code_of

PANEL = "panel"
_LN, _PUPILS = "ln_", "pupils"
_FORMS = {"urban": "location", "town": "location", "rural": "location", "private": "ownership",
          "point": "school_type"}
_PANEL_SAID = "，含学校和年份固定效应"


def regression(model: Mapping, row: Mapping, table: str, column: str, code: str, county: County,
               tables: Mapping[str, pd.DataFrame], schools: SchoolFigures) -> Traced:
    """Trace a column of a row of models, terms, influence or specifications.

    ``model`` is the row of models that it belongs to. The parts are the rows of the design
    (设计矩阵), one a school, or a school and year, in the order in which they were fitted.
    """
    rows = design_rows(model, county, tables)
    value = row[column]
    said = value if isinstance(value, str) else "" if is_missing(value) else repr(value) if \
        isinstance(value, float) else decimal_text(value)
    zh = next((c.zh for c in TABLES[table].columns if c.name == column), column)
    named = " ".join(filter(None, (model["id"], row.get("term") or row.get("school", ""), zh)))
    parts = tuple(_school(place, one, list(rows.columns), schools, county.standard.stages)
                  for place, one in _places(rows, model["stage"]))
    return Traced(f"{TABLES[table].zh}　{named}", said, _how(model, row, len(rows)), "",
                  f"{code}；{code_of(estimate)}", parts)


def design_rows(model: Mapping, county: County, tables: Mapping[str, pd.DataFrame]
                ) -> pd.DataFrame:
    """Return the rows that a model was fitted on (设计矩阵): outcome and regressors by name, told
    by year and school; those that lack one are left out."""
    years = list(county.years) if model["method"] == PANEL else [county.year]
    frame = panel_frame(tables["indicators"], tables["schools"], years, model["stage"])
    asked = next(m for m in county.standard.models if m.id == model["id"].split("-")[0])
    wanted = list(dict.fromkeys([model["outcome"], *asked.regressors,
                                 *([asked.weights] if asked.weights else [])]))
    rows = frame.set_index(["year", "school"], drop=True)[
        [name for name in wanted if name in frame]]
    return rows[rows.notna().all(axis=1)]


def _places(rows: pd.DataFrame, stage: str) -> Iterator[tuple[dict, dict]]:
    for (year, code), values in zip(rows.index, rows.to_dict("records"), strict=True):
        yield {"year": int(year), "stage": stage, "school_code": code}, values


def _school(place: dict, values: dict, columns: list[str], schools: SchoolFigures,
            stages: Mapping[str, str]) -> Traced:
    """Trace one row of the design: the value of each column, and what each was made of."""
    parts = []
    for column in dict.fromkeys(name.removeprefix(_LN) for name in columns):
        if column in indicators():
            parts.append(schools.indicator({**place, "indicator": column,
                                            "value": schools.indicator_value(place, column)}))
        elif column == _PUPILS:
            parts.append(schools.value(place, _PUPILS))
        elif column in _FORMS:
            parts.append(schools.told(place, _FORMS[column]))
    said = "，".join(f"{name}＝{values[name]!r}" for name in columns)
    return Traced(f"{place['year']}年{stages[place['stage']]} {place['school_code']}", said,
                  parts=tuple(parts))


def _how(model: Mapping, row: Mapping, n: int) -> str:
    """Say how it was fitted, and how to fit it again from the rows below."""
    if model["status"] != FITTED:
        return f"设定 {model['formula']}；没有估计：{model['reason']}"
    panel = model["method"] == PANEL
    said = (f"设定 {model['formula']}{_PANEL_SAID if panel else ''}；方法 {model['method']}；"
            f"标准误 {model['convention'] or model['covariance']}；用下列{n}行，缺数据的不用")
    if row.get("sample") and row["sample"] != "all" or row.get("covariates"):
        said += (f"；本行的取舍：样本 {row['sample']}，控制变量 {row['covariates'] or '无'}，"
                 f"关注项 {row['scale']}，权数 {row['weights'] or '无'}，方法 {row['estimator']}")
    if not panel:
        said += (f"；重做：把下列各行存为 data，运行 pipeline.analysis.library.estimate(data, "
                 f"{{'kind': '{model['method']}', 'formula': '{model['formula']}', "
                 f"'cov': '{model['covariance']}'}})，写法见 docs/library.md")
    return said
