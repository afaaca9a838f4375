"""The line of a county in the index (一县一行): the same in page, csv, JSON, Excel and Parquet."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from pipeline.dossier.printing.numbers import EMPTY, cv_text, limit_text
from pipeline.ground.terms import NOT_MET
from pipeline.publishing.batch.outcome import OK
from pipeline.whole.index.county_results import Coefficient
from pipeline.whole.index.standing_counties import STANDING_ZH, StandingCounty

STAGES = {"primary": "小学", "junior": "初中"}
TEXT, WHOLE, DECIMAL = "text", "whole", "decimal"


@dataclass(frozen=True)
class Heading:
    """A column of the index: its name, Chinese heading, kind, and what a county has there."""

    name: str
    zh: str
    kind: str
    of: Callable[[StandingCounty], str | int | None]
    zh_of: Callable[[StandingCounty], str | int | None] | None = None

    def said(self, county: StandingCounty) -> str | int | None:
        """Return what stands in a table for people."""
        return (self.zh_of or self.of)(county)


def _from_results(what: Callable) -> Callable:
    return lambda county: what(county.results) if county.results else None


def _largest(stage: str, what: Callable[[Coefficient], str | None]) -> Callable:
    def of(county: StandingCounty) -> str | None:
        one = county.results.largest(stage) if county.results else None
        return what(one) if one else None
    return of


def _of_stage(stage: str, zh: str) -> tuple[Heading, ...]:
    return (Heading(f"{stage}_largest_cv", f"{zh}最大差异系数", DECIMAL,
                    _largest(stage, lambda one: one.cv)),
            Heading(f"{stage}_largest_cv_limit", f"{zh}差异系数限值", DECIMAL,
                    _largest(stage, lambda one: one.limit)),
            Heading(f"{stage}_largest_cv_indicator", f"{zh}差异系数最大的指标", TEXT,
                    _largest(stage, lambda one: one.indicator)))


HEADINGS = (
    Heading("code", "县代码", TEXT, lambda c: c.code),
    Heading("name", "县名", TEXT, lambda c: c.info.name),
    Heading("province", "省", TEXT, lambda c: c.info.province),
    Heading("prefecture", "市", TEXT, lambda c: c.info.prefecture),
    Heading("state", "状态", TEXT, lambda c: c.state, lambda c: STANDING_ZH[c.state]),
    Heading("verdict", "结论", TEXT, _from_results(lambda r: r.conclusion),
            lambda c: c.conclusion_zh if c.results else None),
    Heading("met", "达标项数", WHOLE, _from_results(lambda r: r.counts.met)),
    Heading("not_met", "未达标项数", WHOLE, _from_results(lambda r: r.counts.not_met)),
    Heading("undetermined", "待核项数", WHOLE, _from_results(lambda r: r.counts.undetermined)),
    *(heading for stage, zh in STAGES.items() for heading in _of_stage(stage, zh)),
    Heading("schools", "学校（学段部）数", WHOLE, _from_results(lambda r: len(r.schools))),
    Heading("schools_not_met", "未达标学校（学段部）数", WHOLE,
            _from_results(lambda r: r.schools_not_met)),
    Heading("failed", "未达标的指标", TEXT, _from_results(lambda r: " ".join(r.failed))),
    Heading("remark", "原因或说明", TEXT, lambda c: c.remark),
    Heading("notice", "标注", TEXT, lambda c: c.info.notice),
    Heading("standard", "标准包", TEXT, _from_results(lambda r: r.standard.id)),
    Heading("path", "卷宗或记录", TEXT, lambda c: place_of(c)),
    Heading("run_id", "运行编号", TEXT, lambda c: c.run_id or None),
)


def place_of(county: StandingCounty) -> str | None:
    """Return where to look, as seen from the folder of the year: the dossier, or the log."""
    if county.state != OK:
        return county.log or None
    return f"{county.code}/{county.files[0][0]}" if county.files else None


def coefficient_words(county: StandingCounty, stage: str) -> str:
    """Print the largest coefficient of a stage, its indicator, and its limit where it is over."""
    one = county.results.largest(stage) if county.results else None
    if one is None:
        return EMPTY
    limit = Fraction(one.limit) if one.limit else None
    told = cv_text(one.cv, limit)
    over = limit is not None and one.status == NOT_MET and told[0] != ">"  # which says it
    return f"{told}{f'＞{limit_text(limit, 2)}' if over else ''} {one.indicator}"
