"""The plan (计划): which counties are made, and for each the reason in words.

A county is left alone only where its published dossier is whole and its run id is that of
today's inputs, definitions, program and parameters; inputs are always read and hashed anew.
"""

import json
import traceback
from pathlib import Path

from pipeline.ground.admission import one_line, reason
from pipeline.ground.errors import JunhengError, WrongUse
from pipeline.ground.machine import lacking
from pipeline.publishing.batch.completeness import broken
from pipeline.publishing.batch.hands.child import verdict_on
from pipeline.publishing.batch.outcome import CACHED, FAILED, REFUSED, Task
from pipeline.publishing.kinds import (
    book_of,
    with_formats,
    written_binding,
    written_formats,
)
from pipeline.publishing.order import Order
from pipeline.publishing.paper.papers import APART, BOUND
from pipeline.publishing.records.manifest import causes, causes_of, read_manifest, run_id
from pipeline.publishing.records.publication import require_place

_CAUSES_ZH = {"standard": "标准包有变", "parameters": "参数有变", "registered": "名册中的登记有变",
              "skipped": "未读入的文件有变", "evidence_files": "佐证材料文件有变",
              "assumptions": "情景假设有变", "edition": "版本不同", "disclosure": "披露规则有变",
              "tables": "公开的表有变", "code": "程序有变",
              "version": "程序版本有变", "lock": "软件包锁定文件有变", "packages": "软件包版本有变",
              "python": "Python 版本有变", "blas": "线性代数库有变", "fonts": "字体有变"}
_BINDING_ZH = {APART: "附录另册", BOUND: "附录合订"}
_FIRST = 3
_INCOMPLETE = "上次结果不完整："
NEW, FORCED, ANEW = "首次", "要求重做", "每次由内部版的表重做"


def planned(order: Order, notes: Path, force: bool) -> Task:
    """Return the task of an order, whatever stands in its folders: one county costs one county.

    What cannot be asked of a county is its own refusal or failure, with the reason.
    """
    code, name = order.parameters.unit, order.name
    try:
        return _planned(order, notes, force)
    except OSError as fault:
        why = f"资料或原有卷宗读不出来（{lacking(fault) or reason(fault)}）"
        return Task(order, code, name, why=why, state=FAILED)
    except Exception as fault:
        state, why = verdict_on(fault)
        trace = "" if isinstance(fault, JunhengError) else traceback.format_exc()
        return Task(order, code, name, why=why, state=state, trace=trace)


def _planned(order: Order, notes: Path, force: bool) -> Task:
    county, order = order.county, with_formats(order)
    taken = _taken(order.target, county.folder)
    if taken:
        return Task(order, county.code, county.name, why=taken, state=REFUSED)
    if book_of(order).anew:
        return Task(order, county.code, county.name, why=ANEW, seed=f"{county.code}-{county.year}")
    why = json.loads(json.dumps(causes(county, order.parameters)))
    run = run_id(why)
    because = (reason_to_make(order.target, why, notes) or _more_formats(order)
               or _bound_otherwise(order) or (FORCED if force else ""))
    return Task(order, county.code, county.name, run, because, state="" if because else CACHED,
                seed=f"{county.code}-{county.year}")


def _more_formats(order: Order) -> str:
    """Say which formats are asked for in which the dossier does not stand yet, if any."""
    more = [name for name in order.formats if name not in written_formats(order)]
    return f"增加格式 {'、'.join(more)}" if more else ""


def _bound_otherwise(order: Order) -> str:
    """Say that the annex is to be bound otherwise than it stands, if so."""
    return _BINDING_ZH[order.binding] if written_binding(order) not in ("", order.binding) else ""


def _taken(*folders: Path) -> str:
    """Say which of a county's two places is taken by what is not ours, if any."""
    try:
        for folder in folders:
            require_place(folder)
    except WrongUse as fault:
        return str(fault)
    return ""


def reason_to_make(folder: Path, why: dict, notes: Path) -> str:
    """Return why a dossier must be made, "" where the one that stands is whole and up to date."""
    if not folder.exists():
        return NEW
    record = read_manifest(folder)
    if record is None:
        return f"{_INCOMPLETE}manifest.json"
    changes = changed(causes_of(record), why)
    if changes:
        return "；".join(changes)
    try:
        amiss = broken(folder, run_id(why), notes)
    except OSError as fault:  # a folder of it that cannot be looked into
        amiss = reason(fault)
    return f"{_INCOMPLETE}{amiss}" if amiss else ""


def changed(before: dict, now: dict) -> list[str]:
    """Return in words which causes differ."""
    inputs = _changed_inputs(before["inputs"], now["inputs"])
    others = [name for name in sorted({*before, *now} - {"inputs"})
              if before.get(name) != now.get(name)]
    return inputs + [_CAUSES_ZH.get(name, f"{name} 有变") for name in others]


def _changed_inputs(before: list[dict], now: list[dict]) -> list[str]:
    old, new = ({i["file"]: i["sha256"] for i in listed} for listed in (before, now))
    changes = {file: "新增" if file not in old else "去除" if file not in new else "改动"
               for file in sorted({*old, *new}) if old.get(file) != new.get(file)}
    said = [f"{one_line(file)}（{change}）" for file, change in changes.items()]
    more = f"等{len(said)}个文件" if len(said) > _FIRST else ""
    return [f"数据有变：{'、'.join(said[:_FIRST])}{more}"] if said else []
