"""`quorate retake PROJECT EXAM ACCOUNT`: let somebody sit an exam once more."""

from __future__ import annotations

from typing import Annotated

import typer

from quorate.cli.say import say


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    exam: Annotated[str, typer.Argument(help="The exam's name.")],
    name: Annotated[str, typer.Argument(help="The account's name.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Once more than the exam allows, and at once."""
    from quorate.actions.grant_access import account_named
    from quorate.actions.grant_retake import grant_retake
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        grant_retake(db, actor, found, account_named(db, found.workspace_id, name), exam, reason)
    say({"exam": exam, "account": name}, f"{name} may sit {exam} once more.", as_json=as_json)
