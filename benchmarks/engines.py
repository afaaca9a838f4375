"""Two ways to a county's dossier, side by side in one run (两种做法并排计时).

    python benchmarks/engines.py [--counties 2] [--rounds 3] [--workers 2] [--growth 10,100,1000]

(a) plain: `papermill` on a fresh Jupyter kernel, then `jupyter nbconvert --to pdf` (xelatex,
    with the smallest template that prints Chinese) or `--to webpdf`, whichever is installed;
(b) ours: one preloaded parent, a fork a county, the nbconvert exporter with Typst.

Both take the same bound notebook and the same counties of a made-up nation, and do so in
turns, so that a busy machine bears on both. Seconds of the processor are printed beside those
of the clock for the same reason. Everything is written to a temporary folder.
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

from pipeline.publishing.binding import bind, chapters
from pipeline.terms import EXHIBIT_MIME

HERE, YEAR, SEED = Path(__file__).resolve().parent, 2023, 1
BIN = Path(sys.executable).parent
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
    """Write a made-up nation and return the codes of counties whose tables are sound."""
    wanted = counties + counties // 10 + 10
    subprocess.run([BIN / "junheng", "synth", place, "--counties", str(wanted), "--years",
                    f"{YEAR}-{YEAR}", "--seed", str(SEED)], check=True, capture_output=True)
    with (place / "truth" / "counties.csv").open(encoding="utf-8") as file:
        sound = [row["code"] for row in csv.DictReader(file) if not row["refused_year"]]
    return sound[:counties]


def measured(counties: int, job, *arguments) -> Taken:
    """Run a job that returns its parts; watch the memory of the processes it starts."""
    peak, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.5):
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
    """Make dossiers with the fork engine; the medians of what the logs say."""
    task = json.dumps({"codes": codes, "raw": str(raw), "out": str(out), "workers": workers})
    told = subprocess.run([sys.executable, __file__, "--loop", task], check=True, text=True,
                          capture_output=True).stdout
    logs = [(out / str(YEAR) / code / "run.log").read_text("utf-8") for code in codes]
    times = [[float(n) for n in re.findall(r"ed in ([\d.]+) s", log)] for log in logs]
    return {"start": float(told.split()[-1])} | dict(
        zip(("execute", "export"), medians(times), strict=True))


def loop(codes: list[str], raw: str, out: str, workers: int) -> None:
    """Fork a child for each county, so many at a time; print the seconds of the start."""
    from pipeline.publishing.preloading import be_child, preload
    from pipeline.publishing.surroundings import settle

    settle()
    begun, parent = time.perf_counter(), os.getpid()
    preload()
    print(time.perf_counter() - begun, flush=True)
    running = 0
    for code in codes:
        if running == workers:
            ended(os.wait())
            running -= 1
        running += 1
        if os.fork() == 0:
            be_child(parent, f"{code}-{YEAR}")
            made(code, raw, out)
    for _ in range(running):
        ended(os.wait())


def ended(waited: tuple[int, int]) -> None:
    if waited[1]:
        raise SystemExit("a county failed")


def made(code: str, raw: str, out: str) -> None:
    from pipeline.publishing.binding import checked
    from pipeline.publishing.dossier import Order, make_dossier

    status = 1
    try:
        given = {"unit": code, "year": YEAR, "raw": raw, "processed": f"{out}/processed"}
        make_dossier(Order(checked(given), Path(out)))
        status = 0
    finally:
        os._exit(status)


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
    """Ours without the start, which a batch pays once, and with it; and by processor time."""
    def rate(taken: Taken) -> float:
        return taken.counties / (taken.seconds - taken.parts.get("start", 0)) * 60

    pace = {name: statistics.median(map(rate, taken)) for name, taken in rows.items()}
    whole = {name: statistics.median(t.seconds / t.counties for t in taken)
             for name, taken in rows.items()}
    cpu = {name: statistics.median(t.cpu_seconds / t.counties for t in taken)
           for name, taken in rows.items()}
    print(f"counties a minute: plain {pace['plain']:.1f}, ours {pace['ours']:.1f} without the "
          f"start: ratio {pace['ours'] / pace['plain']:.1f}; with it in every round "
          f"{whole['plain'] / whole['ours']:.1f}; by processor time, start included, "
          f"{cpu['plain'] / cpu['ours']:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--counties", type=int, default=2, help="in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--growth", default="10,100", help="sizes of batches of ours alone")
    parser.add_argument("--loop", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.loop:
        loop(**json.loads(asked.loop))
        return
    growth = [int(n) for n in asked.growth.split(",") if n]
    print(f"{date.today()}, {platform.platform()}, Python {platform.python_version()}, "
          f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {asked.workers} workers")
    with tempfile.TemporaryDirectory(prefix="junheng-benchmark-") as name:
        place = Path(name)
        codes = nation(place / "raw", max([asked.counties * asked.rounds, *growth]))
        compare(codes, place / "raw", place, asked)
        for count in growth:
            taken = measured(count, ours, codes[:count], place / "raw", place / f"growth-{count}",
                             asked.workers)
            print(taken.line("ours", asked.workers), flush=True)
            shutil.rmtree(place / f"growth-{count}")


if __name__ == "__main__":
    main()
