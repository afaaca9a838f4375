"""What the cells of a notebook put out (单元格输出), in nbformat's terms and in order.

Streams come twice: what Python writes to `sys.stdout`, and what reaches the file descriptor
without it (a C library, a program that a cell starts). Both end in the cell, as in a kernel.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from jupyter_client.jsonutil import json_default

MOST_LETTERS = 50_000_000  # in the outputs of one cell
MOST_OUTPUTS = 10_000


class OutputTooLarge(RuntimeError):
    """A cell puts out more than any dossier holds (输出过大)."""


class Outputs:
    """The outputs of every cell so far; one cell at a time is open to receive more."""

    def __init__(self):
        self.cells: dict[int, list[dict]] = {}
        self._open: list[dict] = []
        self._shown: dict[str, list[tuple[int, dict]]] = {}  # display id → where it stands
        self._changed: set[int] = set()
        self._clear_first = False
        self._cell = self._letters = 0

    def begin(self, cell: int) -> None:
        """Let what follows belong to this cell."""
        self._cell, self._open = cell, self.cells.setdefault(cell, [])
        self._changed, self._clear_first, self._letters = {cell}, False, 0

    def changed(self) -> dict[int, list[dict]]:
        """Return the outputs of this cell, and of earlier ones that it has changed."""
        return {cell: self.cells[cell] for cell in sorted(self._changed)}

    def stream(self, name: str, text: str) -> None:
        """Add to the stream ``stdout`` or ``stderr``."""
        last = self._open[-1] if self._open and not self._clear_first else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            self._weigh(len(text))
            last["text"] += text
        elif text:
            self._add({"output_type": "stream", "name": name, "text": text}, len(text))

    def result(self, data: dict, metadata: dict, count: int) -> None:
        """Add the value of the cell's last expression."""
        bundle, letters = _plain(data, metadata)
        self._add({"output_type": "execute_result", "execution_count": count} | bundle, letters)

    def display(self, data: dict, metadata: dict, display_id: str | None, update: bool) -> None:
        """Add what `display` shows; everything shown under the same id changes with it."""
        bundle, letters = _plain(data, metadata)
        for cell, earlier in self._shown.get(display_id, ()):
            earlier.update(bundle)
            self._changed.add(cell)
        if update:
            return
        shown = {"output_type": "display_data"} | bundle
        self._add(shown, letters)
        if display_id:
            self._shown.setdefault(display_id, []).append((self._cell, shown))

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """Add the exception that ended the cell."""
        self._open.append({"output_type": "error", "ename": name, "evalue": value,
                           "traceback": traceback})

    def clear(self, wait: bool) -> None:
        """Empty this cell's outputs, now or when the next one comes."""
        if wait:
            self._clear_first = True
            return
        self._open.clear()
        for places in self._shown.values():
            places[:] = [(cell, shown) for cell, shown in places if cell != self._cell]

    def _add(self, output: dict, letters: int) -> None:
        if self._clear_first:
            self._clear_first = False
            self.clear(wait=False)
        self._weigh(letters)
        self._open.append(output)

    def _weigh(self, letters: int) -> None:
        self._letters += letters
        if self.too_large:
            raise OutputTooLarge(self.too_large)

    @property
    def too_large(self) -> str:
        """Say that this cell puts out more than is allowed, or nothing."""
        if self._letters <= MOST_LETTERS and len(self._open) < MOST_OUTPUTS:
            return ""
        return f"more than {MOST_LETTERS} letters or {MOST_OUTPUTS} outputs in one cell"


def _plain(data: dict, metadata: dict) -> tuple[dict, int]:
    """Return what a kernel's message would carry, JSON values with bytes as base64, and its
    length."""
    text = json.dumps({"data": data, "metadata": metadata}, default=json_default)
    return json.loads(text), len(text)


class _Written:
    """A stand-in for `sys.stdout` or `sys.stderr`."""

    encoding, errors, closed, newlines, line_buffering = "utf-8", "strict", False, None, True

    def __init__(self, name: str, descriptor: int, captured: "Captured"):
        self.name, self._descriptor, self._captured = f"<{name}>", descriptor, captured
        self._stream = name

    def write(self, text: str) -> int:
        """Add the text to the open cell."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._captured.take()
        self._captured.outputs.stream(self._stream, text)
        return len(text)

    def writelines(self, lines) -> None:
        """Add several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def fileno(self) -> int:
        """Return the descriptor; what is written there ends in the cell as well."""
        return self._descriptor

    def isatty(self) -> bool:
        """Tell that nobody watches."""
        return False

    def readable(self) -> bool:
        """Tell that it can only be written."""
        return False

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True


class Captured:
    """File descriptors 1 and 2 turned into files, read whenever something else is put out."""

    def __init__(self, outputs: Outputs, stdout: BinaryIO, stderr: BinaryIO):
        self.outputs = outputs
        self.files = {"stdout": stdout, "stderr": stderr}
        self._read = dict.fromkeys(self.files, 0)

    def take(self) -> None:
        """Move what has been written to the descriptors since last time to the outputs."""
        for name, file in self.files.items():
            size = os.fstat(file.fileno()).st_size
            if size > self._read[name]:
                start, self._read[name] = self._read[name], size
                text = _read_at(file.fileno(), min(size - start, MOST_LETTERS + 1), start)
                self.outputs.stream(name, text.decode("utf-8", "replace"))


def _read_at(handle: int, size: int, start: int) -> bytes:
    """Read without moving the place at which whoever writes goes on."""
    if hasattr(os, "pread"):
        return os.pread(handle, size, start)
    here = os.lseek(handle, 0, os.SEEK_CUR)
    os.lseek(handle, start, os.SEEK_SET)
    try:
        return os.read(handle, size)
    finally:
        os.lseek(handle, here, os.SEEK_SET)


@contextmanager
def captured(outputs: Outputs) -> Iterator[Captured]:
    """Send everything that is written, by whatever means, to the outputs while inside.

    Nothing can be read meanwhile: a cell that asks for input fails instead of waiting.
    """
    before = sys.stdout, sys.stderr
    for stream in before:
        stream.flush()
    kept = {number: os.dup(number) for number in (0, 1, 2)}
    with (Path(os.devnull).open("rb") as nothing, tempfile.TemporaryFile() as first,
          tempfile.TemporaryFile() as second):
        streams = Captured(outputs, first, second)
        for number, file in enumerate((nothing, first, second)):
            os.dup2(file.fileno(), number)
        sys.stdout, sys.stderr = (_Written(name, number, streams)
                                  for number, name in enumerate(streams.files, 1))
        try:
            yield streams
        finally:
            sys.stdout, sys.stderr = before
            for number, old in kept.items():
                os.dup2(old, number)
                os.close(old)
