"""`quorate apply FOLDER`: make a project what its folder says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quorate.cli.files import there

if TYPE_CHECKING:
    from quorate.actions.publish_spec import Published


def command(
    folder: Annotated[
        Path, typer.Argument(help="A folder with project.yaml, schema.yaml, policy.yaml …", callback=there)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why, kept with every new version.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
) -> None:
    """Check the whole folder, print what changes, and publish it in one transaction."""
    import orjson

    from quorate.actions.apply_project import apply_project
    from quorate.cli import connect
    from quorate.cli.faults import told

    with told(as_json=as_json), connect.to_database() as (db, actor):
        report = apply_project(db, actor, folder, reason=reason, dry_run=dry_run)
    if as_json:
        typer.echo(orjson.dumps(report.to_json()))
    else:
        say(report)


def say(report: Published) -> None:
    """The plan, for people."""
    if not report.changes:
        typer.echo(f"{report.project}: nothing to change")
        return
    would = "would be " if report.dry_run else ""
    if report.created:
        typer.echo(f"project {report.project} {would}created")
    for change in report.changes:
        typer.secho(f"{change.kind} {change.name}: version {change.version} {would}{change.what}", bold=True)
        for difference in change.differences:
            typer.echo("  " + str(difference).replace("\n", "\n  "))
    for count, words in (
        (report.mapped, "decisions mapped to new classes"),
        (report.restored, "former decisions restored"),
        (report.asked_again, "tasks asked again"),
        (report.tasks_added, "tasks added"),
    ):
        if count:
            typer.echo(f"{count:,} {words}")
    if report.dry_run:
        typer.echo("Nothing was changed (dry run).")
