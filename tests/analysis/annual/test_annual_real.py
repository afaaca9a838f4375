"""Studies on real data: published figures, known traps, and what is refused.

Expected values come from outside: from an independent computation on the census file, the
publisher's own growth figures and comparison column, the textbook of Stock & Watson.
"""

import json
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from published_data import fetched_california
from tables import table

from pipeline.analysis.annual.continuity import continuity
from pipeline.analysis.annual.dispersion import dispersion, spread_of
from pipeline.analysis.annual.models.models import annual_models
from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.preparing import prepare
from pipeline.annual_evaluation import Annual
from pipeline.definitions.base import ROOT
from pipeline.definitions.studies import Measure, Study, study
from pipeline.dossier.annual.a01_pool.table_checks import check_table
from pipeline.dossier.annual.a02_overview.comparison_tables import (
    comparison_sentences,
    comparison_table,
)
from pipeline.dossier.annual.a02_overview.dispersion_exhibits import (
    continuity_sentences,
    dispersion_sentences,
    province_table,
)
from pipeline.ground.errors import DefinitionFault, InputRefused, WrongUse
from pipeline.ground.terms import MET, NOT_MET, TABLES, UNDETERMINED
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.chapter_parameters import AnnualParameters
from pipeline.publishing.order import Order
from pipeline.whole.evaluation import evaluate
from pipeline.whole.pooling import pool
from pipeline.whole.pooling.pooling_tables import pool_tables

STUDIES = sorted(path.stem for path in Study.home.glob("*.toml"))
MADE_TERMS = ("within_between", "oaxaca", "moran")  # their terms are not columns


@pytest.fixture(scope="module")
def census():
    return pool_tables(Annual.open("census", 2020))


@pytest.fixture(scope="module")
def dispersions(census):
    return dispersion(census["panel"], study("census"))


@pytest.fixture(scope="module")
def beijing():
    return pool_tables(Annual.open("beijing", 2025))


@pytest.fixture(scope="module")
def california(tmp_path_factory):
    raw, year = fetched_california(tmp_path_factory.mktemp("raw"))
    return pool(Annual.open("california", year, str(raw)))


def places(findings, code):
    chosen = findings[findings["code"] == code]
    return list(zip(chosen["row"], chosen["column"], strict=True))


# --- census --------------------------------------------------------------------------------


def test_every_unit_of_both_censuses_is_pooled_but_the_one_with_an_impossible_code(census):
    units = census["pool_units"]
    pooled = units[units["state"] == "pooled"]
    assert pooled.groupby("year").size().to_dict() == {2010: 2857, 2020: 2942}
    (left,) = units[units["state"] == "refused"].to_dict("records")
    assert (left["year"], left["unit"], left["name"]) == (2020, "170971", "五台山风景名胜区")


def test_the_traps_of_the_census_file_are_named_with_their_cells(census):
    # 170971；涟水县2010年小学程度1235929；兴山县2010年男性年限为负；东营港0—14岁空白
    findings = census["findings"]
    assert places(findings, "county.code") == [(3306, "B")]
    assert places(findings, "county.bound") == [(803, "M")]
    assert places(findings, "county.impossible") == [(1550, "S")]
    assert places(findings, "county.missing") == [(4149, "H"), (2, "L")]  # 学前教育2010年未列
    assert set(findings["severity"]) == {"warn"}


def test_impossible_figures_are_missing_and_their_neighbours_stay(census):
    values = census["county_values"].set_index(["year", "unit"])
    lianshui, xingshan = values.loc[(2010, "320826")], values.loc[(2010, "420526")]
    assert (lianshui["primary"], lianshui["population"]) == (None, 859787)
    assert (xingshan["mean_years_male"], xingshan["mean_years"]) == (None, Fraction("8.88"))


@pytest.mark.parametrize("row", table("""
    province | first   | last
    浙江省   | 0.11687 | 0.10303
    贵州省   | 0.15460 | 0.13740
    四川省   | 0.15345 | 0.15089
    """), ids=lambda row: row["province"])
def test_coefficients_between_counties_are_those_of_the_reference(dispersions, row):
    chosen = dispersions[(dispersions["measure"] == "mean_years")
                         & (dispersions["group"] == row["province"])]
    assert chosen["year"].tolist() == [2010, 2020]
    assert [f"{cv:.5f}" for cv in chosen["cv"]] == [row["first"], row["last"]]
    assert set(chosen["weights"]) == {"population"}


def test_2522_codes_go_on_and_the_others_are_counted_and_not_matched_by_name(census):
    whole = continuity(census["panel"]).iloc[0]
    assert (whole["first"], whole["last"], whole["n_both"]) == (2010, 2020, 2522)
    assert (whole["gone"], whole["new"]) == (2857 - 2522, 2942 - 2522)
    names = census["panel"].groupby("unit")["name"].nunique()
    assert (names > 1).any()  # codes that go on under another name are followed by their code


def test_a_difference_of_years_has_no_coefficient_of_variation(dispersions):
    gaps = dispersions[dispersions["measure"] == "gap_years"]
    assert gaps["cv"].isna().all() and gaps["gini"].isna().all()
    assert (gaps["sd"] > 0).all()


@pytest.mark.parametrize("id", [model.id for model in study("census").models])
def test_every_model_of_the_census_can_be_asked_of_its_panel(census, id):
    model = next(m for m in study("census").models if m.id == id)
    frame = census["panel"].query(model.where) if model.where else census["panel"]
    found = estimate(frame, model.spec).terms.set_index("term")
    assert np.isfinite(found.loc[model.focus, ["estimate", "std_error"]].astype(float)).all()


# --- Beijing -------------------------------------------------------------------------------


def test_all_64_published_growth_rates_follow_from_the_amounts(beijing):
    assert places(beijing["findings"], "county.identity") == []
    values = beijing["county_values"]
    checked = [abs(100 * (row[f"operating_yuan_{level}"] / row[f"operating_previous_yuan_{level}"]
                          - 1) - row[f"operating_growth_pct_{level}"])
               for row in values.to_dict("records") for level in ("kindergarten", "primary")]
    assert len(checked) == 64
    assert max(checked) <= Fraction("0.01")


def test_the_exchanged_columns_of_2025_are_put_right_and_both_values_kept(beijing):
    assert len(places(beijing["findings"], "county.swapped")) == 32
    assert set(beijing["findings"]["severity"]) == {"clean"}
    values = beijing["county_values"].set_index(["year", "unit"])
    mentougou = values.loc[(2025, "110109")]
    assert mentougou["budget_growth_pct"] == Fraction("-14.08")
    assert mentougou["budget_share_pct"] == Fraction("14.58")
    assert mentougou["budget_share_pct_published"] == Fraction("-14.08")
    of_2023 = values.loc[2023]
    assert (of_2023["budget_share_pct"] == of_2023["budget_share_pct_published"]).all()


def test_the_statutory_comparison_agrees_with_the_published_difference(beijing):
    judged = beijing["comparisons"].query("id == 'L1'").set_index(["year", "unit"])["status"]
    published = beijing["county_values"].set_index(["year", "unit"])["growth_difference_pct"]
    assert len(judged) == 32
    assert {key: status == MET for key, status in judged.items()} == {
        key: difference > 0 for key, difference in published.items()}
    assert set(judged) == {MET, NOT_MET}


def test_amounts_of_money_are_exact_in_yuan(beijing):
    values = beijing["county_values"].set_index(["year", "unit"])
    assert values.loc[(2023, "110101"), "education_budget_yuan"] == 7_040_000_000


def test_sixteen_districts_are_described_with_the_note_that_they_are_few(beijing):
    found = dispersion(beijing["panel"], study("beijing")).set_index(["measure", "year"])
    row = found.loc[("operating_yuan_primary", 2025)]
    assert row["n"] == 16 and "少于30" in row["reason"]
    assert row["range_ratio"] == pytest.approx(14851.12 / 5015.67)
    assert (found["by"] == "").all()  # one province: its counties are all counties


def test_releases_that_do_not_chain_can_have_no_trend():
    raw = study("beijing").model_dump() | {"lagged": ["ln_operating"]}
    assert not study("beijing").chained
    with pytest.raises(ValueError, match="各年不可比"):
        Study.model_validate(raw)


# --- whole studies -------------------------------------------------------------------------


def test_a_refused_table_stops_the_evaluation_and_names_every_place(tmp_path):
    source = ROOT / "data/raw/beijing"
    for path in source.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (source / "education-budget.csv").read_text("utf-8")
    (tmp_path / "education-budget.csv").write_text(text.replace("106.54", "约107"), "utf-8")
    with pytest.raises(InputRefused, match=r"education-budget\.csv 第4行 E列：“约107”"):
        pool(Annual.open("beijing", 2025, str(tmp_path)))


def test_a_year_that_the_tables_do_not_have_is_said_with_those_there_are():
    with pytest.raises(WrongUse, match="没有2021年.*2010、2020"):
        pool_tables(Annual.open("census", 2021))


def test_a_district_without_a_figure_is_open_in_its_comparison(tmp_path):
    source = ROOT / "data/raw/beijing"
    for path in source.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (source / "education-budget.csv").read_text("utf-8")
    (tmp_path / "education-budget.csv").write_text(
        text.replace("202401,东城区,110101,2023,70.4,24.9,0.29,0.2,", "202401,东城区,110101,2023,"
                     "70.4,24.9,0.29,,"), "utf-8")
    found = pool_tables(Annual.open("beijing", 2025, str(tmp_path)))
    judged = found["comparisons"].set_index(["year", "unit", "id"])
    row = judged.loc[(2023, "110101", "L1")]
    assert (row["status"], row["reason"]) == (UNDETERMINED, "缺 revenue_growth_pct")
    assert judged.loc[(2023, "110101", "L2"), "status"] == MET


@pytest.mark.parametrize("id", STUDIES)
def test_every_study_is_in_order_and_names_columns_and_terms_that_are_there(id):
    found = study(id)
    assert found.source.citation and found.title
    assert len({model.id for model in found.models}) == len(found.models)
    assert all(model.focus in str(model.estimator) for model in found.models
               if model.estimator["kind"] not in MADE_TERMS)


def test_the_pool_of_tables_has_every_table_that_the_pool_of_schools_has(census):
    assert {"pool_units", "pool_balance", "pool_schools", "panel", "findings"} <= set(census)
    assert all(list(TABLES[name].from_text(TABLES[name].to_text(frame)).columns)
               == list(frame.columns) for name, frame in census.items())


def test_weights_are_in_proportion_and_need_not_be_whole():
    # by hand: values 1, 2, 4 with weights 1, 2, 1 → mean 2.25, variance 1.1875
    panel = pd.DataFrame({"x": [1.0, 2.0, 4.0, 9.0], "w": [0.5, 1.0, 0.5, np.nan]})
    found = spread_of(panel, Measure(name="x", zh="量", weights="w"))
    assert (found["n"], found["n_missing"], found["mean"]) == (3, 1, 2.25)
    assert found["sd"] == pytest.approx(1.1875 ** 0.5)
    assert found["gini"] == pytest.approx(0.25)  # Σ p_i p_j |x_i − x_j| / 2μ = 1.125 / 4.5


def test_a_study_of_an_unknown_layout_is_refused(tmp_path):
    text = (ROOT / "data/studies/beijing.toml").read_text("utf-8")
    (tmp_path / "odd.toml").write_text(text.replace("beijing-budget", "shanghai"), "utf-8")
    with pytest.raises(DefinitionFault, match="没有县级表式 shanghai"):
        study(str(tmp_path / "odd.toml"))


# --- California ----------------------------------------------------------------------------


@pytest.mark.slow
def test_all_45_counties_and_420_districts_are_pooled(california):
    assert california["pool_units"]["state"].tolist() == ["pooled"] * 45
    assert len(california["pool_schools"]) == 420
    alone = california["pool_units"].query("schools == 1")
    assert alone["unit"].tolist() == ["906001", "906009", "906027", "906045"]
    assert set(alone["reason"]) == {"仅1所学区，无校际差异可比"}
    gaps = california["panel"].set_index("unit")["ln_gap"]
    assert sorted(gaps[gaps.isna()].index) == alone["unit"].tolist()


@pytest.mark.slow
@pytest.mark.parametrize(("id", "printed", "error"), [
    ("P4a", -2.280, None),     # Stock & Watson, Table 7.1, column 1
    ("P4", -0.998, 0.304844),  # column 3; the error: R clubSandwich 0.5.8, CR2, 45 counties
])
def test_models_of_districts_are_those_of_the_textbook(california, id, printed, error):
    model = next(m for m in study("california").models if m.id == id)
    schools = california["pool_schools"].astype({f"C{n}": float for n in range(1, 7)})
    found = estimate(prepare(schools, model.prepare), model.spec)
    row = found.terms.set_index("term").loc[model.focus]
    assert found.n == 420
    assert row["estimate"] == pytest.approx(printed, abs=5e-4)
    assert error is None or row["std_error"] == pytest.approx(error, abs=5e-7)


@pytest.mark.slow
def test_the_annual_chapter_has_the_textbooks_coefficient_and_refuses_a_panel_of_one_year(
        california):
    found = annual_models(california["panel"], california["pool_schools"], study("california"))
    rows = found["annual_models"].set_index("id")
    assert rows.loc["P4", "estimate"] == pytest.approx(-0.998, abs=5e-4)
    assert rows.loc["P4", "std_error"] == pytest.approx(0.304844, abs=5e-7)  # R clubSandwich
    assert (rows.loc["P4", "covariance"], rows.loc["P4", "clusters"]) == ("CR2", 45)
    assert rows.loc["P2", "status"] == "refused"


# --- what is printed -----------------------------------------------------------------------


def test_what_reading_found_is_listed_with_place_and_count(census, beijing):
    table = check_table(census["findings"], Annual.open("census", 2020))
    said = {row[1].text: (row[2].text, row[3].text) for row in table.rows}
    assert said["部分不应大于整体"] == (
        "1", "county-census.csv M803：2010年涟水县小学程度人数“1235929”，大于人口数859787；"
             "该值未使用")
    (row,) = check_table(beijing["findings"], Annual.open("beijing", 2025)).rows
    assert [cell.text for cell in row[:3:2]] == ["已清洗", "32"]


def test_codes_that_go_on_are_said_and_nothing_of_the_kind_where_years_do_not_chain(
        census, beijing):
    said = continuity_sentences(continuity(census["panel"]), Annual.open("census", 2020))
    assert "两年都有的代码2522个" in said.paragraphs[0]
    assert "只在2010年的335个、只在2020年的420个" in said.paragraphs[0]
    panel, annual = beijing["panel"], Annual.open("beijing", 2025)
    assert continuity_sentences(continuity(panel), annual) is None
    text = dispersion_sentences(dispersion(panel, annual.study), annual).paragraphs
    assert text[-1] == "各年资料不相衔接，各年的数不能相减，不作趋势。"


def test_provinces_stand_in_the_order_of_their_codes(census):
    annual = Annual.open("census", 2020)
    table = province_table(dispersion(census["panel"], annual.study), annual)
    names = [row[0].text for row in table.rows]
    assert (names[0], names[-1], len(names)) == ("北京市", "新疆维吾尔自治区", 31)
    cells = dict(zip(names, table.rows, strict=True))["浙江省"]
    assert [cell.text for cell in cells[1:]] == ["90", "8.78", "0.117", "90", "9.51", "0.103"]


def test_every_rule_is_printed_with_its_count_and_its_law(beijing):
    annual = Annual.open("beijing", 2025)
    said = comparison_sentences(beijing["comparisons"], annual).paragraphs
    assert said[0].startswith("L1 教育经费的增长高于财政经常性收入的增长："
                              "2023年达标10个、未达标6个；2025年达标9个、未达标7个。")
    assert "《教育法》第五十六条" in said[0]
    assert len(comparison_table(beijing["comparisons"], annual).rows) == 16


@pytest.mark.slow
def test_the_annual_book_of_a_county_table_is_made_from_end_to_end(tmp_path):
    parameters = AnnualParameters(study="beijing", year=2025, processed=str(tmp_path / "data"))
    folder = evaluate(Order(parameters, tmp_path / "reports"), Limits(), 1)
    record = json.loads((folder / "annual.json").read_text("utf-8"))
    assert {"findings", "comparisons", "dispersion"} <= set(record["tables"])
    assert len(record["tables"]["comparisons"]) == 96
    assert (folder / "annual.pdf").read_bytes().startswith(b"%PDF")
