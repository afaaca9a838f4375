"""Findings in lines for people (核查记录): place, what was found, what is right, what to do."""

from pipeline.ground.handover import Handover
from pipeline.ground.terms import SEVERITY_ZH, cell_told


def refusals(made: Handover) -> list[str]:
    """Return one line a refusing finding; none where it was refused before its files were read."""
    if not made.has("findings"):
        return []
    found = made.load("findings")
    return finding_lines(found[found["severity"] == "refuse"].to_dict("records"))


def finding_lines(rows: list[dict]) -> list[str]:
    """Print findings (核查记录), like ones of one sheet together: every place is named."""
    alike: dict[tuple, list[dict]] = {}
    for row in rows:
        key = (SEVERITY_ZH[row["severity"]], row["file"], row["sheet"], row["action"],
               row["rule"], row["remedy"])
        alike.setdefault(key, []).append(row)
    return [_finding_line(*key, places) for key, places in alike.items()]


def _finding_line(severity: str, file: str, sheet: str, action: str, rule: str, remedy: str,
                  places: list[dict]) -> str:
    cells = [cell_told(row) for row in places if row["row"]]
    place = file + (f" · {sheet}" if sheet else "") + (f" {'、'.join(cells)}" if cells else "")
    return f"【{severity}】{place}：{action}。规则：{rule}。改法：{remedy}。"
