"""``junheng archive``: one folder that holds all it takes to understand and remake a dossier."""

from pathlib import Path

import click

from pipeline.commands.folders import require_apart, seen_from_here


@click.command()
@click.argument("folder", metavar="卷宗文件夹")
@click.option("--out", default="archives", metavar="文件夹", help="归档去处，默认 archives")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认 data/raw")
@click.option("--processed", default="data/processed", metavar="文件夹", callback=seen_from_here,
              help="中间表，默认 data/processed；公开版的在其中的 public")
@click.option("--inputs", type=click.Choice(["whole", "hashes"]), default="whole",
              metavar="whole|hashes", help="whole 连同原始数据（默认）；hashes 只留散列值")
@click.option("--wheels", is_flag=True, help="连同锁定的软件包，以便不联网重做")
def archive(folder: str, out: str, raw: str, processed: str, inputs: str, wheels: bool) -> None:
    """把卷宗连同资料、规则、程序、整齐数据、变量表归为一个文件夹（BagIt），供审计和研究者长期保存。"""
    from pipeline.definitions.base import ROOT
    from pipeline.definitions.persons.file_names import shown_name
    from pipeline.ground.errors import DossierFailed
    from pipeline.publishing.records.manifest import read_manifest
    from pipeline.publishing.records.public_causes import edition_of, require_one_edition
    from pipeline.publishing.records.verification import doubts, published_folders, strangers
    from pipeline.whole.archiving import archive_dossier

    require_apart({"原始数据": ROOT / raw, "中间表": ROOT / processed,
                   "归档": Path(out).absolute()})
    require_apart({"卷宗": Path(folder).absolute(), "归档": Path(out).absolute()})
    for one in published_folders(Path(folder).absolute()):
        require_one_edition(Path(out), edition_of(read_manifest(one) or {}))
        if said := doubts(one, alone=False):
            raise DossierFailed(f"{one.parent.name}/{one.name} 与记录不符，未归档："
                                f"{'；'.join(said)}")
        made = archive_dossier(one, Path(out).absolute(), ROOT / raw, ROOT / processed,
                               inputs == "whole", wheels)
        click.echo(f"{one.parent.name}/{one.name}：{made}")
        if beside := strangers(one, read_manifest(one)):
            click.echo(f"注意：{'、'.join(map(shown_name, beside))} 不是本软件所写，没有归档")
