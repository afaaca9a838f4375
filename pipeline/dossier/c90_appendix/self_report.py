"""The draft of a self-evaluation report (自评报告草稿): the outline's sections, with the figures of
this run in them and the places for words marked ``【…】``.

What the records do not say is never said: an unknown figure is 【待填】, an open item 待核.
"""

import re

import pandas as pd

from pipeline.county import County
from pipeline.definitions.forms.annex_tables import SLOT
from pipeline.definitions.forms.self_reports import ReportPart, SelfReport, self_report_of
from pipeline.definitions.formulas import names_in
from pipeline.dossier.c90_appendix.annex_book import applicable
from pipeline.dossier.c90_appendix.annex_print import printed_form
from pipeline.dossier.c90_appendix.annex_rows import filled, rows_of
from pipeline.dossier.c90_appendix.annex_values import ANNEX_TABLES, county_values, of_year
from pipeline.dossier.c90_appendix.report_parts import SHOWN
from pipeline.dossier.printing.exhibit import Cover, Exhibit, Prose
from pipeline.ground.errors import DefinitionFault

REPORT_TABLES = (*ANNEX_TABLES, "ledger", "enrolment", "enrolment_needs")
_BLANK = re.compile(r"【[^【】]*】")
_UNKNOWN = "【待填】"
_LEFT_BLANK = ("remark", "composite")   # 备注；标准没有定义的一栏
_TOLD = ("本文件是草稿：数字由本次测算填入，以随附的结果记录为准；"
         "【】中的文字由县级填写，由县级政府审定后报送。本软件只作测算，不代表认定结果。")


def self_report(tables: dict[str, pd.DataFrame], county: County) -> dict | None:
    """Return the draft of the county's self-evaluation report; None under a standard that judges
    nothing.

    ``tables`` are those of `REPORT_TABLES`. `DefinitionFault` where the outline asks for a
    figure or a form that there is none of.
    """
    if not county.standard.judges_schools:
        return None
    outline, made = self_report_of(county.info.province), []
    parts = _Parts(outline, tables, county)
    for section in outline.sections:
        made.append({"kind": "heading", "level": section.level, "text": section.heading,
                     "appendix": section.appendix})
        made += [one.record() for part in section.parts for one in parts.of(part)]
    open_ = sum(len(_BLANK.findall(text)) for block in made for text in block.get(
        "paragraphs", ()))
    return {"told": f"{_TOLD}提纲{outline.source}。",
            "blocks": [_cover(outline, open_, parts.blank, county).record(), *made]}


def _cover(outline: SelfReport, open_: int, blank: int, county: County) -> Cover:
    day = county.reference_day
    return Cover(
        "report_cover", f"{county.name}{outline.title}", f"{county.year}年（草稿）",
        (("报告单位", f"{county.name}人民政府"),
         ("评估单元", f"{county.info.province}{county.info.prefecture}{county.name}"
                      f"（{county.code}）"),
         ("统计时点", f"{day.year}年{day.month}月{day.day}日"),
         ("所依文件", f"《{county.standard.title}》（{county.standard.document}）"),
         ("待填", f"{open_}处；申报表另有空白{blank}格")),
        f"{county.name}·自评报告（草稿）", day.isoformat(), county.mark)


class _Parts:
    """What stands in the parts of an outline for one county and year."""

    def __init__(self, outline: SelfReport, tables: dict[str, pd.DataFrame], county: County):
        self.outline, self.tables, self.county = outline, tables, county
        self.rows = of_year({name: tables[name] for name in ANNEX_TABLES}, county)
        self.values = county_values(self.rows, county)
        self.forms = {form.id: form for form in applicable(county.standard)}
        self.said = self.blank = 0

    def of(self, part: ReportPart) -> list[Exhibit]:
        """Return what stands in one part."""
        if part.shows:
            return [one for one in SHOWN[part.shows](self.tables, self.county) if one]
        if part.form:
            return self._form(part.form)
        return [self._prose(f"【此处由县填写：{part.blank}】" if part.blank else self._text(part))]

    def _prose(self, text: str) -> Prose:
        self.said += 1
        return Prose(f"report_{self.said}", (text,))

    def _text(self, part: ReportPart) -> str:
        """Return a sentence with its figures, each unknown one a place to fill in."""
        unknown = {name for formula in part.formulas for name in names_in(formula)}
        self._require("没有量", unknown - self.values.keys())
        return SLOT.sub(lambda slot: filled(slot[1], int(slot[2]), self.values, None, _UNKNOWN),
                        part.text)

    def _form(self, id: str) -> list[Exhibit]:
        self._require("没有附表，或所用标准包没有它的指标：", {id} - self.forms.keys())
        form = self.forms[id]
        cells = rows_of(form, self.rows, self.values, self.county)
        self.blank += sum(cell.value in (None, "") for row in cells
                          for cell, column in zip(row, form.columns, strict=True)
                          if column.shows not in _LEFT_BLANK)
        table = printed_form(form, cells, self.county.standard)
        return [table or self._prose(f"【待填：{form.title}。尚未收到学校数据表】")]

    def _require(self, said: str, unknown: set[str]) -> None:
        if unknown:
            raise DefinitionFault(f"self_reports/{self.outline.id}",
                                  [f"{said}{name}" for name in sorted(unknown)])
