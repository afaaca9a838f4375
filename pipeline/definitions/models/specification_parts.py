"""What specifications of estimators (估计方法的设定) have in common: columns by their part."""

from collections import Counter
from typing import Annotated

from pydantic import Field, model_validator

from pipeline.definitions.base import Definition, Text
from pipeline.definitions.models.regressions import columns_in, numbers_in

Columns = Annotated[list[Text], Field(min_length=1)]
Share = Annotated[float, Field(gt=0, lt=1)]


class Specification(Definition):
    """What an estimator is asked for; its columns by the part they play."""

    @property
    def spec(self) -> dict:
        """Return what was said, as the estimators read it."""
        return self.model_dump(exclude_unset=True)

    @property
    def numbers(self) -> list[str]:
        """Return the columns of numbers that must vary, the outcome first."""
        return []

    @property
    def keys(self) -> list[str]:
        """Return the columns of levels, units and years."""
        return []

    @property
    def factors(self) -> list[str]:
        """Return the columns that become one 0/1 column a level but the first (分类变量)."""
        if formula := getattr(self, "formula", None):
            return [name for name in columns_in(formula) if name not in numbers_in(formula)]
        return list(getattr(self, "effects", None) or [])

    @property
    def weighing(self) -> list[str]:
        """Return the column of weights (权数), where there is one."""
        return [self.weights] if getattr(self, "weights", None) else []

    @property
    def clustering(self) -> list[str]:
        """Return the columns of clusters (群)."""
        groups = getattr(self, "groups", None) or []
        return [groups] if isinstance(groups, str) else list(groups)

    @property
    def columns(self) -> list[str]:
        """Return every column that is used, the outcome first."""
        return list(dict.fromkeys([*self.numbers, *self.keys, *self.clustering,
                                   *self.weighing]))

    @model_validator(mode="after")
    def _columns_are_named_once(self):
        twice = [name for name, times in Counter(self._listed()).items() if times > 1]
        if twice:
            raise ValueError("变量写了两次：" + "、".join(twice))
        return self

    def _listed(self) -> list[str]:
        return []
