"""What a command says once of packages that are not the locked ones (软件包与锁定文件不一致)."""

import click


def say_differing() -> None:
    """Name the packages that are not as locked, if any; what is made then carries a mark."""
    from pipeline.ground.software import notice

    if notice():
        click.echo(f"注意：{notice()}", err=True)
