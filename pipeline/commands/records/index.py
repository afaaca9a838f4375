"""``junheng index``: all counties of a year at a glance (总览)."""

import sys
from collections.abc import Container
from pathlib import Path

import click

from pipeline.ground.errors import JunhengError, WrongUse
from pipeline.ground.machine import lacking
from pipeline.whole.index import PAGE


@click.command()
@click.argument("folder", metavar="卷宗文件夹")
def index(folder: str) -> None:
    """写总览 index.html：一县一行，可查找、筛选、排序；写 reports 或 reports/年份。

    一个年份写不成（如正有批次在做）不碍其余年份；写明是哪一年、为什么，退出码不是 0。
    """
    from pipeline.whole.index.index_files import years_in
    from pipeline.whole.index.standing_counties import has_counties

    years, told, codes = years_in(Path(folder)), set(), [0]
    held = [year_folder for year_folder in years if has_counties(year_folder)]
    if not held and len(years) > 1:
        raise WrongUse(f"{years[0].parent} 的各年份文件夹中都没有卷宗，也没有批次记录，未写总览。"
                       "请写卷宗所在的文件夹，如 reports 或 reports/2023。")
    for year_folder in years:
        if held and year_folder not in held:
            click.echo(f"略过 {year_folder}：没有卷宗，也没有批次记录", err=True)
            continue
        try:
            told.update(_tell(year_folder, told))
        except JunhengError as fault:
            click.echo(f"未写 {year_folder / PAGE}：{fault}", err=True)
            codes.append(fault.exit_code)
    sys.exit(max(codes))


def index_after(year_folder: Path, everybody: bool = True) -> None:
    """Write the index when a batch has ended; what keeps it from being written is said, and
    costs no dossier. After units by name an index that is there is only said to be older."""
    again = f"请运行 junheng index {year_folder}"
    if not everybody:
        if (year_folder / PAGE).is_file():
            click.echo(f"总览 {PAGE} 是以前写的，要更新{again}", err=True)
        return
    try:
        _tell(year_folder)
    except JunhengError as fault:
        click.echo(f"注意：未写总览：{fault}之后{again}", err=True)
    except OSError as fault:
        why = lacking(fault) or fault.strerror
        click.echo(f"注意：未写总览（{why}）。之后{again}", err=True)


def _tell(year_folder: Path, told: Container[str] = ()) -> list[str]:
    """Write the index of a year and say where it is, and which dossiers are not whole; return what
    else there was to say, of which what was ``told`` of another year is not said again."""
    from pipeline.whole.index.index_files import write_index
    from pipeline.whole.index.standing_counties import DAMAGED

    made, said = write_index(year_folder)
    for county in made.counties:
        if county.state == DAMAGED:
            click.echo(f"注意：{county.code} {county.info.name}：{county.remark}", err=True)
    for line in said:
        if line not in told:
            click.echo(line, err=True)
    click.echo(f"总览：{year_folder / PAGE}（{len(made.counties)} 个县）")
    return said
