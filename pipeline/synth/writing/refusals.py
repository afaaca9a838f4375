"""Errors that must be refused (必须拒收的错误): one in the last year's table of some counties.

Each is a mistake of a kind that no clerk could repair without asking; the truth names the
check that must catch it.
"""

from collections.abc import Callable

from pipeline.synth.writing.form_rows import UNITS, headers

_PERSONAL = "contact"


def spoil(check: str, written: list[dict], draw) -> tuple[list[dict], dict[str, str]]:
    """Return rows and headers with the one mistake that ``check`` must refuse."""
    rows, heads = [dict(row) for row in written], dict(headers())
    MISTAKES[check](rows, heads, draw)
    return rows, heads


def _text(rows: list[dict], heads: dict, draw) -> None:
    row = draw.choice(rows)
    row["qualified_teachers"] = f"约{row['pupils']}"


def _negative(rows: list[dict], heads: dict, draw) -> None:
    draw.choice(rows)["multimedia_rooms"] = -3


def _fraction(rows: list[dict], heads: dict, draw) -> None:
    draw.choice(rows)["backbone_teachers"] = "2.5"


def _code(rows: list[dict], heads: dict, draw) -> None:
    row = draw.choice([row for row in rows if row["stage"] is None])
    row["school_code"] = row["school_code"].strip()[:-1]


def _duplicate(rows: list[dict], heads: dict, draw) -> None:
    rows.append(dict(draw.choice(rows)))


def _pupils(rows: list[dict], heads: dict, draw) -> None:
    draw.choice(rows)["pupils"] = None


def _disagreement(rows: list[dict], heads: dict, draw) -> None:
    """The two rows of the nine-year school, the county's third, give two equipment values."""
    mixed = [row for row in rows if row["stage"] is not None]
    mixed[0]["equipment_value_yuan"], mixed[1]["equipment_value_yuan"] = "312.5", "321.5"


def _class(rows: list[dict], heads: dict, draw) -> None:
    draw.choice([row for row in rows if row["stage"] is None])["location"] = "开发区"


def _unit(rows: list[dict], heads: dict, draw) -> None:
    heads["equipment_value_yuan"] = "教学仪器设备值"
    for row in rows:
        if isinstance(row["equipment_value_yuan"], str):
            row["equipment_value_yuan"] = row["equipment_value_yuan"].removesuffix(
                UNITS["equipment_value_yuan"])


def _telephone(rows: list[dict], heads: dict, draw) -> None:
    heads[_PERSONAL] = "联系电话"
    for row in rows:
        row[_PERSONAL] = "13800000000"


MISTAKES: dict[str, Callable[[list[dict], dict, object], None]] = {
    "cell.text": _text, "cell.negative": _negative, "cell.fraction": _fraction,
    "identity.code": _code, "identity.duplicate": _duplicate, "pupils.missing": _pupils,
    "assets.disagree": _disagreement, "identity.class": _class, "header.unit": _unit,
    "privacy.found": _telephone}
