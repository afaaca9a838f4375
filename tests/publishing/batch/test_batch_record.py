"""The record of a batch tells of every county its conclusion, or where the reason stands."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
from batches import YEAR, Nation
from forked import code_of, forked
from six_counties import made
from test_batch_ways import junheng

from pipeline.publishing.batch import books
from pipeline.publishing.batch.books.lock import locked
from pipeline.publishing.batch.books.record import SCHEMA, renew_record
from pipeline.publishing.batch.sharding import Shard

NAMES = ("index.csv", "index.json", "index.html")


def rows(nation):
    text = (nation.out / str(YEAR) / "batch.csv").read_text("utf-8-sig")
    return {row["县代码"]: row for row in csv.DictReader(io.StringIO(text))}


def log(nation, code):
    return (nation.out / str(YEAR) / "logs" / f"{code}.log").read_text("utf-8")


def test_a_county_has_its_conclusion_its_counts_and_where_to_look(tmp_path):
    nation = Nation(tmp_path, 3)
    nation.run({"910002": "refuse"})
    found = rows(nation)
    wanted = ("省", "市", "结论", "达标项数", "未达标项数", "待核项数", "卷宗或记录")
    assert [[found[code][name] for name in wanted] for code in nation.codes[:2]] == [
        ["某省", "某市", "未达标", "0", "1", "4", "910001/dossier.pdf"],
        ["某省", "某市", "", "", "", "", "logs/910002.log"]]
    schema = json.loads(Path(books.__file__).with_name("batch.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(nation.record())


def test_an_older_dossier_gives_no_conclusion_on_data_that_came_since(tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run()
    nation.run({"910001": "fail"}, force=True)
    assert nation.folder("910001").is_dir()
    assert (rows(nation)["910001"]["结论"], rows(nation)["910001"]["卷宗或记录"]) == (
        "", "logs/910001.log")


@pytest.mark.parametrize(("fault", "first"), [
    ("refuse", "拒收、02_resources。原始数据有 1 处必须改正，未作测算\n"),
    ("fail", "失败、02_resources。故意失败\n"),
    ("bug", "失败、02_resources。程序的缺陷（ZeroDivisionError）")])
def test_the_log_of_a_county_without_a_dossier_begins_with_the_reason(fault, first, tmp_path):
    nation = Nation(tmp_path, 1)
    nation.run({"910001": fault})
    assert log(nation, "910001").startswith(f"910001 第910001县：未出卷宗，{first}")


def test_a_county_that_is_refused_before_it_is_begun_has_a_log_too(tmp_path):
    nation = Nation(tmp_path, 2)
    nation.run(look=lambda: ({"910001": "学校与另一县共用"}, []))
    assert log(nation, "910001") == "910001 第910001县：未出卷宗，拒收。学校与另一县共用\n\n"
    assert not (nation.out / str(YEAR) / "logs" / "910002.log").exists()
    nation.run()
    assert not (nation.out / str(YEAR) / "logs" / "910001.log").exists()


def test_units_by_name_renew_their_own_lines_and_leave_the_others(tmp_path):
    nation = Nation(tmp_path, 3)
    nation.run({"910002": "fail"})
    before = nation.record()["counties"]
    nation.codes = ["910002"]
    nation.run(everybody=False)
    after = nation.record()["counties"]
    assert [after[0], after[2]] == [before[0], before[2]]
    assert (after[1]["state"], after[1]["verdict"]) == ("ok", "not_met")


@pytest.mark.parametrize("record", [{}, {"schema": "junheng.batch/1", "counties": []},
                                    {"schema": SCHEMA, "counties": [{"code": "910001"}]}])
def test_a_record_of_another_version_or_damaged_is_left_to_the_next_batch(record, tmp_path):
    (tmp_path / "batch.json").write_text(json.dumps(record))
    assert renew_record(tmp_path, None) == []
    assert json.loads((tmp_path / "batch.json").read_text()) == record


def index(nation):
    return {name: (nation.out / str(YEAR) / name).read_bytes() for name in NAMES}


def test_a_run_of_everybody_ends_with_the_index_and_a_second_changes_no_byte(
        made_before, quick_dossiers, capsys):
    made(made_before)
    place = made_before.out / str(YEAR) / "index.html"
    assert f"总览：{place}（6 个县）" in capsys.readouterr().out
    before = index(made_before)
    told = json.loads(before["index.json"])
    assert told["counts"]["not_met"] == 6
    assert [row["run_id"] for row in told["counties"]] == [
        row["run_id"] for row in made_before.record()["counties"]]
    made(made_before)
    assert index(made_before) == before
    assert junheng(made_before, "910001") == 0
    assert "是以前写的，要更新请运行 junheng index" in capsys.readouterr().err
    assert index(made_before) == before


def test_an_index_that_cannot_be_written_is_said_and_costs_no_dossier(
        made_before, quick_dossiers, capsys, monkeypatch):
    monkeypatch.setattr("pipeline.whole.index.index_files.index_page", full)
    for name in index(made_before):
        (made_before.out / str(YEAR) / name).unlink()
    assert made(made_before)[1] == 0
    assert "未写总览（磁盘空间不足" in capsys.readouterr().err
    assert [*(made_before.out / str(YEAR)).glob("index.*")] == []


def full(*_):
    raise OSError(28, "No space left on device")


def test_collecting_shards_writes_the_index_once_they_have_ended(tmp_path, capsys):
    nation = Nation(tmp_path, 4)
    for number in (1, 2):
        nation.run({"910002": "refuse"}, shard=Shard(number, 2))
    assert not (nation.out / str(YEAR) / "index.html").exists()
    with locked(nation.out / str(YEAR) / ".junheng", Shard(1, 2)):
        assert code_of(forked(lambda: junheng(nation, nation.out, command="collect"))) == 1
        assert not (nation.out / str(YEAR) / "index.html").exists()
    assert junheng(nation, nation.out, command="collect") == 1
    told = json.loads(index(nation)["index.json"])
    assert (told["counts"]["not_met"], told["counts"]["without"]) == (3, 1)
    assert {row["province"] for row in told["counties"]} == {"某省"}
