"""How long the index of a nation takes, and how many bytes it is (`junheng index`).

`python benchmarks/nation/index.py 2900 reports/2023/990101/results.json` lays down so many
dossiers, every one with those results under another published code, coefficients and a verdict
drawn, one of thirty refused; then it writes the index twice, and tells seconds, bytes and
whether the bytes are the same. Where there is a Chromium it opens the page, narrows and sorts it.
"""

import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

MADE = Path(__file__).resolve().parents[2] / "tests" / "made"
sys.path[:0] = [str(MADE / "judges"), str(MADE / "nation")]

from browser import CHROMIUM, browser  # noqa: E402
from standing import YEAR, stand  # noqa: E402

from pipeline.definitions.forms.unit_list import published_units  # noqa: E402
from pipeline.ground.terms import STATE_ZH  # noqa: E402
from pipeline.whole.index.index_files import write_index  # noqa: E402

_REFUSED_EVERY = 30
_ASKED = """(() => {{ const began = performance.now(); {act}; document.body.offsetHeight;
 return Math.round(performance.now() - began) }})()"""
_ACTS = {"narrow": "form.failed.value = 'R5'; form.words.value = '县'; narrow()",
         "sort by a number": "heads[at.primary].querySelector('button').click()",
         "sort by name": "heads[at.name].querySelector('button').click()"}


def laid(folder: Path, counties: int, told: dict) -> None:
    """Lay down the dossiers and a batch record of those refused."""
    draw, refused = random.Random(counties), []
    for number, info in enumerate(list(published_units().values())[:counties]):
        if number % _REFUSED_EVERY == 0:
            refused.append({"code": info.code, "name": info.name, "state": "refused",
                            "province": info.province, "prefecture": info.prefecture,
                            "reason": "原始数据有 3 处必须改正\n【拒收】学校情况 D12：不是数。"})
            continue
        balance = [{**row, "cv": str(round(draw.uniform(.1, .7), 12))} for row in told["balance"]]
        stand(folder, {**told, "unit": {"code": info.code, "name": info.name}, "year": YEAR,
                       "verdict": draw.choice([*STATE_ZH]), "balance": balance},
              info.province, info.prefecture)
    (folder / "batch.json").write_text(json.dumps({"counties": refused}), "utf-8")


def main() -> None:
    """Measure a nation of the size that is asked for."""
    told = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="junheng-") as place:
        folder, before = Path(place) / str(YEAR), {}
        laid(folder, int(sys.argv[1]), told)
        for what in ("first", "again"):
            clock, processor = time.perf_counter(), time.process_time()
            write_index(folder)
            print(f"{what}: {time.perf_counter() - clock:.1f} s, "
                  f"CPU {time.process_time() - processor:.1f} s")
            files = {path.name: path.read_bytes()
                     for pattern in ("index.*", "nation*") for path in folder.glob(pattern)}
            same = "" if not before else f", same bytes: {files == before}"
            before = files
        print(", ".join(f"{name} {len(content):,} bytes" for name, content in files.items()) + same)
        print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
        if CHROMIUM:
            with browser(Path(place) / "browser") as page:
                clock = time.perf_counter()
                page.open(folder / "index.html")
                print(f"Chromium: open {time.perf_counter() - clock:.1f} s")
                for what, act in _ACTS.items():
                    print(f"Chromium: {what} {page.ask(_ASKED.format(act=act))} ms")


if __name__ == "__main__":
    main()
