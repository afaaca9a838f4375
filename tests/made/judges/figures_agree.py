"""Whether the figures within one sentence agree with each other (句中各数是否相合).

Nothing is known here but what is printed: parts add up to their whole, an estimate lies within
its interval and has the sign that its words say, what widens or narrows does so.
"""

import re

_NUMBER = r"(-?\d[\d,]*(?:\.\d+)?)"
_WHOLE = re.compile(r"(\d+)(?:个|项|所)(?:中|：|，)?((?:达标|达到)\d+(?:个|项|所)"
                    r"(?:[、，](?:未达标|未达到|待核|不适用)\d+(?:个|项|所))+)")
_PART = re.compile(r"\d+")
_EFFECT = re.compile(rf"(高|低){_NUMBER}(%?)[^（，；。]*（95%区间{_NUMBER}%?至{_NUMBER}%?")
_INTERVAL = re.compile(rf"95%区间{_NUMBER}%?至{_NUMBER}")
_MOVED = re.compile(rf"由{_NUMBER}变为{_NUMBER}（[^）]*），(差异缩小|差异扩大)")
_FITTED = re.compile(r"共(\d+)个模型，已估计(\d+)个，不估计(\d+)个")


def disagreements(text: str) -> list[str]:
    """Return what in a sentence does not agree with the rest of it."""
    return [f"{what}：{text[:90]}" for check in (_sums, _effects, _intervals, _moves)
            for what in check(text)]


def _numbers(*found: str) -> list[float]:
    return [float(text.replace(",", "")) for text in found]


def _sums(text: str) -> list[str]:
    wrong = [f"各部分之和不是{whole}" for whole, parts in _WHOLE.findall(text)
             if sum(map(int, _PART.findall(parts))) != int(whole)]
    return wrong + [f"{a}＋{b}不是{whole}" for whole, a, b in _FITTED.findall(text)
                    if int(a) + int(b) != int(whole)]


def _effects(text: str) -> list[str]:
    """An effect told as higher or lower by so much lies within its interval, with that sign."""
    wrong = []
    for way, size, _, *ends in _EFFECT.findall(text):
        size, low, high = _numbers(size, *ends)
        effect = size if way == "高" else -size
        if not low <= effect <= high:
            wrong.append(f"{way}{size}不在区间{low}至{high}之内")
    return wrong


def _intervals(text: str) -> list[str]:
    return [f"区间{low}至{high}颠倒" for low, high in _INTERVAL.findall(text)
            if _numbers(low)[0] > _numbers(high)[0]]


def _moves(text: str) -> list[str]:
    return [f"由{first}变为{last}而说{said}" for first, last, said in _MOVED.findall(text)
            if (_numbers(last)[0] < _numbers(first)[0]) != (said == "差异缩小")]
