"""`quorate hours …`: when somebody works."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from quorate.cli.say import say

group = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The account's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WORKWEEK = "mon,tue,wed,thu,fri"


def _account(db: Any, actor: Any, name: str) -> Any:
    from quorate.store import accounts

    with db.read() as connection:
        return accounts.find(connection, actor.workspace, name).id


@group.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """When they work, and when they are away."""
    import orjson

    from quorate.actions.keep_hours import tell_hours
    from quorate.cli import connect

    with connect.to_database() as (db, actor):
        told = tell_hours(db, _account(db, actor, name))
    if as_json:
        typer.echo(orjson.dumps({"name": name, "hours": told}))
    elif told is None:
        typer.echo(f"{name} has said no hours and counts as always there.")
    else:
        typer.echo(f"{name}, {told['zone']}")
        for day, spans in told["week"].items():
            typer.echo(f"  {day}  {', '.join(_span(span) for span in spans)}")
        for away in told["away"]:
            typer.echo(f"  away {_span(away)}")


def _span(span: dict[str, str]) -> str:
    return f"{span['from']}–{span['to']}"


@group.command("set")
def set_(
    name: Name,
    zone: Annotated[str, typer.Option(help="A time zone, such as Europe/Berlin.")],
    work: Annotated[
        list[str], typer.Option(help="DAYS=SPANS, such as mon,tue=09:00-12:00,13:00-17:00; several times for several.")
    ],
    away: Annotated[list[str] | None, typer.Option(help="FIRST/LAST, days both included; several times.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say when they work; what was said before is replaced."""
    from quorate.actions.keep_hours import keep_hours
    from quorate.cli import connect
    from quorate.people.hours import Hours

    week: dict[str, list[dict[str, str]]] = {}
    for one in work:
        days, _, spans = one.partition("=")
        for day in (WORKWEEK if days == "workdays" else days).split(","):
            week[day.strip()] = [_parted(span, "-", "--work") for span in spans.split(",")]
    try:
        said = Hours.read({"zone": zone, "week": week, "away": [_parted(one, "/", "--away") for one in away or ()]})
    except ValueError as error:
        raise typer.BadParameter(f"{error}: write mon,tue=09:00-17:00 and 2026-12-24/2026-12-31.") from None
    with connect.to_database() as (db, actor):
        keep_hours(db, actor, _account(db, actor, name), said)
    say({"name": name, "hours": said.written()}, "Done.", as_json=as_json)


def _parted(written: str, by: str, option: str) -> dict[str, str]:
    first, found, last = written.strip().partition(by)
    if not found:
        raise typer.BadParameter(f"{written!r}: two are wanted, with {by!r} between them.", param_hint=option)
    return {"from": first.strip(), "to": last.strip()}


@group.command()
def clear(name: Name, as_json: AsJson = False) -> None:
    """Forget what they said; they count as always there."""
    from quorate.actions.keep_hours import remove_hours
    from quorate.cli import connect

    with connect.to_database() as (db, actor):
        remove_hours(db, actor, _account(db, actor, name))
    say({"name": name, "hours": None}, "Done.", as_json=as_json)
