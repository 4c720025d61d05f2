"""`quorate clarification …`: what the guideline should say more clearly, and its steward's answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from quorate.cli.say import say

group = typer.Typer(no_args_is_help=True)

Project = Annotated[str, typer.Argument(help="The project's name.")]
Request = Annotated[UUID, typer.Argument(help="The request's id, as `list` tells it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@group.command("list")
def list_(
    project: Project,
    state: Annotated[str | None, typer.Option(help="open, answered or declined.")] = None,
    as_json: AsJson = False,
) -> None:
    """What was asked, open requests first, with items on which people split."""
    from quorate.actions.clarify import tell_clarifications
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        told = tell_clarifications(db, found, state=state, limit=200, names=True)
    lines = []
    for one in told:
        done = f" → §{one['clause']}" if one["clause"] else ""
        lines.append(f"{one['id']}  {one['at']:%Y-%m-%d}  {one['state']:<8} {one['step']}: {one['question']}{done}")
        lines += [f"    {each['item']}: {each['excerpt']}" for each in one["examples"]]
    say(told, "\n".join(lines) or "Nothing was asked.", as_json=as_json)


@group.command()
def ask(
    project: Project,
    step: Annotated[str, typer.Option(help="The step.")],
    question: Annotated[str, typer.Option(help="What the guideline leaves open.")],
    label: Annotated[
        list[str] | None, typer.Option(help="A class that it is about; several times for several.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask what the guideline should say."""
    from quorate.actions.clarify import ask_clarification
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        id = ask_clarification(db, actor, found, step, label or [], question)
    say({"clarification": str(id)}, f"Asked: {id}", as_json=as_json)


@group.command()
def answer(
    project: Project,
    request: Request,
    clause: Annotated[str, typer.Option(help="Its number, such as 2.1; one that is there is replaced.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    text: Annotated[str, typer.Option(help="What holds from now on, in Markdown.")],
    as_json: AsJson = False,
) -> None:
    """Answer with a clause, which makes a new version of the guideline."""
    from quorate.actions.clarify import answer_clarification
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        version = answer_clarification(db, actor, found, request, clause, title, text)
    say({"version": version}, f"The guideline's version {version} says so.", as_json=as_json)


@group.command()
def decline(
    project: Project,
    request: Request,
    reason: Annotated[str, typer.Option(help="Why nothing need be said.")],
    as_json: AsJson = False,
) -> None:
    """Leave the guideline as it is."""
    from quorate.actions.clarify import decline_clarification
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        decline_clarification(db, actor, found, request, reason)
    say({"declined": str(request)}, "Declined.", as_json=as_json)
