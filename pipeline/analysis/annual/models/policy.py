"""Policies that counties adopted in different years (政策): ATT, event study, and TWFE beside."""

import pandas as pd

from pipeline.analysis.annual.models.model_frames import floats
from pipeline.analysis.annual.models.parting_trends import parting
from pipeline.analysis.annual.partial_coefficients import partial
from pipeline.analysis.estimators import detectable_effect, estimate
from pipeline.definitions.models.questions import AnnualInference, Policy
from pipeline.definitions.studies import Study
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import FITTED, REFUSED, TABLES, USED, is_missing

ATT, TWFE, EVENT = "att", "twfe", "event"
OF_WHOLE = "att_whole"  # without the counties in which a coefficient leaves schools out
EARLY, SMALL = "early", "small"


def policies(panel: pd.DataFrame, year: int, study: Study) -> dict[str, pd.DataFrame]:
    """Return annual_policies (one a policy), annual_policy_terms, annual_cohorts."""
    frame = floats(panel, ("unit", "name", "province", "prefecture"))
    frame, rows, terms, cohorts = frame[frame["year"] <= year], [], [], []
    for policy in study.policies:
        marked = frame.assign(partial=partial(frame, [policy.outcome], study))
        row, of_policy, of_cohorts = _answer(policy, marked, study.inference)
        rows.append(row)
        terms += of_policy
        cohorts += of_cohorts
    return {"annual_policies": TABLES["annual_policies"].frame(rows),
            "annual_policy_terms": TABLES["annual_policy_terms"].frame(terms),
            "annual_cohorts": TABLES["annual_cohorts"].frame(cohorts)}


def adoption(frame: pd.DataFrame, policy: Policy) -> tuple[pd.Series, dict[str, int]]:
    """Return unit → year of adoption (0 never), and how many units were left out and why.

    The latest year's figure tells. Left out: ``untold`` where it is missing, ``others`` where
    another policy was adopted (or it is not told whether).
    """
    latest = frame.sort_values("year").groupby("unit").last(skipna=False)
    told = latest[policy.adoption]
    other = latest[policy.others]
    clean = ((other == 0).all(axis=1) if policy.others
             else pd.Series(True, index=latest.index))
    left = {"untold": int(told.isna().sum()), "others": int((told.notna() & ~clean).sum())}
    return told[told.notna() & clean].astype(int), left


def _answer(policy: Policy, frame: pd.DataFrame, rules: AnnualInference
            ) -> tuple[dict, list[dict], list[dict]]:
    row = {"policy": policy.id, "outcome": policy.outcome}
    absent = [c for c in (policy.adoption, *policy.others, policy.outcome) if c not in frame]
    if absent:
        return {**row, "status": REFUSED, "reason": "缺少变量：" + "、".join(absent)}, [], []
    since, left = adoption(frame, policy)
    data = frame[frame["unit"].isin(since.index)].assign(cohort=lambda d: d["unit"].map(since))
    data, incomplete = _whole(data, policy.outcome)
    cohorts = _cohorts(data, policy)
    used = [c["cohort"] for c in cohorts if c["state"] == USED]
    data = data[data["cohort"].isin([0, *used])]
    counts = data.groupby("unit")["cohort"].first()
    row |= {**left, "incomplete": incomplete, "treated": int((counts > 0).sum()),
            "controls": int((counts == 0).sum()), "years": data["year"].nunique()}
    left_out = set(data.loc[data["partial"], "unit"])
    row["partial"] = len(left_out)
    reason = _refusal(row, policy, rules)
    if reason:
        return {**row, "status": REFUSED, "reason": reason}, [], cohorts
    try:
        terms, figures = _fitted(data, policy)
    except WrongUse as fault:
        return {**row, "status": REFUSED, "reason": str(fault)}, [], cohorts
    if left_out:
        terms.append(_whole_only(data[~data["unit"].isin(left_out)], policy))
    return {**row, **figures, "status": FITTED, "reason": ""}, terms, cohorts


def _whole_only(data: pd.DataFrame, policy: Policy) -> dict:
    """Return the mean effect without counties of partial coefficients; without figures where
    they do not carry it."""
    row = {"policy": policy.id, "kind": OF_WHOLE}
    cohorts = data.groupby("unit")["cohort"].first()
    if (cohorts == 0).sum() < policy.min_controls:
        return row
    try:
        return row | _term(estimate(data, _specification(policy)).terms.iloc[0])
    except WrongUse:
        return row


def _whole(data: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, int]:
    """Return the units with the outcome in every year, and how many have not."""
    there = data.dropna(subset=[outcome])
    years = there["year"].nunique()
    sizes = there.groupby("unit")["year"].transform("nunique")
    whole = there[sizes == years]
    return whole, data["unit"].nunique() - whole["unit"].nunique()


def _cohorts(data: pd.DataFrame, policy: Policy) -> list[dict]:
    """Count the units of each year of adoption, and say which cohorts are used."""
    sizes = data.groupby("unit")["cohort"].first().value_counts().sort_index()
    first = data["year"].min()
    found = []
    for cohort, size in sizes.items():
        if cohort:
            state = EARLY if cohort <= first else SMALL if size < policy.min_cohort else USED
            found.append({"policy": policy.id, "cohort": int(cohort), "units": int(size),
                          "state": state})
    return found


def _refusal(row: dict, policy: Policy, rules: AnnualInference) -> str:
    if not row["years"]:
        return f"没有一个县各年都有数据，应不少于{rules.min_years}年"
    if row["years"] < rules.min_years:
        return f"可用的只有{row['years']}年，应不少于{rules.min_years}年"
    if row["controls"] < policy.min_controls:
        return f"从未实施的县只有{row['controls']}个，应不少于{policy.min_controls}个"
    if not row["treated"]:
        return f"没有一个实施年份达到{policy.min_cohort}个县"
    units = row["treated"] + row["controls"]
    if units < rules.min_units:
        return f"可比的县只有{units}个，应不少于{rules.min_units}个"
    return ""


def _specification(policy: Policy) -> dict:
    return {"kind": "attgt", "y": policy.outcome, "unit": "unit", "time": "year",
            "cohort": "cohort", "min_cohort": policy.min_cohort, "few_units": True,
            "long_before": True, "pre_years": policy.pre_years}


def _fitted(data: pd.DataFrame, policy: Policy) -> tuple[list[dict], dict]:
    found = estimate(data, _specification(policy) | {"covariance": True})
    treated = data.assign(treated=((data["cohort"] > 0)
                                   & (data["year"] >= data["cohort"])).astype(float))
    plain = estimate(treated, {"kind": "fe", "vars": [policy.outcome, "treated"],
                               "fe": ["unit", "year"], "cov": "cluster", "groups": "unit"})
    rows = [{"policy": policy.id, "kind": ATT, **_term(found.terms.iloc[0])},
            {"policy": policy.id, "kind": TWFE, **_term(plain.terms.iloc[0])}]
    for _, term in found.terms.iterrows():
        if term["term"].startswith("e="):
            rows.append({"policy": policy.id, "kind": EVENT, "since": int(term["term"][2:]),
                         **_term(term)})
    rows += ({"policy": policy.id, **row} for row in parting(found, policy.pre_years))
    mean = found.terms.iloc[0]
    least = None if is_missing(mean["df"]) else detectable_effect(mean["std_error"], mean["df"])
    return rows, {"convention": found.convention, "detectable": least,
                  **{name: found.figures.get(name) for name in ("pre_f", "pre_p", "pre_q")}}


def _term(term: pd.Series) -> dict:
    names = ("estimate", "std_error", "df", "ci_low", "ci_high", "p_value")
    return {name: None if is_missing(term[name]) else float(term[name]) for name in names}
