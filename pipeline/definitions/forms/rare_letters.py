"""Letters that the dossier's fonts lack (生僻字): what is printed in their place, and told.

A place is not without figures because its name is written with a rare letter. Its
description of `data/reading/rare_letters.toml` stands for it, else 〓, the printer's mark for a
letter that is not there; never an empty box.
"""

import re
import unicodedata
from functools import cache

from pipeline.definitions.base import DATA, read_toml
from pipeline.ground.fonts import missing_letters
from pipeline.ground.readiness import readied

MARK = "〓"
_RUN = re.compile(rf"{MARK}+")
# drawn by every family, and no font need be opened
COMMON = re.compile(r"[ -~\u4e00-\u9fa5\u3000（）《》〔〕【】、，。；：！？“”‘’—…·㎡％～０-９Ⅰ-Ⅳ]*")


@readied
@cache
def descriptions() -> dict[str, str]:
    """Return letter → what is printed for it."""
    lines = read_toml(DATA / "reading" / "rare_letters.toml")["letters"]
    return {chr(int(code, 16)): said for code, _, said in map(str.split, lines)}


def rare_letters(text: str) -> str:
    """Return the letters, of any script, that some font lacks; signs and pictures are none."""
    return "".join(c for c in missing_letters(text) if unicodedata.category(c)[0] in "LM")


def printable(text: str) -> str:
    """Return the text with a substitute for each rare letter, one mark for a run of them.

    >>> printable("示例县𠮷㙍小学"), printable("\\U00030edd家沟小学"), printable("实验小学")
    ('示例县〔⿱土口〕㙍小学', '〓家沟小学', '实验小学')
    """
    if COMMON.fullmatch(text):
        return text
    rare = rare_letters(text)
    return _RUN.sub(MARK, text.translate({ord(c): descriptions().get(c, MARK) for c in rare}))
