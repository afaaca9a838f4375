"""The parts of a desk (窗口的两部分): the web and the crew, each a process, and who minds both.

Each part holds a lock of its own and dies with whoever minds it; where one of them dies alone it
is started again. Both may be run by a service manager instead (``--part``).
"""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from pipeline.ground.errors import WrongUse
from pipeline.ground.ownership import claim
from pipeline.publishing.batch.books.lock import locked
from pipeline.publishing.chapters.processes import die_with
from pipeline.whole.desk.desk_clock import now
from pipeline.whole.desk.desk_folder import Desk
from pipeline.whole.desk.making.desk_job import Command
from pipeline.whole.desk.storage import connect
from pipeline.whole.desk.tokens import EVERY, OPERATOR, new_token

WEB, CREW = "web", "crew"
_MINDER = "JUNHENG_DESK_MINDER"
_PLACE = "desk/desk"
_GLANCE_SECONDS, _PAUSE_SECONDS, _GRACE_SECONDS = 0.2, 1, 40


def opened(desk: Desk) -> Desk:
    """Make the folder of a desk, or take that which is one; `WrongUse` where it is another's."""
    claim(desk.place, _PLACE)
    return desk.made()


def operator_token(desk: Desk, anew: bool = False) -> str:
    """Return a token for the institute: at the first start, and where one is asked for; "" else."""
    db = connect(desk)
    there = db.execute("SELECT 1 FROM token WHERE role = ? AND NOT revoked AND expires > ?",
                       (OPERATOR, now(db))).fetchone()
    wanted = anew or not there
    token = new_token(db, desk, EVERY, OPERATOR, "主办单位", "terminal") if wanted else ""
    db.close()
    return token


def require_port(desk: Desk) -> None:
    """Raise `WrongUse` where the address cannot be listened on."""
    try:
        kind, _, _, _, address = socket.getaddrinfo(desk.host, desk.port,
                                                    type=socket.SOCK_STREAM)[0]
        with socket.socket(kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            probe.bind(address)
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            raise WrongUse(f"端口 {desk.port} 已被占用，请用 --port 另选") from None
        raise WrongUse(f"不能听 {desk.host} 的端口 {desk.port}，请用 --host、--port 另选") from None


def serve(desk: Desk) -> None:
    """Be the web part until a signal comes."""
    import uvicorn

    from pipeline.whole.desk.retention import sweep_inbox
    from pipeline.whole.desk.web import application
    from pipeline.whole.desk.web.slow_clients import PatientProtocol

    _minded()
    with locked(desk.place / f".{WEB}", None, "窗口的网页部分正在运行"):
        require_port(desk)
        db = connect(desk)
        if moved := sweep_inbox(db, desk):
            print(f"{desk.inbox} 中有 {len(moved)} 个完整的文件数据库没有登记（数据库丢失、"
                  f"是旧备份，或收件中途停止）：没有删除，已移到 {desk.unlisted}，"
                  "请核对后让有关县重新上传。",
                  file=sys.stderr, flush=True)
        uvicorn.run(application(desk, db), host=desk.host, port=desk.port, log_level="warning",
                    access_log=False, server_header=False, lifespan="off", ws="none",
                    http=PatientProtocol,
                    proxy_headers=desk.behind_tls, forwarded_allow_ips="127.0.0.1",
                    timeout_keep_alive=10, timeout_graceful_shutdown=10, backlog=2048,
                    h11_max_incomplete_event_size=16_384)


def man(desk: Desk, command: Command) -> None:
    """Be the crew part until a signal comes; ``command`` does what the command line does."""
    from pipeline.publishing.chapters.preloading import preload
    from pipeline.whole.desk.making.desk_crew import DeskCrew

    _minded()
    os.nice(3)  # pages go before dossiers
    with locked(desk.place / f".{CREW}", None, "窗口的人手正在运行"):
        for book in ("county", "public"):
            preload(book)
        DeskCrew(desk, command).work()


def mind(arguments: list[str]) -> int:
    """Start both parts, with the arguments of this command, and start again what dies; return
    the exit code once a signal has ended them, or one of them could not begin."""
    parts, asked, begun = {}, [], {}
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: asked.append(number))
    while not asked:
        for part in (WEB, CREW):
            process = parts.get(part)
            if process and process.poll() is None:
                continue
            if process and time.monotonic() - begun[part] < _PAUSE_SECONDS * 5:
                if process.returncode == 2:  # wrong use: it would say the same again
                    asked.append(0)
                    break
                time.sleep(_PAUSE_SECONDS)
            parts[part], begun[part] = _started(part, arguments), time.monotonic()
        time.sleep(_GLANCE_SECONDS)
    for process in parts.values():
        process.terminate()
    until = time.monotonic() + _GRACE_SECONDS
    for process in parts.values():
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return 128 + asked[0] if asked[0] else 2


def _started(part: str, arguments: list[str]) -> subprocess.Popen:
    command = [sys.executable, "-m", "pipeline", "desk", *arguments, "--part", part]
    return subprocess.Popen(command, env=os.environ | {_MINDER: str(os.getpid())},
                            cwd=Path.cwd(), start_new_session=True)


def _minded() -> None:
    """End with whoever minds this part, if anybody does."""
    if minder := os.environ.pop(_MINDER, ""):
        die_with(int(minder))
