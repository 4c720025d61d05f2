"""`quorate status [PROJECT]`: where things stand."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def command(
    project: Annotated[str | None, typer.Argument(help="The project's name; lists all when left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
) -> None:
    """Progress, quality, cost, and what waits for whom."""
    from quorate.actions.tell_status import tell_status
    from quorate.cli import connect

    if project is None:
        _list(as_json)
        return
    with connect.to_project(project) as (db, found, _):
        status = tell_status(db, found)
    _json(status) if as_json else _show(status)


def _json(value: Any) -> None:
    import orjson

    typer.echo(orjson.dumps(value, default=str))


def _list(as_json: bool) -> None:
    from quorate.cli import connect
    from quorate.store import projects

    with connect.to_database() as (db, actor), db.read() as connection:
        names = [project.name for project in projects.every(connection, actor.workspace)]
    if as_json:
        _json(names)
    else:
        typer.echo("\n".join(names) or "There is no project yet. `quorate apply FOLDER` makes one.")


def _show(status: dict[str, Any]) -> None:
    from quorate.flow.status import sentence

    typer.secho(f"{status['project']}: {sentence(status)}", bold=True)
    for name, step in status["steps"].items():
        states = ", ".join(f"{count:,} {state}" for state, count in sorted(step["states"].items()))
        typer.echo(f"  {name}: {states}")
        if step["judgements_per_item"] is not None:
            typer.echo(f"    judgements per item: {step['judgements_per_item']:.2f}")
        if step["agreement"]:
            alpha = step["agreement"]["krippendorff"]
            typer.echo(f"    agreement (Krippendorff's alpha): {alpha['value']:.3f}{_interval(alpha)}")
        for role, gold in step["accuracy_on_gold"].items():
            interval = f"({gold['low']:.1%}–{gold['high']:.1%})"
            typer.echo(f"    {role} on gold: {gold['accuracy']:.1%} of {gold['answers']:,} {interval}")
    for quota in status["coverage"]:
        missing = max(0, quota["wanted"] - quota["decided"])
        state = f", {missing:,} missing" if missing else ""
        typer.echo(f"  {quota['of']} {quota['kind']}: {quota['decided']:,} of {quota['wanted']:,} decided{state}")
    for queue in status["queues"]:
        kind = queue["kind"].replace("_", " ")
        typer.echo(f"  {queue['cases']:,} for an expert ({kind}), oldest {_age(queue['oldest_seconds'])}")
    _show_ahead(status["ahead"])
    for kind, count in status["findings"].items():
        typer.echo(f"  {count:,} findings: {kind.replace('_', ' ')}")
    typer.echo(f"  {status['certificate']['sentence']}")


def _show_ahead(ahead: dict[str, Any]) -> None:
    """When it will be done, when it is due, and what is done about it."""
    from quorate.flow.lag import NEVER

    if ahead["known"] and any(step["left"] or step["cases"] for step in ahead["steps"]):
        done = f"will be done {ahead['done']:%a %Y-%m-%d %H:%M} UTC" if ahead["done"] else "no end is in sight"
        late = ahead["late_hours"]
        due = "" if ahead["due"] is None else f"; due {ahead['due']:%a %Y-%m-%d %H:%M} UTC"
        typer.echo(f"  {done}{due}" + (f", {late:,.0f} hours late" if late is not None and late > 0 else ""))
    for one in ahead["taken"]:
        typer.echo(f"  {one['step']}: {one['do']} ({one['measure']}) since {one['since']:%Y-%m-%d %H:%M} UTC")
    queue = ahead["queue"]
    if queue["wait_hours"] is not None and queue["cases"]:
        wait = "without an end in sight" if queue["wait_hours"] >= NEVER else f"about {queue['wait_hours']:,.1f} h"
        typer.echo(f"  a new case waits {wait}; {queue['experts_on_duty']} experts on duty")


def _interval(estimate: dict[str, Any]) -> str:
    if estimate["low"] is None or estimate["high"] is None:
        return ""
    return f" ({estimate['low']:.3f}–{estimate['high']:.3f})"


def _age(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
