"""The parameters of chapters (参数), checked before papermill sees them.

papermill only warns about a parameter that it does not know, so the names given, those that a
chapter takes, and their types are compared here.
"""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from pipeline.annual_evaluation.prefecture_unit import SUBJECT, Prefecture
from pipeline.definitions.base import ROOT
from pipeline.definitions.forms.unit_list import unit_code, unit_info
from pipeline.definitions.studies import study
from pipeline.ground.errors import WrongUse


def _text(given: object) -> object:
    """Take a number for a code: papermill's -p makes one of it."""
    return str(given) if type(given) is int else given


def _six_digits(given: object) -> object:
    """Take a number for a unit's code, too, with the zeros that it lost."""
    return unit_code(given) if type(given) is int else given


class ChapterParameters(BaseModel):
    """What chapters take: scalars only, no name beside those that stand here, a code is text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Parameters(ChapterParameters):
    """What every chapter of a county takes.

    ``pool`` is the folder of a finished annual evaluation (年度评价), whose counties are the
    unit's peers; none if empty.
    """

    unit: Annotated[str, BeforeValidator(_six_digits)]
    year: int
    standard: str = ""
    drop_personal: bool = False
    raw: str = "data/raw"
    processed: str = "data/processed"
    pool: str = ""

    @property
    def subject(self) -> str:
        """Return what the book is of, for seeds and file names: the unit's code."""
        return self.unit

    @property
    def of_county(self) -> dict:
        """Return those that `County.open` takes."""
        return self.model_dump(exclude={"drop_personal", "pool"})


class PublicParameters(Parameters):
    """What every chapter of a public edition (公开版) takes besides: the folder of the tables of
    the internal one, and the rules of disclosure."""

    internal: str = "data/processed"
    disclosure: str = "cn-public-1"

    @property
    def of_county(self) -> dict:
        """Return those that `County.open` takes."""
        return self.model_dump(exclude={"drop_personal", "pool", "internal", "disclosure"})


class AnnualParameters(ChapterParameters):
    """What every chapter of an annual evaluation takes; an empty ``raw`` is the study's own."""

    study: str
    year: int
    drop_personal: bool = False
    raw: str = ""
    processed: str = "data/processed"

    @property
    def subject(self) -> str:
        """Return what the book is of, for seeds and file names."""
        return f"annual-{study(self.study).id}"

    @property
    def of_annual(self) -> dict:
        """Return those that `Annual.open` takes."""
        return self.model_dump(exclude={"drop_personal"})


class PrefectureParameters(ChapterParameters):
    """What every chapter of a prefecture's book (市级规划目标) takes."""

    prefecture: Annotated[str, BeforeValidator(_text)]
    year: int
    drop_personal: bool = False
    raw: str = "data/raw"
    processed: str = "data/processed"

    @property
    def subject(self) -> str:
        """Return what the book is of, for seeds and file names."""
        return f"{SUBJECT}{self.prefecture}"

    @property
    def of_prefecture(self) -> dict:
        """Return those that `Prefecture.open` takes."""
        return self.model_dump(exclude={"drop_personal"})


def checked(given: dict) -> Parameters:
    """Return validated parameters, of a public edition where rules of disclosure are given;
    `WrongUse` names every unknown, missing or mistyped one."""
    parameters = _validated(PublicParameters if "disclosure" in given else Parameters, given)
    unit_info(parameters.unit, ROOT / parameters.raw)
    return parameters


def checked_annual(given: dict) -> AnnualParameters:
    """Return validated parameters of an annual evaluation, as `checked` does of a county."""
    parameters = _validated(AnnualParameters, given)
    study(parameters.study)
    return parameters


def checked_prefecture(given: dict) -> PrefectureParameters:
    """Return validated parameters of a prefecture's book, as `checked` does of a county."""
    parameters = _validated(PrefectureParameters, given)
    Prefecture.open(**parameters.of_prefecture)
    return parameters


def _validated(kind: type[ChapterParameters], given: dict) -> ChapterParameters:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        said = (_fault_zh(fault, kind) for fault in error.errors())
        raise WrongUse("参数有误：" + "；".join(said)) from error


def _fault_zh(error: dict, kind: type[ChapterParameters]) -> str:
    name = error["loc"][0]
    known = "、".join(kind.model_fields)
    return {"extra_forbidden": f"没有参数“{name}”，可用的参数为 {known}",
            "missing": f"缺少参数“{name}”",
            "string_type": f"“{name}”应为文本（县代码须加引号，以免丢失前导零）",
            "int_type": f"“{name}”应为整数",
            "bool_type": f"“{name}”应为 True 或 False"}.get(error["type"], f"“{name}”不合规定")
