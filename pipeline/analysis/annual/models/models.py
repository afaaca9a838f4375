"""The study's questions, answered or refused (模型): one row a question, with its variants."""

import json

import pandas as pd

from pipeline.analysis.annual.models.inference import LINEAR, columns_of, fitted, leaning, refusal
from pipeline.analysis.annual.models.model_frames import frames
from pipeline.analysis.annual.models.neighbours import residuals, same_place
from pipeline.analysis.annual.partial_coefficients import partial
from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.preparing import prepare
from pipeline.definitions.models.questions import AnnualInference, AnnualModel, Variant
from pipeline.definitions.studies import Study
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import FITTED, LEVEL, REFUSED, TABLES, is_missing

WITHOUT_PARTIAL = Variant(zh="不含有学校缺数据的县·年", where="not partial")


def annual_models(panel: pd.DataFrame, schools: pd.DataFrame, study: Study
                  ) -> dict[str, pd.DataFrame]:
    """Return the tables annual_models, annual_terms and annual_variants."""
    given, models, terms, variants = frames(panel, schools, study), [], [], []
    for model in study.models:
        row, of_model, around = _answer(model, given[model.frame], study)
        models.append(row)
        terms += [{"id": model.id, **term} for term in of_model]
        variants += around
    models = adjusted(models, study.inference)
    return {"annual_models": TABLES["annual_models"].frame(models),
            "annual_terms": TABLES["annual_terms"].frame(terms),
            "annual_variants": TABLES["annual_variants"].frame(variants)}


def _answer(model: AnnualModel, frame: pd.DataFrame, study: Study
            ) -> tuple[dict, list[dict], list[dict]]:
    row = {"id": model.id, "question": model.question, "domain": model.domain,
           "family": model.family, "frame": model.frame, "focus": model.focus,
           "estimator": json.dumps(model.plain_estimator, ensure_ascii=False)}
    if model.kind == "moran":
        return {**row, **_alike(model, frame, study)}, [], []
    try:
        data = _asked(frame, model.where, model.plain_prepare)
    except WrongUse as fault:
        return {**row, "n": 0, "status": REFUSED, "reason": str(fault)}, [], []
    row, terms = _one(row, data, model.plain_estimator, model.focus, study.inference)
    if row["status"] == REFUSED:
        return row, [], []
    data = data.assign(partial=partial(data, columns_of(model.plain_estimator), study))
    top, used = "", complete(data, model.plain_estimator)
    row["partial"] = int(used["partial"].sum())
    if model.kind in LINEAR:
        shares = leaning(used, model.plain_estimator, model.focus)
        top = str(shares.index[0])
        row |= {"top_unit": top, "top_share": float(shares.iloc[0])}
    listed = [*model.variants, *([WITHOUT_PARTIAL] if row["partial"] else [])]
    around = [_variant(model, variant, data, top, study.inference) for variant in listed]
    return row, terms, around


def _asked(frame: pd.DataFrame, where: str, steps: list[dict]) -> pd.DataFrame:
    data = prepare(frame, steps)
    return data.query(where) if where and not data.empty else data


def complete(data: pd.DataFrame, spec: dict) -> pd.DataFrame:
    """Return the rows that have every column of the model and its unit and year."""
    return data.dropna(subset=list(dict.fromkeys([*columns_of(spec), "unit", "year"])))


def _one(row: dict, data: pd.DataFrame, spec: dict, focus: str, rules: AnnualInference
         ) -> tuple[dict, list[dict]]:
    """Return the row with the fit or the reason against it, and the terms."""
    absent = [name for name in columns_of(spec) if name not in data or data[name].isna().all()]
    if absent:
        return {**row, "n": 0, "status": REFUSED, "reason": "缺少变量：" + "、".join(absent)}, []
    rows = complete(data, spec)
    row = {**row, "n": len(rows), "units": rows["unit"].nunique(),
           "first_year": int(rows["year"].min()) if len(rows) else None,
           "last_year": int(rows["year"].max()) if len(rows) else None}
    reason = refusal(rows, spec, rules)
    if not reason:
        try:
            terms, figures = fitted(rows, spec, focus, rules)
            return {**row, **figures, "status": FITTED, "reason": ""}, terms.to_dict("records")
        except WrongUse as fault:
            reason = str(fault)
    return {**row, "status": REFUSED, "reason": reason}, []


def _variant(model: AnnualModel, variant: Variant, data: pd.DataFrame, top: str,
             rules: AnnualInference) -> dict:
    """Return the focus with one choice changed (敏感性)."""
    spec = model.plain_estimator | variant.spec
    rows = data.query(variant.where) if variant.where else data
    if variant.without_top:
        rows = rows[rows["unit"] != top]
    row, _ = _one({}, rows, spec, model.focus, rules)
    kept = ("n", "units", "covariance", "status", "reason", "estimate", "ci_low", "ci_high")
    return {"id": model.id, "variant": variant.zh, **{k: row[k] for k in kept if k in row}}


def _alike(model: AnnualModel, frame: pd.DataFrame, study: Study) -> dict:
    """Return whether neighbours' residuals of another model are alike (Moran's I)."""
    asked = next(m for m in study.models if m.id == model.plain_estimator["residuals"])
    data = _asked(frame, asked.where, asked.plain_prepare)
    reason = _one({}, data, asked.plain_estimator, asked.focus, study.inference)[0]["reason"]
    if reason:
        return {"n": 0, "status": REFUSED, "reason": f"{asked.id}没有估计"}
    place, used = model.plain_estimator["same"], complete(data, asked.plain_estimator)
    left = residuals(used, asked.plain_estimator, place)
    near = same_place(left[place])
    if len(left) < study.inference.min_units or not any(near):
        return {"n": len(left), "status": REFUSED, "reason": "没有足够的同市县"}
    try:
        found = estimate(left, {"kind": "moran", "y": "residual", "neighbours": near})
    except WrongUse as fault:
        return {"n": len(left), "status": REFUSED, "reason": str(fault)}
    term = found.terms.iloc[0]
    return {"n": found.n, "units": found.n, "status": FITTED, "reason": "",
            "covariance": "permutation", "convention": found.convention,
            "first_year": int(used["year"].min()), "last_year": int(used["year"].max()),
            "estimate": float(term["estimate"]), "p_value": float(term["p_value"]),
            "std_error": float(term["std_error"])}


def adjusted(models: list[dict], rules: AnnualInference) -> list[dict]:
    """Adjust p family by family: primary questions together, secondary ones by domain."""
    families: dict[tuple, list[dict]] = {}
    for model in models:
        if model["status"] == FITTED and not is_missing(model.get("p_value")):
            domain = model["domain"] if model["family"] == "secondary" else ""
            families.setdefault((model["family"], domain), []).append(model)
    for (family, _), tested in families.items():
        method = rules.adjustments.get(family)
        if method:
            found = estimate(None, {"kind": "multiple", "methods": [method], "alpha": LEVEL,
                                    "pvalues": [m["p_value"] for m in tested]})
            for model, p in zip(tested, found.terms["p_value"], strict=True):
                model |= {"p_adjusted": float(p), "adjustment": method}
    return models
