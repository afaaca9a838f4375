"""Making what ``junheng run`` was asked for: as a batch, or one after the other."""

from pathlib import Path

import click

from pipeline.commands.records.index import index_after
from pipeline.commands.run.telling import tell, tell_plan
from pipeline.ground.errors import JunhengError, WrongUse
from pipeline.ground.machine import processors


def made_as_batch(orders: list, came, everybody: bool, work: Path, asked: dict) -> int:
    """Make the orders as a batch; return the exit code."""
    from pipeline.ground.ownership import claim
    from pipeline.publishing.batch.running import run_batch
    from pipeline.whole.intake import refused_for_schools

    batch = _batch(orders, came, everybody, asked)

    def look() -> tuple[dict[str, str], list[str]]:
        """Read the rolls of *all* counties: shards look at each other's too. A public edition
        comes from tables that were looked at, and its record tells nothing of the files."""
        if not everybody or asked["edition"] == "public":
            return {}, []
        claim(batch.hidden)
        return refused_for_schools(orders, came, batch.workers, batch.hidden / "rolls", work)

    if asked["dry_run"]:
        tell_plan(batch, look)
        return 0
    outcomes, code = run_batch(batch, lambda place: _hands(asked, batch, place), look)
    tell(outcomes, batch, everybody)
    if outcomes and not batch.shard:
        index_after(batch.year_folder, everybody)
    return max(code, _in_language(outcomes, batch.year_folder, asked["language"]))


def _batch(orders: list, came, everybody: bool, asked: dict):
    """Return what is asked of the batch: the orders of this shard, its limits and its record."""
    from pipeline.publishing.batch.asking import Batch
    from pipeline.publishing.batch.hands.child import Limits
    from pipeline.publishing.batch.sharding import Shard

    shard = Shard.read(asked["shard"])
    common = orders[0].parameters.model_dump(
        exclude={"unit", "raw", "processed", "pool", "internal"})
    common |= {"formats": [*asked["formats"]], "binding": asked["binding"]}
    mine = [o for o in orders if shard is None or shard.takes(o.parameters.unit)]
    told = came.problems if everybody and asked["edition"] != "public" else ()
    return Batch(mine, orders[0].target.parent, {o.parameters.unit: o.name for o in orders},
                 everybody, shard, asked["force"], asked["workers"] or processors(),
                 Limits(asked["timeout"], asked["memory"]), asked["max_failures"], tuple(told),
                 common, asked["peers"])


def _hands(asked: dict, batch, place: Path):
    """Return who makes the dossiers: those of this machine, or Dask's workers."""
    from pipeline.publishing.batch.hands.local_hands import local_hands

    if asked["scheduler"]:
        from pipeline.publishing.batch.hands.cluster import Cluster

        return Cluster(asked["scheduler"], batch.limits, place,
                       lambda said: click.echo(said, err=True))
    book = "public" if asked["edition"] == "public" else "county"
    return local_hands(book, batch.limits, batch.workers, place, alone=len(batch.orders) == 1)


def _in_language(outcomes: list, year_folder: Path, named: str) -> int:
    """Make the editions in a language of what now stands; return the exit code."""
    if not named:
        return 0
    from pipeline.publishing.batch.outcome import DONE
    from pipeline.publishing.languages.edition import folder_of_edition, make_edition
    from pipeline.publishing.languages.language import language

    words, failed = language(named), False
    out = folder_of_edition(year_folder.parent, words)
    for outcome in (one for one in outcomes if one.state in DONE):
        try:
            made, untold = make_edition(year_folder / outcome.code, out, words)
        except JunhengError as fault:
            failed = True
            click.echo(f"{outcome.code} {outcome.name}：未出{words.zh}。{fault}", err=True)
            continue
        click.echo(f"{outcome.code} {outcome.name} {words.zh}：{made / 'dossier.pdf'}")
        if untold:
            shown = "；".join(untold[:5])
            click.echo(f"注意：{len(untold)}处没有译文，照中文印出：{shown}", err=True)
    return int(failed)


def one_by_one(orders: list, everybody: bool) -> int:
    """Make the dossiers one after the other, where children cannot be watched (Windows)."""
    from pipeline.publishing.book import make_dossier

    if everybody:
        raise WrongUse("本系统不能分叉进程，--all 不可用；请写明县代码，或在 Linux 上运行")
    failed = False
    for order in orders:
        county = order.county
        try:
            click.echo(f"{county.code} {county.name} {county.year}年："
                       f"{make_dossier(order) / 'dossier.pdf'}")
        except WrongUse:
            raise
        except JunhengError as fault:
            failed = True
            click.echo(f"{county.code} {county.name}：未出卷宗。{fault}", err=True)
    return int(failed)
