"""Private surroundings for a run (运行环境): what the user's machine says is kept out.

A kernel reads start-up files, kernel specs and style files from the home folder, and its
results must not hang on them, on the locale, the time zone or the number of threads.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FIXED = {
    "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8",
    "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1", "MPLBACKEND": "agg", "PYTHONSAFEPATH": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_PRIVATE = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
_REMOVED = ("PYTHONPATH", "PYTHONSTARTUP", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH",
            "MATPLOTLIBRC", "PYTHONBREAKPOINT")


@contextmanager
def private_surroundings(folder: Path) -> Iterator[None]:
    """Set the environment of the run and put the old one back afterwards.

    ``folder`` is private to the run; matplotlib's font list alone is kept between runs,
    beside the interpreter where that may be written.
    """
    before = dict(os.environ)
    places = {name: folder / name.lower() for name in _PRIVATE}
    prefix = Path(sys.prefix)
    cache = prefix / "cache" if os.access(prefix, os.W_OK) else folder
    places["MPLCONFIGDIR"] = cache / "matplotlib"
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _REMOVED:
        os.environ.pop(name, None)
    os.environ.update(_FIXED | {name: str(place) for name, place in places.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
