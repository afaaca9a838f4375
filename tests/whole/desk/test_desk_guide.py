"""What the desk hands out beside dossiers: the clerk's page, the list of findings, its files."""

import io
import socket
import tomllib

import pytest
from asked_desk import FIRST, Asked, desk_at
from click.testing import CliRunner
from openpyxl import load_workbook
from pypdf import PdfReader

from pipeline.__main__ import main
from pipeline.commands.desk import desk
from pipeline.definitions.base import ROOT
from pipeline.whole.desk.audit_log import lines
from pipeline.whole.desk.storage import connect, written
from pipeline.whole.desk.web.findings_book import findings_book

FOUND = {"severity": "refuse", "file": "2023/表.xlsx", "sheet": "小学", "row": 6, "column": "E",
         "cell": "E6", "subject": "=1+1", "header": "", "rule": "应为数字", "action": "“约45”",
         "remedy": "请改"}


def test_the_clerks_page_is_one_sheet_with_three_pictures(capfdbinary):
    with pytest.raises(SystemExit) as end:
        main(["desk", "--guide"])
    told = capfdbinary.readouterr().out
    (page,) = PdfReader(io.BytesIO(told)).pages
    assert (end.value.code, len(page.images)) == (0, 3)
    assert "填报人说明" in page.extract_text()


def test_the_findings_are_a_workbook_in_which_nothing_is_a_formula():
    made = findings_book([FOUND], "990101", 2023)
    assert made == findings_book([FOUND], "990101", 2023)
    sheet = load_workbook(io.BytesIO(made)).active
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    assert head == ["级别", "文件", "工作表", "单元格", "所指", "问题", "应为", "改法"]
    assert row == ["拒收", "2023/表.xlsx", "小学", "E6", "=1+1", "“约45”", "应为数字", "请改"]
    assert {cell.data_type for line in sheet.iter_rows() for cell in line} == {"s"}
    findings_book([], "990101", 2023)


@pytest.mark.parametrize(("words", "said"), [
    (["--host", "0.0.0.0"], "--allow-host"), (["--host", "desk.example"], "--allow-host"),
    (["--host", "::"], "--allow-host")])
def test_another_address_needs_a_name_and_tls_is_told(words, said, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["desk", str(tmp_path / "new"), *words])
    told = capsys.readouterr().err
    assert (end.value.code, said in told, "TLS" in told) == (2, True, True)
    assert [*tmp_path.iterdir()] == []


def test_a_folder_of_somebodys_is_not_taken_for_a_desk(tmp_path, capsys):
    (tmp_path / "论文.docx").write_text("x", "utf-8")
    with pytest.raises(SystemExit) as end:
        main(["desk", str(tmp_path)])
    assert end.value.code == 2 and "未动" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["论文.docx"]


def test_the_operators_token_is_told_once_and_anew_where_it_is_asked_for(tmp_path):
    told = [CliRunner().invoke(desk, [str(tmp_path / "desk"), "--new-operator"]).output
            for _ in range(2)]
    assert ["主办口令" in one for one in told] == [True, True] and told[0] != told[1]


@pytest.mark.parametrize(("spoil", "code", "said"), [
    ("", 0, "审计日志完整"),
    ("UPDATE event SET line = replace(line, '910001', '910002')", 1, "不完整"),
    ("DELETE FROM event WHERE seq = 2", 1, "不完整")])
def test_the_log_is_verified_by_the_command(spoil, code, said, tmp_path, capsys):
    asked = Asked(desk_at(tmp_path / "desk"))
    asked.sign_in(FIRST).put()
    if spoil:
        with written(asked.db):
            asked.db.execute(spoil)
    exported = tmp_path / "log.jsonl"
    exported.write_text("\n".join(lines(connect(asked.desk))), "utf-8")
    for place in (asked.desk.place, exported):
        with pytest.raises(SystemExit) as end:
            main(["desk", "verify-log", str(place)])
        told = capsys.readouterr()
        assert end.value.code == code and said in told.out + told.err


def test_a_log_that_is_no_text_is_not_whole(tmp_path, capsys):
    for content in (b"\xff\xfe\x00", "日志".encode("gb18030"), b""):
        (tmp_path / "log.jsonl").write_bytes(content)
        with pytest.raises(SystemExit) as end:
            main(["desk", "verify-log", str(tmp_path / "log.jsonl")])
        assert (end.value.code, "不完整" in capsys.readouterr().err) == (1, True)


def test_verify_log_without_a_folder_is_wrong_use_and_starts_no_desk(tmp_path, capsys,
                                                                     monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["desk", "verify-log"])
    told = capsys.readouterr()
    assert (end.value.code, "口令" in told.out, "请写明" in told.err) == (2, False, True)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("part", ["both", "web"])
def test_a_port_in_use_is_told_before_anything_starts(part, tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SystemExit) as end:
            main(["desk", str(tmp_path / "desk"), "--port", str(port), "--part", part])
    told = capsys.readouterr()
    assert (end.value.code, told.out) == (2, "")
    assert f"端口 {port} 已被占用，请用 --port 另选" in told.err


@pytest.mark.parametrize("content", [b"no database" * 99, bytes(range(256)) * 40])
@pytest.mark.parametrize("words", [["desk"], ["desk", "verify-log"]])
def test_a_database_that_is_none_is_told_and_left(words, content, tmp_path, capsys):
    desk_at(tmp_path / "desk").database.write_bytes(content)
    with pytest.raises(SystemExit) as end:
        main([*words, str(tmp_path / "desk"), *(["--new-operator"] if len(words) == 1 else [])])
    assert (end.value.code, "不是数据库或已损坏" in capsys.readouterr().err) == (2, True)
    assert (tmp_path / "desk" / "desk.db").read_bytes() == content


@pytest.mark.parametrize("spoil", [
    "DROP TABLE unlisted", "ALTER TABLE release DROP COLUMN confirmed",
    "ALTER TABLE job ADD COLUMN later TEXT", "CREATE TABLE later (x)"])
@pytest.mark.parametrize("words", [["desk"], ["desk", "verify-log"]])
def test_a_desk_of_another_version_is_told_with_a_remedy_and_nothing_of_it_changes(
        words, spoil, tmp_path, capsys):
    """As the tables were before the last two of them came, and as they may be one day."""
    asked = Asked(desk_at(tmp_path / "desk"))
    asked.sign_in(FIRST).put()
    with written(asked.db):
        asked.db.execute(spoil)
    asked.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    asked.db.close()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit) as end:
        main([*words, str(tmp_path / "desk"), *(["--new-operator"] if len(words) == 1 else [])])
    said = capsys.readouterr().err
    assert (end.value.code, "另一版本" in said, "请用原来的版本" in said) == (2, True, True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
            and path.stat().st_size} == {path: told for path, told in before.items() if told}


def test_the_samples_name_the_port_and_the_option_that_the_command_has():
    options = {opt: param for param in desk.params for opt in param.opts}
    for name in ("Caddyfile", "nginx.conf"):
        text = (ROOT / "docs" / "hosting" / name).read_text("utf-8")
        assert f"127.0.0.1:{options['--port'].default}" in text
    unit = (ROOT / "docs" / "hosting" / "junheng-desk.service").read_text("utf-8")
    for word in ("--allow-host", "ProtectSystem=strict", "NoNewPrivileges=true", "MemoryMax="):
        assert word in unit
    assert "--allow-host" in options
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"]["desk"]
    assert [one.partition(">")[0] for one in extra] == ["starlette", "uvicorn"]
