"""Targets of a prefecture: the counties' own figures added up; what is lacking is not guessed."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from tables import YEAR, school, workbook
from target_counties import BY_ID, F, classes, county, judge, section

from pipeline.analysis.county.plan_verdicts import target_row
from pipeline.analysis.prefecture.adding_up import added, prefecture_targets
from pipeline.commands import command
from pipeline.definitions.targets.plans import WIDE, plans
from pipeline.dossier.c07_plans.plan_targets import state_cell
from pipeline.ground.errors import DossierFailed
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED
from pipeline.publishing.records.verification import doubts

PLANS = [*plans().values()]


def judged(counties: list[dict], lacking=()):
    """Return target → what is judged of counties that filled in these figures."""
    named = {f"甲{n}县": {YEAR: county(typed=facts)} for n, facts in enumerate(counties, 1)}
    return {target.id: found for _, target, found in
            prefecture_targets(PLANS, named, list(lacking), YEAR)}


def each(**given) -> list[dict]:
    """Return the figures of three counties: one number for each, or a number a county (None: not
    filled in)."""
    return [{name: said[n] if isinstance(said, list) else said for name, said in given.items()
             if not isinstance(said, list) or said[n] is not None} for n in range(3)]


COHORT = {"nine_entrants": 100, "nine_moved_in": 5, "nine_moved_out": 5, "nine_deaths": 0}


# 目标、三个县的数（None 为未填）、状态、理由中的话
@pytest.mark.parametrize(("id", "given", "state", "said"), [
    ("Z16", {"new_good_junior_schools": [100, 94, 1]}, MET, "195所"),
    ("Z16", {"new_good_junior_schools": [100, 94, 0]}, NOT_MET, "194所"),
    ("Z16", {"new_good_junior_schools": [100, 94, None]}, UNDETERMINED, "缺新优质初中数"),
    ("Z16", {"new_good_junior_schools": [100, 95, None]}, MET, "195所"),
    ("Z05", {"new_places_primary": [50000, 40000, 0], "in_central_city": 1}, NOT_MET, "90000个"),
    ("Z05", {"new_places_primary": [50000, 40000, 1], "in_central_city": 1}, MET, "90001个"),
    ("Z05", {"new_places_primary": [50000, 40000, 1], "in_central_city": [1, 1, 0]}, NOT_MET,
     "90000个"),
    ("Z05", {"new_places_primary": [50000, 40000, 1], "in_central_city": [1, 1, None]},
     UNDETERMINED, "甲3县"),
    ("Z28", {"built_boarding_schools": [11, 11, 11]}, MET, "33所"),
    ("Z28", {"built_boarding_schools": [11, 11, 12]}, UNDETERMINED, "34所"),
    ("Z25", {"grouped_schools": [90, 85, 80], "counted_schools": 100}, MET, "85%"),
    ("Z25", {"grouped_schools": [90, 85, 79], "counted_schools": 100}, NOT_MET, "84.67%"),
    ("Z25", {"grouped_schools": [100, 100, None], "counted_schools": 100}, UNDETERMINED, "缺"),
    ("W09", {"recognised": [1, 0, 0]}, MET, "3个县中1个"),
    ("W09", {"recognised": 0}, NOT_MET, "3个县中0个"),
    ("W09", {"recognised": [0, 0, None]}, UNDETERMINED, "3个县中0个"),
    ("W09", {"recognised": [1, None, None]}, MET, "3个县中1个"),
    ("W10", {"modernised": 1}, NOT_MET, "3个县中3个"),
    ("Z03", {"recognised": 1}, MET, "3个县中3个"),
    ("Z03", {"recognised": [1, 0, None]}, NOT_MET, "3个县中1个"),
    ("CX02", {"nine_graduates": 98} | COHORT, MET, "98%"),
    ("CX02", {"nine_graduates": [98, 98, 97]} | COHORT, NOT_MET, "97.67%"),
    ("CX02", {"nine_graduates": 98, "nine_entrants": 100}, UNDETERMINED, "缺九年间转入学生数"),
    ("CX13", {"excellent_heads": 2, "leading_heads": 20, "backbone_heads": 200}, MET,
     "卓越校长 6名"),
    ("W17", {"city_stations": 4, "county_stations": 33}, NOT_MET, "县级 99个/年")])
def test_a_target_of_the_prefecture_is_judged_by_its_counties_added_up(id, given, state, said):
    found = judged(each(**given))[id]
    assert (found.status, said in found.reason) == (state, True), found.reason


def at_limit(short: bool) -> dict:
    """Return figures of one county with which every added target is met, or missed by one."""
    facts = {"in_central_city": 1, "full_time_teachers": 1000}
    for target in BY_ID.values():
        for rule in target.rules if target.summed else ():
            if rule.type == "county_figures":
                for part in rule.parts:
                    whole = 1000 if part.denominator else 100
                    facts |= dict.fromkeys(part.denominator, whole)
                    limit = part.value * (whole if part.denominator else 100) / 100 + (
                        part.op == ">")
                    name = part.numerator[0]
                    facts[name] = max(facts.get(name, 0), limit - short)
    return facts | {"recognised": int(not short), "modernised": int(not short),
                    "nine_entrants": 100, "nine_graduates": 98 - short, "nine_moved_in": 0,
                    "nine_moved_out": 0, "nine_deaths": 0}


def test_forty_of_the_forty_eight_targets_are_added_up_and_every_one_can_be_met():
    summed = {id for id, t in BY_ID.items() if t.summed}
    assert len(summed) == 40
    found = judged([at_limit(False)])
    assert {id for id in summed if found[id].status != MET} == {"W10"}     # of eleven counties
    eleven = judged([at_limit(False)] * 11)
    assert eleven["W10"].status == MET


def test_with_nothing_filled_in_nothing_is_known():
    assert {found.status for found in judged([{}, {}]).values()} == {UNDETERMINED}


def test_one_county_does_not_judge_the_prefecture():
    found = judge("Z16", county(typed={"new_good_junior_schools": 300}))
    assert found.status == UNDETERMINED and "汇总各县的数" in found.reason


# 有县没有资料：状态不因缺少的县而达到，确已达到、确已达不到的照判
@pytest.mark.parametrize(("figure", "state"), [
    ({"new_good_junior_schools": 195}, MET), ({"new_good_junior_schools": 194}, UNDETERMINED)])
def test_a_county_without_data_is_waited_for_unless_it_makes_no_difference(figure, state):
    found = judged([figure], ["乙县"])["Z16"]
    assert found.status == state
    assert state == MET or "乙县" in found.reason


@pytest.mark.parametrize(("schools", "state"), [
    ([section()], MET), ([], UNDETERMINED), ([section(largest_class=F(56))], NOT_MET)])
def test_a_county_that_lists_no_school_is_waited_for_where_schools_are_asked(schools, state):
    named = {"甲1县": {YEAR: county(section())}, "甲2县": {YEAR: county(*schools)}}
    found = {target.id: one for _, target, one in prefecture_targets(PLANS, named, [], YEAR)}
    assert found["W07"].status == state
    assert state != UNDETERMINED or "甲2县" in found["W07"].reason


def test_a_school_that_two_counties_report_hides_no_class_of_either():
    given = {"甲县": {YEAR: county(section(), class_sizes=classes(_36=9, _56=1))},
             "乙县": {YEAR: county(section(), class_sizes=classes(_36=10))}}
    found = {t.id: f for _, t, f in prefecture_targets(PLANS, given, [], YEAR)}
    assert found["W07"].status == NOT_MET and "56人以上的班1个" in found["W07"].reason


def test_what_is_not_a_number_of_things_is_not_added():
    whole = added([county(typed={"recognition_pct": 90, "in_central_city": 1, "heads": 5})] * 2,
                  [], YEAR)
    assert whole.facts == {"heads": F(10)}


def test_the_command_names_the_counties_that_lack_data_and_exits_with_one(tmp_path):
    place = tmp_path / "raw" / str(YEAR)
    place.mkdir(parents=True)
    book = workbook([school(n) | {"学校标识码": f"215300000{n}"} for n in (1, 2)])
    sheet = book.create_sheet("县级数据")
    for line in (("项目", "数值", "单位"), ("新优质学校数", 60, "所")):
        sheet.append(line)
    book.save(place / "532301_楚雄市.xlsx")
    ran = CliRunner().invoke(command, ["prefecture", "5323", "--year", str(YEAR), "--raw",
                                       str(tmp_path / "raw"), "--json"])
    told = json.loads(ran.stdout)
    assert ran.exit_code == 1 and len(told["lacking"]) == 9
    [row] = [t for t in told["targets"] if t["target"] == "CX01"]
    assert row["status"] == UNDETERMINED and row["counties"]["楚雄市"] == {"new_good_schools": "60"}
    assert [*told["counties"]] == ["楚雄市"]


def test_every_target_of_a_prefecture_is_listed():
    wide = {id for id, t in BY_ID.items() if t.scope in WIDE}
    assert judged([{}]).keys() == wide


def test_what_is_not_filled_in_is_named_with_its_counties():
    found = judged(each(nine_graduates=98, nine_entrants=[100, None, None]))["CX02"]
    assert found.status == UNDETERMINED
    assert "九年前小学一年级学生数（甲2县、甲3县）" in found.reason
    assert "九年间转入学生数（甲1县、甲2县、甲3县）" in found.reason


# 市（州）自己的资料：目标、填报或材料 → 状态（县的资料不能判定的八个目标，由市级自己的判定）
@pytest.mark.parametrize(("id", "typed", "papers", "state"), [
    ("CX17", {"CX17": 300}, (), MET), ("CX17", {"CX17": 299}, (), NOT_MET),
    ("CX17", {}, (), UNDETERMINED), ("ZR6", {"ZR6": 3}, (), MET),
    *((id, {}, (id,), MET) for id in ("Z02", "Z22", "Z27", "ZR5", "ZR7")),
    ("Z34", {"Z34": 200}, (), MET), ("Z34", {"Z34": 199}, (), NOT_MET),
    ("Z16", {"Z16": 195}, (), MET), ("Z02", {}, (), UNDETERMINED)])
def test_what_the_prefecture_handed_in_itself_judges_its_own_targets(id, typed, papers, state):
    own = {YEAR: county(typed=typed, evidence=papers),
           YEAR - 1: county(typed={"Z34": 100}, year=YEAR - 1)}
    counties = {"甲1县": {YEAR: county(section())}}
    found = {target.id: one for _, target, one in
             prefecture_targets(PLANS, counties, ["甲2县"], YEAR, own)}
    assert found[id].status == state, found[id].reason


def test_the_counties_figures_go_before_what_the_prefecture_typed():
    counties = {"甲1县": {YEAR: county(typed={"new_good_junior_schools": 194})}}
    own = {YEAR: county(typed={"Z16": 195})}
    found = {target.id: one for _, target, one in
             prefecture_targets(PLANS, counties, [], YEAR, own)}["Z16"]
    assert found.status == NOT_MET and "填报Z16 195所，与此不符" in found.reason


def prefecture_folder(tmp_path):
    """Write one county of a prefecture of ten, and what the prefecture handed in itself."""
    place = tmp_path / "raw" / str(YEAR)
    (place / "5323").mkdir(parents=True)
    book = workbook([school(n) | {"学校标识码": f"215300000{n}"} for n in (1, 2)])
    book.save(place / "532301_楚雄市.xlsx")
    (place / "5323" / "county.toml").write_text(
        '[facts]\n"CX17" = { "数值" = "299", "单位" = "万元/年" }\n', "utf-8")
    return ["--year", str(YEAR), "--raw", str(tmp_path / "raw")]


def test_the_command_says_when_a_target_is_due_and_what_is_not_filled_in(tmp_path):
    ran = CliRunner().invoke(command, ["prefecture", "5323", *prefecture_folder(tmp_path)])
    lines = ran.stdout.splitlines()
    assert ran.exit_code == 1 and any(
        line.startswith("CX17 未达到（期限：持续）") and "299万元/年" in line for line in lines)
    assert any(line.startswith("CX01 待核（期限：2026）") and "未填新优质学校数（楚雄市）" in line
               for line in lines)


@pytest.mark.parametrize(("handed_in", "code", "told"), [
    ([], 0, []), (["532302_禄丰市.csv"], 1, ["禄丰市"])])
def test_a_county_that_was_refused_is_a_failure_and_one_that_has_not_come_is_none(
        tmp_path, monkeypatch, handed_in, code, told):
    options = prefecture_folder(tmp_path)
    for name in handed_in:
        (tmp_path / "raw" / str(YEAR) / name).write_text("甲\n", "utf-8")
    rows = [{"name": name, "used": "false", "reason": "因故"} for name in ("双柏县", "禄丰市")]

    def book(order, limits):
        (tmp_path / "prefecture.json").write_text(
            json.dumps({"tables": {"prefecture_counties": rows}}), "utf-8")
        return tmp_path
    monkeypatch.setattr("pipeline.whole.evaluation.make_prefecture_book", book)
    ran = CliRunner().invoke(command, ["run", "--prefecture", "5323", *options, "--out",
                                       str(tmp_path / "out")])
    assert ran.exit_code == code, ran.stderr
    assert [row["name"] for row in rows
            if f"注意：{row['name']}没有可用的资料：因故" in ran.stderr] == told
    absent = "双柏县" if told else "禄丰市、双柏县"
    assert f"{2 - len(told)}个县没有{YEAR}年的资料，未计入：{absent}\n" in ran.stderr


def test_a_prefecture_has_a_book_of_its_targets_with_the_counties_beside_each_other(tmp_path):
    ran = CliRunner().invoke(command, [
        "run", "--prefecture", "5323", *prefecture_folder(tmp_path), "--out",
        str(tmp_path / "out"), "--processed", str(tmp_path / "made")])
    folder = tmp_path / "out" / str(YEAR) / "prefecture-5323"
    assert ran.exit_code == 0 and "9个县没有2023年的资料，未计入：" in ran.stderr
    assert "禄丰市" in ran.stderr and "没有可用的资料" not in ran.stderr
    record = json.loads((folder / "prefecture.json").read_text("utf-8"))
    states = {row["id"]: row["status"] for row in record["tables"]["prefecture_targets"]}
    assert states["CX17"] == NOT_MET and states["CX01"] == UNDETERMINED
    assert doubts(folder) == [] and (folder / "prefecture.pdf").read_bytes()[:5] == b"%PDF-"
    mine = record["tables"]["county_states"]
    assert {row["name"] for row in mine} == {"楚雄市"} and {"CX01"}.isdisjoint(
        row["id"] for row in mine)


def test_a_book_beyond_its_memory_is_ended_and_nothing_is_published(tmp_path):
    ran = CliRunner().invoke(command, [
        "run", "--prefecture", "5323", *prefecture_folder(tmp_path), "--memory", "120", "--out",
        str(tmp_path / "out"), "--processed", str(tmp_path / "made")])
    assert isinstance(ran.exception, DossierFailed)
    assert "内存超限（上限120 MB）" in str(ran.exception)
    assert not (tmp_path / "out" / str(YEAR) / "prefecture-5323").exists()
    assert "内存超限" in (tmp_path / "out" / str(YEAR) / "logs" / "prefecture-5323.log").read_text()


def test_a_target_that_is_not_due_is_not_held_against_the_prefecture(tmp_path):
    counties = {"甲1县": {YEAR: county(typed={"new_good_schools": 99})}}
    plan, target, found = next(one for one in prefecture_targets(PLANS, counties, [], YEAR)
                               if one[1].id == "CX01")
    row = target_row(plan, target, found, date(YEAR, 9, 1))
    assert found.status == NOT_MET and state_cell(row).text == "未到期，尚未达到"
