"""``junheng trace``: where a printed figure comes from (溯源)."""

import json
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.folders import seen_from_here
from pipeline.ground.errors import WrongUse


@click.command()
@click.argument("unit", metavar="县代码")
@click.argument("key", nargs=-1, required=True, metavar="表号 行 列 | /位置")
@click.option("--year", type=click.IntRange(1980, 2100), required=True, metavar="年份")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认 data/raw")
@click.option("--out", default="reports", metavar="文件夹", callback=seen_from_here,
              help="卷宗所在，默认 reports")
@options.standard
@options.drop_personal
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON")
def trace(unit: str, key: tuple[str, ...], year: int, raw: str, out: str, standard: str,
          drop_personal: bool, as_json: bool) -> None:
    """卷宗里的一个数从哪里来：条款、算法、程序，直到原表的单元格。

    写 表号 行 列，如 表6 3 差异系数、表6 "小学 R5" 差异系数；
    或 results.json 里的位置，如 /balance/4/cv。
    """
    from pipeline.county import County
    from pipeline.whole.tracing.county_trace import asked_figure, county_figures, traced

    county = County.open(unit, year, standard, raw)
    folder = Path(out) / str(year) / county.code
    if not (folder / "results.json").is_file():
        raise WrongUse(f"没有 {county.code} {year} 年的卷宗（{folder}）。请先运行 "
                       f"junheng run {county.code} --year {year}")
    asked = asked_figure(folder, key, county)
    found = traced(county_figures(county, asked.table, drop_personal), asked)
    if as_json:
        record = {"printed": asked.printed, **found.record()}
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        click.echo(f"卷宗所印：{asked.printed or '缺'}")
        click.echo("\n".join(found.lines()))
