"""For those who have a DataFrame (程序库): a county's figures without a form or a dossier.

    from pipeline.analysis.library import SchoolTable, estimate

The figures are reckoned by the functions that make the dossier, so they are the dossier's to the
last digit. `docs/library.md` is printed from the docstrings below.
"""

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd

from pipeline.analysis.appraisal import (
    Equivalence,
    HonestInterval,
    RelativeInterval,
    Robustness,
    Selection,
    changed_balance,
    equivalence,
    explained_shares,
    honest_interval,
    instrumented,
    proportional_selection,
    relative_interval,
    robustness,
)
from pipeline.analysis.estimators import Estimate, detectable_effect, estimate, refusal
from pipeline.analysis.estimators.given_values import taken
from pipeline.analysis.inequality import inequality_table
from pipeline.analysis.inequality.concentration import (
    Concentration,
    comparable_coefficient,
    concentration_index,
)
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.decomposition import split_variance
from pipeline.analysis.schools.given_schools import Columns, school_rows
from pipeline.definitions.forms.unit_list import NATIONAL
from pipeline.definitions.standards import standard as standard_named
from pipeline.ground.errors import TableRefused, WrongUse
from pipeline.ground.terms import TABLES, is_missing

__all__ = ["SchoolTable", "five_schools", "estimate", "Estimate", "refusal",
           "robustness", "Robustness", "explained_shares", "changed_balance",
           "instrumented", "proportional_selection", "Selection", "detectable_effect",
           "equivalence", "Equivalence", "honest_interval", "HonestInterval",
           "relative_interval", "RelativeInterval", "concentration_index", "Concentration",
           "comparable_coefficient", "TableRefused"]


class SchoolTable:
    """A county's schools in a DataFrame (学校数据表): one row a school, stage and year.

    Numbers may be floats, Decimals, Fractions or integers, and give the same figures: a float
    stands for the shortest decimal that gives it. Nothing is dropped and nothing is guessed.

    Parameters
    ----------
    table : the DataFrame; it is left as it is.
    values : columns of values per pupil or rates (生均值、比率), ≥ 0.
    amounts : columns of totals (资源总数), ≥ 0, to be divided by the school's pupils.
    school, stage, pupils : columns of the school's code or name, of the stage (学段: 小学 or
        primary, 初中 or junior) and of the pupils in it (本学段学生数), whole and ≥ 1.
    year : column of the year, where the table holds several.
    location : column of 城区、镇区、乡村, for the urban–rural gap.
    group : column of any groups, for what lies between and within them.
    standard : the standard (标准包) by id or path: it says which stages there are, and which
        limits the coefficients have, if any.
    allow_missing : take a missing value (None, NaN) for missing data (缺数据): figures are then
        those of the other schools, and the verdict stays open (待核).

    Raises
    ------
    TableRefused : with every fault of the table in Chinese: a missing column, a school missing
        or twice in a stage, an unknown stage, pupils that are not whole or below 1, a negative
        value, an infinite one, a missing one without ``allow_missing``.
    WrongUse : an argument that is of another kind, such as a number for a column's name.

    >>> schools = SchoolTable(five_schools(), amounts=["books"])
    >>> try:
    ...     SchoolTable(five_schools().assign(pupils=-45), amounts=["books"])
    ... except TableRefused as refused:
    ...     print(refused.faults[0])
    第1行（学校 甲） 列“pupils”：-45 应不小于1；没有学生的学校请先去掉

    """

    @taken  # but for the table, of which `school_rows` names every fault
    def __init__(self, table: "pd.DataFrame", values: Iterable[str] = (), *,
                 amounts: Iterable[str] = (), school: str = "school_code", stage: str = "stage",
                 pupils: str = "pupils", year: str = "", location: str = "", group: str = "",
                 standard: str = NATIONAL, allow_missing: bool = False):
        columns = Columns(school, stage, pupils, year, location, group, values, amounts)
        rules = standard_named(standard)
        rows = school_rows(table, columns, rules, allow_missing)
        ids = [*columns.values, *columns.amounts]
        shared = ("year", "stage", "school_code", "pupils", "location")
        stages = {row["stage"] for row in rows}
        self._columns = columns
        self._standard = rules.model_copy(update={
            "stages": {code: zh for code, zh in rules.stages.items() if code in stages},
            "grouping": "school_type",  # where the groups stand, whatever they are
            "resource": rules.resource.model_copy(update={"indicators": ids})})
        self._schools = TABLES["schools"].frame(
            [{**{name: row[name] for name in shared}, "school_type": row["group"],
              "ownership": "public"} for row in rows])
        self._indicators = TABLES["indicators"].frame(
            [{**{name: row[name] for name in shared}, "indicator": id,
              "value": row["values"][id]} for row in rows for id in ids])
        self._groups = [row["group"] for row in rows for _ in ids]

    def coefficients(self) -> pd.DataFrame:
        """Return the difference coefficients (差异系数), one row a stage and column.

        CV = S/X̄, X̄ = Σ(Pᵢ/P_N)·Xᵢ, S² = Σ(Pᵢ/P_N)·(Xᵢ − X̄)²: weighted by pupils, population
        form. ``mean`` and ``variance`` are Fractions, ``cv`` a Decimal of 15 digits (more where
        it lies near its limit), None where nobody has any of the resource; ``status`` compares
        CV² with limit² exactly: met, not_met or undetermined (达标、未达标、待核), empty without a
        limit; ``reason`` says why (说明). Each column is explained in `data/processed/README.md`,
        table balance.

        Source: 《义务教育均衡发展差异系数计算方法及数据来源》; limits 0.50, 0.45: 教督〔2017〕6号.
        Worked case: 《…以生均图书册数为例》, five schools, published 0.52.

        >>> schools = SchoolTable(five_schools(), amounts=["books"])
        >>> found = schools.coefficients().iloc[0]
        >>> round(found["cv"], 6), found["status"], found["mean"]
        (Decimal('0.515257'), 'not_met', Fraction(1913, 302))
        """
        found = balance(self._indicators, self._schools, self._standard)
        return self._shown(_in_decimals(found.drop(columns="cv_public"), "cv"))

    def indices(self) -> pd.DataFrame:
        """Return the inequality indices (不均等指标) beside the coefficient, one row each.

        Weighted by pupils, pᵢ = wᵢ/Σw: Gini ΣΣ pᵢpⱼ|xᵢ−xⱼ|/2μ, Theil T Σ pᵢ(xᵢ/μ)ln(xᵢ/μ), Theil L
        Σ pᵢ ln(μ/xᵢ), Atkinson 1 − (Σ pᵢ(xᵢ/μ)^(1−ε))^(1/(1−ε)), Hoover Σ pᵢ|xᵢ−μ|/2μ, McLoone and
        Verstegen (mean of the lower, upper half of pupils over the median), ranges; with ``group``
        Theil's parts between and within, from five schools on; with ``location`` the urban–rural
        gap. Rational ones are Fractions. None where undefined; one school has none, and a column
        without any value no row.

        Sources: Hussar & Sonnenberg (NCES 2000-020); Berne & Stiefel (1984); Shorrocks (1980).
        Worked case: the five schools, by two other implementations (tests/golden).

        >>> schools = SchoolTable(five_schools(), amounts=["books"])
        >>> found = schools.indices().iloc[0]
        >>> [round(float(found[k]), 6) for k in ("gini", "theil_t", "mcloone", "verstegen")]
        [0.288377, 0.14363, 0.568896, 1.474471]
        """
        found = inequality_table(self._indicators, self._schools, self._standard)
        return self._shown(_in_decimals(found, "cv_low", "cv_high"))

    def decomposition(self) -> pd.DataFrame:
        """Return S² taken apart by ``group`` (差异来源分解), one row a group, exactly.

        S² = Σ w_g(X̄_g − X̄)² + Σ w_g·S_g², w_g = P_g/P_N: columns ``between`` (组间) and ``within``
        (组内) are Fractions that add up to ``variance`` of `coefficients`. Schools without a value
        are left out. Raises `WrongUse` where no ``group`` was named.

        Source: the law of total variance (全方差公式). Worked case: the five schools, groups of
        three and two: within 7.451016, between 3.201771 (tests/golden, by another program).

        >>> schools = SchoolTable(five_schools(), amounts=["books"], group="group")
        >>> found = schools.decomposition()
        >>> [round(float(found[k].sum()), 6) for k in ("within", "between")]
        [7.451016, 3.201771]
        """
        if not self._columns.group:
            raise WrongUse("没有写明分组：SchoolTable(…, group=分组所在的列)")
        key = ["year", "stage", "indicator"]
        table = self._indicators.assign(group=self._groups)
        table = table[[not is_missing(value) for value in table["value"]]]
        rows = [{**dict(zip(key, at, strict=True)), "group": group, **part}
                for at, of in table.groupby(key, sort=False)
                for group, part in split_variance(*(list(of[name]) for name in (
                    "value", "pupils", "group"))).items()]
        found = TABLES["decomposition"].frame(rows)
        return self._shown(found.drop(columns="grouping"))

    def _shown(self, table: pd.DataFrame) -> pd.DataFrame:
        return table if self._columns.year else table.drop(columns="year")


def five_schools() -> pd.DataFrame:
    """Return the published example of five schools (五校算例): pupils, books, and two groups.

    Source: 《县域义务教育校际均衡指标计算方法——以生均图书册数为例》. The groups are ours.

    >>> list(five_schools().columns)
    ['school_code', 'stage', 'pupils', 'books', 'group']
    """
    return pd.DataFrame({
        "school_code": ["甲", "乙", "丙", "丁", "戊"], "stage": "小学",
        "pupils": [45, 37, 89, 76, 55], "books": [279, 137, 935, 160, 402],
        "group": ["a", "a", "a", "b", "b"]})


def _in_decimals(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    return table.assign(**{name: [Decimal(text) if text else None for text in table[name]]
                           for name in names})
