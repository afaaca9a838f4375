"""Where names stand beside the points of a figure, so that none lies on another (标注的位置)."""

from itertools import product

from pipeline.dossier.printing.drawing import width_of

_MARK = 3.2  # half a marker, in points
_REACHES = (5.0, 11.0, 18.0)  # from a point's middle to its name: beside it, farther, farthest
_SIDES = ((1, 0.7), (1, -0.7), (-1, 0.7), (-1, -0.7), (1, 0), (-1, 0), (0, 1.4), (0, -1.4))

Box = tuple[float, float, float, float]  # left, low, right, high


def free_places(marks: list[tuple[float, float]], texts: list[str], size: float
                ) -> list[tuple[float, float]]:
    """Return where each text begins (left end, middle of its height), in points.

    Every name takes the first place about its point on which there lies least of the points
    and of the names before it.

    >>> [(round(x), round(y)) for x, y in free_places([(0, 0), (4, 0)], ["R1", "R2"], 8)]
    [(-15, 4), (9, 4)]
    """
    taken: list[Box] = [(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in marks]
    found = []
    for (x, y), text in zip(marks, texts, strict=True):
        width = width_of(text, size)
        boxes = [_box(x, y, width, size, reach, *side)
                 for reach, side in product(_REACHES, _SIDES)]
        best = min(boxes, key=lambda box: sum(_common(box, other) for other in taken))
        taken.append(best)
        found.append((best[0], (best[1] + best[3]) / 2))
    return found


def _box(x: float, y: float, width: float, size: float, reach: float, across: float, up: float
         ) -> Box:
    left = x + across * reach - width * (1 - across) / 2
    middle = y + up * reach * (1.3 if not across else 1)
    return left, middle - size / 2, left + width, middle + size / 2


def _common(one: Box, other: Box) -> float:
    """Return the area that two boxes have in common."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0
