"""Chapter 09: what stands at the end, what is open, and the summary that goes in front."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c01_cleaning.sources import section_words
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.c04_government.county_items import state_zh, veto_words
from pipeline.dossier.c08_path.path_needs import path_words
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, cv_text, joined
from pipeline.dossier.printing.tested_words import changed_questions, registered_words
from pipeline.ground.terms import (
    ELIGIBILITY,
    MET,
    NOT_MET,
    RESOURCE,
    STATE_ZH,
    UNDETERMINED,
    USED,
    VETO,
    records,
    verdict,
)

READING = ("资源配置按学校（每所至少{least}项达标）和差异系数判定，文件不逐项判定；"
           "逐项的结论是本软件的读法：该项差异系数都不超过限值，又没有未达标学校此项不足的，为达标。")


def _items(judgements: pd.DataFrame) -> pd.DataFrame:
    return judgements[~judgements["group"].isin([VETO, ELIGIBILITY])]


def _by_schools(judgements: pd.DataFrame, county: County) -> bool:
    """Tell whether the standard judges resources by schools and coefficients, not item by item."""
    return county.standard.judges_schools and (judgements["group"] == RESOURCE).any()


def _rest(judgements: pd.DataFrame, county: County) -> pd.DataFrame:
    """Return what is judged item by item."""
    if not _by_schools(judgements, county):
        return judgements
    return judgements[judgements["group"] != RESOURCE]


def _counted(states: pd.Series) -> str:
    counts = [int((states == s).sum()) for s in (MET, NOT_MET, UNDETERMINED)]
    return "达标{}项、未达标{}项、待核{}项".format(*counts)


def _reading(county: County) -> str:
    return READING.format(least=county.standard.resource.min_met)


def overall_words(judgements: pd.DataFrame, county: County) -> str:
    """State the county's result against the text: failed, open, or all met."""
    rest = _rest(judgements, county)
    said = {NOT_MET: "对照标准文本为未达标", UNDETERMINED: "尚不能判定（待核）",
            MET: "各项均符合标准文本"}[verdict(list(judgements["status"]))]
    resource = judgements.loc[judgements["group"] == RESOURCE, "status"]
    first = (f"资源配置{STATE_ZH[verdict(list(resource))]}，其余{len(rest)}项中"
             if len(rest) < len(judgements) else "")
    failed, open_ = ((rest["status"] == state).sum() for state in (NOT_MET, UNDETERMINED))
    return (f"按填报资料测算，{said}：{first}未达标{failed}项、待核{open_}项"
            "（含一票否决与申报条件）；不代表认定结果。")


def summary_sentences(judgements: pd.DataFrame, compliance: pd.DataFrame, balance: pd.DataFrame,
                      accounting: pd.DataFrame, path: pd.DataFrame, county: County) -> Prose:
    """Return the 摘要: scope, counts of the items, schools, coefficients, path, what is open."""
    now = accounting[(accounting["year"] == county.year) & (accounting["outcome"] == USED)]
    measured = (f"参加测算的{section_words(now, county)}、{sum(now['pupils'])}名学生的资料"
                if len(now) else "的资料（没有参加测算的学校）")
    scope = (f"本卷宗依据《{county.standard.title}》（{county.standard.document}），对{county.name}"
             f"{county.year}年{measured}进行测算。{_assumed(county)}")
    if not county.standard.judged:
        return Prose("summary_sentences", (
            scope, "所用标准包没有标准值，本卷宗不作达标判定，只列各项指标的水平、校际差异系数、"
            "差异来源和检验结果。", _values(balance, county)), front=True)
    rest = _items(_rest(judgements, county))
    others = "资源配置以外的" if len(rest) < len(_items(judgements)) else ""
    return Prose("summary_sentences", (
        scope,
        overall_words(judgements, county),
        *([school_words(compliance, county)] if county.standard.judges_schools else []),
        *([coefficient_words(balance, county)] if county.standard.balance.cv_max else []),
        f"{others}评估指标{len(rest)}项中{_counted(rest['status'])}；{veto_words(judgements)}。"
        "逐项结论见[[judgement_table]]，应补交的资料见[[open_table]]。",
        *([path_words(path, county)] if len(path) else []),
        "本报告依据填报资料测算，不代表认定结果；因资料不全待核的事项不计为达标。"), front=True)


def changed_sentences(models: pd.DataFrame, county: County) -> Prose | None:
    """Say in the 摘要 which questions of chapter 06 were put otherwise in the notebook."""
    changed = changed_questions(models)
    if not changed:
        return None
    asked = registered_words(county.standard.registration.but(changed), "检验方案")
    return Prose("changed_sentences", (
        f"经费与结果差距检验的问题有改动：{asked}。{joined(changed)}是事后的设定，"
        "其结果不能当作预先列明的结果引用。",), front=True)


def _assumed(county: County) -> str:
    """Say that a scenario is one (情景测算), and what is assumed."""
    if not county.assumptions:
        return ""
    said = "；".join(assumption.zh for assumption in county.assumptions)
    return f"本卷宗是情景测算，各数含以下假设，不是填报数据：{said}。"


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


def _values(balance: pd.DataFrame, county: County) -> str:
    now = balance[(balance["year"] == county.year) & (balance["cv"] != "")]
    if now.empty:
        return "没有可测算的校际差异系数。"
    said = [f"{county.standard.indicator(r['indicator']).zh}"
            f"{cv_text(r['cv'], None, county.standard.balance.display_decimals)}"
            for r in records(now)]
    return f"校际差异系数：{joined(said)}。见[[balance_table]]。"


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


def summary_table(judgements: pd.DataFrame, compliance: pd.DataFrame, balance: pd.DataFrame,
                  county: County) -> PrintedTable | None:
    """Count states by category (结论一览), for the front: schools and coefficients first."""
    if judgements.empty:
        return None
    by_schools, rows = _by_schools(judgements, county), []
    if by_schools:
        rows = [_summed("资源配置：学校（所）", _now(compliance, county)),
                _summed("资源配置：差异系数（个）", _now(balance, county))]
    rows += [_summed(f"{group}：逐项（项，本软件的读法）" if by_schools and group == RESOURCE
                     else f"{group}（项）", part)
             for group, part in judgements.groupby("group", sort=False)]
    veto = ("一票否决事项的“达标”指未发生，“未达标”指有此情况。",)
    return PrintedTable(
        "summary_table", f"{county.name}{county.year}年结论一览",
        (Field("类别", align="left"), Field("总数"), Field("达标"),
         Field("未达标"), Field("待核")),
        tuple(rows), county.standard.document, front=True,
        notes=(*((_reading(county),) if by_schools else ()),
               *(veto if (judgements["group"] == VETO).any() else ())))


def _now(table: pd.DataFrame, county: County) -> pd.DataFrame:
    return table[table["year"] == county.year]


def _summed(label: str, part: pd.DataFrame) -> tuple[Cell, ...]:
    counts = [int((part["status"] == s).sum()) for s in (MET, NOT_MET, UNDETERMINED)]
    return (Cell(label), *(Cell(count_text(n), value=n) for n in (len(part), *counts)))


def conclusion_sentences(judgements: pd.DataFrame, compliance: pd.DataFrame,
                         balance: pd.DataFrame, county: County) -> Prose:
    """Name what is not met and how much is open, schools and coefficients first; never 通过
    or 认定."""
    if not county.standard.judged:
        return Prose("conclusion_sentences", ("参考包没有标准值，不作综合判定。",))
    said = [overall_words(judgements, county),
            "逐项对照标准：任何一项未达标，全县即为未达标；没有未达标而有待核的，为待核。"
            "是否认定由国家督导机构决定，本卷宗不作认定。"]
    rest, part = _rest(judgements, county), judgements[judgements["group"] == RESOURCE]
    if len(rest) < len(judgements):
        failed = [f"{r['id']}（{r['reason']}）" for r in records(part[part["status"] == NOT_MET])]
        said += [school_words(compliance, county), coefficient_words(balance, county),
                 f"{_reading(county)}{_counted(part['status'])}"
                 + (f"；未达标的：{'、'.join(failed)}。" if failed else "。")]
    for group, part in _items(rest).groupby("group", sort=False):
        said.append(f"{group}{len(part)}项：{_counted(part['status'])}。")
    failed = list(rest.loc[rest["status"] == NOT_MET, "id"])
    said += [f"未达标的为{joined(failed)}，详见“主要问题”。"] if failed else []
    return Prose("conclusion_sentences", (*said, "逐项结论见[[judgement_table]]。"), bullets=True)


def judgement_table(judgements: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print every item in the order of the standard with its state and reason."""
    if judgements.empty:
        return None
    by_schools = _by_schools(judgements, county)
    rows = [(Cell(r["id"]), Cell(r["group"]), Cell(r["zh"]),
             Cell(state_zh(r) + "※" * (by_schools and r["group"] == RESOURCE),
                  STATE_TONE[r["status"]]))
            for r in records(judgements)]
    return PrintedTable(
        "judgement_table", f"{county.name}{county.year}年逐项判定",
        (Field("编号", align="center"), Field("类别", align="left"),
         Field("指标或事项", align="left"), Field("结论", align="center")),
        tuple(rows), county.standard.document,
        notes=("一票否决事项默认为待核，不作“无”处理；理由与应提交的资料见[[open_table]]及各章。",
               *((f"※：{_reading(county)}",) if by_schools else ())))


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
