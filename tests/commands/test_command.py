"""The command as a user meets it: one Chinese message, an exit code, and nothing half done."""

import io
import json
import re
import subprocess
import sys
from collections import namedtuple

import nbformat
import openpyxl
import pytest

from pipeline.__main__ import main
from pipeline.commands import COMMANDS
from pipeline.definitions.base import DATA, ROOT
from pipeline.ground.errors import DefinitionFault, WrongUse
from pipeline.ground.terms import TABLES
from pipeline.publishing.chapter_parameters import Parameters, checked
from pipeline.publishing.chapters.binding import bind
from pipeline.publishing.chapters.chapter_files import chapters

CHINESE = re.compile("[一-鿿]")
UNIT, YEAR = "410105", "2019"  # registered, and without any file of its own in the repository
EXAMPLE = DATA / "raw" / "2023" / "990101_示例县.xlsx"
FIRST = {"学校标识码": "2141990001", "学校名称": "甲小学", "办学类型": "小学", "城乡类型": "城区",
         "举办者类型": "公办", "在校生数": 500, "高于规定学历教师数": 25, "县级以上骨干教师数": 6,
         "体育艺术专任教师数": 5, "教学及辅助用房面积(㎡)": 2500.5, "体育运动场馆面积(㎡)": 4000,
         "教学仪器设备值(万元)": 120.5, "网络多媒体教室数": 13}
Told = namedtuple("Told", "code out err")
SECOND = FIRST | {"学校标识码": "2141990002", "学校名称": "乙小学", "在校生数": 300}


@pytest.fixture
def junheng(capfd):
    """Return a function that runs the command and returns what it told, kernels included."""
    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Told(end.value.code, out, err)
    return call


@pytest.fixture
def received(tmp_path):
    """Return a function that puts a workbook where a raw folder has it."""
    def put(content, name=f"{UNIT}_金水区.xlsx"):
        path = tmp_path / "raw" / YEAR / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path
    return put


def listing(*folders):
    return sorted((path.as_posix(), path.stat().st_mtime_ns)
                  for folder in folders for path in folder.rglob("*"))


def fill(path, *rows):
    book = openpyxl.load_workbook(path)
    sheet = book["学校情况"]
    place = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, 2):
        for header, value in row.items():
            sheet.cell(number, place[header], value)
    book.save(path)
    return path


def assert_one_message(told, code, *words):
    assert (told.code, told.out) == (code, "")
    assert told.err.count("\n") == 1, told.err
    assert CHINESE.search(told.err)
    assert all(word in told.err for word in words), told.err


WRONG = {
    "a code that lost its leading zero": (["10105", "--year", "2023"], ["6位", "前导零"]),
    "a code that is not digits": (["../..", "--year", "2023"], ["6位"]),
    "a year without files": ([UNIT, "--year", "2019"], ["没有找到", "2019"]),
    "a year that is no year": ([UNIT, "--year", "20233"], ["年份", "20233"]),
    "a year in words": ([UNIT, "--year", "今年"], ["--year"]),
    "a year left out": ([UNIT], ["缺少", "年份"]),
    "no county at all": (["--year", "2023"], ["县代码"]),
    "an unknown option": ([UNIT, "--year", "2023", "--yeer", "1"], ["--yeer"]),
    "an unknown standard": ([UNIT, "--year", "2023", "--standard", "cn-1999"], ["cn-1999"]),
    "a standard that is a path": ([UNIT, "--year", "2019", "--standard",
                                   "../standards/cn-2017-06"], ["没有标准包"]),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_use_is_told_in_one_chinese_line_and_nothing_is_written(what, junheng, tmp_path):
    arguments, words = WRONG[what]
    processed, empty, out = DATA / "processed" / YEAR, tmp_path / "raw", tmp_path / "out"
    empty.mkdir()
    before = listing(processed, tmp_path)
    assert_one_message(junheng("run", *arguments, "--raw", empty, "--out", out), 2, *words)
    assert listing(processed, tmp_path) == before


def test_a_raw_folder_that_is_not_there_is_told(junheng, tmp_path):
    places = ["--raw", tmp_path / "none", "--out", tmp_path / "out"]
    assert_one_message(junheng("run", UNIT, "--year", YEAR, *places), 2, "不存在")
    assert listing(tmp_path) == []


def test_every_year_that_has_files_is_named_where_the_wanted_one_has_none(junheng):
    told = junheng("run", "990101", "--year", "2020")
    assert_one_message(told, 2, "没有找到", "已有年份：2021、2022、2023。")


def test_a_folder_that_is_named_is_seen_from_where_the_user_stands(
        junheng, received, tmp_path, monkeypatch):
    received(EXAMPLE.read_bytes())
    monkeypatch.chdir(tmp_path)
    told = junheng("run", UNIT, "--year", YEAR, "--raw", "raw", "--dry-run")
    assert (told.code, f"{UNIT} 金水区  要做：首次" in told.out) == (0, True), told


def test_an_unknown_county_is_told_with_the_line_that_registers_it(junheng):
    told = junheng("run", "123456", "--year", "2023")
    said, line = told.err.splitlines()
    assert (told.code, told.out) == (2, "") and "未登记" in said and "counties.csv" in said
    assert line == "123456,某某县,天津市,某某市,cn-2017-06,,"


def test_a_folder_named_as_the_default_is_seen_from_where_the_user_stands_too(
        junheng, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = junheng("run", "990101", "--year", "2023", "--raw", "data/raw")
    assert_one_message(told, 2, "不存在")


@pytest.mark.parametrize("command", [["run", "--dry-run"], ["what-if", "--set", "close=1"]])
def test_a_county_of_a_published_code_goes_ahead_and_says_so(command, junheng, received,
                                                              tmp_path):
    raw = received(EXAMPLE.read_bytes(), "110101_东城区.xlsx").parents[1]
    name, *options = command
    told = junheng(name, "110101", "--year", YEAR, "--raw", raw, *options)
    assert "注意：110101 没有登记，按国家公布的县级代码为北京市东城区" in told.err


def test_every_command_reads_the_list_of_the_raw_folder(junheng, received):
    path = received(EXAMPLE.read_bytes(), "990778_乙县.xlsx")
    raw = path.parents[1]
    (raw / "counties.csv").write_bytes("县代码,县名\n990778,乙县\n".encode("gb18030"))
    assert "990778 乙县  要做" in junheng("run", "990778", "--year", YEAR, "--raw", raw,
                                      "--dry-run").out
    assert "990778 乙县" in junheng("check", path.parent).out
    assert "990778  乙县" in junheng("list", "counties", "--raw", raw).out
    assert "未登记" not in junheng("what-if", "990778", "--year", YEAR, "--raw", raw, "--set",
                                "close=2199000030").err


@pytest.mark.parametrize("arguments", [
    ["list", "planets"], ["list"], ["nosuch"], ["check"], ["check", "none.xlsx"],
    ["run", UNIT, "--year"], ["template", "blank.xls"], ["template", "none/blank.xlsx"],
], ids=" ".join)
def test_other_wrong_use_is_told_in_one_chinese_line(arguments, junheng, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = junheng(*arguments)
    assert_one_message(told, 2)
    assert "None" not in told.err
    assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", told.err), told.err
    assert listing(tmp_path) == []


def test_the_command_alone_shows_how_it_is_used(junheng):
    told = junheng()
    assert "run" in told.out + told.err
    assert "用法有误" not in told.err


def without_headers():
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["学校名称", "学生人数"])
    book.active.append(["甲小学", 300])
    book.save(content)
    return content.getvalue()


BROKEN = {"garbage": (bytes(range(256)) * 40, "不是 xlsx 或 xls 工作簿"),
          "cut off": (EXAMPLE.read_bytes()[:5000], "已损坏"),
          "without headers": (without_headers(), "缺少：学校标识码")}


@pytest.mark.parametrize("what", BROKEN)
def test_a_workbook_that_cannot_be_used_is_refused_by_check(what, junheng, received):
    content, said = BROKEN[what]
    told = junheng("check", received(content))
    assert (told.code, told.err) == (1, "")
    assert all(word in told.out for word in ("拒收", said))


@pytest.mark.slow
@pytest.mark.parametrize("what", ["garbage", "without headers"])
def test_a_workbook_that_cannot_be_used_yields_no_dossier(what, junheng, received, tmp_path):
    content, said = BROKEN[what]
    path, out, processed = received(content), tmp_path / "out", DATA / "processed" / YEAR
    before = listing(processed)
    told = junheng("run", UNIT, "--year", YEAR, "--raw", path.parents[1], "--out", out)
    assert (told.code, told.out) == (1, "")
    assert (listing(processed), [*out.glob(f"{YEAR}/[0-9]*")]) == (before, [])
    said_of = [line for line in told.err.strip().split("\n") if not line.startswith("已完成")]
    first, second = said_of  # which county; which cell or file, and why
    assert first.startswith(f"{UNIT} 金水区：未出卷宗")
    assert f"{YEAR}/{path.name}" in second
    assert said in second


@pytest.mark.parametrize(("given", "words"), [
    ({"unit": "990101", "year": 2023, "standart": ""}, ["standart", "standard"]),
    ({"unit": 990101.0, "year": 2023}, ["unit", "文本", "前导零"]),
    ({"unit": "990101", "year": "2023"}, ["year", "整数"]),
    ({"unit": "990101", "year": True}, ["year", "整数"]),
    ({"unit": 10105, "yeer": 2023, "raw": None}, ["unit", "yeer", "缺少参数“year”", "raw"]),
])
def test_every_parameter_that_is_amiss_is_named(given, words):
    with pytest.raises(WrongUse) as refusal:
        checked(given)
    assert all(word in str(refusal.value) for word in words)
    assert "\n" not in str(refusal.value)


def chapter(tmp_path, source, tag):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": [tag]})
    path = tmp_path / "01_made_up.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    return path


ALL = "\n".join(f"{name} = ''" for name in Parameters.model_fields)


@pytest.mark.parametrize(("source", "tag", "said"), [
    (ALL, "setup", "标签为 parameters"), (ALL + "\nyeer = 2023", "parameters", "yeer"),
    (ALL.replace("unit = ''\n", ""), "parameters", "缺少 unit")])
def test_a_chapter_with_wrong_parameters_is_not_bound(tmp_path, source, tag, said):
    with pytest.raises(DefinitionFault) as refusal:
        bind([chapter(tmp_path, source, tag)])
    assert said in str(refusal.value)
    assert refusal.value.exit_code == 2


def test_the_chapters_of_the_county_book_can_be_bound_and_those_of_no_book_cannot():
    assert len(bind(chapters("county")).cells) > len(chapters("county"))
    with pytest.raises(WrongUse):
        chapters("no-such-book")


def test_a_filled_template_is_accepted_and_never_overwritten(junheng, tmp_path):
    path = tmp_path / "采集表.xlsx"
    assert junheng("template", path).code == 0
    fill(path, FIRST, SECOND)
    content = path.read_bytes()
    told = junheng("check", path)
    assert (told.code, "可用" in told.out) == (0, True), told.out
    assert_one_message(junheng("template", path), 2, "已存在", "不覆盖")
    assert path.read_bytes() == content


def test_a_template_with_a_wrong_cell_is_refused_with_its_place(junheng, tmp_path):
    path = tmp_path / "采集表.xlsx"
    junheng("template", path)
    fill(path, FIRST, SECOND | {"在校生数": "约300"})
    told = junheng("check", path)
    assert (told.code, "学校情况 H3" in told.out) == (1, True), told.out
    assert "约300" in told.out
    path.unlink()
    junheng("template", path)
    fill(path, FIRST, SECOND | {"在校生数": "王小明"})
    assert "王小明" not in junheng("check", path).out  # what might be a name is never repeated


@pytest.mark.parametrize("what", ["standards cn-2017-06", "indicators R7", "layouts template-1",
                                  "counties 990101"])
def test_list_prints_a_line_an_entry(junheng, what):
    what, known = what.split()
    told = junheng("list", what)
    assert (told.code, told.err) == (0, "")
    assert any(line.startswith(known) for line in told.out.split("\n"))


def test_list_says_what_judges_the_targets_of_the_plans_and_of_nothing_else(junheng):
    told = junheng("list", "plans", "--coverage")
    assert (told.code, told.err) == (0, "") and "合计" in told.out and "由表内数据" in told.out
    assert_one_message(junheng("list", "counties", "--coverage"), 2, "--coverage", "plans")


def test_check_as_json_prints_one_list_and_nothing_else(junheng, received):
    told = junheng("check", "--json", EXAMPLE, received(without_headers()))
    reports = json.loads(told.out)
    assert (told.code, told.err) == (1, "")
    assert [sorted(report) for report in reports] == [
        ["files", "findings", "name", "outcome", "place", "reason", "unit", "year"]] * 2
    assert [report["outcome"] for report in reports] == ["accepted", "refused"]
    assert set(reports[1]["findings"][0]) == {c.name for c in TABLES["findings"].columns}


def test_the_doctor_finds_this_machine_fit(junheng):
    told = junheng("doctor")
    assert (told.code, told.out.count("正常") >= 5) == (0, True), told.out


def test_the_command_can_be_run_as_a_module():
    done = subprocess.run([sys.executable, "-m", "pipeline", "--version"], cwd=ROOT,
                          capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("junheng ")


def test_every_command_is_listed_with_the_first_line_of_its_own_help(junheng):
    listed = junheng("--help").out.partition("命令：")[2].split("\n")
    told = dict(line.split(maxsplit=1) for line in listed if line)
    assert [*told] == sorted(COMMANDS)
    for name, line in told.items():
        assert line in junheng(name, "--help").out.replace("\n  ", ""), name


def test_the_command_itself_brings_no_library_that_lies_about_or_takes_its_time():
    """Until the surroundings stand, a pandas.py in the user's folder would be taken for pandas."""
    said = subprocess.run(
        [sys.executable, "-c", "import pipeline.__main__, sys; print(*sys.modules)"], cwd=ROOT,
        capture_output=True, text=True, check=True).stdout.split()
    assert "pipeline.__main__" in said
    assert {"pandas", "numpy", "scipy", "statsmodels", "matplotlib", "seaborn", "typst",
            "papermill", "nbconvert", "nbformat", "openpyxl", "IPython"} & set(said) == set()
