"""Chapter 09: what stands at the end, and what is open."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.c04_government.county_items import state_zh
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, joined
from pipeline.ground.terms import (
    ELIGIBILITY,
    MET,
    NOT_MET,
    RESOURCE,
    STATE_ZH,
    UNDETERMINED,
    VETO,
    records,
    verdict,
)

READING = ("资源配置按学校（每所至少{least}项达标）和差异系数判定，文件不逐项判定；"
           "逐项的结论是本软件的读法：该项差异系数都不超过限值，又没有未达标学校此项不足的，为达标。")


def graded(judgements: pd.DataFrame) -> pd.DataFrame:
    """Return the items that are graded (评估指标): no vetoes, no conditions for applying."""
    return judgements[~judgements["group"].isin([VETO, ELIGIBILITY])]


def by_schools(judgements: pd.DataFrame, county: County) -> bool:
    """Tell whether the standard judges resources by schools and coefficients, not item by item."""
    return county.standard.judges_schools and (judgements["group"] == RESOURCE).any()


def rest_of(judgements: pd.DataFrame, county: County) -> pd.DataFrame:
    """Return what is judged item by item."""
    if not by_schools(judgements, county):
        return judgements
    return judgements[judgements["group"] != RESOURCE]


def counted(states: pd.Series) -> str:
    """Count the states of items (达标、未达标、待核)."""
    counts = [int((states == s).sum()) for s in (MET, NOT_MET, UNDETERMINED)]
    return "达标{}项、未达标{}项、待核{}项".format(*counts)


def reading(county: County) -> str:
    """Say how this program reads resources item by item (本软件的读法)."""
    return READING.format(least=county.standard.resource.min_met)


def overall_words(judgements: pd.DataFrame, county: County) -> str:
    """State the county's result against the text: failed, open, or all met."""
    rest = rest_of(judgements, county)
    said = {NOT_MET: "对照标准文本为未达标", UNDETERMINED: "尚不能判定（待核）",
            MET: "各项均符合标准文本"}[verdict(list(judgements["status"]))]
    resource = judgements.loc[judgements["group"] == RESOURCE, "status"]
    first = (f"资源配置{STATE_ZH[verdict(list(resource))]}，其余{len(rest)}项中"
             if len(rest) < len(judgements) else "")
    failed, open_ = ((rest["status"] == state).sum() for state in (NOT_MET, UNDETERMINED))
    return (f"按填报资料测算，{said}：{first}未达标{failed}项、待核{open_}项"
            "（含一票否决与申报条件）；不代表认定结果。")


def failed_words(judgements: pd.DataFrame, county: County) -> str:
    """Name what is not met, apart from resources that are judged by schools (未达标的各项)."""
    rest = rest_of(judgements, county)
    named = _named(rest[rest["status"] == NOT_MET], county)
    return f"未达标的{len(named)}项：{joined(named)}。" if named else ""


def _named(rows: pd.DataFrame, county: County) -> list[str]:
    """Return what a list calls items: short name and number (简称、编号)."""
    short = {item.id: item.short for item in county.standard.items}
    return [f"{short.get(r['id']) or r['zh']}（{r['id']}）" for r in records(rows)]


def school_words(compliance: pd.DataFrame, county: County) -> str:
    """Count the states of the schools of each stage (学校达标情况)."""
    now, said = compliance[compliance["year"] == county.year], []
    if now.empty:
        return "学校资源配置：没有参评学校的数据，待核。"
    for stage, zh in county.standard.stages.items():
        status = now[now["stage"] == stage]["status"]
        counts = [(status == state).sum() for state in (MET, NOT_MET, UNDETERMINED)]
        said.append(f"没有参评{zh}" if status.empty
                    else f"{zh}1所，{STATE_ZH[status.iloc[0]]}" if len(status) == 1
                    else f"{zh}{len(status)}所中达标{counts[0]}所、"
                         f"未达标{counts[1]}所、待核{counts[2]}所")
    rule = county.standard.resource
    return (f"学校资源配置（每所{len(rule.indicators)}项中至少{rule.min_met}项达标）："
            + "；".join(said) + "。")


def coefficient_words(balance: pd.DataFrame, county: County) -> str:
    """Count the states of the coefficients and name those over their limit (差异系数)."""
    now = balance[balance["year"] == county.year]
    status = now["status"]
    if not (now["cv"] != "").any():
        return f"校际差异系数：没有可测算的，{len(now)}个均待核。"
    text = (f"校际差异系数：{len(now)}个中达标{(status == MET).sum()}个、"
            f"未达标{(status == NOT_MET).sum()}个、待核{(status == UNDETERMINED).sum()}个")
    over = [f"{county.standard.stages[r['stage']]}{county.standard.indicator(r['indicator']).short}"
            for r in records(now) if r["status"] == NOT_MET]
    alone = [zh for stage, zh in county.standard.stages.items()
             if (rows := now[(now["stage"] == stage) & (now["cv"] != "")])["n_schools"].eq(1).all()
             and len(rows)]
    single = (f"{joined(alone)}只有1所学校，没有校际差异可比，差异系数按口径记为0，不说明均衡。"
              if alone else "")
    return text + (f"，超过限值的为{joined(over)}。" if over else "。") + single


def conclusion_sentences(judgements: pd.DataFrame, compliance: pd.DataFrame,
                         balance: pd.DataFrame, county: County) -> Prose:
    """Name what is not met and how much is open, schools and coefficients first; never 通过
    or 认定."""
    if not county.standard.judged:
        return Prose("conclusion_sentences", ("参考包没有标准值，不作综合判定。",))
    said = [overall_words(judgements, county),
            "逐项对照标准：任何一项未达标，全县即为未达标；没有未达标而有待核的，为待核。"
            "是否认定由国家督导机构决定，本卷宗不作认定。"]
    rest, part = rest_of(judgements, county), judgements[judgements["group"] == RESOURCE]
    if len(rest) < len(judgements):
        failed = [f"{r['id']}（{r['reason']}）" for r in records(part[part["status"] == NOT_MET])]
        said += [school_words(compliance, county), coefficient_words(balance, county),
                 f"{reading(county)}{counted(part['status'])}"
                 + (f"；未达标的：{'、'.join(failed)}。" if failed else "。")]
    for group, part in graded(rest).groupby("group", sort=False):
        said.append(f"{group}{len(part)}项：{counted(part['status'])}。")
    failed = failed_words(judgements, county)
    said += [f"{failed}详见“主要问题”。"] if failed else []
    return Prose("conclusion_sentences", (*said, "逐项结论见[[judgement_table]]。"), bullets=True)


def judgement_table(judgements: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print every item in the order of the standard with its state and reason."""
    if judgements.empty:
        return None
    apart = by_schools(judgements, county)
    rows = [(Cell(r["id"]), Cell(r["group"]), Cell(r["zh"]),
             Cell(state_zh(r) + "※" * (apart and r["group"] == RESOURCE),
                  STATE_TONE[r["status"]]))
            for r in records(judgements)]
    return PrintedTable(
        "judgement_table", f"{county.name}{county.year}年逐项判定",
        (Field("编号", align="center"), Field("类别", align="left"),
         Field("指标或事项", align="left"), Field("结论", align="center")),
        tuple(rows), county.standard.document,
        notes=("一票否决事项默认为待核，不作“无”处理；理由与应提交的资料见[[open_table]]及各章。",
               *((f"※：{reading(county)}",) if apart else ())))


def problem_table(judgements: pd.DataFrame, compliance: pd.DataFrame, county: County
                  ) -> PrintedTable | None:
    """Print how many schools of each location are not met or open (主要问题)."""
    if not county.standard.judges_schools:
        return None
    now = compliance[compliance["year"] == county.year]
    if now.empty:
        return None
    zh = {"urban": "城区", "town": "镇区", "rural": "乡村", "": "未分类"}
    rows = []
    for (stage, location), part in now.groupby(["stage", "location"], sort=False):
        counts = [int((part["status"] == s).sum()) for s in (MET, NOT_MET, UNDETERMINED)]
        rows.append((Cell(county.standard.stages[stage]), Cell(zh[location]),
                     *(Cell(count_text(n), value=n) for n in (len(part), *counts))))
    return PrintedTable(
        "problem_table", f"{county.name}{county.year}年各类地区学校达标情况",
        (Field("学段", align="left"), Field("城乡类型", align="left"), Field("参评"),
         Field("达标"), Field("未达标"), Field("待核")),
        tuple(rows), "学校数据表", unit="所")
