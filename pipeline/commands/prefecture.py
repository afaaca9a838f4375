"""``junheng prefecture``: targets of a prefecture, judged by its counties' own tables added up."""

import json
import os
import sys
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.folders import say_strays, seen_from_here


@click.command()
@click.argument("code", metavar="市（州）代码")
@click.option("--year", type=click.IntRange(1980, 2100), required=True, metavar="年份")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认 data/raw")
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON")
@options.drop_personal
def prefecture(code: str, year: int, raw: str, as_json: bool, drop_personal: bool) -> None:
    """由各县自己的表相加，判定市（州）级规划目标，并列各县；要出成一本的用 run --prefecture。

    市（州）代码为县代码的前四位，如 4101。有县没有资料或被拒收的，退出码 1，写明是哪些县。
    市（州）自己的数和材料按目标编号填在 <原始数据>/<年份>/<代码>/ 中的表里，写法同县。
    """
    from pipeline.analysis.prefecture.adding_up import prefecture_targets
    from pipeline.annual_evaluation.prefecture_unit import Prefecture
    from pipeline.whole.evaluation.prefecture_counties import bring_counties

    unit = Prefecture.open(code, year, raw)
    brought = bring_counties(unit, drop_personal)
    found = prefecture_targets(unit.plans, brought.years, [*brought.lacking], year, brought.own)
    counties = {name: _counts(rows) for name, rows in brought.targets.items()}
    record = {"prefecture": code, "name": unit.name, "year": year, "counties": counties,
              "lacking": brought.lacking, "unused": [*brought.unused],
              "targets": [_told(one, brought.years, unit) for one in found]}
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        _tell(record)
    sys.exit(1 if brought.lacking else 0)


def make_prefecture(asked: dict, out: Path, engine: str, formats: tuple[str, ...],
                    seconds: float, memory_mb: int) -> int:
    """Make and publish a prefecture's book (市级规划目标对照); return the exit code: 1 where
    something of a county was refused, 0 where some have not handed in yet. The limits are those
    of a county; the book has as much time as its counties together."""
    from pipeline.publishing.batch.hands.child import Limits
    from pipeline.publishing.book import make_dossier
    from pipeline.publishing.chapter_parameters import checked_prefecture
    from pipeline.publishing.order import Order
    from pipeline.whole.evaluation import make_prefecture_book

    say_strays("prefecture")
    order = Order(checked_prefecture(asked), out, engine, formats)
    limits = Limits(seconds * len(order.opened.units), memory_mb)
    folder = (make_prefecture_book(order, limits) if hasattr(os, "waitid")
              else make_dossier(order))
    click.echo(f"{asked['prefecture']} {asked['year']}年：{folder / 'prefecture.pdf'}")
    record = json.loads((folder / "prefecture.json").read_text("utf-8"))
    lacking = {row["name"]: row["reason"] for row in record["tables"]["prefecture_counties"]
               if row["used"] != "true"}
    absent = [county.name for county in order.opened.counties
              if county.name in lacking and county.year not in county.file_years]
    for name in lacking.keys() - {*absent}:
        click.echo(f"注意：{name}没有可用的资料：{lacking[name]}", err=True)
    if absent:
        click.echo(f"{len(absent)}个县没有{asked['year']}年的资料，未计入："
                   f"{'、'.join(absent)}", err=True)
    return int(len(lacking) > len(absent))


def _counts(rows) -> dict[str, dict[str, int]]:
    """Return plan → state → how many of a county's own targets."""
    return {id: {state: int(n) for state, n in part["status"].value_counts().items()}
            for id, part in rows.groupby("plan")}


def _told(one, years: dict, unit) -> dict:
    """Return one target with its state, and what each county brings to it (各县的数)."""
    from pipeline.analysis.county.plan_verdicts import target_row
    from pipeline.ground.exact import decimal_text

    plan, target, judged = one
    row, found = target_row(plan, target, judged, unit.reference_day), judged.found
    parts = {name: {field: decimal_text(data[unit.year].facts[field]) for field in target.fields
                    if field in data[unit.year].facts} for name, data in years.items()}
    return {"plan": plan.id, "target": target.id, "quantity": target.quantity,
            "status": judged.status, "reason": judged.reason,
            "value": None if found.value is None else decimal_text(found.value),
            "unit": found.unit or target.unit, "deadline": row["deadline"],
            "passed": bool(row["passed"]), "counties": parts}


def _tell(record: dict) -> None:
    from pipeline.definitions.forms.variables import variables
    from pipeline.definitions.targets.plans import plan
    from pipeline.dossier.c07_plans.plan_targets import state_cell
    from pipeline.ground.terms import TARGET_STATE_ZH

    for row in record["targets"]:
        due = row["deadline"] + ("，已到期" if row["passed"] else "")
        click.echo(f"{row['target']} {state_cell(row).text}（期限：{due}）：{row['quantity']}；"
                   f"{row['reason']}")
        for name, given in row["counties"].items():
            said = "、".join(f"{variables().variables[f].zh} {n}" for f, n in given.items())
            if said:
                click.echo(f"    {name}：{said}")
    for name, plans in record["counties"].items():
        said = "；".join(f"{plan(id).title} " + "、".join(
            f"{TARGET_STATE_ZH[s]}{n}" for s, n in counts.items()) for id, counts in plans.items())
        click.echo(f"{name}：{said}")
    for said in record["unused"]:
        click.echo(f"注意：{said}", err=True)
    for name, reason in record["lacking"].items():
        click.echo(f"{name}：没有可用的资料：{reason}")
