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

import pytest
from drawn import few
from public_attack import hidden_groups, hidden_people

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
    """Return the same schools with a few pupils more or fewer, one now and then closed."""
    later = [{**s, "year": s["year"] + 1, "pupils": max(5, round(s["pupils"]
             * draw.uniform(0.95, 1.05)))} for s in schools]
    return later[1:] if draw.random() < 0.3 and later[0]["stage"] == later[1]["stage"] else later


def tables_of(draw: Random, county: County, schools: list[dict] | None = None
              ) -> tuple[dict, list[dict], dict[str, int]]:
    """Return the tables that a public edition is made of, the schools and people behind them."""
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
    return {"indicators": indicators, "facts": facts, "judgements": judged(people),
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


def told_of(results) -> dict[tuple[str, str], int | None]:
    return {(g["stage"], g["group"]): g["pupils"] for g in results["groups"]}


def test_two_years_of_the_same_schools_give_no_more_than_one_but_where_a_group_was_told(capsys):
    """The years of one county, its schools nearly the same: no sum binds them, and each withstands
    by itself. Of a group that is hidden in one year and told in the other somebody who knows that
    little changes can guess: how many there are is counted, for the docs; none is a group that was
    hidden in both."""
    total, guessed = Counter(), Counter()
    for number in range(COUNTIES):
        draw, results, schools = Random(f"panel/{number}"), {}, None
        for year in YEARS:
            county = County.open("990101", year)
            schools = a_year_later(draw, schools) if schools else schools_of(draw, year)
            tables, schools, people = tables_of(draw, county, schools)
            results[year] = results_of(tables, county)
            total += attacked(results[year], schools, people, county)
        before, after = map(told_of, results.values())
        for group in before.keys() & after.keys():
            hidden = [before[group], after[group]].count(None)
            guessed["both" if hidden == 2 else "one" if hidden else "none"] += 1
    with capsys.disabled():
        print(f"\n逐年攻击：{COUNTIES} 个县各两年，敏感的数 {total['sensitive']} 个，"
              f"推算到保护区间以内的 {total['recovered']} 个；不予公布的组，两年都是的 "
              f"{guessed['both']} 个，只有一年的 {guessed['one']} 个（知道变动不大的人可以猜）")
    assert total["sensitive"] > COUNTIES
    assert total["recovered"] == 0
    assert guessed["one"] < guessed["both"]
