"""The machine-readable results (results.json): the same tables as on paper, as one record.

Numbers are decimal strings, exact where they terminate. Its JSON Schema is
`pipeline/dossier/c09_conclusion/results.schema.json`; the schema's name changes when a field does
that is always there.
"""

import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c09_conclusion.funding_record import (
    FUNDING_TABLES,
    funding_record,
    gap_record,
    inequality_record,
)
from pipeline.dossier.c09_conclusion.path_record import (
    PATH_TABLES,
    enrolment_record,
    path_record,
    rotation_record,
    shortfall_record,
)
from pipeline.dossier.printing.tested_words import changed_questions
from pipeline.ground.exact import decimal_text, square_root_text
from pipeline.ground.readiness import readied
from pipeline.ground.software import differing
from pipeline.ground.terms import (
    ELIGIBILITY,
    EXCLUDED,
    MERGED,
    UNDETERMINED,
    USED,
    VETO,
    is_missing,
    records,
    verdict,
)

SCHEMA = "junheng.results/2"
RESULT_TABLES = ("judgements", "accounting", "indicators", "compliance", "balance",
                 "decomposition", "composites", "targets", *FUNDING_TABLES, *PATH_TABLES)


@readied
@cache
def results_schema() -> dict:
    """Return the JSON Schema of results.json."""
    return json.loads(Path(__file__).with_name("results.schema.json").read_text("utf-8"))


def results_record(tables: dict[str, pd.DataFrame], county: County) -> dict:
    """Assemble results.json from the tables that the chapters saved."""
    judgements = tables["judgements"]
    items = judgements[~judgements["group"].isin([VETO, ELIGIBILITY])]
    changed, enrolment = changed_questions(tables["models"]), enrolment_record(tables)
    return {
        "schema": SCHEMA,
        "unit": {"code": county.code, "name": county.name},
        "year": county.year,
        "edition": "internal",
        "assumptions": [assumed.text for assumed in county.assumptions],
        "differing_packages": differing(),
        "standard": {"id": county.standard.id, "judged": county.standard.judged,
                     "sha256": county.standard.sha256},
        "verdict": _verdict(judgements, county),
        "counts": {s: int((items["status"] == s).sum())
                   for s in ("met", "not_met", "undetermined")},
        "accounting": _accounting(_of_year(tables["accounting"], county)),
        "indicators": [_judgement(r) for r in records(items)],
        "vetoes": [{"id": r["id"], "status": r["status"]} for r in
                   records(judgements[judgements["group"] == VETO])],
        "eligibility": _eligibility(judgements),
        "schools": _schools(tables, county),
        "balance": [_balance(r) for r in records(_of_year(tables["balance"], county))],
        "decomposition": [_decomposition(r) for r in
                          records(_of_year(tables["decomposition"], county))],
        "composites": [_composite(r) for r in
                       records(_of_year(tables["composites"], county))],
        "shortfalls": shortfall_record(tables["shortfalls"]),
        "path": path_record(tables),
        "rotation": rotation_record(tables["path_rotation"]),
        "plans": [_target(r) for r in records(tables["targets"])],
        "inequality": inequality_record(tables["inequality"], county.year),
        "funding": funding_record(tables),
        "gaps": gap_record(tables),
        **({"enrolment": enrolment} if enrolment else {}),
        **({"changed_questions": changed} if changed else {}),
    }


def findings_record(*findings: pd.DataFrame) -> list[dict]:
    """Return findings.json: one object a finding, in the order met."""
    return [{k: None if is_missing(v) else v for k, v in row.items()}
            for table in findings for row in records(table)]


def _verdict(judgements: pd.DataFrame, county: County) -> str | None:
    """Return the county's state over items, vetoes and the conditions for applying."""
    return verdict(list(judgements["status"])) if county.standard.judged else None


def _of_year(table: pd.DataFrame, county: County) -> pd.DataFrame:
    return table[table["year"] == county.year]


def _exact(value: Fraction | None) -> str | None:
    return None if is_missing(value) else decimal_text(Fraction(value))


def _accounting(now: pd.DataFrame) -> dict:
    def listed(outcome: str) -> list[dict]:
        return [{k: r[k] for k in ("school_code", "name", "stage", "pupils", "reason")}
                for r in records(now[now["outcome"] == outcome])]

    used = now[now["outcome"].isin([USED, MERGED])]
    return {"schools_in": len(now), "used": int((now["outcome"] == USED).sum()),
            "merged": listed(MERGED), "excluded": listed(EXCLUDED),
            "pupils_in": int(sum(now["pupils"])), "pupils_used": int(sum(used["pupils"]))}


def _judgement(row: dict) -> dict:
    return {"id": row["id"], "group": row["group"], "status": row["status"],
            "value": _exact(row["value"]), "limit": _exact(row["limit"]),
            "op": row["op"] or None, "unit": row["unit"] or None, "reason": row["reason"],
            "schools": row["schools"].split("、") if row["schools"] else [],
            "evidence": row["evidence"], "clause": row["clause"]}


def _eligibility(judgements: pd.DataFrame) -> dict:
    found = records(judgements[judgements["group"] == ELIGIBILITY])
    row = found[0] if found else {"status": UNDETERMINED, "reason": "标准包未列申报条件"}
    return {"status": row["status"], "reason": row["reason"]}


def _composite(row: dict) -> dict:
    return {"stage": row["stage"], "id": row["id"], "label": row["label"],
            "cv": row["cv"] or None, "limit": _exact(row["limit"]), "op": row["op"],
            "status": row["status"], "reason": row["reason"]}


def _target(row: dict) -> dict:
    return {"plan": row["plan"], "target": row["id"], "quantity": row["quantity"],
            "value": row["value"] or None, "op": row["op"], "limit": row["limit"],
            "unit": row["unit"], "deadline": row["deadline"], "passed": bool(row["passed"]),
            "status": row["status"], "reason": row["reason"], "place": row["place"]}


def _schools(tables: dict[str, pd.DataFrame], county: County) -> list[dict]:
    now = _of_year(tables["indicators"], county)
    wanted = now[now["indicator"].isin(county.standard.resource.indicators)]
    states = {(r["school_code"], r["stage"]): r
              for r in records(_of_year(tables["compliance"], county))}
    found = []
    for (code, stage), mine in wanted.groupby(["school_code", "stage"], sort=False):
        state = states.get((code, stage), {})
        found.append({
            "school_code": code, "name": mine.iloc[0]["name"], "stage": stage,
            "pupils": int(mine.iloc[0]["pupils"]),
            "values": {r["indicator"]: _exact(r["value"]) for r in records(mine)},
            "met": state.get("met"), "status": state.get("status"),
            "reason": state.get("reason", "")})
    return found


def _balance(row: dict) -> dict:
    deviation = None if is_missing(row["variance"]) else square_root_text(row["variance"])
    return {"stage": row["stage"], "indicator": row["indicator"],
            "n_schools": row["n_schools"], "n_missing": row["n_missing"],
            "pupils": row["pupils"], "mean": _exact(row["mean"]), "sd": deviation,
            "cv": row["cv"] or None, "cv_public": row["cv_public"] or None,
            "limit": _exact(row["limit"]), "status": row["status"] or None,
            "borderline": bool(row["borderline"]), "reason": row["reason"]}


def _decomposition(row: dict) -> dict:
    exact = {k: _exact(row[k]) for k in ("weight", "mean", "between", "within")}
    plain = {k: row[k] for k in ("stage", "indicator", "grouping", "group", "n_schools")}
    return plain | exact
