"""The index as a record (总览记录): `index.json`, whose schema is `index.schema.json`."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.definitions.indicators import indicators
from pipeline.definitions.standards import standards
from pipeline.ground.ownership import claim
from pipeline.ground.terms import MET, NOT_JUDGED, NOT_MET, UNDETERMINED
from pipeline.publishing.batch.asking import HIDDEN
from pipeline.whole.index.index_lines import HEADINGS
from pipeline.whole.index.standing_counties import (
    StandingCounty,
    annual_books,
    standing_counties,
)

SCHEMA = "junheng.index/1"
CONCLUSIONS = (MET, NOT_MET, UNDETERMINED, NOT_JUDGED)
WITHOUT = "without"  # a dossier of today's data


@dataclass(frozen=True)
class Index:
    """All counties of a year (总览), in the order of codes, and its annual evaluations."""

    year: int
    counties: tuple[StandingCounty, ...]
    books: tuple[str, ...]

    @classmethod
    def of(cls, year_folder: Path) -> "Index":
        """Read the folder of a year; what was found whole is noted in the batch's own folder."""
        claim(year_folder / HIDDEN)
        return cls(int(year_folder.name), tuple(standing_counties(year_folder)),
                   tuple(annual_books(year_folder)))

    @cached_property
    def provinces(self) -> dict[str, Counter]:
        """Return province → how many counties have each conclusion, in the order of codes."""
        found: dict[str, Counter] = {}
        for county in self.counties:
            found.setdefault(county.info.province, Counter())[_counted_as(county)] += 1
        return found

    @property
    def counts(self) -> Counter:
        """Return how many counties have each conclusion, or none (`WITHOUT`)."""
        return sum(self.provinces.values(), Counter())

    @cached_property
    def failed(self) -> dict[str, int]:
        """Return id of an item → in how many counties it is not met, in the order of standards."""
        counted = Counter(id for county in self.counties if county.results
                          for id in county.results.failed)
        order = {id: place for place, id in enumerate(self.meanings)}
        return dict(sorted(counted.items(), key=lambda one: (order.get(one[0], len(order)), one)))

    @cached_property
    def meanings(self) -> dict[str, str]:
        """Return id → what is asked for, of every standard in use that the program knows."""
        used = {county.results.standard.id for county in self.counties if county.results}
        found: dict[str, str] = {}
        for standard in standards():
            if standard.id in used:
                found |= {id: indicators()[id].zh for id in standard.resource.indicators}
                found |= {one.id: one.zh for one in (*standard.items, *standard.vetoes)}
                found |= {"E1": "申报条件"} if standard.judged else {}
        return found


def index_record(index: Index) -> dict:
    """Return the index as plain data; decimals are text, as in `results.json`."""
    return {
        "schema": SCHEMA, "year": index.year, "counts": _plain(index.counts),
        "provinces": [{"province": name, **_plain(counts)}
                      for name, counts in index.provinces.items()],
        "indicators": [{"id": id, "meaning": index.meanings.get(id, ""), "counties_not_met": n}
                       for id, n in index.failed.items()],
        "annual": list(index.books),
        "counties": [_line(county) for county in index.counties]}


def index_json(index: Index) -> bytes:
    """Return the bytes of `index.json`: a county a line."""
    record = index_record(index)
    lines = [json.dumps(line, ensure_ascii=False) for line in record.pop("counties")]
    head = json.dumps(record, ensure_ascii=False, indent=1).removesuffix("\n}")
    return (head + ',\n "counties": [\n' + ",\n".join(lines) + "\n ]\n}\n").encode()


def _line(county: StandingCounty) -> dict:
    return {**{heading.name: heading.of(county) for heading in HEADINGS},
            "files": [{"file": f"{county.code}/{name}", "bytes": size}
                      for name, size in county.files]}


def _counted_as(county: StandingCounty) -> str:
    return county.results.conclusion if county.results else WITHOUT


def _plain(counts: Counter) -> dict[str, int]:
    return {name: counts[name] for name in (*CONCLUSIONS, WITHOUT)}
