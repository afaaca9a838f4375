"""The batch record (批次记录): `batch.json` to compute with, `batch.csv` to open in Excel."""

import csv
import io
import json
from collections import Counter
from pathlib import Path

from pipeline.ground.admission import read_json
from pipeline.ground.terms import VERDICT_ZH
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.batch.books.journal import Story
from pipeline.publishing.batch.outcome import DONE, STATE_ZH, Outcome
from pipeline.publishing.records.conclusion_told import NOTHING_TOLD, conclusion_told
from pipeline.publishing.records.publication import write_own
from pipeline.publishing.records.tables.csv_tables import spreadsheet_text

SCHEMA = "junheng.batch/2"
_COLUMNS = {
    "code": "县代码", "name": "县名", "province": "省", "prefecture": "市", "state": "结果",
    "verdict": "结论", "met": "达标项数", "not_met": "未达标项数", "undetermined": "待核项数",
    "reason": "原因", "chapter": "章节", "path": "卷宗或记录", "seconds": "用时（秒）",
    "peak_memory_mb": "峰值内存（MB）", "attempts": "次数", "run_id": "运行编号"}


def write_record(folder: Path, story: Story, suffix: str = "") -> list[str]:
    """Write the record of a batch, or of one shard of it, whole; return what there is to say."""
    return _write(folder, batch_record(folder, story), suffix)


def renew_record(folder: Path, story: Story, _: str = "") -> list[str]:
    """Bring the record of a batch up to date with units that were made by name since."""
    record = read_json(folder / "batch.json")
    try:
        if record["schema"] != SCHEMA:
            return []
        known = {Outcome.read(row).code: {name: row[name] for name in _COLUMNS}
                 for row in record["counties"]}
    except (ValueError, KeyError, TypeError):
        return []  # damaged, or none: the next batch of everybody writes it whole
    known |= {row["code"]: row for row in _rows(folder, story)}
    return _write(folder, record | _counted([known[code] for code in sorted(known)]), "")


def _write(folder: Path, record: dict, suffix: str) -> list[str]:
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    files = {f"batch{suffix}.json": text.encode("utf-8"),
             f"batch{suffix}.csv": _csv(record["counties"]).encode("utf-8-sig")}
    return [said for name, content in files.items()
            for said in write_own(folder / name, content, folder / HIDDEN / WRITTEN)]


def batch_record(folder: Path, story: Story) -> dict:
    """Return the record: how the batch began and ended, the counts, a line a county."""
    begin = {name: value for name, value in story.begin.items()
             if name not in ("event", "plan", "places")}
    end = {name: value for name, value in story.end.items() if name != "event"}
    return {"schema": SCHEMA, **begin, **end, **_counted(_rows(folder, story))}


def _rows(folder: Path, story: Story) -> list[dict]:
    """Return a line a county: what became of it, where it is, what its dossier says."""
    places, rows = story.begin["places"], []
    for outcome in story.complete():
        province, prefecture = places.get(outcome.code, ("", ""))
        told = _told(folder, outcome)
        row = {**outcome.record(), "province": province, "prefecture": prefecture, **told}
        rows.append({name: row[name] for name in _COLUMNS})
    return rows


def _told(folder: Path, outcome: Outcome) -> dict:
    """Return the conclusion and where to look; an older dossier says nothing of today's data."""
    if outcome.state in DONE:
        return {**conclusion_told(folder / outcome.code), "path": f"{outcome.code}/dossier.pdf"}
    log = f"logs/{outcome.code}.log"
    return {**NOTHING_TOLD, "path": log if (folder / log).is_file() else ""}


def _counted(rows: list[dict]) -> dict:
    counted = Counter(row["state"] for row in rows)
    return {"counts": {state: counted[state] for state in STATE_ZH}, "counties": rows}


def _csv(rows: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS.values())
    for row in rows:
        said = row | {"state": STATE_ZH[row["state"]],
                      "verdict": VERDICT_ZH.get(row["verdict"], "")}
        writer.writerow([spreadsheet_text(v) if isinstance(v, str) else v for v in said.values()])
    return text.getvalue()
