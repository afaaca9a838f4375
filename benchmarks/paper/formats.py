"""What each format of a dossier costs beside its PDF (各格式的用时和大小).

    python benchmarks/paper/formats.py reports/2023/990101 [times]

The published notebook, read beforehand, is written in every format by processes that have
written nothing before (Typst remembers what it has set); of some such times the least counts:
seconds of the processor and of the clock, bytes, and whether all writings are the same.
"""

import hashlib
import json
import multiprocessing
import sys
import time
from pathlib import Path

import nbformat

from pipeline.publishing.formats import exporter_of, known_formats
from pipeline.publishing.languages.language import language
from pipeline.publishing.languages.translation import Translation
from pipeline.publishing.paper.blocks import read_notebook
from pipeline.publishing.paper.papers import papers

ENGLISH = "pdf, English"


def parts_of(folder: Path, name: str, in_papers: bool) -> dict[str, dict]:
    """Return the papers of a published dossier, in two languages for the English edition."""
    document = read_notebook(nbformat.read(folder / "dossier.ipynb", 4), "0123456789abcdef")
    parts = papers(document, "dossier") if in_papers else {"dossier": document}
    if name == ENGLISH:
        unit = json.loads((folder / "manifest.json").read_text("utf-8"))["registered"]
        translation = Translation(language("en"), unit, document)
        parts = {stem: translation.paper(part, "", "") for stem, part in parts.items()}
    return parts


def measured(folder: Path, name: str) -> tuple[float, float, int, str]:
    """Return seconds of the processor and of the clock, bytes, and the hash of what is written."""
    exporter = exporter_of(name.partition(",")[0])(default_preprocessors=[])
    parts = parts_of(folder, name, exporter.in_papers)
    clock, processor = time.perf_counter(), time.process_time()
    content = b"".join(exporter.written(part) for part in parts.values())
    return (time.process_time() - processor, time.perf_counter() - clock, len(content),
            hashlib.sha256(content).hexdigest())


def main() -> int:
    """Measure every format; exit 1 where two writings differ."""
    folder, times = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2
    print("| 格式 | 处理器秒 | 钟表秒 | 字节 | 几次相同 |\n|---|---|---|---|---|")
    differing = False
    for name in (*sorted(known_formats(), key=lambda n: n != "pdf"), ENGLISH):
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            found = pool.starmap(measured, [(folder, name)] * times, chunksize=1)
        same = len({one[3] for one in found}) == 1
        differing |= not same
        print(f"| {name} | {min(one[0] for one in found):.2f} | "
              f"{min(one[1] for one in found):.2f} | {found[0][2]} | {'是' if same else '否'} |",
              flush=True)
    return int(differing)


if __name__ == "__main__":
    sys.exit(main())
