"""``junheng key``: a pair of keys to sign dossiers with (签名密钥)."""

from pathlib import Path

import click


@click.command()
@click.argument("file", metavar="私钥文件")
def key(file: str) -> None:
    """做一对 Ed25519 密钥：私钥写入所给文件，公钥写在旁边（.pub）。已有的文件不覆盖。"""
    from pipeline.publishing.records.signature import make_key

    public, name = make_key(Path(file).absolute())
    click.echo(f"私钥：{file}（没有口令，只有本人可读；请另存备份，不要外传）\n"
               f"公钥：{public}（交给核对的人）\n公钥名：{name}")
