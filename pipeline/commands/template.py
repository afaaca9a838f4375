"""``junheng template``: the blank workbook for bureaus (采集表)."""

from pathlib import Path

import click

from pipeline.ground.errors import WrongUse


@click.command()
@click.argument("target", metavar="文件.xlsx")
def template(target: str) -> None:
    """写一份空白采集表（带下拉选项、单位和填表说明）。"""
    from pipeline.cleaning.forms.blank_form import write_template

    path = Path(target)
    if path.suffix.lower() != ".xlsx":
        raise WrongUse("采集表的文件名应以 .xlsx 结尾")
    if not path.absolute().parent.is_dir():
        raise WrongUse(f"没有文件夹 {path.parent}")
    try:
        write_template(path)
    except FileExistsError:
        raise WrongUse(f"{path.name} 已存在，不覆盖；请换一个文件名") from None
    click.echo(f"已写出采集表 {path}")
