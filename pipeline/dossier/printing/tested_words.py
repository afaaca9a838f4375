"""What the printed tests allow to be said (检验与文字): one rule for p, direction and names."""

import re
from collections.abc import Callable, Mapping

import pandas as pd

from pipeline.definitions.models.registered import Registration
from pipeline.definitions.parts import CHANGED, POST_HOC
from pipeline.dossier.printing.numbers import p_text
from pipeline.ground.terms import LEVEL, is_missing

ADJUSTMENT_ZH = {"holm": "Holm", "fdr_bh": "Benjamini–Hochberg"}
PLACES = {"unit": "县", "year": "年份", "section": "学校", "province": "省", "prefecture": "市",
          "school": "学校"}
_REMEDY = re.compile(r"；可改用.*")
_INTERNAL = re.compile(r"C\((\w+)\)|(?<![\w.])[A-Za-z]\w*(?:\[\w+\])?", re.ASCII)


def registered_words(found: Registration, zh: str) -> str:
    """Say of an analysis or a study whether it was set before the results (设定先于结果); its name
    stands in the record of the run alone."""
    if found.released:
        return f"{zh}第{found.version}版，设定先于结果"
    if found.version:
        return (f"{zh}设定已改动（与已发布的第{found.version}版相比："
                f"{'、'.join(found.differences)}）")
    return "；".join((f"{zh}没有已发布的版本，设定与结果的先后无从查证",
                     *found.differences))


def changed_questions(models: pd.DataFrame) -> list[str]:
    """Return the numbers of the questions that were put otherwise (改动的问题), by the models
    that chapter 06 saved: ``M1改-primary`` → M1改."""
    parted = [id.partition(f"{CHANGED}-") for id in models["id"]]
    return list(dict.fromkeys(head + CHANGED for head, mark, _ in parted if mark))


def beforehand(found: Registration) -> str:
    """Return 预先 where what is asked is as it was released, else nothing."""
    return "预先" if found.released else ""


def relation(p: float) -> str:
    """Print p after the letter: <0.001 or ＝0.034."""
    return p_text(p) if p < 0.001 else f"＝{p_text(p)}"


def p_words(row: Mapping) -> str:
    """Return p, adjusted p and the wild bootstrap's, as they stand after an interval."""
    if is_missing(row["p_value"]):
        return ""
    text = f"，p{relation(row['p_value'])}"
    if not is_missing(row["p_adjusted"]):
        text += f"，{ADJUSTMENT_ZH[row['adjustment']]}调整后p{relation(row['p_adjusted'])}"
    if not is_missing(row["p_wild"]):
        text += f"，野聚类自助法p{relation(row['p_wild'])}"
    return text + "，事后的设定，p未作多重检验调整" * (row["family"] == POST_HOC)


def undecided(row: Mapping) -> str:
    """Return why the tests that are printed tell no direction; "" where they tell one (方向).

    The adjusted p decides where there is one, else p, else the interval; what is printed beside,
    the wild bootstrap's p and the interval, must agree.
    """
    p, adjusted, wild, low, high = (row.get(name) for name in (
        "p_value", "p_adjusted", "p_wild", "ci_low", "ci_high"))
    if not is_missing(adjusted) and adjusted >= LEVEL:
        return f"{ADJUSTMENT_ZH[row['adjustment']]}调整后的p不小于{LEVEL}"
    if is_missing(adjusted) and not is_missing(p) and p >= LEVEL:
        return f"p不小于{LEVEL}"
    if not is_missing(wild) and wild >= LEVEL:
        return f"野聚类自助法的p不小于{LEVEL}"
    if is_missing(low) or is_missing(high):
        return "没有区间" if is_missing(p) else ""
    return "区间包含0" if low <= 0 <= high else ""


def open_words(row: Mapping) -> str:
    """Return what follows an estimate whose direction the printed tests do not tell."""
    why = undecided(row)
    return f"；{why}，不足以判断方向" if why else ""


def in_chinese(text: str, zh: Callable[[str], str]) -> str:
    """Put the Chinese names of columns, places and terms into what an estimator says.

    ``zh`` returns the name of a column, and any other word as it is.

    >>> in_chinese("CR1（群：unit）；缺少变量：ln_x、C(year)", {"ln_x": "甲"}.get)
    'CR1（群：县）；缺少变量：甲、年份效应'

    What tells whoever writes a specification how to mend it stands on no paper.

    >>> in_chinese("加权的CR2至多300行；可改用 cov = “cluster”，或不加权", {}.get)
    '加权的CR2至多300行'
    """
    def named(found: re.Match) -> str:
        if found[1]:
            return f"{PLACES.get(found[1], found[1])}效应"
        return PLACES.get(found[0]) or zh(found[0]) or found[0]

    return _INTERNAL.sub(named, _REMEDY.sub("", text))
