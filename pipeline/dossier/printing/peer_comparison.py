"""A county among its peers (同类县比较), for chapters 03, 05 and 06 of a county's dossier.

Shown only where a finished annual evaluation is at hand. A position is a share of the peers,
never a rank; a county that was not pooled gets the tables without its own marks.
"""

import pandas as pd
import seaborn as sns

from pipeline.annual_evaluation import Annual
from pipeline.county import County
from pipeline.dossier.annual.a03_models.naming import plain, size_of
from pipeline.dossier.printing.exhibit import Cell, Field, Figure, PrintedTable, Prose
from pipeline.dossier.printing.numbers import (
    EMPTY,
    count_text,
    figure_text,
    p_text,
    percent_text,
)
from pipeline.dossier.printing.style import ALERT, DARK, panels, tidy
from pipeline.dossier.printing.tested_words import undecided
from pipeline.ground.exact import from_exact_text
from pipeline.ground.terms import FITTED, is_missing, records

_CV = "cv_"


def peer_sentences(places: pd.DataFrame, annual: Annual | None, county: County) -> Prose | None:
    """Say with whom the county is compared and where its coefficients stand (同类县)."""
    if annual is None:
        return None
    mine = _coefficients(places)
    if mine.empty:
        return Prose("peer_sentences", (
            f"年度评价“{annual.study.title}”中没有可与{county.name}比较的同类县，不作比较。",))
    known = mine[mine["share_below"].map(lambda s: not is_missing(s))]
    lower = int((known["share_below"].astype(float) < 0.5).sum())
    return Prose("peer_sentences", (
        f"以下把{county.name}与年度评价中最接近的{int(mine['n_peers'].max())}个县比较："
        f"{annual.study.peers.reason}。{len(known)}个差异系数中，{lower}个低于同类县的中间位置，"
        "见[[peer_table]]。占比不是名次；学校数相近，才可以相互比较。",))


def _coefficients(places: pd.DataFrame) -> pd.DataFrame:
    return places[places["measure"].str.startswith(_CV)]


def _label(measure: str, annual: Annual) -> str:
    if not measure.startswith(_CV):
        return annual.study.measure(measure).zh
    id, stage = measure.removeprefix(_CV).split("_", 1)
    return f"{annual.standard.stages[stage]}{annual.standard.indicator(id).short}"


def peer_table(places: pd.DataFrame, annual: Annual | None, county: County
               ) -> PrintedTable | None:
    """Print each coefficient beside its peers' quartiles."""
    if annual is None or _coefficients(places).empty:
        return None
    return _table("peer_table", f"{county.name}{county.year}年差异系数与同类县",
                  _coefficients(places), 3, annual)


def measure_peer_table(places: pd.DataFrame, annual: Annual | None, county: County
                       ) -> PrintedTable | None:
    """Print the county's other measures, spending among them, beside its peers' quartiles."""
    if annual is None or places.empty:
        return None
    rest = places[~places["measure"].str.startswith(_CV)]
    return _table("measure_peer_table", f"{county.name}{county.year}年主要指标与同类县", rest,
                  None, annual)


def _table(key: str, caption: str, rows: pd.DataFrame, decimals: int | None, annual: Annual
           ) -> PrintedTable:
    printed = []
    for r in records(rows):
        places = annual.study.measure(r["measure"]).decimals if decimals is None else decimals
        share = r["share_below"]
        below = EMPTY if is_missing(share) else percent_text(from_exact_text(repr(share)), 0)
        unit = annual.study.measure(r["measure"]).unit
        printed.append((
            Cell(_label(r["measure"], annual) + (f"（{unit}）" if unit else "")),
            *(Cell(figure_text(r[name], places), value=r[name])
              for name in ("value", "low", "median", "high")),
            Cell(str(r["n_peers"]), value=r["n_peers"]), Cell(below, value=share),
            Cell(r["reason"])))
    fields = [Field("指标", align="left"), Field("本县"),
              *(Field(q, "同类县") for q in ("P25", "中位", "P75", "县数")),
              Field("比本县小的占比"), Field("说明", align="left")]
    if not any(row[-1].text for row in printed):
        fields, printed = fields[:-1], [row[:-1] for row in printed]
    return PrintedTable(key, caption, tuple(fields), tuple(printed),
                        f"年度评价 {annual.study.id}（{annual.year}年）",
                        notes=(f"同类县：{annual.study.peers.reason}。占比不是名次。",))


def peer_chart(places: pd.DataFrame, values: pd.DataFrame, annual: Annual | None,
               county: County) -> Figure | None:
    """Draw the peers' coefficients as strips with the county marked."""
    if annual is None or _coefficients(places).empty:
        return None
    mine, others = (_coefficients(table).astype({"value": float}) for table in (places, values))
    stages = [s for s in annual.standard.stages if mine["measure"].str.endswith(s).any()]
    figure, axes = panels(1, len(stages), 2.8)
    for ax, stage in zip(axes, stages, strict=True):
        order = [m for m in mine["measure"] if m.endswith(stage)]
        labels = {m: annual.standard.indicator(m.split("_")[1]).short for m in order}
        points = others[others["measure"].isin(order)]
        sns.stripplot(points.assign(label=points["measure"].map(labels)), x="value", y="label",
                      order=list(labels.values()), ax=ax, color=DARK, size=2.6, alpha=0.45)
        own = mine.set_index("measure").loc[order, "value"]
        ax.plot(own, range(len(order)), "D", color=ALERT, markersize=5.5, zorder=4)
        ax.set(title=annual.standard.stages[stage], xlabel="差异系数", ylabel="")
        ax.grid(True, axis="x")
        tidy(ax)
    count = others["unit"].nunique()
    return Figure(
        "peer_chart", f"{county.name}{county.year}年差异系数在同类县中的位置",
        f"{count}个同类县各项差异系数的分布，菱形为{county.name}",
        f"年度评价 {annual.study.id}", figure,
        tuple(records(others[["unit", "measure", "value"]])),
        notes=("每点为一个同类县，菱形为本县。",))


def _pooled_models(annual: Annual | None) -> pd.DataFrame:
    """Return the fitted primary models of the annual evaluation; none without one."""
    if annual is None or not annual.has("annual_models"):
        return pd.DataFrame()
    models = annual.load("annual_models")
    return models[(models["family"] == "primary") & (models["status"] == FITTED)]


def pooled_sentences(annual: Annual | None) -> Prose | None:
    """Say what the pooled coefficients are and are not (汇总的估计)."""
    if _pooled_models(annual).empty:
        return None
    return Prose("pooled_sentences", (
        "一个县的学校数少，很多关系估计不出来；[[pooled_table]]列出年度评价汇总各县得出的主要系数，"
        "说的是各县之间和各县历年的平均关系，不是本县的。相关不等于因果。",))


def pooled_table(annual: Annual | None, county: County) -> PrintedTable | None:
    """Print what each fitted primary model of the annual evaluation answers, in natural units."""
    chosen = _pooled_models(annual)
    if chosen.empty:
        return None
    asked, zh = {m.id: m for m in annual.study.models}, annual.study.subject_zh
    rows = []
    for m in records(chosen):
        size = size_of(asked[m["id"]])
        ends = [size.text(m[end]) for end in ("ci_low", "ci_high")]
        rows.append((Cell(m["question"]), Cell(size.step or "系数"),
                     Cell(size.text(m["estimate"]), value=m["estimate"]),
                     Cell("至".join(ends)), Cell(size.unit or EMPTY), Cell(p_text(m["p_adjusted"])),
                     Cell(undecided(m) or "方向可以判断"), Cell(count_text(m["units"])),
                     Cell(plain(m["convention"], annual))))
    return PrintedTable(
        "pooled_table", f"年度评价汇总各{zh}的主要系数（{annual.year}年）",
        (Field("问题", align="left"), Field("一步", align="left"),
         Field("效应"), Field("95%区间"),
         Field("单位", align="center"), Field("调整后p"),
         Field("判断", align="left"), Field(f"{zh}数"),
         Field("标准误口径", align="left")),
        tuple(rows), f"年度评价 {annual.study.id}", wide=True,
        notes=(f"由全部汇总的{zh}得出，区间说的是模型，不是本县。没有单位的为系数。",))
