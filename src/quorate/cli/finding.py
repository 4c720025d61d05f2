"""`quorate finding …`: what validators and detectors noticed, and what a person makes of it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

group = typer.Typer(no_args_is_help=True)

Project = Annotated[str, typer.Argument(help="The project's name.")]
Finding = Annotated[UUID, typer.Argument(help="The finding's id, as `list` tells it.")]
Reason = Annotated[str, typer.Option(help="Why; the annotator reads it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _say(value: Any, text: str, *, as_json: bool) -> None:
    import orjson

    typer.echo(orjson.dumps(value) if as_json else text)


@group.command("list")
def list_(
    project: Project,
    state: Annotated[str | None, typer.Option(help="open, answered, upheld or dismissed.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of this validator or detector only.")] = None,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """What was noticed, newest first, and what was said to it."""
    from quorate.actions.answer_finding import tell_findings
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        told = tell_findings(db, found, names=True, limit=limit, state=state, kind=kind)
    lines = []
    for one in told:
        who = one["name"] or one["annotator"] or one["item"] or ""
        lines.append(
            f"{one['id']}  {one['at']:%Y-%m-%d %H:%M}  {one['state']:<9} {one['kind']}: {who}: {one['message']}"
        )
        lines += [f"    {reply['kind']}: {reply['text']}" for reply in one["replies"]]
    _say(told, "\n".join(lines) or "Nothing was noticed.", as_json=as_json)


@group.command()
def uphold(project: Project, finding: Finding, reason: Reason, as_json: AsJson = False) -> None:
    """Agree with it. Nothing else follows: pause, block or retrain the annotator as you see fit."""
    _judge(project, finding, "upheld", reason, as_json=as_json)


@group.command()
def dismiss(project: Project, finding: Finding, reason: Reason, as_json: AsJson = False) -> None:
    """Hold nothing against them; a pause that it brought ends."""
    _judge(project, finding, "dismissed", reason, as_json=as_json)


def _judge(project: str, finding: UUID, verdict: Any, reason: str, *, as_json: bool) -> None:
    from quorate.actions.answer_finding import judge_finding
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        judge_finding(db, actor, found, finding, verdict, reason)
    _say({verdict: str(finding)}, f"{verdict.capitalize()}.", as_json=as_json)
