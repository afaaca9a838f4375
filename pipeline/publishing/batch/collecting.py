"""Collecting (汇总): the journals of all shards make one record; twice gives the same bytes.

The shards need not have ended: a shard that was killed, or never started, shows as the
counties of the plan that nobody has written down.
"""

from pathlib import Path

from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import require_ours
from pipeline.publishing.batch.asking import HIDDEN
from pipeline.publishing.batch.books.journal import Story, read_journal
from pipeline.publishing.batch.books.record import write_record
from pipeline.publishing.batch.outcome import DONE, FAILED, Outcome
from pipeline.publishing.records.manifest import read_manifest


def collected(year_folder: Path) -> tuple[list[Outcome], list[str], list[str]]:
    """Write the record of all shards; return the outcomes, and what does not agree or was kept."""
    paths = sorted((year_folder / HIDDEN).glob("journal-*-of-*.jsonl"))
    read = {path.stem.removeprefix("journal-"): read_journal(path) for path in paths}
    stories = [story for story in read.values() if story]
    if not stories:
        raise WrongUse(f"{year_folder} 中没有分片的记录。请先用 --shard 运行各分片。")
    require_ours(year_folder / HIDDEN)
    told = _together(stories)
    told.begin["problems"] += [f"分片 {shard.replace('-of-', '/')} 的记录已损坏，请重新运行该分片"
                               for shard, story in read.items() if not story]
    for code, outcome in told.outcomes.items():
        record = read_manifest(year_folder / code) if outcome.state in DONE else None
        if outcome.state in DONE and (not record or record["run_id"] != outcome.run_id):
            told.outcomes[code] = outcome.but(state=FAILED, reason="记录为已出，但卷宗不在或不符")
    kept = write_record(year_folder, told)
    return told.complete(), told.begin["problems"], kept


def _together(stories: list[Story]) -> Story:
    """Join what the shards tell; the plan is that of all of them."""
    first = stories[0].begin
    problems = sorted({problem for story in stories for problem in story.begin["problems"]})
    for name, zh in (("program", "程序"), ("parameters", "参数"), ("plan", "县的名单")):
        if any(story.begin[name] != first[name] for story in stories):
            problems.append(f"各分片的{zh}不同，请用同一版本、同一份资料重做")
    begin = {**first, "shard": "", "problems": problems,
             "started": min(story.begin["started"] for story in stories),
             **{name: {code: said for story in stories for code, said in story.begin[name].items()}
                for name in ("plan", "places")}}
    ends = [story.end.get("finished", "") for story in stories]
    told = Story(begin, end={"finished": max(ends), "stopped_by": 0})
    for story in stories:
        told.outcomes |= story.outcomes
    return told
