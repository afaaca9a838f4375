"""Options that several commands have (共用的选项), each said once."""

from collections.abc import Callable
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
def _language(_: click.Context, __: click.Parameter, named: str) -> str:
    """Return what names a language, a path as seen from where the user stands."""
    from pipeline.publishing.languages.language import language as words_of
    from pipeline.publishing.languages.place_names import pinyin_version

    if not named:
        return ""
    pinyin_version()
    return words_of(named).named


language = click.option("--lang", "language", default="", metavar="语言", callback=_language,
                        help="另出外文版（PDF），如 en，放在“卷宗去处-en”；中文版照出")


def _disclosure(_: click.Context, __: click.Parameter, named: str) -> str:
    """Return what names a pack of rules, a path as seen from where the user stands."""
    from pipeline.definitions.forms.disclosure_rules import disclosure as rules_of

    return rules_of(named).named if named else ""


edition = click.option("--edition", type=click.Choice(["internal", "public"]), default="internal",
                       metavar="internal|public",
                       help="internal 内部版（默认）；public 公开版，由内部版的表得出")
disclosure = click.option("--disclosure", default="", metavar="披露规则", callback=_disclosure,
                          help="公开版的披露规则，编号或 .toml 文件的路径，默认 cn-public-1")
standard = click.option("--standard", default="", metavar="标准包", callback=_standard,
                        help="编号或 .toml 文件的路径，默认按县的登记")
engine = click.option("--engine", type=click.Choice(["fork", "kernel"]), default="fork",
                      metavar="fork|kernel", help="章节怎样执行：分叉的进程（默认）或 Jupyter 内核")


def limits(doing_zh: str) -> Callable[[Callable], Callable]:
    """Return ``--workers``, ``--timeout`` and ``--memory`` of what is done county by county."""
    workers = click.option("--workers", type=click.IntRange(1, 1024), metavar="个数",
                           help=f"同时{doing_zh}几个县，默认按处理器个数")
    timeout = click.option("--timeout", type=click.FloatRange(1), default=600, metavar="秒",
                           help=f"{doing_zh}一个县最多用时，默认 600")
    memory = click.option("--memory", type=click.IntRange(100), default=3000, metavar="MB",
                          help=f"{doing_zh}一个县最多用内存，默认 3000")
    return lambda command: workers(timeout(memory(command)))
