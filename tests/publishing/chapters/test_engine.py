"""The engine: a notebook in a process of its own gives what a kernel gives, or says what failed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from pipeline.ground.errors import DossierFailed
from pipeline.publishing import book as dossier
from pipeline.publishing.book import make_dossier
from pipeline.publishing.chapter_parameters import checked
from pipeline.publishing.chapters import outputs, preloading
from pipeline.publishing.chapters.binding import bind
from pipeline.publishing.chapters.engine import ENDED, FORK
from pipeline.publishing.chapters.execution import execute
from pipeline.publishing.chapters.outputs import Outputs, OutputTooLarge
from pipeline.publishing.chapters.preloading import CannotFork, preload
from pipeline.publishing.chapters.progress_file import PROGRESS, read_progress
from pipeline.publishing.chapters.surroundings import FIXED
from pipeline.publishing.order import Order
from pipeline.publishing.paper import compiling

KERNELSPEC = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
BUNDLE = """class Exhibit:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"application/x+json": {"rows": [1, (2, None)]}, "text/plain": "均衡"}, {"a": 1}
"""
CELLS = {
    "printing": "print('one')\nprint('two', end='')",
    "a value": "a + 1",
    "a value set aside": "a + 1;",
    "a mime bundle": BUNDLE + "Exhibit()",
    "a mime bundle shown": "display(Exhibit(), metadata={'shown': True})",
    "several things shown": "display('first', 2)\n'last'",
    "bytes": "from IPython.display import Image\nImage(data=b'\\x89PNG\\r\\n', format='png')",
    "a table": "import pandas as pd\npd.DataFrame({'x': [1.5, None]})",
    "something to be changed later": "display('early', display_id='here'); print('mid')",
    "a change of it": "from IPython.display import update_display\nupdate_display('late', "
                      "display_id='here')",
    "clearing": "from IPython.display import clear_output\nprint('gone'); clear_output(); print(1)",
    "clearing when the next comes": "print('gone'); clear_output(wait=True); display('stays')",
    "clearing when nothing comes": "print('stays'); clear_output(wait=True)",
    "a shell line": "!echo line",
    "awaiting": "import asyncio\nawait asyncio.sleep(0, 7)",
    "names": "_, __name__, sorted(k for k in globals() if k[0] != '_')[:3]",
    "a picture": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "nothing": "",
    "leaving": "import sys\nsys.exit(0)",
    "what comes after": "print('never')",
}


def notebook_of(*sources):
    cells = [new_code_cell("a = 1", metadata={"tags": ["parameters"]}), new_markdown_cell("# 甲")]
    return new_notebook(cells=cells + [new_code_cell(s) for s in sources], metadata=KERNELSPEC)


def run(*sources, engine=FORK, **options):
    return papermill.execute_notebook(notebook_of(*sources), None, parameters={"a": 1},
                                      engine_name=engine, progress_bar=False, **options)


def streams_joined(cell):
    joined = []
    for output in json.loads(json.dumps(cell.outputs)):
        last = joined[-1] if joined else {}
        if output["output_type"] == last.get("output_type") == "stream" and (
                output["name"] == last["name"]):
            last["text"] += output["text"]
        else:
            joined.append(output)
    return joined


@pytest.fixture(scope="module")
def both():
    return [run(*CELLS.values(), engine=engine).cells[3:] for engine in (FORK, None)]


@pytest.mark.parametrize("what", CELLS)
def test_a_cell_puts_out_what_it_puts_out_on_a_kernel(both, what):
    ours, kernels = (cells[list(CELLS).index(what)] for cells in both)
    assert streams_joined(ours) == streams_joined(kernels)
    assert ours.execution_count == kernels.execution_count
    silent = ("a value set aside", "a change of it", "nothing", "what comes after")
    assert bool(ours.outputs) == (what not in silent)


def test_what_passes_python_by_ends_in_the_cell_in_its_order():
    (cell,) = run("import os, subprocess\nprint('x'); os.write(1, b'direct\\n'); print('y')\n"
                  "subprocess.run(['echo', 'child']); print('z')").cells[3:]
    assert [o.text for o in cell.outputs] == ["x\ndirect\ny\nchild\nz\n"]


@pytest.mark.parametrize(("source", "name", "value"), [
    ("1 / 0", "ZeroDivisionError", "division by zero"), ("x = = 1", "SyntaxError", "invalid"),
    ("input()", "EOFError", "EOF"), ("import sys\nsys.exit(3)", "SystemExit", "3"),
    ("import os\nos._exit(0)", ENDED, "exit code 0"),
    ("import os\nos.kill(os.getpid(), 9)", ENDED, "SIGKILL"),
    ("import ctypes\nctypes.string_at(0)", ENDED, "SIGSEGV"),
    ("import time\ntime.sleep(60)", ENDED, "within 2 s")])
def test_a_cell_that_fails_or_ends_its_process_is_named(source, name, value):
    before = Path.cwd(), dict(os.environ), list(sys.path), sys.stdout
    with pytest.raises(PapermillExecutionError) as failure:
        run("b = 1", source, "never", execution_timeout=2 if "sleep" in source else None)
    assert (failure.value.ename, failure.value.cell_index) == (name, 4)
    assert value in failure.value.evalue
    assert (Path.cwd(), dict(os.environ), list(sys.path), sys.stdout) == before


def test_the_command_of_papermill_takes_the_engine(tmp_path):
    nbformat.write(notebook_of("print(a, 'seen')"), tmp_path / "in.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--engine", "junheng-fork",
         "--log-output", "-p", "a", "5"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "5 seen" in done.stderr) == (0, True), done.stderr
    written = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert written.cells[-1].outputs[0].text == "5 seen\n"
    assert written.metadata.language_info.name == "python"


IN_PROCESS = """import papermill, nbformat, sys
from pathlib import Path
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('in the cell')")])
try:
    papermill.execute_notebook(book, None, engine_name="junheng-fork", kernel_name="python3",
                               progress_bar=False, in_process=True, progress=Path(sys.argv[1]))
except OSError:
    print("told")
"""


def test_a_fault_between_two_cells_is_told_where_the_process_speaks(tmp_path):
    """The streams are the process's own again, though no cell has come to its end."""
    (tmp_path / "progress" / "in the way").mkdir(parents=True)
    done = subprocess.run([sys.executable, "-c", IN_PROCESS, tmp_path / "progress"],
                          capture_output=True, text=True, check=True)
    assert done.stdout == "told\n"


def test_random_numbers_hang_on_the_seed_alone():
    source = "import random, numpy\nrandom.random(), numpy.random.random()"
    found = [run(source, seed=seed).cells[-1].outputs[0].data["text/plain"]
             for seed in ("990101-2023", "990101-2023", "990102-2023")]
    assert found[0] == found[1] != found[2]


def chapter(tmp_path, *sources):
    names = checked({"unit": "990102", "year": 2012}).model_dump()
    cells = [new_code_cell("\n".join(f"{k} = {v!r}" for k, v in names.items()),
                           metadata={"tags": ["parameters"]})]
    path = tmp_path / "01_made_up.ipynb"
    nbformat.write(new_notebook(cells=cells + [new_code_cell(s) for s in sources],
                                metadata=KERNELSPEC), path)
    return path


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_an_execution_that_dies_names_chapter_and_cell(engine, tmp_path):
    book = bind([chapter(tmp_path, "b = 1", "import os, time\nprint(1)\nos._exit(1)")])
    with pytest.raises(DossierFailed) as failure:
        execute(book, checked({"unit": "990102", "year": 2012}), tmp_path, engine)
    assert read_progress(tmp_path / PROGRESS) == {"cell": 3, "chapter": "01_made_up"}
    assert engine == "kernel" or "01_made_up 第4格" in str(failure.value)


WITHOUT_END = {
    "leaves early": ["import sys\nsys.exit(0)", "1 / 0"],
    "swallows an error": ["try:\n    1 / 0\nexcept Exception:\n    pass"],
    "writes another county's record": [
        "from pipeline.county import County\nunit = '990101'",
        "made = County.open('990102', year, '', raw, processed)",
        "made.save_record('results', {'unit': {'code': unit}, 'year': year})"]}


@pytest.mark.parametrize("what", WITHOUT_END)
def test_an_execution_without_its_own_record_yields_no_dossier(what, tmp_path, monkeypatch):
    made_up = chapter(tmp_path, *WITHOUT_END[what])
    monkeypatch.setattr(dossier, "chapters", lambda book: [made_up])
    parameters = checked({"unit": "990102", "year": 2012, "processed": str(tmp_path / "tables")})
    with pytest.raises(DossierFailed, match="results.json"):
        make_dossier(Order(parameters, tmp_path / "out"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["2012-990102.failed.log"]
    assert not (tmp_path / "tables").exists()


def test_outputs_beyond_the_limit_end_the_cell(monkeypatch):
    monkeypatch.setattr(outputs, "MOST_LETTERS", 10)
    received = Outputs()
    received.begin(0)
    received.stream("stdout", "0123456789")
    assert not received.too_large
    with pytest.raises(OutputTooLarge):
        received.stream("stdout", "x")
    received.error("OutputTooLarge", received.too_large, [])
    assert [o["output_type"] for o in received.changed()[0]] == ["stream", "error"]
    received.begin(1)
    received.stream("stdout", "x")
    assert received.changed() == {1: [{"output_type": "stream", "name": "stdout", "text": "x"}]}


def test_a_process_of_the_users_own_environment_is_not_preloaded(monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    with pytest.raises(CannotFork, match="固定的运行环境"):
        preload()


@pytest.fixture
def in_fixed_environment(monkeypatch):
    for name, value in FIXED.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("in_fixed_environment")
def test_a_process_with_a_thread_is_not_preloaded():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="线程甲")
    thread.start()
    try:
        with pytest.raises(CannotFork, match="线程甲"):
            preload()
    finally:
        stop.set()
        thread.join()


@pytest.mark.usefixtures("in_fixed_environment")
def test_a_process_that_has_typeset_is_not_preloaded(monkeypatch):
    monkeypatch.setattr(preloading, "threads", lambda: 1)
    monkeypatch.setattr(compiling, "_users", {os.getpid()})
    with pytest.raises(CannotFork, match="Typst"):
        preload()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_until(holds, seconds=20.0):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


FORKING = """import os, sys, time
from pipeline.publishing.chapters.preloading import be_child
parent = os.getpid()
if os.fork() == 0:
    be_child(parent, "a")
    open("pid", "w").write(str(os.getpid()))
    time.sleep(60)
time.sleep(60)"""
APART = """import papermill, nbformat
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(
    "import os, time\\nopen('pid', 'w').write(str(os.getpid()))\\ntime.sleep(60)")])
papermill.execute_notebook(book, None, engine_name="junheng-fork", kernel_name="python3",
                           progress_bar=False)"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone ends a child with its parent")
@pytest.mark.parametrize("source", [FORKING, APART], ids=["forked", "apart"])
def test_a_child_dies_with_its_parent(source, tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", source], cwd=tmp_path)
    file = tmp_path / "pid"
    assert wait_until(lambda: file.is_file() and file.read_text())
    pid = int(file.read_text())
    assert is_alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert wait_until(lambda: not is_alive(pid))
