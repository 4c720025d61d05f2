"""`quorate verify`: has anything been changed since it was said?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quorate.cli.files import there


def command(
    export: Annotated[
        Path | None,
        typer.Argument(help="An export to check by itself; the whole ledger when left out.", callback=there),
    ] = None,
    root: Annotated[str | None, typer.Option(help="The published root or hash of the export's block.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Recompute every hash. Exit code 1 when something does not fit; the first such thing is named."""
    if export is not None:
        _export(export, root, as_json)
    else:
        _ledger(as_json)


def _ledger(as_json: bool) -> None:
    import orjson

    from quorate.actions.seal_ledger import seal_ledger
    from quorate.actions.verify_ledger import verify_ledger
    from quorate.cli import connect

    with connect.to_database() as (db, _):
        seal_ledger(db)
        found = verify_ledger(db)
    if as_json:
        typer.echo(orjson.dumps(found.to_json()))
    elif found.fault is None:
        typer.secho(f"{found.events:,} events in {found.blocks:,} blocks: everything fits.", fg="green")
        typer.echo(f"  newest block's hash: {found.root}")
    else:
        typer.secho(found.fault.detail, fg="red")
    if not found.ok:
        raise typer.Exit(1)


def _export(export: Path, root: str | None, as_json: bool) -> None:
    import orjson

    from quorate.actions.verify_export import verify_export

    faults = verify_export(export, root)
    if as_json:
        typer.echo(orjson.dumps({"ok": not faults, "faults": faults, "root_checked": root is not None}))
    elif faults:
        for fault in faults:
            typer.secho(fault, fg="red")
    else:
        typer.secho(f"{export}: every record is as it was written.", fg="green")
        if root is None:
            typer.echo("  Compare the block's root in the proof with a published one, or give it by --root.")
    if faults:
        raise typer.Exit(1)
