"""The statement of assurance tells what ran, what people let pass and who, what nobody saw."""

import pytest
from tables import YEAR, found, imported, refusals, school

from pipeline.county import County
from pipeline.definitions.forms.check_rules import checks
from pipeline.dossier import c90_appendix as chapter

COUNTY = County.open("990101", YEAR)
HEAD = "文件,工作表,单元格,原值,新值,理由"
LINE = "990101_甲县.xlsx,学校情况,H2,400,{},核对学籍"


def with_register(tmp_path, *lines):
    return imported(tmp_path, [school(1), school(2)], "\n".join(lines).encode())


def words(tmp_path, *lines):
    result = with_register(tmp_path, *lines)
    said = chapter.assurance_sentences(result.findings, COUNTY).paragraphs
    return result, said, chapter.waiver_table(result.findings, COUNTY)


@pytest.mark.parametrize(("value", "kind", "action"), [
    ("410", "更正", "由“400”改为“410”"), ("400", "确认属实", "值不变")])
@pytest.mark.parametrize("office", ["县教育局督导室", ""])
def test_who_let_a_cell_pass_stands_in_the_statement(value, kind, action, office, tmp_path):
    _, said, table = words(tmp_path, f"{HEAD},登记单位", f"{LINE.format(value)},{office}")
    assert f"由更正登记放过的：{kind}1格" in said[1]
    [row] = [[cell.text for cell in row] for row in table.rows]
    assert row[0] == kind and row[2] == "H2" and action in row[3]
    assert (f"（{office}登记）" in row[3]) == bool(office) and "（登记）" not in row[3]


def test_a_register_of_six_columns_is_read_as_before(tmp_path):
    result, said, table = words(tmp_path, HEAD, LINE.format("410"))
    assert len(found(result, "cell.corrected")) == 1 and len(table.rows) == 1


def test_without_a_register_nothing_was_let_pass(tmp_path):
    _, said, table = words(tmp_path)
    assert table is None and "没有由人登记放过的核查项" in said[1]


def test_a_telephone_number_in_the_office_is_refused(tmp_path):
    result = with_register(tmp_path, f"{HEAD},登记单位", f"{LINE.format('410')},13800138000")
    assert any(code.startswith("privacy") for code in refusals(result))


ALLOWED = (
    "县教育局统计股", "示例县教育局", "第一中学", "财务科", "县教育局党办", "督导室", "第8中学",
    "示例县人民政府", "县教育局计财股", "实验小学", "县教育局办公室", "安居区教育局")
PERSONS = (
    "张伟", "县教育局王建国", "统计股 陈小红", "县教育局统计股（李明）", "王校长", "Zhang Wei",
    "李科", "县教育局王局", "李登科", "王建国工作室", "张志学", "县教育局,统计股", "统计股、王建国",
    "王", "局", "ZhangWei局", "统计股长", "统计股\u3000陈红")


@pytest.mark.parametrize(("office", "allowed"), [
    *((one, True) for one in ALLOWED), *((one, False) for one in PERSONS)])
def test_only_an_office_answers_for_a_correction_and_a_person_is_never_repeated(
        office, allowed, tmp_path):
    result = with_register(tmp_path, f"{HEAD},登记单位", f'{LINE.format("410")},"{office}"')
    assert [*refusals(result)] == ([] if allowed else ["privacy.found"])
    if not allowed:
        told = found(result, "privacy.found")
        assert "登记单位只写单位（写全称），不写姓名和职务" in str(told)
        assert office in ("王", "局") or office not in result.findings.to_csv()


def test_the_checks_that_ran_are_those_that_spoke_and_those_that_found_nothing(tmp_path):
    result, said, _ = words(tmp_path)
    spoke = len({*result.findings["code"]})
    assert said[0].startswith(f"运行的核查项{len(checks())}项，没有发现的{len(checks()) - spoke}项")


def test_what_nobody_looked_at_and_how_to_cite_is_said_in_every_dossier():
    assert len(chapter.not_checked_sentences().paragraphs) >= 5
    [cited] = chapter.citation_sentences(COUNTY).paragraphs
    assert "运行编号见页脚" in cited and COUNTY.standard.id in cited and COUNTY.name in cited
