"""`quorate lead …`: annotators who are proposed for promotion."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from quorate.cli.say import say

group = typer.Typer(no_args_is_help=True)

Project = Annotated[str, typer.Argument(help="The project's name.")]
Lead = Annotated[UUID, typer.Argument(help="The proposal's id, as `list` tells it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@group.command("list")
def list_(project: Project, as_json: AsJson = False) -> None:
    """Whom the evidence proposes as experts, and what was decided."""
    from quorate.actions.propose_leads import tell_leads
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        told = tell_leads(db, found, names=True)
    lines = [
        f"{one['id']}  {one['name'] or one['annotator']:<20} {one['state']:<9} "
        f"{one['evidence']['right']} of {one['evidence']['answers']} known items right "
        f"({one['evidence']['low']:.0%} to {one['evidence']['high']:.0%})"
        for one in told
    ]
    say(told, "\n".join(lines) or "Nobody is proposed.", as_json=as_json)


@group.command()
def accept(
    project: Project, lead: Lead, reason: Annotated[str, typer.Option(help="Why.")] = "", as_json: AsJson = False
) -> None:
    """Make them an expert."""
    from quorate.actions.propose_leads import accept_lead
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        accept_lead(db, actor, found, lead, reason)
    say({"accepted": str(lead)}, "Accepted.", as_json=as_json)


@group.command()
def decline(
    project: Project, lead: Lead, reason: Annotated[str, typer.Option(help="Why; it is kept.")], as_json: AsJson = False
) -> None:
    """Do not; they are not proposed again for a while."""
    from quorate.actions.propose_leads import decline_lead
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        decline_lead(db, actor, found, lead, reason)
    say({"declined": str(lead)}, "Declined.", as_json=as_json)


@group.command()
def propose(as_json: AsJson = False) -> None:
    """Look at the evidence of every project now; the worker does so every hour."""
    from quorate.actions.propose_leads import propose_leads
    from quorate.cli import connect

    with connect.to_database() as (db, _):
        proposed = propose_leads(db)
    say({"proposed": proposed}, f"{proposed} proposed.", as_json=as_json)
