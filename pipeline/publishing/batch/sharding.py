"""Shards (分片): which counties one machine of several takes, by the hash of the code alone."""

import hashlib
import re
from dataclasses import dataclass

from pipeline.ground.errors import WrongUse

_FORM = re.compile(r"(\d+)/(\d+)")
_MOST = 10_000


@dataclass(frozen=True)
class Shard:
    """Part ``number`` of ``count``, numbered from 1: 1/4, 2/4, 3/4, 4/4."""

    number: int
    count: int

    @classmethod
    def read(cls, text: str) -> "Shard | None":
        """Return the shard that is written ``i/n``, None where nothing is."""
        if not text:
            return None
        match = _FORM.fullmatch(text)
        number, count = map(int, match.groups()) if match else (0, 0)
        if not 1 <= number <= count <= _MOST:
            raise WrongUse(f"分片“{text}”应写成 i/n，i 从 1 到 n，如 1/4、4/4")
        return cls(number, count)

    def takes(self, code: str) -> bool:
        """Tell whether a county belongs here: the same on every machine, whatever the list."""
        number = int.from_bytes(hashlib.sha256(code.encode()).digest()[:8], "big")
        return number % self.count == self.number - 1

    @property
    def suffix(self) -> str:
        """Return what the names of this shard's files end in."""
        return f"-{self.number}-of-{self.count}"
