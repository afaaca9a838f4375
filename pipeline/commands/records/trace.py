"""``junheng trace``: where a printed figure comes from (溯源)."""

import json
import sys
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.folders import seen_from_here
from pipeline.ground.errors import WrongUse


@click.command()
@click.argument("unit", metavar="县代码")
@click.argument("key", nargs=-1, metavar="表号 行 列 | 图号 点 量 | 句 文字 数 | /位置")
@click.option("--year", type=click.IntRange(1980, 2100), required=True, metavar="年份")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认 data/raw")
@click.option("--out", default="reports", metavar="文件夹", callback=seen_from_here,
              help="卷宗所在，默认 reports")
@options.standard
@options.drop_personal
@click.option("--all", "every", is_flag=True,
              help="不问一个数，而是列出正文印出的每一个数能否溯源；有不能的，退出码 1")
@click.option("--annex", is_flag=True, help="同 --all，列附录的数")
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON")
def trace(unit: str, key: tuple[str, ...], year: int, raw: str, out: str, standard: str,
          drop_personal: bool, every: bool, annex: bool, as_json: bool) -> None:
    """卷宗里的一个数从哪里来：条款、算法、程序，直到原表的单元格。

    写 表号 行 列，如 表6 3 差异系数、表6 "小学 R5" 差异系数；图号 点 量，如 图2 3 cv；
    句 句中的文字 数，如 句 "14个中达标" 10；
    或 results.json 里的位置，如 /balance/4/cv。
    """
    from pipeline.county import County
    from pipeline.whole.tracing.county_trace import every_printed, traced_key

    if bool(key) == (every or annex):
        raise WrongUse("请写要溯源的数，或者写 --all、--annex 列出全部的数")
    county = County.open(unit, year, standard, raw)
    folder = Path(out) / str(year) / county.code
    if not (folder / "results.json").is_file():
        raise WrongUse(f"没有 {county.code} {year} 年的卷宗（{folder}）。请先运行 "
                       f"junheng run {county.code} --year {year}")
    if not key:
        _tell_all(every_printed(folder, county, annex, drop_personal), as_json)
        return
    printed, found = traced_key(folder, key, county, drop_personal)
    if as_json:
        record = {"printed": printed, **(found[0].record() if len(found) == 1 else
                                         {"parts": [one.record() for one in found]})}
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        click.echo(f"卷宗所印：{printed or '缺'}")
        click.echo("\n".join(line for one in found for line in one.lines()))


def _tell_all(numbers: list, as_json: bool) -> None:
    """Tell of every printed number whether it traces; those that do not one by one, in words."""
    from pipeline.whole.tracing.every_number import STATE_ZH, counted
    from pipeline.whole.tracing.said_numbers import TRACED, UNTRACED

    found = counted(numbers)
    if as_json:
        click.echo(json.dumps({"counts": found, "numbers": [one.record() for one in numbers]},
                              ensure_ascii=False, indent=1))
    else:
        for one in numbers:
            if one.number.state == UNTRACED:
                click.echo(f"{one.exhibit} {one.place}：“{one.number.printed}”，{one.number.says}，"
                           f"见“{one.text}”")
        figures = found[TRACED] + found[UNTRACED]
        click.echo(f"印出的数 {sum(found.values())} 个：" + "，".join(
            f"{STATE_ZH[state]} {n}" for state, n in found.items()))
        click.echo(f"名称以外的 {figures} 个数，可溯源的占 "
                   f"{100 * found[TRACED] / figures if figures else 100:.2f}%")
    if found[UNTRACED]:
        sys.exit(1)
