"""Who comes to a desk over the network (来访者): signs in, sends files, asks, as a browser does."""

import http.client
import json
import re
import time
from urllib.parse import quote

ENDED = ("done", "failed", "cancelled")


class Visitor:
    """Somebody with a token; what is not answered, as by a killed server, is asked again."""

    def __init__(self, port, token):
        self.port, self.host, self.cookie, self.key = port, f"127.0.0.1:{port}", "", "login"
        answer = self.ask("POST", "/login", token.encode())
        self.cookie = answer[1]["set-cookie"].partition(";")[0]
        page = self.ask("GET", json.loads(answer[2])["to"])[2].decode("utf-8")
        self.key = re.search('name="key" content="([^"]+)"', page)[1]

    def once(self, method, path, body=None, **more):
        """Ask once; `OSError` or `http.client.HTTPException` where nobody answers."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, **more}
        if method != "GET":
            headers |= {"Origin": f"http://{self.host}", "X-Junheng": self.key}
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            line.close()

    def ask(self, method, path, body=None, **more):
        """Ask until somebody answers."""
        until = time.monotonic() + 120
        while True:
            try:
                return self.once(method, path, body, **more)
            except (OSError, http.client.HTTPException):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def put(self, year, content, name="采集表.csv"):
        """Send a file; return its page once it is acknowledged."""
        status, _, body = self.ask("PUT", f"/upload/{year}", content,
                                   **{"X-File-Name": quote(name)})
        assert status in (200, 202), (status, body.decode("utf-8", "replace"))
        return json.loads(body)["to"]

    def told(self, place):
        return json.loads(self.ask("GET", f"{place}.json")[2])

    def make_if_ready(self, place):
        """Ask for the dossier of a file that was found fit; return its page, "" where it cannot."""
        if self.told(place)["state"] != "ready":
            return ""
        return json.loads(self.ask("POST", f"{place}/make", b"pdf")[2])["to"]

    def all_ended(self, places, patience_seconds):
        """Wait for every dossier, asked for as soon as it may be; return upload → how it ended."""
        ended, until = {}, time.monotonic() + patience_seconds
        while len(ended) < len(places) and time.monotonic() < until:
            for place in places:
                told = self.told(place)
                if told["state"] in ("to_mend", "unchecked"):
                    ended[place] = told["state"]
                elif job := self.make_if_ready(place):
                    state = self.told(job)["state"]
                    if state in ENDED:
                        ended[place] = state
            time.sleep(0.3)
        return ended
