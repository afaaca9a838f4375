"""What ``junheng run`` says: what would be made, what was made, and where it stands."""

from pathlib import Path

import click


def tell_plan(batch, look) -> None:
    """Say of each county whether it would be made, and why (只列出，不做)."""
    from pipeline.publishing.batch.outcome import CACHED, REFUSED, STATE_ZH
    from pipeline.publishing.batch.running import tasks_of

    refused, problems = look()
    tasks = tasks_of(batch, refused)
    for task in tasks:
        said = {"": f"要做：{task.why}", CACHED: "沿用：没有变化"}.get(
            task.state) or f"{STATE_ZH[task.state]}：{task.why}"
        click.echo(f"{task.code} {task.name}  {said}")
    for problem in (*batch.problems, *problems):
        click.echo(f"注意：{problem}", err=True)
    made, kept, refused = (sum(task.state == state for task in tasks)
                           for state in ("", CACHED, REFUSED))
    failed = len(tasks) - made - kept - refused
    click.echo(f"共 {len(tasks)} 个县：要做 {made}，沿用 {kept}，拒收 {refused}，失败 {failed}。")


def tell(outcomes: list, batch, everybody: bool) -> None:
    """Say where the dossiers are that were asked for by name; of all, how many there are."""
    from pipeline.publishing.batch.outcome import CACHED, OK
    from pipeline.publishing.batch.progress import summary

    if everybody:
        click.echo(f"{summary(outcomes)}记录：{batch.year_folder / f'batch{batch.suffix}.csv'}")
        return
    for outcome in outcomes:
        if outcome.state in (OK, CACHED):
            same = "（没有变化，沿用）" if outcome.state == CACHED else ""
            folder = batch.year_folder / outcome.code
            click.echo(f"{outcome.code} {outcome.name} {batch.year_folder.name}年："
                       f"{folder / 'dossier.pdf'}{_beside(folder)}{same}")


def _beside(folder: Path) -> str:
    """Say in which other formats a dossier stands beside its PDF."""
    from pipeline.ground.ownership import listed
    from pipeline.publishing.formats import PDF, formats_among

    there = formats_among(listed(folder), "dossier")
    others = [f"dossier.{name}" for name in there if name != PDF]
    return f"、{'、'.join(others)}" if others else ""
