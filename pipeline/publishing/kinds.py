"""The kinds of book (书的种类): a county's dossier, an annual evaluation and a prefecture's book
differ in what `Book` holds, and in nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel

from pipeline.annual_evaluation import STUDY, Annual
from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.county import County
from pipeline.publishing.chapter_parameters import (
    AnnualParameters,
    Parameters,
    PrefectureParameters,
    PublicParameters,
)
from pipeline.publishing.formats import PDF, formats_among
from pipeline.publishing.order import Order
from pipeline.publishing.paper.papers import APART, binding_among
from pipeline.publishing.records.annual_causes import annual_causes
from pipeline.publishing.records.manifest import causes, read_manifest
from pipeline.publishing.records.prefecture_causes import prefecture_causes
from pipeline.publishing.records.public_causes import public_causes


def _portable_of_county(made: County, parameters: Parameters) -> dict:
    peers = parameters.pool and Path("data/processed", *Path(parameters.pool).parts[-2:]).as_posix()
    return {"raw": "data/raw", "processed": "data/processed", "pool": peers,
            "standard": parameters.standard and made.standard.id}


def _portable_of_public(made: County, parameters: PublicParameters) -> dict:
    return _portable_of_county(made, parameters) | {
        "processed": f"data/processed/{PUBLIC.name}", "internal": "data/processed"}


def _portable_of_annual(made: Annual, _: AnnualParameters) -> dict:
    return {"raw": made.study.source.raw, "processed": "data/processed", "study": made.study.id}


def _portable_of_prefecture(_: Prefecture, __: PrefectureParameters) -> dict:
    return {"raw": "data/raw", "processed": "data/processed"}


def _study_beside(made: Annual) -> dict[str, bytes]:
    return {} if made.study.named == made.study.id else {STUDY: made.study.file.read_bytes()}


@dataclass(frozen=True)
class Book:
    """What one kind of book (书) has that another has not.

    Its chapters stand in ``notebooks/<name>`` and take ``parameters``. The files are called
    ``<stem>.pdf`` and so on; of ``records``, which the chapters leave, the first is the results.
    ``workbooks`` are what they leave besides, where there is anything to put into one; a draft
    among ``drafts`` (草稿) is published as a Word document, for people to go on writing.
    ``anew`` is true of what is made every time, since its causes are known only once it is made.
    ``causes`` are all that decides it, ``portable`` the parameters with which the executed
    notebook runs again elsewhere, ``beside`` what else stands beside its processed tables.
    """

    name: str
    zh: str
    stem: str
    parameters: type[BaseModel]
    records: tuple[str, ...]
    causes: Callable[..., dict]
    portable: Callable[..., dict]
    beside: Callable[..., dict[str, bytes]] = lambda made: {}
    workbooks: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    anew: bool = False


COUNTY = Book("county", "卷宗", "dossier", Parameters, ("results.json", "findings.json"),
              causes, _portable_of_county,
              workbooks=("annex.xlsx", "ledger.xlsx", "evidence_catalogue.xlsx",
                         "spot_check.xlsx"),
              drafts=("self_report",))
ANNUAL = Book("annual", "年度评价", "annual", AnnualParameters, ("annual.json",),
              annual_causes, _portable_of_annual, _study_beside)
PREFECTURE = Book("prefecture", "市级规划目标", "prefecture", PrefectureParameters,
                  ("prefecture.json",), prefecture_causes, _portable_of_prefecture)
PUBLIC = Book("public", "公开版卷宗", "dossier", PublicParameters, ("results.json",),
              public_causes, _portable_of_public, anew=True)
BOOKS = {book.name: book for book in (COUNTY, PUBLIC, ANNUAL, PREFECTURE)}


def book_of(order: Order) -> Book:
    """Return the book that an order asks for: its parameters tell."""
    return next(book for book in BOOKS.values() if type(order.parameters) is book.parameters)


def with_formats(order: Order) -> Order:
    """Return the order with its formats and its binding settled: those asked for, else those of
    the book that stands, else PDF alone and an annex apart."""
    return replace(order, formats=order.formats or written_formats(order) or (PDF,),
                   binding=order.binding or written_binding(order) or APART)


def written_formats(order: Order) -> tuple[str, ...]:
    """Return the formats in which the published book of an order stands, as its record lists."""
    return formats_among(_outputs(order), book_of(order).stem)


def written_binding(order: Order) -> str:
    """Return how the annex of the published book of an order is bound, "" where none stands."""
    return binding_among(_outputs(order))


def _outputs(order: Order) -> list[str]:
    record = read_manifest(order.target) or {"outputs": []}
    return [output["file"] for output in record["outputs"]]
