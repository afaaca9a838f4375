"""Which figure is meant (所问的数): by its place in a printed table, or in results.json.

``表6 3 差异系数`` is the third row of the table that the dossier prints as 表6, ``表6 "小学 R5"
差异系数`` the row in which these words stand; ``/balance/4/cv`` is a pointer into results.json
(RFC 6901), whose last step is a name.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import Field

from pipeline.definitions.base import DATA, Definition, Text, load_toml
from pipeline.definitions.standards import Standard
from pipeline.ground.errors import WrongUse
from pipeline.publishing.paper.arranging import EXCERPT
from pipeline.whole.tracing.county_figures import VERDICT

_YEAR, _INDICATOR = re.compile(r"(\d{4})年"), re.compile(r"([A-Z]\d+)[ /]")
_MOST_TOLD = 12
WHOLE = None  # what tells the row of a whole (合计): no group stands there
# Lists of results.json: the table, and what tells its row.
_LISTS = {
    "balance": ("balance", ("stage", "indicator")), "composites": ("composites", ("stage", "id")),
    "decomposition": ("decomposition", ("stage", "indicator", "grouping", "group")),
    "funding": ("funding", ("year",)), "gaps": ("models", ("id",)),
    "indicators": ("judgements", ("id",)), "inequality": ("inequality", ("stage", "indicator")),
    "path": ("path", ("stage", "indicator", "plan")), "plans": ("targets", ("plan", "target")),
    "schools": ("compliance", ("stage", "school_code")),
    "shortfalls": ("shortfalls", ("stage", "school_code", "indicator")),
    "vetoes": ("judgements", ("id",))}
_RENAMED = {"sd": "variance", "target": "id"}


@dataclass(frozen=True)
class AskedFigure:
    """A figure by its place: table, what tells its row, column; ``printed`` is what stands in
    the dossier or in results.json, ``value`` what lies behind it, ``counted`` tells that it was
    counted over such rows, ``rounded`` that nothing but the printed digits lies behind it."""

    table: str
    row: Mapping[str, object]
    column: str
    printed: str
    value: str = ""
    counted: bool = False
    rounded: bool = False


class PrintedTable(Definition):
    """A printed table (印出的表) and the declared table that its columns come from; ``fixed`` is
    what every row of it has there and the paper need not say. Columns of one printed table may
    come from several: each has its own entry."""

    key: Text
    rest: str = ""
    fixed: dict[str, Text] = {}
    table: Text
    rows: dict[str, Text] = Field(min_length=1)
    columns: dict[str, Text] = Field(min_length=1)
    counted: bool = False


class TracedTables(Definition):
    """All printed tables whose figures are traced: `data/printing/traced_tables.toml`."""

    printed: list[PrintedTable]


@cache
def traced_tables() -> tuple[PrintedTable, ...]:
    """Return the printed tables whose figures are traced."""
    return tuple(load_toml(DATA / "printing" / "traced_tables.toml", TracedTables).printed)


def pointed_at(results: dict, pointer: str) -> AskedFigure:
    """Return the figure that a pointer into results.json means; `WrongUse` where it means none."""
    steps, found = pointer.strip("/").split("/"), results
    for step in steps:
        found = _step(found, step, pointer)
    if isinstance(found, dict | list):
        raise WrongUse(f"“{pointer}”不是一个数，其中有 {_told(found)}")
    if steps == [VERDICT]:
        return AskedFigure(VERDICT, {}, VERDICT, str(found))
    if steps[0] not in _LISTS or len(steps) < 3:
        raise WrongUse(f"“{pointer}”不能溯源；可以溯源的是 /verdict 和 "
                       + "、".join(f"/{name}/…" for name in _LISTS))
    table, told_by = _LISTS[steps[0]]
    mine = results[steps[0]][int(steps[1])]
    row = {_RENAMED.get(name, name): mine[name] for name in told_by}
    column = _RENAMED.get(steps[-1], steps[-1])
    if steps[2] == "values":
        table, row, column = "indicators", row | {"indicator": steps[3]}, "value"
    elif (table, column) == ("compliance", "pupils"):
        table = "schools"
    printed = "" if found is None else str(found)
    return AskedFigure(table, row, column, printed, printed)


def printed_in(document: dict, label: str, row: str, column: str, standard: Standard
               ) -> AskedFigure:
    """Return the figure that stands in a row and column of a printed table.

    ``document`` is what `paper.blocks.read_notebook` returns of the dossier. `WrongUse` names
    what there is where the table, row or column is not found, and says so where a table is not
    traced.
    """
    blocks = [b for b in document["front"] + document["body"] if b["type"] == "table"]
    label = "".join(unicodedata.normalize("NFKC", label).split()).removeprefix("附录")
    label = f"表{label}" if label.isdecimal() else label
    table = next((b for b in blocks if b["label"] == label), None)
    if table is None:
        raise WrongUse(f"卷宗里没有{label}；有 " + "、".join(b["label"] for b in blocks))
    heads = ["/".join(filter(None, (f["group"], f["label"]))) for f in table["fields"]]
    number, line = _column(heads, column, label), _row(table["rows"], row, label)
    told = [cell["text"] for cell in table["rows"][line]]
    behind = str(table["data"][line][number]) if table.get("data") else ""
    key = table["key"].removesuffix(EXCERPT)
    fitting = [s for s in traced_tables() if _fits(s, key)]
    spec = next((s for s in fitting if {heads[number], _general(heads[number])} & {*s.columns}),
                None)
    if spec is None:
        traced = "、".join(head for s in fitting for head in s.columns) or "无"
        raise WrongUse(f"{label}“{table['caption']}”的“{heads[number]}”不能溯源"
                       f"（可溯源的列：{traced}）。这张表的资料来源：{table['source']}")
    head = heads[number] if heads[number] in spec.columns else _general(heads[number])
    wanted = spec.fixed | {name: _told_by(name, told[heads.index(said)], standard)
                           for said, name in spec.rows.items()}
    if spec.rest:
        wanted[spec.rest] = key.removeprefix(spec.key)
    if head == "年":
        wanted["year"] = int(_YEAR.match(heads[number])[1])
    if head == "R":
        wanted["indicator"] = _INDICATOR.match(heads[number])[1]
    return AskedFigure(spec.table, wanted, spec.columns[head], told[number], behind, spec.counted,
                       rounded=behind == told[number])


def _step(found: object, step: str, pointer: str) -> object:
    if isinstance(found, dict) and step in found:
        return found[step]
    if isinstance(found, list) and step.isascii() and step.isdigit() and int(step) < len(found):
        return found[int(step)]
    raise WrongUse(f"results.json 里没有“{pointer}”：“{step}”处有 {_told(found)}")


def _told(found: object) -> str:
    if isinstance(found, list):
        return f"0—{len(found) - 1}"
    names = list(found) if isinstance(found, dict) else []
    return "、".join(names[:_MOST_TOLD]) + ("……" if len(names) > _MOST_TOLD else "") or "一个数"


def _fits(spec: PrintedTable, key: str) -> bool:
    return key.startswith(spec.key) if spec.rest else key == spec.key


def _column(heads: list[str], asked: str, label: str) -> int:
    """Return the number of a column, asked for by number from 1 or by its head or a part of it."""
    if asked.isascii() and asked.isdigit():
        return _numbered(asked, len(heads), f"{label}的列")
    same = [n for n, head in enumerate(heads) if asked in (head, head.split("/")[-1])]
    found = same or [n for n, head in enumerate(heads) if asked in head]
    if len(found) != 1:
        raise WrongUse(f"{label}的列“{asked}”{'不只一列' if found else '没有'}；各列是 "
                       + "、".join(f"{n} {head}" for n, head in enumerate(heads, 1)))
    return found[0]


def _row(rows: list[list[dict]], asked: str, label: str) -> int:
    """Return the number of a row, asked for by number from 1 or by words that stand in it."""
    if asked.isascii() and asked.isdigit():
        return _numbered(asked, len(rows), f"{label}的行")
    words = asked.split()
    found = [n for n, row in enumerate(rows)
             if all(any(word in cell["text"] for cell in row) for word in words)]
    if len(found) != 1:
        said = f"有 {len(found)} 行，请再写几个字或写行号" if found else "没有"
        raise WrongUse(f"{label}中含“{asked}”的行{said}；共 {len(rows)} 行")
    return found[0]


def _numbered(asked: str, count: int, what: str) -> int:
    if not 0 < int(asked) <= count:
        raise WrongUse(f"没有{what}{asked}；有 1—{count}")
    return int(asked) - 1


def _general(head: str) -> str:
    return "年" if _YEAR.match(head) else "R" if _INDICATOR.match(head) else head


def _told_by(name: str, text: str, standard: Standard) -> object:
    """Return what a printed cell says of a row: a stage by its name, an indicator by its id."""
    if name == "stage":
        return next((stage for stage, zh in standard.stages.items() if zh == text), "")
    if text == "合计":
        return WHOLE
    if name == "indicator":
        return text.split(" ")[0]
    return int(text) if name == "year" else text
