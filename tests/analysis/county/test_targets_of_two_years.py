"""Targets that compare with the year before: large classes that come, shares that rise."""

import pytest
from tables import YEAR, table
from target_counties import SIGN, F, classes, county, judge, section

from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED

# 甲1校、甲2校的大班额（56人以上）班数：上年、本年（空为没有填班额）→ 零增量、杜绝新的
LARGE = table("""
    last | now | H16 | W26 | why
    0 0  | 0 0 | +   | +   | 一直没有
    2 0  | 0 0 | +   | +   | 已消除
    2 0  | 1 0 | +   | ?   | 减少，余下的不知是否新出现
    2 0  | 2 0 | +   | ?   | 不增，不知是否新出现
    2 0  | 3 0 | -   | -   | 增加一个
    0 0  | 1 0 | -   | -   | 新出现一个
    2 0  | 1 1 | +   | -   | 总数不增，甲2校新出现
    2 0  | 0 3 | -   | -   | 总数增加
         | 0 0 | +   | +   | 没有上年班额，本年一个也没有
         | 1 0 | ?   | ?   | 没有上年班额，本年有
    2 0  | 1 . | ?   | ?   | 甲2校本年未填
    2 0  | 3 . | -   | -   | 甲2校本年未填，已多于上年
    2 .  | 2 1 | ?   | ?   | 甲2校上年未填
    1 .  | 0 0 | +   | +   | 甲2校上年未填，本年没有
    2 0  |     | ?   | ?   | 本年没有班额
""")


def year_of(counts: str, year: int):
    """Return a county of two schools with so many classes of 56 to 60; a dot is not filled in."""
    schools, bands = [], []
    for code, count in zip("12", counts.split(), strict=False):
        known = count != "."
        schools.append(section(code, year=year, largest_class=None))
        bands += classes(code, _36=10 - int(count), _56=int(count)) if known else []
    return county(*schools or [section(largest_class=None)], year=year, class_sizes=bands)


@pytest.mark.parametrize("row", LARGE, ids=[row["why"] for row in LARGE])
def test_large_classes_are_held_against_those_of_the_year_before(row):
    now, last = year_of(row["now"], YEAR), year_of(row["last"], YEAR - 1)
    assert {id: judge(id, now, last).status for id in ("H16", "W26")} == {
        id: SIGN[row[id]] for id in ("H16", "W26")}


@pytest.mark.parametrize(("last", "now", "state"), [(1, 2, NOT_MET), (2, 2, MET), (2, 1, MET)])
def test_very_large_classes_may_not_grow_while_the_large_ones_shrink(last, now, state):
    data, before = (county(section(year=y, largest_class=None), year=y, class_sizes=classes(
        _36=5, _56=large, _66=huge)) for y, large, huge in ((YEAR, 5 - now, now),
                                                            (YEAR - 1, 5 - last, last)))
    assert judge("H16", data, before).status == state


def test_a_school_that_last_years_sheets_lack_leaves_growth_open():
    before = county(section("1", year=YEAR - 1), year=YEAR - 1, class_sizes=classes(_36=10))
    now = county(section("1"), section("2", largest_class=None),
                 class_sizes=classes(_36=10) + classes("2", _36=9, _56=1))
    assert {judge(id, now, before).status for id in ("H16", "W26")} == {UNDETERMINED}


def test_a_yes_does_not_stand_against_more_large_classes():
    last = year_of("0 0", YEAR - 1)
    now = year_of("1 0", YEAR)
    now.evidence["W26"] = {"status": "yes", "document": "文", "date": "2023-10-10", "note": ""}
    found = judge("W26", now, last)
    assert found.status == NOT_MET and len(found.against) == 1 and "甲1校" in found.reason


# 一般公共预算教育支出 ÷ 在校生：上年、本年的（支出、各级在校生、义务教育在校生）
@pytest.mark.parametrize(("last", "now", "state", "said"), [
    ((100, None, 10), (100, None, 10), "+", "按义务教育在校生数平均"),
    ((100, None, 10), (100, None, 11), "-", "按义务教育在校生数平均"),
    ((100, 20, 10), (100, 20, 11), "+", "以前者判定"),
    ((100, 20, 10), (100, 21, 10), "-", "以前者判定"),
    ((100, 20, None), (100, 20, None), "+", "按各级教育在校生数平均"),
    ((100, None, 10), (100, 20, 11), "-", "按义务教育在校生数平均"),
    ((100, 20, None), (100, None, 10), "?", "缺2022年数据"),
    ((None, 20, 10), (100, 20, 10), "?", "缺2022年数据")])
def test_spending_per_pupil_is_of_all_pupils_where_both_years_give_them(last, now, state, said):
    names = ("education_budget_yuan", "education_pupils", "compulsory_pupils")
    this, before = (county(year=y, typed={n: v for n, v in zip(names, given, strict=True)
                                          if v is not None})
                    for y, given in ((YEAR, now), (YEAR - 1, last)))
    found = judge("Z09", this, before)
    assert found.status == SIGN[state] and said in found.reason


# 骨干教师：各校之和 ÷ 专任教师总数
@pytest.mark.parametrize(("last", "now", "state"), [
    ((10, 100), (11, 100), "+"), ((10, 100), (10, 100), "-"), ((10, 100), (10, 101), "-"),
    ((10, 100), (10, 99), "+"), ((100, 100), (100, 100), "+"), ((10, 100), (None, 100), "?"),
    ((10, 100), (11, None), "?"), ((None, 100), (11, 100), "?"), ((10, None), (11, 100), "?")])
def test_the_share_of_backbone_teachers_is_that_of_all_schools_and_must_rise(last, now, state):
    def data(year, backbone, teachers):
        half = None if backbone is None else F(backbone) / 2
        return county(section("1", year=year, backbone_teachers=half),
                      section("2", year=year, backbone_teachers=half), year=year,
                      typed={} if teachers is None else {"full_time_teachers": teachers})

    found = judge("H19", data(YEAR, *now), data(YEAR - 1, *last))
    assert found.status == SIGN[state]


def test_the_share_of_backbone_teachers_is_printed_in_percent():
    data = county(section(backbone_teachers=F(5)), typed={"full_time_teachers": 40})
    before = county(section(backbone_teachers=F(4)), year=YEAR - 1,
                    typed={"full_time_teachers": 40})
    found = judge("H19", data, before)
    assert found.found.value == F("12.5") and "12.50%" in found.reason and "10%" in found.reason


# 按本编号填报的两年之数
@pytest.mark.parametrize(("id", "last", "now", "state"), [
    ("H20", 5, "5.1", "+"), ("H20", 5, 5, "-"), ("H20", 5, "4.9", "-"), ("H20", 100, 100, "+"),
    ("H20", 0, 0, "-"), ("H20", None, 5, "?"),
    ("Z34", 100, 200, "+"), ("Z34", 100, 199, "-"), ("Z34", 100, 201, "+"), ("Z34", 0, 0, "?"),
    ("Z34", 0, 100, "?"), ("Z34", None, 100, "?")])
def test_what_was_typed_for_two_years_rises_or_doubles(id, last, now, state):
    this, before = (county(year=y, typed={} if v is None else {id: v})
                    for y, v in ((YEAR, now), (YEAR - 1, last)))
    assert judge(id, this, before).status == SIGN[state]
