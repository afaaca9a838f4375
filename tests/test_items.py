"""Every numeric limit of the 32 indicators: one unit below, at, one unit above; and the gaps.

The limits come from the pack, which `test_definitions` holds against the document; which
side of a limit is good, and whether the limit itself is, is typed by hand from domain §1.2–1.5.
"""

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from tables import YEAR, measured, only

from pipeline.analysis.balance import balance
from pipeline.analysis.county_data import CountyData
from pipeline.analysis.indicators import level_of
from pipeline.analysis.items import judge_item, judge_veto
from pipeline.analysis.verdict import judgements
from pipeline.definitions.items import Ratio
from pipeline.definitions.standards import standard
from pipeline.terms import MET, NOT_MET, TABLES, UNDETERMINED

F, MANY, BIT = Fraction, 10**6, Fraction(1, 10**6)
CN = standard("cn-2017-06")
ITEMS, VETOES = {i.id: i for i in CN.items}, {v.id: v for v in CN.vetoes}
PAPER = {"status": "yes", "document": "某政办〔2023〕1号", "date": "2023-11-20", "note": ""}

# 手工录入：below 小于限值、at 恰为限值、above 大于限值时的结论；whole 表示分子不能大于分母
MORE, LESS, STRICTLY_LESS, WHOLE = "-++", "++-", "+--", "-+?"
SIGN = {"+": MET, "-": NOT_MET, "?": UNDETERMINED}
GOOD = {"G3": MORE, "G4": LESS, "G5": LESS, "G6": MORE, "G7": MORE, "G8": MORE, "G9": WHOLE,
        "G11": MORE, "G12": WHOLE, "G13 小学": WHOLE, "G13 初中": MORE, "G14": MORE, "G15": MORE,
        "Q1": MORE, "Q2": MORE, "Q4": MORE, "Q9": STRICTLY_LESS, "P1": MORE}
EVIDENCE = ["G1", "G2", "G10", "Q3", "Q5", "Q6", "Q7", "Q8"]
BOTH = ["G8", "G14", "G15"]
PARTS = [(item.id, n) for item in CN.items if isinstance(item.rule, Ratio)
         for n in range(len(item.rule.parts))]
OFFS = pytest.mark.parametrize("off", [-1, 0, 1])
KIND = {"primary": "211", "junior": "311"}
FOURTEEN = pytest.mark.parametrize(
    ("id", "stage"), [(id, stage) for id in CN.resource.indicators for stage in CN.stages])


def section(kind="211", stage="primary", code="1", pupils=400, **values) -> dict:
    full = {"classes": F(12), "largest_class": F(45), "operating_budget_yuan": F(MANY),
            "training_spending_yuan": F(50_000), "operating_allocated_yuan": F(65_000)}
    return {"year": YEAR, "stage": stage, "school_code": code, "name": f"甲{code}校",
            "school_type": kind, "location": "rural", "ownership": "public",
            "pupils": pupils} | full | values


def rooms(music=1, art=1, code="1", areas=(96, 90)) -> list[dict]:
    return [{"school_code": code, "kind": kind, "area": F(area)}
            for kind, area, n in zip(("music", "art"), areas, (music, art), strict=True)
            for _ in range(n)]


def result(grade="四年级", subject="数学", level="Ⅲ", gap="14.9", year=YEAR) -> dict:
    return {"year": year, "grade": grade, "subject": subject, "level": level,
            "gap": None if gap is None else F(gap)}


def ratio_facts(parts, at=None, off=0) -> dict:
    """Return figures that are exactly at every limit of the parts, part ``at`` off by a unit."""
    facts = {}
    for n, part in enumerate(parts):
        step = off if n == at else 0
        if not part.denominator:
            facts[part.numerator[0]] = part.value + step * BIT
            continue
        whole = facts.setdefault(part.denominator[0], F(MANY))
        share = part.value / (100 if part.unit == "%" else 1)
        facts |= dict.fromkeys(part.numerator, F(0))
        facts[part.numerator[0]] = F(ceil(share * whole) + step)
    return facts


def retention(graduates=950_000, entrants=MANY, **moved) -> dict:
    facts = {"junior_graduates": graduates, "junior_entrants": entrants, "junior_moved_in": 0,
             "junior_moved_out": 0, "junior_deaths": 0} | moved
    return {name: F(value) for name, value in facts.items()}


def complete(**changes) -> CountyData:
    """Return a county that is exactly at the limit of every item, with its documents."""
    facts = {"quota_primary_yuan": F(650), "quota_junior_yuan": F(850)} | retention()
    for id in {id for id, _ in PARTS}:
        facts |= ratio_facts(ITEMS[id].rule.parts)
    data = CountyData(
        YEAR, [section(pupils=99), section("311", "junior", "2", largest_class=F(50))], facts,
        dict.fromkeys((*EVIDENCE, *BOTH), PAPER), rooms=[*rooms(), *rooms(code="2")],
        monitoring=[result()])
    return replace(data, **changes)


def state(id: str, **changes) -> str:
    return judge_item(ITEMS[id], complete(**changes)).status


def expected(good: str, off: int) -> str:
    return SIGN[good[off + 1]]


def test_every_item_with_a_number_has_its_good_side_typed_by_hand():
    assert {key.split()[0] for key in GOOD} == {i.id for i in CN.items if i.rule}
    kinds = {"evidence": EVIDENCE, "both": BOTH}
    assert {k: [i.id for i in CN.items if i.kind == k] for k in kinds} == kinds


def test_a_county_at_every_limit_with_every_document_meets_every_item():
    assert {id: state(id) for id in ITEMS} == dict.fromkeys(ITEMS, MET)


# R1–R7 和 14 个差异系数

@OFFS
@FOURTEEN
def test_a_level_and_its_floor_include_their_limits(id, stage, off):
    required, floor = CN.threshold(id, stage), CN.floor(id, stage)
    assert floor == required * F(85, 100)
    assert level_of(required + off * BIT, required, floor) == ("floor", "met", "met")[off + 1]
    assert level_of(floor + off * BIT, required, floor) == ("below", "floor", "floor")[off + 1]


@OFFS
@FOURTEEN
def test_each_of_14_coefficients_may_be_at_its_limit_and_not_above(id, stage, off):
    cv = CN.balance.cv_max[stage] + off * BIT
    drawn = [{"pupils": 100, "value": 1 + s * cv, "indicator": id, "stage": stage} for s in (1, -1)]
    assert balance(*measured(drawn), only(id, stage)).iloc[0]["status"] == expected(LESS, off)


# 县级指标

@OFFS
@pytest.mark.parametrize(("id", "n"), PARTS)
def test_a_quotient_is_judged_below_at_and_above_its_limit(id, n, off):
    parts = ITEMS[id].rule.parts
    good = GOOD.get(id) or GOOD[f"{id} {parts[n].label}"]
    facts = complete().facts | ratio_facts(parts, n, off)
    assert state(id, facts=facts) == expected(good, off)


@OFFS
def test_retention_and_training_money_are_judged_below_at_and_above(off):
    facts = complete().facts | retention(950_000 + off)
    assert state("Q1", facts=facts) == expected(GOOD["Q1"], off)
    assert state("Q4", sections=[section(training_spending_yuan=F(50_000 + off))]) == expected(
        GOOD["Q4"], off)


@OFFS
@pytest.mark.parametrize(("classes", "needed"), [(12, 1), (13, 2), (25, 3)])
@pytest.mark.parametrize("kind", ["music", "art"])
def test_rooms_are_counted_for_every_twelve_classes(kind, classes, needed, off):
    given = rooms(**{"music": needed, "art": needed} | {kind: needed + off})
    judged = state("G3", sections=[section(classes=F(classes))], rooms=given)
    assert judged == expected(GOOD["G3"], off)


@OFFS
@pytest.mark.parametrize("which", [0, 1])
def test_a_room_counts_from_96_and_90_square_metres(which, off):
    limits = [ITEMS["G3"].rule.areas[kind] for kind in ("music", "art")]
    limits[which] += off * BIT
    assert state("G3", sections=[section()], rooms=rooms(areas=limits)) == expected(MORE, off)


@OFFS
@pytest.mark.parametrize(("kind", "stages"), [
    ("211", "primary"), ("311", "junior"), ("341", "junior"), ("312", "primary junior"),
    ("345", "primary junior")])
def test_a_school_may_have_2000_pupils_and_2500_over_both_stages(kind, stages, off):
    rule, (first, *second) = ITEMS["G4"].rule, stages.split()
    most = int(rule.combined_value if second else rule.value) - 900 * len(second)
    given = [section(kind, first, pupils=most + off)]
    given += [section(kind, stage, pupils=900) for stage in second]
    assert state("G4", sections=given) == expected(GOOD["G4"], off)


@OFFS
@pytest.mark.parametrize("stage", KIND)
def test_the_largest_class_may_be_at_the_limit(stage, off):
    given = [section(KIND[stage], stage, largest_class=ITEMS["G5"].rule.value[stage] + off)]
    assert state("G5", sections=given) == expected(GOOD["G5"], off)


@pytest.mark.parametrize(("stage", "lowest", "judged"), [
    ("primary", 41, MET), ("primary", 46, NOT_MET), ("primary", 51, NOT_MET),
    ("junior", 46, MET), ("junior", 51, NOT_MET), ("junior", 66, NOT_MET)])
def test_one_class_in_a_band_above_the_limit_fails_the_county(stage, lowest, judged):
    bands = [{"school_code": "1", "stage": stage, "lowest": low, "highest": high,
              "classes": int(low == lowest)}
             for low, high in [(1, 25), *((n, n + 4) for n in range(26, 66, 5)), (66, 999)]]
    given = section(KIND[stage], stage, largest_class=None)
    assert state("G5", sections=[given], class_sizes=bands) == judged


@OFFS
@pytest.mark.parametrize("kind", ["211", "218"])
def test_fewer_than_100_pupils_are_funded_as_100(kind, off):
    at = 100 * complete().facts["quota_primary_yuan"]
    small, full = (section(kind, pupils=p, operating_allocated_yuan=at + off) for p in (99, 100))
    assert state("G6", sections=[small]) == expected(GOOD["G6"], off)
    assert state("G6", sections=[full]) == MET
    assert state("G6", sections=[section(kind, pupils=100 + off, operating_allocated_yuan=at - 1)]
                 ) == expected(MORE, off)


@OFFS
@pytest.mark.parametrize(("level", "enough"), [("Ⅰ", 0), ("Ⅱ", 0), ("Ⅲ", 1), ("Ⅳ", 1)])
def test_the_monitored_gap_is_strictly_below_15_percent_at_level_three(level, enough, off):
    gap = ITEMS["Q9"].rule.gap_max + off * BIT
    judged = state("Q9", monitoring=[result(level=level, gap=gap)])
    assert judged == (expected(GOOD["Q9"], off) if enough else NOT_MET)


# 缺资料、错资料、材料

def gaps():
    for id, n in PARTS:
        part = ITEMS[id].rule.parts[n]
        yield from ((id, "facts", v) for v in (*part.numerator, *part.denominator))
    yield from (("Q1", "facts", name) for name in retention())
    yield ("G6", "facts", "quota_primary_yuan")
    yield from ((i.id, "sections", v) for i in CN.items if i.rule for v in i.rule.school_variables)


@pytest.mark.parametrize(("id", "table", "variable"), dict.fromkeys(gaps()))
def test_without_any_one_variable_an_item_is_open(id, table, variable):
    have = getattr(complete(), table)
    without = [[have[0] | {variable: None}, have[1]]] if table == "sections" else []
    drop = [{k: v for k, v in s.items() if k != variable} for s in have] if without else {
        k: v for k, v in have.items() if k != variable}
    assert {state(id, **{table: given}) for given in (*without, drop)} == {UNDETERMINED}


@pytest.mark.parametrize(("id", "table", "rows"), [
    ("G3", "rooms", []), ("G3", "rooms", rooms()), ("Q9", "monitoring", []),
    ("Q9", "monitoring", [result(level="")]), ("Q9", "monitoring", [result(gap=None)])])
def test_without_its_list_an_item_is_open(id, table, rows):
    assert state(id, **{table: rows}) == UNDETERMINED


def test_a_county_that_handed_in_nothing_is_open_in_every_row():
    empty = [TABLES[name].frame([]) for name in ("indicators", "compliance", "balance")]
    rows = judgements(*empty, CountyData(YEAR, []), CN)
    assert dict(zip(rows["id"], rows["status"], strict=True)) == dict.fromkeys(
        rows["id"], UNDETERMINED)
    assert len(rows) == 32 + 7 + 1


@pytest.mark.parametrize(("id", "figures"), [
    ("G7", "special_ed_pupils=0"), ("G8", "civil_servant_income_yuan=0"),
    ("G9", "trained_teachers=1000001"), ("G9", "trained_teachers=0 full_time_teachers=0"),
    ("G11", "rotated_teachers=1000001 rotated_backbone_teachers=900000"),
    ("G11", "rotated_backbone_teachers=100001"), ("G12", "certified_teachers=1000001"),
    ("G13", "zone_inside_pupils_primary=1000001"), ("G13", "zone_inside_pupils_junior=1000001"),
    ("G14", "quota_senior_places=1000001"), ("G15", "migrant_in_purchased=150001"),
    ("Q1", "junior_graduates=1000001"), ("Q1", "junior_graduates=0 junior_entrants=0"),
    ("Q1", "junior_moved_out=1000001"), ("Q2", "disabled_enrolled=1000001")])
def test_a_part_above_its_whole_or_a_whole_of_nobody_is_a_mistake_and_open(id, figures):
    given = {k: F(v) for k, v in (figure.split("=") for figure in figures.split())}
    assert state(id, facts=complete().facts | given) == UNDETERMINED


@pytest.mark.parametrize(("spent", "budget"), [(MANY + 1, MANY), (0, 0)])
def test_training_money_above_the_budget_or_no_budget_is_open(spent, budget):
    given = section(training_spending_yuan=F(spent), operating_budget_yuan=F(budget))
    assert state("Q4", sections=[given]) == UNDETERMINED


PAPERS = pytest.mark.parametrize(("paper", "judged"), [
    (None, "?"), (PAPER, "+"), (PAPER | {"document": ""}, "?"), (PAPER | {"date": ""}, "?"),
    (PAPER | {"status": "unknown"}, "?"), (PAPER | {"status": "no", "document": ""}, "-")])


@PAPERS
@pytest.mark.parametrize("id", [*EVIDENCE, *BOTH])
def test_a_yes_needs_a_document_and_its_date_and_a_no_does_not(id, paper, judged):
    assert state(id, evidence={id: paper} if paper else {}) == SIGN[judged]
    if id in BOTH:
        nothing = {"evidence": {id: paper} if paper else {}, "facts": {}}
        failing = nothing | {"facts": ratio_facts(ITEMS[id].rule.parts, 0, -1)}
        assert state(id, **nothing) == (NOT_MET if judged == "-" else UNDETERMINED)
        assert state(id, **failing) == NOT_MET


@PAPERS
@pytest.mark.parametrize("id", VETOES)
def test_a_veto_is_open_until_a_document_says_that_it_did_not_happen(id, paper, judged):
    said = {"yes": "absent", "no": "present"}
    row = paper and paper | {"status": said.get(paper["status"], "unknown")}
    data = complete(evidence={id: row} if row else {})
    assert judge_veto(VETOES[id], data).status == SIGN[judged]


@PAPERS
@pytest.mark.parametrize(("since", "long"), [(2019, "+"), (2020, "+"), (2021, "-"), (None, "?")])
def test_a_county_may_apply_three_years_after_basic_balance_if_watched(since, long, paper, judged):
    data = complete(facts={"basic_balance_year": F(since)} if since else {},
                    evidence={"E1": paper} if paper else {})
    empty = [TABLES[name].frame([]) for name in ("indicators", "compliance", "balance")]
    ours = judgements(*empty, data, CN).set_index("id").loc["E1", "status"]
    assert ours == SIGN[next((s for s in "-?" if s in long + judged), "+")]
