"""What words of the paper tell a row of a table (认行的字): a stage, an indicator, a school …"""

import re
from functools import cached_property

from pipeline.county import County
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.indicators import indicators
from pipeline.dossier.printing.gap_sentences import term_zh
from pipeline.dossier.printing.numbers import EMPTY
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import SEVERITY_ZH, records
from pipeline.whole.tracing.reckoning import reckoned

WHOLE = None  # what tells the row of a whole (合计): no group stands there
_YEAR = re.compile(r"(\d{4})年?")
_DIGITS = {"year": r"\d{4}", "size": r"\d+"}
_PLANS = {"全部达到标准值": "threshold", "各校留一项": "floor"}


class RowWords:
    """The words that a county's dossier uses for what tells the rows of its tables."""

    def __init__(self, county: County, tables: dict) -> None:
        self.county, self._tables = county, tables

    def reckons(self, asked: object) -> bool:
        """Tell whether the rows of an asked figure are there."""
        try:
            return reckoned(asked.derived, asked.row, self.county, self._tables).value is not None
        except (WrongUse, KeyError, AttributeError, StopIteration, TypeError):
            return False

    def pattern(self, column: str) -> str:
        """Return a pattern of all words for what a column holds, the longest first."""
        if column in _DIGITS:
            return _DIGITS[column]
        words = sorted(self.words(column), key=len, reverse=True)
        return "|".join(map(re.escape, words)) or "(?!)"

    def meant(self, column: str, text: str) -> object:
        """Return what a column holds where the paper says ``text``; the text itself where it is
        no word for another thing."""
        if text == "合计":
            return WHOLE
        if text == EMPTY:
            return ""
        if column == "year" and (found := _YEAR.match(text)):
            return found[1]
        if column == "indicator" and (id := text.split(" ")[0]) in indicators():
            return id
        return self.words(column).get(text, text)

    def words(self, column: str) -> dict[str, str]:
        """Return the words for what a column holds, and that."""
        made = self._words.get(column.removeprefix("_"))
        return made() if made else {}

    @cached_property
    def _words(self) -> dict:
        county = self.county
        stages = {zh: stage for stage, zh in county.standard.stages.items()}
        places = {zh: place for place, zh in county.standard.groups.items()}
        return {
            "severity": lambda: {zh: severity for severity, zh in SEVERITY_ZH.items()},
            "stage": lambda: stages, "location": lambda: places | {"合计": "all"},
            "group": lambda: places | self._groups,
            "plan": lambda: {plan.title: plan.id for plan in county.plans} | _PLANS,
            "reason": lambda: {row["reason"]: row["reason"] for row in self._rows("accounting")
                               if row["reason"]},
            "short": lambda: {one.short: one.id for one in indicators().values()},
            "indicator": lambda: {word: one.id for one in indicators().values()
                                  for word in (one.id, one.short, one.zh)},
            "id": lambda: self._ids, "term": lambda: self._terms, "name": lambda: self._names,
            "school": lambda: self._names,
            "section": lambda: {county.standard.section_zh: county.standard.section_zh},
            "variable": lambda: {one.zh: id for id, one in variables().variables.items()}
            | {f"{one.zh}（{one.unit}）": id for id, one in variables().variables.items()}}

    @cached_property
    def _groups(self) -> dict[str, str]:
        """Return the groups of judgements, as sentences and as the summary call them."""
        named = dict.fromkeys(row["group"] for row in self._rows("judgements"))
        return {said: group for group in named for said in (group, f"{group}（项）")}

    @cached_property
    def _ids(self) -> dict[str, str]:
        """Return judgements by their ids, and models by question and stage: M1 小学."""
        found = {row["id"]: row["id"] for row in self._rows("judgements")}
        stages = self.county.standard.stages
        for row in self._rows("models"):
            words = f"{row['id'].split('-')[0]} {stages[row['stage']]}"
            tail = row["id"].split(row["stage"])[-1].removeprefix("-")
            found[f"{words} {tail}".strip()] = row["id"]
        return found

    @cached_property
    def _terms(self) -> dict[str, str]:
        return {term_zh(row["term"], self.county): row["term"] for row in self._rows("terms")}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {row["name"]: row["name"] for row in self._rows("accounting")}

    def _rows(self, table: str) -> list[dict]:
        return records(self._tables[table]) if table in self._tables else []
