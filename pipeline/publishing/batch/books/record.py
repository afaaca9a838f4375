"""The batch record (批次记录): `batch.json` to compute with, `batch.csv` to open in Excel."""

import csv
import io
import json
from collections import Counter
from pathlib import Path

from pipeline.ground.admission import read_json
from pipeline.publishing.batch.asking import HIDDEN, WRITTEN
from pipeline.publishing.batch.books.journal import Story
from pipeline.publishing.batch.outcome import STATE_ZH, Outcome
from pipeline.publishing.records.csv_tables import spreadsheet_text
from pipeline.publishing.records.publication import write_own

SCHEMA = "junheng.batch/1"
_HEAD = ("县代码", "县名", "结果", "原因", "章节", "用时（秒）", "峰值内存（MB）", "次数",
         "运行编号")


def write_record(folder: Path, story: Story, suffix: str = "") -> list[str]:
    """Write the record of a batch, or of one shard of it, whole; return what there is to say."""
    return _write(folder, batch_record(story, story.complete()), suffix)


def renew_record(folder: Path, story: Story, _: str = "") -> list[str]:
    """Bring the record of a batch up to date with units that were made by name since."""
    record = read_json(folder / "batch.json")
    try:
        known = {(outcome := Outcome.read(row)).code: outcome for row in record["counties"]}
    except (ValueError, KeyError, TypeError):
        return []  # damaged, or none: the next batch of everybody writes it whole
    known |= {outcome.code: outcome for outcome in story.complete()}
    outcomes = [known[code] for code in sorted(known)]
    return _write(folder, record | _counted(outcomes), "")


def _write(folder: Path, record: dict, suffix: str) -> list[str]:
    text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    files = {f"batch{suffix}.json": text.encode("utf-8"),
             f"batch{suffix}.csv": _csv(record["counties"]).encode("utf-8-sig")}
    return [said for name, content in files.items()
            for said in write_own(folder / name, content, folder / HIDDEN / WRITTEN)]


def batch_record(story: Story, outcomes: list[Outcome]) -> dict:
    """Return the record: how the batch began and ended, the counts, a line a county."""
    begin = {name: value for name, value in story.begin.items() if name not in ("event", "plan")}
    end = {name: value for name, value in story.end.items() if name != "event"}
    return {"schema": SCHEMA, **begin, **end, **_counted(outcomes)}


def _counted(outcomes: list[Outcome]) -> dict:
    counted = Counter(outcome.state for outcome in outcomes)
    return {"counts": {state: counted[state] for state in STATE_ZH},
            "counties": [outcome.record() for outcome in outcomes]}


def _csv(rows: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    for row in rows:
        said = row | {"state": STATE_ZH[row["state"]]}
        writer.writerow([spreadsheet_text(v) if isinstance(v, str) else v for v in said.values()])
    return text.getvalue()
