"""How figures look (图的样式): one theme, greyscale-safe, Chinese letters kept as letters.

seaborn's theme replaces the fonts, so the fonts are set after it. A letter that the font
lacks is an error, not a box.
"""

import warnings
from functools import cache

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import font_manager, pyplot as plt

from pipeline.ground.fonts import SANS, font_file

WIDTH = 6.1
DARK, MID, PALE, INK, ALERT = "#1f3a5f", "#6f93b8", "#cfdbe8", "#222222", "#7a1f1f"
GROUP_COLOURS = (DARK, MID, PALE, "#8a8a8a")
HATCHES = ("", "///", "\\\\\\", "xx")
MARKERS = ("o", "s", "^", "D")
LINE_COLOURS = (DARK, "#8a5a00", "#444444", MID, "#000000", "#777777", "#5f7f3f", "#9a3b3b",
                "#3b6f9a")
LINE_DASHES = ("-", "--", ":", "-.")
LINE_MARKERS = ("o", "X", "s", "P", "D", "v", "^")


@cache
def apply_theme() -> None:
    """Set theme, fonts and the settings that make pictures small and repeatable; once."""
    font_manager.fontManager.addfont(font_file(SANS))
    sns.set_theme(style="ticks", context="paper")
    mpl.rcParams.update({
        "font.family": SANS, "font.size": 9, "axes.titlesize": 9.5, "axes.labelsize": 9,
        "xtick.labelsize": 8.5, "ytick.labelsize": 8.5, "legend.fontsize": 8.5,
        "axes.unicode_minus": False, "svg.fonttype": "none", "svg.hashsalt": "junheng",
        "axes.edgecolor": INK, "axes.linewidth": 0.7, "grid.color": "#d9d9d9",
        "grid.linewidth": 0.6, "hatch.linewidth": 0.5, "axes.grid": True,
        "axes.grid.axis": "y", "axes.axisbelow": True, "legend.frameon": False,
        "figure.dpi": 100, "figure.constrained_layout.use": True,
    })
    warnings.filterwarnings("error", message="Glyph .* missing")


def panels(rows: int, columns: int, height: float, **options):
    """Return a figure of the text's width with rows × columns axes, as (figure, flat axes).

    seaborn draws the jitter of its strips from numpy's global generator, so that is seeded
    anew for every figure: the same data gives the same bytes.
    """
    apply_theme()
    np.random.seed(0)
    figure, axes = plt.subplots(rows, columns, figsize=(WIDTH, height), squeeze=False, **options)
    plt.close(figure)
    return figure, list(axes.flat)


def limit_line(axes, value: float, label: str, dashed: bool = False, upright: bool = False):
    """Draw a limit across the axes, told apart by dash as well as by colour."""
    draw = axes.axvline if upright else axes.axhline
    draw(value, color=ALERT, linewidth=1.1, linestyle="--" if dashed else "-", label=label)


def tidy(axes) -> None:
    """Take away what carries no meaning: the upper and right spine."""
    sns.despine(ax=axes)
