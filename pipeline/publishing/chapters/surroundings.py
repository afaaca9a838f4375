"""Private surroundings for a run (运行环境): what the user's machine says is kept out.

Python, IPython, Jupyter and matplotlib read start-up files, paths and styles from the home
folder, the working folder and the environment. Results must not hang on them, nor on the
locale, the time zone, the order of hashing or the number of threads. So the environment is
an allow-list and fixed values; folders are fresh and private.
"""

import os
import shutil
import site
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pipeline
from pipeline.publishing.chapters.processes import mark_of_run

ONE_THREAD = dict.fromkeys((
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS"), "1")
FIXED = ONE_THREAD | {
    "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8",
    "PYTHONUTF8": "1", "MPLBACKEND": "agg", "PYTHONSAFEPATH": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "JUNHENG_SURROUNDINGS": "fixed",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # pandas imports pyarrow where it is
}
_ALLOWED = {
    "PATH", "HOME", "TERM", "COLUMNS", "LINES", "NO_COLOR", "PYTHONIOENCODING", "TMPDIR", "TEMP",
    "TMP", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "SYSTEMROOT", "WINDIR", "COMSPEC",
    "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "NUMBER_OF_PROCESSORS"}
_ALLOWED_FAMILIES = ("JUNHENG_", "SLURM_", "JOB_COMPLETION_INDEX")
_PRIVATE = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
            "MPLCONFIGDIR")
_FONT_LISTS = "fontlist-*.json"


def fixed_environment() -> dict[str, str]:
    """Return this process's environment cut down to the allow-list, with the fixed values.

    Packages of the user's own site folder are found only where Python looks there now. The mark
    of the run that this process is of goes along, or its own.
    """
    allowed = {name: value for name, value in os.environ.items()
               if name in _ALLOWED or name.startswith(_ALLOWED_FAMILIES)}
    own = ({"PYTHONUSERBASE": site.getuserbase()} if site.ENABLE_USER_SITE
           else {"PYTHONNOUSERSITE": "1"})
    return mark_of_run() | allowed | own | _blas() | _program() | FIXED


def _program() -> dict[str, str]:
    """Name the folder of this program where Python would otherwise import another one: a clone
    that is run as ``python -m pipeline`` beside an installed copy."""
    given = [*filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)),
             *([] if sys.flags.safe_path else sys.path[:1])]
    usual, sys.path = sys.path, [*sys.path]
    try:
        for place in given:
            if place in sys.path:
                sys.path.remove(place)
        found = (finder.find_spec(pipeline.__name__, None) for finder in sys.meta_path)
        spec = next(filter(None, found), None)
    finally:
        sys.path = usual
    here = Path(pipeline.__file__).resolve()
    known = spec is not None and spec.origin and Path(spec.origin).resolve() == here
    return {} if known else {"PYTHONPATH": str(here.parents[1])}


def _blas() -> dict[str, str]:
    """Name the kernels that OpenBLAS is to use, the same on every machine that has them.

    Left to itself it chooses by the processor. No figure hangs on it (`estimators.extended`);
    lines in pictures do, which libraries reckon.
    """
    flags = Path("/proc/cpuinfo")
    has_avx2 = flags.is_file() and " avx2 " in flags.read_text(encoding="utf-8", errors="replace")
    return {"OPENBLAS_CORETYPE": "Haswell"} if has_avx2 else {}


def is_fixed() -> bool:
    """Tell whether this process was started in the fixed environment."""
    return os.environ.items() >= FIXED.items()


def settle() -> None:
    """Start this command anew in the fixed environment, unless it runs in it already.

    To be called before anything but the command's own frame is imported: the order of
    hashing, the threads of BLAS and the folders that Python imports from are decided when
    an interpreter starts. Standard streams keep their encoding.
    """
    if is_fixed():
        return
    environment = {"PYTHONIOENCODING": f"{sys.stdout.encoding}:backslashreplace"}
    environment = environment | fixed_environment() | mark_of_run()
    command = [sys.executable, *sys.orig_argv[1:]]
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(sys.executable, command, environment)
    sys.exit(subprocess.call(command, env=environment))


@contextmanager
def private_surroundings(folder: Path) -> Iterator[None]:
    """Set the environment of a run and put the old one back afterwards.

    ``folder`` is private to the run; home, IPython, Jupyter and matplotlib each get an empty
    folder in it. matplotlib's list of fonts alone is handed on from run to run, beside the
    interpreter where that may be written: it takes seconds to make.
    """
    before = dict(os.environ)
    places = {name: folder / name.lower() for name in _PRIVATE}
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    shared = Path(sys.prefix) / "cache" / "matplotlib"
    _hand_on(shared, places["MPLCONFIGDIR"])
    fixed = fixed_environment() | {name: str(place) for name, place in places.items()}
    os.environ.clear()
    os.environ.update(fixed)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        if os.access(sys.prefix, os.W_OK):
            _hand_on(places["MPLCONFIGDIR"], shared)


def _hand_on(source: Path, target: Path) -> None:
    """Copy the lists of fonts that are not there yet, whole or, where there is no room, not at
    all: they cost seconds and nothing else."""
    for path in source.glob(_FONT_LISTS):
        if not (target / path.name).exists():
            partial = target / f".{path.name}.{os.getpid()}"
            try:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, partial)
                partial.replace(target / path.name)
            except OSError:
                partial.unlink(missing_ok=True)
