"""The county's verdict (综合判定), item by item: any failure fails, any gap leaves it open.

A resource indicator is met when its coefficients keep their limits in every stage and no
school that fails is short of it; so all seven are met exactly when every school passes and
all fourteen coefficients keep their limits. What is judged by documents stays 待核 until
they are handed in. Only the ministry certifies; this is an assessment against the text.
"""

import pandas as pd

from pipeline.definitions.standards import Standard
from pipeline.terms import (
    BELOW,
    FLOOR,
    MET,
    MISSING,
    NOT_MET,
    TABLES,
    UNDETERMINED,
    verdict,
)

RESOURCE, VETO = "资源配置", "一票否决"


def judgements(indicators: pd.DataFrame, compliance: pd.DataFrame, balance: pd.DataFrame,
               year: int, standard: Standard) -> pd.DataFrame:
    """Return the judgements table: resource indicators, county items, vetoes."""
    if not standard.judged:
        return TABLES["judgements"].frame([])
    rows = [_resource_row(id, indicators, compliance, balance, year, standard)
            for id in standard.resource.indicators]
    rows += [{"id": item.id, "group": item.group, "zh": item.zh, "status": UNDETERMINED,
              "reason": "未提交资料", "clause": item.clause} for item in standard.items]
    rows += [{"id": veto.id, "group": VETO, "zh": veto.zh, "status": UNDETERMINED,
              "reason": "未提交资料", "clause": veto.clause}
             for veto in standard.vetoes]
    return TABLES["judgements"].frame(rows)


def _resource_row(id: str, indicators: pd.DataFrame, compliance: pd.DataFrame,
                  balance: pd.DataFrame, year: int, standard: Standard) -> dict:
    cvs = balance[(balance["year"] == year) & (balance["indicator"] == id)]
    said = [f"{standard.stages[r['stage']]}差异系数"
            + ("超过限值" if r["status"] == NOT_MET else "待核")
            for r in cvs.to_dict("records") if r["status"] != MET]
    levels = _levels(id, indicators, compliance, year)
    failing = ((levels["status"] == NOT_MET) & levels["level"].isin([FLOOR, BELOW])).sum()
    open_ = ((levels["status"] == UNDETERMINED) & (levels["level"] == MISSING)).sum()
    if failing:
        said.append(f"{failing}所未达标学校此项不足")
    if open_:
        said.append(f"{open_}所学校缺此项数据")
    states = [*cvs["status"], NOT_MET if failing else MET, UNDETERMINED if open_ else MET]
    return {"id": id, "group": RESOURCE, "zh": standard.indicator(id).zh,
            "status": verdict(states), "reason": "；".join(said) or "差异系数与各校均符合要求",
            "clause": standard.thresholds[id].clause}


def _levels(id: str, indicators: pd.DataFrame, compliance: pd.DataFrame, year: int
            ) -> pd.DataFrame:
    keys = ["year", "stage", "school_code"]
    chosen = indicators[(indicators["year"] == year) & (indicators["indicator"] == id)]
    return chosen[[*keys, "level"]].merge(compliance[[*keys, "status"]], on=keys)
