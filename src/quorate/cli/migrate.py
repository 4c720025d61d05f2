"""`quorate migrate`: bring the database's tables up to date."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit with 1 if there is work to do.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print before and after as JSON.")] = False,
) -> None:
    """Bring the tables up to date, in one transaction. The embedded database needs no such call."""
    import json

    from quorate.settings import settings
    from quorate.store import migrate
    from quorate.store.locate import located

    with located(settings()) as url:
        before = migrate.current(url)
        if not check:
            migrate.upgrade(url)
        after = migrate.current(url)
    current = after == migrate.head()
    if as_json:
        typer.echo(json.dumps({"before": before, "after": after, "head": migrate.head(), "current": current}))
    elif before == after:
        typer.echo(f"The tables are {'up to date' if current else 'not up to date'} ({after or 'none yet'}).")
    else:
        typer.echo(f"The tables went from {before or 'none'} to {after}.")
    raise typer.Exit(0 if current else 1)
