"""Chapter 01 of the annual evaluation: what reading tables of counties found."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, joined
from pipeline.ground.terms import CLEAN, SEVERITY_ZH, WARN, is_missing

_LISTED = 3


def check_sentences(findings: pd.DataFrame, annual: Annual) -> Prose | None:
    """Say how many places were mended or left out; None where schools are pooled."""
    if annual.standard:
        return None
    counts = {severity: int((findings["severity"] == severity).sum()) for severity in (WARN, CLEAN)}
    if not sum(counts.values()):
        return Prose("check_sentences", ("读入时没有查出问题。",))
    said = joined([f"{SEVERITY_ZH[severity]}{n}处" for severity, n in counts.items() if n])
    return Prose("check_sentences", (
        f"读入时查出：{said}，见[[check_table]]。不可能的数不使用、不换算；两列填反的，只在一年各行"
        "都能证明时对调，原值另列保留。",))


def check_table(findings: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """List the checks that spoke, how often, and the first places (清洗与核查记录)."""
    listed = findings[findings["severity"].isin([WARN, CLEAN])]
    if annual.standard or listed.empty:
        return None
    rows = []
    for _, mine in listed.groupby("code", sort=False):
        first = mine.iloc[0]
        shown = mine if len(mine) <= _LISTED else mine.head(1)
        said = [f"{_place(r)}：{r['action']}" for r in shown.to_dict("records")]
        rows.append((Cell(SEVERITY_ZH[first["severity"]]), Cell(first["rule"]),
                     Cell(count_text(len(mine)), value=len(mine)), Cell("；".join(said))))
    return PrintedTable(
        "check_table", "清洗与核查记录",
        (Field("级别", align="center"), Field("规则", align="left"),
         Field("处数"), Field("发现与处理", align="left")),
        tuple(rows), "清洗程序记录",
        notes=(f"超过{_LISTED}处的只列一处，全部见随附的数据表“清洗与核查记录”。",))


def _place(row: dict) -> str:
    if is_missing(row["row"]):
        return row["file"]
    return " ".join(filter(None, [row["file"], row["sheet"], f"{row['column']}{row['row']}"]))
