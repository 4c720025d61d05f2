"""`quorate duty PROJECT`: who works when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Who is on duty, until when, and whose turn how many cases are."""
    import orjson

    from quorate.actions.tell_duty import tell_duty
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        told = tell_duty(db, found, names=True)
    typer.echo(orjson.dumps(told)) if as_json else _show(told)


def _show(told: dict[str, Any]) -> None:
    on_duty = ", ".join(f"{count} {role}{'s' if count != 1 else ''}" for role, count in told["on_duty"].items())
    turns = "each case is one expert's turn" if told["assigning"] else "cases are anybody's"
    typer.secho(f"On duty: {on_duty}; {turns}.", bold=True)
    for one in told["people"]:
        cases = f"{one['cases']} cases, {one['overdue']} overdue" if one["cases"] else ""
        typer.echo(f"  {one['person']:<20} {'/'.join(one['roles']):<18} {_when(one):<44} {cases}".rstrip())


def _when(one: dict[str, Any]) -> str:
    if one["barred"]:
        return str(one["barred"])
    if one["working"]:
        return f"at work until {_at(one['until'])}" if one["until"] else "always there"
    return f"back {_at(one['next'])}" if one["next"] else "away"


def _at(moment: datetime) -> str:
    return f"{moment:%a %Y-%m-%d %H:%M} UTC"
