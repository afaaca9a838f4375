"""Letters that do not belong in a name (异常字符): invisible, turning, broken, undrawable.

A name goes to the letter from the cell to the dossier. What cannot be seen is taken out
with a record; what turns the direction of writing, has no meaning, or is no letter and cannot
be drawn by the dossier's fonts is refused, before it becomes an empty box on paper.
"""

import re
import tomllib
import unicodedata
from functools import cache

from pipeline.definitions.base import DATA
from pipeline.definitions.forms.rare_letters import printable, rare_letters
from pipeline.ground.fonts import missing_letters

APOSTROPHES = ("'", "’", "‘", "＇")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_MOJIBAKE = re.compile(r"[\u00c0-\u00ff]{2}|锟斤拷|烫烫烫|[\u00c0-\u00ff][\u0080-\u00bf]")
_LOST = re.compile(r"[?？]{2}")
_WORDS = {"Cc": "控制字符", "Cf": "看不见的方向或格式字符", "Co": "自造字（私用区）",
          "Cs": "残缺的字符", "Cn": "未定义的字符"}


@cache
def twins() -> dict[int, str]:
    """Return the letters that look like an ordinary one and are another (同形字): radicals
    (部首), U+2F00–2FD5 by Unicode's own folding and U+2E80–2EF3 by `data/reading/radicals.toml`,
    and the compatibility ideographs U+F900–FAFF."""
    text = (DATA / "reading" / "radicals.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)["letters"]
    found = {int(line.split()[0], 16): line.split()[2] for line in listed}
    return found | {code: unicodedata.normalize("NFKC", chr(code))
                    for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00))}


def clean_text(text: str) -> str:
    """Return the text without letters of no width, blanks at the ends and doubled blanks, and
    with the ordinary letter in place of its twin.

    >>> clean_text(" ⻓沙⼩学")
    '长沙小学'


    An apostrophe before a code is Excel's mark of a text that was typed, no part of it; so are
    the signs of ``="2199000001"``, by which portals keep Excel from shortening a code.
    """
    clean = " ".join(text.translate(INVISIBLE).translate(twins()).split())
    if clean[:2] == '="' and clean[-1:] == '"':
        clean = clean[2:-1].strip()
    return clean[1:] if clean[:1] in APOSTROPHES and clean[1:2].isdigit() else clean


def odd_letters(text: str) -> str:
    """Return what is wrong with a name's letters; empty if nothing is.

    >>> odd_letters("第一小学"), odd_letters("第一小学\\ufffd"), odd_letters("Ð¡Ñ§")
    ('', '含替换字符“�”，原字已丢失', '疑似乱码')
    """
    if "\ufffd" in text:
        return "含替换字符“�”，原字已丢失"
    for letter in text:
        word = _WORDS.get(unicodedata.category(letter))
        if word:
            return f"含{word} U+{ord(letter):04X}"
    if _LOST.search(text):
        return "连续的问号，原字可能已丢失"
    if _MOJIBAKE.search(text):
        return "疑似乱码"
    if not _in_gb2312(text):
        rare = rare_letters(text)
        missing = [letter for letter in missing_letters(text) if letter not in rare]
        if missing:
            codes = "、".join(f"U+{ord(letter):04X}" for letter in missing)
            return f"卷宗字体没有这些字：{codes}"
    return ""


def substituted(name: str) -> tuple[str, str]:
    """Return a name that can be drawn, and which letters were substituted, in words that can.

    >>> substituted("示例县𠮷小学")
    ('示例县〔⿱土口〕小学', 'U+20BB7')
    """
    rare = "" if _in_gb2312(name) else rare_letters(name)
    return printable(name) if rare else name, "、".join(f"U+{ord(c):04X}" for c in rare)


def _in_gb2312(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
