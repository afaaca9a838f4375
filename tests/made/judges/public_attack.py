"""An attack on public editions (攻击公开版): what can be reckoned of a number that is not told.

It knows what anybody can read: the published results of a county and the margins that are known
without them. It shares no code with what made them: sums, bands and verdicts are written down
here once more, rounding as the wide side of what was printed, and each hidden number is the least
and the most that two linear programmes allow. Numbers are text of decimals or null (不予公布).
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

ALL = "all"
PARTS = {"migrant_children": ("migrant_in_public", "migrant_in_purchased"),
         "disabled_children": ("disabled_enrolled",), "full_time_teachers": ("certified_teachers",),
         "rotation_eligible_teachers": ("rotated_teachers",)}
RATE_OF = {"migrant_children": "G15", "disabled_children": "Q2", "full_time_teachers": "G12",
           "rotation_eligible_teachers": "G11"}
ROUNDED_TO = 5          # 印在公开版的规则里
FAR = 1e9


@dataclass
class System:
    """Unknown numbers, not negative, and what is known of them: low ≤ Σ weight × number ≤ high."""

    names: list[str] = field(default_factory=list)
    rows: list[tuple[dict[str, float], float, float]] = field(default_factory=list)

    def know(self, weights: dict[str, float], low: float, high: float) -> None:
        self.names += [name for name in weights if name not in self.names]
        self.rows.append((weights, low, high))

    def interval(self, name: str) -> tuple[float, float]:
        """Return the least and the most that a number can be."""
        matrix = np.array([[row.get(n, 0.0) for n in self.names] for row, _, _ in self.rows])
        lows, highs = (np.array([row[at] for row in self.rows]) for at in (1, 2))
        above, below = np.isfinite(highs), np.isfinite(lows)
        slack = 1e-7 * (1 + np.abs(np.concatenate([highs[above], lows[below]])))
        wanted = np.array([float(n == name) for n in self.names])
        ends = []
        for sign in (1, -1):
            found = linprog(sign * wanted, np.vstack([matrix[above], -matrix[below]]),
                            np.concatenate([highs[above], -lows[below]]) + slack,
                            bounds=(0, FAR))       # HiGHS 把没有上界的误作无解
            assert found.success, found.message
            ends.append(sign * found.fun)
        return ends[0], ends[1]


def decimals_of(text: str) -> int:
    return len(text.partition(".")[2])


def spread(text: str) -> tuple[float, float]:
    """Return between which numbers a printed one was: half of its last place on each side."""
    half = 0.5 * 10.0 ** -decimals_of(text)
    return float(text) - half, float(text) + half


def hidden_groups(results: dict, decimals: dict[str, int]) -> dict[str, tuple[float, float]]:
    """Return the interval of the pupils and of each amount of every group that is not told, named
    ``stage/group/pupils`` and ``stage/group/indicator``."""
    means = {(m["stage"], m["group"], m["indicator"]): m["mean"] for m in results["means"]}
    found = {}
    for stage in {g["stage"] for g in results["groups"]}:
        system = _of_stage(stage, [g for g in results["groups"] if g["stage"] == stage], means,
                           decimals)
        found |= {name: system.interval(name) for name in system.names}
    return found


def _of_stage(stage: str, groups: list[dict], means: dict, decimals: dict[str, int]) -> System:
    system, (whole, *parts) = System(), groups
    hidden = [g for g in parts if g["pupils"] is None]
    for group in hidden:                                  # 每校至少一名学生
        system.know({f"{stage}/{group['group']}/pupils": 1.0}, group["n_schools"], float("inf"))
    told = [(g["pupils"] - ROUNDED_TO / 2, g["pupils"] + ROUNDED_TO / 2) for g in parts
            if g["pupils"] is not None and g["n_schools"]]
    if hidden:
        system.know({f"{stage}/{g['group']}/pupils": 1.0 for g in hidden},
                    whole["pupils"] - sum(high for _, high in told),
                    whole["pupils"] - sum(low for low, _ in told))
    for id in {i for s, _, i in means if s == stage}:
        printed = {g["group"]: means.get((stage, g["group"], id)) for g in groups}
        names = {f"{stage}/{g['group']}/{id}": 1.0 for g in hidden if printed[g["group"]] is None}
        if printed[ALL] is None or not names:
            system.names += [n for n in names if n not in system.names]
            continue
        low, high = (whole["pupils"] * end for end in _printed(printed[ALL], decimals[id]))
        for group in parts:
            if printed[group["group"]] is not None:
                ends = _printed(printed[group["group"]], decimals[id])
                high -= max(0.0, ends[0]) * (group["pupils"] - ROUNDED_TO / 2)
                low -= ends[1] * (group["pupils"] + ROUNDED_TO / 2)
        system.know(names, low, high)
    return system


def linked_groups(years: list[dict], change: float) -> dict[tuple[int, str], tuple[float, float]]:
    """Return the interval of the pupils of every hidden group, (which year, ``stage/group``), for
    whoever knows the editions of two years, and that a group of as many schools changes by no
    more than a share (逐年对照)."""
    found = {}
    for stage in {g["stage"] for g in years[0]["groups"]}:
        system, told = System(), []
        for at, results in enumerate(years):
            whole, *parts = [g for g in results["groups"] if g["stage"] == stage]
            told.append({g["group"]: _pupils(system, at, g) for g in parts if g["n_schools"]})
            system.know({f"{at}/{g['group']}": 1.0 for g in parts if g["n_schools"]},
                        whole["pupils"], whole["pupils"])
        for group in told[0].keys() & told[1].keys():
            if told[0][group] == told[1][group]:
                before, after = f"0/{group}", f"1/{group}"
                system.know({after: 1.0, before: -1.0 - change}, -float("inf"), 0.0)
                system.know({after: 1.0, before: change - 1.0}, 0.0, float("inf"))
        found |= {(at, f"{stage}/{g['group']}"): system.interval(f"{at}/{g['group']}")
                  for at, results in enumerate(years) for g in results["groups"]
                  if g["stage"] == stage and g["pupils"] is None}
    return found


def _pupils(system: System, at: int, group: dict) -> int:
    """Tell what a year's edition says of a group's pupils; return how many schools it has."""
    ends = (group["n_schools"], float("inf")) if group["pupils"] is None else (
        group["pupils"] - ROUNDED_TO / 2, group["pupils"] + ROUNDED_TO / 2)
    system.know({f"{at}/{group['group']}": 1.0}, *ends)
    return group["n_schools"]


def _printed(text: str, decimals: int) -> tuple[float, float]:
    half = 0.5 * 10.0 ** -decimals
    return float(text) - half, float(text) + half


def hidden_people(results: dict) -> dict[str, tuple[float, float]]:
    """Return the interval of every number of people that is not told, and of what is left of each
    total (``total/rest``)."""
    told = {(p["total"], p["variable"]): p["value"] for p in results["people"]}
    items, found = {i["id"]: i for i in results["indicators"]}, {}
    for total in dict.fromkeys(total for total, _ in told):
        system, parts = System(), PARTS[total]
        rest = f"{total}/rest"
        system.know({total: 1.0, rest: -1.0, **dict.fromkeys(parts, -1.0)}, 0, 0)
        for name in (total, *parts):
            if told[total, name] is not None:
                system.know({name: 1.0}, told[total, name] - ROUNDED_TO / 2,
                            told[total, name] + ROUNDED_TO / 2)
        _of_rate(system, total, parts, items.get(RATE_OF[total]))
        wanted = [n for n in (total, *parts) if told[total, n] is None] + [rest]
        found |= {name: system.interval(name) for name in wanted}
    return found


def _of_rate(system: System, total: str, parts: tuple[str, ...], item: dict | None) -> None:
    if item is None:
        return
    shares = [(item["band"][0], 0.0, float("inf")), (item["band"][1], -float("inf"), 0.0)
              ] if item["band"] else []
    if item["status"] == "met" and item["op"] in ("=", ">=") and item["limit"] is not None:
        shares.append((float(item["limit"]), 0.0, float("inf")))
    for percent, low, high in shares:
        system.know({**dict.fromkeys(parts, 1.0), total: -percent / 100}, low, high)
