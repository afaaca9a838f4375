"""Chapter 04: the county's own items in the order of the standard, vetoes, what is open."""

import pandas as pd

from pipeline.county import County
from pipeline.dossier.c02_resources.school_compliance import STATE_TONE
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import joined
from pipeline.ground.terms import (
    ELIGIBILITY,
    MET,
    MISSING,
    NOT_MET,
    STATE_ZH,
    UNDETERMINED,
    VETO,
    records,
)

GROUPS = {"government": "政府保障程度", "quality": "教育质量", "recognition": "社会认可度"}
_VETO_ZH = {MET: "未发生", NOT_MET: "有此情况", UNDETERMINED: "待核"}


def state_zh(row: dict) -> str:
    """Return the printed state: vetoes say whether the matter happened."""
    return (_VETO_ZH if row["group"] == VETO else STATE_ZH)[row["status"]]


def veto_words(judgements: pd.DataFrame) -> str:
    """Say how the vetoes stand; all open is said as such."""
    states = judgements.loc[judgements["group"] == VETO, "status"]
    if (states == UNDETERMINED).all():
        return f"一票否决事项{len(states)}项均待核"
    return (f"一票否决事项{len(states)}项中有此情况{(states == NOT_MET).sum()}项、"
            f"未发生{(states == MET).sum()}项、待核{(states == UNDETERMINED).sum()}项")


def item_sentences(judgements: pd.DataFrame, group: str, county: County) -> Prose:
    """Count the states of one group and name what is not met."""
    if not (judgements["group"] == GROUPS[group]).any():
        return None
    said = f"{item_words(judgements, group, county)}见[[{group}_table]]。"
    return Prose(f"{group}_sentences", (said,))


def item_words(judgements: pd.DataFrame, group: str, county: County) -> str:
    """Count the states of one group and name what is not met, in words."""
    part = judgements[judgements["group"] == GROUPS[group]]
    if part.empty:
        return f"{county.standard.title}没有{GROUPS[group]}指标。"
    states = part["status"]
    text = (f"{GROUPS[group]}{len(part)}项：达标{(states == MET).sum()}项、未达标"
            f"{(states == NOT_MET).sum()}项、待核{(states == UNDETERMINED).sum()}项")
    failed = records(part[states == NOT_MET])
    if failed:
        text += "。未达标：" + "；".join(f"{r['id']}（{r['reason']}）" for r in failed)
    return f"{text}。"


def item_table(judgements: pd.DataFrame, group: str, county: County) -> PrintedTable | None:
    """Print one group's items with state and grounds."""
    part = judgements[judgements["group"] == GROUPS[group]]
    caption = f"{county.name}{county.year}年{GROUPS[group]}判定"
    return _table(f"{group}_table", caption, part, county)


def veto_sentences(judgements: pd.DataFrame) -> Prose | None:
    """Say how vetoes and the conditions for applying stand; None where there are none."""
    if not (judgements["group"] == VETO).any():
        return None
    said = eligibility_words(judgements)
    return Prose("veto_sentences", (f"{veto_words(judgements)}。{said}",))


def eligibility_words(judgements: pd.DataFrame) -> str:
    """Say how the conditions for applying stand (申报条件)."""
    applied = records(judgements[judgements["group"] == ELIGIBILITY])
    return "".join(f"申报条件{STATE_ZH[r['status']]}：{r['reason']}。" for r in applied)


def veto_table(judgements: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print vetoes and the conditions for applying (一票否决与申报条件)."""
    part = judgements[judgements["group"].isin([VETO, ELIGIBILITY])]
    return _table("veto_table", f"{county.name}{county.year}年一票否决事项与申报条件", part, county,
                  ("默认为待核，不作“无”处理；填报“无此情况”须有文件和日期。",
                   "V4—V7 见于一市县级自评表，国家文本未核实。"))


def _table(key: str, caption: str, part: pd.DataFrame, county: County,
           notes: tuple[str, ...] = ()) -> PrintedTable | None:
    if part.empty:
        return None
    rows = tuple((Cell(r["id"]), Cell(r["zh"]), Cell(state_zh(r), STATE_TONE[r["status"]]),
                  Cell(r["reason"])) for r in records(part))
    return PrintedTable(
        key, caption,
        (Field("编号", align="center"), Field("指标或事项", align="left"),
         Field("结论", align="center"), Field("数据或依据", align="left")),
        rows, f"县级数据、佐证材料；{county.standard.document}", notes=notes)


def failing_school_table(judgements: pd.DataFrame, county: County) -> PrintedTable | None:
    """List the schools that break an every-school rule, by item (不符合每校规则的学校)."""
    failed = judgements[(judgements["status"] == NOT_MET) & (judgements["schools"] != "")]
    if failed.empty:
        return None
    return PrintedTable(
        "failing_school_table", f"{county.name}{county.year}年不符合规定的学校",
        (Field("编号", align="center"), Field("指标", align="left"),
         Field("学校与情况", align="left")),
        tuple((Cell(r["id"]), Cell(r["zh"]), Cell(r["schools"]))
              for r in records(failed)),
        "学校数据表、班额、专用教室、质量监测",
        notes=("“所有学校”“所有班级”类指标，一所不符合即全县未达标。",))


def incomplete(judgements: pd.DataFrame, indicators: pd.DataFrame, county: County
               ) -> pd.DataFrame:
    """Return what is 待核, and what is judged already though schools lack data of it."""
    lacking = (indicators["year"] == county.year) & (indicators["level"] == MISSING)
    gaps = set(indicators.loc[lacking, "indicator"])
    return judgements[(judgements["status"] == UNDETERMINED) | judgements["id"].isin(gaps)]


def open_words(judgements: pd.DataFrame, indicators: pd.DataFrame, county: County) -> str:
    """Say how many items are open, and which are judged though schools lack data of them."""
    rows = incomplete(judgements, indicators, county)
    is_open = rows["status"] == UNDETERMINED
    open_, judged = list(rows.loc[is_open, "id"]), list(rows.loc[~is_open, "id"])
    all_open = len(open_) == len(judgements)
    said = ("没有待核事项。" if not open_ else f"全部{len(open_)}项待核。" if all_open
            else f"待核{len(open_)}项：{joined(open_)}。")
    if judged:
        said += f"已有结论、仍有学校缺数据的{len(judged)}项：{joined(judged)}。"
    return said


def open_sentences(judgements: pd.DataFrame, indicators: pd.DataFrame, county: County) -> Prose:
    """Say what is open and that the list below can be worked off."""
    if judgements.empty:
        return Prose("open_sentences", (
            f"《{county.standard.title}》没有逐项判定的指标，没有待核事项。",))
    more = "" if incomplete(judgements, indicators, county).empty else (
        "按[[open_table]]补交资料后重新测算。")
    return Prose("open_sentences", (open_words(judgements, indicators, county) + more,))


def open_table(judgements: pd.DataFrame, indicators: pd.DataFrame, county: County
               ) -> PrintedTable | None:
    """Print what is incomplete and what is to be handed in, in the order of the standard."""
    if judgements.empty:
        return None
    rows = [(Cell(r["id"]), Cell(r["zh"]), Cell(r["reason"]), Cell(r["evidence"]))
            for r in records(incomplete(judgements, indicators, county))]
    if not rows:
        rows = [(Cell("—"), Cell("无待核事项"), Cell("—"), Cell("—"))]
    return PrintedTable(
        "open_table", f"{county.name}{county.year}年待核事项与应提交的资料",
        (Field("编号", align="center"), Field("指标或事项", align="left"),
         Field("现状", align="left"), Field("应提交的资料", align="left")),
        tuple(rows), county.standard.document,
        notes=("数据填入“学校情况”“县级数据”“班额”“专用教室”“质量监测”表，材料填入“佐证材料”表。",))
