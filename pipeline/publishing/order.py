"""The order (订单): what is asked for, of a county, an annual evaluation or a prefecture."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.annual_evaluation import Annual
from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.county import County
from pipeline.county.known_files import KnownFiles
from pipeline.definitions.base import ROOT
from pipeline.definitions.forms.unit_list import UnitInfo, unit_info
from pipeline.publishing.chapter_parameters import (
    AnnualParameters,
    Parameters,
    PrefectureParameters,
)


@dataclass(frozen=True)
class Order:
    """What is asked for: the parameters of the chapters, where the book goes, whether the
    chapters run in a forked process or on a Jupyter kernel, in which formats it is written, and
    whether its annex is bound behind the body (``binding``, `papers.APART` or `papers.BOUND`).

    No ``formats`` and no ``binding`` are those of the book that stands, and where none does PDF
    and an annex apart. ``tables`` is a private folder of processed tables in which somebody has
    laid what the chapters start from.
    ``known`` is what is known of the raw folder, for whatever is opened.
    """

    parameters: Parameters | AnnualParameters | PrefectureParameters
    out: Path
    engine: str = "fork"
    formats: tuple[str, ...] = ()
    binding: str = ""
    tables: Path | None = None
    known: KnownFiles = field(default_factory=KnownFiles, repr=False, compare=False)

    @property
    def county(self) -> County:
        """Return the county that is asked for, whose dossier goes beside those of earlier years."""
        return replace(County.open(**self.parameters.of_county, known=self.known),
                       dossiers=self.out)

    @property
    def annual(self) -> Annual:
        """Return the annual evaluation that is asked for."""
        return Annual.open(**self.parameters.of_annual, known=self.known)

    @property
    def opened(self) -> County | Annual | Prefecture:
        """Return what is asked for, as a chapter opens it."""
        if isinstance(self.parameters, Parameters):
            return County.open(**self.parameters.of_county, known=self.known)
        if isinstance(self.parameters, PrefectureParameters):
            return Prefecture.open(**self.parameters.of_prefecture, known=self.known)
        return self.annual

    def private(self, work: Path) -> "Order":
        """Return the order with processed tables of its own, which nobody else sees: those laid
        for it, else new ones in a private folder."""
        more = {"raw": str(self.opened.raw), "processed": str(self.tables or work / "processed")}
        return replace(self, parameters=self.parameters.model_copy(update=more))

    @property
    def target(self) -> Path:
        """Return the folder of the published book: named by year and subject alone."""
        return self.out / str(self.parameters.year) / self.parameters.subject

    @property
    def info(self) -> UnitInfo:
        """Return the unit's row of its list."""
        return unit_info(self.parameters.unit, ROOT / self.parameters.raw)

    @property
    def name(self) -> str:
        """Return what the unit is called in its list."""
        return self.info.name
