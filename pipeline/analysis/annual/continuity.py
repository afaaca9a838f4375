"""Which codes go on (代码延续): counties are followed by their codes, never by their names."""

import pandas as pd

from pipeline.ground.terms import TABLES


def continuity(panel: pd.DataFrame) -> pd.DataFrame:
    """Return, for all and by province, the codes of the first and the last year, and of both.

    The others were merged, renamed with another code, founded or abolished; a code that
    goes on may still have changed its borders. One year has no row.
    """
    years = sorted({int(year) for year in panel["year"]})
    if len(years) < 2:
        return TABLES["continuity"].frame([])
    first, last = years[0], years[-1]
    ordered = panel.sort_values("unit", kind="stable")["province"]
    provinces = [province for province in dict.fromkeys(ordered) if province]
    groups = [("", panel)] + [(p, panel[panel["province"] == p]) for p in provinces]
    return TABLES["continuity"].frame([
        {"province": name, "first": first, "last": last, **_counted(chosen, first, last)}
        for name, chosen in groups if not name or len(provinces) > 1])


def _counted(panel: pd.DataFrame, first: int, last: int) -> dict:
    before, after = (set(panel.loc[panel["year"] == year, "unit"]) for year in (first, last))
    return {"n_first": len(before), "n_last": len(after), "n_both": len(before & after),
            "gone": len(before - after), "new": len(after - before)}
