"""``junheng sign``: sign the dossiers of a folder together (签名)."""

import sys
from contextlib import ExitStack
from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="卷宗文件夹")
@click.option("--key", "file", required=True, metavar="私钥文件", help="由 junheng key 做出的私钥")
def sign(folder: str, file: str) -> None:
    """先核对每份卷宗与其记录相符，再一起签名，打印批次根；有一份不符即不签。"""
    from pipeline.publishing.batch.asking import HIDDEN
    from pipeline.publishing.batch.books.lock import locked
    from pipeline.publishing.records.signature import read_key, require_own, sign_folders
    from pipeline.publishing.records.verification import doubts, published_folders

    key = read_key(Path(file).absolute())
    folders = published_folders(Path(folder).absolute())
    with ExitStack() as held:
        for hidden in sorted({one.parent / HIDDEN for one in folders}):
            if hidden.is_dir():
                held.enter_context(locked(hidden, None))
        amiss = {one: said for one in folders if (said := doubts(one, signed=False))}
        for one, said in amiss.items():
            click.echo(f"{one.parent.name}/{one.name} 不符：{'；'.join(said)}", err=True)
        if amiss:
            click.echo("没有签名：有卷宗与记录不符，请先重做", err=True)
            sys.exit(1)
        require_own(folders, key)
        root = sign_folders(folders, key)
    click.echo(f"已签名 {len(folders)} 份。批次根（可写入会议纪要）：\n{root}\n公钥名：{key.name}")
