"""Every sentence of made-up counties and annual books says no more than its figures allow.

Few are drawn each time; with JUNHENG_ALL_DRAWS=1 200 counties and 20 annual books.
"""

import csv
import re
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from annual_tables import drawn_panel, drawn_schools, hand_over
from drawn import few
from figures_agree import disagreements
from printed_books import ANNUAL, COUNTY, printed, words_of
from test_gaps import NATION, drawn
from words_allowed import ALLOWED, Book, faults

from pipeline.analysis.annual.county_panel import completed
from pipeline.analysis.annual.models.convergence import convergence
from pipeline.analysis.annual.models.models import annual_models
from pipeline.analysis.annual.models.policy import policies
from pipeline.analysis.gaps.school_gaps import gaps
from pipeline.annual_evaluation import Annual
from pipeline.county import County
from pipeline.definitions.base import ROOT
from pipeline.definitions.models.printed_words import printed_words
from pipeline.definitions.studies import study
from pipeline.dossier import c06_gaps
from pipeline.dossier.annual import a03_models, a04_convergence, a05_policy, a90_methods
from pipeline.dossier.printing import gap_sentences
from pipeline.ground.errors import InputRefused
from pipeline.ground.terms import TABLES
from pipeline.synth.nation import Wanted, write_nation

WORDS, STUDY = printed_words(), study("cn-annual")
ZH = {**{p.id: p.zh for p in STUDY.policies}, **{t.measure: t.zh for t in STUDY.trajectories}}
SCHOOLS_BOOK = few(200, 6)
COUNTIES, BOOKS, PANELS = few(200, 3), few(20, 1), few(20, 2)
SIZE = few(60, 32), few(8, 6)  # counties and years of a whole annual book
READ = Counter()  # what was read in this process, told by the last test


def wrong(exhibits, tables, kind="部分章节"):
    texts = [text for one in exhibits if one for text in words_of(one)]
    READ.update({kind: 1, f"{kind}：文字": len(texts), f"{kind}：句": sum(
        len(re.findall(r"[。；]", text)) for text in texts)})
    return faults(Book([one for one in exhibits if one], tables, ZH), WORDS, words_of)


def test_every_condition_is_worked_out_and_every_phrase_is_one_that_is_printed():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    assert {rule.condition for rule in WORDS.conditional} == set(ALLOWED)
    halves = {"平均高": "{mean}", "平均低": "{mean}", "各关注项的正负均不改变": ""}
    phrases = [halves.get(w, w) for rule in WORDS.conditional for w in rule.words]
    assert [w for w in phrases if w.lstrip("，；") not in code] == []


@pytest.mark.parametrize(("text", "said"), [
    ("集团化办学导致差距缩小", ["导致"]), ("各校差异显著", ["显著"]), ("政策有效", ["有效"]),
    ("综合实践活动有效开展", []), ("不估计不等于没有关系", []), ("二者没有关系", ["没有关系"])])
def test_forbidden_words_are_found_but_not_within_longer_ones(text, said):
    assert [re.match("不可写“(.+?)”", fault)[1] for fault in WORDS.faults(text)] == said


def school_tables(seed):
    """Draw schools whose outcome follows funding more or less, or against it."""
    draw = Random(f"{seed}/outcomes")
    n, factor, noise = draw.randint(12, 95), draw.choice([-1, 0, 0.2, 0.4, 1]), draw.uniform(0, 6)
    indicators, schools = drawn(n, rural=draw.choice([None, n // 4]))
    outcome = indicators["indicator"] == "O1"
    values = [float(v) for v in indicators.loc[outcome, "value"]]
    mean = sum(values) / len(values)
    indicators.loc[outcome, "value"] = [
        min(max(60 + factor * (v - mean) + draw.gauss(0, noise), 1), 98) for v in values]
    return indicators, schools


@pytest.mark.parametrize("seed", range(SCHOOLS_BOOK))
def test_chapter_06_says_what_its_models_say(seed):
    one = NATION.model_copy(update={"stages": {"primary": "小学"}})
    found = gaps(*school_tables(seed), 2023, one)
    county = replace(County.open("990101", 2023), standard=one)
    tables = {name: getattr(found, name) for name in ("models", "terms", "influence")}
    assert wrong([
        gap_sentences.gap_sentences(found.models, found.terms, county),
        gap_sentences.robustness_sentences(found.influence, found.models, county),
        gap_sentences.refused_sentences(found.models, county),
        c06_gaps.model_table(found.models, county),
        c06_gaps.term_table(found.models, found.terms, county),
        c06_gaps.influence_table(found.influence, found.models, county),
        c06_gaps.bearing_sentences(found.models, found.terms, county),
        c06_gaps.bearing_table(found.models, found.terms, county),
        c06_gaps.sensitivity_table(found.specifications, found.models, county),
        c06_gaps.curve_chart(found.specifications, found.models, county)], tables) == []


@pytest.mark.parametrize(("table", "column", "value", "why"), [
    ("models", "p_adjusted", 0.2, "没有说不足以判断方向"), ("models", "p_wild", 0.05, "没有说"),
    ("influence", "focus_without", -9.0, "均不改变")])
def test_a_sentence_that_its_figures_contradict_is_found(table, column, value, why):
    one = NATION.model_copy(update={"stages": {"primary": "小学"}})
    found = gaps(*drawn(60), 2023, one)
    county = replace(County.open("990101", 2023), standard=one)
    said = [gap_sentences.gap_sentences(found.models, found.terms, county),
            gap_sentences.robustness_sentences(found.influence, found.models, county)]
    tables = {name: getattr(found, name).copy() for name in ("models", "terms", "influence")}
    assert wrong(said, tables) == []
    tables[table].loc[0, column] = value
    assert why in "".join(wrong(said, tables))


@pytest.mark.parametrize(("text", "wrong"), [
    ("14个中达标9个、未达标4个、待核1个", ""), ("14个中达标9个、未达标4个、待核0个", "之和"),
    ("适用目标22项：达到5项、未达到1项、待核15项、不适用1项", ""),
    ("共18个模型，已估计9个，不估计8个", "18"),
    ("平均高1.2个百分点（95%区间0.3至2.1，p＝0.01）", ""),
    ("平均高1.2（95%区间-2.1至-0.3", "不在区间"),
    ("平均低1.93%（95%区间-3.49%至-0.35%，p＝0.019", ""),
    ("平均低5%（95%区间-3%至-1%", "不在区间"), ("为1（95%区间2至1", "颠倒"),
    ("由0.229变为0.168（检验p<0.001），差异缩小", ""),
    ("由0.168变为0.229（检验p<0.001），差异缩小", "而说"),
    ("由0.2变为0.1（检验），差异扩大", "而说")])
def test_figures_of_a_sentence_that_do_not_agree_are_found(text, wrong):
    found = disagreements(text)
    assert bool(found) == bool(wrong) and wrong in "".join(found)


@pytest.mark.parametrize("seed", range(PANELS))
def test_an_annual_book_says_what_its_models_paths_and_policies_say(seed):
    annual, draw = Annual.open("cn-annual", 2023), Random(f"{seed}/panel")
    counties = draw.choice([110, 130])
    panel = completed(drawn_panel(counties, 6, seed, draw.choice([0, 0.01])), STUDY)
    asked = STUDY.model_copy(update={"models": [
        m for m in STUDY.models if m.frame == "panel" and m.id != "S2"]})
    tables = {**annual_models(panel, TABLES["pool_schools"].frame([]), asked),
              **convergence(panel, 2023, STUDY), **policies(panel, 2023, STUDY)}
    models, terms, variants = (tables[f"annual_{n}"] for n in ("models", "terms", "variants"))
    found, of_policy = tables["annual_policies"], tables["annual_policy_terms"]
    assert wrong([
        a03_models.question_sentences(models, annual),
        a03_models.model_sentences(models, terms, annual),
        a03_models.fragile_sentences(variants, models, annual),
        a03_models.model_table(models, annual), a03_models.term_table(models, terms, annual),
        a03_models.variant_table(variants, models, annual),
        a04_convergence.convergence_sentences(tables["annual_convergence"], annual),
        a04_convergence.convergence_table(tables["annual_convergence"], annual),
        a05_policy.policy_sentences(found, of_policy, annual),
        a05_policy.effect_table(of_policy, annual),
        a05_policy.honest_table(of_policy, annual),
        a05_policy.event_chart(of_policy, annual)], tables) == []


@pytest.mark.parametrize(("name", "year"), [
    ("cn-annual", 2023), ("census", 2020), ("beijing", 2025), ("california", 1998)])
def test_every_measure_and_question_of_every_study_is_told_in_chinese(name, year):
    annual = Annual.open(name, year)
    told = [a90_methods.measure_table(annual), a90_methods.method_sentences(annual)]
    assert faults(Book([one for one in told if one], {}), WORDS, words_of) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, COUNTIES + 1))
def test_a_whole_county_book_says_what_its_figures_say(number, tmp_path_factory):
    raw = _nation(tmp_path_factory)
    county = _rows(raw / "counties.csv")[number - 1]["code"]
    given = {"unit": county, "year": 2023, "raw": str(raw),
             "processed": str(tmp_path_factory.mktemp("processed"))}
    if _spoilt(raw, county):  # so many files of the nation have a fault that must be refused
        with pytest.raises(InputRefused):
            printed(COUNTY, given)
        READ["应拒收而拒收的县"] += 1
        return
    exhibits = printed(COUNTY, given)
    opened = County.open(county, 2023, raw=str(raw), processed=given["processed"])
    tables = {name: opened.load(name) for name in ("models", "terms", "influence", "indicators")}
    assert wrong(exhibits, tables, "县") == []


def _nation(factory, made=[]):  # noqa: B006
    """Write the counties once, however many are asked for."""
    if not made:
        made.append(factory.mktemp("nation") / "raw")
        list(write_nation(made[0], Wanted(max(COUNTIES, 1), (2021, 2022, 2023), 5, "csv")))
    return made[0]


def _spoilt(raw, county) -> bool:
    return any(row["code"] == county and row["refused_check"]
               for row in _rows(raw / "truth" / "counties.csv"))


def _rows(path) -> list[dict]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(BOOKS))
def test_a_whole_annual_book_says_what_its_figures_say(seed, tmp_path):
    (tmp_path / "raw").mkdir()
    given = {"study": "cn-annual", "year": 2023, "raw": str(tmp_path / "raw"),
             "processed": str(tmp_path / "processed")}
    annual = Annual.open(*given.values())
    panel = drawn_panel(*SIZE, seed, 0.01 * (seed % 2))
    hand_over(annual, panel, drawn_schools(panel, seed, 6.0 * (seed % 3)))
    exhibits = printed(ANNUAL, given, without=("01_pool",))
    names = ("models", "terms", "variants", "convergence", "policies", "policy_terms")
    tables = {f"annual_{n}": annual.load(f"annual_{n}") for n in names}
    assert wrong(exhibits, tables, "年度评价") == []


@pytest.mark.slow
def test_as_many_books_were_read_as_were_drawn(capsys):
    with capsys.disabled():
        print(f"\n读过：{dict(READ)}")
    assert READ["县"] + READ["应拒收而拒收的县"] in (0, COUNTIES)  # 0: this test was run alone
    assert READ["年度评价"] in (0, BOOKS)
    assert READ["县：句"] >= 100 * READ["县"]
