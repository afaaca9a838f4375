"""What a release would tell that nobody knows yet (公开前的比较): new, changed and masked rows.

Both sides are the results of public editions, in which a row that is masked says so itself
(``shown`` or ``withheld``).
"""

from pipeline.definitions.forms.variables import variables

_ZH = {"indicators": "逐项结论", "vetoes": "一票否决", "schools": "学校", "balance": "差异系数",
       "groups": "学校数和学生数", "means": "平均值", "levels": "达标学校数", "people": "人数",
       "plans": "规划目标", "primary": "小学", "junior": "初中", "all": "全部", "urban": "城区",
       "town": "镇区", "rural": "乡村", "status": "结论", "met": "达标", "not_met": "未达标",
       "undetermined": "待核", "mean": "平均值", "cv": "差异系数", "limit": "标准值",
       "value": "值", "n_schools": "学校数", "n_missing": "缺数", "pupils": "学生数",
       "floor": "达到下限", "below": "低于下限", "missing": "缺", "band": "范围", "unit": "单位",
       "borderline": "临界", "quantity": "内容", "deadline": "期限", "place": "出处",
       "op": "要求", "passed": "期限已过", "True": "是", "False": "否", ">=": "≥", "<=": "≤",
       "=": "＝", "~": "约", "yes": "做到", "not_below_last_year": "不低于上年",
       "falling": "逐年下降", "rising": "逐年上升", "doubling": "逐年倍增", "ordinal": "位次"}
_IDENTITY = ("id", "plan", "year", "stage", "group", "indicator", "total", "variable")


def compared(new: dict, old: dict | None) -> dict[str, list[str]]:
    """Return in words what is ``new``, ``changed`` and ``masked`` in one public edition against
    the one released before, None for none.

    >>> told = compared({"means": [{"stage": "primary", "mean": "6", "shown": True}]}, None)
    >>> told["new"], told["masked"]
    (['平均值 · 小学：平均值 6'], [])
    """
    now, before = _rows(new), _rows(old or {})
    told = {"new": [], "changed": [], "masked": []}
    for key, row in now.items():
        words = f"{key}：{_values(row)}"
        if _is_masked(row):
            told["masked"].append(key)
        elif key not in before or _is_masked(before[key]):
            told["new"].append(words)
        elif _values(row) != _values(before[key]):
            told["changed"].append(f"{words}（原为 {_values(before[key])}）")
    return told


def _rows(results: dict) -> dict[str, dict]:
    """Return every row of the tables in results under what it is about."""
    found: dict[str, dict] = {}
    for table, rows in results.items():
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict):
                continue
            about = [_zh(row[name]) for name in _IDENTITY if row.get(name) not in (None, "")]
            key = " · ".join([_zh(table), *about])
            while key in found:
                key += "＋"
            found[key] = row
    return found


def _is_masked(row: dict) -> bool:
    return row.get("shown") is False or row.get("withheld") is True


def _values(row: dict) -> str:
    return "，".join(f"{_zh(name)} {_zh(value)}" for name, value in row.items()
                    if name not in (*_IDENTITY, "shown", "withheld", "clause", "reason")
                    and value not in (None, "", []))


def _zh(word: object) -> str:
    word = str(word)
    known = variables().variables.get(word)
    return _ZH.get(word) or (known.zh if known else word)
