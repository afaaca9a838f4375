"""A county that nobody has registered and whose code or name is published goes ahead with the
national standard, in a table of many counties too; whatever could be two is told."""

import pytest
from tables import csv_bytes, found, school, table

from pipeline.cleaning.importing import import_county
from pipeline.county import County
from pipeline.whole.checking import check_paths
from pipeline.whole.intake import arrivals

CASES = table("""
    province | prefecture | name           | codes
    河南省   | 洛阳市     | 伊川县         | 410329
    河南     | 洛阳       | 伊川县         | 410329
             |            | 伊川县         | 410329
             |            | 410329         | 410329
             |            | 洛阳市伊川县   | 410329
    河南省   | 开封市     | 鼓楼区         | 410204
             |            | 鼓楼区         |
    河南省   | 洛阳市     | 鼓楼区         |
    河南省   | 洛阳市     | 洛河新区       |
    河南省   |            | 410399         |
             |            | 矿区           |
             | 阳泉市     | 矿区           | 140303
""")


def laid(folder, case, digits="41"):
    rows = [school(n, pupils=400 + n) | {
        "学校标识码": f"21{digits}{n:06d}", "统计一级": case["province"],
        "统计二级": case["prefecture"], "统计三级": case["name"]} for n in range(1, 6)]
    place = folder / "raw" / "2023"
    place.mkdir(parents=True)
    (place / "全市学校.csv").write_bytes(csv_bytes(rows))
    return folder / "raw"


@pytest.mark.parametrize("case", CASES, ids=lambda c: "-".join(c.values()))
def test_a_published_county_is_read_where_it_can_be_no_other(case, tmp_path):
    came = arrivals(laid(tmp_path, case), 2023, tmp_path / "work")
    assert came.codes == {*case["codes"].split()}
    assert bool(came.problems) is not bool(case["codes"])
    if came.problems:
        assert "未登记" in came.problems[0] and case["name"] in came.problems[0]


def test_it_is_said_that_nobody_has_registered_it(tmp_path):
    raw = laid(tmp_path, CASES[0])
    (report,) = check_paths([raw])
    assert (report["unit"], report["outcome"]) == ("410329", "accepted")
    county = County.open("410329", 2023, raw=str(raw), processed=str(tmp_path))
    (said,) = found(import_county(county), "unit.published")
    assert "国家标准包" in said["action"] and county.standard.id == "cn-2017-06"


def test_schools_of_another_province_do_not_pass_under_its_name(tmp_path):
    (report,) = check_paths([laid(tmp_path, CASES[2], "42")])
    assert report["outcome"] == "refused"
    assert "identity.province" in {row["code"] for row in report["findings"]}


def test_a_name_that_differs_from_a_registered_one_by_its_last_letter_is_told(tmp_path):
    """洞头县 became 洞头区 in 2015; nobody may guess that a table of its former name is its own."""
    case = {"province": "", "prefecture": "温州市", "name": "洞头县"}
    came = arrivals(laid(tmp_path, case, "33"), 2023, tmp_path / "work")
    assert came.codes == set() and "330305 洞头区" in came.problems[0]
    rows = [school(n, pupils=400 + n) | {"学校标识码": f"2133{n:06d}", "统计三级": "洞头县"}
            for n in range(1, 6)]
    path = tmp_path / "own" / "2023" / "330305_洞头区.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(csv_bytes(rows))
    (report,) = check_paths([path.parent])
    (told,) = [f for f in report["findings"] if f["code"] == "unit.none"]
    assert "“洞头县”" in told["action"] and "“洞头区”" in told["action"]
