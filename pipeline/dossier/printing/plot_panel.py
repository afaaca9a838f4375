"""Panels (坐标图): a frame with scales, in which a chapter's figure draws its marks."""

import io
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.cbook import boxplot_stats
from matplotlib.ticker import MaxNLocator

from pipeline.dossier.printing.drawing import Picture, widest, width_of
from pipeline.dossier.printing.label_places import free_places
from pipeline.dossier.printing.style import ALERT, DARK
from pipeline.ground.readiness import readied

TITLE, LABEL, TICK, NOTE = 9.5, 9, 8.5, 8
_STEPS = [1, 2, 2.5, 5, 10]
_PAD = 3.5


@dataclass(frozen=True)
class Scale:
    """One direction of a panel: from ``low`` to ``high``, and what is written where."""

    low: float
    high: float
    places: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    size: float = TICK

    @property
    def room(self) -> float:
        """Return the points that ticks and their words need beside a panel."""
        return mpl.rcParams["ytick.major.size"] + _PAD + widest(self.texts, self.size)


def numbers(low: float, high: float, most: int = 6, whole: bool = False) -> Scale:
    """Return a scale with round numbers, at most so many steps; whole ones if so asked."""
    low, high = (low, high) if high > low else (low - 0.5, low + 0.5)
    found = MaxNLocator(most, steps=_STEPS, integer=whole).tick_values(low, high)
    slack = 1e-9 * (high - low)
    places = [float(t) for t in found if low - slack <= t <= high + slack]
    decimals = next((d for d in range(8) if np.allclose(np.round(places, d), places, rtol=0,
                                                        atol=1e-4 * (high - low))), 8)
    return Scale(low, high, tuple(places), tuple(f"{t + 0.0:.{decimals}f}" for t in places))


def padded(values, part: float = 0.05, most: int = 6) -> Scale:
    """Return a scale about the values with a part of their range free at either end."""
    low, high = float(min(values)), float(max(values))
    free = part * (high - low)
    return numbers(low - free, high + free, most)


def names(texts: list[str], downwards: bool = False, size: float = TICK) -> Scale:
    """Return a scale with a name at 0, 1, 2 …, from the top down if so asked."""
    ends = (-0.5, len(texts) - 0.5)
    low, high = ends[::-1] if downwards else ends
    return Scale(low, high, tuple(range(len(texts))), tuple(texts), size)


def grid(picture: Picture, lefts: list[float], bottoms: list[float], *, right: float = 8,
         top: float = 8, beside: float = 0) -> list[tuple[float, float, float, float]]:
    """Return boxes (x, y, width, height) row by row, from the top.

    ``lefts`` and ``bottoms`` are the free points before each column and below each row,
    ``right`` and ``top`` those after each, ``beside`` what a legend needs at the right.
    """
    width = (picture.width - beside - sum(lefts)) / len(lefts) - right
    height = (picture.height - sum(bottoms)) / len(bottoms) - top
    boxes, y = [], picture.height
    for bottom in bottoms:
        y, x = y - top - height, 0.0
        for left in lefts:
            boxes.append((x + left, y, width, height))
            x += left + width + right
        y -= bottom
    return boxes


class Panel:
    """A box with two scales; its frame is drawn at once, marks as they come."""

    def __init__(self, picture: Picture, box: tuple[float, float, float, float], x: Scale,
                 y: Scale, *, lines: str = "y", words: str = "xy", frame: bool = True):
        """Draw the frame; ``lines`` names the scales with grid lines, ``words`` with words."""
        self.picture, self.box, self.x, self.y = picture, box, x, y
        self._words = words
        if frame:
            self._frame(lines, words)

    def _frame(self, lines: str, words: str) -> None:
        picture, x, y, (left, low, width, height) = self.picture, self.x, self.y, self.box
        right, high = left + width, low + height
        theme = mpl.rcParams
        xs, ys = [self.across(v) for v in x.places], [self.up(v) for v in y.places]
        picture.path([[(left, v), (right, v)] for v in ys if "y" in lines]
                     + [[(v, low), (v, high)] for v in xs if "x" in lines],
                     stroke=theme["grid.color"], width=theme["grid.linewidth"], level=0)
        tick = theme["ytick.major.size"]
        picture.path([[(left - tick, v), (left, v)] for v in ys]
                     + [[(v, low - tick), (v, low)] for v in xs]
                     + [[(left, high), (left, low), (right, low)]],
                     stroke=theme["axes.edgecolor"], width=theme["axes.linewidth"], level=3)
        if "y" in words:
            for v, text in zip(ys, y.texts, strict=True):
                picture.words(left - tick - _PAD, v, text, y.size, "right")
        if "x" in words:
            for v, text in zip(xs, x.texts, strict=True):
                picture.words(v, low - tick - _PAD, text, x.size, "center", "top")

    def across(self, value: float) -> float:
        """Return the place of a value of the x scale, in points."""
        left, _, width, _ = self.box
        return left + width * (value - self.x.low) / (self.x.high - self.x.low)

    def up(self, value: float) -> float:
        """Return the place of a value of the y scale, in points."""
        _, low, _, height = self.box
        return low + height * (value - self.y.low) / (self.y.high - self.y.low)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a pair of values."""
        return self.across(x), self.up(y)

    def title(self, text: str) -> None:
        """Write above the panel."""
        left, low, width, height = self.box
        self.picture.words(left + width / 2, low + height + 5, text, TITLE, "center", "bottom")

    def label_x(self, text: str) -> None:
        """Write below the words of the x scale."""
        left, low, width, _ = self.box
        below = _PAD + mpl.rcParams["xtick.major.size"] + (
            1.45 * self.x.size if self.x.texts and "x" in self._words else 0)
        self.picture.words(left + width / 2, low - below, text, LABEL, "center", "top")

    def label_y(self, text: str) -> None:
        """Write upwards, left of the words of the y scale."""
        left, low, _, height = self.box
        self.picture.words(left - self.y.room - 0.9 * LABEL, low + height / 2, text, LABEL,
                           "center", turned=True)

    def note(self, x: float, y: float, text: str, dx: float = 3, dy: float = 0,
             along: str = "left", size: float = NOTE, colour: str | None = None) -> None:
        """Write beside a pair of values."""
        self.picture.words(self.across(x) + dx, self.up(y) + dy, text, size, along, colour=colour)

    def labels(self, named, size: float = NOTE) -> None:
        """Write a name beside each of the points (pair of values, name), clear of one another."""
        marks = [self.at(*pair) for pair, _ in named]
        for (x, y), (_, text) in zip(free_places(
                marks, [text for _, text in named], size), named, strict=True):
            self.picture.words(x, y, text, size)

    def points(self, pairs, **look) -> None:
        """Draw one marker a pair of values."""
        self.picture.points([self.at(x, y) for x, y in pairs], **look)

    def line(self, pairs, **look) -> None:
        """Draw a line through pairs of values."""
        self.lines([pairs], **look)

    def lines(self, several, **look) -> None:
        """Draw lines that look alike."""
        self.picture.path([[self.at(x, y) for x, y in pairs] for pairs in several if len(pairs)],
                          **look)

    def bars(self, spans, **look) -> None:
        """Draw bars that look alike, each from (x, y) to (x, y) of opposite corners."""
        rectangles = [[self.at(x0, y0), self.at(x1, y0), self.at(x1, y1), self.at(x0, y1)]
                      for (x0, y0), (x1, y1) in spans]
        self.picture.path(rectangles, closed=True, **look)

    def boxes(self, groups, *, stroke: str) -> None:
        """Draw box and whiskers (箱线) of the values at 0, 1, 2 … of the x scale.

        Quartiles and median, and the farthest values within 1.5 times the quartiles' distance.
        """
        found = list(enumerate(boxplot_stats(groups)))
        self.bars([((x - 0.25, b["q1"]), (x + 0.25, b["q3"])) for x, b in found],
                  fill="#ffffff", stroke=stroke, level=1)
        whiskers = [((x, b[end]), (x, b[to])) for x, b in found
                    for end, to in (("q3", "whishi"), ("q1", "whislo"))]
        across = [((x - reach, b[at]), (x + reach, b[at])) for x, b in found
                  for at, reach in (("whishi", 0.125), ("whislo", 0.125), ("med", 0.25))]
        self.lines(whiskers + across, stroke=stroke, level=1)

    def limit(self, value: float, dashed: bool = False, upright: bool = False) -> None:
        """Draw a limit across the panel, told apart by dash as well as by colour."""
        left, low, width, height = self.box
        place = self.across(value) if upright else self.up(value)
        ends = [(place, low), (place, low + height)] if upright else [
            (left, place), (left + width, place)]
        self.picture.path([ends], level=3, **_limit_look(dashed))


@dataclass(frozen=True)
class Key:
    """What a legend explains: a label beside a line, a marker or a patch."""

    label: str
    line: dict | None = None
    marker: dict | None = None
    patch: dict | None = None


def limit_keys(floor: str) -> list[Key]:
    """Return the keys of the required level and of its floor (标准值、底线值)."""
    return [limit_key("标准值"), limit_key(f"标准值的{floor}", dashed=True)]


def limit_key(label: str, dashed: bool = False) -> Key:
    """Return the key of a limit line."""
    return Key(label, line=_limit_look(dashed))


def _limit_look(dashed: bool) -> dict:
    return {"stroke": ALERT, "width": 1.1, "dash": "--" if dashed else "-"}


_SAMPLE, _GAP = 17, 6


def keys_width(keys: list[Key]) -> float:
    """Return the points that a legend needs, its keys one below another."""
    return _SAMPLE + _GAP + widest([key.label for key in keys], TICK)


def legend(picture: Picture, keys: list[Key], x: float, y: float, flat: bool = False) -> None:
    """Explain the looks from (x, y) downwards, or ``flat`` from left to right."""
    for key in keys:
        if key.line:
            picture.path([[(x, y), (x + _SAMPLE, y)]], level=3, **key.line)
        if key.marker:
            picture.points([(x + _SAMPLE / 2, y)], **key.marker)
        if key.patch:
            corners = [(x, y - 3), (x + _SAMPLE, y - 3), (x + _SAMPLE, y + 3), (x, y + 3)]
            picture.path([corners], closed=True, **key.patch)
        picture.words(x + _SAMPLE + _GAP, y, key.label, TICK)
        if flat:
            x += _SAMPLE + _GAP + width_of(key.label, TICK) + 14
        else:
            y -= 1.45 * TICK


def flat_width(keys: list[Key]) -> float:
    """Return the points that a flat legend needs."""
    return sum(_SAMPLE + _GAP + width_of(key.label, TICK) for key in keys) + 14 * (len(keys) - 1)


def jitter(count: int, reach: float) -> np.ndarray:
    """Return shifts that keep points apart, the same for the same count."""
    return np.random.default_rng(0).uniform(-reach, reach, count)


@readied
def rehearse() -> None:
    """Draw one small figure of everything, so that fonts, theme and caches are ready."""
    picture = Picture(1.5)
    (box,) = grid(picture, [40], [20])
    panel = Panel(picture, box, names(["一", "二"]), numbers(0, 1))
    panel.bars([((0, 0), (1, 1))], fill=DARK, hatch="///")
    panel.points([(0, 1)], colour=DARK)
    panel.title("0123456789.%")
    picture.savefig(io.StringIO(), format="svg")
