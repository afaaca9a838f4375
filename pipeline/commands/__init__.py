"""The commands (命令): one file each; here stands which there are, and the frame of them all.

A command is imported when it is asked for: nobody waits for the others. Messages for users are
Chinese and name what to do; a fault of the user's never shows a traceback. Exit codes: 0 done;
1 a unit was refused or failed; 2 wrong use or definition.
"""

import sys
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module

import click

from pipeline.commands.help_words import ChineseContext
from pipeline.ground.errors import JunhengError, MachineUnfit
from pipeline.ground.machine import lacking, require_memory
from pipeline.ground.private_files import private_by_default

_LEAST_HELD = 350_000_000  # bytes in a container: the smallest dossier holds 330 MiB
_LEAST_MEMORY = 1_000_000_000  # bytes of address space; with 700 MB the smallest dossier dies

# name → the module and the name in it
COMMANDS = {
    "annual": "annual:annual",
    "archive": "records.archive:archive",
    "check": "looking.check:check",
    "clean": "records.clean:clean",
    "collect": "records.collect:collect",
    "desk": "desk:desk",
    "doctor": "looking.doctor:doctor",
    "index": "records.index:index",
    "key": "records.key:key",
    "list": "looking.list:list_",
    "prefecture": "prefecture:prefecture",
    "run": "run:run",
    "sign": "records.sign:sign",
    "synth": "synth:synth",
    "template": "template:template",
    "trace": "records.trace:trace",
    "verify": "records.verify:verify",
    "what-if": "what_if:what_if_",
}


class Commands(click.Group):
    """The group of all commands, none of which is imported before it is asked for."""

    context_class = ChineseContext

    def list_commands(self, ctx: click.Context | None) -> list[str]:
        """Return the names."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"{__name__}.{module}"), name)
        found.context_class = ChineseContext
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first paragraph of each command's own help; only here are all imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, (self.get_command(ctx, name).help or "").split("\n\n")[0])
                                for name in COMMANDS])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="junheng", message="junheng %(version)s")
def command() -> None:
    """均衡：由学校数据表到县域义务教育优质均衡发展评估卷宗。"""


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


def _together(settled: bool) -> AbstractContextManager:
    """Return what keeps the temporary files of a long command together."""
    if not settled:
        return nullcontext()
    from pipeline.publishing.records.temporaries import temporaries_together

    return temporaries_together()


def framed(arguments: list[str], settled: bool) -> None:
    """Run the command; turn faults of the user into one Chinese message and an exit code.

    What is ``settled`` is long and forks: its temporary files are kept together.
    """
    try:
        require_memory(_LEAST_MEMORY, "本软件", held=_LEAST_HELD)
        with private_by_default(), _together(settled):
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
