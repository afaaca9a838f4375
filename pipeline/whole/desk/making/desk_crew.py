"""The crew of the desk (窗口的人手): takes jobs from the queue and works on each in a child.

The children are those of `publishing.batch.hands.crew`, with its limits. This process alone
moves what they made to its place and writes it down; killed at any moment, it finds at its next
start what was finished and does the rest again.
"""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pipeline.ground.terms import REFUSE
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew, Ended
from pipeline.publishing.batch.outcome import KILLED, OK, STATE_ZH, Task
from pipeline.publishing.records.manifest import read_manifest
from pipeline.publishing.records.publication import discard, flush_folder
from pipeline.whole.checking.check_reports import ACCEPTED, FAILED as NOT_CHECKED, REFUSED, UNUSABLE
from pipeline.whole.desk import job_queue
from pipeline.whole.desk.desk_clock import wind
from pipeline.whole.desk.desk_folder import Desk, flush
from pipeline.whole.desk.making.desk_job import (
    CHECKED,
    Command,
    Work,
    chapter_of,
    finished,
    work_on,
)
from pipeline.whole.desk.retention import PERSONAL, Sweeper, finish_deletions, mark_personal
from pipeline.whole.desk.states import CHECK, DONE, FAILED, INTERNAL, READY, TO_MEND, UNCHECKED
from pipeline.whole.desk.storage import connect, new_id, written

_GLANCE_SECONDS, _BEAT_SECONDS, _WIND_SECONDS = 0.3, 3, 30
_GRACE_SECONDS = 20
_LIMITS = Limits(seconds=1500, memory_mb=3000)


class DeskCrew:
    """Who works for the desk: ``command`` does what the command line does."""

    def __init__(self, desk: Desk, command: Command):
        self.desk, self.command, self.db = desk, command, connect(desk)
        self.worker, self.jobs, self.stopping = new_id(), {}, False
        self.hands = Crew(work_on, _LIMITS, desk.workers, desk.fresh_work())
        self.sweeper = Sweeper(self.db, desk)
        job_queue.reclaim(self.db, everything=True)

    def work(self) -> None:
        """Work until a signal comes; then what is under way has some seconds to finish."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        beat, winding, until = 0.0, 0.0, float("inf")
        while True:
            at = time.monotonic()
            if self.stopping:
                until = min(until, at + _GRACE_SECONDS)
                if not self.hands.busy() or at >= until:
                    break
            elif at >= winding:
                wind(self.db)
                self.sweeper.sweep()
                winding = at + _WIND_SECONDS
            if at >= beat:
                self._beat()
                beat = at + _BEAT_SECONDS
            self._take()
            if self.hands.busy():
                for ended in self.hands.ended(_GLANCE_SECONDS):
                    self._keep(ended)
            else:
                time.sleep(_GLANCE_SECONDS)
        self._give_up()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _take(self) -> None:
        while not self.stopping and self.hands.has_room():
            job = job_queue.claim(self.db, self.worker, self.jobs)
            if not job:
                return
            if job["kind"] != CHECK and self._stands(job):
                continue
            self.jobs[job["id"]] = job
            task = Task(self._work(job), job["id"], job["unit"],
                        seed=f"{job['unit']}-{job['year']}")
            self.hands.take(task, attempt=job["tries"] + 1)  # the queue tries again, not the crew

    def _work(self, job) -> Work:
        others = self.db.execute(
            "SELECT upload.id, year, suffix, (SELECT id FROM job WHERE upload = upload.id AND"
            " kind = 'make' AND edition = ? AND job.state = ? ORDER BY job.changed DESC LIMIT 1)"
            " AS made FROM upload WHERE unit = ? AND year < ? AND upload.state = ?"
            " ORDER BY year, upload.made", (INTERNAL, DONE, job["unit"], job["year"],
                                            READY)).fetchall()
        latest = {row["year"]: row for row in others}
        files = tuple((year, self.desk.file_of(row["id"], row["suffix"]))
                      for year, row in latest.items())
        made = tuple((year, place) for year, row in latest.items() if row["made"]
                     and (place := self.desk.outputs / row["made"]).is_dir())
        return Work(self.command, job["kind"], job["unit"], job["year"],
                    self.desk.file_of(job["upload"], job["suffix"]), self.desk.register,
                    self.desk.corrections,
                    job["formats"], job["edition"],
                    tuple(one for one in files if one[1].is_file()), made)

    def _stands(self, job) -> bool:
        """Note as done what an earlier try has brought to its place and not written down."""
        record = read_manifest(self.desk.outputs / job["id"])
        return bool(record) and job_queue.end(self.db, job, DONE, run_id=record["run_id"])

    def _beat(self) -> None:
        lost = [job for job in self.jobs if not job_queue.beat(
            self.db, job, self.worker, chapter_of(self._folder(job)))]
        job_queue.reclaim(self.db)
        for child in [c for c in self.hands.children if c.task.code in lost]:
            os.killpg(child.pid, signal.SIGKILL)

    def _folder(self, job: str) -> Path:
        return next((child.work for child in self.hands.children if child.task.code == job),
                    self.hands.work / job)

    def _keep(self, ended: Ended) -> None:
        job = self.jobs.pop(ended.task.code)
        keep: Callable = self._keep_check if job["kind"] == CHECK else self._keep_made
        keep(job, ended)
        discard(ended.work)

    def _keep_check(self, job, ended: Ended) -> None:
        if ended.outcome.state != OK:
            self._failed(job, ended)
            return
        reports = json.loads((ended.work / CHECKED).read_bytes())
        mine = [report for report in reports if report["unit"] == job["unit"]]
        told = mine or [r for r in reports if r["outcome"] in (UNUSABLE, NOT_CHECKED)] or reports
        outcomes = {report["outcome"] for report in told}
        state = READY if outcomes == {ACCEPTED} else (
            TO_MEND if mine and outcomes <= {ACCEPTED, REFUSED} else UNCHECKED)
        rows = [row for report in told for row in report["findings"]]
        counted = Counter(row["severity"] for row in rows)
        reason = "；".join(filter(None, (report["reason"] for report in told)))
        personal = any(row["code"] == PERSONAL and row["severity"] == REFUSE for row in rows)
        with written(self.db):  # a kill leaves all of it or nothing
            heard = job_queue.checked(self.db, job, state, reason,
                                      json.dumps(rows, ensure_ascii=False),
                                      dict(sorted(counted.items())))
            if heard and personal:
                mark_personal(self.db, job["upload"])
        if heard and personal:
            finish_deletions(self.db, self.desk)

    def _keep_made(self, job, ended: Ended) -> None:
        made = finished(ended.task.order, ended.work)
        record = read_manifest(made) if ended.outcome.state == OK else None
        if not record:
            self._failed(job, ended)
            return
        place = self.desk.outputs / job["id"]
        if place.exists() or not self._holds(job):
            return
        flush_folder(made)
        made.rename(place)
        flush(self.desk.outputs)
        job_queue.end(self.db, job, DONE, run_id=record["run_id"])

    def _holds(self, job) -> bool:
        return job_queue.beat(self.db, job["id"], self.worker, "")

    def _failed(self, job, ended: Ended) -> None:
        """A refusal or a fault of ours has a reason and ends the job; a death lets it wait."""
        outcome, stage = ended.outcome, chapter_of(ended.work)
        if outcome.state == KILLED and job["tries"] < job_queue.MOST_TRIES:
            job_queue.died(self.db, job)
            return
        reason = f"{STATE_ZH[outcome.state]}：{outcome.reason}"
        if job["kind"] == CHECK:
            job_queue.checked(self.db, job, UNCHECKED, reason, "", {})
        else:
            job_queue.end(self.db, job, FAILED, reason, stage)

    def _give_up(self) -> None:
        for task in self.hands.drop():
            job_queue.given_back(self.db, task.code, self.worker)
        self.hands.close()
        wind(self.db)
        self.db.close()

