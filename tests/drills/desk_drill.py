"""Drills of the desk (窗口演练): `python tests/drills/desk_drill.py load|kills|corpus …`.

``load``: 50 uploads at once while 500 pages poll; how long an answer takes, how much memory the
web part has. ``kills``: 60 uploads while web, crew and child are killed at random; what was
acknowledged, what has ended, what was lost or made twice. ``corpus``: every file of the hostile
corpus, and those of the folders given by ``--inputs``, is handed in; what comes of it beside what
`check` says of the same bytes. Dossiers are small (`desk_standing`), checks and everything else
are the desk's own.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / place) for place in (
    "", "made", "made/county", "made/nation", "made/judges", "made/desk", "whole/evaluation",
    "publishing/batch", "drills", "whole/desk"))]

from asked_desk import EXAMPLE, FIRST, YEAR, Asked, desk_at  # noqa: E402
from desk_standing import free_port, standing  # noqa: E402
from desk_visitors import Visitor  # noqa: E402
from test_clerks_words import out_of_reach  # noqa: E402

from pipeline.whole.checking import check_paths  # noqa: E402
from pipeline.whole.checking.check_reports import ACCEPTED, REFUSED  # noqa: E402
from pipeline.whole.desk.desk_folder import SUFFIXES, file_name  # noqa: E402
from pipeline.whole.desk.states import READY, TO_MEND, UNCHECKED  # noqa: E402
from pipeline.whole.desk.web.clerks_words import for_clerks  # noqa: E402

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


CORPUS_UNIT, CORPUS_YEAR, PIECE = "990101", 2023, 40


def inputs(asked, scratch):
    """Yield name and path of every single table file: of the corpus, of the folders given."""
    from test_corpus import FAMILIES

    for family, parts in FAMILIES.items():
        if asked.families and family not in asked.families:
            continue
        for n, case in enumerate(case for part in parts for case in part.cases()):
            place = scratch / family / str(n)
            place.mkdir(parents=True)
            names = case.files(place) if callable(case.files) else sorted(case.files)
            if not callable(case.files):
                for name in names:
                    (place / name).write_bytes(case.files[name])
            if len(names) == 1 and (place / names[0]).is_file():
                yield f"{family}: {case.name}", place / names[0]
    for folder in asked.inputs:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.suffix.lower() in SUFFIXES and (
                    "corrections" not in path.name):
                yield f"{path.relative_to(folder)}", path


def corpus(desk, _, asked):
    """Hand in every file and compare what comes of it with what `check` says of it."""
    here, counted, unlike, words = Asked(desk), Counter(), [], Counter()
    clerk = here.sign_in(CORPUS_UNIT)
    with standing(desk, "crew"), tempfile.TemporaryDirectory() as folder:
        files = [*inputs(asked, Path(folder, "in"))][asked.offset::asked.every]
        for begin in range(0, len(files), PIECE):
            piece = files[begin:begin + PIECE]
            sent = [clerk.put(path.read_bytes(), path.name, CORPUS_YEAR) for _, path in piece]
            said = by_check(desk, piece, Path(folder, f"check{begin}"))
            while here.db.execute("SELECT 1 FROM job WHERE state IN ('waiting', 'running')"
                                  ).fetchone():
                time.sleep(0.3)
            for (name, _), answer, report in zip(piece, sent, said, strict=True):
                came = came_of(here, answer, words)
                counted[came[0], *report[:1]] += 1
                if came != report:
                    unlike.append(f"{name}: desk {briefly(came)}; check {briefly(report)}")
            print(f"{begin + len(piece)} of {len(files)}", dict(counted), flush=True)
    print(f"{len(files)} files, {len(unlike)} unlike; (desk, check): {dict(counted)}")
    print("\n".join(unlike))
    print("words that a clerk may not know:", dict(words))


def by_check(desk, piece, folder):
    """Return what `check` says of each file, by itself in a raw folder of its own."""
    places = []
    for n, (_, path) in enumerate(piece):
        raw = folder / str(n)
        (raw / str(CORPUS_YEAR)).mkdir(parents=True)
        (raw / "counties.csv").write_bytes(desk.register.read_bytes())
        named = file_name(CORPUS_UNIT, raw, path.suffix.lower())
        (raw / str(CORPUS_YEAR) / named).write_bytes(path.read_bytes())
        places.append(raw / str(CORPUS_YEAR))
    said = []
    for place in places:
        (report,) = [one for one in check_paths([place], workers=1) if one["unit"] == CORPUS_UNIT]
        state = {ACCEPTED: READY, REFUSED: TO_MEND}.get(report["outcome"], UNCHECKED)
        said.append((state, report["findings"]))
    return said


def came_of(here, answer, words):
    """Return the state and the findings of what was handed in; note words beyond a clerk's."""
    if answer.status not in (200, 202):
        return f"not taken ({answer.status})", []
    row = here.db.execute("SELECT state, findings FROM upload WHERE id = ?",
                          (answer.told["to"].rpartition("/")[2],)).fetchone()
    found = json.loads(row["findings"] or "[]")
    for one in found:
        words.update(word for name in ("action", "rule", "remedy")
                     for word in out_of_reach(for_clerks(one[name])))
    return row["state"], found


def briefly(one):
    return one[0], sorted({found["code"] for found in one[1] if found["severity"] == "refuse"})


if __name__ == "__main__":
    words = argparse.ArgumentParser()
    words.add_argument("what", choices=["load", "kills", "corpus"])
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--uploads", type=int, default=60)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--inputs", action="append", default=[], help="folders of further files")
    words.add_argument("--families", nargs="*", default=[])
    words.add_argument("--every", type=int, default=1, help="every so manieth file")
    words.add_argument("--offset", type=int, default=0, help="from which on")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = desk_at(Path(folder, "desk"), port=free_port(), uploads_a_day=10_000,
                       quota_mb=100_000)
        drill = {"load": load, "kills": kills, "corpus": corpus}[given.what]
        drill(made, Asked(made).token(FIRST), given)
