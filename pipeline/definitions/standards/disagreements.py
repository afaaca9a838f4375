"""What the parts of a standard say against each other (标准包各部分不合之处)."""

from collections.abc import Iterator

from pipeline.definitions.forms.variables import variables
from pipeline.definitions.indicators import indicators
from pipeline.definitions.parts import CHANGED


def disagreements(raw: dict) -> Iterator[str]:
    """Yield every fault between the parts of a standard as its file has them, before it is read:
    what is named and not there, numbers that stand twice, limits that are wanted and lacking."""
    resource, used = _table(raw, "resource"), []
    for id in (*_list(resource, "indicators"), *_list(raw, "context")):
        used.append(id)
        if id not in indicators():
            yield f"indicators：data/indicators 中没有 {id}"
    named = [row.get("id") for key in ("items", "vetoes") for row in _list(raw, key)]
    ids = [*named, *used]
    yield from (f"编号重复：{id}" for id in sorted({i for i in ids if ids.count(i) > 1}))
    for id in _table(raw, "thresholds"):
        if id not in _list(resource, "indicators"):
            yield f"thresholds.{id}：不在 resource.indicators 中"
    yield from (f"models.{id}：编号不得以“{CHANGED}”结尾，它标明改动过的问题" for model in
                _list(raw, "models") if str(id := model.get("id", "")).endswith(CHANGED))
    if raw.get("grouping") == "size" and not raw.get("size_limits"):
        yield "size_limits：按规模分组时必填"
    for item in _list(raw, "items"):
        yield from (f"items.{item.get('id')}：未知的计量单位 {unit}"
                    for unit in _units_of(_table(item, "rule")) if unit not in variables().units)
        if (item.get("kind") == "evidence") == ("rule" in item):
            yield f"items.{item.get('id')}：凭材料判定的不写 rule，其余应写 rule"
    if raw.get("judged"):
        yield from _judged_disagreements(raw, resource)


def _units_of(rule: dict) -> list[str]:
    parts = [part.get("unit") for part in _list(rule, "parts") if isinstance(part, dict)]
    return [*parts, *([rule["unit"]] if "unit" in rule else [])]


def _judged_disagreements(raw: dict, resource: dict) -> Iterator[str]:
    composites = _list(raw, "composites")
    if not composites or "min_met" in resource:
        yield from _level_disagreements(raw, resource)
    for stage in _table(raw, "stages"):
        limits = [_table(raw, "balance"), *composites]
        if not any(stage in _table(part, "cv_max") for part in limits):
            yield f"balance.cv_max.{stage}：缺少限值"
    for composite in composites:
        for id in _list(composite, "indicators"):
            if id not in _list(resource, "indicators"):
                yield f"composites.{composite.get('id')}：{id} 不在 resource.indicators 中"
    for part in ("split", "scope"):
        if part not in raw:
            yield f"{part}：缺少必填项"


def _level_disagreements(raw: dict, resource: dict) -> Iterator[str]:
    for id in _list(resource, "indicators"):
        if id not in _table(raw, "thresholds"):
            yield f"thresholds.{id}：缺少标准值"
    for key in ("min_met", "floor_ratio"):
        if key not in resource:
            yield f"resource.{key}：缺少必填项"
    if "options" not in raw:
        yield "options：缺少必填项"


def _table(raw: dict, key: str) -> dict:
    found = raw.get(key)
    return found if isinstance(found, dict) else {}


def _list(raw: dict, key: str) -> list:
    found = raw.get(key)
    return found if isinstance(found, list) else []
