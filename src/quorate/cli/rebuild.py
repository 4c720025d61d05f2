"""`quorate rebuild PROJECT`: does the current state follow from what was said?"""

from __future__ import annotations

from typing import Annotated

import typer

SHOWN = 20


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    repair: Annotated[bool, typer.Option("--repair", help="Make it what follows, and learn all skills again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every difference as JSON.")] = False,
) -> None:
    """Derive the state of a project again from its answers, decisions and ledger; exit code 1 where it differs.

    With --repair it is mended, in one transaction during which nobody can work.
    """
    import orjson

    from quorate.actions.rebuild_state import compare_state, repair_state
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        wrong = repair_state(db, actor, found.id) if repair else compare_state(db, found.id)
    if as_json:
        rows = [{"noun": d.noun, "id": d.id, "there": d.there, "derived": d.derived} for d in wrong]
        typer.echo(orjson.dumps({"differences": rows, "repaired": repair}))
    elif not wrong:
        typer.secho("Everything is as it follows from what was said.", fg="green")
    else:
        for one in wrong[:SHOWN]:
            typer.echo(f"{one.noun} {one.id}: is {one.there}, should be {one.derived}")
        rest = f" ({len(wrong) - SHOWN:,} more)" if len(wrong) > SHOWN else ""
        typer.secho(f"{len(wrong):,} differ{rest}" + ("; mended." if repair else "."), fg="green" if repair else "red")
        if not repair:
            typer.echo("  `quorate backup` first; then pass --repair.")
    if wrong and not repair:
        raise typer.Exit(1)
