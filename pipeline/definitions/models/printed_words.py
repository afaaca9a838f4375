"""Words that may not be printed, and those that hang on a condition (用词), from one data file."""

from collections.abc import Iterator
from functools import cache

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Text, load_toml


class Forbidden(Definition):
    """Words that no figure of ours can bear, but for longer ones in which they mean otherwise."""

    words: list[Text] = Field(min_length=1)
    allowed_in: list[Text] = []
    reason: Text


class Conditional(Definition):
    """Words that may be printed only where the ``condition`` holds of the figures beside them."""

    words: list[Text] = Field(min_length=1)
    condition: Text
    meaning: Text


class PrintedWords(Definition):
    """The list of words (用词表); exhibits whose key begins with ``quoting`` quote documents."""

    quoting: list[Text]
    forbidden: list[Forbidden]
    conditional: list[Conditional]

    def faults(self, text: str) -> Iterator[str]:
        """Yield the forbidden words of a text, each with the reason.

        >>> list(printed_words().faults("政策有效"))
        ['不可写“有效”：政策、经费有没有用，相关资料不能回答']
        """
        for rule in self.forbidden:
            left = text
            for longer in rule.allowed_in:
                left = left.replace(longer, "")
            yield from (f"不可写“{word}”：{rule.reason}" for word in rule.words if word in left)


@cache
def printed_words() -> PrintedWords:
    """Return the list of `data/printing/printed_words.toml`."""
    return load_toml(DATA / "printing" / "printed_words.toml", PrintedWords)


def require_words(**texts: str) -> None:
    """Raise `ValueError` where texts of a definition, by key, hold a forbidden word."""
    faults = [f"{key}：{fault}" for key, text in texts.items()
              for fault in printed_words().faults(text)]
    if faults:
        raise ValueError("；".join(faults))
