"""What a check reports (核查结论): one report a unit and year or a file, and how it all ends."""

from collections.abc import Iterable

from pipeline.ground.admission import one_line
from pipeline.ground.terms import FAILED, REFUSE, REFUSED, SEVERITY_ZH, WARN

ACCEPTED, PROBLEM, UNREAD, UNUSABLE = "accepted", "problem", "unread", "unusable"
OUTCOME_ZH = {ACCEPTED: "可用", REFUSED: "拒收", FAILED: "未能核查", PROBLEM: "有问题",
              UNREAD: "未读入", UNUSABLE: "不能运行"}


def report_of(place: str, rows: list[dict], files: list[str], outcome: str = ACCEPTED,
              reason: str = "", unit: str = "", name: str = "", year: int = 0) -> dict:
    """Return a report (see `check_paths`): whatever is accepted otherwise is refused for what
    was found."""
    refused = outcome == ACCEPTED and any(row["severity"] == REFUSE for row in rows)
    return {"place": one_line(place), "unit": unit, "name": name, "year": year, "files": files,
            "outcome": REFUSED if refused else outcome, "reason": reason, "findings": rows}


def exit_code(reports: Iterable[dict]) -> int:
    """Return what `run` would: 0 where all is accepted, 2 where it could not even begin."""
    outcomes = {report["outcome"] for report in reports} - {ACCEPTED, UNREAD}
    return 2 if UNUSABLE in outcomes else int(bool(outcomes))


def worst_first(reports: list[dict]) -> list[dict]:
    """Return the reports as they are told: what stops anything before what does not, and in each
    its refusals before its warnings and notes."""
    grave = [*SEVERITY_ZH]
    told = [{**report, "findings": sorted(report["findings"], key=lambda row: grave.index(
        row["severity"]))} for report in reports]
    return sorted(told, key=lambda report: report["outcome"] in (ACCEPTED, UNREAD))


def summary(reports: list[dict]) -> str:
    """Return the closing line: how many of each, and of what; how much refuses or warns."""
    counted = {zh: n for outcome, zh in OUTCOME_ZH.items()
               if (n := sum(report["outcome"] == outcome for report in reports))}
    units = sum(bool(report["unit"]) for report in reports)
    read = sum(len(report["files"]) for report in reports)
    of_units = f"{units} 个县、" if units else ""       # single files are of no county
    return (f"共核查 {of_units}{read} 个文件："
            + "，".join(f"{zh} {n}" for zh, n in counted.items()) + "。" + _findings_told(reports))


def _findings_told(reports: list[dict]) -> str:
    found = [row["severity"] for report in reports for row in report["findings"]]
    told = [f"{SEVERITY_ZH[severity]} {n} 条" for severity in (REFUSE, WARN)
            if (n := found.count(severity))]
    return f"核查记录中{'、'.join(told)}。" if told else ""
