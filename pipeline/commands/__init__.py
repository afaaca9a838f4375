"""The commands (命令): one file each; here stands which there are, and the frame of them all.

A command is imported when it is asked for: nobody waits for the others. Messages for users are
Chinese and name what to do; a fault of the user's never shows a traceback. Exit codes: 0 done;
1 a unit was refused or failed; 2 wrong use or definition.
"""

import sys
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module

import click

from pipeline.ground.errors import JunhengError, MachineUnfit
from pipeline.ground.machine import lacking, require_memory
from pipeline.ground.private_files import private_by_default

_LEAST_MEMORY = 1_000_000_000  # bytes of address space; with 700 MB the smallest dossier dies

# name → where it is, the first line of its help
COMMANDS = {
    "annual": ("annual:annual", "汇总许多县，出年度评价；一县出错只少一县。"),
    "check": ("check:check", "只读入和核查，不出卷宗；文件夹的结论和退出码与 run 相同。"),
    "clean": ("records.clean:clean",
              "删去本软件写出的卷宗、中间表和记录；其他文件不动，逐一列出。"),
    "collect": ("records.collect:collect",
                "合并各分片的记录，写出 batch.json、batch.csv 和总览，列出还缺哪些县。"),
    "doctor": ("doctor:doctor", "检查本机能否出卷宗：软件包、字体、排版、内核、写入权限。"),
    "index": ("records.index:index",
              "写总览 index.html：一县一行，可查找、筛选、排序；写 reports 或 reports/年份。"),
    "key": ("records.key:key",
            "做一对 Ed25519 密钥：私钥写入所给文件，公钥写在旁边（.pub）。已有的文件不覆盖。"),
    "list": ("list:list_", "列出标准包、规划包、指标、表式、核查项或已登记的县。"),
    "prefecture": ("prefecture:prefecture",
                   "由各县自己的表相加，判定市（州）级规划目标，并列各县；"
                   "要出成一本的用 run --prefecture。"),
    "run": ("run:run", "出一个或几个县的卷宗；--all 出全部的。没有变化的县不重做。"),
    "sign": ("records.sign:sign",
             "先核对每份卷宗与其记录相符，再一起签名，打印批次根；有一份不符即不签。"),
    "synth": ("synth:synth", "造一份全国数据，真值已知：检验程序和方法用，全部虚构。"),
    "template": ("template:template", "写一份空白采集表（带下拉选项、填写限制和填表说明）。"),
    "trace": ("records.trace:trace",
              "卷宗里的一个数从哪里来：条款、算法、程序，直到原表的单元格。"),
    "verify": ("records.verify:verify",
               "核对卷宗是否仍是当初做出的那一份。退出码：0 相符，1 不符，2 未能核对。"),
    "what-if": ("what_if:what_if_", "假设学校停办、学生增减、教师调动或增配，看判定怎样变化。"),
}


class Commands(click.Group):
    """The group of all commands, none of which is imported before it is asked for."""

    def list_commands(self, ctx: click.Context | None) -> list[str]:
        """Return the names."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        return getattr(import_module(f"{__name__}.{module}"), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each does in a line."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


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
        require_memory(_LEAST_MEMORY, "本软件")
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
