"""Another system, another copy: without the names that Windows lacks, and from a clone."""

import os
import shutil
import subprocess
import sys

import pytest
from batches import Nation

from pipeline.definitions.base import ROOT
from pipeline.publishing.chapters.surroundings import fixed_environment

# What our modules see of the system is Windows's; the libraries go on seeing what there is.
SHIM = '''
import builtins, types
LACKING = {"os": """fork forkpty waitid waitpid wait3 wait4 waitstatus_to_exitcode_ WNOHANG WEXITED
    WNOWAIT P_PID setsid setpgid getpgid killpg getuid geteuid getgid sysconf sched_getaffinity
    sched_setaffinity register_at_fork O_NOFOLLOW O_NONBLOCK O_CLOEXEC O_DIRECTORY pread pwrite
    statvfs mkfifo uname nice readlink_ sendfile""".split(),
    "signal": """SIGKILL SIGBUS SIGXFSZ SIGXCPU SIGHUP SIGUSR1 SIGUSR2 SIGALRM SIGCHLD SIGPIPE
    SIGSTOP alarm setitimer""".split()}
ABSENT = {"resource", "fcntl", "pwd", "grp", "termios"}
SAYS = {"os": {"name": "nt"}, "sys": {"platform": "win32"}}
usual = builtins.__import__

class Seen(types.ModuleType):
    def __init__(self, module):
        super().__init__(module.__name__)
        object.__setattr__(self, "real", module)
    def __getattribute__(self, name):
        real = object.__getattribute__(self, "real")
        if name in LACKING.get(real.__name__, ()):
            raise AttributeError(name)
        return SAYS.get(real.__name__, {}).get(name) or getattr(real, name)
    def __setattr__(self, name, value):
        setattr(object.__getattribute__(self, "real"), name, value)

def seen(name, globals=None, locals=None, fromlist=(), level=0):
    ours = ((globals or {}).get("__name__") or "").split(".")[0] == "pipeline"
    ours = ours or str((globals or {}).get("__package__") or "").split(".")[0] == "pipeline"
    if ours and name in ABSENT:
        raise ImportError(name)
    module = usual(name, globals, locals, fromlist, level)
    return Seen(module) if ours and name in {*LACKING, *SAYS} else module

builtins.__import__ = seen
'''
ALL = """import importlib, pkgutil, pipeline
for found in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
    if found.name not in ("pipeline.publishing.batch.hands.cluster",):
        importlib.import_module(found.name)
print("imported")"""
COMMAND = """import sys
from pipeline.publishing.chapters import surroundings
usual = surroundings.fixed_environment
surroundings.fixed_environment = lambda: usual() | {"PYTHONPATH": sys.argv[1]}
from pipeline.__main__ import main
main(sys.argv[2:])"""


@pytest.fixture
def shim(tmp_path):
    folder = tmp_path / "shim"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SHIM)
    return folder


def elsewhere(shim, source, *words):
    """Run a source where our modules see no more than on Windows."""
    return subprocess.run([sys.executable, "-c", source, *map(str, words)], check=False, text=True,
                          capture_output=True, timeout=300, cwd=shim.parent,
                          env=fixed_environment() | {"PYTHONPATH": str(shim)})


def test_the_names_are_gone_for_our_modules_and_for_no_other(shim):
    told = elsewhere(shim, "import os, subprocess\n"
                     "from pipeline.publishing.batch.hands import crew\n"
                     "print(hasattr(os, 'fork'), hasattr(crew.os, 'fork'), crew.os.name)")
    assert told.stdout == "True False nt\n", told.stderr


def test_every_module_is_imported_without_them(shim):
    told = elsewhere(shim, ALL)
    assert told.stdout.endswith("imported\n"), told.stderr


@pytest.mark.slow
def test_without_them_tables_are_checked_templates_written_and_dossiers_made(shim, tmp_path):
    nation = Nation(tmp_path / "nation", 1)
    told = elsewhere(shim, COMMAND, shim, "check", nation.raw)
    assert (told.returncode, "可用" in told.stdout) == (0, True), told.stderr
    told = elsewhere(shim, COMMAND, shim, "template", tmp_path / "a.xlsx")
    assert (told.returncode, (tmp_path / "a.xlsx").is_file()) == (0, True), told.stderr
    folders = ["--raw", nation.raw, "--out", nation.out, "--processed", tmp_path / "processed"]
    told = elsewhere(shim, COMMAND, shim, "run", "910001", "--year", 2012, *folders)
    assert (told.returncode, told.stderr) == (0, "")
    assert (nation.folder("910001") / "dossier.pdf").is_file()
    told = elsewhere(shim, COMMAND, shim, "run", "--all", "--year", 2012, *folders)
    assert (told.returncode, "请写明县代码" in told.stderr) == (2, True)


SAYS = """import subprocess, sys, pipeline
from pipeline.publishing.chapters.surroundings import fixed_environment, settle
settle()
print(pipeline.__file__)
print(subprocess.check_output([sys.executable, "-c", "import pipeline; print(pipeline.__file__)"],
                              env=fixed_environment(), text=True), end="")"""


@pytest.mark.parametrize("how", ["in its folder", "by PYTHONPATH"])
def test_a_clone_runs_itself_and_not_the_installed_copy(tmp_path, how):
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "pipeline", clone / "pipeline",
                    ignore=shutil.ignore_patterns("__pycache__"))
    (clone / "pipeline" / "says.py").write_text(SAYS)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    told = subprocess.check_output(
        [sys.executable, "-m", "pipeline.says"], text=True, timeout=60,
        cwd=clone if how == "in its folder" else tmp_path,
        env=environment | ({} if how == "in its folder" else {"PYTHONPATH": str(clone)}))
    assert told.split("\n") == [str(clone / "pipeline" / "__init__.py")] * 2 + [""]


def test_the_installed_copy_needs_no_name(monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "PYTHONPATH" not in fixed_environment()
