"""Rules as data: what is shipped loads, and a faulty file is refused with all its faults."""

import re
from fractions import Fraction

import pytest

from pipeline.definitions.base import DATA, definition_files, load_toml
from pipeline.definitions.forms import check_rules, layouts as forms_layouts, variables as forms
from pipeline.definitions.forms.county_layouts import county_layouts
from pipeline.definitions.forms.layouts import layouts
from pipeline.definitions.forms.variables import variables
from pipeline.definitions.indicators import Indicator, indicators
from pipeline.definitions.standards import load_standard, standard
from pipeline.ground.errors import DefinitionFault

NATIONAL = DATA / "standards" / "cn-2017-06.toml"

# 教督〔2017〕6号，手工录入：标准值与底线值（要求的85%），小学、初中
REQUIRED = {
    "R1": (("4.2", "3.57"), ("5.3", "4.505")),
    "R2": (("1", "0.85"), ("1", "0.85")),
    "R3": (("0.9", "0.765"), ("0.9", "0.765")),
    "R4": (("4.5", "3.825"), ("5.8", "4.93")),
    "R5": (("7.5", "6.375"), ("10.2", "8.67")),
    "R6": (("2000", "1700"), ("2500", "2125")),
    "R7": (("2.3", "1.955"), ("2.4", "2.04")),
}
EACH = [(id, stage, *pair) for id, pairs in REQUIRED.items()
        for stage, pair in zip(("primary", "junior"), pairs, strict=True)]


def changed(tmp_path, **replacements):
    """Write the national standard with some wordings replaced; every one must occur in it."""
    text = NATIONAL.read_text("utf-8")
    for old, new in replacements.values():
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "changed.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path, load=load_standard):
    with pytest.raises(DefinitionFault) as refusal:
        load(path)
    return refusal.value.faults


FIVE = {
    "unknown_key": ('judged = true', 'judged = true\nminimum_score = 85'),
    "missing_clause": ('clause = "教督〔2017〕6号 资源配置（一）"\n', ''),
    "not_finite": ("near = 0.005", "near = nan"),
    "not_carried_out": ("city_centre_offcampus_sport = false",
                        "city_centre_offcampus_sport = true"),
    "empty_text": ('title = "县域义务教育优质均衡发展督导评估办法"', 'title = ""'),
}
PLACES = ("minimum_score", "thresholds.R1.clause", "balance.near",
          "options.city_centre_offcampus_sport", "title")


@pytest.mark.parametrize("path", sorted((DATA / "standards").glob("*.toml")), ids=lambda p: p.stem)
def test_a_shipped_standard_loads_and_is_named_as_its_file(path):
    assert load_standard(path).id == path.stem


@pytest.mark.parametrize("path", definition_files(DATA / "indicators"), ids=lambda p: p.stem)
def test_a_shipped_indicator_loads_and_counts_known_variables(path):
    indicator = load_toml(path, Indicator)
    assert indicator.id == path.stem
    assert set(indicator.variables) <= set(variables().variables)


def test_every_shipped_layout_loads_and_is_named_as_its_file():
    found = {layout.id for layout in layouts()} | set(county_layouts())
    assert found == {p.stem for p in (DATA / "layouts").rglob("*.toml")}


def test_definitions_stand_in_whatever_folder_within_and_no_two_have_one_name(tmp_path):
    for place in ("b.toml", "inner/a.toml", "inner/deeper/c.toml", ".ipynb_checkpoints/b.toml"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("")
    assert [p.name for p in definition_files(tmp_path)] == ["a.toml", "b.toml", "c.toml"]
    (tmp_path / "a.toml").write_text("")
    with pytest.raises(DefinitionFault, match="(?s)a.toml.*同名.*inner/a.toml"):
        definition_files(tmp_path)


def test_no_two_indicators_share_a_number():
    assert len(indicators()) == len(list((DATA / "indicators").rglob("*.toml")))


def test_a_threshold_is_exactly_the_decimal_that_was_written():
    assert standard("cn-2017-06").threshold("R1", "primary") == Fraction(21, 5)


@pytest.mark.parametrize(("id", "stage", "required", "floor"), EACH)
def test_thresholds_and_floors_are_those_of_the_document(id, stage, required, floor):
    national = standard("cn-2017-06")
    assert national.threshold(id, stage) == Fraction(required)
    assert national.floor(id, stage) == Fraction(floor) == Fraction(required) * Fraction(85, 100)


def test_the_limits_of_the_difference_coefficients_are_one_half_and_nine_twentieths():
    limits = standard("cn-2017-06").balance.cv_max
    assert limits == {"primary": Fraction(1, 2), "junior": Fraction(9, 20)}


def test_the_national_standard_has_32_indicators_and_7_vetoes():
    national = standard("cn-2017-06")
    ids = [*national.resource.indicators, *(item.id for item in national.items)]
    assert ids == [*(f"R{n}" for n in range(1, 8)), *(f"G{n}" for n in range(1, 16)),
                   *(f"Q{n}" for n in range(1, 10)), "P1"]
    assert [veto.id for veto in national.vetoes] == [f"V{n}" for n in range(1, 8)]


def test_six_of_seven_must_be_met_and_the_mixed_schools_are_split_by_the_formula():
    national = standard("cn-2017-06")
    assert national.resource.min_met == 6
    assert national.split.weights == {
        "312": {"primary": 1, "junior": Fraction(11, 10)},
        "341": {"junior": 1, "senior": Fraction(6, 5)},
        "345": {"primary": 1, "junior": Fraction(11, 10), "senior": Fraction(33, 25)}}


def test_five_faults_of_a_file_are_named_at_once(tmp_path):
    faults = faults_of(changed(tmp_path, **FIVE))
    assert len(faults) == len(FIVE)
    assert all(any(fault.startswith(f"{place}：") for fault in faults) for place in PLACES)


def test_a_fault_between_parts_is_named_with_the_faults_inside_them(tmp_path):
    path = changed(tmp_path, **FIVE, unknown=('context = ["F1", "O1"]', 'context = ["F1", "X9"]'))
    faults = faults_of(path)
    assert any("X9" in fault for fault in faults), faults
    assert len(faults) == len(FIVE) + 1


@pytest.mark.parametrize(("old", "new", "said"), [
    ('context = ["F1", "O1"]', 'context = ["F1", "X9"]', "X9"),
    ("cv_max = { primary = 0.50, junior = 0.45 }", "cv_max = { primary = 0.50 }", "cv_max.junior"),
    ('"R6", "R7"]', '"R6"]', "thresholds.R7"),
    ("floor_ratio = 0.85\n", "", "floor_ratio"),
    ("primary = 4.2", "primary = inf", "thresholds.R1.primary"),
    ('op = "<="', 'op = "≤"', "balance.op"),
    ('source_rule = "formula"', 'source_rule = "guess"', "split.source_rule"),
    ('id = "G2"', 'id = "G1"', "G1"),
    ("primary = 4.2", "primary = 4.2.1", "TOML"),
])
def test_a_single_fault_is_named_by_its_place(tmp_path, old, new, said):
    faults = faults_of(changed(tmp_path, only=(old, new)))
    assert len(faults) == 1
    assert said in faults[0]


@pytest.mark.parametrize(("old", "new"), [
    ("judged = true", 'judged = "yes"'),
    ("min_met = 6", 'min_met = "6"'),
    ("few_schools = 5", "few_schools = true"),
])
def test_nothing_is_converted_laxly(tmp_path, old, new):
    assert len(faults_of(changed(tmp_path, only=(old, new)))) == 1


def test_a_fault_is_told_in_chinese(tmp_path):
    path = changed(tmp_path, list=('context = ["F1", "O1"]', "context = 3"),
                   whole=("few_schools = 5", 'few_schools = "five"'),
                   day=('reference_day = "09-01"', 'reference_day = "1 September"'))
    english = [fault for fault in faults_of(path)
               if not re.search("[一-鿿]", fault.split("：", 1)[1])]
    assert english == []


def test_an_indicator_needs_one_way_to_be_computed(tmp_path):
    path = tmp_path / "R1.toml"
    text = (DATA / "indicators" / "cn-2017" / "R1.toml").read_text("utf-8")
    path.write_text(text + '\n[given]\nmean_of = ["pupils"]\n', encoding="utf-8")
    assert len(faults_of(path, lambda p: load_toml(p, Indicator))) == 1


def layout_faults(tmp_path, monkeypatch, columns):
    (tmp_path / "layouts").mkdir()
    head = 'id = "made-up"\nzh = "某表"\nsheet = "某表"\n'
    (tmp_path / "layouts" / "made-up.toml").write_text(head + columns, encoding="utf-8")
    forms.variables()
    monkeypatch.setattr(forms_layouts, "DATA", tmp_path)
    return faults_of(None, lambda _: layouts.__wrapped__())


def column(variable, header, more=""):
    return f'[[columns]]\nvariable = "{variable}"\nheaders = ["{header}"]\n{more}\n'


def test_two_columns_that_claim_one_header_are_a_fault(tmp_path, monkeypatch):
    faults = layout_faults(tmp_path, monkeypatch,
                           column("books", "图书册数") + column("computers", "图书 册数（册）"))
    assert len(faults) == 1
    assert "图书册数" in faults[0]


def test_one_variable_may_not_claim_a_header_twice(tmp_path, monkeypatch):
    faults = layout_faults(tmp_path, monkeypatch,
                           column("books", "图书册数") + column("books", "图书册数"))
    assert len(faults) == 1


def test_a_column_for_an_unknown_variable_or_unit_is_a_fault(tmp_path, monkeypatch):
    faults = layout_faults(tmp_path, monkeypatch, column("boooks", "图书册数")
                           + column("computers", "计算机", 'unit = "箱"'))
    assert len(faults) == 2
    assert "boooks" in faults[0]
    assert "箱" in faults[1]


@pytest.mark.parametrize(("change", "fault"), [
    ({"id": "another"}, "应与文件名相同"),
    ({"id": "file.kind"}, "请另取编号"),
    ({"of": "no_such"}, "no_such 不是 schools 中有单位的变量"),
    ({"of": "teacher_income_yuan"}, "teacher_income_yuan 不是 schools 中有单位的变量"),
    ({"table": "facts"}, "books、pupils 不是 facts 中有单位的变量"),
    ({"of": "name"}, "name 不是 schools 中有单位的变量"),
    ({"of": "7"}, "of 应是变量的算式"),
    ({"of": "books **"}, "不是算式"),
    ({"op": "!="}, "取值不在本版本支持的范围内"),
    ({"severity": "clean"}, "取值不在本版本支持的范围内"),
    ({"source": ""}, "不得为空")])
def test_a_check_that_could_not_be_carried_out_is_refused_by_name(
        tmp_path, monkeypatch, change, fault):
    told = {"id": "books-many", "severity": "warn", "table": "schools", "of": "books", "op": "<=",
            "to": "15 * pupils", "rule": "规则", "remedy": "改法", "source": "本软件"} | change
    name = told["id"] if told["id"] == "file.kind" else "books-many"
    place = tmp_path / "rules" / "checks"
    place.mkdir(parents=True)
    (place / f"{name}.toml").write_text(
        "".join(f'{key} = "{value}"\n' for key, value in told.items()), "utf-8")
    check_rules.program_checks()
    monkeypatch.setattr(check_rules, "DATA", tmp_path)
    with pytest.raises(DefinitionFault, match=f"(?s){name}.toml.*{re.escape(fault)}"):
        check_rules.filed_checks.__wrapped__()
