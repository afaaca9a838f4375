"""Names of terms and sizes of effects (项的名称、效应的单位): the words of chapters 03 to 05."""

import math
from dataclasses import dataclass
from fractions import Fraction

from pipeline.annual_evaluation import Annual
from pipeline.definitions.forms.county_layouts import county_layouts
from pipeline.definitions.models.known_columns import column_zh
from pipeline.definitions.models.questions import AnnualModel
from pipeline.dossier.printing.gap_sentences import PLAIN
from pipeline.dossier.printing.numbers import coefficient_text, joined, level_text
from pipeline.dossier.printing.tested_words import PLACES, in_chinese
from pipeline.ground.terms import is_missing

STEP = 1.1
ASSOCIATION = ("相关不等于因果：以上均为单位之间，或同一单位各年之间的相关，"
               "不能解释为一方引起另一方。")
FAMILY_ZH = {"primary": "主要", "secondary": "次要", "diagnostic": "诊断"}
METHOD_ZH = {"ols": "最小二乘", "wls": "加权最小二乘", "cr2": "最小二乘", "fe": "固定效应",
             "within_between": "组内—组间（Mundlak）", "quasibinomial": "准二项logit",
             "quantile": "分位数回归", "oaxaca": "Oaxaca–Blinder分解", "moran": "Moran's I",
             "mixed": "多层模型"}
_PARTS = {"difference": "县际减县内", "between": "县际"}
_HUNDRED = 100


@dataclass(frozen=True)
class Size:
    """How a coefficient is put in natural units: words for the step, factor, unit."""

    step: str
    unit: str
    relative: bool = False
    factor: float = 1.0

    def of(self, coefficient: float) -> float:
        """Return the effect of one step, in ``unit``."""
        if self.relative:
            return _HUNDRED * math.expm1(coefficient * self.factor)
        return coefficient * self.factor

    def text(self, coefficient: float | None) -> str:
        """Print the effect of one step."""
        if is_missing(coefficient):
            return coefficient_text(None)
        if not self.relative:
            return coefficient_text(self.of(coefficient))
        return level_text(Fraction(self.of(coefficient)), 2, (Fraction(0),))


def size_of(model: AnnualModel) -> Size:
    """Return how a model's focus is put in natural units."""
    log = math.log(STEP)
    if model.reading in ("elasticity", "odds"):
        return Size(f"{model.cause}每高10%", "%", relative=True, factor=log)
    if model.reading == "semi":
        return Size(f"{model.cause}每高10%", model.effect_unit, factor=log)
    step = f"{model.cause}每高1{model.cause_unit}" if model.cause_unit else model.cause
    return Size(step, model.effect_unit)


def sources_zh(annual: Annual) -> str:
    """Name the data that the study's questions are put to."""
    frames = {model.frame for model in annual.study.models}
    return "和".join(zh for frame, zh in (("panel", "县级面板"), ("schools", "学校数据"))
                    if frame in frames)


def plain_name(name: str, annual: Annual) -> str:
    """Return the Chinese name of a column of the panel or of the schools."""
    if name.endswith("_lag1"):
        return f"上一年{plain_name(name.removesuffix('_lag1'), annual)}"
    study = annual.study
    if name in study.names:
        return study.names[name]
    if study.measure(name).zh != name:
        return study.measure(name).zh
    known = {i.id: i for i in annual.standard.used_indicators} if annual.standard else {}
    if name in known:
        return known[name].zh
    given = {c.name: c.zh for table in study.source.tables
             for c in county_layouts()[table.layout].columns}
    if given.get(name):
        return given[name]
    if name.startswith("ln_") and name != "ln_pupils":
        return f"{plain_name(name.removeprefix('ln_'), annual)}（对数）"
    if name.startswith("cv_"):
        return coefficient_zh(name, annual)
    mean, _, rest = name.partition("_")
    id, _, stage = rest.partition("_")
    if mean == "mean" and id in known and stage in annual.standard.stages:
        return f"{annual.standard.stages[stage]}{known[id].zh}"
    return {"junior": "初中", "year": "年份", **PLAIN}.get(name) or column_zh(name) or name


def plain(text: str, annual: Annual) -> str:
    """Return a formula, or what an estimator says, with the Chinese names of its columns."""
    return in_chinese(text, lambda name: term_zh(name, annual))


def coefficient_zh(name: str, annual: Annual) -> str:
    """Return the Chinese name of ``cv_<indicator>_<stage>``."""
    _, id, stage = name.split("_")
    return f"{annual.standard.stages[stage]}{annual.standard.indicator(id).short}差异系数"


def term_zh(term: str, annual: Annual, kind: str = "") -> str:
    """Return the Chinese name of a term; ``kind`` of the model whose terms are not columns."""
    if kind == "oaxaca" and term in PLAIN:
        return PLAIN[term]
    if term.endswith("]") and not term.startswith("C("):
        part, inner = term[:-1].split("[", 1)
        head = _PARTS.get(part) or PLAIN.get(part, part)
        return f"{head}：{plain_name(inner, annual)}"
    return plain_name(term, annual)


def formula_zh(spec: dict, annual: Annual) -> str:
    """Write what is estimated in Chinese: outcome ＝ regressors ｜ effects."""
    def short(name: str) -> str:
        name = name.strip()
        if name.startswith("C("):
            return f"{PLACES.get(name[2:-1], name[2:-1])}效应"
        return plain_name(name, annual)

    if "formula" in spec:
        left, right = spec["formula"].split("~")
        return f"{short(left)}＝{'＋'.join(map(short, right.split('+')))}"
    if "vars" in spec:
        outcome, *rest = map(short, spec["vars"])
        effects = "、".join(PLACES.get(e, e) for e in spec["fe"])
        held = "各量的县均值、年份效应" if spec["kind"] == "within_between" else f"{effects}效应"
        return f"{outcome}＝{'＋'.join(rest)}｜{held}"
    if "exog" in spec:
        endog = spec["endog"] if isinstance(spec["endog"], list) else [spec["endog"]]
        effects = [f"{PLACES.get(e, e)}效应" for e in spec.get("effects", [])]
        return f"{'：'.join(map(short, endog))}＝{'＋'.join([*map(short, spec['exog']), *effects])}"
    return f"{spec.get('residuals', '')}的残差，邻近为同一{PLACES.get(spec.get('same'), '')}"


def controls_zh(model: AnnualModel, annual: Annual) -> str:
    """Name what is held constant beside the focus."""
    spec = model.plain_estimator
    names = (spec["formula"].split("~")[1].split("+") if "formula" in spec
             else spec.get("vars", ["", *spec.get("exog", [])])[1:])
    kept = [n.strip() for n in names if n.strip() != model.focus]
    effects = [PLACES.get(n[2:-1], n) for n in kept if n.startswith("C(")]
    effects += [PLACES.get(e, e) for e in (*spec.get("fe", []), *spec.get("effects", []))]
    return joined([*(plain_name(n, annual) for n in kept if not n.startswith("C(")),
                   *(f"{e}固定的差别" for e in effects)])
