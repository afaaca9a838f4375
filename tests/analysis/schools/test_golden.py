"""Golden cases: published or reckoned by hand (domain §10), through the code as it is used."""

from fractions import Fraction
from statistics import mean, pstdev, stdev

import pytest
from tables import YEAR, imported, measured, near, only, school, table

from pipeline.analysis.county import county_rules as rules
from pipeline.analysis.schools.balance import balance, spread
from pipeline.analysis.schools.compliance import compliance
from pipeline.analysis.schools.decomposition import contributions, split_variance
from pipeline.analysis.schools.indicator_values import indicator_values, level_of
from pipeline.cleaning.checks import Findings
from pipeline.cleaning.files.cells import NUMBER, Cell
from pipeline.cleaning.forms.rows import FormRow
from pipeline.cleaning.schools.sections import sections_of
from pipeline.definitions.standards import standard
from pipeline.ground.terms import TABLES

F = Fraction
CN, FIVE = standard("cn-2017-06"), standard("ref-worked-example")

BOOKS = table("""
    pupils | books | term     | group
    45     | 279   | 0.002693 | a
    37     | 137   | 0.848553 | a
    89     | 935   | 5.127446 | a
    76     | 160   | 4.501090 | b
    55     | 402   | 0.173004 | b
""")
P = [int(row["pupils"]) for row in BOOKS]
X = [F(int(row["books"]), p) for row, p in zip(BOOKS, P, strict=True)]


# G-1 差异系数公开算例

def test_five_schools_have_the_published_coefficient():
    ours = spread(X, P)
    assert near(ours.mean, "6.334437") and near(ours.variance, "10.652787")
    assert near(float(ours.variance) ** 0.5, "3.263861")
    assert near(ours.cv_text, "0.515257") and near(ours.cv_text, "0.52")


def about(centre, values) -> float:
    squares = sum(F(p, 302) * (x - centre) ** 2 for p, x in zip(P, values, strict=True))
    return float(squares) ** 0.5 / float(centre)


@pytest.mark.parametrize(("wrong", "printed", "value"), [
    ("unweighted, population", "0.488771", pstdev(map(float, X)) / float(mean(X))),
    ("unweighted, sample", "0.546462", stdev(map(float, X)) / float(mean(X))),
    ("pupil weights about the unweighted mean", "0.550714", about(mean(X), X)),
    ("pupils per book", "1.061705", about(F(302, 1913), [1 / x for x in X])),
    ("divisor P_N - 1", "0.51611", about(F(1913, 302), X) * (302 / 301) ** 0.5),
])
def test_our_coefficient_is_none_of_its_look_alikes(wrong, printed, value):
    assert near(value, printed), wrong
    assert abs(float(spread(X, P).cv_text) - value) > 0.0008


def test_each_school_contributes_the_published_term():
    drawn = [{"pupils": p, "value": str(x), "indicator": "B5"} for p, x in zip(P, X, strict=True)]
    shares = list(contributions(measured(drawn)[0], YEAR, FIVE)["share"])
    terms = [share * spread(X, P).variance for share in shares]
    assert all(near(t, row["term"]) for t, row in zip(terms, BOOKS, strict=True))
    assert near(shares[2] * 100, "48.13") and sum(shares) == 1


def test_within_and_between_make_up_the_variance():
    parts = split_variance(X, P, [row["group"] for row in BOOKS]).values()
    within, between = sum(p["within"] for p in parts), sum(p["between"] for p in parts)
    assert near(within, "7.451016") and near(between, "3.201771")
    total = spread(X, P).variance
    assert within + between == total and near(within / total, "0.699443")


# G-2 综合差异系数

@pytest.mark.parametrize(("cvs", "printed"), [
    (".437 .419 .255 .188 .171 .263 .263 .420", "0.302"),
    (".381 .298 .264 .212 .207 .502 .445 .539", "0.356"),
    (".319 .346 .187 .241 .154 .267 .250 .324", "0.261"),
    (".696 .916 .819 .580 .450 .286 .285 .470", "0.56275"),  # printed 0.562: parts were rounded
])
def test_a_composite_is_the_plain_mean_of_its_parts(cvs, printed):
    assert near(rules.composite_cv([F(cv) for cv in cvs.split()]), printed)


# G-5, G-6 拆分与合并

def row_of(kind: str, stage: str, **values) -> FormRow:
    known = {"school_code": "3199000001", "name": "甲校", "school_type": kind, "stage": stage}
    values = {name: F(value) for name, value in values.items()}
    return FormRow(YEAR, Cell("甲.xlsx", "学校情况", 2, "A", "1", NUMBER), known | values)


def test_a_nine_year_school_is_split_as_published():
    books = FIVE.model_copy(update={"split": CN.split})
    rows = [row_of("312", stage, pupils_primary=166, pupils_junior=210, books=23226)
            for stage in ("primary", "junior")]
    primary, junior = sections_of(rows, books, Findings())
    shares = [s.derivations[0]["share"] for s in (primary, junior)]
    parts = [s.variables["books"] for s in (primary, junior)]
    assert shares == [F(166, 397), F(231, 397)]
    assert near(shares[0], "0.418136") and near(shares[1], "0.581864")
    assert near(parts[0], "9711.627") and near(parts[1], "13514.373")
    assert near(parts[0] / 166, "58.503778") and near(parts[1] / 210, "64.354156")
    assert parts[1] / 210 == F("1.1") * parts[0] / 166 and sum(parts) == 23226


def test_the_senior_part_of_a_school_is_left_out():
    twelve = [row_of("345", stage, pupils_primary=400, pupils_junior=300, pupils_senior=200,
                     teaching_area_m2=10000) for stage in ("primary", "junior")]
    whole = [row_of("341", "junior", pupils=300, pupils_senior=600, teaching_area_m2=1)]
    primary, junior, of_two = (s.variables["teaching_area_m2"] for rows in (twelve, whole)
                               for s in sections_of(rows, CN, Findings()))
    assert near(primary, "4024.1449") and near(junior, "3319.9195") and near(of_two, "0.294118")
    assert near(10000 - primary - junior, "2655.9356")


MERGING = CN.scope.model_copy(update={
    "teaching_point": CN.scope.teaching_point.model_copy(update={"at_or_above": "merge"})})


def nine_year_school_and_point(**cells):
    cells = {"教学及辅助用房面积(㎡)": 3100, **cells}
    return [school(1, "九年一贯制学校", 200, 学段="小学", **cells),
            school(1, "九年一贯制学校", 100, 学段="初中", **cells),
            school(2, "小学教学点", 50, 归属学校标识码="3199000001",
                   **cells | {"教学及辅助用房面积(㎡)": 300})]


def test_a_school_is_split_before_its_point_is_merged(tmp_path):
    merged = imported(tmp_path, nine_year_school_and_point(), scope=MERGING).schools
    ours = indicator_values(merged, CN).set_index(["stage", "indicator"]).loc[("primary", "R4")]
    assert (ours["pupils"], ours["value"]) == (250, F("9.2"))


def test_merging_a_point_does_not_add_up_percentages(tmp_path):
    rows = nine_year_school_and_point(**{"体质健康优良率(%)": 60})
    merged = imported(tmp_path, rows, scope=MERGING).schools
    assert merged.set_index("stage").loc["primary", "fitness_good_pct"] in (60, None)


# G-7 7项达6项

LEVELS = table("""
    case | R1   | R2 | R3   | R4   | R5    | R6   | R7    | expected
    a    | 4.2  | 1  | 0.9  | 4.5  | 7.5   | 2000 | 2.3   | met
    b    | 4.2  | 1  | 0.9  | 4.5  | 6.375 | 2000 | 2.3   | met
    c    | 4.2  | 1  | 0.9  | 4.5  | 6.374 | 2000 | 2.3   | not_met
    d    | 4.19 | 1  | 0.89 | 4.5  | 7.5   | 2000 | 2.3   | not_met
    e    | 4.2  | 1  | 0.9  | 4.5  | 7.5   | 2000 |       | undetermined
    f    | 4.2  | 1  | 0.9  | 3.87 | 7.5   | 2000 |       | undetermined
    g    | 4.2  | 1  | 0.9  | 3.78 |       |      |       | not_met
    h    | 4.2  | 1  | 0.9  | 4.5  | 7.5   | 2000 | 1.955 | met
    h-   | 4.2  | 1  | 0.9  | 4.5  | 7.5   | 2000 | 1.954 | not_met
""")
RAW = {"R1": ("qualified_teachers", 1000), "R2": ("backbone_teachers", 1000),
       "R3": ("pe_art_teachers", 1000), "R4": ("teaching_area_m2", 100_000),
       "R5": ("field_area_m2", 100_000), "R6": ("equipment_value_yuan", 100_000),
       "R7": ("multimedia_rooms", 1000)}


@pytest.mark.parametrize("case", LEVELS, ids=[row["case"] for row in LEVELS])
def test_six_of_seven_and_the_seventh_not_below_85_percent(case):
    raw = {name: F(case[id]) * pupils if case[id] else None for id, (name, pupils) in RAW.items()}
    schools = TABLES["schools"].frame([{
        "year": YEAR, "stage": "primary", "school_code": "1", "name": "甲", "pupils": 100_000,
        "school_type": "211", "location": "town", "ownership": "public",
        "indoor_sport_area_m2": F(0), **raw}])
    judged = compliance(indicator_values(schools, CN), schools, CN)
    assert list(judged["status"]) == [case["expected"]]


LIMITS = table("""
    id | primary | floor | junior | junior_floor
    R1 | 4.2     | 3.57  | 5.3    | 4.505
    R2 | 1       | 0.85  | 1      | 0.85
    R3 | 0.9     | 0.765 | 0.9    | 0.765
    R4 | 4.5     | 3.825 | 5.8    | 4.93
    R5 | 7.5     | 6.375 | 10.2   | 8.67
    R6 | 2000    | 1700  | 2500   | 2125
    R7 | 2.3     | 1.955 | 2.4    | 2.04
""")


@pytest.mark.parametrize("row", LIMITS, ids=[row["id"] for row in LIMITS])
@pytest.mark.parametrize(("stage", "floor"), [("primary", "floor"), ("junior", "junior_floor")])
def test_a_level_is_judged_below_at_and_above_both_its_limits(row, stage, floor):
    limits, bit = (CN.threshold(row["id"], stage), CN.floor(row["id"], stage)), F(1, 10**12)
    judged = [level_of(F(row[limit]) + step, *limits)
              for limit in (stage, floor) for step in (-bit, 0, bit)]
    assert judged == ["floor", "met", "met", "below", "floor", "floor"]


# G-8 … G-13

@pytest.mark.parametrize(("formula", "percent", "enough"), [
    ("adjusted_both", "98.196", 1), ("adjusted_base", "98.121", 1), ("simple", "94.000", 0)])
def test_retention_depends_on_the_formula(formula, percent, enough):
    rate = rules.retention_rate(formula, 470, 500, 20, 40, 1)
    assert near(rate * 100, percent) and (rate >= F("0.95")) == enough


@pytest.mark.parametrize(("classes", "rooms"), [(11, 1), (12, 1), (13, 2), (24, 2), (25, 3)])
def test_twelve_classes_need_one_room(classes, rooms):
    assert rules.rooms_required(classes, 12) == rooms


@pytest.mark.parametrize(("area", "count"), [("95.9", 0), ("96", 1), ("96.1", 1)])
def test_a_music_room_below_96_square_metres_does_not_count(area, count):
    assert rules.rooms_that_count([F(area)], F(96)) == count


@pytest.mark.parametrize(("bands", "limit", "over"), [
    ({(41, 44): 9, (45, 45): 1}, 45, 0), ({(41, 45): 9, (46, 50): 1}, 45, 1),
    ({(46, 50): 1}, 50, 0), ({(36, 40): 11, (51, 55): 1}, 50, 1), ({(51, None): 1}, 50, 1)])
def test_one_class_too_large_is_too_many(bands, limit, over):
    assert rules.classes_over(bands, limit) == over


def test_a_band_across_the_limit_cannot_be_judged():
    with pytest.raises(ValueError, match="41—50"):
        rules.classes_over({(41, 50): 1}, 45)


def test_units_are_those_of_the_header(tmp_path):
    row = school(1, pupils=412, **{"教学仪器设备值(万元)": 85.6, "运动场地面积(亩)": 15})
    del row["运动场地面积(㎡)"]
    schools = imported(tmp_path, [row]).schools
    values = indicator_values(schools, CN).set_index("indicator")["value"]
    assert near(values["R6"], "2077.67") and values["R6"] == F(856000, 412)
    assert schools.iloc[0]["field_area_m2"] == 10000 and values["R5"] == F(10000, 412)


@pytest.mark.parametrize(("counts", "mean_", "cv"), [
    ("0 1 2", 1, "0.816497"), ("1 2", F(3, 2), "0.333333")])
def test_a_school_with_nobody_stays_in(counts, mean_, cv):
    drawn = [{"pupils": 100, "value": value} for value in counts.split()]
    ours = balance(*measured(drawn), only("R3")).iloc[0]
    assert (ours["mean"], near(F(ours["cv"]), cv)) == (mean_, True)
