"""How much is drawn by chance (抽样规模): a quarter each time, all of it before a release.

`JUNHENG_ALL_DRAWS=1 make test` draws as many cases as the documents say were tried.
"""

import os

PART = 1 if os.environ.get("JUNHENG_ALL_DRAWS") else 4


def drawn(all_of_it: int) -> int:
    """Return how many of so many cases are drawn now."""
    return all_of_it // PART


def few(all_of_it: int, now: int) -> int:
    """Return how many of what takes long are drawn now: all of it before a release."""
    return all_of_it if PART == 1 else now
