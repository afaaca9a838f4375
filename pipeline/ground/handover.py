"""Where chapters hand over (交接): tables as csv and records as JSON in one folder."""

import csv
import io
import json
import sys
from pathlib import Path

import pandas as pd

from pipeline.ground.errors import WrongUse
from pipeline.ground.keeping import write_own
from pipeline.ground.terms import TABLES

# Tables read in this process, with the state of their file: the chapters load the same ones
# again and again. Of a county and of the evaluation that it is held against, no more.
_FOLDERS = 2
_loaded: dict[Path, tuple[tuple, pd.DataFrame]] = {}


class Handover:
    """A folder of declared tables; whoever has a ``folder`` can save them and load them."""

    folder: Path

    def save(self, name: str, frame: pd.DataFrame) -> None:
        """Save a table for the chapters that follow."""
        _loaded.pop(self.folder / f"{name}.csv", None)
        text, written = TABLES[name].to_text(frame), io.StringIO(newline="")
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(text.columns)
        writer.writerows(text.to_numpy(object).tolist())
        self._write(f"{name}.csv", written.getvalue())

    def load(self, name: str) -> pd.DataFrame:
        """Load a table that an earlier chapter saved; a frame of the caller's own."""
        if not self.has(name):
            raise WrongUse(f"还没有“{TABLES[name].zh}”表（{name}.csv）。"
                           "请先运行产生它的章节，从第一章起。")
        path = self.folder / f"{name}.csv"
        there = path.stat()
        state = (there.st_mtime_ns, there.st_size, there.st_ino)
        if _loaded.get(path, (None,))[0] != state:
            if len({known.parent for known in (*_loaded, path)}) > _FOLDERS:
                _loaded.clear()
            _loaded[path] = state, TABLES[name].from_text(_columns(path))
        return _loaded[path][1].copy()

    def has(self, name: str) -> bool:
        """Tell whether a table has been saved."""
        return (self.folder / f"{name}.csv").is_file()

    def save_record(self, name: str, record: object) -> None:
        """Save a JSON record (记录), keys in order, numbers as they are."""
        text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
        self._write(f"{name}.json", text + "\n")

    def _write(self, name: str, text: str) -> None:
        """Write a file of ours; a folder that is not ours is `WrongUse`."""
        for said in write_own(self.folder, name, text.encode("utf-8")):
            print(f"{self.folder.name}：{said}", file=sys.stderr)


def _columns(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return {name: [row[n] for row in rows] for n, name in enumerate(head)}
