"""How printed numbers follow from the declared tables (印出的数从何而来), as data.

The files of `data/printing/traced` say it: of the columns of printed tables, of the points of
figures, of the numbers in sentences, and which numbers are names and no figures.
"""

from functools import cache
from typing import Literal

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Exact, Text, load_toml

_FOLDER = DATA / "printing" / "traced"


class Derived(Definition):
    """How a number follows (算法): a ``figure`` of a column of the rows of a declared table, then
    divided by, or less, that of another (``of``), through a ``function``, and ``times`` so much;
    or what the standard says (``rule``, names with a dot between them).

    ``where``: what the rows have in a column beside what is told of them: of a list one, with !
    not this, with < or > less or more, with * any letters there. Values are added up ``by`` these
    columns first. What tells the row may stand in braces in a column or in ``where``. ``step`` is
    what a coefficient is told for: 10% more of a logarithm.
    """

    table: str = ""
    column: str = ""
    where: dict[str, str | list[str]] = {}
    figure: Literal["value", "count", "distinct", "sum", "lowest", "middle", "highest", "mean",
                    "asked", "given", "filled", "zeros", "lacking"] = "value"
    by: list[Text] = []
    of: "Derived | None" = None
    op: Literal["÷", "×", "－", "＋"] = "÷"
    function: Literal["", "ln", "step", "root", "size", "negative",
                      "complement"] = ""
    times: Exact = Field(default=1, validate_default=True)
    rule: str = ""


class PrintedTable(Definition):
    """A printed table or figure (印出的表、图) and the declared table that its columns come from.

    ``rows``: what tells a row, by heading; ``fixed`` is what every row has there and the paper
    need not say; ``names`` are columns of names, ``only`` what
    stands in the rows that the entry is for. Columns of one printed table may come from
    several declared ones: each has its own entry.
    """

    key: Text
    rest: str = ""
    fixed: dict[str, Text] = {}
    table: Text
    rows: dict[str, Text] = {}
    columns: dict[str, Text | Derived | list[Derived]] = {}
    names: list[Text] = []
    only: dict[str, Text] = {}

    def derived(self, head: str) -> list[Derived]:
        """Return how the numbers of a column follow, one after the other."""
        said = self.columns[head]
        found = said if isinstance(said, list) else [
            Derived(column=said) if isinstance(said, str) else said]
        return [one if one.table else one.model_copy(update={"table": self.table})
                for one in found]


class SaidNumbers(Definition):
    """Numbers in sentences (句中的数): ``like`` is how they are said, # each number meant, ~ any
    other, … any words, {stage} what tells a row. ``rows`` that it does not say were said before;
    ``within``: what the sentence must say, a regular expression.
    """

    keys: list[Text] = Field(min_length=1)
    like: list[Text] = Field(min_length=1)
    table: str = ""
    rows: list[Text] = []
    within: str = ""
    numbers: list[Derived] = Field(min_length=1)


class NamedNumbers(Definition):
    """Numbers that are names (编号、年份等), as regular expressions, and why they are no figures;
    in the exhibits with the ``keys`` alone where these are given."""

    why: Text
    like: list[Text] = Field(min_length=1)
    keys: list[Text] = []


class TracedTables(Definition):
    """Printed tables and figures: `tables.toml`, `annex_tables.toml` and `drawings.toml`."""

    printed: list[PrintedTable]


class TracedSentences(Definition):
    """Sentences: `sentences.toml` and `annex_sentences.toml`."""

    said: list[SaidNumbers]


class Names(Definition):
    """Numbers that are names: `names.toml`; ``quoted`` are columns whose words are printed as
    they stand."""

    named: list[NamedNumbers]
    quoted: dict[str, list[Text]]


@cache
def traced_tables() -> tuple[PrintedTable, ...]:
    """Return the printed tables and figures whose numbers are traced."""
    return tuple(entry for name in ("tables", "annex_tables", "drawings")
                 for entry in load_toml(_FOLDER / f"{name}.toml", TracedTables).printed)


@cache
def traced_sentences() -> tuple[SaidNumbers, ...]:
    """Return how numbers are said in sentences."""
    return tuple(entry for name in ("sentences", "annex_sentences")
                 for entry in load_toml(_FOLDER / f"{name}.toml", TracedSentences).said)


@cache
def names() -> Names:
    """Return which numbers are names."""
    return load_toml(_FOLDER / "names.toml", Names)
