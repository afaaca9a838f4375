"""Which figure is meant (所问的数): by its place in a printed table, or in results.json.

``表6 3 差异系数`` is the third row of the table that the dossier prints as 表6, ``表6 "小学 R5"
差异系数`` the row in which these words stand; ``/balance/4/cv`` is a pointer into results.json
(RFC 6901), whose last step is a name.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pipeline.ground.errors import WrongUse
from pipeline.publishing.paper.arranging import EXCERPT
from pipeline.whole.tracing.county_figures import VERDICT
from pipeline.whole.tracing.printed_figures import Derived, PrintedTable, traced_tables
from pipeline.whole.tracing.row_words import RowWords

_YEAR, _INDICATOR = re.compile(r"(\d{4})年"), re.compile(r"([A-Z]\d+)[ /]")
_GROUPS = ("城区", "镇区", "乡村")
_OF_VARIABLE, _BESIDE = "量/", "·"  # heads of a variable; what tells two columns, 学段·指标
_MOST_TOLD = 12
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
    the dossier or in results.json, ``value`` what lies behind it; ``derived`` how it follows
    where it is more than what stands there."""

    table: str
    row: Mapping[str, object]
    column: str
    printed: str
    value: str = ""
    derived: Derived | None = None


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


def printed_in(document: dict, label: str, row: str, column: str, words: RowWords
               ) -> list[AskedFigure]:
    """Return the figures that stand in a row and column of a printed table, or are a point of a
    figure (图): most often one.

    ``document`` is what `paper.blocks.read_notebook` returns of the dossier. `WrongUse` names
    what there is where the table, row or column is not found, and says so where a table is not
    traced.
    """
    blocks = [as_table(b) for b in document["front"] + document["body"]
              if b["type"] in ("table", "figure")]
    label = "".join(unicodedata.normalize("NFKC", label).split()).removeprefix("附录")
    label = f"表{label}" if label.isdecimal() else label
    table = next((b for b in blocks if b["label"] == label), None)
    if table is None:
        raise WrongUse(f"卷宗里没有{label}；有 " + "、".join(b["label"] for b in blocks))
    heads = heads_of(table)
    number, line = _column(heads, column, label), _row(table["rows"], row, label)
    found = cell_figures(table, line, number, words)
    if not found:
        traced = "、".join(head for s in fitting(table["key"]) for head in s.columns) or "无"
        raise WrongUse(f"{label}“{table['caption']}”的“{heads[number]}”不能溯源"
                       f"（可溯源的列：{traced}）。这张表的资料来源：{table['source']}")
    return found


def as_table(block: dict) -> dict:
    """Return a figure (图) as a table of its points, a table as it is."""
    if block["type"] == "table" or not block.get("data"):
        return block if block["type"] == "table" else block | {"fields": [], "rows": []}
    heads = list(block["data"][0])
    values = [[point.get(head, "") for head in heads] for point in block["data"]]
    return block | {"fields": [{"group": "", "label": head} for head in heads], "data": values,
                    "rows": [[{"text": str(value)} for value in point] for point in values]}


def heads_of(table: dict) -> list[str]:
    """Return the headings of a printed table, a group before what it is above of."""
    return ["/".join(filter(None, (f["group"], f["label"]))) for f in table["fields"]]


def fitting(key: str) -> list[PrintedTable]:
    """Return what is said of a printed table with a key."""
    key = key.removesuffix(EXCERPT)
    return [s for s in traced_tables() if (key.startswith(s.key) if s.rest else key == s.key)]


def cell_figures(table: dict, line: int, number: int, words: RowWords) -> list[AskedFigure]:
    """Return what a cell of a printed table is made of; none where nothing is said of it. Of
    several ways the first whose rows are there."""
    found = list(_ways(table, line, number, words))
    return next((way for way in found if all(map(words.reckons, way))), found[0] if found else [])


def _ways(table: dict, line: int, number: int, words: RowWords) -> Iterator[list[AskedFigure]]:
    head, row = heads_of(table)[number], table["rows"][line]
    text = row[number]["text"]
    behind = str(table["data"][line][number]) if table.get("data") else ""
    for spec in fitting(table["key"]):
        named = next((name for name in (head, general(head, words)) if name in spec.columns), None)
        if named is None or any(not fnmatchcase(row[heads_of(table).index(where)]["text"], said)
                                for where, said in spec.only.items()):
            continue
        wanted = told_by(spec, table, line, words) | _told_by_head(named, head, words)
        yield [AskedFigure(one.table, wanted, one.column, text, behind, one)
               for one in spec.derived(named)]


def _told_by_head(named: str, head: str, words: RowWords) -> dict[str, object]:
    """Return what a heading tells of the rows of its column."""
    above, last = head.split("/")[0], head.split("/")[-1]
    return {"年": lambda: {"year": _YEAR.match(head)[1]},
            "R": lambda: {"indicator": _INDICATOR.match(head)[1]},
            "组": lambda: {"group": words.meant("group", last)},
            "指标": lambda: {"indicator": words.meant("indicator", above.split("（")[0])},
            }.get(named, lambda: {"variable": words.meant("variable", above)}
                  if named.startswith(_OF_VARIABLE) else {})()


def told_by(spec: PrintedTable, table: dict, line: int, words: RowWords) -> dict[str, object]:
    """Return what tells a row of a printed table; a blank cell goes on with the one above it, a
    blank of a figure's point is one."""
    heads, key = heads_of(table), table["key"].removesuffix(EXCERPT)
    told: dict[str, object] = dict(spec.fixed)
    if spec.rest:
        told[spec.rest] = key.removeprefix(spec.key)
    for said, columns in spec.rows.items():
        if said not in heads:
            continue
        place, at = heads.index(said), line
        while at and table["type"] == "table" and not table["rows"][at][place]["text"]:
            at -= 1
        parts = table["rows"][at][place]["text"].split(_BESIDE) if _BESIDE in columns else [
            table["rows"][at][place]["text"]]
        told |= {column: words.meant(column, part)
                 for column, part in zip(columns.split(_BESIDE), parts, strict=True)}
    return told


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


def general(head: str, words: RowWords) -> str:
    """Return what a heading of a year, an indicator, a group or a variable is called in
    `tables.toml`."""
    above, _, last = head.partition("/")
    if _YEAR.match(head):
        return "年"
    if last and above in words.words("variable"):
        return f"{_OF_VARIABLE}{last}"
    if not last and above.split("（")[0] in words.words("indicator"):
        return "指标"
    return "R" if _INDICATOR.match(head) else "组" if head.split("/")[-1] in _GROUPS else head
