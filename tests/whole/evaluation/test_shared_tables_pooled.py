"""Counties that stand only in a shared table (多县合表) are evaluated; the table is an input."""

import pytest
from batches import HEAD
from tables import csv_bytes, school
from test_evaluation import Place, book

from pipeline.annual_evaluation import Annual
from pipeline.ground.errors import WrongUse
from pipeline.ground.terms import TABLES
from pipeline.publishing.chapter_parameters import AnnualParameters
from pipeline.publishing.records.annual_causes import annual_causes
from pipeline.whole import pooling
from pipeline.whole.pooling.pooling_county import bring

YEAR, TABLE = 2023, "全市学校.csv"
CODES = ["990001", "990002", "990003"]


def of(number):
    """Return three schools of county ``number``."""
    return [school(n, pupils=400 + n) | {
        "学校标识码": f"219900{number}00{n}", "统计三级": f"县{number}"} for n in range(1, 4)]


@pytest.fixture
def raw(tmp_path):
    folder = tmp_path / "raw"
    (folder / str(YEAR)).mkdir(parents=True)
    lines = [f"{code},县{code[-1]},某省,某市,cn-2017-06,,造的" for code in CODES]
    (folder / "counties.csv").write_text("\n".join([HEAD, *lines, ""]), "utf-8")
    (folder / str(YEAR) / TABLE).write_bytes(csv_bytes([*of(1), *of(2), *of(3)]))
    return folder


def annual_over(raw, tmp_path, known=None):
    return Annual.open("cn-annual", YEAR, str(raw), str(tmp_path / "processed"), known)


def test_its_counties_are_asked_and_have_figures(raw, tmp_path, monkeypatch):
    place = Place(tmp_path, raw, monkeypatch)
    place.jobs(bring, book())
    place.make()
    assert {code: state for code, (state, _) in place.states().items()} == dict.fromkeys(
        CODES, "pooled")


def test_a_county_with_a_file_of_its_own_beside_it_is_the_only_one_that_is_not_in_it(
        raw, tmp_path, monkeypatch):
    (raw / str(YEAR) / TABLE).write_bytes(csv_bytes([*of(1), *of(3)]))
    (raw / str(YEAR) / "990002_县2.csv").write_bytes(csv_bytes(of(2)))
    annual = annual_over(raw, tmp_path)
    assert [info.code for info in annual.units()] == ["990002"]
    with pooling.shared_tables_known(annual) as (known, problems):
        knowing = annual_over(raw, tmp_path, known)
        assert ([info.code for info in knowing.units()], problems) == (CODES, [])
        assert [info.code for info in annual.units()] == ["990002"]
    assert [info.code for info in knowing.units()] == CODES


def test_a_shared_table_that_cannot_be_used_is_told(raw, tmp_path):
    (raw / str(YEAR) / "坏.csv").write_text("学校名称\n甲小学\n", "utf-8")
    with pooling.shared_tables_known(annual_over(raw, tmp_path)) as (_, problems):
        assert len(problems) == 1 and f"多县合表 {YEAR}/坏.csv 不能使用" in problems[0]


def test_the_table_is_an_input_and_one_changed_figure_in_it_is_another_cause(raw, tmp_path):
    annual = annual_over(raw, tmp_path)
    assert raw / str(YEAR) / TABLE in annual.inputs()

    def told():
        fresh = annual_over(raw, tmp_path)
        return (annual_causes(fresh, AnnualParameters(study="cn-annual", year=YEAR))["inputs"],
                fresh.origin["inputs"])

    before = told()
    rows = [*of(1), *of(2), *of(3)]
    (raw / str(YEAR) / TABLE).write_bytes(csv_bytes([rows[0] | {"在校生数": 402}, *rows[1:]]))
    after = told()
    assert before[0]["files"] == after[0]["files"] == 2
    assert before[0]["sha256"] != after[0]["sha256"] and before[1] != after[1]


def test_a_chapter_alone_pools_the_same_counties_and_later_chapters_take_its_tables(
        raw, tmp_path):
    before = raw / str(YEAR - 1) / "990003_县3.csv"
    before.parent.mkdir()
    before.write_bytes(csv_bytes(of(3)))
    annual = annual_over(raw, tmp_path)
    tables = pooling.pool(annual, workers=1)
    assert list(tables["pool_units"]["unit"].unique()) == CODES
    for name, table in tables.items():
        annual.save(name, table)
    later = annual_over(raw, tmp_path)
    assert list(later.load("pool_units")["unit"].unique()) == CODES
    assert [info.code for info in later.units()] == CODES and later.mark == "造的"
    rows = [*of(1), *of(2), *of(3)]
    (raw / str(YEAR) / TABLE).write_bytes(csv_bytes([rows[0] | {"在校生数": 402}, *rows[1:]]))
    with pytest.raises(WrongUse, match="资料不符"):
        annual_over(raw, tmp_path).load("pool_units")


def test_without_its_year_nothing_is_pooled_though_an_earlier_pool_stands(raw, tmp_path):
    annual = annual_over(raw, tmp_path)
    annual.save("pool_units", TABLES["pool_units"].frame([{"unit": code} for code in CODES]))
    (raw / str(YEAR) / TABLE).unlink()
    with pytest.raises(WrongUse, match="没有标准包为 cn-2017-06 的县"):
        annual_over(raw, tmp_path).require_sources()


def test_corrections_beside_tables_of_counties_are_an_input_as_well(tmp_path):
    plain = Annual.open("beijing", 2025, str(tmp_path)).inputs()
    (tmp_path / "corrections.csv").write_text("文件\n", "utf-8")
    with_them = Annual.open("beijing", 2025, str(tmp_path)).inputs()
    assert [p for p in with_them if p not in plain] == [tmp_path / "corrections.csv"]
