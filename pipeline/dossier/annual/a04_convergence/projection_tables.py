"""Chapter 04 of the annual evaluation: what present trends would come to, and how far to trust it.
"""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.dossier.annual.a03_models.naming import plain, plain_name
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import (
    count_text,
    figure_text,
    joined,
    percent_text,
)
from pipeline.ground.terms import PROJECTED

_LIKELY, _UNLIKELY = 0.8, 0.2


def projection_sentences(projected: pd.DataFrame, tested: pd.DataFrame, annual: Annual
                         ) -> Prose | None:
    """Say what is extrapolated and what is not, with the back-test; None if nothing was asked."""
    if annual.study.projection is None:
        return None
    done = projected[projected["status"] == PROJECTED]
    refused = projected[(projected["status"] != PROJECTED) & (projected["unit"] == "")]
    said = []
    for target, rows in done.groupby("target", sort=True):
        said.append(_projected(int(target), rows, annual))
    for target, rows in refused.groupby("target", sort=True):
        reasons = joined(list(dict.fromkeys(rows["reason"])))
        said.append(f"{target}年：{plain(reasons, annual)}。")
    if len(tested):
        said.append(_tested(tested, annual))
    return Prose("projection_sentences", tuple(said), bullets=True)


def _projected(target: int, rows: pd.DataFrame, annual: Annual) -> str:
    zh, judged = annual.study.subject_zh, rows[rows["limit"].notna()]
    counted = f"{rows['unit'].nunique()}个{zh}、{rows['measure'].nunique()}个量"
    text = f"按现有趋势外推到{target}年，共{counted}"
    if len(judged):
        whole = judged.assign(sure=judged["probability"] >= _LIKELY,
                              open=judged["probability"].between(_UNLIKELY, _LIKELY,
                                                                 inclusive="neither"))
        by_unit = whole.groupby("unit")["probability"].min()
        sure, never = int((by_unit >= _LIKELY).sum()), int((by_unit <= _UNLIKELY).sum())
        parts = {f"各项差异系数不超过限值的概率都在80%以上的{zh}": sure,
                 f"至少一项在20%以下的{zh}": never, f"难以判断的{zh}": len(by_unit) - sure - never}
        text += "：" + "，".join(f"{part}{count}个" for part, count in parts.items() if count)
    return f"{text}，见[[projection_table]]。外推只说趋势不变会怎样，并用过去的资料检验，不是预言。"


def _tested(tested: pd.DataFrame, annual: Annual) -> str:
    held = int(tested["horizon"].max())
    known = tested[tested["horizon"] == held]
    share = (known["covered"] * known["n"]).sum() / known["n"].sum()
    return (f"回测：只用{annual.year - held}年以前的资料外推{held}年，"
            f"{percent_text(float(known['level'].iloc[0]), 0)}区间实际包含"
            f"{percent_text(float(share), 0)}，见[[backtest_table]]。")


def projection_table(projected: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print by coefficient and target how many counties keep the limit now and then."""
    if projected.empty:
        return None
    rows = [_row(measure, int(target), of, annual) for (target, measure), of in
            projected.groupby(["target", "measure"], sort=False)
            if (of["status"] == PROJECTED).any()]
    far = [f"{target}年：{plain('；'.join(dict.fromkeys(of['reason'])), annual)}。"
           for target, of in projected[projected["unit"] == ""].groupby("target", sort=True)]
    if not rows:
        return None
    zh = annual.study.subject_zh
    return PrintedTable(
        "projection_table", "各量按现有趋势外推",
        (Field("量", align="left"), Field("目标年", align="center"),
         Field(f"{zh}数"), Field("当年", "中位数"),
         Field("目标年", "中位数"), Field("区间半宽（%）"),
         Field("当年", f"不超过限值的{zh}"),
         Field("目标年预期", f"不超过限值的{zh}")),
        tuple(rows), "县级面板",
        notes=("外推值为预测分布的中位数；区间半宽为各县95%预测区间上限比外推值高出的百分比的中位数；"
               f"目标年预期为各{zh}不超过限值的概率之和。逐{zh}的外推值、区间和概率见"
               "随附的数据表“按现有趋势外推（年度评价）”。", *far))


def _row(measure: str, target: int, of: pd.DataFrame, annual: Annual) -> tuple[Cell, ...]:
    of = of[of["status"] == PROJECTED]
    spec = annual.study.measure(measure)
    decimals = max(spec.decimals, 3) if measure.startswith("cv_") else spec.decimals
    now, then = (float(of[c].astype(float).median()) for c in ("last", "value"))
    half = 100 * float((of["high"].astype(float) / of["value"].astype(float) - 1).median())
    limited = of["limit"].notna().all()
    kept = int((of["last"] <= of["limit"]).sum()) if limited else None
    expected = float(of["probability"].sum()) if limited else None
    return (Cell(plain_name(measure, annual)), Cell(str(target)), Cell(count_text(len(of))),
            Cell(figure_text(now, decimals), value=now),
            Cell(figure_text(then, decimals), value=then),
            Cell(figure_text(half, 1), value=half), Cell(count_text(kept)),
            Cell(figure_text(expected, 1)))


def backtest_table(tested: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print how often intervals held what came in the last years (回测)."""
    if tested.empty:
        return None
    rows = []
    for measure, of in tested.groupby("measure", sort=False):
        for n, r in enumerate(of.to_dict("records")):
            rows.append((Cell(plain_name(measure, annual) if n == 0 else ""),
                         Cell(count_text(r["horizon"])), Cell(count_text(r["n"])),
                         Cell(percent_text(r["covered"], 1), value=r["covered"]),
                         Cell(figure_text(100 * r["median_error"], 1)),
                         Cell(figure_text(r["widening"], 2))))
    return PrintedTable(
        "backtest_table", f"外推的回测：留出最近{annual.study.projection.held_out_years}年",
        (Field("量", align="left"), Field("提前（年）"),
         Field(f"{annual.study.subject_zh}数"), Field("区间内占比"),
         Field("误差中位数（%）"), Field("区间放宽（倍）")),
        tuple(rows), "县级面板",
        notes=(f"名义覆盖率95%。外推为各{annual.study.subject_zh}水平和趋势向其共同趋势收缩的多层模型，残差逐年相关；"
               "区间按以往各次回测的误差放宽，从不收窄。能检验多远就外推多远。",))
