"""``junheng check``: what reading the files finds, and no dossier (只核查)."""

import json
import sys
from pathlib import Path

import click


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="文件或文件夹...")
@click.option("--standard", default="", metavar="标准包", help="默认按文件名中的县代码")
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON 列表")
@click.option("--drop-personal", is_flag=True, help="去除个人信息并记录，默认拒收")
def check(paths: tuple[str, ...], standard: str, as_json: bool, drop_personal: bool) -> None:
    """只读入和核查，不出卷宗；有拒收时退出码为 1。"""
    from pipeline.cleaning.checking import check_paths
    from pipeline.publishing.county_book import finding_lines

    reports = check_paths([Path(p) for p in paths], standard, drop_personal)
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False, indent=1))
    for report in () if as_json else reports:
        word = {"accepted": "可用", "refused": "拒收"}[report["outcome"]]
        click.echo(f"{report['file']}：{word}，{len(report['findings'])}条记录")
        for line in finding_lines(report["findings"]):
            click.echo("  " + line)
    if any(report["outcome"] == "refused" for report in reports):
        sys.exit(1)
