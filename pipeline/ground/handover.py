"""Where chapters hand over (交接): tables as csv and records as JSON in one folder."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pipeline.ground.errors import WrongUse
from pipeline.ground.keeping import write_own
from pipeline.ground.origin import disagreements
from pipeline.ground.ownership import listed
from pipeline.ground.terms import TABLES

if TYPE_CHECKING:
    import pandas as pd

# Tables read in this process, with the state and the hash of their file: the chapters load the
# same ones again and again. Of a county and of the evaluation that it is held against, no more.
_FOLDERS = 2
_loaded: dict[Path, tuple[tuple, str, pd.DataFrame]] = {}


class Handover:
    """A folder of declared tables; whoever has a ``folder`` and an ``origin`` can save them, and
    load those that were made of it."""

    folder: Path
    origin: dict
    command: ClassVar[str]  # what makes all of its tables

    def save(self, name: str, frame: pd.DataFrame) -> None:
        """Save a table for the chapters that follow, with what made it (来历)."""
        _loaded.pop(self.folder / f"{name}.csv", None)
        text, written = TABLES[name].to_text(frame), io.StringIO(newline="")
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(text.columns)
        writer.writerows(text.to_numpy(object).tolist())
        self._write(f"{name}.csv", written.getvalue().encode("utf-8"), self.origin)

    def load(self, name: str) -> pd.DataFrame:
        """Load a table that an earlier chapter saved; a frame of the caller's own.

        `WrongUse` where there is none, where it was made of other inputs or under another
        standard than this one's, and where it is not as it was saved.
        """
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            raise WrongUse(f"还没有“{TABLES[name].zh}”表（{name}.csv）。"
                           "请先运行产生它的章节，从第一章起。")
        self.require(name, disagreements(self.folder, path.name, self.origin))
        frame = _read(path, name, listed(self.folder).get(path.name, ""))
        self.require(name, ["文件在保存以后被改动，或没有写完"] if frame is None else [])
        return frame.copy()

    def require(self, name: str, amiss: list[str]) -> None:
        """Raise `WrongUse` with what is amiss of a saved table (来历不符) and the remedy."""
        if amiss:
            raise WrongUse("\n".join([
                f"{self.folder.name} 的“{TABLES[name].zh}”表（{name}.csv）与现在的参数和资料不符，"
                "不能使用：", *(f"  {line}" for line in amiss),
                "请先核对第一格的参数；参数无误的，请从第一章起依次重新运行各章，"
                f"或重新运行 {self.command}。"]))

    def has(self, name: str) -> bool:
        """Tell whether a table has been saved that was made of what this one's are made of."""
        path = self.folder / f"{name}.csv"
        return path.is_file() and not disagreements(self.folder, path.name, self.origin)

    def save_record(self, name: str, record: object) -> None:
        """Save a JSON record (记录), keys in order, numbers as they are."""
        text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
        self._write(f"{name}.json", (text + "\n").encode("utf-8"), self.origin)

    def save_workbook(self, name: str, content: bytes | None) -> None:
        """Save a workbook (工作簿); None where there is none to save."""
        if content is not None:
            self._write(f"{name}.xlsx", content, self.origin)

    def _write(self, name: str, content: bytes, made: dict) -> None:
        """Write a file of ours; a folder that is not ours is `WrongUse`."""
        for said in write_own(self.folder, name, content, made):
            print(f"{self.folder.name}：{said}", file=sys.stderr)


def _read(path: Path, name: str, sha256: str) -> pd.DataFrame | None:
    """Return a table, read once while its file stays as it is; None where its hash is another."""
    there = path.stat()
    state = (there.st_mtime_ns, there.st_size, there.st_ino)
    if _loaded.get(path, (None,))[0] != state:
        if len({known.parent for known in (*_loaded, path)}) > _FOLDERS:
            _loaded.clear()
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            return None
        _loaded[path] = state, sha256, TABLES[name].from_text(_columns(content.decode("utf-8")))
    return _loaded[path][2] if _loaded[path][1] == sha256 else None


def _columns(text: str) -> dict[str, list[str]]:
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    return {name: [row[n] for row in rows] for n, name in enumerate(head)}
