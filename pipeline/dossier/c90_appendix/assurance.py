"""The statement of assurance (核验声明): which checks ran, which spoke, what people let pass and
who, what nobody looked at; and how to cite the dossier (建议引用)."""

from collections import Counter

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.check_rules import checks, not_checked
from pipeline.dossier.printing.exhibit import Cell, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import joined
from pipeline.ground.software import version_of
from pipeline.ground.terms import SEVERITY_ZH, records

_LET_PASS = {"cell.corrected": "更正", "cell.confirmed": "确认属实"}
_PROOF = ("每个差异系数、判定由原始数据的精确分数得出；学校数、学生数逐所核对；"
          "每个文件的散列值在 manifest.json 中。任何人可用 junheng verify 核对卷宗是否仍是当初的"
          "那一份，用 junheng trace 查一个数由哪些格得出。")


def assurance_sentences(findings: pd.DataFrame, county: County) -> Prose:
    """Say how many checks ran, how many found nothing, and what was let pass by register."""
    counts = Counter(findings["code"])
    passed = [f"{zh}{counts[code]}格" for code, zh in _LET_PASS.items() if counts[code]]
    by_people = (f"由更正登记放过的：{joined(passed)}，逐格见[[waiver_table]]。" if passed else
                 "没有由人登记放过的核查项：更正登记中没有更正，也没有确认。")
    return Prose("assurance_sentences", (
        checks_words(Counter(findings["severity"]), len({*findings["code"]})), by_people,
        _PROOF))



def checks_words(found: dict[str, int], spoke: int) -> str:
    """Say how many checks ran, how many spoke, and how often by severity (核查项)."""
    ran = len(checks())
    said = [f"{zh}{found[severity]}处" for severity, zh in SEVERITY_ZH.items()
            if found.get(severity)]
    return (f"运行的核查项{ran}项，没有发现的{ran - spoke}项，有记录的{spoke}项"
            + (f"：{joined(said)}" if said else "") + "。有拒收的不出卷宗。")


def waiver_table(findings: pd.DataFrame, county: County) -> PrintedTable | None:
    """List every cell that somebody corrected or confirmed by register, and who (更正与确认)."""
    rows = [(Cell(_LET_PASS[r["code"]]), Cell(f"{r['file']}　{r['sheet']}"),
             Cell(f"{r['column']}{r['row']}"), Cell(r["action"]))
            for r in records(findings) if r["code"] in _LET_PASS]
    return PrintedTable(
        "waiver_table", f"{county.name}{county.year}年由更正登记放过的单元格",
        (Field("处理", align="left"), Field("文件和工作表", align="left"),
         Field("单元格", align="center"), Field("登记", align="left")),
        tuple(rows), "更正登记",
        notes=("登记的只写单位，不写姓名和职务。",)) if rows else None


def not_checked_sentences() -> Prose:
    """List what nobody has looked at (没有核查的)."""
    return Prose("not_checked_sentences",
                 tuple(f"{said}。" for said in not_checked()), bullets=True)


def citation_sentences(county: County) -> Prose:
    """Say how to cite the dossier (建议引用), after GB/T 7714."""
    return Prose("citation_sentences", (
        f"均衡 Junheng {version_of('junheng')}．{county.name}义务教育优质均衡发展评估卷宗"
        f"（{county.year}年）[R]．标准包 {county.standard.id}，运行编号见页脚。"
        "软件的引用信息见 CITATION.cff。",))
