"""What was typed against the county's own sheets: every contradiction is a finding of both.

Each row is a county of its own, a thing typed for one target, and what the sheets say instead.
"""

import pytest
from tables import YEAR, table
from target_counties import BY_ID, F, classes, county, levels, section

from pipeline.analysis.county.plan_verdicts import contradictions
from pipeline.definitions.targets.plans import plans
from pipeline.ground.terms import MET, NOT_MET, TABLES

PAPER = {"document": "某政办〔2023〕1号", "date": "2023-10-10", "note": ""}
PAY = {"teacher_income_yuan": 100000, "civil_servant_income_yuan": 101000}
MORE_PAY = {"teacher_income_yuan": 101000, "civil_servant_income_yuan": 101000}
MIGRANTS = {"migrant_children": 1000, "migrant_in_public": 900}


def shares(cv: str, year: int) -> list[dict]:
    return [{"stage": "primary", "indicator": "R1", "cv": F(cv), "n_missing": 0, "limit": F(1)}]


# 每种县：表内的资料（本年、上年）
COUNTIES = {
    "两个66人班": lambda: [county(section(), class_sizes=classes(_36=8, _66=2))],
    "一个56人班": lambda: [county(section(), class_sizes=classes(_36=9, _56=1))],
    "一个46人班": lambda: [county(section(), class_sizes=classes(_36=9, _46=1))],
    "两个46人班": lambda: [county(section(), class_sizes=classes(_36=8, _46=2))],
    "最大班额70": lambda: [county(section(largest_class=F(70)), class_sizes=classes(_36=10))],
    "没有大班额": lambda: [county(section(), class_sizes=classes(_36=10))],
    "大班额增加": lambda: [
        county(section(), class_sizes=classes(_36=8, _56=2)),
        county(section(year=YEAR - 1), year=YEAR - 1, class_sizes=classes(_36=9, _56=1))],
    "一校2001人": lambda: [county(section(pupils=2001), class_sizes=classes(_36=10))],
    "一校2000人": lambda: [county(section(pupils=2000), class_sizes=classes(_36=10))],
    "九年制2501人": lambda: [county(
        section(school_type="312", pupils=1300),
        section(school_type="312", stage="junior", pupils=1201))],
    "设备1999": lambda: [county(levels=levels(1999, 9000))],
    "设备2000": lambda: [county(levels=levels(2000, 9000))],
    "初中设备2499": lambda: [county(levels=levels(2499, stage="junior"))],
    "教室2.29": lambda: [county(levels=levels("2.29", indicator="R7"))],
    "骨干0.99": lambda: [county(levels=levels("0.99", indicator="R2"))],
    "骨干1": lambda: [county(levels=levels(1, indicator="R2"))],
    "村校无骨干": lambda: [county(section(), section("2", backbone_teachers=F(0)))],
    "村校有骨干": lambda: [county(section(), section("2"))],
    "新校缺设备": lambda: [county(
        section(built_year=F(2023)), levels=[row | {"level": "below"} for id in (
            "R4", "R5", "R6", "R7") for row in levels(1, indicator=id)])],
    "公办九成": lambda: [county(typed=MIGRANTS)],
    "公办全部": lambda: [county(typed=MIGRANTS | {"migrant_in_public": 1000})],
    "教师收入低": lambda: [county(typed=PAY)],
    "教师收入不低": lambda: [county(typed=MORE_PAY)],
    "特教6000": lambda: [county(typed={"special_ed_operating_yuan": 600000,
                                     "special_ed_pupils": 100})],
    "教育支出减少": lambda: [county(typed={"education_budget_yuan": n, "compulsory_pupils": 10},
                               year=y) for y, n in ((YEAR, 999), (YEAR - 1, 1000))],
    "教育支出增加": lambda: [county(typed={"education_budget_yuan": n, "compulsory_pupils": 10},
                               year=y) for y, n in ((YEAR, 1001), (YEAR - 1, 1000))],
    "择校上升": lambda: [county(typed={"Z20": n}, year=y) for y, n in ((YEAR, 7), (YEAR - 1, 5))],
    "名校长下降": lambda: [county(typed={"H20": n}, year=y) for y, n in ((YEAR, 5), (YEAR - 1, 7))],
    "系数上升": lambda: [county(coefficients=shares(cv, y), year=y)
                     for y, cv in ((YEAR, "0.5"), (YEAR - 1, "0.4"))],
    "骨干下降": lambda: [county(section(backbone_teachers=F(n), year=y), year=y,
                            typed={"full_time_teachers": 100})
                     for y, n in ((YEAR, 4), (YEAR - 1, 5))],
    "寄宿生199元": lambda: [county(typed={"boarding_operating_yuan": 199, "boarding_pupils": 1})],
    "寄宿生200元": lambda: [county(typed={"boarding_operating_yuan": 200, "boarding_pupils": 1})],
    "编制偏少": lambda: [county(section(staff_posts=F(20)), section(
        "2", "junior", staff_posts=F(40)))],
    "编制足够": lambda: [county(section(staff_posts=F(22)), section(
        "2", "junior", staff_posts=F(30)))],
    "小校编制1比2": lambda: [county(section(pupils=200, classes=F(6), staff_posts=F(12)))],
    "宽带八成": lambda: [county(typed={"teaching_rooms": 10, "broadband_rooms": 8,
                                  "class_link_rooms": 10})],
    "择校人数上升": lambda: [county(typed={"choice_pupils": n, "compulsory_pupils": 100}, year=y)
                       for y, n in ((YEAR, 7), (YEAR - 1, 5))],
    "城镇交流9%": lambda: [county(typed={
        "town_eligible_teachers": 100, "town_rotated_teachers": 9, "town_to_rural_teachers": 9,
        "town_rotated_backbone_teachers": 1, "town_to_rural_backbone_teachers": 2})],
    "免费九成": lambda: [county(typed={"migrant_children": 10, "migrant_free_of_charge": 9})],
    "小校上浮一成": lambda: [county(typed={"small_school_standard_yuan": 1100,
                                    "other_school_standard_yuan": 1000})],
    "乡镇一半": lambda: [county(typed={"townships": 10, "townships_with_boarding": 5})],
    "新教师满员": lambda: [county(typed={"new_rural_teachers": 9,
                                   "new_rural_trained_teachers": 9})],
    "国标未达标": lambda: [county()],
    "国标达标": lambda: [county()],
}
ITEMS = {"国标未达标": NOT_MET, "国标达标": MET}

# 县、目标、填报（数或“符合”“不符合”）、表内所说、以表内数据判定
ROWS = table("""
    county      | id   | typed  | sheet                     | state
    两个66人班  | H03  | 0      | 66人以上的班2个           | 未达到
    两个66人班  | H03  | 符合   | 66人以上的班2个           | 未达到
    两个66人班  | H03  | 1      | 66人以上的班2个           | 未达到
    两个66人班  | H04  | 0      | 56人以上的班2个           | 未达到
    两个66人班  | H04  | 符合   | 56人以上的班2个           | 未达到
    两个66人班  | W07  | 符合   | 56人以上的班2个           | 未达到
    两个66人班  | W07:56人以上大班额（班） | 0 | 56人以上的班2个 | 未达到
    一校2001人  | W07:超常规模学校（校）   | 0 | 甲1校2001人     | 未达到
    两个66人班  | H05  | 符合   | 10个班中8个不超过规定班额 | 未达到
    一个56人班  | H04  | 0      | 56人以上的班1个           | 未达到
    一个56人班  | H03  | 不符合 | 66人以上的班0个           | 达到
    一个46人班  | W22  | 100    | 90%                       | 未达到
    一个46人班  | W22  | 符合   | 超过的在甲1校             | 未达到
    一个46人班  | W22  | 95     | 90%                       | 未达到
    一个46人班  | Z07  | 100    | 90%                       | 达到
    一个46人班  | Z07  | 89     | 90%                       | 达到
    一个46人班  | H05  | 不符合 | 10个班中9个不超过规定班额 | 达到
    两个46人班  | Z07  | 90     | 80%                       | 未达到
    两个46人班  | Z07  | 符合   | 80%                       | 未达到
    最大班额70  | H03  | 0      | 66人以上的班1个           | 未达到
    没有大班额  | H04  | 3      | 56人以上的班0个           | 达到
    没有大班额  | W21  | 不符合 | 所有班级不超过规定班额    | 达到
    没有大班额  | W26  | 不符合 | 56人以上的班0个           | 达到
    没有大班额  | W07  | 不符合 | 56人以上的班0个           | 达到
    大班额增加  | H16  | 符合   | 56人以上的班2个，上年1个  | 未达到
    大班额增加  | W26  | 符合   | 多于上年的有甲1校         | 未达到
    一校2001人  | H06  | 符合   | 甲1校2001人               | 未达到
    一校2001人  | W23  | 符合   | 甲1校2001人               | 未达到
    一校2001人  | W07  | 符合   | 甲1校2001人               | 未达到
    一校2000人  | H06  | 不符合 | 1所不超过规定规模         | 达到
    九年制2501人 | W23 | 符合   | 2501人                    | 未达到
    设备1999    | H02  | 符合   | 甲1校1999元               | 未达到
    设备2000    | H02  | 不符合 | 2所均达到                 | 达到
    初中设备2499 | H02 | 符合   | 甲1校2499元               | 未达到
    教室2.29    | H07  | 符合   | 甲1校2.29间/百生          | 未达到
    骨干0.99    | H22  | 符合   | 甲1校0.99人/百生          | 未达到
    骨干1       | H22  | 不符合 | 1所达到                 | 达到
    村校无骨干  | W16  | 符合   | 甲2校0名                  | 未达到
    村校无骨干  | W16  | 1      | 甲2校0名                  | 未达到
    村校有骨干  | W16  | 不符合 | 2所乡村学校均达到         | 达到
    新校缺设备  | Z33  | 符合   | 甲1校R4不足               | 未达到
    公办九成    | W01  | 100    | 90%                       | 未达到
    公办九成    | W01  | 符合   | 90%                       | 未达到
    公办全部    | W01  | 95     | 100%                      | 达到
    教师收入低  | CX16 | 0      | 教师÷公务员 99.01%        | 未达到
    教师收入低  | CX16 | 符合   | 教师÷公务员 99.01%        | 未达到
    教师收入低  | H21  | 500    | 教师÷公务员 99.01%        | 未达到
    教师收入低  | H21  | 符合   | 教师÷公务员 99.01%        | 未达到
    教师收入不低 | CX16 | -500  | 教师÷公务员 100%          | 达到
    特教6000    | H12  | 5999   | 公用经费 6000元           | 达到
    特教6000    | H12  | 不符合 | 公用经费 6000元           | 达到
    教育支出减少 | Z08 | 符合   | 低于上年1000元            | 未达到
    教育支出减少 | Z09 | 符合   | 低于上年100元/生          | 未达到
    教育支出增加 | Z08 | 不符合 | 高于上年1000元            | 达到
    择校上升    | Z20  | 符合   | 本年7%，高于上年5%        | 未达到
    名校长下降  | H20  | 符合   | 本年5%，低于上年7%        | 未达到
    系数上升    | Z21  | 符合   | 1项差异系数比上年降0项    | 未达到
    骨干下降    | H19  | 符合   | 本年4%，低于上年5%        | 未达到
    寄宿生199元 | H11  | 200    | 199元/生年                | 未达到
    寄宿生199元 | H11  | 符合   | 199元/生年                | 未达到
    寄宿生200元 | H11  | 199    | 200元/生年                | 达到
    编制偏少    | CX11 | 符合   | 小学20教职工1人对应学生数 | 未达到
    编制偏少    | CX11:小学 | 19 | 小学20教职工1人对应学生数 | 未达到
    编制偏少    | CX11:初中 | 13 | 初中10教职工1人对应学生数 | 未达到
    编制足够    | CX11 | 不符合 | 初中13.33教职工1人对应学生数 | 达到
    小校编制1比2 | CX12 | 不符合 | 1所村小、教学点为2     | 达到
    宽带八成    | H18  | 符合   | 宽带网络接入 80%          | 未达到
    宽带八成    | H18:宽带网络接入 | 95 | 宽带网络接入 80%  | 未达到
    宽带八成    | H18:班班通设备   | 95 | 班班通设备 100%   | 未达到
    择校人数上升 | Z20 | 符合   | 本年7%，高于上年5%        | 未达到
    择校人数上升 | Z20 | 4      | 本年7%，高于上年5%        | 未达到
    城镇交流9%  | ZR3  | 10     | 9%                        | 未达到
    城镇交流9%  | ZR4  | 符合   | 11.11%                    | 未达到
    城镇交流9%  | W14  | 10     | 9%                        | 未达到
    城镇交流9%  | W15  | 19     | 22.22%                    | 达到
    免费九成    | W30  | 100    | 90%                       | 未达到
    小校上浮一成 | W29 | 0      | 1.10倍                    | 达到
    乡镇一半    | Z29  | 符合   | 50%                       | 未达到
    新教师满员  | CX08 | 不符合 | 100%                      | 达到
    国标未达标  | H08  | 符合   | 同国家标准 G11            | 未达到
    国标未达标  | H09  | 符合   | 同国家标准 G9             | 未达到
    国标未达标  | H10  | 5      | 同国家标准 Q4             | 未达到
    国标未达标  | H13  | 符合   | 同国家标准 G6             | 未达到
    国标未达标  | H15  | 100    | 同国家标准 G12            | 未达到
    国标未达标  | H01  | 符合   | 同国家标准 R1至P1         | 未达到
    国标达标    | H15  | 99     | 同国家标准 G12            | 达到
""")


def target_of(row: dict):
    """Return the target of a row; what stands after a colon is one of its numbers."""
    return BY_ID[row["id"].partition(":")[0]]


def findings(row: dict) -> list[dict]:
    """Return the findings of a county where one thing was typed for one target."""
    now, *before = COUNTIES[row["county"]]()
    target = target_of(row)
    if row["typed"] in ("符合", "不符合"):
        status = "yes" if row["typed"] == "符合" else "no"
        now.evidence[row["id"]] = PAPER | {"status": status}
    else:
        now.facts[row["id"]] = F(row["typed"])
    states = [{"id": id, "status": ITEMS[row["county"]]} for id in target.items
              if row["county"] in ITEMS]
    chosen = [p for p in plans().values() if target in p.targets]
    years = {data.year: data for data in (now, *before)}
    found = contradictions(chosen, TABLES["judgements"].frame(states), years, "990101")
    return [r for r in found.to_dict("records") if f"填报{target.id}" in r["action"]]


@pytest.mark.parametrize("row", ROWS, ids=["-".join(list(row.values())[:3]) for row in ROWS])
def test_a_contradiction_is_one_finding_that_names_what_was_typed_and_what_the_sheet_says(row):
    [found] = findings(row)
    id, target = row["id"].replace(":", ""), target_of(row)
    typed = f"{id}“{row['typed']}”" if row["typed"].endswith("符合") else row["typed"]
    claimed, _, judged = found["action"].partition("）；")
    assert id in claimed and typed in claimed and target.quantity in claimed
    assert row["sheet"] in judged and judged.endswith(f"以后者判定：{row['state']}")
    assert (found["code"], found["severity"]) == ("target.contradicted", "warn")


def test_there_are_more_than_fifty_contradictions_of_more_than_twenty_targets():
    assert len(ROWS) > 50 and len({row["id"] for row in ROWS}) > 20


# 与表内数据相合的填报不是矛盾
@pytest.mark.parametrize("row", table("""
    county      | id   | typed
    两个66人班  | H03  | 2
    没有大班额  | H04  | 0
    没有大班额  | W07  | 符合
    一个46人班  | W22  | 90
    一个46人班  | W21  | 符合
    一校2000人  | W23  | 符合
    设备1999    | H02  | 不符合
    两个66人班  | W07:超常规模学校（校）   | 0
    一校2001人  | W07:56人以上大班额（班） | 0
    公办九成    | W01  | 90
    教师收入不低 | CX16 | 0
    特教6000    | H12  | 6000
    择校上升    | Z20  | 不符合
    国标达标    | H15  | 100
    寄宿生199元 | H11  | 199
    编制偏少    | CX11:小学 | 20
    择校人数上升 | Z20 | 7
    小校上浮一成 | W29 | 10
    城镇交流9%  | ZR4  | 11.1
"""), ids=lambda row: f"{row['county']}-{row['id']}")
def test_what_agrees_with_the_sheet_is_no_finding(row):
    assert findings(row) == []
