"""``junheng check``: what reading the files finds, and no dossier (只核查)."""

import json
import sys
from pathlib import Path

import click

from pipeline.commands import options


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="文件或文件夹...")
@options.standard
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON 列表")
@options.drop_personal
@click.option("--workers", type=click.IntRange(1, 1024), metavar="个数",
              help="同时核查几个县，默认按处理器个数")
def check(paths: tuple[str, ...], standard: str, as_json: bool, drop_personal: bool,
          workers: int | None) -> None:
    """只读入和核查，不出卷宗；文件夹的结论和退出码与 run 相同。"""
    from pipeline.whole.checking import check_paths
    from pipeline.whole.checking.check_reports import exit_code, summary, worst_first

    reports = check_paths([Path(p) for p in paths], standard, drop_personal, workers or 0)
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False, indent=1))
    else:
        for report in worst_first(reports):
            _tell(report)
        click.echo(summary(reports))
    sys.exit(exit_code(reports))


def _tell(report: dict) -> None:
    from pipeline.publishing.records.finding_lines import finding_lines
    from pipeline.whole.checking.check_reports import OUTCOME_ZH

    who = f"：{report['unit']} {report['name']}" if report["unit"] else ""
    counted = f"，{len(report['findings'])}条记录" if report["files"] else ""
    reason = f"。{report['reason']}" if report["reason"] else ""
    click.echo(f"{report['place']}{who}：{OUTCOME_ZH[report['outcome']]}{counted}{reason}")
    if report["unit"] and report["files"]:
        click.echo(f"  读入：{'、'.join(report['files'])}")
    for line in finding_lines(report["findings"]):
        click.echo("  " + line)
