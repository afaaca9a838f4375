"""A letter that the fonts lack is printed by its description or as 〓, told, and stops nothing."""

import pytest
from tables import found, imported, refusals, school, workbook
from test_county_sheets import paper, received

from pipeline.definitions.forms.rare_letters import COMMON, descriptions, printable
from pipeline.definitions.forms.unit_list import unit_info
from pipeline.ground.fonts import missing_letters


def test_every_description_can_be_drawn_and_is_needed():
    assert missing_letters("".join(descriptions().values())) == ""
    assert set(missing_letters("".join(descriptions()))) == set(descriptions())


@pytest.mark.parametrize(("name", "printed", "code"), [
    ("示例县𠮷㙍小学", "示例县〔⿱土口〕㙍小学", "U+20BB7"),       # 扩展 B
    ("\U0002a700家沟小学", "〓家沟小学", "U+2A700"),               # 扩展 C
    ("大\U00030edd小学", "大〓小学", "U+30EDD"),                   # 扩展 G
    ("ᠮᠣᠩᠭᠣᠯ小学", "〓小学", "U+1822"),                            # 蒙古文
    ("བོད小学", "〓小学", "U+0F42")])                              # 藏文
def test_a_rare_letter_is_substituted_and_its_number_told(tmp_path, name, printed, code):
    rows = [school(n) for n in range(1, 4)]
    rows[1]["学校名称"] = name
    result = imported(tmp_path, workbook(rows))
    (finding,) = found(result, "text.substituted")
    assert not result.refused and printed in set(result.schools["name"])
    assert (finding["row"], finding["column"]) == (3, "B")
    assert missing_letters(finding["action"] + printed) == ""
    assert code in finding["action"] or name[0] in "ᠮབ"


def test_the_letters_that_no_font_is_asked_for_can_all_be_drawn():
    assert missing_letters("".join(map(chr, [*range(0x20, 0x7F), *range(0x4E00, 0x9FA6)]))) == ""


@pytest.mark.parametrize("how", ["sheet", "toml"])
def test_a_rare_letter_in_evidence_stops_nothing(tmp_path, how):
    text = '[evidence.G1]\nstatus = "yes"\ndocument = "𠮷政函"\ndate = "2023-11"\n'
    given = {"佐证材料": [paper("G1", document="𠮷政函")]} if how == "sheet" else {
        "toml": {"evidence": text}}
    result = received(tmp_path, **given)
    assert not result.refused and found(result, "text.substituted")
    assert list(result.evidence["document"]) == ["〔⿱土口〕政函"]


def test_a_rare_letter_in_the_list_of_units_is_substituted_too(tmp_path):
    listed = ("code,name,province,prefecture,standard,plans,notice\n"
              "990177,𠮷县,虚构省,𠮷市,cn-2017-06,,\n")
    (tmp_path / "counties.csv").write_text(listed, encoding="utf-8")
    unit = unit_info("990177", tmp_path)
    assert (unit.name, unit.prefecture) == ("〔⿱土口〕县", "〔⿱土口〕市")


@pytest.mark.parametrize("name", ["🏫小学", "甲\ue000小学", "甲\U0010ffff小学"])
def test_what_is_no_letter_is_refused_as_before(tmp_path, name):
    named = workbook([school(1) | {"学校名称": name}])
    assert refusals(imported(tmp_path, named)) == ["text.letters"]


@pytest.mark.parametrize("name", ["儋州小学", "实验小学（东校区）", "㙍头小学"])
def test_a_name_that_can_be_drawn_stays_as_it_is(name):
    assert printable(name) == name


def test_letters_that_no_font_is_opened_for_are_drawn_by_every_family():
    assert missing_letters("".join(filter(COMMON.fullmatch, map(chr, range(0xD800))))) == ""
