"""Chapter 05 of the annual evaluation: policies that counties adopted in different years."""

import pandas as pd
from matplotlib.ticker import MaxNLocator

from pipeline.annual_evaluation import Annual
from pipeline.definitions.models.questions import Policy
from pipeline.dossier.annual.a03_models.naming import Size, plain
from pipeline.dossier.printing.exhibit import (
    TOTAL,
    UNKNOWN,
    Cell,
    Field,
    Figure,
    PrintedTable,
    Prose,
)
from pipeline.dossier.printing.numbers import count_text, figure_text, joined, p_text
from pipeline.dossier.printing.style import ALERT, DARK, panels, tidy
from pipeline.dossier.printing.tested_words import open_words, relation
from pipeline.ground.terms import FITTED, LEVEL, is_missing

_FEWEST_DF = 4
HONEST = "honest"
_BASE = "实施前、后各年都与基期（实施前一年）相比（长差分，Roth 2024），实施前的应在零附近。"
PERCENT = Size("", "%", relative=True)
STATE_ZH = {"used": "已用", "early": "资料首年以前已实施，不用", "small": "县数过少，不用"}
WHY_NOT_TWFE = ("普通双向固定效应在分批实施时把已实施的县当作后实施县的对照，"
                "效应随年数变化时有偏，只列出作对照，"
                "不作结论。")


def method_sentences(annual: Annual) -> Prose | None:
    """Say what is compared and on what premise; None without policies."""
    if not annual.study.policies:
        return None
    zh = annual.study.subject_zh
    return Prose("policy_method", (f"各{zh}先后实施的政策，"
                                   f"以实施前后的变化与从未实施的{zh}相比；前提是两组若都不"
                                   "实施会同步变化，先看实施前是否已经不同。",))


def policy_sentences(policies: pd.DataFrame, terms: pd.DataFrame, annual: Annual
                     ) -> Prose | None:
    """Say by how much the change differed, on what premise; None without policies."""
    if policies.empty:
        return None
    rows = policies.set_index("policy")
    said = [_said(p, rows.loc[p.id].to_dict(), terms[terms["policy"] == p.id], annual)
            for p in annual.study.policies]
    return Prose("policy_sentences", (*said, WHY_NOT_TWFE), bullets=True)


def _said(policy: Policy, row: dict, terms: pd.DataFrame, annual: Annual) -> str:
    zh = annual.study.subject_zh
    if row["status"] != FITTED:
        return f"{policy.zh}：{plain(row['reason'], annual)}，不作估计。"
    att = terms[terms["kind"] == "att"].iloc[0]
    value = PERCENT.of(att["estimate"])
    size = (f"平均{'高' if value > 0 else '低'}{PERCENT.text(att['estimate']).lstrip('-')}%"
            if value else "没有差别")
    text = (f"{policy.zh}（实施{row['treated']}个{zh}，从未实施{row['controls']}个{zh}）："
            f"{_least(row)}与从未实施的{zh}相比，"
            f"实施后{policy.effect}的变化{size}（95%区间{PERCENT.text(att['ci_low'])}%至"
            f"{PERCENT.text(att['ci_high'])}%，p{relation(att['p_value'])}）")
    text += open_words(att)
    return f"{text}。前提是两组{zh}若都不实施会同步变化；{_before(row)}{_left(row, terms, zh)}" + (
        f"注意：{policy.caution}。" if policy.caution else "")


def _least(row: dict) -> str:
    """Say, before the result, what so many counties could have found (可检出的最小效应)."""
    if is_missing(row["detectable"]):
        return ""
    return f"以80%把握能检出的变化之差不小于{PERCENT.text(row['detectable'])}%；"


def _before(row: dict) -> str:
    if is_missing(row["pre_p"]):
        return "实施前的年数太少，这一前提无从检验。"
    tested = f"实施前{int(row['pre_q'])}个年份与基期的差别合起来检验p{relation(row['pre_p'])}，"
    if row["pre_p"] < LEVEL:
        return tested + "实施前变化已经不同，前提不成立，上述差别不能解释。"
    return tested + "没有看出实施前已经不同，但看不出不等于没有。"


def _left(row: dict, terms: pd.DataFrame, zh: str) -> str:
    parts = [f"{row[name]}个{why}" for name, why in (
        ("untold", "未填报实施年份"), ("others", "实施了另一项政策"), ("incomplete", "年份不全"))
        if row[name]]
    if row["partial"]:
        whole = terms[terms["kind"] == "att_whole"]
        there = whole["estimate"].notna().any()
        left = (f"所用的{zh}中{row['partial']}个有学校缺数据，差异系数由其余学校算出，不含它们的"
                + ("结果见[[effect_table]]。" if there else f"{zh}太少，不作估计。"))
        return (f"未用的{zh}：{joined(parts)}。" if parts else "") + left
    return f"未用的{zh}：{joined(parts)}。" if parts else ""


def effect_table(terms: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print the mean effect, by years since adoption, and plain TWFE beside (三线表)."""
    if terms.empty:
        return None
    rows = []
    for policy in annual.study.policies:
        mine = terms[(terms["policy"] == policy.id) & (terms["kind"] != HONEST)
                     & terms["estimate"].notna()].to_dict("records")
        for n, r in enumerate(sorted(mine, key=_place)):
            rows.append((Cell(policy.zh if n == 0 else ""),
                         Cell(_what(r), TOTAL * (r["kind"] == "att")),
                         *(Cell(PERCENT.text(r[c]), value=None if is_missing(r[c]) else r[c])
                           for c in ("estimate", "ci_low", "ci_high")),
                         Cell(figure_text(r["df"], 1)),
                         Cell(p_text(None if r["kind"] == "event" else r["p_value"]))))
    return PrintedTable(
        "effect_table", f"{annual.year}年政策前后变化之差",
        (Field("政策", align="left"), Field("项", align="left"),
         Field("相差"), Field("下限", "95%区间"),
         Field("上限", "95%区间"),
         Field("自由度"), Field("p")),
        tuple(rows), "县级面板", unit="%",
        notes=("黑体为平均：按实施批次（Callaway与Sant'Anna 2021），对照为从未实施的县，"
               "标准误由影响函数得出并作"
               f"小样本修正；{_BASE}逐年的各行只作描述，不检验。", WHY_NOT_TWFE))


def honest_table(terms: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print what is left of the first year's effect if trends had parted (诚实区间)."""
    rows = []
    for policy in annual.study.policies:
        mine = terms[(terms["policy"] == policy.id) & (terms["kind"] == HONEST)]
        for n, r in enumerate(mine.to_dict("records")):
            rows.append((Cell(policy.zh if n == 0 else ""),
                         *(Cell(PERCENT.text(r[c]), value=r[c])
                           for c in ("change", "estimate", "ci_low", "ci_high"))))
    if not rows:
        return None
    return PrintedTable(
        "honest_table", f"{annual.year}年平行趋势不成立时的实施当年变化之差",
        (Field("政策", align="left"), Field("斜率每年最多改变"), Field("相差"),
         Field("下限", "95%区间"), Field("上限", "95%区间")),
        tuple(rows), "县级面板", unit="%",
        notes=("两组若都不实施，变化之差本来也会有趋势；设这一趋势的斜率每年改变不超过所列的数（0为直线），"
               "各行为扣除趋势后实施当年的相差和区间"
               "（Rambachan与Roth 2023，Δ^SD，正态，区间最短的线性估计）。"
               "第二、三行取实施前各年所见斜率改变最大者的一半和全部，只供参照：实施后可以改变得更多。",))


def _place(r: dict) -> tuple:
    return {"att": (0, 0), "att_whole": (0, 1), "twfe": (2, 0)}.get(r["kind"], (1, r["since"] or 0))


def _what(r: dict) -> str:
    fixed = {"att": "实施后平均", "att_whole": "同上，不含有学校缺数据的",
             "twfe": "普通双向固定效应（对照）"}
    if r["kind"] in fixed:
        return fixed[r["kind"]]
    if not r["since"]:
        return "实施当年"
    return f"实施{'后' if r['since'] > 0 else '前'}第{abs(r['since'])}年"


def cohort_table(cohorts: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Count counties by year of adoption, and say which cohorts are used (实施批次)."""
    if cohorts.empty:
        return None
    zh = {p.id: p.zh for p in annual.study.policies}
    rows = [(Cell(zh[r["policy"]]), Cell(str(r["cohort"])), Cell(count_text(r["units"])),
             Cell(STATE_ZH[r["state"]], "" if r["state"] == "used" else UNKNOWN))
            for r in cohorts.to_dict("records")]
    return PrintedTable(
        "cohort_table", "各政策的实施批次",
        (Field("政策", align="left"), Field("开始年份", align="center"),
         Field(f"{annual.study.subject_zh}数"), Field("处理", align="left")),
        tuple(rows), "县级数据（末年填报）")


def event_chart(terms: pd.DataFrame, annual: Annual) -> Figure | None:
    """Draw the differences by years since adoption with intervals, a panel a policy."""
    events = terms[terms["kind"] == "event"]
    drawn = [p for p in annual.study.policies if (events["policy"] == p.id).any()]
    if not drawn:
        return None
    figure, axes = panels(1, len(drawn), 2.8, sharey=True)
    for ax, policy in zip(axes, drawn, strict=True):
        mine = events[events["policy"] == policy.id]
        mine = mine[mine["df"].astype(float) >= _FEWEST_DF]
        for r in mine.to_dict("records"):
            ends = [PERCENT.of(r[c]) for c in ("ci_low", "ci_high")]
            colour = DARK if r["since"] >= 0 else "#8a8a8a"
            ax.plot([r["since"]] * 2, ends, color=colour, linewidth=1.2)
            ax.plot(r["since"], PERCENT.of(r["estimate"]), "o" if r["since"] >= 0 else "s",
                    color=colour, markersize=4)
        ax.plot(-1, 0, "s", color="#8a8a8a", markersize=4, fillstyle="none")
        ax.annotate("基期", (-1, 0), textcoords="offset points", xytext=(0, 5), ha="center",
                    fontsize=8, color="#555555")
        ax.axhline(0, color="#555555", linewidth=0.8)
        ax.axvline(-0.5, color=ALERT, linewidth=1, linestyle="--")
        ax.set(title=policy.zh, xlabel="距实施的年数")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        tidy(ax)
    axes[0].set_ylabel("变化之差（%）")
    said = joined([f"{p.zh}{_spread_words(events[events['policy'] == p.id])}" for p in drawn])
    return Figure(
        "event_chart", f"{annual.year}年政策实施前后的变化之差（事件研究）",
        f"点和95%区间，横轴为距实施的年数，虚线为实施之时；{said}", "县级面板", figure,
        tuple(events[["policy", "since", "estimate", "ci_low", "ci_high"]].to_dict("records")),
        notes=(f"方点为实施前，圆点为实施当年（0）及以后，竖虚线分开两者；{_BASE}各点不逐个检验；"
               "自由度不足4的年份不画，见表。",))


def _spread_words(events: pd.DataFrame) -> str:
    """Say between which sizes the points lie, before and after (不作检验)."""
    parts = []
    for word, mine in (("前", events[events["since"] < 0]), ("后", events[events["since"] >= 0])):
        if len(mine):
            low, high = (PERCENT.text(f(mine["estimate"])) for f in (min, max))
            parts.append(f"实施{word}各年{low}%至{high}%")
    return "、".join(parts)
