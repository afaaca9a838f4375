"""The words of the English edition: none is missing, and none of them brings a figure."""

import ast
import re
from functools import cache

import nbformat
import pytest

from pipeline.definitions.base import ROOT
from pipeline.definitions.indicators import indicators
from pipeline.definitions.standards import standard
from pipeline.dossier.c90_appendix.appendix import method_sentences
from pipeline.ground.errors import DefinitionFault
from pipeline.ground.fonts import missing_letters
from pipeline.publishing.languages.language import language
from pipeline.publishing.languages.phrases import Phrases

STANDARDS = sorted(path.stem for path in (ROOT / "data/standards").glob("*.toml"))
SOURCES = sorted(path for path in (ROOT / "pipeline/dossier").rglob("*.py")
                 if re.match(r"c\d\d_", path.parent.name) or path.parent.name == "printing")
# What captions and heads leave open, by the words of the program: examples of each.
OPEN = {
    "county.name": ["示例县"], "county.year": ["2023"], "year": ["2023"], "annual.year": ["2023"],
    "first": ["2021"],
    "last": ["2023"], "county.years[0]": ["2021"], "years[0]": ["2021"], "years[-1]": ["2023"],
    "county.standard.section_zh": ["学校", "学区"], "zh": ["小学", "初中", "小学学区"],
    "stage": ["小学", "初中"], "county.standard.stages[stage]": ["小学", "小学学区"],
    "_base(county)": ["标准值", "平均值"],
    "county.standard.grouping_zh": ["城乡", "办学类型", "规模"],
    "_titles(spending, county)": ["生均公用经费支出"],
    "county.standard.indicator(id).zh": ["生均公用经费支出"], "title": ["生均公用经费支出"],
    "prices": ["2023年价格", "当年价格"], "ahead": ["预先列明的", "事后列明的", ""],
    "model.question": ["生均公用经费支出与体质健康优良率的关系"],
    "step": ["生均公用经费支出每高10%"], "found.title": ["某市规划"],
    "PLAN_ZH[AT_THRESHOLD]": ["全部达到标准值"], "PLAN_ZH[plan]": ["各校留一项"],
    "group": ["一般公共预算教育支出（万元）"], "group[0]": ["小学"], "group[1]": ["初中"],
    "caption": ["示例县2023年教育质量判定", "示例县2023年一票否决事项与申报条件",
                "申报表表Ⅲ 校际均衡情况"],
    "every": ["7项"], "least": ["6项"], "floor_words(county)": ["85%"], "id": ["R1"],
    "indicator.short": ["高学历教师"], "known[name].zh": ["教学仪器设备值", "公用经费支出"],
    "known[name].unit": ["元"], "short(id, county)": ["教辅用房"], "units[id]": ["㎡", "间"],
    "floor": ["85%"], "county.standard.groups[g]": ["城区", "镇区", "乡村"],
    "_units(spending, county)": ["元/生"], "indicator.unit": ["人/百生"],
    "end": ["最低", "最高"], "place": ["第一"], "urban_rural": ["城乡"], "q": ["中位"],
    "unit": ["元/生"]}
LOCAL = {"label", "name", "zh", "group"}  # names that a loop gives to other literals of the file
LABELS_OF_FORMS = {"_label(column, form, standard)", "column.heads[0] if len(column.heads) > 1 "
                   "else ''"}  # of official forms: they are printed as the form has them


@cache
def phrases():
    return Phrases(language("en"), {"示例县": "Shili County"})


def written(node):
    """Return every text that an expression of captions can be, by the examples."""
    match node:
        case ast.Constant():
            return [str(node.value)]
        case ast.JoinedStr():
            texts = [""]
            for value in node.values:
                told = written(value.value if isinstance(value, ast.FormattedValue) else value)
                texts = [text + one for text in texts for one in told]
            return texts
        case _:
            return OPEN[ast.unparse(node)]


def calls(names):
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                yield path.name, node


def test_every_caption_that_the_chapters_can_print_has_english_words():
    found = {text for _, node in calls({"PrintedTable", "Figure", "_table"})
             if len(node.args) > 1 for text in written(node.args[1])}
    assert len(found) > 70
    assert [text for text in sorted(found) if phrases().told(text) is None] == []


def test_every_head_that_the_chapters_can_print_has_english_words():
    found = set()
    for _, node in calls({"Field"}):
        for argument in node.args[:2]:
            said = ast.unparse(argument)
            if said in LABELS_OF_FORMS or (isinstance(argument, ast.Name) and said in LOCAL):
                continue
            found |= set(written(argument))
    found = {text for text in found if re.search(r"[\u3400-\u9fff]", text)}
    assert len(found) > 150
    assert [text for text in sorted(found) if phrases().told(text, "head") is None] == []


def test_every_heading_of_a_dossier_has_english_words():
    lines = [line for path in (ROOT / "notebooks/county").glob("*.ipynb")
             for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"
             for line in cell.source.split("\n") if line.startswith("#")]
    heads = {line.lstrip("# ") for line in lines}
    assert len(heads) > 35
    assert [text for text in sorted(heads) if phrases().told(text) is None] == []


@pytest.mark.parametrize("named", STANDARDS)
def test_the_method_of_every_standard_has_english_words(named):
    county = type("County", (), {"standard": standard(named)})
    lines = method_sentences(county).paragraphs
    assert [line for line in lines if phrases().told(line) is None] == []
    titles = [f"《{county.standard.title}》（{county.standard.document}）"]
    assert [line for line in titles if phrases().told(line) is None] == []


def test_every_indicator_of_a_standard_has_an_english_name():
    used = {id for named in STANDARDS for rules in [standard(named)]
            for id in (*rules.resource.indicators, *rules.context)}
    texts = [text for id in sorted(used) for text in (indicators()[id].zh, indicators()[id].short)]
    assert [text for text in texts if phrases().told(text) is None] == []


def test_every_item_is_told_by_its_short_name():
    items = standard("cn-2017-06").items
    assert [item.short for item in items if phrases().told(item.short) is None] == []


def test_no_english_word_has_a_chinese_letter_or_one_that_our_fonts_lack():
    words = language("en")
    told = [*words.terms.values(), *words.heads.values(), *words.places.whole.values(),
            *(phrase.en for phrase in words.phrases)]
    assert [text for text in told if re.search(r"[\u3400-\u9fff]", text)] == []
    assert [text for text in told if missing_letters(text)] == []


@pytest.mark.parametrize(("zh", "told"), [
    ("小学32所中达标29所、未达标3所、待核0所",
     "Primary, of 32 schools 29 met, 3 not met, 0 undetermined"),
    ("校际差异系数：14个中达标10个、未达标2个、待核2个，超过限值的为小学运动场馆、初中骨干教师",
     "Coefficients of variation between schools: of 14, 10 met, 2 not met, 2 undetermined; over "
     "their limits are primary sports grounds and halls, junior secondary key teachers"),
    ("除待核、无法达到的以外，全部达到标准值和限值，不须交流教师，增加运动场馆3294.5㎡、多媒体教室1间",
     "But for what is undetermined, out of reach, to have all schools at the required level and "
     "all coefficients within their limits takes no exchanges of teachers and these additions: "
     "sports grounds and halls 3294.5 (m²), multimedia classrooms 1 (rooms)"),
    ("未达标的2项：班额（G5）、教师培训经费（Q4）",
     "Not met (2): class sizes (G5), funds of teachers' training (Q4)"),
    ("班额（G5）、教师培训经费（Q4）", None),   # a list alone is no item with one number
    ("教育质量（项）", "Quality of education (items)"),
    ("小学多少所中达标29所、未达标3所、待核0所", None),   # no figure where one should be
    ("某个没有写进词表的标题", None), ("示例县2023年没有这样的表", None)])
def test_a_sentence_is_told_whole_or_not_at_all(zh, told):
    assert phrases().told(zh) == told


@pytest.mark.parametrize(("line", "said"), [
    ('[[phrases]]\nzh = "{n:number}所学校"\nen = "schools"\n', "空格不同"),
    ('[[phrases]]\nzh = "至少6项"\nen = "at least 7"\n', "数字不同"),
    ('[[phrases]]\nzh = "至少6项"\nen = "at least six"\n', "数字不同")])
def test_words_that_lose_or_change_a_figure_are_refused(line, said, tmp_path):
    own = (ROOT / "data/printing/languages/en.toml").read_text("utf-8").replace(
        'id = "en"', 'id = "own"', 1) + line
    (tmp_path / "own.toml").write_text(own, "utf-8")
    with pytest.raises(DefinitionFault, match=said):
        language(str(tmp_path / "own.toml"))
