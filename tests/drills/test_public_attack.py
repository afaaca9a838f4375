"""Nobody can reckon what a public edition does not tell (公开版的攻击试验).

200 made-up counties of two years each (a few of them each time, see `drawn`): 1 to 45 schools a
stage, groups of none to many, single schools that outweigh the rest, small numbers of people. The
attack knows both years' results and all margins. A hidden number counts as recovered where what is
known leaves it less room than its protection. The same attack on editions in which only the
sensitive numbers themselves were hidden must recover some: it can.
"""

from collections import Counter
from fractions import Fraction
from random import Random

import pandas as pd
import pytest
from drawn import few
from public_attack import hidden_groups, hidden_people, linked_groups

from pipeline.analysis.disclosure import people_counts, school_groups
from pipeline.analysis.disclosure.public_tables import public_tables
from pipeline.analysis.schools.balance import balance
from pipeline.county import County
from pipeline.definitions.forms.disclosure_rules import disclosure
from pipeline.dossier.books.public.p90_rules import public_record
from pipeline.ground.terms import TABLES

pytestmark = pytest.mark.slow
COUNTIES, YEARS = few(200, 15), (2022, 2023)
RULES, PLACES = disclosure("cn-public-1"), ("urban", "town", "rural")
FEW, LARGEST = 5, Fraction(17, 20)                     # 少于五所；一校占八成五
CROSSING = (117, 135)                                  # 逐年各自隐藏时能推算出来的县
CHANGE = 0.06                                          # 学校数不变的组，两年的学生数相差不过此数
SEEN = 0
LEAST = {"migrant_children": 10, "disabled_children": 10, "full_time_teachers": 3,
         "rotation_eligible_teachers": 3}


def schools_of(draw: Random, year: int) -> list[dict]:
    rows = []
    for stage, most in (("primary", 45), ("junior", 20)):
        weights = [draw.choice((0, 1, 1, 3, 8)) for _ in PLACES]
        for number in range(draw.choice((1, 2, 4, 5, 6, 9, draw.randint(7, most)))):
            place = draw.choices(PLACES, [w + 0.01 for w in weights])[0]
            rows.append({"stage": stage, "code": f"{stage}{number}", "place": place, "year": year,
                         "pupils": max(5, round(draw.lognormvariate(6, 0.9)))})
        if draw.random() < 0.15:
            rows[-1]["pupils"] *= 40
    return rows


def people_of(draw: Random) -> dict[str, int]:
    def part(whole, *, least):
        return max(0, whole - draw.choice((0, 1, 2, 3, 7, 9, 12, whole // 10, least)))

    migrants, disabled, teachers = (draw.choice(sizes) for sizes in (
        (0, 4, 9, 12, 35, 140, 900, 2600), (3, 10, 18, 42, 160, 300), (60, 240, 900, 2100)))
    public = part(migrants, least=migrants // 3)
    able = teachers // draw.choice((1, 2, 3))
    return {"migrant_children": migrants, "migrant_in_public": public,
            "migrant_in_purchased": draw.randint(0, migrants - public),
            "disabled_children": disabled, "disabled_enrolled": part(disabled, least=0),
            "full_time_teachers": teachers, "certified_teachers": part(teachers, least=1),
            "rotation_eligible_teachers": able, "rotated_teachers": part(able // 8, least=2)}


def a_year_later(draw: Random, schools: list[dict]) -> list[dict]:
    """Return the same schools with a few pupils more or fewer, now and then one closed, now and
    then one opened beside another."""
    later = [{**s, "year": s["year"] + 1, "pupils": max(5, round(s["pupils"]
             * draw.uniform(0.95, 1.05)))} for s in schools]
    if draw.random() < 0.3:
        beside = draw.choice(later)
        later.append({**beside, "code": f"{beside['stage']}-new", "pupils": draw.randint(60, 900)})
        later.sort(key=lambda s: s["stage"], reverse=True)
    return later[1:] if draw.random() < 0.3 and later[0]["stage"] == later[1]["stage"] else later


def tables_of(draw: Random, county: County, schools: list[dict] | None = None,
              before: pd.DataFrame | None = None) -> tuple[dict, list[dict], dict[str, int]]:
    """Return the tables that a public edition is made of, the schools and people behind them;
    ``before``: the indicators of the year before."""
    schools, people = schools or schools_of(draw, county.year), people_of(draw)
    lacking = {(draw.choice(schools)["code"], "R4")} if draw.random() < 0.2 else set()
    rows = []
    for school in schools:
        for indicator in county.standard.used_indicators:
            amount = draw.choice((0, 1, 3)) if draw.random() < 0.05 else round(
                school["pupils"] * draw.uniform(0.5, 2))
            school[indicator.id] = Fraction(amount)
            rows.append({"year": county.year, "stage": school["stage"], "name": school["code"],
                         "school_code": school["code"], "location": school["place"],
                         "indicator": indicator.id, "pupils": school["pupils"], "level": "",
                         "value": None if (school["code"], indicator.id) in lacking
                         else Fraction(amount, school["pupils"])})
    indicators = TABLES["indicators"].frame(rows)
    listed = TABLES["schools"].frame([
        {"year": county.year, "stage": s["stage"], "school_code": s["code"], "name": s["code"],
         "school_type": "211", "location": s["place"], "ownership": "public",
         "pupils": s["pupils"]} for s in schools])
    empty = {name: TABLES[name].frame([]) for name in
             ("compliance", "findings", "survey_shares", "targets", "funding")}
    facts = TABLES["facts"].frame([{"year": county.year, "variable": name, "value": Fraction(n)}
                                   for name, n in people.items()])
    every = indicators if before is None else pd.concat([before, indicators], ignore_index=True)
    return {"indicators": every, "facts": facts, "judgements": judged(people),
            "balance": balance(indicators, listed, county.standard, [county.year]),
            **empty}, schools, people


def judged(people: dict[str, int]):
    """Return the items that speak of people, judged as the standard does."""
    rows = []
    for id, total, parts, limit, op in (
            ("G15", "migrant_children", ("migrant_in_public", "migrant_in_purchased"), 85, ">="),
            ("Q2", "disabled_children", ("disabled_enrolled",), 95, ">="),
            ("G12", "full_time_teachers", ("certified_teachers",), 100, "="),
            ("G11", "rotation_eligible_teachers", ("rotated_teachers",), 10, ">=")):
        whole = people[total]
        value = Fraction(100 * sum(people[p] for p in parts), whole) if whole else None
        met = value is not None and (value == limit if op == "=" else value >= limit)
        rows.append({"id": id, "group": "教育质量", "zh": id, "value": value, "op": op, "unit": "%",
                     "limit": Fraction(limit), "reason": "", "schools": "", "evidence": "",
                     "clause": "", "status": "undetermined" if value is None else
                     "met" if met else "not_met"})
    return TABLES["judgements"].frame(rows)


def results_of(tables, county):
    """Return results.json of the public edition."""
    return public_record(public_tables(tables, county.standard, county.year, RULES), county, RULES)


def attacked(results, schools, people, county) -> Counter:
    """Return how many numbers are hidden, how many of these are sensitive, how many recovered."""
    decimals = {i.id: i.decimals for i in county.standard.used_indicators}
    counted = Counter()
    for name, (low, high) in hidden_groups(results, decimals).items():
        stage, place, what = name.split("/")
        part = [s for s in schools if s["stage"] == stage and s["place"] == place]
        truth = float(sum(s[what] for s in part))
        width = max(0.2 * truth, 5.0 if what == "pupils" else 0.0)
        counted += outcome(truth, low, high, width if few_or_one(part) else 0)
    counted["recovered"] += sum(few_or_one(left) for left in left_over(results, schools))
    for name, (low, high) in hidden_people(results).items():
        total, _, rest = name.partition("/")
        truth = people[total] - (sum(people[p] for p in parts_of(total)) if rest else 0)
        least = LEAST[total if total in LEAST else whole_of(total)]
        counted += outcome(truth, low, high, max(0.2 * truth, 5.0) if 0 < truth < least else 0)
    return counted


def left_over(results, schools):
    """Yield the schools that are left of a stage whose sums are told, once its groups that are told
    are taken away: one of few of them would know the others (合谋)."""
    for stage in {g["stage"] for g in results["groups"]}:
        told = {m["group"] for m in results["means"] if m["stage"] == stage and m["mean"]}
        left = [s for s in schools if s["stage"] == stage and s["place"] not in told]
        if "all" in told and left:
            yield left


def few_or_one(part: list[dict]) -> bool:
    whole = sum(s["pupils"] for s in part)
    return len(part) < FEW or max(s["pupils"] for s in part) >= LARGEST * whole


def parts_of(total: str) -> tuple[str, ...]:
    return next(g.parts for g in RULES.counts if g.total == total)


def whole_of(part: str) -> str:
    return next(g.total for g in RULES.counts if part in g.parts)


def outcome(truth: float, low: float, high: float, width: float) -> Counter:
    assert low - 1e-3 * (1 + truth) <= truth <= high + 1e-3 * (1 + truth)  # the attack is sound
    return Counter(hidden=1, sensitive=bool(width), recovered=bool(width) and high - low < width)


def all_attacks() -> Counter:
    total = Counter()
    for number in range(COUNTIES):
        for year in YEARS:
            county = County.open("990101", year)
            tables, schools, people = tables_of(Random(f"{number}/{year}"), county)
            total += attacked(results_of(tables, county), schools, people, county)
            total["editions"] += 1
    return total


def test_no_hidden_number_of_a_public_edition_can_be_reckoned(capsys):
    found = all_attacks()
    with capsys.disabled():
        print(f"\n公开版攻击：{COUNTIES} 个虚构县、{found['editions']} 份公开版，不予公布的数"
              f" {found['hidden']} 个，其中敏感的 {found['sensitive']} 个，"
              f"推算到保护区间以内的 {found['recovered']} 个")
    assert found["sensitive"] > 10 * COUNTIES
    assert found["recovered"] == 0


def test_the_attack_recovers_numbers_where_only_the_sensitive_ones_are_hidden(monkeypatch):
    for module in (people_counts, school_groups):
        monkeypatch.setattr(module, "hidden_units", lambda cells, relations, first, costs: first)
    assert all_attacks()["recovered"] > COUNTIES


def two_years(number: int) -> tuple[list[dict], list[list[dict]], Counter]:
    """Return what the editions of two years of a county tell, the schools behind them, and what
    each gives away by itself."""
    draw, results, behind, alone, indicators = Random(f"panel/{number}"), [], [], Counter(), None
    for year in YEARS:
        county = County.open("990101", year)
        schools = a_year_later(draw, behind[-1]) if behind else schools_of(draw, year)
        tables, schools, people = tables_of(draw, county, schools, indicators)
        indicators = tables["indicators"]
        results.append(results_of(tables, county))
        behind.append(schools)
        alone += attacked(results[-1], schools, people, county)
    return results, behind, alone


def linked(results: list[dict], behind: list[list[dict]]) -> Counter:
    """Return how many sensitive groups whoever knows that little changes can place: by the pupils
    of whole stages and the lists of schools, which are known without us; else those of the first
    year by what the later edition tells, those of the second by what the earlier one did."""
    counted, known = Counter(), linked_groups([margins_of(found) for found in results], CHANGE)
    for (at, name), (low, high) in linked_groups(results, CHANGE).items():
        stage, place = name.split("/")
        part = [s for s in behind[at] if (s["stage"], s["place"]) == (stage, place)]
        truth = sum(s["pupils"] for s in part)
        width = max(0.2 * truth, 5.0) if few_or_one(part) else 0
        found, without = outcome(truth, low, high, width), outcome(truth, *known[at, name], width)
        counted += Counter({"sensitive": found["sensitive"], "without": without["recovered"],
                            "earlier" if at else "later":
                            found["recovered"] and not without["recovered"]})
    return counted


def margins_of(results: dict) -> dict:
    """Return of what an edition tells of groups what anybody knows: stages, and groups that are
    all of a stage."""
    whole = {g["stage"]: g["n_schools"] for g in results["groups"] if g["group"] == "all"}
    return {"groups": [g if g["n_schools"] in (0, whole[g["stage"]]) else g | {"pupils": None}
                       for g in results["groups"]]}


def all_years() -> Counter:
    total = Counter()
    for number in range(COUNTIES):
        results, behind, alone = two_years(number)
        total += alone + Counter({f"linked {k}": n for k, n in linked(results, behind).items()})
    return total


def test_what_a_year_hides_the_next_does_not_tell_to_who_knows_that_little_changes(capsys):
    """A group told first and hidden a year later is no fault of the later edition: what has been
    told cannot be taken back. How many there are is counted for the docs."""
    found = all_years()
    with capsys.disabled():
        print(f"\n逐年攻击：{COUNTIES} 个县各两年，各年单独推算：敏感的数 {found['sensitive']} 个，"
              f"推算到保护区间以内的 {found['recovered']} 个；\n知道学校数不变的组两年相差不过"
              f"百分之六的人：敏感的组 {found['linked sensitive']} 个，由学段合计和学校名单已知的 "
              f"{found['linked without']} 个，另由后一年推出前一年的 {found['linked later']} 个，"
              f"由前一年推出后一年的 {found['linked earlier']} 个")
    assert found["sensitive"] > COUNTIES
    assert (found["recovered"], found["linked later"]) == (0, 0)


def test_the_attack_places_groups_where_each_year_is_hidden_by_itself(monkeypatch):
    alone = RULES.model_copy(update={"years_before": RULES.years_before.model_copy(
        update={"value": 0})})
    monkeypatch.setitem(globals(), "RULES", alone)
    found = Counter()
    for number in CROSSING:
        results, behind, _ = two_years(number)
        found += linked(results, behind)
    assert found["later"] > 0
