"""The methods (方法), in Chinese and in English: formulas of the chapters, rules of the packs,
bibliography of both and of the program.

    python -m pipeline.whole.listings.methods_page

writes `docs/methods/zh.md` and `docs/methods/en.md`; a test compares the files with what is printed
here. The English words of each formula stand beside it in `data/printing/methods.toml`: one that a
chapter no longer has, or has anew, is a `DefinitionFault`.
"""

import ast
import re
from collections.abc import Iterator

from pydantic import Field

from pipeline.definitions.base import DATA, ROOT, Definition, Text, load_toml
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.indicators import Indicator, indicators
from pipeline.definitions.standards import Standard, standards
from pipeline.definitions.targets.plans import plans
from pipeline.ground.errors import DefinitionFault
from pipeline.ground.exact import decimal_text
from pipeline.publishing.chapters.chapter_files import chapters, code_of

FOLDER = ROOT / "docs" / "methods"
_SHOWN = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_SOURCE = re.compile(r"Sources?: (.+?)(?:\n\s*\n|\Z)", re.DOTALL)
_ANALYSIS = ROOT / "pipeline" / "analysis"
_WORDS = {
    "zh": {"head": "# 方法\n\n本页由 `pipeline/whole/listings/methods_page.py` "
           "按章节和规则印出，请勿手改。",
           "formulas": "公式（各章原文）", "indicators": "指标", "standards": "标准包",
           "models": "检验的模型（先于结果写定）",
           "bibliography": "文献：规则所依的文件", "plans": "文献：规划",
           "papers": "文献：算法所据",
           "columns": ("编号", "名称", "算法", "单位", "条款", "出处"),
           "required": ("编号", "名称", "小学标准值", "初中标准值", "条款")},
    "en": {"head": "# Methods\n\nPrinted by `pipeline/whole/listings/methods_page.py` from "
           "chapters and packs; not to be edited. Terms: `GLOSSARY.md`.",
           "formulas": "Formulas", "indicators": "Indicators", "standards": "Standards",
           "models": "Models asked (registered before results)",
           "bibliography": "Bibliography: documents that the rules follow",
           "plans": "Bibliography: plans", "papers": "Bibliography: papers behind the algorithms",
           "columns": ("id", "name in code", "formula", "unit", "clause", "source"),
           "required": ("id", "name in code", "primary", "junior secondary", "clause")}}


class ExplainedFormula(Definition):
    """A formula of a chapter with its meaning in English."""

    chapter: Text
    latex: Text
    en: Text


class Explained(Definition):
    """All formulas with their English words: `data/printing/methods.toml`."""

    formulas: list[ExplainedFormula] = Field(min_length=1)


def methods(language: str) -> str:
    """Return the methods in a language, ``zh`` or ``en``, as markdown."""
    said = _WORDS[language]
    parts = [said["head"], f"## {said['formulas']}", *_formulas(language),
             f"## {said['indicators']}", _indicators(language),
             f"## {said['standards']}",
             *(part for one in standards() for part in _standard(one, language)),
             f"## {said['bibliography']}", _bullets(documents()),
             f"## {said['plans']}", _bullets(_plans()),
             f"## {said['papers']}", _bullets(papers())]
    return "\n\n".join(parts) + "\n"


def shown_formulas() -> dict[str, list[str]]:
    """Return chapter → the formulas that it shows on lines of their own, in order."""
    found = {path.stem: _SHOWN.findall("\n".join(cell["source"] for cell in code_of(path)
                                                 if cell["type"] == "markdown"))
             for path in chapters("county")}
    return {chapter: formulas for chapter, formulas in found.items() if formulas}


def explained() -> dict[tuple[str, str], str]:
    """Return (chapter, formula) → its English words; `DefinitionFault` where these are not just
    the formulas of the chapters."""
    file = DATA / "printing" / "methods.toml"
    told = {(one.chapter, one.latex): one.en for one in load_toml(file, Explained).formulas}
    wanted = {(chapter, latex) for chapter, all in shown_formulas().items() for latex in all}
    if told.keys() != wanted:
        raise DefinitionFault(file.name, [
            *(f"{c} 的公式没有英文说明：{latex}" for c, latex in sorted(wanted - told.keys())),
            *(f"{c} 没有这个公式：{latex}" for c, latex in sorted(told.keys() - wanted))])
    return told


def documents() -> list[str]:
    """Return the documents that standards and indicators name, each once, in order of names."""
    named = [f"《{one.title}》（{one.document}）。{one.source}" for one in standards()]
    named += [one.source for one in indicators().values()]
    return sorted({*named})


def papers() -> list[str]:
    """Return what the docstrings of the analysis name as their source, and where."""
    found: dict[str, list[str]] = {}
    for path in sorted(_ANALYSIS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                for said in _SOURCE.findall(ast.get_docstring(node) or ""):
                    place = path.relative_to(ROOT).as_posix()
                    places = found.setdefault(" ".join(said.split()), [])
                    places += [] if place in places else [place]
    return [f"{said}（`{'`、`'.join(places)}`）" for said, places in sorted(found.items())]


def _formulas(language: str) -> Iterator[str]:
    told = explained()
    for path in chapters("county"):
        cells = [cell["source"] for cell in code_of(path)
                 if cell["type"] == "markdown" and "$$" in cell["source"]]
        if cells and language == "zh":
            yield from (re.sub(r"^#+ (.+)$", r"### \1", cell, flags=re.MULTILINE)
                        for cell in cells)
        elif cells:
            yield f"### {path.stem[3:]}"
            yield from (f"{told[path.stem, latex]}\n\n$${latex}$$"
                        for cell in cells for latex in _SHOWN.findall(cell))


def _indicators(language: str) -> str:
    rows = [(one.id, one.zh if language == "zh" else f"`{one.name}`", _computed(one, language),
             one.unit, one.clause, one.source) for one in indicators().values()]
    return _grid(_WORDS[language]["columns"], rows)


def _computed(one: Indicator, language: str) -> str:
    named = {name: v.zh for name, v in variables().variables.items()} if language == "zh" else {}
    if one.given:
        return " , ".join(named.get(name, f"`{name}`") for name in one.given.mean_of)
    plus, minus = ([named.get(v, f"`{v}`") for v in part]
                   for part in (one.numerator.plus, one.numerator.minus))
    above = "＋".join(plus) + "".join(f"－{name}" for name in minus)
    below = "在校生数" if language == "zh" else "`pupils`"
    times = "" if one.per == 1 else f"×{one.per}"
    return (f"（{above}）÷{below}" if len(plus + minus) > 1 else f"{above}÷{below}") + times


def _standard(one: Standard, language: str) -> Iterator[str]:
    said = _WORDS[language]
    yield f"### `{one.id}` {one.title}（{one.document}）"
    cv = "，".join(f"{one.stages[stage]} {one.balance.op} {decimal_text(limit)}"
                  for stage, limit in (one.balance.cv_max or {}).items())
    yield f"CV：{cv or '—'}。{one.balance.clause}"
    rows = [(id, indicators()[id].zh if language == "zh" else f"`{indicators()[id].name}`",
             *(_level(one, id, stage) for stage in ("primary", "junior")), level.clause)
            for id, level in one.thresholds.items()]
    if rows:
        yield _grid(said["required"], rows)
    if one.models:
        yield _bullets([f"{said['models']}：{m.id} `{m.formula}`" for m in one.models])


def _level(one: Standard, id: str, stage: str) -> str:
    return decimal_text(found) if (found := one.threshold(id, stage)) is not None else "—"


def _plans() -> list[str]:
    return [f"{plan.issuer}：《{plan.title}》{plan.document}（{plan.period}）。{plan.source}"
            for plan in plans().values()]


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _grid(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |"
                     for line in (head, ("---",) * len(head), *rows))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for language in _WORDS:
        (FOLDER / f"{language}.md").write_text(methods(language), encoding="utf-8")
