"""Three small counties that hand in: of one all is known, of one much is missing, one has primary
schools alone; with the tables that their chapters would have."""

from fractions import Fraction

from tables import YEAR, imported, school

from pipeline.analysis.evaluate import evaluated
from pipeline.county import County
from pipeline.definitions.standards import standard
from pipeline.ground.terms import TABLES

DAY, PAPER = f"{YEAR}-06-30", "县政发〔2023〕1号.pdf"
FACTS = {"special_ed_operating_yuan": 600_000, "special_ed_pupils": 100,
         "teacher_income_yuan": 110_000, "civil_servant_income_yuan": 100_000,
         "trained_teachers": 90, "full_time_teachers": 90, "certified_teachers": 90,
         "rotation_eligible_teachers": 100, "rotated_teachers": 12,
         "rotated_backbone_teachers": 3, "zone_inside_pupils_primary": 800,
         "zone_pupils_primary": 800, "zone_inside_pupils_junior": 490, "zone_pupils_junior": 500,
         "quota_senior_places": 60, "quality_senior_places": 100, "migrant_children": 40,
         "migrant_in_public": 38, "migrant_in_purchased": 0, "junior_graduates": 99,
         "junior_entrants": 100, "junior_moved_in": 0, "junior_moved_out": 0, "junior_deaths": 0,
         "disabled_enrolled": 19, "disabled_children": 20, "recognition_pct": 92,
         "basic_balance_year": 2016}
PRIMARY = [school(2, pupils=390), school(3, pupils=400),
           school(1, "小学教学点", 60, 城乡类型="乡村")]
JUNIOR = [school(4, "初级中学", 500) | {"教学仪器设备值(万元)": 130}]
SPECIAL = school(5, "特殊教育学校", 100)
KNOWN = {"最大班额": 44, "班级数": 10, "年度公用经费预算总额(元)": 100_000,
         "教师培训经费(元)": 6000}


def made(folder, schools, facts=(), evidence=(), **more):
    """Return the tables of all chapters of a county, and the county."""
    read = imported(folder, schools)
    read.tables.update({
        "facts": TABLES["facts"].frame([{"year": YEAR, "variable": name, "value": Fraction(v)}
                                        for name, v in dict(facts).items()]),
        "evidence": TABLES["evidence"].frame([{"year": YEAR, **row} for row in evidence]), **more})
    county = County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))
    known = {**read.tables, "standard": county.standard, "year": YEAR, "years": [YEAR],
             "code": county.code, "plans": [], "reference_day": county.reference_day}
    return evaluated(known, ["ledger", "evidence_catalogue", "balance", "compliance", "spot_sample",
                             "spot_comparison", "survey_shares", "enrolment",
                             "enrolment_needs"]), county


def papers():
    """Return a row of evidence for everything that asks for a document."""
    pack = standard("cn-2017-06")
    rows = [(item.id, "yes") for item in pack.items if item.kind != "data"]
    rows += [(veto.id, "absent") for veto in pack.vetoes] + [("E1", "yes")]
    return [{"id": id, "status": status, "date": DAY, "document": PAPER, "note": ""}
            for id, status in rows]


def three(folder):
    """Return name → tables and county of the three."""
    return {
        "known": made(folder / "known", [row | KNOWN for row in [*PRIMARY, *JUNIOR, SPECIAL]],
                      FACTS, papers()),
        "missing": made(folder / "missing", [row | {"教学及辅助用房面积(㎡)": None}
                                             for row in [*PRIMARY, *JUNIOR]],
                        {"special_ed_pupils": 3}),
        "primary": made(folder / "primary", PRIMARY, FACTS)}
