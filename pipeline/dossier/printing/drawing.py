"""Pictures drawn with few strokes (绘图): paths, points and words on a matplotlib figure.

A dossier has some fifty small panels. An `Axes` costs 15–40 ms to create, lay out and save,
whatever it shows; drawn as one path for the grid, one for the ticks and plain words a panel
costs 2 ms (docs/performance.md). So the figures of the chapters are put together from these
strokes, with the colours, widths and sizes of the seaborn theme (`style.apply_theme`).
Coordinates are points (1/72 inch) from the lower left corner, kept to a hundredth.
"""

from functools import cache

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from pipeline.dossier.printing.style import INK, WIDTH, apply_theme
from pipeline.ground.fonts import SANS, font_file

POINTS = 72  # an inch
_PLACE = IdentityTransform()  # a figure of 72 dpi has a point to a pixel
_MIDDLE = 0.36  # em from the baseline to the middle of a letter
_EM = 1000
_ALONG = {"left": 0.0, "center": 0.5, "right": 1.0}
_UP = {"bottom": 0.0, "center": _MIDDLE, "top": 0.82}


@cache
def _advance(letter: str) -> float:
    """Return a letter's width in em; a letter that the font lacks is an error, not a box."""
    font = get_font(font_file(SANS))
    if not font.get_char_index(ord(letter)):
        raise ValueError(f"Glyph {ord(letter)} missing from {SANS}")
    font.set_size(_EM, POINTS)
    return font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _EM


def width_of(text: str, size: float) -> float:
    """Return the width of a line of words in points."""
    return size * sum(map(_advance, text))


def widest(texts, size: float) -> float:
    """Return the width of the widest of some words, 0 without any."""
    return max((width_of(text, size) for text in texts), default=0.0)


class Picture:
    """A figure of the text's width (版心宽): what is drawn later lies above within a level."""

    def __init__(self, height: float):
        """Open an empty figure of ``height`` inches."""
        apply_theme()
        self.figure = Figure(figsize=(WIDTH, height), dpi=POINTS, layout="none")
        self.width, self.height = WIDTH * POINTS, height * POINTS

    def savefig(self, *given, **wishes) -> None:
        """Save as matplotlib's figures do."""
        self.figure.savefig(*given, **wishes)

    def path(self, lines: list, *, stroke: str = "none", width: float = 1.0, fill: str = "none",
             hatch: str = "", dash: str = "-", closed: bool = False, level: int = 2) -> None:
        """Draw polylines, each a list of (x, y), as one path in one style."""
        lines = [np.round(line, 2) for line in lines]
        if not lines:
            return
        codes = [[Path.MOVETO, *[Path.LINETO] * (len(line) - 1)] for line in lines]
        if closed:
            lines = [np.vstack([line, line[:1]]) for line in lines]
            codes = [[*code, Path.CLOSEPOLY] for code in codes]
        self.figure.add_artist(PathPatch(
            Path(np.concatenate(lines), np.concatenate(codes)), edgecolor=stroke, linewidth=width,
            facecolor=fill, hatch=hatch or None, linestyle=dash, transform=_PLACE, zorder=level,
            capstyle="butt"), clip=False)

    def points(self, places, *, marker: str = "o", size: float = 4, colour: str = INK,
               edge: str = "none", alpha: float | None = None, level: int = 3) -> None:
        """Draw one marker at each (x, y); ``size`` is its width in points."""
        if len(places):
            x, y = np.round(np.asarray(places, dtype=float).T, 2)
            self.figure.add_artist(Line2D(
                x, y, linestyle="none", marker=marker, markersize=size, markerfacecolor=colour,
                markeredgecolor=edge, markeredgewidth=0.6, alpha=alpha, transform=_PLACE,
                zorder=level), clip=False)

    def words(self, x: float, y: float, text: str, size: float, along: str = "left",
              up: str = "center", colour: str | None = None, turned: bool = False) -> None:
        """Write words, several lines one below another; ``turned`` runs them upwards."""
        colour, lines = colour or mpl.rcParams["text.color"], text.split("\n")
        for number, line in enumerate(lines):
            lower = _UP[up] * size + 1.2 * size * (
                number if up == "top" else number - len(lines) + 1 if up == "bottom"
                else number - (len(lines) - 1) / 2)
            back = _ALONG[along] * width_of(line, size)
            place = (x + lower, y - back) if turned else (x - back, y - lower)
            self.figure.add_artist(_Words(place, line, size, colour, turned), clip=False)


class _Words(Artist):
    """A line of letters at a place, without the search for its extent that `Text` makes."""

    def __init__(self, place: tuple[float, float], text: str, size: float, colour: str,
                 turned: bool):
        super().__init__()
        self.place, self.text, self.colour, self.turned = place, text, colour, turned
        self.font = _font(size)
        self.set_zorder(4)

    def draw(self, renderer) -> None:
        """Write the line (SVG counts y downwards)."""
        pen = renderer.new_gc()
        pen.set_foreground(self.colour)
        x, y = self.place
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        renderer.draw_text(pen, round(x, 2), round(y, 2), self.text, self.font,
                           90 if self.turned else 0)
        pen.restore()


@cache
def _font(size: float) -> FontProperties:
    return FontProperties(family=SANS, size=size)
