"""The index as a page (总览页): one HTML file that asks nobody for anything.

All rows stand in the page itself; the script only hides and orders them. What may run in it is
named by its hash (CSP), and every text from outside is escaped by the template.
"""

import base64
import hashlib
from collections import Counter
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipeline.ground.terms import VERDICT_ZH
from pipeline.whole.index.index_lines import STAGES, coefficient_words
from pipeline.whole.index.index_record import CONCLUSIONS, WITHOUT, Index
from pipeline.whole.index.standing_counties import FILES

_HOME = Path(__file__).parent
_WITHOUT_ZH = "没有卷宗"
_COUNTED_ZH = {**VERDICT_ZH, WITHOUT: _WITHOUT_ZH}
_NUMERIC = "number"
_COLUMNS = (  # name for the script, heading, kind by which it is sorted
    ("code", "代码", ""), ("name", "县", ""), ("province", "省", ""), ("prefecture", "市", ""),
    ("conclusion", "结论", ""), ("met", "达标", _NUMERIC), ("not_met", "未达标", _NUMERIC),
    ("undetermined", "待核", _NUMERIC),
    *((stage, f"{zh}最大差异系数", _NUMERIC) for stage, zh in STAGES.items()),
    ("schools", "未达标学校", _NUMERIC), ("failed", "未达标的指标", ""),
    ("remark", "原因或说明", ""))


def index_page(index: Index, beside: tuple[str, ...]) -> bytes:
    """Return the bytes of `index.html`; ``beside`` names the tables written with it."""
    style, script = ((_HOME / f"index.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return _template().render(
        index=index, title=f"{index.year}年义务教育优质均衡评估总览", beside=beside,
        style=style, style_hash=_hash(style), script=script, script_hash=_hash(script),
        totals=_words(index.counts), tiles=[_tile(*one) for one in index.provinces.items()],
        conclusions=_conclusions(index), columns=_COLUMNS, labels=FILES,
        provinces=list(filter(None, index.provinces)), prefectures=_prefectures(index),
        cv=coefficient_words, stages=STAGES, size_words=_size).encode()


@cache
def _template() -> Template:
    return Environment(loader=FileSystemLoader(_HOME), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True).get_template("index.html.j2")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _words(counts: Counter) -> list[tuple[str, int]]:
    return [(zh, counts[name]) for name, zh in _COUNTED_ZH.items() if counts[name]]


def _tile(province: str, counts: Counter) -> dict:
    """Return what the tile of a province says, and its bar in hundredths."""
    total, x, bars = counts.total(), 0.0, []
    for name in (*CONCLUSIONS, WITHOUT):
        width = 100 * counts[name] / total
        if width:
            bars.append({"kind": name, "x": f"{x:.2f}", "width": f"{width:.2f}"})
        x += width
    return {"name": province, "total": total, "bars": bars,
            "counts": _words(counts)}


def _conclusions(index: Index) -> list[tuple[str, list[tuple[str, int]]]]:
    """Return the choices of the filter in two groups: verdicts, and why there is none."""
    groups = ((group, Counter(county.conclusion_zh for county in index.counties
                              if bool(county.results) is known))
              for group, known in (("结论", True), (_WITHOUT_ZH, False)))
    return [(group, sorted(counted.items())) for group, counted in groups if counted]


def _prefectures(index: Index) -> list[tuple[str, str]]:
    named = ((county.info.province, county.info.prefecture) for county in index.counties)
    return list(dict.fromkeys(one for one in named if one[1]))


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{max(1, round(size / 1e3))} kB"
