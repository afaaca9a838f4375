"""What a release would tell that nobody knows yet (公开前的比较): new, changed and masked rows.

Both sides are the results of public editions, in which a row that is masked says so itself
(``shown`` or ``withheld``).
"""

_IDENTITY = ("id", "plan", "year", "stage", "group", "indicator", "total", "variable")


def compared(new: dict, old: dict | None) -> dict[str, list[str]]:
    """Return in words what is ``new``, ``changed`` and ``masked`` in one public edition against
    the one released before, None for none.

    >>> told = compared({"means": [{"stage": "primary", "mean": "6", "shown": True}]}, None)
    >>> told["new"], told["masked"]
    (['means · primary：mean 6'], [])
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
            about = [str(row[name]) for name in _IDENTITY if row.get(name) not in (None, "")]
            key = " · ".join([table, *about])
            while key in found:
                key += "＋"
            found[key] = row
    return found


def _is_masked(row: dict) -> bool:
    return row.get("shown") is False or row.get("withheld") is True


def _values(row: dict) -> str:
    return "，".join(f"{name} {value}" for name, value in row.items()
                    if name not in (*_IDENTITY, "shown", "withheld", "clause", "reason")
                    and value not in (None, "", []))
