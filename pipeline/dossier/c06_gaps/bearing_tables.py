"""Chapter 06: what the terms of a model explain, and how strong an unseen cause must be."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.gap_sentences import number_of, stage_zh, term_zh
from pipeline.dossier.printing.numbers import figure_text, joined, percent_text
from pipeline.dossier.printing.tested_words import undecided
from pipeline.ground.terms import FITTED, is_missing, records


def _told(models: pd.DataFrame) -> list[dict]:
    return [m for m in records(models)
            if m["status"] == FITTED and not is_missing(m["robustness"])]


def bearing_sentences(models: pd.DataFrame, terms: pd.DataFrame, county: County) -> Prose | None:
    """Say of each model that tells a direction how strong a cause left out would have to be."""
    if not _told(models):
        return None
    said = []
    for m in _told(models):
        focus = terms[(terms["id"] == m["id"]) & (terms["term"] == m["focus"])].iloc[0]
        if not undecided({**m, "ci_low": focus["ci_low"], "ci_high": focus["ci_high"]}):
            said.append(f"{number_of(m)} {stage_zh(m, county)}（{m['n']}所）："
                        f"没有列入的因素须能各说明{term_zh(m['focus'], county)}和因变量余下差异的"
                        f"{percent_text(m['robustness'], 1)}，系数才为0。")
    none = [] if said else ["没有能判断方向的最小二乘模型，稳健值只列表。"]
    return Prose("bearing_sentences", (*said, *none, "各项的说明份额和稳健值见[[bearing_table]]；"
                                       "份额指一并变动，不指原因。"), bullets=bool(said))


def bearing_table(models: pd.DataFrame, terms: pd.DataFrame, county: County
                  ) -> PrintedTable | None:
    """Print the shares of R² of each least-squares model, and its focus's robustness."""
    rows = []
    for m in _told(models):
        mine = records(terms[(terms["id"] == m["id"]) & terms["share"].notna()])
        shares = joined([f"{term_zh(t['term'], county)}{figure_text(t['share'], 3)}" for t in mine])
        rows.append((Cell(f"{number_of(m)} {stage_zh(m, county)}"), Cell(shares),
                     *(Cell(figure_text(m[k], 3), value=m[k]) for k in (
                         "r_squared", "partial_r2", "robustness", "robustness_at_level"))))
    if not rows:
        return None
    return PrintedTable(
        "bearing_table", f"{county.name}{county.year}年各项的说明份额和稳健值",
        (Field("模型", align="left"), Field("R²的份额", align="left"),
         Field("R²"), Field("偏R²", "关注项"),
         Field("系数为0", "稳健值"), Field("区间含0", "稳健值")),
        tuple(rows), "学校数据表",
        notes=("R²的份额：各项进入次序取平均（Shapley；Lindeman、Merenda与Gold），相加为R²。偏R²："
               "关注项说明其他各项余下差异的份额。",
               "稳健值（Cinelli与Hazlett 2020）：没有列入的因素须能说明关注项和因变量各自余下差异的"
               "这一份额，系数（或其95%区间的一端）才到0；按经典标准误，与系数表的标准误不同，0为区间已含0。"))
