"""Every number that a dossier prints traces, of counties unlike the example: without schools,
under a reference pack, with numbered schools and paths that take both exchanges and additions.
"""

import pytest
from tables import table

from pipeline.__main__ import main
from pipeline.county import County
from pipeline.ground.terms import TABLES
from pipeline.whole.tracing.row_words import RowWords
from pipeline.whole.tracing.said_numbers import NAMED, TRACED, UNTRACED, Reader

LIKE = {"410105": (2023, 140), "990102": (2012, 45)}  # year; figures of the body, at the least


@pytest.mark.slow
@pytest.mark.parametrize("unit", LIKE)
def test_every_number_of_a_county_without_schools_or_limits_traces(unit, tmp_path, capsys):
    year, least = LIKE[unit]
    asked = ["--year", str(year), "--out", str(tmp_path / "reports")]
    for command in (["run", unit, *asked, "--processed", str(tmp_path / "tables")],
                    ["trace", unit, *asked, "--all"], ["trace", unit, *asked, "--annex"]):
        with pytest.raises(SystemExit) as ended:
            main(command)
        assert not ended.value.code, capsys.readouterr().out
    body, annex = (line for line in capsys.readouterr().out.splitlines() if "可溯源的占" in line)
    assert body.endswith("100.00%") and annex.endswith("100.00%")
    assert int(body.split()[1]) >= least


@pytest.fixture
def reader():
    """Return what reads the texts of a county with two numbered schools and a path of which one
    row takes exchanges first and cannot do without additions."""
    county = County.open("990101", 2023)
    path = {"year": 2023, "stage": "primary", "indicator": "R2", "plan": "threshold"}
    tables = {
        "accounting": TABLES["accounting"].frame([
            {"year": 2023, "stage": "primary", "school_code": f"小学{n}", "name": f"小学{n}",
             "school_type": "211", "pupils": n, "outcome": "used", "reason": ""} for n in (5, 6)]),
        "schools": TABLES["schools"].frame([
            {"year": 2023, "stage": "primary", "school_code": f"小学{n}", "name": f"小学{n}",
             "school_type": "211", "pupils": n} for n in (5, 6)]),
        "judgements": TABLES["judgements"].frame([
            {"id": "G9", "group": "政府保障程度", "status": "not_met", "reason":
             "99.47%，应为100%"}]),
        "path": TABLES["path"].frame([
            path | {"kind": "exchange", "status": "unreachable", "moves": 9, "additions": 0},
            path | {"kind": "add", "status": "additions", "moves": 14, "additions": 2}])}
    return Reader(county, tables, RowWords(county, tables))


READ = table("""
    key               | text                                                         | states
    profile_sentences | 参加测算的小学2所，学生11人                                  | t-
    profile_sentences | 参加测算的小学5所，学生11人                                  | u-
    any_sentences     | 小学5的体艺教师不足                                          | n
    any_sentences     | 小学5人数最少                                                | u
    any_sentences     | 小学7的体艺教师不足                                          | u
    item_sentences    | 未达标：G9（99.47%，应为100%）                               | ntt
    item_sentences    | 未达标：G9（99.48%，应为100%）                               | nuu
    path_sentences    | 各学段资源指标1项中需增配1项                                 | tt
    path_sentences    | 各学段资源指标2项中需增配1项                                 | ut
    path_sentences    | 全部达到标准值和限值，须交流教师14人次，增加骨干教师2人      | tt
    path_sentences    | 全部达到标准值和限值，须交流教师23人次，增加骨干教师2人      | ut
""")


@pytest.mark.parametrize("told", READ)
def test_a_number_is_a_name_only_where_it_counts_nothing(told, reader):
    states = {TRACED: "t", NAMED: "n", UNTRACED: "u"}
    found = "".join(states[n.state] for n in reader.numbers(told["key"], told["text"]))
    assert all(want in ("-", have) for want, have in zip(told["states"], found, strict=True))
