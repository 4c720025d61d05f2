"""`quorate restore FILE`: the whole database from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quorate.cli.files import there


def command(
    file: Annotated[Path, typer.Argument(help="What `quorate backup` has written.", dir_okay=False, callback=there)],
    replace: Annotated[bool, typer.Option("--replace", help="Throw away what the database holds now.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Fill the database from a backup: all of it, or nothing. The tables are then brought up to date.

    Media that the backup holds go to the data folder.

    To move to an external server, set QUORATE_DATABASE_URL to an empty database there and restore into it.
    """
    import json

    from quorate.cli.progress import showing
    from quorate.settings import settings
    from quorate.store import migrate
    from quorate.store.backup import restore
    from quorate.store.locate import located

    with located(settings()) as url:
        with showing(f"restore {file.name}", quiet=as_json) as show:
            media = settings().data / "media"
            restore(url, file, media=media, replace=replace, progress=lambda share, table: show(share, None, table))
        migrate.upgrade(url)
        at = migrate.current(url)
    typer.echo(json.dumps({"file": str(file), "migrations": at}) if as_json else f"{file}: restored, tables at {at}")
