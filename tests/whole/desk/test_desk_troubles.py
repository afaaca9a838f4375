"""A full disk, slow lines, lines that break, large files and a clock that goes back: a sentence
each time, and nothing of a file that was not taken is left."""

import io
import socket
import sqlite3
import threading
import time

import pytest
import uvicorn
from asked_desk import FIRST, YEAR, Asked, desk_at
from desk_standing import free_port
from desk_visitors import Visitor

from pipeline.whole.desk import inbox
from pipeline.whole.desk.tokens import EVERY
from pipeline.whole.desk.web import slow_clients
from pipeline.whole.desk.web.slow_clients import LEAST_BYTES_A_SECOND, PatientProtocol


def nothing_is_left(desk, db):
    return [*desk.inbox.iterdir()] == [] == [*db.execute("SELECT * FROM upload")] == [
        *db.execute("SELECT * FROM job")]


class FullDisk(io.RawIOBase):
    """A file on a disk with room for so many bytes, as the system tells of it."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def write(self, data):
        self.room -= len(data)
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return self.file.write(data)

    def close(self):
        self.file.close()
        super().close()


@pytest.mark.parametrize(("room", "status"), [(0, 503), (999, 503), (1000, 202), (1001, 202)])
def test_a_disk_that_fills_up_in_mid_upload_is_told_and_nothing_is_left(
        room, status, clerk, monkeypatch):
    desk, db = clerk.asked.desk, clerk.asked.db
    usual = type(desk.place).open
    monkeypatch.setattr(inbox.Path, "open", lambda path, mode="r", *more: FullDisk(
        usual(path, mode, *more), room) if path.suffix == ".part" else usual(path, mode, *more))
    answer = clerk.put(b"x" * 1000)
    assert answer.status == status
    assert ("磁盘" in answer.told.get("said", "")) == nothing_is_left(desk, db) == (status == 503)


@pytest.mark.parametrize("call", ["flush", "rename"])
def test_a_disk_that_is_full_when_the_file_is_settled_leaves_nothing(call, clerk, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(inbox, "flush", full) if call == "flush" else monkeypatch.setattr(
        inbox.Path, "rename", full)
    answer = clerk.put()
    assert (answer.status, "磁盘" in answer.told["said"]) == (503, True)
    assert nothing_is_left(clerk.asked.desk, clerk.asked.db)


def test_a_database_that_has_no_room_takes_no_file_and_takes_it_once_there_is_room(clerk):
    """`max_page_count` is SQLite's own limit: it answers SQLITE_FULL, as on a full disk."""
    desk, db = clerk.asked.desk, clerk.asked.db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute("CREATE TABLE ballast (bytes BLOB)")
    db.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        while True:
            db.execute("INSERT INTO ballast VALUES (zeroblob(3000))")
    answers = [clerk.put(b"%d" % number + b"x" * 100) for number in range(60)]
    refused = [answer for answer in answers if answer.status != 202]
    assert {answer.status for answer in refused} == {503}
    assert all("磁盘" in answer.told["said"] for answer in refused)
    taken = db.execute("SELECT count(*) FROM upload").fetchone()[0]
    assert len([*desk.inbox.iterdir()]) == taken == len(answers) - len(refused) < 60
    assert clerk.get("/desk").status == 200
    db.execute("DROP TABLE ballast")
    db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    assert clerk.put(b"once more").status in (202, 429)


def body(*pieces):
    """Yield what a server receives of a body that ends with none of its pieces."""
    for piece in pieces:
        yield {"type": "http.request", "body": piece, "more_body": True}
    yield {"type": "http.disconnect"}


def put_by(clerk, messages):
    """Send a file, as the server receives it."""
    return clerk.asked.ask("PUT", f"/upload/{YEAR}", [
        ("cookie", clerk.cookie), ("x-junheng", clerk.key), ("x-file-name", "a.csv"),
        ("content-length", "200000")], messages=messages)


@pytest.mark.parametrize("pieces", [(), (b"x",), (b"x" * 70_000, b"x" * 70_000)])
def test_a_line_that_breaks_in_mid_upload_leaves_nothing(pieces, clerk):
    answer = put_by(clerk, body(*pieces))
    assert (answer.status, "没有收全" in answer.told["said"]) == (400, True)
    assert nothing_is_left(clerk.asked.desk, clerk.asked.db)
    assert clerk.put().status == 202


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Return a function that has a desk answer on a port, by the desk's own protocol, with little
    patience: two seconds."""
    monkeypatch.setattr(slow_clients, "HEAD_SECONDS", 2)
    monkeypatch.setattr(slow_clients, "BODY_SECONDS", 2)
    servers = []

    def serve(**more):
        desk = desk_at(tmp_path / "desk", port=free_port(), **more)
        made = Asked(desk)
        made.db.close()

        def run():
            here = Asked(desk)  # its one thread alone uses the database
            servers.append(uvicorn.Server(uvicorn.Config(
                here.app, host="127.0.0.1", port=desk.port, http=PatientProtocol, lifespan="off",
                log_level="critical", ws="none")))
            servers[-1].run()

        threading.Thread(target=run, daemon=True).start()
        until = time.monotonic() + 60
        while not (servers and servers[-1].started) and time.monotonic() < until:
            time.sleep(0.05)
        return desk

    yield serve
    for server in servers:
        server.should_exit = True


def drip(line, most=400):
    """Send a byte a second until the server hangs up; return all that it has said."""
    line.settimeout(1)
    said = b""
    for _ in range(most):
        try:
            line.sendall(b"x")
            piece = line.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            return said
        if not piece:
            return said
        said += piece
    raise AssertionError("never cut off")


def test_a_body_of_a_byte_a_second_is_cut_off_with_a_sentence_and_frees_its_place(served):
    desk = served(uploads_a_day=1)
    visitor = Visitor(desk.port, Asked(desk).token(FIRST))
    head = "".join(f"{name}: {value}\r\n" for name, value in {
        "Host": visitor.host, "Cookie": visitor.cookie, "Origin": f"http://{visitor.host}",
        "X-Junheng": visitor.key, "X-File-Name": "a.csv", "Content-Length": "5000"}.items())
    with socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.sendall(f"PUT /upload/{YEAR} HTTP/1.1\r\n{head}\r\n".encode())
        until = time.monotonic() + 30
        while not [*desk.inbox.glob("*.part")] and time.monotonic() < until:
            time.sleep(0.05)
        status, _, body = visitor.once("PUT", f"/upload/{YEAR}", b"y", **{"X-File-Name": "b.csv"})
        assert (status, "正在上传 1 份" in body.decode()) == (429, True)
        said = drip(line).decode("utf-8", "replace")
    assert " 408 " in said.partition("\r\n")[0] and "网络太慢" in said
    assert [*desk.inbox.iterdir()] == []
    assert visitor.put(YEAR, b"y").startswith("/upload/")


def test_a_head_of_a_byte_a_second_and_a_connection_that_says_nothing_are_cut_off(served):
    desk = served()
    with socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\nX-")
        said = drip(line).decode("utf-8", "replace")
    assert " 408 " in said.partition("\r\n")[0] and "网络太慢" in said
    with socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.settimeout(60)
        assert line.recv(1) == b""


def test_what_is_sent_on_after_a_refusal_is_borne_for_a_while_only(served):
    desk = served()
    with socket.create_connection(("127.0.0.1", desk.port)) as line:
        line.sendall(b"POST /login HTTP/1.1\r\nHost: evil\r\nContent-Length: 5000\r\n\r\n")
        said = drip(line).decode("utf-8", "replace")
    assert " 400 " in said.partition("\r\n")[0] and "主机名" in said


@pytest.mark.parametrize(("early", "status"), [(1, 202), (-1, 408)])
def test_a_body_has_its_first_seconds_and_then_the_least_rate(early, status, clerk, monkeypatch):
    """10,000 bytes may take the first allowance and five seconds more."""
    at = [0.0]
    monkeypatch.setattr(slow_clients.time, "monotonic", lambda: at[0])
    allowed = slow_clients.BODY_SECONDS + 10_000 / LEAST_BYTES_A_SECOND

    def slowly():
        yield {"type": "http.request", "body": b"x" * 10_000, "more_body": True}
        at[0] = allowed - early
        yield {"type": "http.request", "body": b"x", "more_body": True}
        at[0] += 0.001
        yield {"type": "http.request", "body": b"x", "more_body": False}

    assert put_by(clerk, slowly()).status == status


def test_a_clock_that_goes_back_leaves_the_order_of_files_and_of_releases(asked, monkeypatch):
    """The last released edition is the one that was released last, whatever the calendar says."""
    from pipeline.whole.desk.web.operators import release_pages

    clerk, days = asked.sign_in(), iter(["2026-05-02 10:00:00", "2026-05-01 10:00:00"])
    monkeypatch.setattr(release_pages, "today", lambda: next(days))
    sent = [clerk.put(content).told["to"].rpartition("/")[2] for content in (b"1", b"2")]
    for number, upload in enumerate(sent):
        asked.db.execute("INSERT INTO job (id, upload, kind, edition, state, run_id, made) VALUES"
                         " (?, ?, 'make', 'public', 'done', 'r', ?)",
                         (f"j{number}", upload, number))
        asked.db.execute("INSERT INTO release (id, job, proposed_by, proposed_at) VALUES"
                         " (?, ?, 99, '')", (f"r{number}", f"j{number}"))
        folder = asked.desk.outputs / f"j{number}"
        folder.mkdir()
        (folder / "results.json").write_text(f'{{"of": {number}}}', "utf-8")
    operator = asked.sign_in("*")
    for number in range(2):
        assert operator.post(f"/op/release/r{number}/confirm").status == 200
    last = {"unit": FIRST, "year": YEAR, "id": "another"}
    assert release_pages._released_before(asked.app.app.state, last) == {"of": 1}
    newest = clerk.get("/desk").text
    assert sent[1] in newest and sent[0] not in newest


@pytest.mark.parametrize(("size", "status"), [
    (19_999_999, 202), (20_000_000, 202), (20_000_001, 413)])
def test_a_file_of_twenty_megabytes_is_taken_and_of_a_byte_more_is_not(size, status, clerk):
    assert clerk.put(b"\0" * size, "表.xlsx").status == status


# 主办单位的县名单：重名的县、不是县代码、写对的
@pytest.mark.parametrize(("line", "fits"), [
    ("990101,示例县,示例省,示例市,cn-2017-06,,", False),
    ("九九,甲县,某省,某市,cn-2017-06,,", False),
    ("910003,第三县,某省,某市,ref-worked-example,,", True)])
def test_a_list_of_counties_with_a_mistake_is_told_and_stops_no_page(line, fits, clerk):
    asked = clerk.asked
    operator = asked.sign_in(EVERY)
    register = asked.desk.register
    register.write_text(register.read_text("utf-8") + line + "\n", "utf-8")
    told = operator.get("/op")
    assert told.status == clerk.get("/desk").status == 200
    assert ("counties.csv 不能用" in told.text) == ("有 1 处错误" in told.text) == (not fits)
    form = clerk.get(f"/template/{YEAR}.xlsx")
    assert form.status == (200 if fits else 503) and "counties.csv" not in form.body.decode(
        "utf-8", "replace")
    issued = operator.post("/op/tokens", b"110101,x")
    assert issued.status == (201 if fits else 503)
    assert fits or "有 1 处错误" in issued.told["said"]
