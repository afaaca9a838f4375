"""The one reader of specifications (设定) of estimators: strict, and every fault at once.

What is not known is refused, and so is what would say one thing and do another: weights of a
model without weights, groups beside errors that are not clustered.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.definitions.base import fault_zh
from pipeline.definitions.models.linear_specifications import (
    BiasReduced,
    FirstDifference,
    FixedEffects,
    Mixed,
    Ols,
    Wild,
    WithinBetween,
    Wls,
)
from pipeline.definitions.models.special_specifications import (
    Beta,
    Binomial,
    Moran,
    Multiple,
    Oaxaca,
    Quantile,
    Quasibinomial,
    Sigma,
    Staggered,
)
from pipeline.definitions.models.specification_parts import Specification
from pipeline.definitions.models.steps import STEP, Step

KINDS = ("ols", "wls", "cr2", "wild", "fe", "fd", "within_between", "mixed", "quantile",
         "glm_binomial", "quasibinomial", "oaxaca", "attgt", "beta", "sigma", "moran", "multiple")
_ANY = TypeAdapter(Annotated[
    Ols | Wls | BiasReduced | Wild | FixedEffects | FirstDifference | WithinBetween | Mixed
    | Quantile | Binomial | Quasibinomial | Oaxaca | Staggered | Beta | Sigma | Moran | Multiple,
    Field(discriminator="kind")])


def specified(raw: dict) -> Specification:
    """Return a specification read strictly; `ValueError` names every fault in Chinese.

    >>> specified({"kind": "fe", "vars": ["y", "x"], "fe": ["unit"], "cov": "iid"}).columns
    ['y', 'x', 'unit']
    """
    if not isinstance(raw, dict):
        raise ValueError("设定应为一张表：kind（估计方法）和它所需的各项")
    if "kind" not in raw:
        written = "、".join(map(str, raw)) or "没有"
        raise ValueError(f"没有写 kind（估计方法）；所写的有：{written}。"
                         f"kind 可为：{'、'.join(KINDS)}")
    if raw["kind"] not in KINDS:
        raise ValueError(f"没有估计方法“{raw['kind']}”。现有：{'、'.join(KINDS)}")
    try:
        return _ANY.validate_python(raw)
    except ValidationError as error:
        raise ValueError(f"{raw['kind']} 的设定有误：{_faults(error)}") from error


def stepped(raw: list[dict]) -> list[Step]:
    """Return the steps of a preparation (数据准备) read strictly; `ValueError` as above."""
    if not isinstance(raw, list):
        raise ValueError("prepare（数据准备）应为一列步骤")
    found = []
    for n, step in enumerate(raw, 1):
        try:
            found.append(STEP.validate_python(step))
        except ValidationError as error:
            raise ValueError(f"准备步骤第{n}步有误：{_faults(error)}") from error
    return found


def _faults(error: ValidationError) -> str:
    """Return the faults by their place within the specification or the step."""
    inside = [each | {"loc": each["loc"][1:]} for each in error.errors()]
    return "；".join(dict.fromkeys(fault_zh(each).removeprefix("（全文件）：") for each in inside))
