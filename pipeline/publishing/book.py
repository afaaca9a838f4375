"""A book from beginning to end (一本书): bind, execute, look at the record, export, publish."""

import json
import logging
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbformat import NotebookNode

from pipeline.annual_evaluation import Annual
from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.county import LAID_LEDGER, County
from pipeline.county.known_files import handed_on
from pipeline.ground.admission import content_of
from pipeline.ground.errors import DossierFailed, InputRefused
from pipeline.ground.keeping import write_own
from pipeline.ground.origin import sign
from pipeline.ground.ownership import LOG, place_of, place_told, seal_log
from pipeline.publishing.book_publication import publish_book
from pipeline.publishing.chapters.binding import bind
from pipeline.publishing.chapters.chapter_files import chapters
from pipeline.publishing.chapters.execution import execute, without_traces
from pipeline.publishing.chapters.surroundings import private_surroundings
from pipeline.publishing.formats import PDF, exporter_of
from pipeline.publishing.kinds import Book, book_of, with_formats
from pipeline.publishing.order import Order
from pipeline.publishing.paper.drafts import read_draft
from pipeline.publishing.paper.exporting import export
from pipeline.publishing.paper.papers import APART
from pipeline.publishing.records.finding_lines import refusals
from pipeline.publishing.records.manifest import manifest, manifest_text, run_id
from pipeline.publishing.records.publication import discard, require_place
from pipeline.publishing.records.tables.csv_tables import write_tables
from pipeline.publishing.records.tables.data_package import CATALOGUE, data_package
from pipeline.publishing.records.temporaries import temporary_folder


def make_dossier(order: Order) -> Path:
    """Make and publish one book in this process, a county's dossier or a prefecture's; return its
    folder. Nothing is written when it fails.
    """
    made, order = order.opened, with_formats(order)
    made.require_files()
    for folder in (made.folder, order.target):
        require_place(folder)
    order.out.mkdir(parents=True, exist_ok=True)
    with temporary_folder(".work-", order.out) as work:
        with _kept_on_failure(work / book_of(order).stem / LOG, order):
            prepare_book(order, work)
        for said in publish_book(order, work):
            print(f"{order.parameters.subject}：{said}", file=sys.stderr)
    return order.target


def prepare_book(order: Order, work: Path) -> None:
    """Make one book in the private folder ``work``: all but the publication of it.

    What was begun before in the tables of the order is made anew.
    """
    private = order.private(work)
    made, finished = private.opened, work / book_of(order).stem
    discard(made.folder)
    if isinstance(made, County):
        _lay_ledger(order.county, made)
    finished.mkdir()
    with private_surroundings(work), _run_log(finished / LOG) as log:
        notebook = _executed(private, made, work, log)
        _export(notebook, made, order, finished, log)
    seal_log(finished / LOG)


def _lay_ledger(county: County, made: County) -> None:
    """Lay last year's published ledger beside the tables, where the chapters look for it."""
    for path in county.published_ledger.values():
        write_own(made.folder, LAID_LEDGER, content_of(path))


def _executed(private: Order, made: County | Annual | Prefecture, work: Path, log: logging.Logger
              ) -> NotebookNode:
    started, book = time.monotonic(), book_of(private)
    try:
        with handed_on(private.known, made.folder.parents[1]):
            notebook = execute(bind(chapters(book.name), book.parameters), private.parameters,
                               work, private.engine)
    except InputRefused as refusal:
        raise InputRefused("\n".join([str(refusal), *refusals(made)])) from refusal
    log.info("executed in %.1f s", time.monotonic() - started)
    _look_at_record(book, made.folder)
    return notebook


def _look_at_record(book: Book, folder: Path) -> None:
    """Success is our own sentinel: the last chapter's record, for this subject and year."""
    results = folder / book.records[0]
    if not results.is_file():
        raise DossierFailed(f"{book.zh}没有执行到最后一章，未生成 {results.name}")
    if place_told(results) != place_of(folder):
        raise DossierFailed(f"{results.name} 的对象或年份与所要求的不符")


def _export(notebook: NotebookNode, made: County | Annual | Prefecture, order: Order,
            finished: Path, log: logging.Logger) -> None:
    started, book = time.monotonic(), book_of(order)
    clean = without_traces(notebook, order.parameters.model_copy(
        update=book.portable(made, order.parameters)))
    why = book.causes(made, order.parameters)
    export(clean, run_id(why)[:16], finished / book.stem, order.formats or (PDF,),
           order.binding or APART, made.folder / book.records[0])
    left = [name for name in book.workbooks if (made.folder / name).is_file()]
    for name in (*book.records, *left):
        shutil.move(made.folder / name, finished / name)
    for name in book.drafts:
        _write_draft(made.folder / f"{name}.json", run_id(why)[:16], finished / f"{name}.docx")
    write_tables(made, finished / "tables")
    subject = f"{order.parameters.year}-{order.parameters.subject}"
    (finished / CATALOGUE).write_bytes(data_package(made, finished, subject, book.zh))
    (finished / "manifest.json").write_text(manifest_text(manifest(why, finished)),
                                            encoding="utf-8")
    for name, content in book.beside(made).items():
        write_own(made.folder, name, content)
    sign(made.folder, run_id(why))
    log.info("exported in %.1f s", time.monotonic() - started)


def _write_draft(left: Path, run: str, path: Path) -> None:
    """Write a draft (草稿) that the chapters left as a Word document; nothing where it is null."""
    draft = json.loads(left.read_text("utf-8"))
    left.unlink()
    if draft:
        document = read_draft(draft, run)
        path.write_bytes(exporter_of("docx")(default_preprocessors=[]).written(document))


@contextmanager
def _kept_on_failure(log: Path, order: Order) -> Iterator[None]:
    """Keep the log of a failure that is not the user's beside the dossiers, and name it."""
    try:
        yield
    except DossierFailed as failure:
        kept = order.out / f"{order.parameters.year}-{order.parameters.subject}.failed.log"
        try:
            shutil.copyfile(log, kept)
        except OSError:  # no room for it either, or the folder has gone
            raise failure from None
        raise DossierFailed(f"{failure}运行记录：{kept.name}（在卷宗文件夹中）。") from failure


@contextmanager
def _run_log(path: Path) -> Iterator[logging.Logger]:
    """Write the log of a run (运行日志) to a file while the block runs."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("junheng.run")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield log
    except Exception:
        log.exception("dossier failed")
        raise
    finally:
        log.removeHandler(handler)
        handler.close()
