"""Chapter 02 of the annual evaluation: verdicts, coefficients, changes; no rank numbers."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.printing.exhibit import TOTAL, Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import (
    EMPTY,
    count_text,
    cv_text,
    figure_text,
    joined,
    limit_text,
    percent_text,
)
from pipeline.ground.exact import from_exact_text
from pipeline.ground.terms import MET, NOT_MET, POOLED, STATE_ZH, UNDETERMINED, is_missing

_STATES = (MET, NOT_MET, UNDETERMINED)
_KIND_ZH = {"better": "转为达标", "worse": "转为未达标", "opened": "转为待核",
            "settled": "待核转为有结论"}
_MOVED = ("better", "worse")
_MOST_LISTED = 30
_MOST_NAMED = 5
_SURE = 0.8


def overview_sentences(counts: pd.DataFrame, summary: pd.DataFrame, annual: Annual) -> Prose:
    """State how many counties meet the resource part, and where coefficients fail most."""
    if counts.empty or not annual.judged:
        why = "所用参考包没有标准值" if annual.standard else "县级表没有学校数据"
        return Prose("overview_sentences", (f"{why}，不作判定，只列分布。",))
    whole = counts[counts["province"] == ""].iloc[0]
    now = summary[summary["year"] == annual.year]
    resource, others = annual.standard.resource.indicators, annual.standard.items
    said = (f"已汇总的{whole['pooled']}个县中，资源配置{len(resource)}项合起来"
            f"达标{whole['resource_met']}个、未达标{whole['resource_not_met']}个、"
            f"待核{whole['resource_undetermined']}个。")
    said += _over_limit(now, annual)
    return Prose("overview_sentences", (
        said, f"资源配置要求每所学校和全部{len(now)}个差异系数都符合；其余{len(others)}项多凭材料"
        "判定，资料未交的为待核，不计为达标。综合结论见[[verdict_table]]，"
        "各项差异系数见[[coefficient_table]]。"))


def _over_limit(now: pd.DataFrame, annual: Annual) -> str:
    """Name the coefficients over their limits in most counties: all of those, or none, that are
    over it in as many; only count them where more than `_MOST_NAMED` are alike."""
    over = now[now["not_met"] > 0].sort_values("not_met", ascending=False, kind="stable")
    if over.empty:
        return "没有超过限值的差异系数。"
    most, third = over["not_met"].iloc[0], over["not_met"].iloc[:3].iloc[-1]
    named = over[over["not_met"] >= third]
    if len(named) > _MOST_NAMED:
        named = over[over["not_met"] > third]
    if named.empty:
        return f"超过限值最多的差异系数有{(over['not_met'] == most).sum()}个，各有{most}个县超过。"
    words = joined([f"{part_zh(r['stage'] + ' ' + r['indicator'], annual)}（{r['not_met']}个县）"
                    for r in named.to_dict("records")])
    return f"差异系数超过限值{'最多' if len(named) < len(over) else ''}的是{words}。"


def summary_sentences(units: pd.DataFrame, counts: pd.DataFrame, summary: pd.DataFrame,
                      changes: pd.DataFrame, annual: Annual) -> Prose:
    """Return the 摘要: how many counties, what was found, what changed, and what it is not."""
    now, zh = units[units["year"] == annual.year], annual.study.subject_zh
    left = int((now["state"] != POOLED).sum())
    said = [f"{annual.year}年交来资料的{zh}{len(now)}个，汇总{len(now) - left}个"
            + (f"，拒收或失败{left}个，原因见[[left_out_table]]。" if left else "。")]
    if annual.judged and len(counts):
        found, *_ = overview_sentences(counts, summary, annual).paragraphs
        said += [found, *change_sentences(changes, annual).paragraphs,
                 "逐县结论见[[county_table]]。"]
    else:
        said.append("资料没有标准值可对照，只作描述和检验，不作判定。")
    said.append("检验的问题、模型和取舍事先写在评价方案中；县与县之间的相关不等于因果。"
                "本报告不排名次，不代表认定结果。")
    return Prose("summary_sentences", tuple(said), front=True)


def summary_table(counts: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Count the counties by state, for the front (结论一览)."""
    if counts.empty or not annual.judged:
        return None
    whole = counts[counts["province"] == ""].iloc[0]
    rows = tuple((Cell(zh), *(Cell(count_text(n), value=n) for n in (
        whole["pooled"], *(whole[f"{part}_{state}"] for state in _STATES))))
        for part, zh in (("resource", "资源配置"), ("verdict", "全部指标及否决事项")))
    return PrintedTable(
        "summary_table", f"{annual.year}年各县结论一览",
        (Field("范围", align="left"), Field("县数"), *(Field(STATE_ZH[s]) for s in _STATES)),
        rows, f"各县卷宗；{annual.standard.document}", front=True,
        notes=("只计已汇总的县；对照标准文本测算，不代表认定结果。",))


def verdict_table(counts: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print counties by province and state (结论分布)."""
    if counts.empty or not annual.judged:
        return None
    rows = []
    for r in counts.to_dict("records"):
        tone = "" if r["province"] else TOTAL
        rows.append((Cell(r["province"] or "合计", tone),
                     *(Cell(count_text(r[name]), tone, r[name]) for name in
                       ("pooled", *(f"{part}_{state}" for part in ("resource", "verdict")
                                    for state in _STATES)))))
    fields = (Field("省", align="left"), Field("县数"),
              *(Field(STATE_ZH[state], group)
                for group in ("资源配置", "全部指标及否决事项") for state in _STATES))
    return PrintedTable(
        "verdict_table", f"{annual.year}年各省县级结论分布", fields, tuple(rows),
        f"各县卷宗；{annual.standard.document}",
        notes=("只计已汇总的县；对照标准文本测算，不代表认定结果。",))


def coefficient_table(summary: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print each coefficient's distribution over counties and how many keep the limit."""
    now = summary[summary["year"] == annual.year]
    if now.empty:
        return None
    judged = bool(annual.standard.balance.cv_max)
    rows = []
    for r in now.to_dict("records"):
        cells = [Cell(annual.standard.stages[r["stage"]]),
                 Cell(f"{r['indicator']} {annual.standard.indicator(r['indicator']).short}"),
                 Cell(count_text(r["used"]), value=r["used"]),
                 *(Cell(figure_text(r[name], 3), value=r[name])
                   for name in ("low", "median", "high"))]
        if judged:
            cells += [Cell(limit_text(r["limit"], 2)),
                      *(Cell(count_text(r[name]), STATE_TONE[name] if r[name] and name == NOT_MET
                             else "", r[name]) for name in (*_STATES, "borderline"))]
        rows.append(tuple(cells))
    fields = [Field("学段", align="left"), Field("指标", align="left"),
              Field("县数"), *(Field(q, "各县差异系数")
                                        for q in ("P10", "中位", "P90"))]
    if judged:
        fields += [Field("限值"), *(Field(zh, "县数") for zh in
                                             ("达标", "未达标", "待核", "临界"))]
    return PrintedTable(
        "coefficient_table", f"{annual.year}年{len(now)}个差异系数的各县分布", tuple(fields),
        tuple(rows),
        "各县卷宗", notes=("各县不加权；有学校缺数据或只有一所学校的县不计入分位数。",))


def part_zh(part: str, annual: Annual) -> str:
    """Return the words of a part of the verdict: 综合结论, 资源配置, or 小学R1 …."""
    fixed = {"verdict": "综合结论", "resource": "资源配置"}
    if part in fixed:
        return fixed[part]
    stage, id = part.split()
    return f"{annual.standard.stages[stage]}{annual.standard.indicator(id).short}"


def change_sentences(changes: pd.DataFrame, annual: Annual) -> Prose:
    """Say how many coefficients and resource verdicts changed state since the year before."""
    before = annual.year - 1
    if not annual.judged:
        return Prose("change_sentences", ("没有判定，也就没有结论的变化。",))
    if changes.empty:
        return Prose("change_sentences", (
            f"与{before}年都有资料的县，结论没有变化；或没有{before}年资料。",))
    cvs = changes[~changes["part"].isin(["verdict", "resource"])]
    said = joined([f"{zh}{n}个" for kind, zh in _KIND_ZH.items()
                   if (n := int((cvs["kind"] == kind).sum()))])
    whole = changes[changes["part"] == "resource"]
    listed = "，见[[change_table]]" if changes["kind"].isin(_MOVED).any() else ""
    moved = f"资源配置的结论变化的县{len(whole)}个" if len(whole) else "没有县的资源配置结论变化"
    opened = "转为待核是资料不全，不是退步。" if (changes["kind"] == "opened").any() else ""
    return Prose("change_sentences", (
        f"与{before}年相比，差异系数的结论{said or '没有变化'}；{moved}{listed}。{opened}",))


def change_table(changes: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """List who changed between met and not met since last year (结论变化)."""
    moved = changes[changes["kind"].isin(_MOVED)]
    if moved.empty:
        return None
    order = moved.assign(whole=~moved["part"].isin(["verdict", "resource"])).sort_values(
        ["whole", "kind", "unit"], kind="stable")
    limits = annual.standard.balance.cv_max
    rows = []
    for r in order.head(_MOST_LISTED).to_dict("records"):
        limit = limits.get(r["part"].split()[0])
        cvs = [cv_text(r[name], limit) if r[name] else EMPTY for name in ("cv_before", "cv_after")]
        rows.append((Cell(r["unit"]), Cell(r["name"]), Cell(part_zh(r["part"], annual)),
                     Cell(STATE_ZH[r["before"]], STATE_TONE[r["before"]]),
                     Cell(STATE_ZH[r["after"]], STATE_TONE[r["after"]]),
                     *(Cell(cv) for cv in cvs)))
    more = len(order) - len(rows)
    return PrintedTable(
        "change_table", f"{annual.year - 1}年至{annual.year}年达标与未达标之间的变化",
        (Field("代码", align="left"), Field("县", align="left"),
         Field("部分", align="left"),
         Field(f"{annual.year - 1}年", align="center"),
         Field(f"{annual.year}年", align="center"),
         Field("上年", "差异系数"), Field("本年", "差异系数")),
        tuple(rows), "各县卷宗",
        notes=("不含待核的变化。",
               *((f"另有{more}处，见随附的数据表“结论变化（年度评价）”。",) if more else ())))


def quadrant_sentences(quadrants: pd.DataFrame) -> Prose | None:
    """Say why there is no quadrant, where there is none."""
    if len(quadrants):
        return None
    return Prose("quadrant_sentences", ("没有水平和均衡两个量都有的县，不作四象限图。",))


def thirds_sentences(thirds: pd.DataFrame, years: list[int], annual: Annual) -> Prose:
    """Say for how many counties the third they lie in can be told, from which years, and why no
    rank is given."""
    if not annual.study.balance:
        return Prose("thirds_sentences", ("没有县内均衡的量，不作三分位比较，也没有漏斗图。",))
    if thirds.empty:
        return Prose("thirds_sentences", ("可比的县不足三个，不作三分位比较。",))
    zh = annual.study.measure(annual.study.balance).zh
    known = thirds["p_lower"].map(lambda p: not is_missing(p))
    if not known.any():
        return Prose("thirds_sentences", (
            f"按{zh}把各县分为三组只用了一年数据，逐年波动未知，不给把握；本报告不排名次。",))
    best = thirds.loc[known, ["p_lower", "p_middle", "p_upper"]].astype(float).max(axis=1)
    sure = int((best >= _SURE).sum())
    unsure = "，其余的说不准" if sure < known.sum() else ""
    share = percent_text(from_exact_text(f"{sure}/{int(known.sum())}"), 0)
    return Prose("thirds_sentences", (
        f"本报告不排名次：相邻名次的差别小于各县逐年的波动。按{zh}"
        f"（扣除学校数的影响，{joined(map(str, years))}年）"
        f"把{int(known.sum())}个县分为三组，能以{int(_SURE * 100)}%以上把握说出在哪一组的有{sure}个"
        f"（{share}）{unsure}，见[[thirds_table]]；每个县的把握见随附的数据表“三分位与把握（年度评价）”。",
        "学校少的县差异系数天然偏小、波动大，不能只凭差异系数低就说更均衡。"))


def thirds_table(thirds: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Count counties by third and by how surely it can be told (三分位与把握)."""
    known = thirds[thirds["p_lower"].map(lambda p: not is_missing(p))]
    if known.empty:
        return None
    rows = []
    for third, zh in (("lower", "差异较小"), ("middle", "居中"), ("upper", "差异较大")):
        mine = known[known["third"] == third]
        p = mine[f"p_{third}"].astype(float)
        counts = (len(mine), int((p >= 0.95).sum()), int(((p >= _SURE) & (p < 0.95)).sum()),
                  int((p < _SURE).sum()))
        rows.append((Cell(zh), *(Cell(count_text(n), value=n) for n in counts)))
    return PrintedTable(
        "thirds_table", f"{annual.year}年各县所在三分位与把握",
        (Field("三分位", align="left"), Field("县数"),
         Field("95%以上", "其中把握"), Field("80%—95%", "其中把握"),
         Field("不足80%", "其中把握")),
        tuple(rows), "县级面板",
        notes=("县效应按逐年波动收缩后联合抽样4000次得出（Goldstein & Spiegelhalter 1996）。",))
