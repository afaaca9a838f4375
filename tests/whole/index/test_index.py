"""The index says of every county what its records say, and nothing of what does not hold."""

import csv
import io
import json
import os
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
from forked import code_of, forked
from standing import YEAR, results, stand
from tables import table

from pipeline.__main__ import main
from pipeline.publishing.batch.books.lock import locked
from pipeline.whole import index as package
from pipeline.whole.clearing import clear
from pipeline.whole.index.index_files import write_index, years_in
from pipeline.whole.index.index_lines import coefficient_words
from pipeline.whole.index.index_record import Index

SCHEMA = json.loads(Path(package.__file__).with_name("index.schema.json").read_text("utf-8"))
WHY = "原始数据有 2 处必须改正\n【拒收】甲表 D7：不是数。\n"
NAMES = ("index.csv", "index.json", "nation.xlsx", "index.html")


def outcome(code, state, reason="", **more):
    return {"code": code, "name": f"第{code}县", "province": "乙省", "prefecture": "丙市",
            "state": state, "reason": reason, "chapter": "", "seconds": 0.0, "attempts": 1,
            "peak_memory_mb": 0, "run_id": "", **more}


def record(folder, *outcomes):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "batch.json").write_text(json.dumps(
        {"schema": "junheng.batch/2", "counties": outcomes}), "utf-8")


def written(folder):
    """Write the index; return its record, the rows of the csv, and the page."""
    write_index(folder)
    told = json.loads((folder / "index.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    rows = list(csv.DictReader(io.StringIO((folder / "index.csv").read_text("utf-8-sig"))))
    return told, rows, (folder / "index.html").read_text("utf-8")


def county(told, code):
    return next(row for row in told["counties"] if row["code"] == code)


@pytest.fixture
def year(tmp_path):
    """Return a year of five dossiers and two counties without one."""
    folder = tmp_path / "reports" / str(YEAR)
    for number, verdict in enumerate(("met", "not_met", "not_met", "undetermined", None), 1):
        stand(folder, results(f"91000{number}", f"第{number}县", verdict,
                              ("R2", "G5")[:number - 1]))
    record(folder, *(outcome(f"91000{n}", "cached") for n in range(1, 6)),
           outcome("910006", "refused", WHY + "【拒收】乙"),
           outcome("910007", "timeout", "超过600秒"))
    (folder / "logs").mkdir()
    (folder / "logs" / "910006.log").write_text("x", "utf-8")
    return folder


def test_the_counts_are_those_of_the_records_in_every_form(year):
    told, rows, page = written(year)
    counts = {"met": 1, "not_met": 2, "undetermined": 1, "not_judged": 1, "without": 2}
    assert told["counts"] == counts
    assert told["provinces"] == [
        {"province": "某省", **counts, "without": 0},
        {"province": "乙省", **dict.fromkeys(counts, 0), "without": 2}]
    assert [row["县代码"] for row in rows] == [f"91000{n}" for n in range(1, 8)]
    assert [row["结论"] for row in rows] == ["达标", "未达标", "未达标", "待核", "不作判定", "", ""]
    assert [row["状态"] for row in rows] == ["已出"] * 5 + ["拒收", "超时"]
    assert len(re.findall(r"<tr><td>\d{6}</td>", page)) == 7
    assert "共 7 个县；达标 1；未达标 2；待核 1；不作判定 1；没有卷宗 2。" in page


def test_which_items_are_not_met_is_counted_with_what_they_ask_for(year):
    told, _, page = written(year)
    assert [(i["id"], i["counties_not_met"]) for i in told["indicators"]] == [("R2", 4), ("G5", 3)]
    assert told["indicators"][0]["meaning"] == "每百名学生拥有县级以上骨干教师数"
    assert county(told, "910003")["failed"] == "R2 G5"
    assert "每百名学生拥有县级以上骨干教师数（4个县）" in page


def test_a_county_without_a_dossier_says_why_and_where_more_stands(year):
    told, _, page = written(year)
    bad = county(told, "910006")
    assert bad["remark"] == "原始数据有 2 处必须改正 【拒收】甲表 D7：不是数。"
    assert (bad["path"], bad["verdict"], bad["met"], bad["files"]) == (
        "logs/910006.log", None, None, [])
    assert '<a href="logs/910006.log">记录</a>' in page
    assert county(told, "910007")["path"] is None


def test_an_older_dossier_gives_no_verdict_on_data_that_came_since(year):
    record(year, outcome("910001", "refused", "不是数"))
    told, _, page = written(year)
    row = county(told, "910001")
    assert (row["state"], row["verdict"], row["met"], row["run_id"]) == (
        "refused", None, None, None)
    assert [one["file"] for one in row["files"]] == ["910001/dossier.pdf", "910001/results.json"]
    assert told["counts"]["met"] == 0 and '以前的：<a href="910001/dossier.pdf">' in page


def replace(name, old, new):
    return lambda folder: (folder / name).write_text(
        (folder / name).read_text("utf-8").replace(old, new), "utf-8")


def other_results(**changes):
    """Lay down a dossier that is whole, of results as another version would write them."""
    def act(folder):
        shutil.rmtree(folder)
        stand(folder.parent, results("910001", "第1县", "met", ()) | changes)
    return act


DAMAGES = {  # what happened to a dossier → what is said of it
    "one letter of a file": (replace("dossier.pdf", "paper", "papeR"), "dossier.pdf"),
    "a file is gone": (lambda f: (f / "dossier.pdf").unlink(), "dossier.pdf"),
    "the verdict was changed": (replace("results.json", '"met"', '"not_met"'), "results.json"),
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "manifest.json"),
    "half a manifest": (lambda f: (f / "manifest.json").write_text("{"), "manifest.json"),
    "the manifest was changed": (replace("manifest.json", "某省", "他省"), "manifest.json"),
    "the folder is gone": (lambda f: f.rename(f.parent.parent / "away"), "不在这里"),
    "another version's verdict": (other_results(verdict="best"), "results.json"),
    "another version's counts": (other_results(counts={"met": "1"}), "results.json"),
    "results of another year": (other_results(year=YEAR - 1), "results.json"),
    "a coefficient that is no number": (
        other_results(balance=[{"stage": "primary", "indicator": "R1", "cv": "0.5x", "limit": None,
                                "status": None, "reason": ""}]), "results.json"),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_dossier_that_is_not_as_its_record_says_gives_no_verdict(what, year):
    act, words = DAMAGES[what]
    act(year / "910001")
    told, rows, _ = written(year)
    row = county(told, "910001")
    assert (row["state"], row["verdict"], row["path"]) == ("damaged", None, None)
    assert words in row["remark"] and rows[0]["状态"] == "不符"
    assert (told["counts"]["met"], told["counts"]["without"]) == (0, 3)


LARGEST = table("""
    cvs                    | words
    0.1 0.4999999          | <0.500 R2
    0.5 0.1                | 0.500 R1
    0.1 0.5000001          | >0.500 R2
    0.6 0.60               | 0.600＞0.50 R1
    none 0.0999            | 0.100 R2
    none none              | —
""")


@pytest.mark.parametrize("case", LARGEST, ids=lambda case: case["cvs"])
def test_the_largest_coefficient_stands_on_the_right_side_of_its_limit(case, tmp_path):
    folder = tmp_path / str(YEAR)
    cvs = [("primary", f"R{n}", None if cv == "none" else cv)
           for n, cv in enumerate(case["cvs"].split(), 1)]
    stand(folder, results("910001", cvs=[*cvs, ("junior", "R1", "0.9")]))
    found, = Index.of(folder).counties
    assert coefficient_words(found, "primary") == case["words"]
    assert coefficient_words(found, "junior") == "0.900＞0.45 R1"


def test_schools_are_counted_by_stage_and_none_is_not_zero(tmp_path):
    folder = tmp_path / str(YEAR)
    schools = [("primary", "met"), ("junior", "not_met"), ("primary", "undetermined")]
    stand(folder, results("910001", schools=schools))
    stand(folder, results("910002"))
    told, _, page = written(folder)
    assert [(row["schools"], row["schools_not_met"]) for row in told["counties"]] == [
        (3, 1), (0, 0)]
    assert "<td>1/3</td>" in page and "<td>0/0</td>" not in page


EVIL = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=1+1", "@SUM(A1)", "&lt;")


def test_names_are_text_in_every_form(tmp_path):
    folder = tmp_path / str(YEAR)
    for number, name in enumerate(EVIL):
        stand(folder, results(f"91000{number}", name), name, name, name)
    told, rows, page = written(folder)
    assert [row["name"] for row in told["counties"]] == [*EVIL]
    assert [row["县名"] for row in rows] == [*EVIL[:2], "'=1+1", "'@SUM(A1)", "&lt;"]
    assert page.count("<script>") == 1 and "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "&amp;lt;" in page


def test_a_made_up_county_says_so_in_every_form(tmp_path):
    folder = tmp_path / str(YEAR)
    stand(folder, results("990101"), notice="示例数据：本县为虚构")
    told, rows, page = written(folder)
    assert told["counties"][0]["notice"] == rows[0]["标注"] == "示例数据：本县为虚构"
    assert "示例数据：本县为虚构" in page


def test_twice_gives_the_same_bytes_whatever_the_clock_and_the_state_of_caching(year):
    written(year)
    before = {name: (year / name).read_bytes() for name in NAMES}
    for path in year.rglob("*"):
        if path.is_file():
            os.utime(path, (1e9, 1e9))
    record(year, *(outcome(f"91000{n}", "ok", seconds=n) for n in range(1, 6)),
           outcome("910006", "refused", WHY),
           outcome("910007", "timeout", "超过600秒"))
    written(year)
    assert {name: (year / name).read_bytes() for name in NAMES} == before


def test_the_page_asks_for_nothing_and_runs_nothing_but_its_own(year):
    import base64
    import hashlib

    page = written(year)[2]
    digests = r"'sha256-[^']+'"  # whose letters may be any
    before = re.sub(digests, "", page.partition("<script>")[0])
    assert not re.search(r"https?:|//\w|\bstyle=|\bon\w+=", before)
    for kind in ("style", "script"):
        text = re.search(f"<{kind}>(.*?)</{kind}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page and '<html lang="zh-CN">' in page


def test_every_link_of_the_page_leads_somewhere_relative(year):
    (year / "annual-cn-annual").mkdir()
    (year / "annual-cn-annual" / "annual.pdf").write_bytes(b"x")
    (year / "annual-cn-annual" / "annual.json").write_text(json.dumps(
        {"schema": "junheng.annual/1", "study": {"id": "cn-annual"}, "year": YEAR}), "utf-8")
    links = re.findall(r'href="([^"]+)"', written(year)[2])
    assert "annual-cn-annual/annual.pdf" in links
    assert [link for link in links if not (year / link).is_file() or link[0] in "/."] == []


def test_a_page_that_the_user_wrote_or_changed_is_kept_under_another_name(year):
    (year / "index.html").write_text("mine", "utf-8")
    assert "index.kept-1.html" in "".join(write_index(year)[1])
    assert (year / "index.kept-1.html").read_text("utf-8") == "mine"
    write_index(year)
    assert not (year / "index.kept-2.html").exists()


def test_clearing_takes_the_index_with_the_dossiers(year):
    written(year)
    clear(year.parent)
    assert [name for name in NAMES if (year / name).exists()] == []


def exit_code(*words):
    with pytest.raises(SystemExit) as end:
        main([*map(str, words)])
    return end.value.code


def test_the_command_takes_a_year_or_all_years_and_says_what_does_not_hold(year, capsys):
    stand(year.parent / "2022", results("910001", year=2022), year=2022)
    (year / "910001" / "dossier.pdf").write_bytes(b"x")
    assert exit_code("index", year.parent) == 0
    told = capsys.readouterr()
    assert told.out == "".join(f"总览：{year.parent / name / 'index.html'}（{n} 个县）\n"
                               for name, n in (("2022", 1), (str(YEAR), 7)))
    assert "注意：910001 第910001县：与运行记录不符：dossier.pdf\n" in told.err
    assert years_in(year) == [year] == years_in(year / "logs" / "..")


@pytest.mark.parametrize("standing", [("2019", "2021"), ("2019",), ()])
def test_a_year_that_holds_only_a_study_is_passed_over_when_all_years_are_asked(
        standing, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for name in ("2018", "2020"):
        (tmp_path / name / "annual-census").mkdir(parents=True)
    for name in standing:
        stand(tmp_path / name, results("910001", year=int(name)), year=int(name))
        (tmp_path / name / "index.csv").write_text("mine", "utf-8")
    assert exit_code("index", tmp_path) == (0 if standing else 2)
    told = capsys.readouterr()
    assert told.out == "".join(f"总览：{tmp_path / name / 'index.html'}（1 个县）\n"
                               for name in standing)
    assert sorted(path.parent.name for path in tmp_path.rglob("index.html")) == [*standing]
    if standing:
        for name in ("2018", "2020"):
            assert f"略过 {tmp_path / name}：没有卷宗，也没有批次记录\n" in told.err
        assert told.err.count("没有安装 pyarrow") == 1
        assert told.err.count("index.kept-1.csv") == len(standing)
    else:
        assert f"{tmp_path} 的各年份文件夹中都没有卷宗" in told.err


@pytest.mark.parametrize(("place", "words"), [
    (".", "没有年份文件夹"), ("2023", "没有卷宗"), ("nowhere", "没有文件夹"),
    ("file", "没有文件夹")])
def test_where_there_is_no_dossier_nothing_is_written(place, words, tmp_path, capsys):
    (tmp_path / "2023" / "910001").mkdir(parents=True)
    (tmp_path / "2023" / "910001" / "签字页.pdf").write_text("mine")
    (tmp_path / "file").write_text("mine")
    if place == ".":
        (tmp_path / "2023").rename(tmp_path / "others")
    before = sorted(tmp_path.rglob("*"))
    assert exit_code("index", tmp_path / place) == 2
    assert words in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_while_a_batch_is_at_work_no_index_is_written(year):
    write_index(year)
    before = (year / "index.html").read_bytes()
    (year / "910001" / "manifest.json").unlink()
    with locked(year / ".junheng", None):
        assert code_of(forked(lambda: exit_code("index", year))) == 2
    assert (year / "index.html").read_bytes() == before


def test_a_year_at_which_a_batch_is_at_work_keeps_no_other_year_from_its_index(year, capfd):
    write_index(year)
    before = (year / "index.html").stat()
    for name in ("2022", "2024"):
        stand(year.parent / name, results("910001", year=int(name)), year=int(name))
    with locked(year / ".junheng", None):
        assert code_of(forked(lambda: exit_code("index", year.parent))) == 2
    told = capfd.readouterr()
    assert told.out == "".join(f"总览：{year.parent / name / 'index.html'}（1 个县）\n"
                               for name in ("2022", "2024"))
    assert f"未写 {year / 'index.html'}：" in told.err and f"进程 {os.getpid()}" in told.err
    assert (year / "index.html").stat() == before
