"""Options that several commands have (共用的选项), each said once."""

import click

drop_personal = click.option("--drop-personal", is_flag=True,
                             help="去除个人信息并记录，默认拒收")
