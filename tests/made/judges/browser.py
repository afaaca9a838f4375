"""A real browser for tests (真浏览器): Chromium without a window, spoken to through two pipes.

No driver is needed: its own protocol is JSON, each message ended by a zero byte.
"""

import base64
import json
import os
import select
import shutil
import subprocess
from contextlib import contextmanager
from itertools import count
from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
                None)
_SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--disable-background-networking", "--no-first-run", "--disable-dev-shm-usage")
_PATIENCE_SECONDS = 120


class Page:
    """One page in the browser; ``requests`` and ``faults`` are all that it asked for and said."""

    def __init__(self, asking, answering):
        self.asking, self.answering, self.left = asking, answering, b""
        self.numbers, self.session, self.requests, self.faults = count(1), {}, [], []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = {"sessionId": self.send(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method, **parameters):
        """Ask the browser for something; return its answer."""
        number = next(self.numbers)
        told = {"id": number, "method": method, "params": parameters, **self.session}
        os.write(self.asking, json.dumps(told).encode() + b"\0")
        answer = self._until(lambda told: told.get("id") == number)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _until(self, wanted):
        while not wanted(told := self._next()):
            pass
        return told

    def _next(self):
        while b"\0" not in self.left:
            assert select.select([self.answering], [], [], _PATIENCE_SECONDS)[0], "no answer"
            read = os.read(self.answering, 1 << 20)
            assert read, "the browser has ended"
            self.left += read
        first, _, self.left = self.left.partition(b"\0")
        told = json.loads(first)
        if told.get("method") == "Network.requestWillBeSent":
            self.requests.append(told["params"]["request"]["url"])
        elif told.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
            self.faults.append(told["params"])
        return told

    def open(self, path, width=1366, height=900, script=True):
        """Open a file at a width; wait until it has loaded."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setScriptExecutionDisabled", value=not script)
        self.send("Page.navigate", url=Path(path).absolute().as_uri())
        self._until(lambda told: told.get("method") == "Page.loadEventFired")

    def ask(self, expression):
        """Return the value of an expression in the page."""
        told = self.send("Runtime.evaluate", expression=expression, returnByValue=True,
                         awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def picture(self, path, whole=False):
        """Write a picture of what is seen, or of the whole page."""
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser(place):
    """Yield a page of a browser whose own files stand in ``place``."""
    asked, asking = os.pipe()
    answering, answered = os.pipe()
    started = subprocess.Popen(  # it reads from handle 3 and writes to handle 4
        ["sh", "-c", f'exec "$@" 3</dev/fd/{asked} 4>/dev/fd/{answered}', "sh", CHROMIUM,
         *_SWITCHES, f"--user-data-dir={place}"], pass_fds=(asked, answered),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(asked)
    os.close(answered)
    try:
        yield Page(asking, answering)
    finally:
        started.terminate()
        started.wait(30)
        os.close(asking)
        os.close(answering)
