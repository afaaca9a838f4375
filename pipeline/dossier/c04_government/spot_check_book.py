"""The forms of an inspection on the spot as a workbook (实地核查表): a page a school, what was
reported in grey, what is seen there in white, to be printed, filled in and handed back."""

import hashlib

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.layouts import layouts
from pipeline.definitions.forms.spot_check_rules import spot_check_rule
from pipeline.definitions.forms.variables import classifications, variables
from pipeline.dossier.c04_government.inspection import quantity_text
from pipeline.dossier.printing.workbook_pages import Column, opened_book, write_lines, write_page
from pipeline.ground.terms import is_missing, records

_COLUMNS = [Column("学校标识码", 12), Column("学校名称", 24), Column("核查学段", 9),
            Column("核查内容", 20), Column("计量单位", 9), Column("上报值", 14),
            Column("实测值", 14, typed=True), Column("相差", 12, typed=True),
            Column("核查说明", 30, typed=True)]
_SIGNED = "核查人（签字）：＿＿＿＿＿＿　学校（盖章）：＿＿＿＿＿＿　日期：＿＿＿＿＿＿"


def spot_check_workbook(spot_sample: pd.DataFrame, county: County) -> bytes | None:
    """Return the forms of the drawn schools as a workbook; None where none was drawn.

    The same input gives the same bytes. How they were drawn is told, so that anybody can again.
    """
    rows = records(spot_sample)
    if not rows:
        return None
    sheet = next(found.sheet for found in layouts() if found.id == "spot-check")
    title = " ".join(filter(None, (
        f"{county.name}（{county.code}）{county.year}年实地核查表", county.mark)))
    book, content = opened_book(title, county.year)
    codes = [row["school_code"] for row in rows]
    breaks = tuple(n for n in range(1, len(rows)) if codes[n] != codes[n - 1])
    write_page(book, sheet, (title, (
        f"一校一页，共{len(breaks) + 1}所。灰色为上报值，白色由核查人员到校填写，没有核查的留空；"
        f"填好后存为“{county.code}_{county.name}实地核查表.xlsx”，与当年的表放在一起，重新运行。")),
        _COLUMNS, [_line(row, county) for row in rows], breaks, _SIGNED)
    write_lines(book, "抽样说明", _explained(rows, county))
    book.close()
    return content.getvalue()


def _line(row: dict, county: County) -> list[str]:
    variable = variables().variables[row["variable"]]
    reported = "" if is_missing(row["reported"]) else quantity_text(row["reported"], variable.kind)
    return [row["school_code"], row["name"], county.standard.stages.get(row["stage"], "全校"),
            variable.zh, variable.unit, reported or "没有上报", "", "", ""]


def _explained(rows: list[dict], county: County) -> list[str]:
    """Return how the schools were drawn, so that the sample can be drawn again, and which."""
    rule, zh = spot_check_rule(), county.standard.stages
    seed = rule.seed(county.code, county.year)
    limits = "、".join(map(str, rule.size_limits))
    schools = {row["school_code"]: row for row in rows}
    return [
        f"{county.name}{county.year}年实地核查抽样说明",
        f"规则：每县{rule.schools}所（不足的全部核查）。依次按学段、城乡、规模（以{limits}人为界）"
        "排列，层内按“种子-学校标识码”的 SHA-256 排列，等距抽取，起点由种子的 SHA-256 定："
        "每所学校被抽中的机会相同，各层按比例。",
        f"种子：{seed}，SHA-256 为 {hashlib.sha256(seed.encode()).hexdigest()}。",
        f"出处：{rule.source}。",
        *(f"{n}. {row['name']}，{'、'.join(zh[s] for s in row['stages'].split('、'))}，"
          f"{classifications().zh('location', row['location']) or '城乡未填'}，"
          f"学生{row['pupils']}人"
          for n, row in enumerate(schools.values(), 1))]
