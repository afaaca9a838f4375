"""``junheng doctor``: can this machine make a dossier (自检)?"""

import sys

import click


@click.command()
def doctor() -> None:
    """检查本机能否出卷宗：软件包、字体、排版、内核、写入权限。"""
    from pipeline.whole.self_check import citation_gaps, examine

    results = examine()
    for name, ok, said in results:
        click.echo(f"{'正常' if ok else '有误'}  {name}：{said}")
    if gaps := citation_gaps():
        click.echo(f"待填  引用信息：CITATION.cff 没有{'、'.join(gaps)}，"
                   "由发布者填写；不影响出卷宗")
    if not all(ok for _, ok, _ in results):
        sys.exit(1)
