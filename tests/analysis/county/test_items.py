"""Every numeric limit of the 32 indicators: one unit below, at, one unit above; and the gaps.

The limits come from the pack, which `test_definitions` and `test_traps` hold against the
document; which side of a limit is good is typed by hand from domain §1.2–1.5.
"""

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from tables import YEAR, measured, only

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.item_verdicts import judge_item
from pipeline.analysis.schools.balance import balance
from pipeline.analysis.schools.indicator_values import level_of
from pipeline.analysis.schools.school_rules import class_size
from pipeline.definitions.items import Ratio
from pipeline.definitions.standards import standard
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED

F, MANY, BIT = Fraction, 10**6, Fraction(1, 10**6)
CN = standard("cn-2017-06")
ITEMS = {item.id: item for item in CN.items}
PAPER = {"status": "yes", "document": "某政办〔2023〕1号", "date": "2023-11-20", "note": ""}

# 手工录入：below 小于限值、at 恰为限值、above 大于限值时的结论；whole 表示分子不能大于分母
MORE, LESS, STRICTLY_LESS, WHOLE = "-++", "++-", "+--", "-+?"
SIGN = {"+": MET, "-": NOT_MET, "?": UNDETERMINED}
GOOD = {"G3": MORE, "G4": LESS, "G5": LESS, "G6": MORE, "G7": MORE, "G8": MORE, "G9": WHOLE,
        "G11": MORE, "G12": WHOLE, "G13 小学": WHOLE, "G13 初中": MORE, "G14": MORE, "G15": MORE,
        "Q1": MORE, "Q2": MORE, "Q4": MORE, "Q9": STRICTLY_LESS, "P1": MORE}
EVIDENCE, BOTH = ["G1", "G2", "G10", "Q3", "Q5", "Q6", "Q7", "Q8"], ["G8", "G14", "G15"]
PARTS = [(i.id, n) for i in CN.items if isinstance(i.rule, Ratio) for n in range(len(i.rule.parts))]
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
    return [{"school_code": code, "kind": kind, "area": F(area)} for kind, area, n in
            zip(("music", "art"), areas, (music, art), strict=True) for _ in range(n)]


def result(grade="四年级", subject="数学", level="Ⅲ", gap="14.9", year=YEAR) -> dict:
    return {"year": year, "grade": grade, "subject": subject, "level": level, "gap": gap and F(gap)}


def ratio_facts(parts, at=None, off=0) -> dict:
    """Return figures that are exactly at every limit of the parts, part ``at`` off by a unit."""
    facts = {}
    for n, part in enumerate(parts):
        whole = facts.setdefault(part.denominator[0], F(MANY)) if part.denominator else 100
        share = part.value / (100 if part.unit == "%" else 1)
        facts |= dict.fromkeys(part.numerator, F(0))
        facts[part.numerator[0]] = F(ceil(share * whole) + off * (n == at))
    return facts


def retention(graduates=950_000) -> dict:
    return {"junior_graduates": F(graduates), "junior_entrants": F(MANY),
            **dict.fromkeys(("junior_moved_in", "junior_moved_out", "junior_deaths"), F(0))}


def complete(**changes) -> CountyData:
    """Return a county that is exactly at the limit of every item, with its documents."""
    facts = {"quota_primary_yuan": F(650), "quota_junior_yuan": F(850)} | retention()
    for id in {id for id, _ in PARTS}:
        facts |= ratio_facts(ITEMS[id].rule.parts)
    sections = [section(pupils=99), section("311", "junior", "2", largest_class=F(50))]
    data = CountyData(
        YEAR, sections, facts, dict.fromkeys((*EVIDENCE, *BOTH, "E1"), PAPER),
        rooms=[*rooms(), *rooms(code="2")], monitoring=[result()])
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
    drawn = [{"pupils": 100, "value": x, "indicator": id, "stage": stage} for x in (1 + cv, 1 - cv)]
    assert balance(*measured(drawn), only(id, stage)).iloc[0]["status"] == expected(LESS, off)


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
def test_rooms_of_each_kind_are_counted_for_every_twelve_classes(classes, needed, off):
    for numbers in ((needed + off, needed), (needed, needed + off)):
        judged = state("G3", sections=[section(classes=F(classes))], rooms=rooms(*numbers))
        assert judged == expected(GOOD["G3"], off)


@OFFS
def test_a_room_counts_from_96_and_90_square_metres(off):
    music, art = (ITEMS["G3"].rule.areas[kind] for kind in ("music", "art"))
    for areas in ((music + off * BIT, art), (music, art + off * BIT)):
        assert state("G3", sections=[section()], rooms=rooms(areas=areas)) == expected(MORE, off)


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


@pytest.mark.parametrize(("codes", "largest", "said"), [
    ("12", None, "2所缺数据"), ("11", None, "2个学段部缺数据"), ("12", 99, "2所不符合"),
    ("112", 99, "3个学段部不符合"), ("112", 40, "3个学段部所有班级均不超过规定班额")])
def test_a_school_of_two_stages_is_not_counted_as_two_schools(codes, largest, said):
    given = [section("312", ("primary", "junior")[codes[:n].count(code)], code,
                     largest_class=largest and F(largest)) for n, code in enumerate(codes)]
    data = CountyData(YEAR, sections=given)
    assert class_size(ITEMS["G5"].rule, data).reason.startswith(said)


@pytest.mark.parametrize(("stage", "lowest", "judged"), [
    ("primary", 41, MET), ("primary", 46, NOT_MET), ("primary", 51, NOT_MET),
    ("junior", 46, MET), ("junior", 51, NOT_MET), ("junior", 66, NOT_MET)])
def test_one_class_in_a_band_above_the_limit_fails_the_county(stage, lowest, judged):
    bands = [{"school_code": "1", "stage": stage, "lowest": low, "highest": high,
              "classes": int(low == lowest)}
             for low, high in [*((n, n + 4) for n in range(41, 66, 5)), (66, 999)]]
    for largest in (None, F(45)):        # the form beside the bands may say otherwise
        given = section(KIND[stage], stage, largest_class=largest)
        assert state("G5", sections=[given], class_sizes=bands) == judged


@OFFS
@pytest.mark.parametrize("kind", ["211", "218"])
def test_fewer_than_100_pupils_are_funded_as_100(kind, off):
    at = 100 * complete().facts["quota_primary_yuan"]
    funded = section(kind, pupils=99, operating_allocated_yuan=at + off)
    assert state("G6", sections=[funded]) == expected(GOOD["G6"], off)
    unfunded = section(kind, pupils=100 + off, operating_allocated_yuan=at - 1)
    assert state("G6", sections=[unfunded]) == expected(MORE, off)


@OFFS
@pytest.mark.parametrize(("level", "enough"), [("Ⅰ", 0), ("Ⅱ", 0), ("Ⅲ", 1), ("Ⅳ", 1)])
def test_the_monitored_gap_is_strictly_below_15_percent_at_level_three(level, enough, off):
    gap = ITEMS["Q9"].rule.gap_max + off * BIT
    judged = state("Q9", monitoring=[result(level=level, gap=gap)])
    assert judged == (expected(GOOD["Q9"], off) if enough else NOT_MET)


GAPS = [(id, v) for id, n in PARTS for part in [ITEMS[id].rule.parts[n]]
        for v in (*part.numerator, *part.denominator)]
GAPS += [("G6", "quota_primary_yuan"), *(("Q1", v) for v in retention())]
GAPS += [(i.id, v) for i in CN.items if i.rule for v in i.rule.school_variables]


@pytest.mark.parametrize(("id", "variable"), list(dict.fromkeys(GAPS)))
def test_without_any_one_variable_an_item_is_open(id, variable):
    facts = {k: v for k, v in complete().facts.items() if k != variable}
    first, *others = complete().sections
    for gap in ({**first, variable: None}, {k: v for k, v in first.items() if k != variable}):
        assert state(id, facts=facts, sections=[gap, *others]) == UNDETERMINED


def test_without_the_list_of_rooms_or_results_an_item_is_open():
    states = [state("G3", rooms=given) for given in ([], rooms())]
    states += [state("Q9", monitoring=m) for m in ([], [result(level="")], [result(gap=None)])]
    assert set(states) == {UNDETERMINED}


@pytest.mark.parametrize(("id", "figures"), [
    ("G7", "special_ed_pupils=0"), ("G8", "civil_servant_income_yuan=0"),
    ("G9", "trained_teachers=1000001"), ("G9", "trained_teachers=0 full_time_teachers=0"),
    ("G11", "rotated_teachers=1000001 rotated_backbone_teachers=900000"),
    ("G11", "rotated_backbone_teachers=100001"), ("G12", "certified_teachers=1000001"),
    ("G13", "zone_inside_pupils_primary=1000001"), ("G13", "zone_inside_pupils_junior=1000001"),
    ("G14", "quota_senior_places=1000001"), ("G15", "migrant_in_purchased=150001"),
    ("Q1", "junior_graduates=1000001"), ("Q1", "junior_graduates=0 junior_entrants=0"),
    ("Q1", "junior_moved_out=1000001"), ("Q2", "disabled_enrolled=1000001"),
    ("Q4", "training_spending_yuan=1000001"), ("Q4", "operating_budget_yuan=0")])
def test_a_part_above_its_whole_or_a_whole_of_nobody_is_a_mistake_and_open(id, figures):
    given = {k: F(v) for k, v in (figure.split("=") for figure in figures.split())}
    assert state(id, facts=complete().facts | given, sections=[section(**given)]) == UNDETERMINED


PAPERS = pytest.mark.parametrize(("paper", "judged"), [
    (None, "?"), (PAPER, "+"), (PAPER | {"document": ""}, "?"), (PAPER | {"date": ""}, "?"),
    (PAPER | {"status": "unknown"}, "?"), (PAPER | {"status": "no", "document": ""}, "-")])


@PAPERS
@pytest.mark.parametrize("id", [*EVIDENCE, *BOTH])
def test_a_yes_needs_a_document_and_its_date_and_a_no_does_not(id, paper, judged):
    given = {id: paper} if paper else {}
    assert state(id, evidence=given) == SIGN[judged]
    if id in BOTH:
        failing = ratio_facts(ITEMS[id].rule.parts, 0, -1)
        assert state(id, evidence=given, facts=failing) == NOT_MET
        assert state(id, evidence=given, facts={}) == SIGN["-" if judged == "-" else "?"]
