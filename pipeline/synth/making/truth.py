"""The truth of a county and year (真值): coefficients from the clean figures, exactly.

With amounts aᵢ and pupils Pᵢ of the sections that count:  CV² = Σ(aᵢ²/Pᵢ)·ΣPᵢ / (Σaᵢ)² − 1,
the same as S²/X̄² of the definition and computed on another way than the package's own.
Shared assets are split by weighted pupils (《测算均衡系数拆分公式》).
"""

from decimal import Decimal
from fractions import Fraction

from pipeline.ground.exact import square_root_text
from pipeline.synth.making.figures import Figures, counts
from pipeline.synth.making.parameters import RESOURCES, STAGES, TEACHERS

CV_COLUMNS = ("code", "year", "stage", "indicator", "schools", "missing", "cv_drawn", "cv",
              "cv_in_files")


def cv_rows(code: str, figures: list[Figures], drawn: dict, missing: set[tuple[str, str]]
            ) -> list[dict]:
    """Return a row a stage and indicator: the CV drawn, the CV of the clean figures, and that
    of the schools whose figure is not left out of the files (code, indicator)."""
    rows = []
    for stage in STAGES:
        there = [f for f in figures
                 if stage in f.pupils and counts(f.school.kind, f.pupils[stage])]
        for id in RESOURCES:
            told = [f for f in there if (f.school.code, id) not in missing]
            cv = cv_text(there, stage, id)
            rows.append({
                "code": code, "year": there[0].year, "stage": stage, "indicator": id,
                "schools": len(there), "missing": len(there) - len(told),
                "cv_drawn": f"{drawn[there[0].year, stage, id]:.6f}", "cv": cv,
                "cv_in_files": cv if len(told) == len(there) else cv_text(told, stage, id)})
    return rows


def cv_text(figures: list[Figures], stage: str, id: str) -> str:
    """Return CV as decimal text; empty where nobody has any."""
    pairs = [(amount(f, stage, id), f.pupils[stage]) for f in figures]
    total = sum(a for a, _ in pairs)
    if not total:
        return ""
    squares = sum(a * a / p for a, p in pairs)
    return square_root_text(squares * sum(p for _, p in pairs) / total**2 - 1)


def amount(figures: Figures, stage: str, id: str) -> Fraction:
    """Return what a section has of a resource: 人, ㎡, 元, 间.

    Worked case (domain: 《测算均衡系数拆分公式》): of a nine-year school with 166 and 210
    pupils the primary section has 166 / (166 + 1.1·210) of the whole.
    """
    if id in TEACHERS:
        return Fraction(figures.teachers[stage, id])
    whole = _whole(figures, id)
    if len(figures.pupils) == 1:
        return whole
    weighted = {s: Decimal(figures.school.weights[s]) * p for s, p in figures.pupils.items()}
    return whole * Fraction(weighted[stage]) / Fraction(sum(weighted.values()))


def _whole(figures: Figures, id: str) -> Fraction:
    """Return what the whole school has of an asset: areas without or with indoor sport, 元."""
    if id == "R4":
        return Fraction(figures.teaching_area - figures.indoor_area)
    if id == "R5":
        return Fraction(figures.field_area + figures.indoor_area)
    return Fraction(figures.equipment) * 10_000 if id == "R6" else Fraction(figures.rooms)


SCHOOL_COLUMNS = (
    "code", "year", "school_code", "kind", "location", "ownership", "stage", "counts", "pupils",
    *RESOURCES, "ln_spending", "ln_spending_before", "fitness_good_pct")


def school_rows(code: str, figures: list[Figures]) -> list[dict]:
    """Return a row a section: its clean figures per pupil (指标的单位) and what drives outcomes."""
    return [_school_row(code, f, stage) for f in figures for stage in f.pupils if stage in STAGES]


def _school_row(code: str, figures: Figures, stage: str) -> dict:
    school, pupils = figures.school, figures.pupils[stage]
    per = {id: 100 if id in (*TEACHERS, "R7") else 1 for id in RESOURCES}
    values = {id: f"{float(amount(figures, stage, id)) * per[id] / pupils:.6f}"
              for id in RESOURCES}
    return {"code": code, "year": figures.year, "school_code": school.code, "kind": school.kind,
            "location": school.location, "ownership": school.ownership, "stage": stage,
            "counts": int(counts(school.kind, pupils)), "pupils": pupils, **values,
            "ln_spending": f"{figures.log_fund:.6f}",
            "ln_spending_before": f"{figures.log_fund_before:.6f}",
            "fitness_good_pct": figures.outcome[stage]}
