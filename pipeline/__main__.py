"""The command (命令) ``junheng``: one file a command in `pipeline.commands`, collected here.

Messages for users are Chinese and name what to do; a fault of the user's never shows a
traceback. Exit codes: 0 done; 1 a unit was refused or failed; 2 wrong use or definition.
"""

import sys
from contextlib import nullcontext

import click

from pipeline.commands.annual import annual
from pipeline.commands.check import check
from pipeline.commands.doctor import doctor
from pipeline.commands.list import list_
from pipeline.commands.prefecture import prefecture
from pipeline.commands.records.clean import clean
from pipeline.commands.records.collect import collect
from pipeline.commands.records.index import index
from pipeline.commands.records.key import key
from pipeline.commands.records.sign import sign
from pipeline.commands.records.trace import trace
from pipeline.commands.records.verify import verify
from pipeline.commands.run import run
from pipeline.commands.synth import synth
from pipeline.commands.template import template
from pipeline.commands.what_if import what_if_
from pipeline.ground.errors import JunhengError, MachineUnfit
from pipeline.ground.machine import lacking, require_memory
from pipeline.ground.private_files import private_by_default
from pipeline.publishing.chapters.surroundings import settle
from pipeline.publishing.records.temporaries import temporaries_together

# Their figures must not hang on the environment.
_SETTLED = (["run"], ["annual"], ["what-if"], ["verify"], ["trace"])
_LEAST_MEMORY = 1_000_000_000  # bytes of address space; with 700 MB the smallest dossier dies
_HELP = {"help_option_names": ["-h", "--help"]}


@click.group(context_settings=_HELP)
@click.version_option(package_name="junheng", message="junheng %(version)s")
def command() -> None:
    """均衡：由学校数据表到县域义务教育优质均衡发展评估卷宗。"""


for _one in (run, check, what_if_, collect, index, annual, prefecture, template, synth, list_,
             doctor, clean, verify, trace, sign, key):
    command.add_command(_one)


def _usage_zh(fault: click.UsageError) -> str:
    """Say in Chinese what click found wrong; its own messages are English."""
    if isinstance(fault, click.NoSuchOption):
        return f"没有选项“{fault.option_name}”"
    if isinstance(fault, click.BadOptionUsage):
        return f"选项“{fault.option_name}”缺少值"
    param = getattr(fault, "param", None)
    name = f"{param.opts[0]} " if isinstance(param, click.Option) else ""
    if isinstance(fault, click.MissingParameter):
        return f"缺少“{name}{param.metavar}”"
    if isinstance(fault, click.BadParameter):
        return f"“{name}{param.metavar}”的值不合规定"
    return "没有这个子命令，或多写了参数"


def main(arguments: list[str] | None = None) -> None:
    """Run the command; turn faults of the user into one Chinese message and an exit code."""
    if arguments is None and sys.argv[1:2] in _SETTLED:
        settle()
    try:
        require_memory(_LEAST_MEMORY, "本软件")
        settled = (arguments or sys.argv[1:])[:1] in _SETTLED
        with private_by_default(), temporaries_together() if settled else nullcontext():
            code = command.main(arguments, standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except JunhengError as fault:
        click.echo(str(fault), err=True)
        sys.exit(fault.exit_code)
    except (OSError, MemoryError) as fault:
        said = lacking(fault)
        if not said:
            raise
        click.echo(f"本机条件不足：{said}。", err=True)
        sys.exit(MachineUnfit.exit_code)
    except click.exceptions.NoArgsIsHelpError as fault:
        click.echo(fault.ctx.get_help())
        sys.exit(0)
    except click.UsageError as fault:
        said = _usage_zh(fault)
        click.echo(f"用法有误：{said}。运行 junheng --help 查看用法。", err=True)
        sys.exit(2)
    except click.Abort:
        click.echo("已中断。", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
