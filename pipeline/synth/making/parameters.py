"""The stated process (生成过程) of the made-up nation: every parameter, with unit and meaning.

`parameters.json` is both what the program obeys and what is written beside the nation as
its truth, so that the two cannot disagree.
"""

import json
import math
from functools import cache
from pathlib import Path
from random import Random

_FILE = Path(__file__).with_name("parameters.json")
RESOURCES = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")
TEACHERS = RESOURCES[:3]
STAGES = {"primary": "小学", "junior": "初中"}


@cache
def parameters() -> dict[str, dict]:
    """Return name → {value, unit, meaning} of every parameter of the process."""
    return json.loads(_FILE.read_text("utf-8"))


def of(name: str):
    """Return the value of one parameter: a number, or numbers by class.

    >>> of("gap_fund_effect")
    -0.25
    """
    return parameters()[name]["value"]


def happens(name: str, draw: Random) -> bool:
    """Tell whether something of a stated rate happens this time."""
    return draw.random() < of(name)


def generator(seed: int, *what: object) -> Random:
    """Return the generator of one thing: it hangs on the seed and on that thing alone.

    A county draws the same figures whoever else is drawn, in whatever order.
    """
    return Random("/".join(map(str, (seed, *what))))


def log_normal(draw: Random, median: float, spread: float, least: float, most: float) -> int:
    """Draw a whole number with a long right tail (对数正态), held within two limits."""
    return round(min(max(median * math.exp(draw.gauss(0, spread)), least), most))
