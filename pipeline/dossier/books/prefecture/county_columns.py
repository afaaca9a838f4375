"""Counties beside each other on sheets across (各县并列), as many as a sheet takes."""

from typing import NamedTuple

MOST_COLUMNS = 8


class Sheet(NamedTuple):
    """Some of the counties: ``number`` from 1 on, ``mark`` what the title then adds (续表号)."""

    number: int
    mark: str
    names: list[str]


def county_sheets(names: list[str]) -> list[Sheet]:
    """Return the counties in their order, `MOST_COLUMNS` a sheet; one sheet has no mark.

    >>> [(sheet.mark, len(sheet.names)) for sheet in county_sheets([*"甲乙丙丁戊己庚辛壬"])]
    [('（1）', 8), ('（2）', 1)]
    """
    shares = [names[n:n + MOST_COLUMNS] for n in range(0, len(names), MOST_COLUMNS)]
    return [Sheet(number, f"（{number}）" if len(shares) > 1 else "", some)
            for number, some in enumerate(shares, 1)]
