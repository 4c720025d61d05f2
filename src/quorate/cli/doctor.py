"""`quorate doctor`: what a support engineer would ask first."""

from __future__ import annotations

from typing import Annotated

import typer


def command(as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False) -> None:
    """Check versions, data folder, disk, database, clock and tables. Exits with 1 if anything needs mending."""
    import json
    from dataclasses import asdict

    from quorate.settings import settings
    from quorate.store.health import examine

    checks = []
    for check in examine(settings()):
        checks.append(check)
        if not as_json:
            typer.secho(" ok  " if check.ok else "FAIL ", fg="green" if check.ok else "red", nl=False)
            typer.echo(f"{check.name}: {check.found}")
            if check.mend:
                typer.echo(f"     {check.mend}")
    well = all(check.ok for check in checks)
    if as_json:
        typer.echo(json.dumps({"ok": well, "checks": [asdict(check) for check in checks]}, indent=2))
    raise typer.Exit(0 if well else 1)
