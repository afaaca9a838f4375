"""What notes that it was asked for (记下所读): a rule, asked once more, tells what it read."""

from collections.abc import Iterator, Mapping


class Noting(dict):
    """A mapping that notes which of its keys were asked for and are there."""

    def __init__(self, given: Mapping) -> None:
        super().__init__(given)
        self.asked: dict[object, None] = {}

    def __getitem__(self, key: object) -> object:
        found = super().__getitem__(key)
        self.asked[key] = None
        return found

    def get(self, key: object, default: object = None) -> object:
        """Return what is there under a key, noted, or the default, which is not."""
        if key in self:
            self.asked[key] = None
        return super().get(key, default)


class NotingRows(list):
    """Rows that note whether anybody went through them."""

    asked = False

    def __iter__(self) -> Iterator[dict]:
        self.asked = True
        return super().__iter__()
