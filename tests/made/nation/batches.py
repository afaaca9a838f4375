"""Small nations for tests of the batch: the published five-school example under many codes.

The fake job does what a dossier does on disk and nothing else, in a few milliseconds, so that
a county can be made to fail in every way there is.
"""

import contextlib
import copy
import ctypes
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from standing import results

from pipeline.county.known_files import KnownFiles
from pipeline.definitions.base import DATA
from pipeline.ground.errors import DossierFailed, InputRefused
from pipeline.ground.keeping import write_own
from pipeline.ground.ownership import seal_log
from pipeline.publishing.batch.asking import Batch
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.progress import Progress
from pipeline.publishing.batch.running import run_batch
from pipeline.publishing.chapter_parameters import checked
from pipeline.publishing.chapters.progress_file import PROGRESS
from pipeline.publishing.order import Order
from pipeline.publishing.records.manifest import causes, manifest, manifest_text

YEAR = 2012
HEAD = "code,name,province,prefecture,standard,plans,notice"
EXAMPLE = DATA / "raw" / "2012" / "990102_五校算例.csv"


class Nation:
    """So many counties with a raw folder, an output folder and processed tables of their own."""

    def __init__(self, place, counties):
        self.place, self.raw, self.out = place, place / "raw", place / "out"
        self.told = io.StringIO()
        self.codes = [f"91{number:04d}" for number in range(1, counties + 1)]
        (self.raw / str(YEAR)).mkdir(parents=True)
        lines = [f"{c},第{c}县,某省,某市,ref-worked-example,,造的" for c in self.codes]
        (self.raw / "counties.csv").write_text("\n".join([HEAD, *lines, ""]), "utf-8")
        for code in self.codes:
            self.file(code).write_bytes(EXAMPLE.read_bytes())

    def copied(self, place):
        """Return a nation of its own that has all that this one has."""
        shutil.copytree(self.place, place)
        other = copy.copy(self)
        other.place, other.raw, other.out = place, place / "raw", place / "out"
        other.told = io.StringIO()
        return other

    def file(self, code):
        return self.raw / str(YEAR) / f"{code}_算例.csv"

    def folder(self, code):
        return self.out / str(YEAR) / code

    def order(self, code, known=None):
        given = {"unit": code, "year": YEAR, "raw": str(self.raw),
                 "processed": str(self.place / "processed")}
        return Order(checked(given), self.out, known=known or KnownFiles())

    def batch(self, **more):
        shard = more.get("shard")
        mine = [c for c in self.codes if shard is None or shard.takes(c)]
        more = {"limits": Limits(30, 2000), "workers": 2} | more
        known = KnownFiles.looked(self.raw, YEAR)
        return Batch([self.order(code, known.about(code)) for code in mine], self.out / str(YEAR),
                     {code: f"第{code}县" for code in self.codes}, **more)

    def run(self, faults=None, job=None, look=lambda: ({}, []), **more):
        """Run a batch with fake dossiers; return code → outcome, and the exit code."""
        batch = self.batch(**more)
        job = job or fake(faults or {})
        outcomes, code = run_batch(
            batch, lambda work: Crew(job, batch.limits, batch.workers, work),
            look, Progress(len(batch.orders), self.told))
        return {o.code: o for o in outcomes}, code

    def record(self, suffix=""):
        return json.loads((self.out / str(YEAR) / f"batch{suffix}.json").read_text("utf-8"))

    def hashes(self):
        """Return place → sha256 of everything that a run leaves for its readers.

        The record beside processed tables is left out: it tells where the raw folder stood.
        """
        kept = [*self.out.glob(f"{YEAR}/[0-9]*/**/*"), *self.place.glob("processed/**/*")]
        told = set(self.place.glob("processed/**/manifest.json"))
        return {p.relative_to(self.place).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
                for p in kept if p.is_file() and p.name != "run.log" and p not in told}


def fake(faults, tables=1):
    """Return a job that makes a small dossier, or commits the fault that is set for the code."""
    names = ["dossier.ipynb", "findings.json", "results.json",
             *(f"tables/table{n}.csv" for n in range(tables))]

    def job(order, work):
        county = order.county
        place = {"cell": 12, "chapter": "02_resources"}
        (work / PROGRESS).write_text(json.dumps(place), "utf-8")
        if county.code in faults:
            FAULTS[faults[county.code]]()
        finished = work / "dossier"
        (finished / "tables").mkdir(parents=True)
        said = county.name + "".join(
            p.read_text("utf-8", "replace") for p in county.files(county.year))
        for name in (*(f"dossier.{name}" for name in order.formats or ("pdf",)), *names):
            (finished / name).write_text(f"{name}\n{said}", "utf-8")
        judged_by = {"id": county.standard.id, "sha256": county.standard.sha256}
        told = results(county.code, county.name, year=county.year, said=said, standard=judged_by)
        (finished / "results.json").write_text(json.dumps(told), "utf-8")
        record = manifest(causes(county, order.parameters), finished)
        (finished / "manifest.json").write_text(manifest_text(record), "utf-8")
        (finished / "run.log").write_text("made\n", "utf-8")
        seal_log(finished / "run.log")
        write_own(work / "processed" / str(county.year) / county.code, "schools.csv",
                  said.encode())
    return job


def segfault():
    ctypes.string_at(0)


def hang():
    while True:
        time.sleep(10)


def hang_deaf_with_a_child():
    """Ignore every polite request, and leave a process behind."""
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "junheng-left-over"])
    hang()


def eat():
    eaten = []
    while True:
        eaten.append(b"x" * 20_000_000)


def fail():
    raise DossierFailed("故意失败")


def refuse():
    raise InputRefused("原始数据有 1 处必须改正，未作测算")


def disk_full():
    raise OSError(28, "No space left on device")


def left_over():
    """Return the processes that `hang_deaf_with_a_child` left behind."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found += [place] if b"junheng-left-over" in place.read_bytes() else []
    return found


FAULTS = {"segfault": segfault, "hang": hang, "deaf": hang_deaf_with_a_child, "eat": eat,
          "exit": lambda: sys.exit(0), "os_exit": lambda: os._exit(0), "fail": fail,
          "refuse": refuse, "full": disk_full, "bug": lambda: 1 / 0}
