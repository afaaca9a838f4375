"""The draft of a self-evaluation report: figures of the records, words left to people, nothing
said that is not known."""

import re

import pytest
from handing_in import three
from opened_word import W, opened, tables, text

from pipeline.analysis.path.pupils_to_come.enrolment import county_enrolment
from pipeline.county import County
from pipeline.definitions.base import load_toml
from pipeline.definitions.forms import self_reports as outlines
from pipeline.definitions.forms.self_reports import SelfReport, self_report_of
from pipeline.definitions.models.printed_words import printed_words
from pipeline.dossier.c90_appendix import REPORT_TABLES, self_report
from pipeline.dossier.c90_appendix.annex_book import applicable
from pipeline.ground.errors import DefinitionFault
from pipeline.ground.terms import TABLES
from pipeline.publishing.formats import exporter_of
from pipeline.publishing.paper.drafts import read_draft

HEADINGS = ["一、基本情况", "二、自评结论", "三、资源配置", "（一）学校达标情况",
            "（二）校际均衡情况", "四、政府保障程度", "五、教育质量", "六、社会认可度",
            "七、主要做法", "八、存在的问题", "九、整改措施与时限", "附录",
            "附1　分学校资源配置情况"]


def word(draft) -> bytes:
    return exporter_of("docx")(default_preprocessors=[]).written(read_draft(draft, "f" * 16))


def drafted(given):
    found, county = given
    return self_report({name: found[name] for name in REPORT_TABLES}, county)


@pytest.fixture(scope="module")
def counties(tmp_path_factory):
    return three(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def written(counties):
    return {name: word(drafted(given)) for name, given in counties.items()}


def said(data) -> str:
    return "\n".join(text(p) for p in opened(data).iter(f"{W}p"))


def test_a_report_says_how_many_pupils_are_to_come_where_grades_were_handed_in(counties):
    assert "在校生" not in str([b for b in drafted(counties["known"])["blocks"]
                             if "report_pupils" in str(b)])
    known, county = counties["known"]
    grades = TABLES["grade_pupils"].frame(
        [{"year": year, "cohort": f"grade_{n}", "pupils": 100}
         for year in range(2017, 2024) for n in range(1, 10)])
    made = county_enrolment(grades, known["sections"], county.year)
    draft = drafted((known | {"enrolment": made.enrolment,
                               "enrolment_needs": made.enrolment_needs}, county))
    words = said(word(draft))
    assert "小学2023年在校生600人" in words and "2035年小学" in words and "不参与任何判定" in words
    assert any(row[0] == "2035" for one in tables(opened(word(draft))) for row in one["rows"])


def test_the_ledger_is_summed_up_by_item_whatever_words_follow_its_number(counties):
    known, county = counties["known"]
    filled = [{"year": county.year, "id": f"{n}", "item": item, "state": "新增",
               "measure": "", "due": ""}
              for n, item in enumerate(("R2 骨干教师", "R2 骨干教师", "R7 多媒体", "G5", "CX15"))]
    draft = drafted((known | {"ledger": TABLES["ledger"].frame(filled)}, county))
    table, = (b for b in draft["blocks"] if b.get("key") == "report_ledger_table")
    assert {row[0]["text"]: row[2]["text"] for row in table["rows"]} == {
        "R2": "2", "R7": "1", "G5": "1", "规划": "1"}


@pytest.mark.parametrize("name", ["known", "missing", "primary"])
def test_a_report_has_every_section_of_the_outline_and_the_same_bytes_twice(counties, written,
                                                                            name):
    styles = {f"Heading{n}" for n in (1, 2)}
    found = [text(p) for p in opened(written[name]).iter(f"{W}p")
             if p.find(f"{W}pPr/{W}pStyle") is not None
             and p.find(f"{W}pPr/{W}pStyle").get(f"{W}val") in styles]
    assert found == HEADINGS
    assert word(drafted(counties[name])) == written[name]


@pytest.mark.parametrize(("name", "sentence"), [
    ("known", "全县有小学2所、初中1所、九年一贯制学校0所"),
    ("known", "小学阶段有教学班30个、在校学生850人；初中阶段有教学班10个、在校学生500人"),
    ("known", "申报条件达标"), ("missing", "申报条件待核：未填通过国家基本均衡认定年份"),
    ("known", "未发生7项、待核0项"), ("missing", "一票否决事项7项均待核"),
    ("missing", "小学阶段有教学班【待填】个、在校学生850人"),
    ("primary", "初中没有可测算的差异系数"), ("missing", "待核的事项")])
def test_a_figure_is_printed_where_it_is_known_and_a_place_left_where_not(written, name, sentence):
    assert sentence in said(written[name])


def test_what_people_are_to_write_are_content_controls_counted_on_the_cover(written):
    controls = {name: [text(c) for c in opened(data).iter(f"{W}sdt")
                       if c.find(f"{W}sdtPr/{W}showingPlcHdr") is not None]
                for name, data in written.items()}
    assert len(controls["known"]) == 5 < len(controls["missing"])
    for name, places in controls.items():
        assert re.search(rf"待填：\n?{len(places)}处", said(written[name]))
        assert all(re.fullmatch("【.*】", place) for place in places)


@pytest.mark.parametrize("name", ["known", "missing"])
def test_the_cover_counts_the_cells_of_the_forms_that_are_left_blank(counties, written, name):
    blank = 0
    for block in (b for b in drafted(counties[name])["blocks"]
                  if str(b.get("key")).startswith("form_")):
        heads = [str(field) for field in block["fields"]]
        blank += sum(cell["text"] == "" for row in block["rows"]
                     for cell, head in zip(row, heads, strict=True)
                     if "备注" not in head and "综合'" not in head)
    assert blank and f"申报表另有空白{blank}格" in said(written[name])


def test_a_county_without_any_table_is_said_to_have_no_count_not_0(tmp_path, counties):
    found, county = counties["missing"]
    bare = {name: table.iloc[:0] if name not in ("judgements", "ledger") else table
            for name, table in found.items() if name in REPORT_TABLES}
    words = said(word(self_report(bare, county)))
    assert "全县有小学【待填】所" in words and "小学0所" not in words
    assert "尚未报送学校数据表" in words and "【待填：表Ⅱ-2" in words


def test_a_report_says_no_word_that_the_dossier_may_not(written):
    for data in written.values():
        paragraphs = [text(p) for p in opened(data).find(f"{W}body").findall(f"{W}p")]
        assert [*printed_words().faults("\n".join(paragraphs))] == []


def test_the_forms_hold_the_same_schools_in_the_same_order(written):
    rows = next(t for t in tables(opened(written["known"])) if t["heads"][0][1] == "L1 学校名称")
    assert [row[1] for row in rows["rows"]] == ["甲2校", "甲3校", "甲1校", "甲4校"]


# 原因、学校 | 情况
SITUATIONS = {
    ("2所不符合：甲校缺1间、乙校缺2间", "甲校缺1间、乙校缺2间"): "2所不符合：甲校缺1间、乙校缺2间",
    ("6所不符合：a、b、c、d、e等", "a、b、c、d、e、f"): "6所不符合：a、b、c、d、e、f",
    ("2所不符合", "甲校、乙校"): "2所不符合；甲校、乙校",
    ("填报：不符合", "甲校"): "填报：不符合；甲校",
    ("比例为90%：低于95%", ""): "比例为90%：低于95%", ("", "甲校"): "甲校"}


@pytest.mark.parametrize(("reason", "schools"), SITUATIONS)
def test_an_item_that_is_not_met_names_all_its_schools_and_each_once(counties, reason, schools):
    found, county = counties["known"]
    judged = found["judgements"].copy()
    judged.loc[judged.index[0], ["status", "reason", "schools"]] = ("not_met", reason, schools)
    draft = self_report({**{name: found[name] for name in REPORT_TABLES}, "judgements": judged},
                        county)
    table = next(b for b in draft["blocks"] if b.get("key") == "report_problem_table")
    row = next(r for r in table["rows"] if r[0]["text"] == judged["id"].iloc[0])
    assert row[3]["text"] == SITUATIONS[reason, schools]


def test_a_pack_that_judges_nothing_has_no_report():
    assert self_report({}, County.open("990102", 2012)) is None


OUTLINE = """id = "x"
province = "示例省"
title = "自评报告"
source = "示例省"
verified = true

[[sections]]
heading = "办学条件"

[[sections.parts]]
{part}
"""


def province(tmp_path, monkeypatch, part):
    place = tmp_path / "printing" / "self_reports"
    place.mkdir(parents=True)
    (place / "x.toml").write_text(OUTLINE.format(part=part), "utf-8")
    whole = (outlines.DATA / "printing" / "self_reports" / "cn-2017.toml").read_bytes()
    (place / "cn-2017.toml").write_bytes(whole)
    monkeypatch.setattr(outlines, "DATA", tmp_path)
    outlines.self_reports.cache_clear()


@pytest.fixture(autouse=True)
def _outlines():
    yield
    outlines.self_reports.cache_clear()


def test_the_outline_of_a_province_is_one_file_more(tmp_path, monkeypatch, counties):
    province(tmp_path, monkeypatch, 'text = "学生{pupils_primary / 2|1}人"')
    assert self_report_of("示例省").id == "x" and self_report_of("别省").id == "cn-2017"
    assert "一、办学条件\n学生425.0人" in said(word(drafted(counties["known"])))


@pytest.mark.parametrize(("part", "why"), [
    ('text = "{pupils_of_nobody|0}"', "没有量pupils_of_nobody"),
    ('form = "no-form"', "没有附表.*no-form")])
def test_an_outline_that_asks_for_what_there_is_not_is_a_fault(tmp_path, monkeypatch, counties,
                                                               part, why):
    province(tmp_path, monkeypatch, part)
    with pytest.raises(DefinitionFault, match=why):
        drafted(counties["known"])


@pytest.mark.parametrize("part", [
    'text = "甲"\nblank = "乙"', "", 'text = "{pupils}"', 'shows = "praise"', 'text = "{1 +|0}"',
    'shows = "open"\n[[sections.parts]]\nshows = "open"'])
def test_a_part_of_an_outline_is_one_thing_and_nothing_stands_twice(tmp_path, part):
    path = tmp_path / "x.toml"
    path.write_text(OUTLINE.format(part=part), "utf-8")
    with pytest.raises(DefinitionFault):
        load_toml(path, SelfReport)


def test_every_form_that_the_national_standard_has_stands_in_the_outline():
    listed = {part.form for part in self_report_of("").parts if part.form}
    forms = {form.id for form in applicable(County.open("990101", 2023).standard)}
    assert forms - listed == {"province-coefficients"} and listed <= forms
