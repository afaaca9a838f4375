"""A desk that stands (运行中的窗口): its two processes, real commands and small dossiers.

`python desk_standing.py web|crew PLACE PORT` is one part. The crew is the desk's own but that a
dossier is that of `batches.fake`, and nothing is preloaded for it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE_SECONDS = 120


class Standing:
    """The processes of a desk in a folder."""

    def __init__(self, desk):
        self.desk, self.parts = desk, {}

    def start(self, *parts):
        """Start parts of the desk that do not run; wait until pages are answered."""
        from pipeline.publishing.chapters.surroundings import fixed_environment

        env = fixed_environment() | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                                     "PYTHONSAFEPATH": ""}
        for part in parts or ("web", "crew"):
            if part not in self.parts or self.parts[part].poll() is not None:
                log = (self.desk.place.parent / f"{part}.log").open("ab")
                self.parts[part] = subprocess.Popen(
                    [sys.executable, __file__, part, str(self.desk.place), str(self.desk.port)],
                    env=env, stdout=log, stderr=log)
        if "web" in self.parts:
            self.wait_for_pages()

    def wait_for_pages(self):
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                request = urllib.request.Request(f"http://127.0.0.1:{self.desk.port}/health")
                with urllib.request.urlopen(request, timeout=5):
                    return
            time.sleep(0.05)
        raise AssertionError("the web part has not answered")

    def kill(self, part):
        """Kill a part as nobody can prevent; wait for its end."""
        process = self.parts[part]
        process.kill()
        process.wait(PATIENCE_SECONDS)

    def kill_child(self):
        """Kill a child of the crew that is at work; tell whether there was one."""
        crew = self.parts["crew"].pid
        listed = Path(f"/proc/{crew}/task/{crew}/children")
        try:
            children = [*map(int, listed.read_text("ascii").split())]
        except OSError:
            return False
        for child in children[:1]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
        return bool(children)

    def end(self):
        for process in self.parts.values():
            process.terminate()
        for process in self.parts.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def standing(desk, *parts):
    """Have the parts of a desk run while this lasts."""
    made = Standing(desk)
    try:
        made.start(*parts)
        yield made
    finally:
        made.end()


def free_port():
    """Return a port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _main(part, place, port):
    from pipeline.whole.desk import desk_parts
    from pipeline.whole.desk.desk_folder import Desk

    desk = Desk(Path(place), port=int(port), least_free_mb=0, uploads_a_day=10_000)
    if part == "web":
        desk_parts.serve(desk)
        return
    from batches import fake

    from pipeline.commands import desk as command
    from pipeline.commands.run import making
    from pipeline.publishing.batch.books.lock import locked
    from pipeline.publishing.batch.hands.crew import Crew
    from pipeline.whole.desk.making.desk_crew import DeskCrew

    making._hands = lambda asked, batch, work: Crew(fake({}), batch.limits, batch.workers, work)
    with locked(desk.place / ".crew", None, "crew"):
        DeskCrew(desk, command._done).work()


if __name__ == "__main__":
    _main(*sys.argv[1:])
