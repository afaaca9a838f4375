"""Whether the models of a study (评价方案的模型) can be what they say, before any data.

The specification of each model and of each of its variants (敏感性) is read strictly, and so
is the question where it leans on columns that the tables will not have.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pipeline.definitions.base import Definition, Text
from pipeline.definitions.models.regressions import terms_of
from pipeline.definitions.models.specification_parts import Specification
from pipeline.definitions.models.specifications import specified, stepped
from pipeline.definitions.models.steps import names_of

POOLED = ("ols", "wls", "cr2", "fe", "within_between", "quantile", "quasibinomial", "oaxaca",
          "moran")
BY_GROUPS = ("cr2", "quantile", "quasibinomial", "oaxaca")
BY_DRAWS = ("quantile", "oaxaca")


class Neighbours(Definition):
    """Whether ``residuals`` of another model are alike in the ``same`` place (空间相关)."""

    kind: Literal["moran"]
    residuals: Text
    same: Literal["prefecture", "province"]


def pooled(raw: dict) -> Specification:
    """Return the specification of a pooled model; `ValueError` where it cannot be one."""
    if raw.get("kind", POOLED[0]) not in POOLED:
        raise ValueError(f"评价方案没有估计方法“{raw['kind']}”。现有：{'、'.join(POOLED)}")
    found = specified(raw)
    if raw["kind"] in BY_GROUPS and not found.clustering:
        raise ValueError(f"{raw['kind']} 须写 groups（群）：同一个县各年不是独立的")
    if raw["kind"] in BY_DRAWS and not (raw.get("draws") or raw.get("interval")):
        other = "，或 interval（秩检验反演）" if raw["kind"] == "quantile" else ""
        raise ValueError(f"{raw['kind']} 须写 draws（自助法次数）{other}")
    return found


def faults(model: Any) -> Iterator[str]:
    """Yield what is wrong with a model or its variants, each with its name."""
    try:
        stepped(model.plain_prepare)
        asked = pooled(model.plain_estimator)
        if model.focus not in (known := focuses(asked)):
            yield f"focus：模型没有关注项“{model.focus}”，可用：{'、'.join(known)}"
    except ValueError as fault:
        yield str(fault)
        return
    if model.kind == "oaxaca":
        code = str(model.plain_estimator.get("reference", ""))
        if len(model.groups_zh) != 2 or code not in model.groups_zh:
            yield "oaxaca 须写 reference（参照组）和 groups_zh（两组的代码和名称）"
    for variant in model.variants:
        try:
            pooled(model.plain_estimator | variant.spec)
        except ValueError as fault:
            yield f"variants“{variant.zh}”：{fault}"


def focuses(asked: Specification) -> list[str]:
    """Return the terms that may answer a question."""
    spec = asked.spec
    if spec["kind"] == "oaxaca":
        parts = ("endowments", "coefficients", "interaction", "explained")
        return ["gap", *parts, "unexplained", *(f"{p}[{x}]" for p in parts for x in spec["exog"])]
    if spec["kind"] == "quasibinomial":
        return spec["exog"]
    if spec.get("formula"):
        return [term for term in terms_of(spec["formula"]) if not term.startswith("C(")]
    own = spec["vars"][1:]
    if spec["kind"] != "within_between":
        return own
    return [*own, *(f"{part}[{x}]" for part in ("between", "difference") for x in own)]


def unknown(model: Any, columns: set[str], made: set[str] = frozenset()) -> Iterator[str]:
    """Yield the columns that a model uses and that neither the tables nor its steps give."""
    columns = columns | made
    for step in stepped(model.plain_prepare):
        yield from (f"prepare：没有变量 {name}" for name in step.reads if name not in columns)
        columns = columns | set(step.makes)
    specs = [model.plain_estimator, *(model.plain_estimator | v.spec for v in model.variants)]
    used = [name for raw in specs for name in pooled(raw).columns]
    used += [name for part in (model, *model.variants) for name in names_of(part.where)]
    yield from (f"没有变量 {name}" for name in dict.fromkeys(used) if name not in columns)
