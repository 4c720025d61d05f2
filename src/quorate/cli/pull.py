"""`quorate pull PROJECT FOLDER`: write a project's specs to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    folder: Annotated[Path, typer.Argument(help="Where to write; made if it is not there.", file_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print the changed files as JSON.")] = False,
) -> None:
    """Write what is in force. A file that says so already is not touched, comments and all."""
    import orjson

    from quorate.actions.pull_project import pull_project
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        changed = pull_project(db, found.id, folder)
    if as_json:
        typer.echo(orjson.dumps({"project": project, "changed": changed}))
    else:
        typer.echo("\n".join(f"wrote {folder / name}" for name in changed) or f"{folder}: nothing to change")
