"""Options that several commands have (共用的选项), each said once."""

from pathlib import Path

import click

drop_personal = click.option("--drop-personal", is_flag=True,
                             help="去除个人信息并记录，默认拒收")


def _standard(_: click.Context, __: click.Parameter, named: str) -> str:
    """Return what names a standard, a path as seen from where the user stands; `WrongUse` or
    `DefinitionFault` before anything is begun where there is none."""
    from pipeline.definitions.standards import standard as load_standard

    return load_standard(named).named if named else ""


def definition_seen_from_here(_: click.Context, __: click.Parameter, named: str) -> str:
    """Return the id of a definition as it is, the path of its file as seen from where the user
    stands: chapters run elsewhere."""
    from pipeline.definitions.base import is_path

    return str(Path(named).absolute()) if is_path(named) else named


def _formats(_: click.Context, __: click.Parameter, named: str) -> tuple[str, ...]:
    """Return the formats that are named; none where none is. `WrongUse` names an unknown one."""
    from pipeline.publishing.formats import checked_formats

    return checked_formats(named) if named else ()


formats = click.option("--formats", default="", metavar="格式,…", callback=_formats,
                       help="写成哪些格式，如 docx,xlsx,html，总有 pdf；不写时沿用已有的")
appendix = click.option("--appendix", "binding", type=click.Choice(["apart", "bound"]),
                        metavar="apart|bound", callback=lambda _, __, named: named or "",
                        help="附录另册（apart，默认）或订在卷宗之后（bound）；不写时沿用已有的")
standard = click.option("--standard", default="", metavar="标准包", callback=_standard,
                        help="编号或 .toml 文件的路径，默认按县的登记")
