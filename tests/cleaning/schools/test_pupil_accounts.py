"""Pupils of a row agree with each other, with the type and with the school's rows."""

import pytest
from tables import found, imported, refusals, school

NINE, TWELVE, WHOLE, LOW = "九年一贯制学校", "十二年一贯制学校", "完全中学", "初级中学"
P, J, S, ALL = "小学在校生数", "初中在校生数", "高中在校生数", "在校生数"


def row(kind="小学", stage=None, number=1, **pupils):
    return school(number, kind, None, 学段=stage) | {P: None, J: None, S: None} | pupils


def test_pupils_that_agree_in_any_of_the_ways_of_writing_are_taken(tmp_path):
    rows = [row(number=1, **{ALL: 400, P: 400}), row(number=2, **{P: 400, J: 0, S: 0}),
            row(NINE, "小学", 3, **{ALL: 700, P: 400, J: 300}),
            row(NINE, "初中", 3, **{ALL: 300, P: 400, J: 300}),
            row(WHOLE, None, 4, **{ALL: 300, S: 500}),
            row(WHOLE, None, 5, **{ALL: 800, J: 300, S: 500}),
            row(TWELVE, "小学", 6, **{ALL: 700, P: 400, J: 300, S: 200}),
            row(TWELVE, "初中", 6, **{ALL: 900, P: 400, J: 300, S: 200})]
    result = imported(tmp_path, rows)
    assert refusals(result) == []
    assert dict(zip(zip(result.sections["school_code"].str[-1], result.sections["stage"],
                        strict=True), result.sections["pupils"], strict=True)) == {
        ("1", "primary"): 400, ("2", "primary"): 400, ("3", "primary"): 400, ("3", "junior"): 300,
        ("4", "junior"): 300, ("5", "junior"): 300, ("6", "primary"): 400, ("6", "junior"): 300}


@pytest.mark.parametrize("bad", [
    row(**{ALL: 1000, P: 900}), row(**{ALL: 400, P: 0}), row(LOW, **{ALL: 400, J: 401}),
    row(WHOLE, **{ALL: 500, J: 300, S: 500}), row(NINE, "小学", **{ALL: 650, P: 400, J: 300})])
def test_two_counts_of_the_same_pupils_that_differ_refuse_and_name_both_cells(tmp_path, bad):
    rest = [row(NINE, "初中", **{ALL: 300, P: 400, J: 300})] if bad["办学类型"] == NINE else []
    result = imported(tmp_path, [bad, *rest])
    assert refusals(result) == ["pupils.columns"]
    finding = found(result, "pupils.columns")[0]
    header = list(bad)
    assert (finding["row"], finding["column"]) == (2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[
        header.index(ALL)])
    own = J if bad["办学类型"] in (LOW, WHOLE) else P
    assert f"第2行{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[header.index(own)]}列" in finding["action"]


@pytest.mark.parametrize(("bad", "words"), [
    (row(NINE, "初中", **{P: 400, J: 300}), "小学学生400人，而该校没有小学的行"),
    (row(NINE, "小学", **{P: 400, J: 300}), "初中学生300人，而该校没有初中的行"),
    (row(**{P: 400, J: 300}), "初中学生300人，而该校的办学类型是小学"),
    (row(LOW, **{J: 400, P: 20}), "小学学生20人，而该校的办学类型是初级中学"),
    (row(LOW, **{J: 400, S: 300}), "高中学生300人，而该校的办学类型是初级中学"),
    (row("高级中学", **{"学校标识码": "3499000001", S: 400, J: 300}),
     "初中学生300人，而该校的办学类型是高级中学"),
    (row(TWELVE, "初中", **{P: 400, J: 300, S: 100}), "小学学生400人，而该校没有小学的行"),
])
def test_pupils_of_a_stage_that_the_school_lacks_refuse_and_name_both_cells(
        tmp_path, bad, words):
    result = imported(tmp_path, [row(number=8, **{ALL: 400}), bad])
    assert refusals(result) == ["pupils.no_stage"]
    action = found(result, "pupils.no_stage")[0]["action"]
    assert words in action and "第3行" in action


@pytest.mark.parametrize(("kind", "seniors", "warned"), [
    (WHOLE, 0, 1), (TWELVE, 0, 1), (WHOLE, 1, 0), (LOW, 0, 0)])
def test_a_school_with_a_senior_stage_and_no_senior_pupils_is_warned_of(
        tmp_path, kind, seniors, warned):
    rows = [row(kind, "初中", **{J: 300, S: seniors})]
    rows += [row(kind, "小学", **{P: 300, S: seniors})] if kind == TWELVE else []
    result = imported(tmp_path, rows)
    assert refusals(result) == []
    assert len(found(result, "pupils.no_senior")) == warned
