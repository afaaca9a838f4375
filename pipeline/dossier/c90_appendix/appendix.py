"""Chapter 90: school list, split and merge list, run record."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.definitions.indicators import Indicator
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import count_text, level_text, percent_text
from pipeline.dossier.printing.software_rows import run_rows
from pipeline.dossier.printing.tested_words import changed_questions, registered_words
from pipeline.ground.terms import EXCLUDED, MERGED, USED, is_missing, records

_OUTCOME_ZH = {USED: "参加测算", EXCLUDED: "未参加", MERGED: "并入"}


def school_list(accounting: pd.DataFrame, county: County) -> PrintedTable | None:
    """List every section that came in, with its type, pupils and fate (学校名单与口径)."""
    now = accounting[accounting["year"] == county.year]
    if now.empty:
        return None
    types = classifications()
    rows = tuple(
        (Cell(str(n)), Cell(r["school_code"]), Cell(r["name"]),
         Cell(county.standard.stages.get(r["stage"], "不分学段")),
         Cell(types.zh("school_type", r["school_type"])),
         Cell(count_text(r["pupils"])),
         Cell(_OUTCOME_ZH[r["outcome"]] + (f"：{r['reason']}" if r["reason"] else "")))
        for n, r in enumerate(records(now), 1))
    return PrintedTable(
        "school_list", f"{county.name}{county.year}年学校名单与口径",
        (Field("序号", align="center"), Field("标识码", align="left"),
         Field("学校", align="left"), Field("学段", align="left"),
         Field("办学类型", align="left"), Field("学生"),
         Field("处理", align="left")),
        rows, "学校数据表")


def split_sentences(derivations: pd.DataFrame, county: County) -> Prose:
    """Say how many sections were split and how many teaching points merged."""
    now = derivations[derivations["year"] == county.year]
    split = len(now.loc[now["action"] == "split", ["school_code", "stage"]].drop_duplicates())
    merged = int((now["action"] == "merge").sum())
    if not split and not merged:
        return Prose("split_sentences", ("没有需要拆分或合并的学校。",))
    said = [f"按权重拆分资产的学段部{split}个" if split else "没有需要拆分资产的学校",
            f"并入归属学校的教学点{merged}个" if merged else "没有并入归属学校的教学点"]
    return Prose("split_sentences", ("，".join(said) + "。",))


def split_table(derivations: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print how each mixed school's assets were split: whole and part, a row a section (拆分)."""
    now = derivations[(derivations["year"] == county.year) & (derivations["action"] == "split")]
    if now.empty:
        return None
    names = list(dict.fromkeys(now["variable"]))
    rows = []
    for _, part in now.groupby(["school_code", "stage"], sort=False):
        by_name = part.set_index("variable")
        first = part.iloc[0]
        share = "—" if is_missing(first["share"]) else percent_text(first["share"])
        rows.append((Cell(first["name"]), Cell(first["note"]), Cell(share),
                     *(_amount(by_name, name, column) for name in names
                       for column in ("whole", "value"))))
    known = variables().variables
    return PrintedTable(
        "split_table", f"{county.name}{county.year}年一贯制学校和完全中学的资产拆分",
        (Field("学段部", align="left"), Field("权重", align="center"),
         Field("份额"),
         *(Field(label, f"{known[name].zh}（{known[name].unit}）")
           for name in names for label in ("全校", "本学段"))),
        tuple(rows), "学校数据表；测算均衡系数拆分公式", wide=True,
        notes=("先拆分、后合并；教师数已按学段填报，不拆分。份额印至两位小数，计算用精确分数。",))


def _amount(by_name: pd.DataFrame, name: str, column: str) -> Cell:
    if name not in by_name.index:
        return Cell("缺")
    decimals = 0 if variables().variables[name].unit == "元" else 1
    return Cell(level_text(by_name.loc[name, column], decimals), value=by_name.loc[name, column])


def merge_table(derivations: pd.DataFrame, county: County) -> PrintedTable | None:
    """Print which teaching points were merged into which school (合并)."""
    now = derivations[(derivations["year"] == county.year) & (derivations["action"] == "merge")]
    if now.empty:
        return None
    return PrintedTable(
        "merge_table", f"{county.name}{county.year}年教学点合并",
        (Field("教学点", align="left"), Field("学生"),
         Field("处理", align="left"), Field("合并后学生")),
        tuple((Cell(r["name"]), Cell(level_text(r["whole"], 0)), Cell(r["note"]),
               Cell(level_text(r["value"], 0))) for r in records(now)),
        "学校数据表")


def method_sentences(county: County) -> Prose:
    """Say how values are computed, compared and printed (方法说明)."""
    lines = [
        "指标值＝该校资源数÷该校本学段学生数（每百名学生的指标乘以100）；以原始数据的精确分数计算。",
        "差异系数为学生数加权、总体形式，不除以n减1，也不是各校数值的简单标准差。",
        "判定以未取整的精确值与限值比较；取整会改变结论时，多印小数并注明临界。",
        "缺数据的学校不估计、不插补：该项待核，差异系数用其余学校试算。",
    ]
    lines += [f"{i.id} {i.zh}（{i.unit}）＝{_formula(i)}。" for i in
              map(county.standard.indicator, county.standard.resource.indicators)]
    if county.standard.judges_schools:
        rule = county.standard.resource
        lines.append(f"学校判定：{len(rule.indicators)}项中至少{rule.min_met}项达到标准值，"
                     f"余项不低于标准值的{percent_text(rule.floor_ratio, 0)}；达到即含本数。")
    return Prose("method_sentences", tuple(lines), bullets=True)


def _formula(indicator: Indicator) -> str:
    """Write an indicator's arithmetic in words: （分子）÷在校生数."""
    zh = {name: v.zh for name, v in variables().variables.items()}
    if indicator.given:
        return "、".join(zh[v] for v in indicator.given.mean_of) + "（表中直接给出）"
    above = "＋".join(zh[v] for v in indicator.numerator.plus)
    above += "".join(f"－{zh[v]}" for v in indicator.numerator.minus)
    if len(indicator.variables) > 1:
        above = f"（{above}）"
    return f"{above}÷在校生数" + ("×100" if indicator.per == 100 else "")


def run_table(findings: pd.DataFrame, models: pd.DataFrame, county: County) -> PrintedTable:
    """Print what the figures depend on: standard, questions, versions, fonts (运行信息)."""
    asked = county.standard.registration.but(changed_questions(models))
    rows = [("评估单元", county.code), ("年份", str(county.year)),
            ("标准包", f"{county.standard.id}，sha256 {_short_hash(county)}"),
            *((("检验方案", f"{asked.name}，{registered_words(asked, '')}"),)
              if county.standard.models else ()),
            *run_rows(),
            ("清洗记录", f"{len(findings)}条，随卷宗提供")]
    return PrintedTable(
        "run_table", f"{county.name}{county.year}年卷宗运行信息",
        (Field("事项", align="left"), Field("内容", align="left")),
        tuple((Cell(a), Cell(b)) for a, b in rows), "运行记录",
        notes=("页脚编号为运行编号，与 manifest.json 所载相同；"
               "输入文件与全部产出的校验和也在其中。",))


def _short_hash(county: County) -> str:
    return county.standard.sha256[:16]
