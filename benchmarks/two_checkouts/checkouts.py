"""Checkouts that are run beside each other (两份程序), each by a Python that takes its program."""

import json
import os
import subprocess
import sysconfig
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

PROGRAM = "junheng"
RECORDS = ("results.json", "findings.json", "annual.json")


@dataclass(frozen=True)
class Book:
    """One book: its name, the words of the command that makes it, its year and raw folder."""

    name: str
    words: tuple[str, ...]
    year: int
    raw: Path


@dataclass(frozen=True)
class Side:
    """A checkout, and the folder that takes what it makes."""

    home: Path
    place: Path

    def interpreter(self) -> Path:
        """Return a Python that imports its program wherever it starts: its own, or one that takes
        this one's packages."""
        own, made = (place / "bin" / "python" for place in (self.home / ".venv",
                                                            self.place / "python"))
        if own.is_file() or made.is_file():
            return own if own.is_file() else made
        venv.create(self.place / "python", symlinks=True)
        (packages,) = (self.place / "python").glob("lib/*/site-packages")
        for found in Path(sysconfig.get_path("purelib")).iterdir():
            if PROGRAM not in found.name and not (packages / found.name).exists():
                (packages / found.name).symlink_to(found)
        (packages / f"{PROGRAM}.pth").write_text(f"{self.home}\n", encoding="utf-8")
        _say_installed(self.home, packages)
        return made

    def python(self, *words: object, **more: object) -> subprocess.CompletedProcess:
        """Run its Python in its folder."""
        return subprocess.run([self.interpreter(), *words], cwd=self.home, check=False,
                              stdout=subprocess.PIPE, **more)

    def require_own_program(self) -> None:
        """Stop where its Python takes another checkout's program: a run starts anew in an
        environment that knows neither the folder nor PYTHONPATH, and all would be equal."""
        said = self.python("-P", "-c", "import pipeline; print(pipeline.__file__)", text=True,
                           env={"PATH": os.environ["PATH"]}).stdout
        if self.home / "pipeline" / "__init__.py" != Path(said.strip()).resolve():
            raise SystemExit(f"{self.home} 的 Python 引用的是另一份程序：{said.strip() or '没有'}")

    def make(self, book: Book) -> int:
        """Make a book; return the exit code."""
        folder = self.place / book.name
        return self.python(
            "-m", "pipeline", *book.words, "--year", str(book.year), "--raw", book.raw,
            "--out", folder / "reports", "--processed", folder / "processed").returncode

    def files(self, book: Book) -> dict[str, Path]:
        """Return what is compared of a book: its place → the file."""
        base, year = self.place / book.name, str(book.year)
        found = [p for pattern in (*RECORDS, "*.pdf", "tables/*.csv")
                 for p in (base / "reports" / year).glob(f"[!.]*/{pattern}")]
        found += (base / "processed" / year).glob("[!.]*/*.csv")
        return {p.relative_to(base).as_posix(): p for p in found}

    def run_ids(self, book: Book) -> list[str]:
        """Return the run ids of what was made."""
        made = (self.place / book.name / "reports" / str(book.year)).glob("[!.]*/manifest.json")
        return [json.loads(path.read_bytes())["run_id"] for path in made]


def _say_installed(home: Path, packages: Path) -> None:
    """Tell a folder of packages that a checkout is installed, and where libraries find it."""
    project = tomllib.loads((home / "pyproject.toml").read_text("utf-8"))["project"]
    said = packages / f"{PROGRAM}-{project['version']}.dist-info"
    said.mkdir()
    (said / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {PROGRAM}\nVersion: {project['version']}\n", "utf-8")
    lines = [line for group, names in project["entry-points"].items()
             for line in (f"[{group}]", *(f"{name} = {place}" for name, place in names.items()))]
    (said / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")
