"""``junheng what-if``: what an assumption changes in the verdicts (情景测算)."""

import json
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.differing import say_differing
from pipeline.commands.folders import (
    require_apart,
    say_strays,
    seen_from_here,
    tell_published,
)

_COPIES = ("注意：情景卷宗文件夹中的 raw/ 是原始数据的副本，个人信息仍在其中，请勿转交；"
           "卷宗和表中没有。")


@click.command("what-if")
@click.argument("unit", metavar="县代码")
@click.option("--year", type=int, required=True, metavar="年份", help="统计年份（秋季学年初）")
@click.option("--set", "texts", multiple=True, metavar="假设",
              help="可重复：close=校[,to=校[,with=教师]]、pupils:校[:学段]=人数、move:变量:校:校=人数、"
                   "add:变量:校=数量（可带单位，如 9万元；不写为元、㎡、间、人）")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认 data/raw")
@options.standard
@options.drop_personal
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON")
@click.option("--dossier", "out", default="", metavar="文件夹", help="另出一份情景卷宗")
@click.option("--timeout", type=click.FloatRange(1), default=600, metavar="秒",
              help="测算和出卷宗各最多用时，默认 600")
@click.option("--memory", type=click.IntRange(100), default=3000, metavar="MB",
              help="测算和出卷宗各最多用内存，默认 3000")
def what_if_(unit: str, year: int, texts: tuple[str, ...], raw: str, standard: str,
             drop_personal: bool, as_json: bool, out: str, timeout: float, memory: int) -> None:
    """假设学校停办、学生增减、教师调动或增配，看判定怎样变化。"""
    from pipeline.county import County
    from pipeline.publishing.batch.hands.child import Limits
    from pipeline.publishing.records.public_causes import INTERNAL, require_one_edition
    from pipeline.whole.scenarios import (
        judged_apart,
        require_scenario_folder,
        scenario_dossier,
    )

    county, limits = County.open(unit, year, standard, raw), Limits(timeout, memory)
    if out:
        require_apart({"原始数据": county.raw, "情景卷宗": Path(out).absolute()})
        require_one_edition(Path(out), INTERNAL)
        require_scenario_folder(county, Path(out).absolute())
    county.require_files()
    tell_published([unit], county.raw)
    record, lines = judged_apart(county, list(texts), limits, drop_personal)
    click.echo(json.dumps(record, ensure_ascii=False, indent=1) if as_json else "\n".join(lines))
    if out:
        say_differing()
        say_strays("county")
        if drop_personal:
            click.echo(_COPIES, err=True)
        folder = scenario_dossier(county, list(texts), Path(out).absolute(), limits,
                                  drop_personal)
        click.echo(f"情景卷宗：{folder / 'dossier.pdf'}", err=as_json)
