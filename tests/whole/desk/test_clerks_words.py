"""A clerk of the desk has a browser: nothing that the pages say needs a command, a path or a csv.

All codes of all checks are gone through, and whatever some small input of `test_every_code` makes
each of them say.
"""

import json
import re

import pytest
from asked_desk import FIRST, YEAR, Asked, desk_at

from pipeline.definitions.base import ROOT
from pipeline.definitions.forms.check_rules import checks
from pipeline.whole.desk.audit_log import WHAT_ZH, lines
from pipeline.whole.desk.web.clerks_words import desk_words, for_clerks, listed_once
from pipeline.whole.desk.web.job_pages import FILES
from pipeline.whole.desk.web.operators.log_pages import in_words
from pipeline.whole.desk.web.page_rendering import chapter_count, chapter_words

KNOWN = {"Excel", "WPS", "xlsx", "xls", "csv", "CSV", "UTF", "GB", "MB", "CSV UTF"}
NEEDS = re.compile(r"--[a-z-]+|[A-Za-z_]*[A-Za-z][A-Za-z_./]+|文件夹|程序|表式|命令")


def out_of_reach(text):
    """Return the words of a sentence that mean nothing to who has a browser alone."""
    return {word.strip(".") for word in NEEDS.findall(text)} - KNOWN


@pytest.mark.parametrize("code", checks())
def test_no_check_sends_a_clerk_where_a_clerk_cannot_go(code):
    check = checks()[code]
    said = for_clerks(check.rule), for_clerks(check.remedy)
    assert [out_of_reach(text) for text in said] == [set(), set()], said
    assert all(said) and "。。" not in "".join(said)


def test_every_replacement_is_of_something_that_is_said():
    """By a check, or by the reader of what it has found."""
    all_said = "".join(f"{check.rule}\n{check.remedy}\n" for check in checks().values())
    reader = (ROOT / "pipeline" / "cleaning").rglob("*.py")
    all_said += "".join(path.read_text("utf-8") for path in reader)
    assert [said for said, _ in desk_words() if said not in all_said] == []


@pytest.mark.parametrize(("said", "words"), [
    ("请运行 junheng template", {"junheng", "template"}), ("见 data/raw", {"data/raw"}),
    ("加 --drop", {"--drop"}), ("在 corrections.csv 登记", {"corrections.csv"}),
    ("另存为 .xlsx", set()), ("另存为“CSV UTF-8”", set()), ("放进文件夹", {"文件夹"})])
def test_the_judge_of_words_knows_what_a_clerk_has(said, words):
    assert out_of_reach(said) == words


def test_the_page_and_the_list_say_the_desks_words_and_the_clerks_file(tmp_path):
    clerk = Asked(desk_at(tmp_path / "desk")).sign_in()
    place = clerk.put(name="我的表.csv").told["to"]
    check = checks()["cell.text"]
    found = {"code": "cell.text", "severity": "refuse", "file": f"{YEAR}/{FIRST}_第{FIRST}县.csv",
             "sheet": "", "row": 2, "column": "B", "subject": "", "header": "",
             "rule": check.rule, "action": "“约45”", "remedy": check.remedy}
    clerk.asked.db.execute("UPDATE upload SET state = 'to_mend', findings = ?",
                           (json.dumps([found]),))
    page = clerk.get(place).text
    assert ("corrections.csv" in check.remedy, "corrections" in page) == (True, False)
    assert "<td>我的表.csv</td><td class=\"cell\">B2</td>" in page


def test_a_clerks_table_is_called_this_table_and_one_of_another_year_by_its_year(tmp_path):
    clerk = Asked(desk_at(tmp_path / "desk")).sign_in()
    place = clerk.put(name="我的表.csv").told["to"]
    own = f"{YEAR}/{FIRST}_第{FIRST}县.csv"
    found = [{"code": "identity.duplicate", "severity": "refuse", "file": file, "sheet": "学校情况",
              "row": 9, "column": "A", "subject": "", "header": "", "rule": "甲",
              "action": f"与 {own} 学校情况 第8行重复", "remedy": "丙"}
             for file in (f"{YEAR - 1}/{FIRST}_第{FIRST}县.csv", own)]
    clerk.asked.db.execute("UPDATE upload SET state = 'to_mend', findings = ?",
                           (json.dumps(found),))
    page = clerk.get(place).text
    assert "与 本表学校情况 第8行重复" in page and own not in page
    sheets = re.findall('<td>([^<]*学校情况)</td><td class="cell">A9</td>', page)
    assert sheets == ["学校情况", f"{YEAR - 1}年的表　学校情况"]


def test_what_is_said_alike_of_several_cells_stands_once_with_all_of_them():
    told = [{"severity": "refuse", "sheet": sheet, "action": action, "row": row, "column": "A",
             "cell": cell} for row, (sheet, action, cell) in enumerate((
                 ("教室", "甲", "A1"), ("教室", "乙", "A2"), ("教室", "甲", "A3"),
                 ("班额", "甲", "A4"), ("教室", "甲", "A1"), ("教室", "丙", "")))]
    assert [(one["sheet"], one["action"], one["cell"]) for one in listed_once(told)] == [
        ("教室", "甲", "A1、A3"), ("教室", "乙", "A2"), ("班额", "甲", "A4"), ("教室", "丙", "")]


def test_a_dossier_that_is_asked_for_again_is_said_to_be_the_same(tmp_path):
    clerk = Asked(desk_at(tmp_path / "desk")).sign_in()
    place = clerk.put().told["to"]
    clerk.asked.db.execute("UPDATE upload SET state = 'ready'")
    first, again = (clerk.post(f"{place}/make", b"xlsx").told for _ in range(2))
    clerk.asked.db.execute("UPDATE job SET state = 'done', run_id = 'x' WHERE kind = 'make'")
    third, other = (clerk.post(f"{place}/make", formats).told for formats in (b"xlsx", b"docx"))
    assert first["to"] == again["to"] == third["to"] != other["to"]
    assert [told["said"] != "" for told in (first, again, third, other)] == [
        False, False, True, False]


@pytest.mark.parametrize(("state", "zone"), [
    ("to_mend", True), ("unchecked", True), ("ready", False), ("received", False)])
def test_what_is_to_be_mended_is_dropped_again_beside_its_findings_for_the_same_year(
        state, zone, tmp_path):
    asked = Asked(desk_at(tmp_path / "desk"))
    clerk, operator = asked.sign_in(), asked.sign_in("*")
    place = clerk.put(name="我的表.csv").told["to"]
    asked.db.execute("UPDATE upload SET state = ?", (state,))
    assert (f'data-year="{YEAR}"' in clerk.get(place).text) == zone
    assert 'id="drop"' not in operator.get(place).text
    assert "我的表.csv" in clerk.get("/history").text


@pytest.mark.parametrize(("codes", "told"), [
    (["cover.year"], "其余没有要改的"), (["cover.year", "cell.text"], "也可能由此而来"),
    (["cell.text"], "")])
def test_a_year_that_was_not_chosen_is_told_before_the_cells(codes, told, tmp_path):
    clerk = Asked(desk_at(tmp_path / "desk")).sign_in()
    place = clerk.put().told["to"]
    found = [{"code": code, "severity": "refuse", "file": "x", "sheet": "", "row": 1, "column": "A",
              "subject": "", "header": "", "rule": "甲", "action": "乙", "remedy": "丙"}
             for code in codes]
    clerk.asked.db.execute("UPDATE upload SET state = 'to_mend', findings = ?",
                           (json.dumps(found),))
    page = clerk.get(place).text
    assert ("年份没有改选" in page, told in page) == (bool(told), True)
    assert ("请照下表逐格改好" in page) != bool(told)


def test_every_line_of_the_log_is_in_chinese_words(tmp_path):
    asked = Asked(desk_at(tmp_path / "desk"))
    clerk, operator = asked.sign_in(), asked.sign_in("*")
    clerk.put()
    operator.post("/op/tokens/1/revoke")
    told = [in_words(json.loads(line)) for line in lines(asked.db)]
    assert {one["what"] for one in told} <= {*WHAT_ZH.values()}
    for one in told:
        shown = re.sub(r"[0-9a-f]{32}|kB|MB", "", f"{one['who']}{one['object']}{one['more']}")
        assert re.findall("[A-Za-z]+", shown.replace("x", "")) == [], one
    page = operator.get("/op/log").text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "填报人（口令 1）" in page and "operator" not in page and "unit" not in page


def test_an_empty_desk_tells_the_operator_what_to_do_next(tmp_path):
    asked = Asked(desk_at(tmp_path / "desk"))
    operator = asked.sign_in("*")
    assert "先给各县发" in operator.get("/op").text
    clerk = asked.sign_in()
    assert "未交（1）" in operator.get("/op").text
    clerk.put()
    page = operator.get("/op").text
    assert ("未交" in page, "给各县发" in page, "已接收（1）" in page) == (False, False, True)


@pytest.mark.parametrize(("stage", "words"), [
    ("", "准备中"), ("03_balance", "第 4 章 校际均衡（共 11 章）"),
    ("01_cleaning", "第 1、2 章 县情与教育概况；数据来源、口径与清洗（共 11 章）"),
    ("09_conclusion", "第 11 章 综合结论（共 11 章）"),
    ("90_appendix", "附录（前 11 章已成）")])
def test_a_chapter_has_the_number_that_the_paper_gives_it(stage, words):
    """The numbers of the contents of 990101's dossier: 四、校际均衡 … 十一、综合结论."""
    assert (chapter_words(stage), chapter_count()) == (words, 11)


@pytest.mark.parametrize("name", FILES)
def test_what_is_downloaded_has_a_chinese_name_of_county_and_year(name, tmp_path):
    from urllib.parse import unquote

    clerk = Asked(desk_at(tmp_path / "desk")).sign_in()
    db, upload = clerk.asked.db, clerk.put().told["to"]
    db.execute("UPDATE upload SET state = 'ready'")
    job = clerk.post(f"{upload}/make", b"pdf").told["to"]
    db.execute("UPDATE job SET state = 'done', run_id = 'r' WHERE kind = 'make'")
    made = clerk.asked.desk.outputs / job.rpartition("/")[2]
    made.mkdir()
    (made / name).write_bytes(b"x")
    told = clerk.get(f"{job}/file/{name}").headers["content-disposition"]
    coded = told.removeprefix("attachment; filename*=UTF-8''")
    assert coded.isascii() and unquote(coded) == (
        f"{FIRST}-{YEAR}-{FILES[name][1]}.{name.rpartition('.')[2]}")
    assert re.fullmatch("[一-鿿]+", FILES[name][1])
