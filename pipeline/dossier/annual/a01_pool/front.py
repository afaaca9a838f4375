"""Chapter 01 of the annual evaluation: the cover, what was pooled, what was left out."""

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.dossier.printing.exhibit import TOTAL, Cell, Cover, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, joined
from pipeline.dossier.printing.software_rows import cover_rows
from pipeline.dossier.printing.tested_words import registered_words
from pipeline.ground.terms import FAILED, POOLED, REFUSED, is_missing

STATE_ZH = {POOLED: "已汇总", REFUSED: "拒收", FAILED: "失败"}
_MOST_LISTED = 40


def cover(annual: Annual) -> Cover:
    """Return the cover (封面); the date is the reference day of the statistics, never today."""
    study, standard = annual.study, annual.standard
    day = standard.reference_day if standard else "12-31"
    basis = ((("所依文件", f"《{standard.title}》（{standard.document}）"),) if standard else ())
    return Cover(
        "cover", study.title, f"{annual.year}年",
        (("数据年份", f"{annual.year}年"), *basis, ("评价方案", study.id),
         ("资料来源", study.source.citation), *cover_rows()),
        f"{study.title}·{annual.year}年", f"{annual.year}-{day}", annual.mark,
        "本报告汇总各地资料，按事先写定的方案测算，只作描述和检验，不代表认定结果，也不排名次。")


def pool_sentences(units: pd.DataFrame, panel: pd.DataFrame, annual: Annual) -> Prose:
    """Say how many counties were pooled, of which years, and how many were left out."""
    now, zh = units[units["year"] == annual.year], annual.study.subject_zh
    left = now[now["state"] != POOLED]
    years = sorted(set(panel["year"]))
    span = f"{years[0]}—{years[-1]}年" if len(years) > 1 else f"{annual.year}年"
    used = f"用于逐年比较的年份为{span}" if annual.study.chained else (
        f"资料年份为{joined([str(year) for year in years])}年，互不衔接，不作逐年比较")
    said = [f"{annual.year}年交来资料的{zh}{len(now)}个，汇总{len(now) - len(left)}个"
            + (f"，拒收或失败{len(left)}个，见[[left_out_table]]" if len(left) else "")
            + f"；{used}，共{len(panel)}个{zh}·年。"]
    if annual.standard:
        said.append("每个县都照其卷宗的同一批函数清洗和测算，本报告所列各县的数与其卷宗逐位相同；"
                    "被拒收的县没有数字，不作估计。")
    some = int((panel["partial"].astype(float) > 0).sum()) if "partial" in panel else 0
    if some:
        said.append(f"其中{some}个{zh}·年的差异系数有学校缺数据，由其余学校算出（试算）：计入分布图、三分位、"
                    "漏斗图、外推和同类县比较；模型、收敛和政策够作估计的，另列不含它们的结果。")
    said.append(f"各问题、模型和取舍见{registered_words(annual.study.registration, '评价方案')}；"
                "散列值印在方法说明中。")
    return Prose("pool_sentences", tuple(said))


def pool_table(units: pd.DataFrame, annual: Annual) -> PrintedTable:
    """Count counties, schools and pupils by province (参评情况)."""
    now = units[units["year"] == annual.year]
    rows = [_pool_row(province or "—", mine) for province, mine in
            now.groupby("province", sort=True)]
    rows.append(_pool_row("合计", now, TOTAL))
    zh = annual.study.subject_zh
    fields = [Field("省", align="left"), Field(f"{zh}数"),
              Field("已汇总"), Field("拒收或失败")]
    if annual.standard:
        fields += [Field(f"{annual.standard.section_zh}数"), Field("学生数")]
    else:
        rows = [row[:4] for row in rows]
    return PrintedTable("pool_table", f"{annual.year}年参评情况", tuple(fields), tuple(rows),
                        annual.study.source.citation,
                        notes=("一贯制学校、完全中学按学段分别计数。",) if annual.standard else ())


def _pool_row(name: str, mine: pd.DataFrame, tone: str = "") -> tuple[Cell, ...]:
    pooled = mine[mine["state"] == POOLED]
    counts = (len(mine), len(pooled), len(mine) - len(pooled), _total(pooled["schools"]),
              _total(pooled["pupils"]))
    return (Cell(name, tone), *(Cell(count_text(n), tone, n) for n in counts))


def _total(values: pd.Series) -> int:
    return int(sum(value for value in values if not is_missing(value)))


def left_out_table(units: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """List the counties without figures and why (未汇总); None when there is none."""
    now = units[(units["year"] == annual.year) & (units["state"] != POOLED)]
    if now.empty:
        return None
    rows = tuple((Cell(r["unit"]), Cell(r["name"]), Cell(STATE_ZH[r["state"]]),
                  Cell(r["reason"])) for r in now.head(_MOST_LISTED).to_dict("records"))
    more = len(now) - len(rows)
    return PrintedTable(
        "left_out_table", f"{annual.year}年未汇总的{annual.study.subject_zh}及原因",
        (Field("代码", align="left"), Field("名称", align="left"),
         Field("状态", align="center"), Field("原因", align="left")),
        rows, "汇总记录", notes=(
            f"另有{more}个，见随附的数据表“参评县与结论（年度评价）”。",) if more else ())


def years_table(panel: pd.DataFrame, annual: Annual) -> PrintedTable:
    """Count by year how many counties have each measure of the study (各年资料)."""
    shown = [m for m in annual.study.measures if m.name in panel and m.shown]
    rows = []
    for year, mine in panel.groupby("year", sort=True):
        there = [int(mine[m.name].notna().sum()) for m in shown]
        rows.append((Cell(str(year)), Cell(count_text(len(mine)), value=len(mine)),
                     *(Cell(count_text(n), value=n) for n in there)))
    return PrintedTable(
        "years_table", f"各年有资料的{annual.study.subject_zh}数",
        (Field("年份", align="center"), Field("全部"),
         *(Field(m.zh) for m in shown)),
        tuple(rows), annual.study.source.citation,
        notes=(f"量的定义见方案 {annual.study.id}；{joined([m.zh for m in shown if m.expr])}"
               "由各列算出。",) if any(m.expr for m in shown) else ())

