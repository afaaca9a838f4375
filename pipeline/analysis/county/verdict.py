"""The county's verdict (综合判定), item by item: any failure fails, any gap leaves it open.

A resource indicator is met when its coefficients keep their limits in every stage and no
school that fails is short of it; so all seven are met exactly when every school passes and
all fourteen coefficients keep their limits. What is judged by documents stays 待核 until
they are handed in. Only the ministry certifies; this is an assessment against the text.
"""

import pandas as pd

from pipeline.analysis.county.comparing import Outcome
from pipeline.analysis.county.composite import composites
from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.item_verdicts import judge_document, judge_item, judge_veto
from pipeline.analysis.schools.indicator_values import blank_variables, lacking_schools, value_of
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.indicators import Indicator
from pipeline.definitions.standards import ELIGIBILITY_ID, Standard
from pipeline.ground.exact import from_exact_text
from pipeline.ground.terms import (
    BELOW,
    ELIGIBILITY,
    FLOOR,
    MET,
    MISSING,
    NOT_MET,
    RESOURCE,
    TABLES,
    UNDETERMINED,
    VETO,
    records,
    verdict,
)


def judgements(indicators: pd.DataFrame, compliance: pd.DataFrame, balance: pd.DataFrame,
               schools: pd.DataFrame, data: dict[int, CountyData], year: int,
               standard: Standard) -> pd.DataFrame:
    """Return the judgements table of a year: resource part, items, vetoes, conditions for
    applying. ``data`` is what was handed in for each year."""
    if not standard.judged:
        return TABLES["judgements"].frame([])
    given, rows = data[year], []
    if standard.judges_schools:
        now = schools[schools["year"] == year]
        rows = [_resource_row(id, indicators, compliance, balance, year, standard)
                | {"evidence": "学校数据表" + _to_fill_in(now, standard.indicator(id), standard)}
                for id in standard.resource.indicators]
    rows += _composite_rows(balance, year, standard)
    rows += [_row(item, item.group, judge_item(item, given)) for item in standard.items]
    rows += [_row(veto, VETO, judge_veto(veto, given)) for veto in standard.vetoes]
    if standard.eligibility:
        rows.append(_eligibility(standard, given))
    return TABLES["judgements"].frame(rows)


def _row(item, group: str, found: Outcome) -> dict:
    return {"id": item.id, "group": group, "zh": item.zh, "status": found.status,
            "value": found.value, "limit": found.limit, "op": found.op, "unit": found.unit,
            "reason": found.reason, "schools": "、".join(found.schools),
            "evidence": item.evidence, "clause": item.clause}


def _composite_rows(balance: pd.DataFrame, year: int, standard: Standard) -> list[dict]:
    clauses = {c.id: c.clause for c in standard.composites}
    found = composites(balance[balance["year"] == year], standard)
    return [{"id": f"{r['id']}-{r['stage']}", "group": RESOURCE,
             "zh": f"{standard.stages[r['stage']]}{r['label']}", "status": r["status"],
             "value": from_exact_text(r["cv"]), "limit": r["limit"], "op": r["op"], "unit": "",
             "reason": r["reason"], "evidence": "学校数据表", "clause": clauses[r["id"]]}
            for r in records(found)]


def _eligibility(standard: Standard, data: CountyData) -> dict:
    """Judge the conditions for applying (申报条件): years since basic balance, monitoring."""
    rule, since = standard.eligibility, data.facts.get("basic_balance_year")
    watched = judge_document(ELIGIBILITY_ID, "年度监测结果", data)
    if since is None:
        age, said = UNDETERMINED, "未填通过国家基本均衡认定年份"
    else:
        age = MET if data.year - since >= rule.min_years_since_basic_balance else NOT_MET
        said = f"{int(since)}年通过国家基本均衡认定"
    return {"id": ELIGIBILITY_ID, "group": ELIGIBILITY, "zh": "申报条件",
            "status": verdict([age, watched.status]), "reason": f"{said}；{watched.reason}",
            "evidence": "国家基本均衡认定文件、年度监测结果", "clause": rule.clause}


def _resource_row(id: str, indicators: pd.DataFrame, compliance: pd.DataFrame,
                  balance: pd.DataFrame, year: int, standard: Standard) -> dict:
    cvs = balance[(balance["year"] == year) & (balance["indicator"] == id)]
    said = [f"{standard.stages[r['stage']]}差异系数"
            + ("超过限值" if r["status"] == NOT_MET else "待核")
            for r in records(cvs) if r["status"] != MET]
    levels = _levels(id, indicators, compliance, year)
    failing = sum(status == NOT_MET and level in (FLOOR, BELOW) for _, level, status in levels)
    open_ = any(status == UNDETERMINED and level == MISSING for _, level, status in levels)
    lacking = lacking_schools(indicators, year).get(id)
    if failing:
        said.append(f"{failing}所未达标学校此项不足")
    if lacking:
        said.append(lacking_words(lacking))
    states = [*cvs["status"], NOT_MET if failing else MET, UNDETERMINED if open_ else MET]
    return {"id": id, "group": RESOURCE, "zh": standard.indicator(id).zh,
            "status": verdict(states), "reason": "；".join(said) or "差异系数与各校均符合要求",
            "clause": standard.thresholds[id].clause}


def lacking_words(schools: list[str]) -> str:
    """Say how many schools have no value of an indicator, and which."""
    return f"{len(schools)}所缺此项数据（{'、'.join(schools)}）"


def _to_fill_in(schools: pd.DataFrame, indicator: Indicator, standard: Standard) -> str:
    """Say which columns which schools have to fill in, schools with the same blanks together.

    What a school of several stages shares is split by pupils and has no value without them.
    """
    reported = {variable for variable in indicator.variables
                if variable in schools and schools[variable].notna().any()}
    blanks: dict[str, list[str]] = {}
    for school in records(schools):
        if value_of(school, indicator) is None:
            what = "、".join(variables().variables[v].zh
                            for v in blank_variables(school, indicator, reported))
            if indicator.split and school["school_type"] in standard.split.weights:
                what += "（按学段拆分，还须有各学段在校生数）"
            blanks.setdefault(what, []).append(school["name"])
    said = "；".join(f"补填{'、'.join(names)}的{what}" for what, names in blanks.items())
    return f"：{said}" if said else ""


def _levels(id: str, indicators: pd.DataFrame, compliance: pd.DataFrame, year: int
            ) -> list[tuple[str, str, str]]:
    """Return name, level and the school's state of each school that is judged."""
    states = {(row["stage"], row["school_code"]): row["status"]
              for row in records(compliance[compliance["year"] == year])}
    chosen = indicators[(indicators["year"] == year) & (indicators["indicator"] == id)]
    return [(row["name"], row["level"], states[row["stage"], row["school_code"]])
            for row in records(chosen) if (row["stage"], row["school_code"]) in states]
