"""``junheng desk``: the desk, where bureaus hand in by a page (网页窗口)."""

import ipaddress
import sys
from pathlib import Path

import click

from pipeline.ground.errors import WrongUse

_VERIFY = "verify-log"


@click.command()
@click.argument("words", nargs=-1, metavar="文件夹 | verify-log 文件夹|日志.jsonl")
@click.option("--host", default="127.0.0.1", metavar="地址", help="听哪个地址，默认 127.0.0.1")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, metavar="端口",
              help="默认 8765")
@click.option("--workers", type=click.IntRange(1, 64), default=2, metavar="个数",
              help="同时做几份，默认 2")
@click.option("--max-mb", type=click.IntRange(1, 60), default=20, metavar="MB",
              help="一个文件最多多大，默认 20")
@click.option("--allow-host", "names", multiple=True, metavar="域名",
              help="经 TLS 代理访问时的域名，可写多个；听本机以外的地址时必须写")
@click.option("--scan", default="", metavar="命令",
              help="病毒扫描，如 \"clamdscan --no-summary --fdpass\"；退出码 1 为拒收")
@click.option("--part", type=click.Choice(["both", "web", "crew"]), default="both",
              metavar="both|web|crew", help="只运行网页或只运行人手，供服务管理程序用")
@click.option("--new-operator", is_flag=True, help="另发一个主办口令，打印后退出")
@click.option("--guide", is_flag=True, help="输出给填报人的一页说明（PDF），如 --guide > 说明.pdf")
def desk(words: tuple[str, ...], part: str, new_operator: bool, guide: bool, max_mb: int,
         **asked: object) -> None:
    """网页窗口：县里把采集表拖进网页，得到要改的单元格，或卷宗。"""
    if guide:
        _guide()
        return
    _require_installed()
    if words[:1] == (_VERIFY,) and len(words) == 2:
        _verify(Path(words[1]))
        return
    if len(words) != 1 or words[0] == _VERIFY:
        raise WrongUse("请写明窗口的文件夹，如 junheng desk 窗口；核对日志用 "
                       "junheng desk verify-log 窗口")
    from pipeline.whole.desk import desk_parts
    from pipeline.whole.desk.desk_folder import Desk

    _require_host(asked["host"], asked["names"])
    here = desk_parts.opened(Desk(Path(words[0]).absolute(), most_mb=max_mb, **asked))
    if part == desk_parts.WEB:
        desk_parts.serve(here)
    elif part == desk_parts.CREW:
        desk_parts.man(here, _done)
    else:
        if not new_operator:
            desk_parts.require_port(here)
        _tell(here, desk_parts.operator_token(here, new_operator))
        if not new_operator:
            sys.exit(desk_parts.mind(_said(here)))


def _said(here) -> list[str]:
    """Return the arguments of this command, for the parts that it starts."""
    names = [word for name in here.names for word in ("--allow-host", name)]
    scan = ["--scan", here.scan] if here.scan else []
    return [str(here.place), "--host", here.host, "--port", str(here.port), "--workers",
            str(here.workers), "--max-mb", str(here.most_mb), *names, *scan]


def _tell(here, token: str) -> None:
    if token:
        click.echo(f"主办口令（只显示这一次，请记下）：{token}")
    scheme = "https" if here.behind_tls else "http"
    click.echo(f"网页窗口：{scheme}://{here.hosts[0]}/  文件夹：{here.place}")
    if here.behind_tls:
        click.echo("浏览器须经 TLS 代理访问；代理、服务和备份的样例见 docs/hosting/desk.md。")
    click.echo("按 Ctrl-C 停止：不再接新的，在做的做完或留到下次。")


def _done(arguments: list[str]) -> int:
    """Do a command in this process, as at the command line; return its exit code."""
    from pipeline.commands import framed

    try:
        framed(arguments, settled=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _require_installed() -> None:
    try:
        import starlette
        import uvicorn
    except ModuleNotFoundError as lacking:
        raise WrongUse(f"没有安装网页窗口所需的软件包（{lacking.name}）。请运行 make desk，或按 "
                       "locks/requirements-desk.lock 安装") from None
    del starlette, uvicorn


def _require_host(host: str, names: tuple[str, ...]) -> None:
    """Raise `WrongUse` where others could come and nobody has said under which name."""
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    if not here and not names:
        raise WrongUse(f"--host {host} 可从别的机器访问，须同时写 --allow-host 域名，并放在 TLS "
                       "代理（https）之后：口令和学校数据不得经明文网络传送。"
                       "样例见 docs/hosting/desk.md。")


def _verify(place: Path) -> None:
    """Say whether the lines of an audit log hold together."""
    from pipeline.whole.desk.audit_log import broken, lines
    from pipeline.whole.desk.desk_folder import Desk
    from pipeline.whole.desk.storage import connect

    if place.is_file():
        try:
            said = place.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            click.echo(f"审计日志不完整：{place} 不是 UTF-8 文本，或已损坏。", err=True)
            sys.exit(1)
    elif (place / "desk.db").is_file():
        said = [*lines(connect(Desk(place.absolute())))]
    else:
        raise WrongUse(f"{place} 不是窗口的文件夹，也不是导出的日志")
    count, last, wrong = broken(said)
    if wrong:
        click.echo(f"审计日志不完整：前 {count} 行相连，{wrong}。", err=True)
        sys.exit(1)
    click.echo(f"审计日志完整：{count} 行，末行 {last[:16]}。")


def _guide() -> None:
    from pipeline.whole.desk.guide import guide_pdf

    if sys.stdout.isatty():
        raise WrongUse("说明是一份 PDF，请写到文件：junheng desk --guide > 说明.pdf")
    sys.stdout.buffer.write(guide_pdf())
