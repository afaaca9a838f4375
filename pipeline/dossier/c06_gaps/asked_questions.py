"""Chapter 06: the questions, before any answer: formula, errors, reference group, and changes."""

import pandas as pd

from pipeline.county import County
from pipeline.definitions.parts import CHANGED, CHOICES, POST_HOC, Model
from pipeline.dossier.printing.exhibit import FAIL, Cell, Field, NotebookTable, PrintedTable, Prose
from pipeline.dossier.printing.gap_sentences import PLAIN
from pipeline.dossier.printing.numbers import EMPTY, figure_text, joined
from pipeline.dossier.printing.tested_words import beforehand, registered_words
from pipeline.ground.terms import LOCATIONS

METHOD_ZH = {"ols": "普通最小二乘", "wls": "加权最小二乘", "panel": "学校与年份固定效应",
             "quantile": "分位数回归", "oaxaca": "Oaxaca–Blinder分解"}
FAMILY_ZH = {"primary": "主要", "secondary": "次要", POST_HOC: "事后"}
_OTHERS = {"private": "公办", "point": "非教学点"}  # where the 0/1 variable is 0


def question_sentences(frames: dict[str, pd.DataFrame], asked: County, county: County
                       ) -> Prose | None:
    """Say how many questions are asked, and which are not put as the standard lists them.

    ``asked`` is the county under the standard with the questions as they are put.
    """
    if _nobody(frames, asked):
        return None
    changed = [m for m in asked.standard.models if m.changed]
    said = [f"{_counted(len(asked.standard.models), [m.id for m in changed])}；"
            f"{registered_words(asked.standard.registration, '检验方案')}。"]
    for model in changed:
        said.append(f"{model.id}在笔记本中改动过，不是检验方案所列的设定，不能当作预先列明的结果引用："
                    f"{_changes(model, county)}。")
    return Prose("question_sentences", tuple(said))


def _counted(questions: int, changed: list[str]) -> str:
    if not changed:
        return f"照检验方案所列检验的问题{questions}个，见[[question_table]]"
    return (f"检验的问题{questions}个，见[[question_table]]：照检验方案所列的"
            f"{questions - len(changed)}个，改动过的{len(changed)}个（{joined(changed)}）")


def question_table(frames: dict[str, pd.DataFrame], county: County) -> PrintedTable | None:
    """List the questions with formula, method, errors and reference group."""
    if _nobody(frames, county):
        return None
    rows = tuple((Cell(m.id + _mark(m, county), FAIL * m.changed), Cell(m.question),
                  Cell(formula_zh(m.formula, county)), Cell(METHOD_ZH[m.method]),
                  Cell(errors_zh(m, county)), Cell(reference_zh(m)),
                  Cell(FAMILY_ZH[m.tested_with]))
                 for m in county.standard.models)
    found = county.standard.registration
    ahead = f"{beforehand(found)}列明的" if found.released else ""
    return PrintedTable(
        "question_table", f"{county.name}{county.year}年{ahead}检验问题",
        (Field("编号", align="center"), Field("问题", align="left"),
         Field("设定", align="left"), Field("方法", align="left"),
         Field("标准误", align="left"), Field("参照组", align="left"),
         Field("类别", align="center")),
        rows, registered_words(found, "检验方案"))


def _mark(model: Model, county: County) -> str:
    """Mark a question that the pack puts otherwise than it was released."""
    return "（改动）" * (not model.changed and county.standard.registration.changed(model.id))


def question_card(model: Model | None, county: County) -> NotebookTable | None:
    """Show all the choices of one question as the standard or whoever tries it has put them."""
    if model is None:
        return None
    lines = {"问题": model.question, "设定": formula_zh(model.formula, county),
             "方法": METHOD_ZH[model.method], "标准误": errors_zh(model, county),
             "参照组": reference_zh(model), "注意": model.caution or EMPTY}
    lines |= {f"{zh}（{name}）": _said(getattr(model, name)) for name, zh in CHOICES.items()}
    if model.changed:
        lines = {"改动（不是检验方案所列）": _changes(model, county), **lines}
    return NotebookTable(
        f"question_{model.id}", f"检验问题 {model.id}",
        (Field("项", align="left"), Field("写法", align="left")),
        tuple((Cell(name), Cell(text, FAIL * name.startswith("改动")))
              for name, text in lines.items()), f"标准包 {county.standard.id}")


def other_cards(shown: tuple[Model | None, ...], county: County) -> list[NotebookTable]:
    """Show the questions of the standard that have no cell of their own."""
    there = {model.id for model in shown if model}
    return [question_card(m, county) for m in county.standard.models if m.id not in there]


def except_changed(county: County) -> str:
    """Return which questions are not put as they are listed, in brackets; "" where all are."""
    changed = joined([model.id for model in county.standard.models if model.changed])
    return f"（{changed}除外）" if changed else ""


def _nobody(frames: dict[str, pd.DataFrame], county: County) -> bool:
    return not county.standard.models or all(frame.empty for frame in frames.values())


def errors_zh(model: Model, county: County) -> str:
    """Return how the errors of a question are reckoned (标准误), by the standard's rules."""
    if model.method in ("ols", "wls"):
        return {"nonrobust": "同方差"}.get(model.covariance, model.covariance)
    few = county.standard.inference.many_clusters
    return {"panel": f"按学校聚类，CR1（不足{few}所用CR2）", "quantile": "秩检验反演",
            "oaxaca": "自助法"}[model.method]


def reference_zh(model: Model) -> str:
    """Return the group that the others are compared with (参照组): the class without a variable
    in the formula, or the second of two groups."""
    if model.groups:
        return PLAIN[model.groups[1]]
    places = [place for place in LOCATIONS if place in model.regressors]
    others = [PLAIN[place] for place in LOCATIONS if place not in places]
    said = [joined(others)] if places and others else []
    said += [zh for name, zh in _OTHERS.items() if name in model.regressors]
    return "；".join(said) or EMPTY


def formula_zh(formula: str, county: County) -> str:
    """Write a formula with the short Chinese names of its terms."""
    left, right = formula.split("~")
    terms = [_short(t.strip(), county) for t in right.split("+")]
    return f"{_short(left.strip(), county)}＝{'＋'.join(terms)}"


def _short(term: str, county: County) -> str:
    if term in PLAIN:
        return PLAIN[term]
    id = term.removeprefix("ln_")
    return county.standard.indicator(id).short + ("（对数）" if id != term else "")


def _changes(model: Model, county: County) -> str:
    """Return what differs from the listed question, both ways of putting it."""
    listed = county.standard.question(model.id.removesuffix(CHANGED))
    differing = {name: (_said(getattr(listed, name)), _said(getattr(model, name)))
                 for name in CHOICES if getattr(listed, name) != getattr(model, name)}
    return "；".join(f"{CHOICES[name]}原为“{old}”，改为“{new}”"
                    for name, (old, new) in differing.items())


def _said(value: object) -> str:
    if isinstance(value, list):
        parts = (f"[{_said(v)}]" if isinstance(v, list) else _said(v) for v in value)
        return "、".join(parts) or "无"
    return (value if isinstance(value, str) else figure_text(value, 2)) or "无"
