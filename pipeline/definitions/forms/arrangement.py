"""The arrangement of a book (编排): what stands in its body (正文), in its annex (附录), in its
brief (简报). It names exhibits and headings, and knows nothing of what they say."""

from fnmatch import fnmatchcase

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Text, load_toml


class Annex(Definition):
    """What goes to the annex. ``*`` in the key of an exhibit stands for any letters.

    ``rows``: tables with more rows than that; ``turned``: what stands upright on no page;
    ``formulas``: displayed formulas and the paragraphs that speak in symbols; ``headings``: all
    that stands under them; ``exhibits``: by their keys. ``kept`` stay in the body in spite of
    ``rows``. Of ``excerpts`` the body shows the rows that are toned, while they are no more.
    """

    rows: int = Field(ge=1)
    turned: bool
    formulas: bool
    headings: list[Text] = []
    exhibits: list[Text] = []
    kept: list[Text] = []
    excerpts: list[Text] = []

    def names(self, key: str) -> bool:
        """Tell whether the exhibit with this key goes to the annex by its key."""
        return _among(self.exhibits, key)

    def keeps(self, key: str) -> bool:
        """Tell whether a long table stays in the body."""
        return _among(self.kept, key)

    def excerpted(self, key: str) -> bool:
        """Tell whether the body shows an excerpt (节选) of a table that is not there itself."""
        return _among(self.excerpts, key)


class Brief(Definition):
    """The brief (简报): its exhibits in order, of the figures among them no more than ``figures``;
    those ``alone`` are printed nowhere else."""

    title: Text
    exhibits: list[Text] = Field(min_length=1)
    alone: list[Text] = []
    figures: int = Field(default=2, ge=0)


class Signatures(Definition):
    """The page of the body on which it is signed (签署页): its title, and who signs."""

    title: Text
    signers: list[Text] = Field(min_length=1)


class Origin(Definition):
    """Where the numbers of tables come from (来处): ``of`` whose, ``to`` which tables. Of several
    entries the first is meant of which a table is there."""

    of: list[Text] = Field(min_length=1)
    to: list[Text] = Field(min_length=1)


class Arrangement(Definition):
    """How one kind of book is arranged (编排); not every kind is signed or has a brief."""

    annex: Annex
    signatures: Signatures | None = None
    brief: Brief | None = None
    origins: list[Origin] = []

    def origins_of(self, key: str, there: set[str]) -> list[str]:
        """Return the keys of the tables that the numbers of a table are reckoned from (来处), of
        those that are ``there``; none where nothing is said of it."""
        found = ([to for to in one.to if to in there] for one in self.origins
                 if _among(one.of, key))
        return next(filter(None, found), [])


def _among(patterns: list[str], key: str) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in patterns)


def arrangement_of(book: str) -> Arrangement | None:
    """Return the arrangement of a kind of book from ``data/printing/arrangements``, None where
    it has none: all of it is then body."""
    file = DATA / "printing" / "arrangements" / f"{book}.toml"
    return load_toml(file, Arrangement) if book and file.is_file() else None
