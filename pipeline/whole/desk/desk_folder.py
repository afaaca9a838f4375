"""The folder of a desk (窗口的文件夹): where everything stands, and within which limits."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.definitions.forms.unit_list import LIST, unit_of
from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import scratch
from pipeline.publishing.records.publication import discard

SUFFIXES = (".xlsx", ".xls", ".csv")
FORMATS = ("pdf", "docx", "xlsx", "html")
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Desk:
    """A desk: its folder, where it listens, its limits; days and megabytes as they are named.

    ``names`` are the host names by which a proxy with TLS hands requests on; none means that
    only this machine may come, by plain http.
    """

    place: Path
    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 2
    most_mb: int = 20
    names: tuple[str, ...] = ()
    scan: str = ""
    uploads_a_day: int = 30
    quota_mb: int = 500
    least_free_mb: int = 2000
    upload_days: int = 30
    output_days: int = 180
    last_days: int = 550  # of the last fit file and dossier of a county and year: the next year's
    log_days: int = 3 * 365
    token_days: int = 90

    @property
    def database(self) -> Path:
        """Return the file of the database."""
        return self.place / "desk.db"

    @property
    def inbox(self) -> Path:
        """Return the folder of the uploaded files."""
        return self.place / "inbox"

    @property
    def unlisted(self) -> Path:
        """Return the folder of whole uploaded files that the database does not know."""
        return self.place / "unlisted"

    @property
    def outputs(self) -> Path:
        """Return the folder of what was made, one folder a job."""
        return self.place / "outputs"

    @property
    def work(self) -> Path:
        """Return the scratch folder of the crew."""
        return self.place / "work"

    @property
    def register(self) -> Path:
        """Return where the institute may put a list of units of its own (名册)."""
        return self.place / LIST

    def corrections(self, unit: str, year: int) -> Path:
        """Return where the institute may register corrections of a county's file (更正登记)."""
        return self.place / "corrections" / str(year) / f"{unit}_corrections.csv"

    def beside(self, unit: str, year: int) -> list[Path]:
        """Return the institute's registers that a file of a county is checked with."""
        return [*filter(Path.is_file, (self.register, self.corrections(unit, year)))]

    @property
    def most_bytes(self) -> int:
        """Return the size that a file may have."""
        return self.most_mb * 1_000_000

    @property
    def behind_tls(self) -> bool:
        """Tell whether browsers come by https: then cookies are for https alone."""
        return bool(self.names)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return what the Host header may name."""
        return self.names or tuple(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost"))

    @property
    def origins(self) -> tuple[str, ...]:
        """Return what the Origin header of whatever changes something may be."""
        return tuple(f"{'https' if self.behind_tls else 'http'}://{host}" for host in self.hosts)

    @property
    def free_mb(self) -> float:
        """Return how many megabytes are free on the disk."""
        return shutil.disk_usage(self.place).free / 1e6

    def made(self) -> "Desk":
        """Make the folders, for their owner alone, and return the desk."""
        for folder in (self.place, self.inbox, self.outputs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def fresh_work(self) -> Path:
        """Return the scratch folder of the crew, emptied of what a killed one has left."""
        discard(self.work)
        self.work.mkdir(mode=0o700, exist_ok=True)
        return scratch(self.work)

    def file_of(self, upload: str, suffix: str) -> Path:
        """Return the file of an upload: its name is of our making."""
        return self.inbox / f"{upload}{suffix}"


def file_name(unit: str, raw: Path, suffix: str) -> str:
    """Return what the file of a county is called, as ``junheng template`` recommends it."""
    info = unit_of(unit, raw)
    if info is None:
        raise WrongUse(f"未登记的县代码“{unit}”")
    return f"{unit}_{info.name}{suffix}"


def flush(path: Path) -> None:
    """Have a file, or the entries of a folder, written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
