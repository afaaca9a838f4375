"""The command (命令): ``junheng run | check | what-if | template | synth | list | doctor``.

Messages for users are Chinese and name what to do; a fault of the user's never shows a
traceback. Exit codes: 0 done; 1 a unit was refused or failed; 2 wrong use or definition.
"""

import json
import sys
from pathlib import Path

import click

from pipeline.commands.annual import annual
from pipeline.commands.collect import collect
from pipeline.commands.run import run
from pipeline.errors import JunhengError, WrongUse
from pipeline.publishing.surroundings import settle

_SETTLED = (["run"], ["annual"], ["what-if"])  # their figures must not hang on the environment
_HELP = {"help_option_names": ["-h", "--help"]}


@click.group(context_settings=_HELP)
@click.version_option(package_name="junheng", message="junheng %(version)s")
def command() -> None:
    """均衡：由学校数据表到县域义务教育优质均衡发展评估卷宗。"""


command.add_command(run)
command.add_command(collect)
command.add_command(annual)


@command.command()
@click.argument("paths", nargs=-1, required=True, metavar="文件或文件夹...")
@click.option("--standard", default="", metavar="标准包", help="默认按文件名中的县代码")
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON 列表")
@click.option("--drop-personal", is_flag=True, help="去除个人信息并记录，默认拒收")
def check(paths: tuple[str, ...], standard: str, as_json: bool, drop_personal: bool) -> None:
    """只读入和核查，不出卷宗；有拒收时退出码为 1。"""
    from pipeline.cleaning.checking import check_paths
    from pipeline.publishing.dossier import finding_lines

    reports = check_paths([Path(p) for p in paths], standard, drop_personal)
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False, indent=1))
    for report in () if as_json else reports:
        word = {"accepted": "可用", "refused": "拒收"}[report["outcome"]]
        click.echo(f"{report['file']}：{word}，{len(report['findings'])}条记录")
        for line in finding_lines(report["findings"]):
            click.echo("  " + line)
    if any(report["outcome"] == "refused" for report in reports):
        sys.exit(1)


@command.command("what-if")
@click.argument("unit", metavar="县代码")
@click.option("--year", type=int, required=True, metavar="年份", help="统计年份（秋季学年初）")
@click.option("--set", "texts", multiple=True, metavar="假设",
              help="可重复：close=校[,to=校]、pupils:校[:学段]=人数、move:变量:校:校=人数、"
                   "add:变量:校=数量")
@click.option("--raw", default="data/raw", metavar="文件夹", help="原始数据，默认 data/raw")
@click.option("--standard", default="", metavar="标准包", help="默认按 data/counties.csv")
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON")
@click.option("--dossier", "out", default="", metavar="文件夹", help="另出一份情景卷宗")
def what_if_(unit: str, year: int, texts: tuple[str, ...], raw: str, standard: str,
             as_json: bool, out: str) -> None:
    """假设学校停办、学生增减、教师调动或增配，看判定怎样变化。"""
    from pipeline.county import County
    from pipeline.what_if import scenario_dossier, what_if

    county = County.open(unit, year, standard, raw)
    county.require_files()
    record, lines = what_if(county, list(texts))
    click.echo(json.dumps(record, ensure_ascii=False, indent=1) if as_json else "\n".join(lines))
    if out:
        folder = scenario_dossier(county, list(texts), Path(out).absolute())
        click.echo(f"情景卷宗：{folder / 'dossier.pdf'}", err=as_json)


@command.command()
@click.argument("target", metavar="文件.xlsx")
def template(target: str) -> None:
    """写一份空白采集表（带下拉选项、单位和填表说明）。"""
    from pipeline.cleaning.template import write_template

    path = Path(target)
    if path.suffix.lower() != ".xlsx":
        raise WrongUse("采集表的文件名应以 .xlsx 结尾")
    if not path.absolute().parent.is_dir():
        raise WrongUse(f"没有文件夹 {path.parent}")
    if path.exists():
        raise WrongUse(f"{path.name} 已存在，不覆盖；请换一个文件名")
    write_template(path)
    click.echo(f"已写出采集表 {path}")


@command.command()
@click.argument("target", metavar="文件夹")
@click.option("--counties", type=int, required=True, metavar="县数", help="多少个县")
@click.option("--years", "span", required=True, metavar="年份-年份", help="如 2021-2023")
@click.option("--seed", type=int, required=True, metavar="种子", help="相同的种子得到相同的数据")
@click.option("--format", "form", default="mixed", metavar="mixed|csv|xlsx", help="文件的写法")
def synth(target: str, counties: int, span: str, seed: int, form: str) -> None:
    """造一份全国数据，真值已知：检验程序和方法用，全部虚构。"""
    from pipeline.synth.nation import Wanted, write_nation, years_of

    wanted, refused = Wanted(counties, years_of(span), seed, form), 0
    for number, county in enumerate(write_nation(Path(target), wanted), 1):
        refused += county.refused
        if number % 100 == 0:
            click.echo(f"已写出 {number} 个县", err=True)
    click.echo(f"已写出 {counties} 个县 {span} 年的合成数据：{target}。"
               f"其中 {refused} 个县末年的表应当拒收，见 truth/counties.csv")


@command.command("list")
@click.argument("what", metavar="standards|plans|indicators|layouts|counties")
def list_(what: str) -> None:
    """列出标准包、规划包、指标、表式或已登记的县。"""
    from pipeline.listing import LISTS, listing

    if what not in LISTS:
        raise WrongUse(f"没有“{what}”这一项，可列：{'、'.join(LISTS)}")
    for line in listing(what):
        click.echo(line)


@command.command()
def doctor() -> None:
    """检查本机能否出卷宗：软件包、字体、排版、内核、写入权限。"""
    from pipeline.doctor import examine

    results = examine()
    for name, ok, said in results:
        click.echo(f"{'正常' if ok else '有误'}  {name}：{said}")
    if not all(ok for _, ok, _ in results):
        sys.exit(1)


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
        code = command.main(arguments, standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except JunhengError as fault:
        click.echo(str(fault), err=True)
        sys.exit(fault.exit_code)
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
