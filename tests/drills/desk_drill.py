"""Drills of the desk (窗口演练): `python tests/drills/desk_drill.py load|kills [--kills 200] …`.

``load``: 50 uploads at once while 500 pages poll; how long an answer takes, how much memory the
web part has. ``kills``: 60 uploads while web, crew and child are killed at random; what was
acknowledged, what has ended, what was lost or made twice. Dossiers are small (`desk_standing`),
checks and everything else are the desk's own.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / place) for place in (
    "", "made", "made/county", "made/nation", "made/judges", "made/desk", "whole/evaluation",
    "publishing/batch"))]

from asked_desk import EXAMPLE, FIRST, YEAR, Asked, desk_at  # noqa: E402
from desk_standing import free_port, standing  # noqa: E402
from desk_visitors import Visitor  # noqa: E402

UPLOADS_AT_ONCE, POLLERS, POLL_SECONDS, ROUNDS = 50, 500, 2, 15


def content(number):
    """Return the example under other bytes: an upload of its own."""
    return EXAMPLE.read_bytes() + b"\n" * (number + 1)


async def answered(visitor, method, path, body=b"", **more):
    """Ask on a connection of its own; return status and seconds."""
    begun = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", visitor.port)
    own = {"Host": visitor.host, "Cookie": visitor.cookie, "Connection": "close",
           "Origin": f"http://{visitor.host}", "X-Junheng": visitor.key,
           "Content-Length": str(len(body)), **more}
    head = "".join(f"{name}: {value}\r\n" for name, value in own.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
    status = int((await reader.readline()).split()[1])
    await reader.read()
    writer.close()
    return status, time.monotonic() - begun


async def polled(visitor, place, begin):
    """Poll a page as its script does; return the seconds that each answer took."""
    await asyncio.sleep(begin)
    took = []
    for _ in range(ROUNDS):
        status, seconds = await answered(visitor, "GET", f"{place}.json")
        took.append((status, seconds))
        await asyncio.sleep(max(0, POLL_SECONDS - seconds))
    return took


async def crowd(visitor, place):
    """Let all come at once."""
    pollers = [asyncio.create_task(polled(visitor, place, POLL_SECONDS * n / POLLERS))
               for n in range(POLLERS)]
    await asyncio.sleep(5)
    sent = await asyncio.gather(*(answered(
        visitor, "PUT", f"/upload/{YEAR}", content(n + 1), **{"X-File-Name": "a.csv"})
        for n in range(UPLOADS_AT_ONCE)))
    pages = [await answered(visitor, "GET", "/desk") for _ in range(40)]
    return [one for told in await asyncio.gather(*pollers) for one in told], sent, pages


def spread(told):
    """Return how answers were: statuses, median, 95 % and the slowest, in seconds."""
    seconds, statuses = sorted(s for _, s in told), sorted({status for status, _ in told})
    return (f"{len(told)} answers {statuses}: median {seconds[len(seconds) // 2]:.3f} s, "
            f"p95 {seconds[int(len(seconds) * 0.95)]:.3f} s, slowest {seconds[-1]:.3f} s")


def processor_seconds(pid):
    """Return the processor time that a process has used."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    """Return the resident memory of a process now, and the most it had."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(told[name].split()[0]) / 1000 for name in ("VmRSS", "VmHWM"))


def load(desk, token, _):
    """Measure answers and memory under load."""
    with standing(desk) as parts:
        visitor = Visitor(desk.port, token)
        place = visitor.put(YEAR, content(0))
        web = parts.parts["web"].pid
        before = processor_seconds(web)
        polls, sent, pages = asyncio.run(crowd(visitor, place))
        used = processor_seconds(web) - before
        print("polls  ", spread(polls))
        print("uploads", spread(sent))
        print("pages  ", spread(pages))
        now, most = memory_mb(web)
        print(f"web part: {1000 * used / len(polls + sent + pages):.1f} ms of a processor an "
              f"answer; memory {now:.0f} MB, at most {most:.0f} MB; load of the machine "
              f"{os.getloadavg()[0]:.0f} on {os.cpu_count()} processors")


def kills(desk, token, asked):
    """Kill parts at random while files come in; count what became of them."""
    chance, acknowledged, killed = random.Random(asked.seed), [], {"web": 0, "crew": 0, "child": 0}
    with standing(desk) as parts:
        visitor = Visitor(desk.port, token)
        while sum(killed.values()) < asked.kills:
            if len(acknowledged) < asked.uploads and chance.random() < 0.6:
                acknowledged.append(visitor.put(YEAR, content(len(acknowledged))))
            for place in chance.sample(acknowledged, min(4, len(acknowledged))):
                visitor.make_if_ready(place)
            time.sleep(chance.uniform(0, 1.2))
            victim = chance.choice([*killed])
            if victim == "child":
                killed[victim] += parts.kill_child()
                continue
            parts.kill(victim)
            killed[victim] += 1
            parts.start()
        acknowledged += [visitor.put(YEAR, content(n))
                         for n in range(len(acknowledged), asked.uploads)]
        ended = visitor.all_ended(acknowledged, 1800)
    db = Asked(desk).db
    made = db.execute("SELECT upload, count(*) FROM job WHERE kind = 'make' AND run_id != ''"
                      " GROUP BY upload").fetchall()
    states = {state: list(ended.values()).count(state) for state in {*ended.values()}}
    print(f"kills {killed}; acknowledged {len({*acknowledged})}, ended {len(ended)} {states}, "
          f"lost {len(acknowledged) - len(ended)}, made twice {sum(n > 1 for _, n in made)}, "
          f"outputs {len([*desk.outputs.iterdir()])}, "
          f"left in the inbox {len([*desk.inbox.glob('*.part')])} parts")
    print(json.dumps(dict(db.execute("SELECT kind, max(tries) FROM job GROUP BY kind").fetchall())))


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("what", choices=["load", "kills"])
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--uploads", type=int, default=60)
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = desk_at(Path(folder, "desk"), port=free_port(), uploads_a_day=10_000)
        {"load": load, "kills": kills}[given.what](made, Asked(made).token(FIRST), given)
