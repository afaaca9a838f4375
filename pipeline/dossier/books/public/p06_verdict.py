"""Chapter 06 of a public edition: the county's result, and the summary that goes in front."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c04_government.county_items import veto_words
from pipeline.dossier.c09_conclusion.conclusion import by_schools, overall_words, reading
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text
from pipeline.ground.terms import MET, NOT_MET, STATE_ZH, UNDETERMINED, VETO

__all__ = ["summary_sentences", "summary_table", "verdict_sentences"]


def summary_sentences(items: pd.DataFrame, county: County) -> Prose:
    """Return the 摘要: what the edition is, and the county's result."""
    said = ["本报告为公开版，只列全县和各类地区的数，学校过少的组和人数过少的项不予公布；"
            "规则见附录。结论与内部版相同，按未取整的精确值判定。"]
    if county.standard.judged:
        said.append(f"{overall_words(items, county)}见[[summary_table]]。")
    return Prose("summary_sentences", tuple(said), front=True)


def verdict_sentences(items: pd.DataFrame, county: County) -> Prose:
    """State the result against the text, and how the vetoes stand."""
    if not county.standard.judged:
        return Prose("verdict_sentences", ("所用标准包没有标准值，不作判定。",))
    veto = [f"{veto_words(items)}。"] if (items["group"] == VETO).any() else []
    return Prose("verdict_sentences", (overall_words(items, county), *veto,
                                       "见[[summary_table]]。"))


def summary_table(items: pd.DataFrame, county: County) -> PrintedTable | None:
    """Count the states of each group of items (结论一览)."""
    rows = [(Cell(group), Cell(count_text(len(part)), value=len(part)),
             *(Cell(count_text(n), value=n)
               for state in (MET, NOT_MET, UNDETERMINED)
               for n in (int((part["status"] == state).sum()),)))
            for group, part in items.groupby("group", sort=False)]
    return PrintedTable(
        "summary_table", f"{county.name}{county.year}年结论一览",
        (Field("类别", align="left"), Field("总数"),
         *(Field(STATE_ZH[s]) for s in (MET, NOT_MET, UNDETERMINED))),
        tuple(rows), county.standard.document, unit="项", front=True,
        notes=(*([reading(county)] if by_schools(items, county) else []),
               "一票否决事项的“达标”指未发生，“未达标”指有此情况。")) if rows else None
