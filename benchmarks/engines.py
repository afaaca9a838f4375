"""Two ways to a county's dossier, side by side in one run (两种做法并排计时).

    python benchmarks/engines.py [--counties 2] [--rounds 3] [--workers 2] [--growth 10,100,1000]

(a) plain: `papermill` on a fresh Jupyter kernel, then `jupyter nbconvert --to pdf` (xelatex,
    with the smallest template that prints Chinese) or `--to webpdf`, whichever is installed;
(b) ours: `junheng run`, with one preloaded parent, a fork a county, and Typst behind nbconvert.

Both take the same bound notebook and the same counties of a made-up nation, and do so in
turns, so that a busy machine bears on both. Seconds of the processor are printed beside those
of the clock for the same reason. Then ours alone runs whole nations of growing size, of which
about 4 % of the counties are to be refused. Everything is written to a temporary folder.
"""

import argparse
import csv
import importlib.util
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import nbformat
import pypdf

from pipeline.ground.terms import EXHIBIT_MIME
from pipeline.publishing.chapters.binding import bind
from pipeline.publishing.chapters.chapter_files import chapters

HERE, YEAR, SEED = Path(__file__).resolve().parent, 2023, 1
BIN = Path(sys.executable).parent
_GLANCE_SECONDS = 2  # looking at the memory takes time itself
FEWEST_PAGES, FEWEST_FIGURES = 15, 8
WAYS = {
    "xelatex": ["--to", "pdf", "--template", "zh",
                f"--TemplateExporter.extra_template_basedirs={HERE / 'templates'}",
                "--SVG2PDFPreprocessor.command=rsvg-convert -f pdf -o {to_filename} "
                "{from_filename}"],
    "webpdf": ["--to", "webpdf"]}


@dataclass(frozen=True)
class Taken:
    """What some counties took: clock, processor, peak memory (PSS) of all its processes."""

    counties: int
    seconds: float
    cpu_seconds: float
    memory_mib: float
    parts: dict

    def line(self, name: str, workers: int) -> str:
        """Return the row of the printed table."""
        each = self.cpu_seconds / self.counties
        return (f"{name:<10}{self.counties:>7}{self.seconds:>10.1f}"
                f"{60 * self.counties / self.seconds:>10.2f}{each:>12.2f}"
                f"{self.memory_mib / workers:>14.0f}   {self.parts}")


def way_installed() -> str | None:
    if shutil.which("xelatex") and shutil.which("rsvg-convert"):
        return "xelatex"
    return "webpdf" if importlib.util.find_spec("playwright") else None


def nation(place: Path, counties: int) -> list[str]:
    """Write a made-up nation and return the codes of the counties whose tables are sound."""
    subprocess.run([BIN / "junheng", "synth", place, "--counties", str(counties), "--years",
                    f"{YEAR}-{YEAR}", "--seed", str(SEED)], check=True, capture_output=True)
    with (place / "truth" / "counties.csv").open(encoding="utf-8") as file:
        return [row["code"] for row in csv.DictReader(file) if not row["refused_year"]]


def measured(counties: int, job, *arguments) -> Taken:
    """Run a job that returns its parts; watch the memory of the processes it starts."""
    peak, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(_GLANCE_SECONDS):
            peak[0] = max(peak[0], sum(map(pss_mib, below(os.getpid()))))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    begun, used = time.perf_counter(), cpu_of_children()
    parts = job(*arguments)
    seconds = time.perf_counter() - begun
    stop.set()
    watcher.join()
    return Taken(counties, seconds, cpu_of_children() - used, peak[0], parts)


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def below(pid: int) -> list[int]:
    """Return the processes below a process."""
    try:
        children = [int(child) for task in Path(f"/proc/{pid}/task").iterdir()
                    for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return children + [deeper for child in children for deeper in below(child)]


def pss_mib(pid: int) -> float:
    """Return the proportional set size: pages shared by n processes count 1/n each."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0


def plain(codes: list[str], raw: Path, out: Path, way: str, workers: int) -> dict:
    """Make dossiers with the two commands, so many counties at a time; median of each."""
    out.mkdir(parents=True)
    nbformat.write(bind(chapters("county")), out / "bound.ipynb")

    def county(code: str) -> tuple[float, float]:
        begun = time.perf_counter()
        parameters = {"unit": code, "year": YEAR, "raw": raw, "processed": out / "processed"}
        given = [word for name, value in parameters.items()
                 for word in ("-r" if name == "unit" else "-p", name, str(value))]
        quietly([BIN / "papermill", "bound.ipynb", f"{code}.ipynb", "--no-progress-bar", *given])
        executed = time.perf_counter()
        quietly([BIN / "jupyter", "nbconvert", "--no-input", *WAYS[way], f"{code}.ipynb"])
        return executed - begun, time.perf_counter() - executed

    def quietly(command: list) -> None:
        done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{command[0]} 失败：\n{done.stderr[-2000:]}")

    with ThreadPoolExecutor(workers) as pool:
        times = list(pool.map(county, codes))
    return dict(zip(("papermill", f"nbconvert ({way})"), medians(times), strict=True))


def ours(codes: list[str], raw: Path, out: Path, workers: int) -> dict:
    """Make dossiers with ``junheng run``, by name, or all of them where no code is given.

    The parts are medians of a county, what the logs say of its two halves, and what the whole
    took beside the counties at work: start, plan, publication, record.
    """
    begun = time.perf_counter()
    subprocess.run([BIN / "junheng", "run", *(codes or ["--all"]), "--year", str(YEAR), "--raw",
                    raw, "--out", out, "--processed", out.with_name(f"{out.name}-tables"),
                    "--workers", str(workers)], capture_output=True, check=bool(codes))
    seconds = time.perf_counter() - begun
    made = [record for record in journal(out) if record["state"] == "ok"]
    logs = [(out / str(YEAR) / record["code"] / "run.log").read_text("utf-8") for record in made]
    times = [[float(n) for n in re.findall(r"ed in ([\d.]+) s", log)] for log in logs]
    at_work = sum(record["seconds"] for record in made) / workers
    return {"beside": round(seconds - at_work, 1), "county": medians(
        [[record["seconds"]] for record in made])[0]} | dict(
        zip(("execute", "export"), medians(times), strict=True))


def journal(out: Path) -> list[dict]:
    """Return what the batch has noted of each county."""
    (path,) = (out / str(YEAR) / ".batch").glob("journal*.jsonl")
    records = map(json.loads, path.read_text("utf-8").splitlines())
    return [record for record in records if record["event"] == "county"]


def medians(rows: list) -> list[float]:
    return [round(statistics.median(column), 2) for column in zip(*rows, strict=True)]


def size_of(folder: Path) -> tuple[int, int]:
    """Return the pages of a dossier and its figures."""
    outputs = [output for cell in nbformat.read(folder / "dossier.ipynb", 4).cells
               for output in cell.get("outputs", [])]
    figures = sum(output.get("data", {}).get(EXHIBIT_MIME, {}).get("kind") == "figure"
                  for output in outputs)
    return len(pypdf.PdfReader(folder / "dossier.pdf").pages), figures


def compare(codes: list[str], raw: Path, place: Path, asked: argparse.Namespace) -> None:
    """Measure both ways in turns, and say what came out."""
    way, rows = way_installed(), {"plain": [], "ours": []}
    if not way:
        print("plain: not measured (neither xelatex with rsvg-convert nor playwright is here)")
    print(f"{'way':<10}{'counties':>7}{'s':>9}{'a minute':>10}{'cpu s each':>12}"
          f"{'MiB a worker':>14}   median s")
    for number in range(asked.rounds):
        chunk = codes[number * asked.counties:(number + 1) * asked.counties]
        if way:
            rows["plain"].append(measured(len(chunk), plain, chunk, raw, place / f"plain-{number}",
                                          way, asked.workers))
            print(rows["plain"][-1].line("plain", asked.workers), flush=True)
        rows["ours"].append(measured(len(chunk), ours, chunk, raw, place / f"ours-{number}",
                                     asked.workers))
        print(rows["ours"][-1].line("ours", asked.workers), flush=True)
    tell_sizes(codes, place, asked)
    if way:
        tell_ratio(rows)


def tell_sizes(codes: list[str], place: Path, asked: argparse.Namespace) -> None:
    sizes = [size_of(place / f"ours-{n // asked.counties}" / str(YEAR) / code)
             for n, code in enumerate(codes[:asked.rounds * asked.counties])]
    pages, figures = zip(*sizes, strict=True)
    if min(pages) < FEWEST_PAGES or min(figures) < FEWEST_FIGURES:
        raise SystemExit(f"dossiers too small: {sizes}")
    print(f"dossiers: {min(pages)}-{max(pages)} pages, {min(figures)}-{max(figures)} figures")


def tell_ratio(rows: dict[str, list[Taken]]) -> None:
    """Ours with its start in every round, and without it, as in a long batch."""
    pace = {name: statistics.median(60 * t.counties / t.seconds for t in taken)
            for name, taken in rows.items()}
    steady = statistics.median(60 * t.counties / (t.seconds - t.parts["beside"])
                               for t in rows["ours"])
    cpu = {name: statistics.median(t.cpu_seconds / t.counties for t in taken)
           for name, taken in rows.items()}
    print(f"counties a minute, median of {len(rows['ours'])} rounds: plain {pace['plain']:.1f}; "
          f"ours {pace['ours']:.1f} with its start in every round, ratio "
          f"{pace['ours'] / pace['plain']:.1f}; {steady:.1f} while counties are at work, ratio "
          f"{steady / pace['plain']:.1f}; by processor time, start included, ratio "
          f"{cpu['plain'] / cpu['ours']:.1f}")


def grow(sizes: list[int], place: Path, workers: int) -> None:
    """Run nations of these sizes whole (``--all``) and print the cost of one county more."""
    before = None
    for size in sizes:
        raw, out = place / f"nation-{size}", place / f"growth-{size}"
        nation(raw, size)
        taken = measured(size, ours, [], raw, out, workers)
        print(taken.line("all", workers), flush=True)
        if before:
            more = size - before.counties
            print(f"{'':<10}from {before.counties} to {size}: "
                  f"{(taken.seconds - before.seconds) / more:.2f} s and "
                  f"{(taken.cpu_seconds - before.cpu_seconds) / more:.2f} cpu s a county more")
        before = taken
        shutil.rmtree(out)
        shutil.rmtree(raw)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--counties", type=int, default=2, help="in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--growth", default="10,100", help="sizes of nations run by ours alone")
    asked = parser.parse_args()
    print(f"{date.today()}, {platform.platform()}, Python {platform.python_version()}, "
          f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {asked.workers} workers")
    with tempfile.TemporaryDirectory(prefix="junheng-benchmark-") as name:
        place = Path(name)
        codes = nation(place / "raw", asked.counties * asked.rounds * 11 // 10 + 5)
        compare(codes, place / "raw", place, asked)
        grow([int(n) for n in asked.growth.split(",") if n], place, asked.workers)


if __name__ == "__main__":
    main()
