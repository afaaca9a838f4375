"""Chapter 03 of the annual evaluation: questions, coefficients and sensitivity as tables."""

import json

import pandas as pd

from pipeline.annual_evaluation import Annual
from pipeline.definitions.models.questions import AnnualModel
from pipeline.dossier.annual.a03_models.naming import (
    FAMILY_ZH,
    METHOD_ZH,
    formula_zh,
    plain,
    size_of,
    sources_zh,
    term_zh,
)
from pipeline.dossier.printing.exhibit import TOTAL, UNKNOWN, Cell, Field, PrintedTable
from pipeline.dossier.printing.numbers import (
    EMPTY,
    coefficient_text,
    count_text,
    figure_text,
    joined,
    p_text,
    percent_text,
)
from pipeline.dossier.printing.tested_words import ADJUSTMENT_ZH, beforehand, registered_words
from pipeline.ground.terms import FITTED, is_missing

_NUMBERS = ("estimate", "std_error", "ci_low", "ci_high")
_ERRORS_ZH = {"wild": "野聚类自助法", "bootstrap": "按群自助法", "ranks": "秩检验反演",
              "permutation": "置换"}  # the others are named so in Chinese too
_WHOLE_PARTS = ("gap", "explained", "unexplained", "explained[")


def question_table(models: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """List the questions that were put beforehand, with formula and method."""
    if models.empty:
        return None
    found = annual.study.registration
    rows = tuple((Cell(m.id + "（改动）" * found.changed(m.id)), Cell(m.question),
                  Cell(formula_zh(m.plain_estimator, annual)),
                  Cell(METHOD_ZH.get(m.kind, m.kind)), Cell(FAMILY_ZH[m.family]))
                 for m in annual.study.models)
    return PrintedTable(
        "annual_question_table", f"{annual.year}年{beforehand(found)}列明的模型问题",
        (Field("编号", align="center"), Field("问题", align="left"),
         Field("设定", align="left"), Field("方法", align="left"),
         Field("类别", align="center")),
        rows, registered_words(found, "评价方案"))


def model_table(models: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print of each question: rows, units, effective df, smallest detectable effect, errors."""
    if models.empty:
        return None
    fitted = models["status"] == FITTED
    last = ("标准误或不估计的理由" if fitted.any() and not fitted.all()
            else "标准误" if fitted.all() else "不估计的理由")
    asked, zh = {m.id: m for m in annual.study.models}, annual.study.subject_zh
    return PrintedTable(
        "annual_model_table", f"{annual.year}年各模型问题的处理",
        (Field("编号", align="center"), Field("n"),
         Field(f"{zh}数"),
         Field("年份", align="center"), Field("自由度"),
         Field("R²"), Field("最小可检出"),
         Field(f"杠杆最大{zh}", align="left"), Field(last, align="left")),
        tuple(_treated(r, asked[r["id"]], bool(fitted.any()), annual)
              for r in models.to_dict("records")),
        sources_zh(annual), wide=True, notes=_model_notes(models[fitted], annual))


def _treated(r: dict, model: AnnualModel, mixed: bool, annual: Annual) -> tuple[Cell, ...]:
    size, fitted = size_of(model), r["status"] == FITTED
    said = _errors(r) if fitted else "不估计：" * mixed + plain(r["reason"], annual)
    top = (f"{r['top_unit']}（{percent_text(r['top_share'], 0)}）"
           if not is_missing(r["top_share"]) else EMPTY)
    return (Cell(r["id"]), Cell(count_text(r["n"])), Cell(count_text(r["units"])),
            Cell(_years(r)), Cell(figure_text(r["df"], 1)), Cell(figure_text(r["r_squared"], 3)),
            Cell(size.text(r["detectable"]) + (size.unit if fitted and not is_missing(
                r["detectable"]) else "")),
            Cell(top), Cell(said, "" if fitted else UNKNOWN))


def _model_notes(fitted: pd.DataFrame, annual: Annual) -> tuple[str, ...]:
    """Explain what is printed, and nothing else."""
    kinds, zh = set(fitted["covariance"]), annual.study.subject_zh
    within = [m.kind for m in annual.study.models if m.id in set(fitted["id"])]
    said = [("最小可检出：以80%把握、5%水平能检出的最小效应，单位同句中所述的一步",
             fitted["detectable"].notna().any()),
            (f"杠杆最大{zh}：关注项的信息来自它的份额最大", fitted["top_share"].notna().any()),
            ("固定效应模型的R²为组内", "fe" in within), ("CR1：聚类稳健", "CR1" in kinds),
            ("CR2：偏差修正的聚类稳健，Satterthwaite自由度", "CR2" in kinds)]
    told = "；".join(text for text, there in said if there)
    return (f"{told}。",) if told else ()


def _errors(r: dict) -> str:
    """Return the kind of errors; a diagnosis is described and not tested."""
    how = _ERRORS_ZH.get(r["covariance"], r["covariance"])
    if r["family"] != "diagnostic":
        return how
    return f"{how}；只作描述，不作检验" if _has_errors(r) else "只作描述，不作检验"


def _has_errors(r: dict) -> bool:
    return json.loads(r["estimator"])["kind"] != "moran"


def _years(r: dict) -> str:
    if is_missing(r["first_year"]):
        return EMPTY
    return (str(r["first_year"]) if r["first_year"] == r["last_year"]
            else f"{r['first_year']}—{r['last_year']}")


def term_table(models: pd.DataFrame, terms: pd.DataFrame, annual: Annual) -> PrintedTable | None:
    """Print coefficients, errors, intervals, p and adjusted p (三线表)."""
    fitted = [r for r in models.to_dict("records") if r["status"] == FITTED]
    rows = [row for r in fitted for row in _terms(r, terms[terms["id"] == r["id"]], annual)]
    if not rows:
        return None
    return PrintedTable(
        "annual_term_table", f"{annual.year}年各模型的系数",
        (Field("模型", align="left"), Field("项", align="left"),
         Field("系数"), Field("标准误"), Field("下限", "95%区间"),
         Field("上限", "95%区间"), Field("p"), Field("调整p")),
        tuple(rows), sources_zh(annual), notes=_term_notes(fitted, annual))


def _terms(r: dict, mine: pd.DataFrame, annual: Annual):
    kind = json.loads(r["estimator"])["kind"]
    shown = [t for t in mine.to_dict("records") if _printed(kind, t["term"])]
    for n, t in enumerate(shown):
        focus = t["term"] == r["focus"]
        yield (Cell(r["id"] if n == 0 else ""),
               Cell(term_zh(t["term"], annual, kind), TOTAL * focus),
               *(Cell(coefficient_text(t[c]), value=None if is_missing(t[c]) else t[c])
                 for c in _NUMBERS),
               Cell(p_text(None if r["family"] == "diagnostic" else t["p_value"])),
               Cell(p_text(r["p_adjusted"] if focus else None)))


def _printed(kind: str, term: str) -> bool:
    """Leave out effects of years and places, and most of the parts of a decomposition."""
    if kind == "oaxaca":
        return term in _WHOLE_PARTS or term.startswith(_WHOLE_PARTS[-1]) and "const" not in term
    return not term.startswith(("C(", "year[", "Intercept", "const"))


def _term_notes(fitted: list[dict], annual: Annual) -> tuple[str, ...]:
    notes = ["黑体为各问题的关注项；年份、地区效应和常数项不列。因变量和自变量都取对数的，"
             "系数为弹性。"
             "区间只对模型而言：若各单位未解释的部分重新抽取，系数会有多大变化。"]
    by_how: dict[str, list[str]] = {}
    for r in fitted:
        if not _has_errors(r):
            continue
        by_how.setdefault(plain(r["convention"], annual), []).append(r["id"])
    notes += [f"{joined(ids)}：{how}。" for how, ids in by_how.items() if how]
    adjusted = {(r["family"], r["adjustment"]) for r in fitted if r["adjustment"]}
    within = {"primary": "合为一族", "secondary": "在同一领域内"}
    notes += [f"{FAMILY_ZH[family]}问题的关注项{within[family]}按{ADJUSTMENT_ZH[how]}调整p值。"
              for family, how in sorted(adjusted)]
    return tuple(notes)


def variant_table(variants: pd.DataFrame, models: pd.DataFrame, annual: Annual
                  ) -> PrintedTable | None:
    """Print each model beside itself with one listed choice changed (敏感性)."""
    if variants.empty:
        return None
    asked, rows = {m.id: m for m in annual.study.models}, []
    for r in models[models["id"].isin(set(variants["id"]))].to_dict("records"):
        size = size_of(asked[r["id"]])
        around = variants[variants["id"] == r["id"]].to_dict("records")
        for n, v in enumerate([{**r, "variant": "原设定"}, *around]):
            rows.append((Cell(r["id"] if n == 0 else ""), Cell(v["variant"], TOTAL * (n == 0)),
                         *(Cell(size.text(v[c]), value=None if is_missing(v[c]) else v[c])
                           for c in ("estimate", "ci_low", "ci_high")),
                         Cell(size.unit or "系数"), Cell(count_text(v["units"])),
                         Cell(_ERRORS_ZH.get(v["covariance"], v["covariance"])
                              if v["status"] == FITTED
                              else f"不估计：{plain(v['reason'], annual)}",
                              "" if v["status"] == FITTED else UNKNOWN)))
    zh = annual.study.subject_zh
    return PrintedTable(
        "annual_variant_table", f"{annual.year}年各模型的敏感性",
        (Field("模型", align="left"), Field("改变的一项", align="left"),
         Field("效应"), Field("下限", "95%区间"),
         Field("上限", "95%区间"),
         Field("单位", align="center"), Field(f"{zh}数"),
         Field("标准误", align="left")),
        tuple(rows), sources_zh(annual),
        notes=("效应为关注项高一步（对数的为高10%）时的变化；各项取舍在方案中列明。",))
