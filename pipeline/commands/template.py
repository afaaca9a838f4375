"""``junheng template``: the blank workbook for bureaus (采集表)."""

from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.folders import seen_from_here
from pipeline.ground.errors import InputRefused, WrongUse


@click.command()
@click.argument("target", metavar="文件.xlsx")
@click.option("--unit", default="", metavar="县代码", help="写上县名，列出本县规划的各项目标")
@click.option("--year", type=click.IntRange(1980, 2100), metavar="年份", help="写上资料年份")
@click.option("--from", "before", type=click.IntRange(1980, 2100), metavar="上年",
              help="从原始数据中上年的表带入学校名单")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认 data/raw")
@options.drop_personal
def template(target: str, unit: str, year: int | None, before: int | None, raw: str,
             drop_personal: bool) -> None:
    """写一份空白采集表（带下拉选项、填写限制和填表说明）。"""
    from pipeline.cleaning.blank_form.template_book import write_template
    from pipeline.cleaning.blank_form.template_rows import Handed
    from pipeline.county import County
    from pipeline.definitions.forms.unit_list import unit_info

    path = Path(target)
    if path.suffix.lower() != ".xlsx":
        raise WrongUse("采集表的文件名应以 .xlsx 结尾")
    if not path.absolute().parent.is_dir():
        raise WrongUse(f"没有文件夹 {path.parent}")
    if before and not unit:
        raise WrongUse("--from 要与 --unit 县代码 合用")
    info = unit_info(unit, Path(raw)) if unit else None
    schools = _schools(County.open(unit, before, raw=raw), drop_personal) if before else ()
    try:
        write_template(path, Handed(info, year, schools))
    except FileExistsError:
        raise WrongUse(f"{path.name} 已存在，不覆盖；请换一个文件名") from None
    kept = f"，带入{before}年的 {len(schools)} 行学校" if before else ""
    click.echo(f"已写出采集表 {path}{kept}")
    if info and year:
        click.echo(f"填好后请存为 {Path(raw) / str(year) / f'{info.code}_{info.name}.xlsx'}")


def _schools(county, drop_personal: bool) -> tuple[dict, ...]:
    """Return the rows of schools that a year's own tables hold; `InputRefused` if refused."""
    from pipeline.cleaning.blank_form.template_rows import schools_of
    from pipeline.cleaning.importing import import_county

    county.require_files()
    read = import_county(county, drop_personal)
    if read.refused:
        raise InputRefused(f"{county.year}年的表有拒收的问题，不能带入学校名单；请先用 junheng "
                           f"check 核查 {county.raw.name}/{county.year} 中的表并改正"
                           "；表中有个人信息的，加 --drop-personal")
    return schools_of(read.sections, read.cells, county.year)
