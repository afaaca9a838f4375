"""Every target of the five plans in three counties: all met, all missed by a hair, nothing known.

What the counties hand in is made from the limits of the packs; how each target then stands was
written by hand from its sentence.
"""

from datetime import date

import pytest
from tables import YEAR, table
from target_counties import BY_ID, SIGN, YES, F, classes, county, section

from pipeline.analysis.county.plan_verdicts import targets
from pipeline.definitions.targets.coverage import SHEETS, basis
from pipeline.definitions.targets.plans import plans
from pipeline.ground.terms import MET, NOT_MET, TABLES, UNDETERMINED

HAIR, LAST = F("0.001"), YEAR - 1
LIMITS = {"R2": {"primary": "1", "junior": "1"}, "R4": {"primary": "4.5", "junior": "5.8"},
          "R5": {"primary": "7.5", "junior": "10.2"}, "R6": {"primary": "2000", "junior": "2500"},
          "R7": {"primary": "2.3", "junior": "2.4"}}
# 按本编号填两年的目标：上年、达到、差一点
YEARLY = {"Z34": (100, 200, 199)}
# 规划专用的县级数据：达到、差一点
FIELDS = {
    "boarding_operating_yuan": (200000, 199999), "boarding_pupils": (1000, 1000),
    "migrant_free_of_charge": (1000, 999), "heads": (100, 100),
    "town_eligible_teachers": (1000, 1000), "town_rotated_teachers": (100, 99),
    "town_rotated_backbone_teachers": (20, 19), "town_to_rural_teachers": (100, 99),
    "town_to_rural_backbone_teachers": (20, 19), "six_year_teachers": (1000, 1000),
    "six_year_rotated_teachers": (1000, 999), "two_term_heads": (50, 50),
    "two_term_rotated_heads": (50, 49), "vacant_new_posts": (10, 10), "filled_new_posts": (10, 9),
    "staff_left": (10, 10), "staff_joined": (10, 10), "recruited_teachers": (1000, 1000),
    "recruited_scarce_teachers": (300, 299), "new_rural_teachers": (100, 100),
    "new_rural_trained_teachers": (100, 99), "rural_teacher_income_yuan": (100001, 100000),
    "town_same_rank_income_yuan": (100000, 100000), "teaching_rooms": (1000, 1000),
    "broadband_rooms": (900, 899), "class_link_rooms": (900, 900), "classrooms": (1000, 1000),
    "equipped_classrooms": (1000, 999), "compulsory_schools": (100, 100),
    "internet_schools": (100, 99), "broadband_schools": (100, 99), "wireless_schools": (100, 100),
    "class_link_schools": (100, 100), "person_link_schools": (100, 100),
    "equipped_schools": (100, 99), "townships": (20, 20), "townships_with_boarding": (20, 19),
    "small_school_standard_yuan": (1001, 1000), "other_school_standard_yuan": (1000, 1000)}
# 与上年比的：上年、达到、差一点
COMPARED = {"choice_pupils": (5, 4, 5), "famous_heads": (5, 6, 5)}
POSTS = {"junior": F(3200) / F("13.5"), "primary": F(4040) / 19 - F("10.8"), "small": F("10.8")}

# 目标：全部达到的县、差一点的县、一无所知的县
EXPECTED = table("""
    id   | met | missed | unknown
    Z01  | +   | -      | ?
    Z02  | +   | -      | ?
    Z03  | +   | -      | ?
    Z04  | +   | -      | ?
    Z05  | +   | -      | ?
    Z06  | +   | -      | ?
    Z07  | +   | -      | ?
    Z08  | +   | -      | ?
    Z09  | +   | -      | ?
    Z10  | +   | -      | ?
    Z11  | +   | -      | ?
    Z12  | +   | -      | ?
    Z13  | +   | -      | ?
    Z14  | +   | -      | ?
    Z15  | +   | -      | ?
    Z16  | +   | -      | ?
    Z17  | +   | -      | ?
    Z18  | +   | -      | ?
    Z19  | +   | -      | ?
    Z20  | +   | -      | ?
    Z21  | +   | -      | ?
    Z22  | +   | -      | ?
    Z23  | +   | -      | ?
    Z24  | +   | -      | ?
    Z25  | +   | -      | ?
    Z26  | +   | -      | ?
    Z27  | +   | -      | ?
    Z28  | +   | ?      | ?
    Z29  | +   | -      | ?
    Z30  | +   | -      | ?
    Z31  | +   | -      | ?
    Z32  | +   | -      | ?
    Z33  | +   | -      | ?
    Z34  | +   | -      | ?
    Z35  | +   | -      | ?
    Z36  | +   | -      | ?
    Z37  | +   | -      | ?
    Z38  | +   | -      | ?
    H00  | +   | -      | ?
    H01  | +   | -      | ?
    H02  | +   | -      | ?
    H03  | +   | -      | ?
    H04  | +   | -      | ?
    H05  | +   | -      | ?
    H06  | +   | -      | ?
    H07  | +   | -      | ?
    H08  | +   | -      | ?
    H09  | +   | -      | ?
    H10  | +   | -      | ?
    H11  | +   | -      | ?
    H12  | +   | ?      | ?
    H13  | +   | -      | ?
    H14  | +   | -      | ?
    H15  | +   | -      | ?
    H16  | +   | -      | ?
    H17  | +   | -      | ?
    H18  | +   | -      | ?
    H19  | +   | -      | ?
    H20  | +   | -      | ?
    H21  | +   | -      | ?
    H22  | +   | -      | ?
    H23  | +   | -      | ?
    H24  | +   | -      | ?
    ZR1  | +   | ?      | ?
    ZR2  | +   | ?      | ?
    ZR3  | +   | -      | ?
    ZR4  | +   | -      | ?
    ZR5  | +   | -      | ?
    ZR6  | +   | -      | ?
    ZR7  | +   | -      | ?
    ZR8  | +   | -      | ?
    ZR9  | +   | -      | ?
    CX01 | +   | -      | ?
    CX02 | +   | -      | ?
    CX03 | ?   | ?      | ?
    CX04 | ?   | ?      | ?
    CX05 | +   | -      | ?
    CX06 | +   | -      | ?
    CX07 | +   | -      | ?
    CX08 | +   | -      | ?
    CX09 | +   | -      | ?
    CX10 | +   | -      | ?
    CX11 | +   | -      | ?
    CX12 | +   | ?      | ?
    CX13 | +   | ?      | ?
    CX14 | +   | ?      | ?
    CX15 | +   | -      | ?
    CX16 | +   | -      | ?
    CX17 | +   | -      | ?
    CX18 | +   | -      | ?
    CX19 | +   | -      | ?
    CX20 | +   | -      | ?
    CX21 | +   | -      | ?
    CX22 | +   | -      | ?
    W01  | +   | -      | ?
    W02  | +   | -      | ?
    W03  | +   | -      | ?
    W04  | +   | -      | ?
    W05  | +   | -      | ?
    W06  | +   | -      | ?
    W07  | +   | -      | ?
    W08  | +   | -      | ?
    W09  | +   | -      | ?
    W10  | +   | -      | ?
    W11  | +   | -      | ?
    W12  | +   | -      | ?
    W13  | +   | -      | ?
    W14  | +   | -      | ?
    W15  | +   | -      | ?
    W16  | +   | -      | ?
    W17  | +   | -      | ?
    W18  | +   | -      | ?
    W19  | +   | -      | ?
    W20  | +   | -      | ?
    W21  | +   | ?      | ?
    W22  | +   | -      | ?
    W23  | +   | -      | ?
    W24  | +   | -      | ?
    W25  | +   | -      | ?
    W26  | +   | -      | ?
    W27  | +   | -      | ?
    W28  | +   | -      | ?
    W29  | +   | -      | ?
    W30  | +   | -      | ?
    N01  | ?   | ?      | ?
    N02  | ?   | ?      | ?
    N03  | +   | -      | ?
    N04  | +   | -      | ?
""")


def level(code: str, stage: str, indicator: str, hair: F) -> dict:
    """Return a measured value at the limit of its stage, or a hair below."""
    return {"school_code": code, "name": f"甲{code}校", "stage": stage, "indicator": indicator,
            "value": F(LIMITS[indicator][stage]) - hair, "level": "met"}


def schools(missed: bool, year: int) -> list[dict]:
    """Return five schools: large primary and junior, a nine-year one, a new one with 12 classes,
    a small one of 200 pupils.

    The missed county has one pupil too many, its first school no backbone teacher, the small
    one not quite 1.8 posts a class.
    """
    backbone = 0 if missed or year == LAST else 1
    bare = {"year": year, "largest_class": None, "staff_posts": F(0)}
    nine = bare | {"school_type": "312", "location": "town", "backbone_teachers": F(5)}
    small = bare | {"staff_posts": POSTS["small"] - (HAIR if missed else 0)}
    return [section("1", pupils=2000 + missed, classes=F(100), backbone_teachers=F(backbone),
                    **bare | {"staff_posts": POSTS["primary"]}),
            section("2", "junior", pupils=2000, classes=F(100), location="town",
                    **bare | {"staff_posts": POSTS["junior"]}),
            section("3", pupils=1300, **nine), section("3", "junior", pupils=1200, **nine),
            section("4", pupils=540, classes=F(12), built_year=F(2023), **bare),
            section("5", pupils=200, classes=F(6), **small)]


def class_sizes(missed: bool, year: int) -> list[dict]:
    """Return classes just full; missed: 24 of 238 too large (89.9 %), one of them new and of 66."""
    large = ({"_41": 76, "_46": 24 - (year == YEAR), "_66": int(year == YEAR)} if missed
             else {"_41": 100})
    return [*classes("1", **large), *classes("2", "junior", _46=100), *classes("3", _41=10),
            *classes("3", "junior", _46=10), *classes("4", _41=12), *classes("5", _31=6)]


def sheets(missed: bool, year: int) -> dict:
    """Return what the county's own sheets hold in a year, but for the schools."""
    hair = HAIR if missed else F(0)
    now, rise = year == YEAR, HAIR if missed else -HAIR
    return {"class_sizes": class_sizes(missed, year),
            "levels": [level(code, stage, id, hair if id in ("R2", "R6", "R7") else F(0))
                       for code, stage in (("1", "primary"), ("2", "junior"), ("4", "primary"))
                       for id in LIMITS],
            "rooms": [{"school_code": "4", "kind": "music", "area": F(96)},
                      {"school_code": "4", "kind": "art", "area": F(90) - hair}],
            "coefficients": [{"stage": "primary", "indicator": "R1", "n_missing": 0,
                              "cv": F("0.4") + now * rise, "limit": F("0.5")}]}


def facts(missed: bool, year: int) -> dict:
    """Return county figures at the limit, or one child or one yuan short of it."""
    short = int(missed)
    return {k: both[short] for k, both in FIELDS.items()} | {
        k: last if year == LAST else (met, hair)[short]
        for k, (last, met, hair) in COMPARED.items()} | {
            "disabled_children": 100, "disabled_enrolled": 97 - short,
            "migrant_children": 1000, "migrant_in_public": 1000 - short,
            "teacher_income_yuan": 101000 - short, "civil_servant_income_yuan": 101000,
            "special_ed_operating_yuan": 600000 - short, "special_ed_pupils": 100,
            "education_budget_yuan": 10**6 - short * (year == YEAR), "compulsory_pupils": 100,
            "full_time_teachers": 100}


def figure(op: str, limit: F, missed: bool) -> F:
    """Return the figure that just meets a limit, or misses it by a hair."""
    good, way = {">=": (limit, -1), "<=": (limit, 1), "=": (limit, -1), "<": (limit - HAIR, 1),
                 ">": (limit + HAIR, -1), "~": (limit * 9 / 10, -1)}[op]
    return good + way * HAIR if missed else good


def numbers_of(target) -> dict:
    """Return the values of a target by the name under which each is filled in."""
    return target.parts or dict(zip([target.id], target.values, strict=False))


def typed(target, missed: bool, year: int) -> dict:
    """Return the figures typed for a target; of several the first alone misses."""
    if target.id in YEARLY:
        last, met, hair = YEARLY[target.id]
        return {target.id: last if year == LAST else hair if missed else met}
    return {key: figure(target.op, value.value, missed and n == 0)
            for n, (key, value) in enumerate(numbers_of(target).items()) if target.by_figure}


def handed_in(plan, missed: bool, year: int):
    """Return all that a county can hand in for a plan, in one year."""
    own = [t for t in plan.targets if basis(t) != SHEETS]
    figures = {k: v for t in own for k, v in typed(t, missed, year).items()}
    data = county(*schools(missed, year), year=year, typed=facts(missed, year) | figures,
                  **sheets(missed, year))
    row = YES | {"status": "no"} if missed else YES
    data.evidence.update({t.id: row for t in own if t.papers or not (
        t.by_figure or t.id in YEARLY)})
    return data


def states(plan, years: dict, item: str) -> dict[str, str]:
    """Return target → state, every national item standing alike."""
    items = {id for target in plan.targets for id in target.items}
    judged = TABLES["judgements"].frame([{"id": id, "status": item} for id in sorted(items)])
    found = targets([plan], judged, years, "410105", date(YEAR, 9, 1))
    assert all(found["reason"])
    return dict(zip(found["id"], found["status"], strict=True))


def expected(plan, column: str) -> dict[str, str]:
    mine = {target.id for target in plan.targets}
    return {row["id"]: SIGN[row[column]] for row in EXPECTED if row["id"] in mine}


def test_the_table_lists_every_target_of_every_plan_once():
    assert sorted(row["id"] for row in EXPECTED) == sorted(BY_ID)


@pytest.mark.parametrize("plan", plans().values(), ids=list(plans()))
@pytest.mark.parametrize(("column", "missed", "item"), [("met", False, MET),
                                                       ("missed", True, NOT_MET)])
def test_a_county_that_hands_in_everything_is_judged_target_by_target(plan, column, missed, item):
    years = {year: handed_in(plan, missed, year) for year in (YEAR, LAST)}
    assert states(plan, years, item) == expected(plan, column)


@pytest.mark.parametrize("plan", plans().values(), ids=list(plans()))
def test_of_a_county_that_hands_in_nothing_nothing_is_known(plan):
    assert states(plan, {YEAR: county()}, UNDETERMINED) == expected(plan, "unknown")


@pytest.mark.parametrize("plan", plans().values(), ids=list(plans()))
def test_perfection_typed_for_a_county_that_misses_by_a_hair_meets_nothing_that_sheets_hold(plan):
    years = {year: handed_in(plan, True, year) for year in (YEAR, LAST)}
    held = [t for t in plan.targets if basis(t) == SHEETS and t.proof == "both"]
    for target in held:
        years[YEAR].facts.update({k: v.value for k, v in numbers_of(target).items()})
        years[YEAR].evidence[target.id] = YES
    found = states(plan, years, NOT_MET)
    missed = expected(plan, "missed")
    assert {t.id: found[t.id] for t in held} == {t.id: missed[t.id] for t in held}
