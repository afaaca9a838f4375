"""Adding a province is one file: it names the national standard and lists only what differs."""

from fractions import Fraction

import pytest
from tables import YEAR, measured

from pipeline.analysis.county.county_data import CountyData
from pipeline.analysis.county.item_verdicts import judge_item, judge_veto
from pipeline.analysis.schools.balance import balance
from pipeline.definitions.standards import load_standard, standard
from pipeline.ground.errors import DefinitionFault, JunhengError
from pipeline.ground.terms import MET, NOT_MET, UNDETERMINED

F = Fraction
NATION = standard("cn-2017-06")
OWN = '''
id = "xx-2024"
extends = "cn-2017-06"
title = "某省县域义务教育优质均衡发展督导评估实施方案"
document = "某政教督〔2024〕1号"
source = "某省实施方案正文"
'''
PLACE = 'clause = "某省实施方案 第三条"\nsource = "某省实施方案正文"\n'
PROVINCE = OWN + f'''
[balance]
cv_max = {{ primary = 0.45 }}
{PLACE}
[thresholds.R4]
primary = 5.0
{PLACE}
[[items]]
id = "G7"
zh = "特殊教育学校生均公用经费不低于8000元"
{PLACE}''' + '''

[[items.rule.parts]]
label = ""
numerator = ["special_ed_operating_yuan"]
denominator = ["special_ed_pupils"]
op = ">="
value = 8000
unit = "元/生"
of_whole = false
'''
VETO = '''
[[vetoes]]
id = "V8"
zh = "挪用教育经费"
clause = "某省实施方案"
source = "某省实施方案"
verified = true
evidence = "审计报告"
'''


def written(folder, text: str, name: str = "xx-2024"):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def province(tmp_path):
    return load_standard(written(tmp_path, PROVINCE))


def differences(ours, theirs) -> set[str]:
    """Return the parts in which two standards differ."""
    names = type(ours).model_fields
    return {name for name in names if getattr(ours, name) != getattr(theirs, name)}


def faults_of(path, fault=DefinitionFault) -> str:
    with pytest.raises(fault) as refusal:
        load_standard(path)
    return str(refusal.value)


def test_a_province_differs_from_the_nation_only_in_what_it_lists(province):
    assert differences(province, NATION) == {
        "id", "title", "document", "source", "balance", "thresholds", "items"}
    assert differences(province.balance, NATION.balance) == {"cv_max", "clause", "source"}
    assert province.balance.cv_max == {"primary": F("0.45"), "junior": F("0.45")}
    assert [i.id for i in province.items] == [i.id for i in NATION.items]
    changed = [i for i, j in zip(province.items, NATION.items, strict=True) if i != j]
    assert [i.id for i in changed] == ["G7"]


def test_a_changed_item_keeps_what_it_does_not_list(province):
    ours, theirs = (next(i for i in s.items if i.id == "G7") for s in (province, NATION))
    assert differences(ours, theirs) == {"zh", "rule", "clause", "source"}
    assert ours.rule.type == "ratio" and len(ours.rule.parts) == 1


def test_a_changed_level_has_its_own_clause_and_moves_its_floor(province):
    ours = province.thresholds["R4"]
    assert (ours.primary, ours.junior) == (5, F("5.8"))
    assert ours.clause == "某省实施方案 第三条"
    assert province.floor("R4", "primary") == F("4.25")


@pytest.mark.parametrize(("changed", "place"), [
    ("[resource]\nmin_met = 7\n", "resource"),
    ("[resource]\nfloor_ratio = 0.9\n", "resource"),
    ("[balance.cv_max]\njunior = 0.40\n", "balance"),
    ("[balance]\nop = '<'\n", "balance"),
    ("[thresholds.R1]\njunior = 5.4\n", "thresholds.R1"),
    ("[split.weights.312]\njunior = 1.2\n", "split"),
    ("[scope]\ninclude_private = false\n", "scope"),
    ("[scope.teaching_point]\nmin_pupils = 60\n", "scope"),
    ("[[items]]\nid = 'G5'\n[items.rule.value]\nprimary = 40\n", "items.G5"),
    ("[[items]]\nid = 'G9'\nkind = 'both'\n", "items.G9")])
def test_a_value_never_stands_under_the_clause_of_another_document(tmp_path, changed, place):
    said = faults_of(written(tmp_path, OWN + changed))
    assert f"{place}：改动了继承的数值，须写明自己的 clause、source" in said


def test_the_clause_of_the_other_document_copied_out_is_not_ones_own(tmp_path):
    copied = f'[resource]\nmin_met = 7\nclause = "{NATION.resource.clause}"\nsource = "某省"\n'
    assert "resource：改动了继承的数值，须写明自己的 clause" in faults_of(
        written(tmp_path, OWN + copied))


@pytest.mark.parametrize("same", [
    "[resource]\nmin_met = 6\n", "[thresholds.R1]\njunior = 5.3\n",
    "[[items]]\nid = 'G5'\nzh = '班额'\nnote = '某省另有说明'\n",
    f"[resource]\nmin_met = 7\n{PLACE}"])
def test_a_value_that_stays_or_has_its_clause_is_taken(tmp_path, same):
    load_standard(written(tmp_path, OWN + same))


@pytest.mark.parametrize(("per_pupil", "nation", "local"), [
    (5999, NOT_MET, NOT_MET), (6000, MET, NOT_MET), (7999, MET, NOT_MET), (8000, MET, MET)])
def test_the_same_county_is_judged_by_the_limit_of_each(province, per_pupil, nation, local):
    data = CountyData(YEAR, [], {"special_ed_operating_yuan": F(100 * per_pupil),
                                 "special_ed_pupils": F(100)})
    states = [judge_item(next(i for i in s.items if i.id == "G7"), data).status
              for s in (NATION, province)]
    assert states == [nation, local]


@pytest.mark.parametrize(("stage", "cv", "nation", "local"), [
    ("primary", "0.45", MET, MET), ("primary", "0.4501", MET, NOT_MET),
    ("primary", "0.5", MET, NOT_MET), ("primary", "0.51", NOT_MET, NOT_MET),
    ("junior", "0.45", MET, MET), ("junior", "0.46", NOT_MET, NOT_MET)])
def test_the_same_coefficient_is_judged_by_the_limit_of_each(province, stage, cv, nation, local):
    drawn = measured([{"pupils": 100, "value": 1 + sign * F(cv), "stage": stage}
                      for sign in (1, -1)])
    states = []
    for pack in (NATION, province):
        ours = balance(*drawn, pack).set_index(["stage", "indicator"])
        states.append(ours.loc[(stage, "R3"), "status"])
    assert states == [nation, local]


def test_what_a_province_adds_comes_after_what_it_takes_over(tmp_path):
    ours = load_standard(written(tmp_path, OWN + VETO))
    assert [v.id for v in ours.vetoes] == [*(v.id for v in NATION.vetoes), "V8"]
    assert ours.vetoes[-1].zh == "挪用教育经费" and differences(ours, NATION) == {
        "id", "title", "document", "source", "vetoes"}
    assert judge_veto(ours.vetoes[-1], CountyData(YEAR, [])).status == UNDETERMINED


def test_a_list_without_ids_replaces_and_a_model_is_changed_by_its_id(tmp_path):
    text = OWN + 'context = []\n[[models]]\nid = "M1"\nfocus = "ln_pupils"\n'
    ours = load_standard(written(tmp_path, text))
    assert ours.context == [] and NATION.context == ["F1", "O1"]
    assert [m.id for m in ours.models] == [m.id for m in NATION.models]
    assert differences(ours.models[0], NATION.models[0]) == {"focus"}


def test_a_city_may_extend_its_province_in_the_same_folder(tmp_path):
    written(tmp_path, PROVINCE)
    city = OWN.replace("xx-2024", "xx-yy-2025").replace("cn-2017-06", "xx-2024")
    city += PLACE.replace("某省", "某市").join(["[balance]\ncv_max = { junior = 0.40 }\n", ""])
    ours = load_standard(written(tmp_path, city, "xx-yy-2025"))
    assert ours.id == "xx-yy-2025"
    assert ours.balance.cv_max == {"primary": F("0.45"), "junior": F("0.40")}
    assert next(i for i in ours.items if i.id == "G7").rule.parts[0].value == 8000


def test_the_nation_is_left_as_it_is(province):
    assert standard("cn-2017-06") == NATION and NATION.balance.cv_max["primary"] == F("0.5")
    assert next(i for i in NATION.items if i.id == "G7").rule.parts[0].value == 6000


def test_a_standard_may_not_extend_itself_or_its_own_heir(tmp_path):
    selfish = written(tmp_path, OWN.replace("cn-2017-06", "xx-2024"))
    assert "extends" in faults_of(selfish)
    first = written(tmp_path, OWN.replace("xx-2024", "a").replace("cn-2017-06", "b"), "a")
    second = written(tmp_path, OWN.replace("xx-2024", "b").replace("cn-2017-06", "a"), "b")
    assert "extends" in faults_of(first) and "extends" in faults_of(second)


@pytest.mark.parametrize("parent", [
    '"cn-2099"', '""', "5", '["cn-2017-06"]', '"../standards/cn-2017-06"', '"cn-2017-06.toml"'])
def test_an_unknown_parent_is_refused_and_named(tmp_path, parent):
    text = OWN.replace('"cn-2017-06"', parent)
    assert "extends" in faults_of(written(tmp_path, text), JunhengError)


def test_a_parent_outside_the_two_folders_is_not_read(tmp_path):
    (tmp_path / "inner").mkdir()
    written(tmp_path, PROVINCE, "outside")
    path = written(tmp_path / "inner", OWN.replace("cn-2017-06", "../outside"))
    assert "extends" in faults_of(path)


@pytest.mark.parametrize(("more", "place"), [
    ("minimum_score = 85\n", "minimum_score"),
    (f"[balance]\ncv_max.primary = true\n{PLACE}", "balance.cv_max.primary"),
    ("[options]\ncity_centre_offcampus_sport = true\n", "options.city_centre_offcampus_sport"),
    ('[thresholds.R9]\nprimary = 1\n', "thresholds.R9"),
    ('[[items]]\nid = "G16"\nzh = "题"\n', "G16"),
    (f'[[items]]\nid = "G7"\nlimit = 8000\n{PLACE}', "limit"),
    ('[[items]]\nid = "G7"\n[[items]]\nid = "G7"\n', "G7"),
    ('[[items]]\nid = "V1"\n', "V1")])
def test_a_fault_of_the_province_is_named_in_its_own_file(tmp_path, more, place):
    said = faults_of(written(tmp_path, OWN + more))
    assert "xx-2024.toml" in said and place in said


def test_a_fault_of_the_parent_is_named_too(tmp_path):
    written(tmp_path, OWN + "minimum_score = 85\n")
    heir = OWN.replace("xx-2024", "heir").replace("cn-2017-06", "xx-2024")
    assert "minimum_score" in faults_of(written(tmp_path, heir, "heir"))
