"""A year of a whole nation (全国一年): what has come in, from whom, and which schools came twice.

All of it is known before the first dossier is made. Files are opened by a crew of children, a
few counties each; what a county's roll holds is kept by its hash, so that an unchanged county
is not read again.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.cleaning.schools.roll import Entry, in_two_units, roll_of, shared_roll
from pipeline.cleaning.schools.unit_names import UnitName, former_names, units_meant
from pipeline.county import County
from pipeline.county.known_files import KnownFiles
from pipeline.definitions.forms.unit_list import (
    Register,
    UnitInfo,
    line_to_add,
    lines_to_add,
    published_units,
    units,
)
from pipeline.definitions.forms.wordings import headers
from pipeline.definitions.persons.file_names import shown_name
from pipeline.ground.errors import InputRefused, JunhengError, WrongUse
from pipeline.publishing.batch.books.notes import noted, write_note
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.outcome import OK, Task
from pipeline.publishing.chapter_parameters import checked
from pipeline.publishing.order import Order
from pipeline.publishing.records.inputs import fingerprints
from pipeline.publishing.records.manifest import program
from pipeline.publishing.records.publication import discard

_ANSWER = "roll.json"
_COUNTIES_A_CHILD = 25
_LIMITS = Limits(seconds=1800, memory_mb=4000)


@dataclass
class Arrivals:
    """What has come in for a year: units with files, what shared tables hold, what is amiss.

    ``listed`` is how the folders stood; ``concerned`` tells of every shared table, of earlier
    years too, the units it names; ``shared`` the schools that those of this year report for each
    unit. ``problems`` are files that belong to nobody, ``unusable`` those of them that are shared
    tables.
    """

    codes: set[str]
    listed: KnownFiles
    concerned: dict[Path, frozenset[str]] = field(default_factory=dict)
    shared: dict[str, list[Entry]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)

    @property
    def known(self) -> KnownFiles:
        """Return what is now known of the files, to be handed on."""
        return replace(self.listed, concerned=self.concerned)


def arrivals(raw: Path, year: int, work: Path, drop_personal: bool = False,
             kept: Path | None = None) -> Arrivals:
    """Look through a raw folder; ``work`` is a private folder for the children, ``kept`` one for
    what tables say, which is to stay as long as anybody is asked by what is then known."""
    files = KnownFiles.looked(raw, year, kept)
    there = files.units_with_files(raw, year)
    known = (units(raw), Register((code, published_units()[code]) for code in there - {*units(raw)}
                                  if code in published_units()))
    codes = frozenset().union(*known)
    found = Arrivals(there & codes, files)
    found.problems = [f"{code} 有 {year} 年的资料而未登记。{line_to_add(code, raw)}"
                      for code in sorted(there - found.codes)]
    tables = [(path, of) for of in range(year, 1979, -1) for path in files.shared_tables(raw, of)]
    answers = _asked({str(n): ([], (*pair, drop_personal, files)) for n, pair in enumerate(tables)},
                     1, work)
    for number, (path, of) in enumerate(tables):
        answer = answers.get(str(number))
        fault = answer["fault"] if answer else "未能读取"
        if fault:
            found.concerned[path] = frozenset()
            found.unusable.append(f"多县合表 {of}/{shown_name(path)} 不能使用：{fault}。")
            continue
        found.problems += [f"多县合表 {of}/{shown_name(path)} {said}。" for said in answer["lost"]]
        _share_out(found, path, of == year, answer["shared"], known)
        found.concerned[path] |= codes & {*answer["ledgers"]}
    found.problems += found.unusable
    return found


def _share_out(found: Arrivals, path: Path, now: bool, rolls: list,
               known: Iterable[Register]) -> None:
    """Give every unit that a shared table names what it reports there, also one that nobody has
    registered, where its code or its name is that of one published county alone.

    Where a name can mean several units, the import refuses each of them.
    """
    said = [(UnitName(*name), entries) for name, entries in rolls]
    meant = {name: [unit.code for unit in
                    [u for some in known for u in units_meant(name, some)] or _published(name)]
             for name, _ in said}
    found.concerned[path] = frozenset().union(*meant.values())
    if not now:
        return
    unknown = sorted(name for name in meant if name.name and not meant[name])
    if unknown:
        told = "、".join("".join(reversed(name)) for name in unknown)
        listed = [unit for some in known for unit in some.values()]
        near = {name: there for name in unknown if (there := former_names(name, listed))}
        found.problems.append(f"多县合表 {shown_name(path)} 中的 {told} 未登记。"
                              f"{_renamed(near)}{lines_to_add(map(_as_written, unknown))}")
    found.codes |= found.concerned[path]
    for name, entries in said:
        if len(meant[name]) == 1:
            found.shared.setdefault(meant[name][0], []).extend(
                Entry(**entry) for entry in entries)


def _renamed(near: dict[UnitName, list[UnitInfo]]) -> str:
    """Say which registered units names are near to that are none's own (撤县设区)."""
    told = {name.name: "、".join(f"{unit.code} {unit.name}" for unit in there)
            for name, there in near.items()}
    return "".join(f"{name} 与登记的 {there} 只差县、市、区的字：如是同一个县，"
                   "请把表中改成登记的写法；不是的，" for name, there in told.items())


def _as_written(name: UnitName) -> UnitInfo:
    return UnitInfo("", name.name, name.province, name.prefecture)


def _published(name: UnitName) -> list[UnitInfo]:
    """Return the published county that a table's way of writing means; none where it can mean
    several (市中区), or has a short name (矿区, 东区), which many a place bears or bore, and none
    above it."""
    if len(name.name) <= headers().titles.short and not (name.prefecture or name.province):
        return []
    found = units_meant(name, published_units())
    return found if len(found) == 1 else []


def orders_for(codes: Iterable[str], given: dict, out: Path, engine: str, came: Arrivals,
               everybody: bool, formats: tuple[str, ...] = (), binding: str = "") -> list[Order]:
    """Return the orders of units; raise `WrongUse` before any is made where one cannot be.

    Of ``everybody``, a unit with nothing that can be read is a problem and not a wrong use.
    One whose folder cannot be looked into is ordered: the plan refuses it by itself.
    """
    orders = [Order(checked({"unit": code, **given}), out, engine, formats, binding,
                    known=came.known.about(code)) for code in codes]
    if not everybody:
        for order in orders:
            try:
                order.county.require_files()
            except (InputRefused, OSError):
                continue  # the plan says so, of this unit alone
            except WrongUse as fault:
                raise WrongUse("".join([str(fault), *came.unusable])) from None
        return orders
    there = [order for order in orders if _has_handed_in(order)]
    for order in orders:
        if order not in there:
            came.problems.append(f"{order.parameters.unit} {order.name} 的文件夹中没有可读的表")
    if not there:
        raise WrongUse(f"没有找到任何县 {given['year']} 年的资料。{'；'.join(came.problems)}")
    return there


def _has_handed_in(order: Order) -> bool:
    """Tell whether a unit has files of the year; what stops it from being asked, the plan says."""
    try:
        return order.parameters.year in order.county.file_years
    except (JunhengError, OSError):
        return True


def refused_for_schools(orders: list[Order], came: Arrivals, workers: int, notes: Path,
                        work: Path) -> tuple[dict[str, str], list[str]]:
    """Return unit → why, for units that report a school of another's; and what is not known.

    A unit whose files could not be opened within the limits is not looked at.
    """
    keys = {order.parameters.unit: _key(order) for order in orders}
    rolls = {code: _noted(notes / f"{code}.json", key) for code, key in keys.items()}
    for share in (_COUNTIES_A_CHILD, 1):  # who brings a child down is asked alone, and named
        unread = [(order.county, order.parameters.drop_personal) for order in orders
                  if rolls[code := order.parameters.unit] is None and keys[code]]
        if not unread:
            break
        for code, entries in _read_rolls(unread, share, workers, work):
            rolls[code] = [Entry(**entry) for entry in entries]
            _note(notes / f"{code}.json", keys[code], entries)
    problems = [f"{code} 的学校标识码未能与其他县核对" for code in sorted(rolls)
                if rolls[code] is None]
    known = {code: [*(rolls[code] or ()), *came.shared.get(code, ())] for code in rolls}
    return in_two_units(known, {o.parameters.unit: o.name for o in orders}), problems


def _read_rolls(counties: list[tuple[County, bool]], share: int, workers: int, work: Path
                ) -> Iterator[tuple[str, list[dict]]]:
    """Yield unit → its schools, read by children that take ``share`` counties each."""
    shares = [counties[n:n + share] for n in range(0, len(counties), share)]
    answers = _asked({str(n): (share, None) for n, share in enumerate(shares)}, workers, work)
    for answer in answers.values():
        yield from answer["rolls"].items()


def _asked(questions: dict[str, tuple], workers: int, work: Path) -> dict[str, dict]:
    """Let children read rolls; return the answers of those that came to an end."""
    if not questions:
        return {}
    if not hasattr(os, "fork"):
        return {code: _read_here(question, work / code) for code, question in questions.items()}
    crew, waiting, answers = Crew(_read, _LIMITS, workers, work), [*questions.items()], {}
    try:
        while waiting or crew.busy():
            while waiting and crew.has_room():
                code, question = waiting.pop(0)
                crew.take(Task(question, code, code))
            for ended in crew.ended(1):
                if ended.outcome.state == OK:
                    answers[ended.task.code] = json.loads((ended.work / _ANSWER).read_bytes())
                discard(ended.work)
    finally:
        crew.close()
    return answers


def _read_here(question: tuple, work: Path) -> dict:
    """Read in this process, where there are no children to fork (Windows)."""
    work.mkdir()
    _read(question, work)
    return json.loads((work / _ANSWER).read_bytes())


def _read(question: tuple[list[tuple[County, bool]], tuple[Path, int, bool, KnownFiles] | None],
          work: Path) -> None:
    counties, table = question
    answer = {"rolls": {county.code: [entry.record() for entry in roll_of(county, drop)]
                        for county, drop in counties}}
    if table:
        named, ledgers, fault, lost = shared_roll(*table)
        answer |= {"fault": fault, "ledgers": ledgers, "lost": lost, "shared": [
            (name, [entry.record() for entry in entries]) for name, entries in named.items()]}
    (work / _ANSWER).write_text(json.dumps(answer), encoding="utf-8")


def _key(order: Order) -> str:
    """Return the hash of what a county's roll hangs on, "" where its files cannot be asked."""
    try:
        county = order.county
        files = fingerprints(county)
    except (JunhengError, OSError):
        return ""
    said = [program()["code"], county.standard.sha256, *map(str, county.info.__dict__.values())]
    return _hash("\n".join([*said, *files]))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _noted(path: Path, key: str) -> list[Entry] | None:
    """Return a roll as it was noted for this key, None where it is not, or not as it was."""
    note = noted(path)
    if not isinstance(note, dict) or not key or note.get("key") != key:
        return None
    whole = note.get("sha256") == _hash(json.dumps(note.get("roll")))
    return [Entry(**entry) for entry in note["roll"]] if whole else None


def _note(path: Path, key: str, entries: list[dict]) -> None:
    write_note(path, {"key": key, "roll": entries, "sha256": _hash(json.dumps(entries))})
