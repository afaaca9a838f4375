"""``junheng prefecture``: targets of a prefecture, judged by its counties' own tables added up."""

import json
import sys
from pathlib import Path

import click

from pipeline.commands import options
from pipeline.commands.folders import seen_from_here
from pipeline.ground.errors import InputRefused, WrongUse

_CODE_DIGITS = 4


@click.command()
@click.argument("code", metavar="市（州）代码")
@click.option("--year", type=click.IntRange(1980, 2100), required=True, metavar="年份")
@click.option("--raw", default="data/raw", metavar="文件夹", callback=seen_from_here,
              help="原始数据，默认 data/raw")
@click.option("--json", "as_json", is_flag=True, help="只输出 JSON")
@options.drop_personal
def prefecture(code: str, year: int, raw: str, as_json: bool, drop_personal: bool) -> None:
    """由各县自己的表相加，判定市（州）级规划目标，并列各县；不出卷宗。

    市（州）代码为县代码的前四位，如 4101。有县没有资料或被拒收的，退出码 1，写明是哪些县。
    """
    from pipeline.analysis.prefecture.adding_up import prefecture_targets
    from pipeline.definitions.targets.plans import plan

    counties, states, lacking, plans = {}, {}, {}, {}
    for info in _units(code, Path(raw)):
        plans |= dict.fromkeys(info.plans)
        try:
            counties[info.name], states[info.name] = _county(info.code, year, raw, drop_personal)
        except (InputRefused, WrongUse) as refusal:
            lacking[info.name] = str(refusal).split("\n")[0]
    found = prefecture_targets([plan(id) for id in plans], counties, [*lacking], year)
    record = {"prefecture": code, "year": year, "counties": states, "lacking": lacking,
              "targets": [_told(*one, counties, year) for one in found]}
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        _tell(record)
    sys.exit(1 if lacking else 0)


def _units(code: str, raw: Path) -> list:
    from pipeline.definitions.forms.unit_list import units

    if not (len(code) == _CODE_DIGITS and code.isascii() and code.isdigit()):
        raise WrongUse(f"市（州）代码“{code}”应为县代码的前四位，如 4101")
    found = [info for unit, info in sorted(units(raw).items()) if unit.startswith(code)]
    if not found:
        raise WrongUse(f"名册中没有代码以 {code} 开头的县")
    return found


def _county(code: str, year: int, raw: str, drop_personal: bool):
    """Return a county's data by year, and plan → state → how many of its own targets."""
    from pipeline.analysis.evaluate import evaluated
    from pipeline.cleaning.importing import import_county
    from pipeline.county import County

    county = County.open(code, year, raw=raw)
    county.require_files()
    read = import_county(county, drop_personal)
    read.require_accepted()
    made = evaluated({**read.tables, "standard": county.standard, "year": year,
                      "years": county.years, "code": county.code, "plans": county.plans,
                      "reference_day": county.reference_day}, ["data", "targets"])
    own = made["targets"]
    counts = {id: {state: int(n) for state, n in rows["status"].value_counts().items()}
              for id, rows in own.groupby("plan")}
    return made["data"], counts


def _told(plan, target, judged, counties: dict, year: int) -> dict:
    """Return one target with its state, and what each county brings to it (各县的数)."""
    from pipeline.ground.exact import decimal_text

    parts = {name: {field: decimal_text(years[year].facts[field]) for field in target.fields
                    if field in years[year].facts} for name, years in counties.items()}
    found = judged.found
    return {"plan": plan.id, "target": target.id, "quantity": target.quantity,
            "status": judged.status, "reason": judged.reason,
            "value": None if found.value is None else decimal_text(found.value),
            "unit": found.unit or target.unit, "deadline": target.deadline, "counties": parts}


def _tell(record: dict) -> None:
    from pipeline.definitions.forms.variables import variables
    from pipeline.ground.terms import TARGET_STATE_ZH

    for row in record["targets"]:
        state = TARGET_STATE_ZH[row["status"]]
        click.echo(f"{row['target']} {state}：{row['quantity']}；{row['reason']}")
        for name, given in row["counties"].items():
            said = "、".join(f"{variables().variables[f].zh} {n}" for f, n in given.items())
            if said:
                click.echo(f"    {name}：{said}")
    for name, plans in record["counties"].items():
        said = "；".join(f"{id} " + "、".join(
            f"{TARGET_STATE_ZH[s]}{n}" for s, n in counts.items()) for id, counts in plans.items())
        click.echo(f"{name}：{said}")
    for name, reason in record["lacking"].items():
        click.echo(f"{name}：没有可用的资料：{reason}")
