"""A what-if gives what the changed tables themselves would give, and says that it is assumed."""

import json

import pytest
from scenario_schools import JUNIOR, NINE, A, B, rows
from tables import YEAR, found, imported, school, table

from pipeline.__main__ import main
from pipeline.cleaning.importing import import_county
from pipeline.county import SCENARIO, County
from pipeline.definitions.assumptions import read_assumption
from pipeline.ground.errors import InputRefused, WrongUse
from pipeline.ground.terms import TABLES

TEACHERS = ("高于规定学历教师数", "县级以上骨干教师数", "体育艺术专任教师数")


def county_in(folder, *texts: str) -> County:
    """Return the county over the rows in ``folder`` with assumptions beside them."""
    place = folder / "raw" / str(YEAR) / "990101"
    place.mkdir(parents=True, exist_ok=True)
    (place / SCENARIO).write_text("set = " + json.dumps(list(texts)), "utf-8")
    return County.open("990101", YEAR, raw=str(folder / "raw"), processed=str(folder))


def schools_text(result) -> list:
    return sorted(TABLES["schools"].to_text(result.schools).values.tolist())


# what is assumed | the same written into the table itself
SAME = {
    "enrolment": (f"pupils:{A}=640", {"A": {"在校生数": 640}}),
    "enrolment of a stage is split anew": (f"pupils:{NINE}:junior=260", {"J": {"在校生数": 260}}),
    "three teachers move": (f"move:qualified_teachers:{A}:{B}=3",
                            {"A": {"高于规定学历教师数": 27}, "B": {"高于规定学历教师数": 33}}),
    "the one shared stage": (f"move:体育艺术专任教师数:{NINE}:{JUNIOR}=2",
                             {"J": {"体育艺术专任教师数": 4}, "D": {"体育艺术专任教师数": 8}}),
    "rooms of one school": (f"add:multimedia_rooms:{A}=4", {"A": {"网络多媒体教室数": 16}}),
    "rooms of a whole mixed school": (f"add:multimedia_rooms:{NINE}=4",
                                      {"P": {"网络多媒体教室数": 16},
                                       "J": {"网络多媒体教室数": 16}}),
    "area with decimals": (f"add:field_area_m2:{B}=0.5", {"B": {"运动场地面积(㎡)": 5000.5}}),
    "money in its own unit": (f"add:教学仪器设备值:{A}=0.25万元",
                              {"A": {"教学仪器设备值(万元)": 100.25}}),
    "money in 元 where the form has 万元": (f"add:equipment_value_yuan:{A}=2500",
                                          {"A": {"教学仪器设备值(万元)": 100.25}}),
    "a school closes": (f"close={A}", {"A": {"在校生数": 0}}),
    "its pupils go elsewhere": (f"close={A},to={B}",
                                {"A": {"在校生数": 0}, "B": {"在校生数": 900}}),
    "schools called by their names": ("close=甲1校,to=甲2校",
                                      {"A": {"在校生数": 0}, "B": {"在校生数": 900}}),
    "Chinese punctuation": ("close＝甲1校，to＝甲2校",
                            {"A": {"在校生数": 0}, "B": {"在校生数": 900}}),
    "a section called as it is shown": ("pupils：甲3校（初中部）=２６０", {"J": {"在校生数": 260}}),
    "a section called with plain brackets": (
        "move:体育艺术专任教师数:甲3校(初中部):甲4校=2",
        {"J": {"体育艺术专任教师数": 4}, "D": {"体育艺术专任教师数": 8}}),
    "its teachers go with its pupils": (
        f"close={A},to={B},with=教师",
        {"A": {"在校生数": 0} | dict.fromkeys(TEACHERS, 0),
         "B": {"在校生数": 900} | {header: 2 * school(1)[header] for header in TEACHERS}}),
    "a mixed school closes": (f"close={NINE}", {"P": {"在校生数": 0}, "J": {"在校生数": 0}}),
}


@pytest.mark.parametrize("case", SAME)
def test_an_assumption_gives_the_schools_that_the_changed_table_gives(case, tmp_path):
    text, changed = SAME[case]
    imported(tmp_path / "before", rows())
    scenario = import_county(county_in(tmp_path / "before", text))
    written = imported(tmp_path / "after", rows(**changed))
    assert schools_text(scenario) == schools_text(written)
    assert scenario.accounting.equals(written.accounting)


def test_a_closed_school_has_no_classes_and_those_of_the_other_stay_as_reported(tmp_path):
    classes = {"最大班额": 45, "班级数": 14}  # 900 pupils do not fit into 14 classes of 45
    imported(tmp_path / "before", [row | classes for row in rows()])
    scenario = import_county(county_in(tmp_path / "before", f"close={A},to={B},with=教师"))
    closed = {"在校生数": 0, "最大班额": 0, "班级数": 0} | dict.fromkeys(TEACHERS, 0)
    written = imported(tmp_path / "after", [classes | row for row in rows(
        A=closed, B={"在校生数": 900} | {header: 2 * school(1)[header] for header in TEACHERS})])
    assert schools_text(scenario) == schools_text(written)
    assert not scenario.refused


def test_teachers_go_on_with_the_pupils_from_school_to_school(tmp_path):
    c, header = "2199000005", TEACHERS[0]
    form = [*rows(), school(5)]
    imported(tmp_path, form)
    scenario = import_county(county_in(
        tmp_path, f"add:qualified_teachers:{A}=5", f"close={A},to={B},with=教师",
        f"close={B},to={c},with=教师"))
    last = scenario.schools.query("school_code == @c")
    assert list(last["qualified_teachers"]) == [3 * school(1)[header] + 5]
    assert list(last["pupils"]) == [400 + 500 + school(5)["在校生数"]]


def test_teachers_that_nobody_knows_do_not_go_for_none(tmp_path):
    imported(tmp_path, rows(A={TEACHERS[2]: None}))
    with pytest.raises(WrongUse, match="没有“体育艺术专任教师数”的数"):
        import_county(county_in(tmp_path, f"close={A},to={B},with=教师"))


def test_what_refuses_a_scenario_is_told_with_its_place(tmp_path):
    imported(tmp_path, [row | {"最大班额": 45} for row in rows()])
    scenario = import_county(county_in(tmp_path, f"pupils:{A}=30"))
    with pytest.raises(InputRefused, match="学校情况 .*：甲1校“最大班额”45人"):
        scenario.require_accepted()


def test_several_assumptions_are_made_one_after_the_other(tmp_path):
    imported(tmp_path / "before", rows())
    scenario = import_county(county_in(
        tmp_path / "before", f"move:qualified_teachers:{A}:{B}=30", f"close={A},to={B}",
        f"add:qualified_teachers:{B}=5"))
    written = imported(tmp_path / "after", rows(
        A={"在校生数": 0, "高于规定学历教师数": 0}, B={"在校生数": 900, "高于规定学历教师数": 65}))
    assert schools_text(scenario) == schools_text(written)


def test_the_cells_stay_as_received_and_each_change_is_a_note(tmp_path):
    before = imported(tmp_path, rows())
    scenario = import_county(county_in(tmp_path, f"add:multimedia_rooms:{A}=4"))
    assert scenario.cells.equals(before.cells) and not scenario.refused
    (note,) = found(scenario, "scenario.assumed")
    assert (note["severity"], note["sheet"], note["row"]) == ("note", "学校情况", 2)
    assert note["action"] == "甲1校的网络多媒体教室数由12改为16间"


def test_a_figure_made_from_parts_can_change_without_the_parts(tmp_path):
    parts = {"本科学历教师数": 20, "专科学历教师数": 10, "硕士学历教师数": 0, "博士学历教师数": 0}
    form = [{k: v for k, v in {**row, **parts}.items() if k != "高于规定学历教师数"}
            for row in rows()[:2]]
    imported(tmp_path, form)
    scenario = import_county(county_in(tmp_path, f"move:qualified_teachers:{A}:{B}=3"))
    assert list(scenario.schools["qualified_teachers"]) == [27, 33]


REFUSED = table(f"""
    text                                           | said
    close=2199000099                               | 没有学校“2199000099”。相近的有：甲1校（{A}）
    close={A},to=2199000099                        | 没有学校“2199000099”
    close=甲3                                      | 相近的有：甲3校（{NINE}）
    close=乙丙丁                                   | 请写学校标识码或校名全称
    close={A},with=教师                            | 写法有误
    close={A},to={A}                               | 停办学校与接收学校相同
    close={A},to={JUNIOR}                          | 没有小学学段
    pupils:{A}=-3                                  | 应为不小于0的数字
    pupils:{A}=3.5                                 | 应为整数
    pupils:{A}=many                                | 应为不小于0的数字
    pupils:{NINE}=300                              | 有几个学段，请写明学段
    pupils:{A}:senior2=300                         | 没有学段“senior2”
    pupils:{A}:junior=300                          | 没有初中学段
    add:rooms:{A}=3                                | 没有变量“rooms”
    add:recognition_pct:{A}=3                      | 没有变量“recognition_pct”
    add:multimedia_rooms:{A}=-3                    | 应为不小于0的数字
    add:multimedia_rooms:{A}=0.5                   | 应为整数
    add:multimedia_rooms:{A}=3㎡                   | 单位可写间、个
    add:equipment_value_yuan:{A}=9间               | 单位可写元、千元、万元、亿元
    add:books:{A}=100                              | 没有“图书册数”的数
    move:multimedia_rooms:{A}:{B}=1                | 它不能调动
    move:qualified_teachers:{A}:{B}=31             | 只有30人，不够调出31人
    move:qualified_teachers:{A}:{A}=1              | 调出校与调入校相同
    move:qualified_teachers:{A}:{JUNIOR}=1         | 没有共同的学段
    open={A}                                       | 写法有误
    close=甲3校（小学部）                          | “甲3校（小学部）”只是一个学段部，请写 甲3校。
    pupils:甲3校（小学部）:junior=300              | 所写的学段不一致
    pupils:甲1校（初中部）=300                     | 没有初中学段
    close=甲9校（小学部）                          | 没有学校“甲9校（小学部）”
    add:多媒体教室:{A}=3                           | 相近的有：网络多媒体教室数（multimedia_rooms）
    add:multimedia_room:{A}=3                      | 网络多媒体教室数（multimedia_rooms）
    move:骨干教师数:{A}:{B}=1                      | 县级以上骨干教师数（backbone_teachers）
    add:丙:{A}=1                                   | 名称见 data/reading/variables.toml
""")


@pytest.mark.parametrize("line", REFUSED, ids=[line["text"] for line in REFUSED])
def test_what_cannot_be_assumed_is_refused_in_chinese_with_exit_code_2(line, tmp_path, capsys):
    imported(tmp_path, rows())
    with pytest.raises(SystemExit) as stopped:
        main(["what-if", "990101", "--year", str(YEAR), "--raw", str(tmp_path / "raw"),
              "--set", line["text"]])
    said = capsys.readouterr()
    assert stopped.value.code == 2
    assert line["said"] in said.err and not said.out


def test_a_form_of_per_pupil_ratios_cannot_change_its_pupils(tmp_path):
    form = [{k: v for k, v in {**row, "生均教学仪器设备值(元)": 2500.5}.items()
             if k != "教学仪器设备值(万元)"} for row in rows()[:2]]
    imported(tmp_path, form)
    with pytest.raises(WrongUse, match="生均值"):
        import_county(county_in(tmp_path, f"pupils:{A}=300"))


def test_an_assumption_is_a_sentence_in_chinese():
    assert read_assumption(f"close={A} to={B}").zh == (
        f"{A}停办，学生并入{B}（教师、校舍、场地、设备不随之调整）")
    assert read_assumption(f"close={A},to={B},with=教师").zh == (
        f"{A}停办，学生和教师并入{B}（校舍、场地、设备不随之调整）")
    assert read_assumption(f"pupils:{A}:小学=500").zh == f"{A}小学在校生改为500人"
    assert read_assumption(f"move:backbone_teachers:{A}:{B}=1").zh == (
        f"县级以上骨干教师数1人由{A}调入{B}")
