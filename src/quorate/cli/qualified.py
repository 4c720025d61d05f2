"""`quorate qualified PROJECT`: who has shown what the policy asks for."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Each annotator with the exams and trainings that are asked for: met, lapsed or missing, and until when."""
    import orjson

    from quorate.actions.tell_annotators import tell_annotators
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        rows = tell_annotators(db, found, names=True)
    told = [{name: row[name] for name in ("annotator", "name", "kind", "qualification")} for row in rows]
    if as_json:
        typer.echo(orjson.dumps(told))
        return
    lines = [f"{row['name'] or row['annotator']:<20} {_terms(row)}" for row in told]
    typer.echo("\n".join(lines) or "Nobody works here yet.")


def _terms(row: dict[str, Any]) -> str:
    return ", ".join(map(_term, row["qualification"])) or "nothing is asked for"


def _term(term: dict[str, Any]) -> str:
    until = f" until {term['until']:%Y-%m-%d}" if term["until"] else ""
    return f"{term['kind']} {term['name']}: {term['state']}{until}"
