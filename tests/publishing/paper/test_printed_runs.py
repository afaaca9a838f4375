"""What a printed paper tells of its run: the id on its pages, the results that it carries."""

import hashlib
import json

import pytest
from small_paper import notebook

from pipeline.commands.records.verify import _pages
from pipeline.ground.errors import WrongUse
from pipeline.publishing.paper import printed_runs
from pipeline.publishing.paper.exporting import export
from pipeline.publishing.paper.printed_runs import attached_files

RUN, OTHER = "0123456789abcdef" * 4, "f" * 64
RESULTS = b'{"verdict": "not_met"}\n'


def made(folder, results=RESULTS, run=RUN):
    """Lay a folder with a paper of a run, its results beside it, and a manifest that tells it."""
    (folder / "results.json").write_bytes(RESULTS)
    carried = folder / "attached" / "results.json"
    carried.parent.mkdir()
    if results is not None:
        carried.write_bytes(results)
    export(notebook("# 一章\n\n正文。"), run[:16], folder / "dossier", ("pdf",),
           results=None if results is None else carried)
    listed = {"file": "dossier.pdf", "sha256": hashlib.sha256(
        (folder / "dossier.pdf").read_bytes()).hexdigest(), "bytes": 1}
    (folder / "manifest.json").write_text(json.dumps(
        {"schema": "junheng.manifest/1", "run_id": RUN, "inputs": [], "outputs": [listed]}))
    return folder


@pytest.mark.parametrize(("results", "run", "code", "said"), [
    (RESULTS, RUN, 0, ""),
    (RESULTS[:-1], RUN, 1, "所附的 results.json 与旁边的文件不同"),
    (RESULTS.replace(b"not_met", b"met"), RUN, 1, "所附的 results.json 与旁边的文件不同"),
    (RESULTS, OTHER, 1, f"没有运行编号 {RUN[:16]}"),
    (None, RUN, 2, "没有附结果数据"),
    (None, OTHER, 1, f"没有运行编号 {RUN[:16]}")])
def test_a_paper_holds_where_its_pages_and_what_it_carries_are_of_the_run(results, run, code, said,
                                                                         tmp_path):
    answer = _pages(made(tmp_path, results, run))
    assert answer.code == code
    assert said in "；".join(answer.said)


def test_a_paper_carries_the_results_to_the_byte_and_as_archives_want_it(tmp_path):
    paper = made(tmp_path) / "dossier.pdf"
    assert attached_files(paper) == {"results.json": RESULTS}
    assert b"<pdfaid:part>3</pdfaid:part>" in paper.read_bytes()


def test_what_is_carried_and_is_not_beside_is_a_difference(tmp_path):
    folder = made(tmp_path)
    (folder / "results.json").unlink()
    assert _pages(folder).code == 1


def test_without_a_reader_of_pdf_nothing_is_said_to_hold(tmp_path, monkeypatch):
    def missing(pdf):
        raise WrongUse("读 PDF 要用软件包 pypdf")
    monkeypatch.setattr(printed_runs, "_reader", missing)
    assert _pages(made(tmp_path)).code == 2
