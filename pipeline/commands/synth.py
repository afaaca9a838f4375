"""``junheng synth``: a made-up nation with a known truth (虚构的全国)."""

from pathlib import Path

import click


@click.command()
@click.argument("target", metavar="文件夹")
@click.option("--counties", type=int, required=True, metavar="县数", help="多少个县")
@click.option("--years", "span", required=True, metavar="年份-年份", help="如 2021-2023")
@click.option("--seed", type=int, required=True, metavar="种子", help="相同的种子得到相同的数据")
@click.option("--format", "form", default="mixed", metavar="mixed|csv|xlsx", help="文件的写法")
def synth(target: str, counties: int, span: str, seed: int, form: str) -> None:
    """造一份全国数据，真值已知：检验程序和方法用，全部虚构。"""
    from pipeline.synth.nation import Wanted, write_nation, years_of

    wanted, refused = Wanted(counties, years_of(span), seed, form), 0
    for number, county in enumerate(write_nation(Path(target), wanted), 1):
        refused += county.refused
        if number % 100 == 0:
            click.echo(f"已写出 {number} 个县", err=True)
    click.echo(f"已写出 {counties} 个县 {span} 年的合成数据：{target}。"
               f"其中 {refused} 个县末年的表应当拒收，见 truth/counties.csv")
