"""`quorate metrics PROJECT`: how the work goes, over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from quorate.watch.metrics import BY, Every


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    name: Annotated[list[str] | None, typer.Option(help="A metric; several times for several. All without.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="step, class or person; may be given several times.")] = None,
    since: Annotated[datetime | None, typer.Option("--from", help="The first moment, in UTC.")] = None,
    to: Annotated[datetime | None, typer.Option(help="The moment before which it ends, in UTC.")] = None,
    every: Annotated[Every, typer.Option(help="How long the stretches are.")] = "hour",
    limit: Annotated[int, typer.Option(min=1, help="At most so many sums are told.")] = 500,
    after: Annotated[str | None, typer.Option(help="Go on after a page, from what it said at its end.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the points as JSON.")] = False,
) -> None:
    """Agreement, speed, cost and the rest, rolled up."""
    import orjson

    from quorate.actions.tell_metrics import tell_metrics
    from quorate.cli import connect

    apart = [one for one in BY if one in (by or ())]
    if strange := set(by or ()) - set(BY):
        raise typer.BadParameter(f"{strange.pop()!r}: one of {', '.join(BY)}.", param_hint="--by")
    with connect.to_project(project) as (db, found, _):
        told = tell_metrics(
            db, found, name or (), by=apart, since=since, until=to, every=every, after=after,
            limit=limit, people=True,
        )  # fmt: skip
    typer.echo(orjson.dumps(told)) if as_json else _show(told, apart)


def _show(told: dict[str, Any], by: Sequence[str]) -> None:
    from quorate.watch.metrics import METRICS

    if not told["points"]:
        typer.echo("Nothing was measured then. The worker rolls up every ten seconds what the ledger has sealed.")
    for point in told["points"]:
        where = "  ".join(str(point[one] or "-") for one in by)
        unit = METRICS[point["metric"]].unit
        value = f"{point['value']:.1%}" if unit == "share" else f"{point['value']:,.4g} {unit}"
        typer.echo(
            f"{point['at']:%Y-%m-%d %H:%M}  {point['metric']:<20} {value:<28} n={point['n']:<8,} {where}".rstrip()
        )
    if told["untold"]:
        typer.echo(f"Not told by {' and '.join(by)}: {', '.join(told['untold'])}; why is in `--json`.")
    if told["next"]:
        typer.echo(f"There is more: --after {told['next']}")
