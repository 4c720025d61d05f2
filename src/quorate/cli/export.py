"""`quorate export PROJECT --to FILE`: write the labels."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from quorate.cli.files import written


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            help="The file to write: .jsonl, .csv, .parquet; .conll for spans, .coco.json for boxes.",
            dir_okay=False,
            callback=written(),
        ),
    ],
    step: Annotated[str | None, typer.Option("--step", help="This step's labels alone.")] = None,
    annotations: Annotated[bool, typer.Option("--annotations", help="Every answer too, with its weight.")] = False,
    at: Annotated[
        str | None, typer.Option("--at", help="The labels as they stood then, such as 2027-01-31T12:00:00Z.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Write the labels with their confidences and evidence; beside them a datasheet and a proof."""
    from dataclasses import asdict

    import orjson

    from quorate.actions.export_labels import Only, export_labels
    from quorate.cli import connect
    from quorate.cli.progress import showing

    when = _time(at) if at else None
    with connect.to_project(project) as (db, found, actor), showing(f"export {to.name}", quiet=as_json) as show:
        report = export_labels(
            db, found, to, actor=actor, annotations=annotations, at=when, only=Only(step),
            progress=lambda records: show(None, records, "items"),
        )  # fmt: skip
    if as_json:
        typer.echo(orjson.dumps(asdict(report)))
        return
    typer.echo(f"{to}: {report.records:,} items")
    typer.echo(f"  {report.datasheet['certificate']['sentence']}")
    sealed = f"sealed in block {report.block}, root {report.block_root}" if report.block else "not yet sealed"
    typer.echo(f"  {sealed}")
    for path in report.files[1:]:
        typer.echo(f"  {path}")


def _time(written: str) -> datetime:
    from quorate.errors import InvalidInput

    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        raise InvalidInput(
            f"{written!r} is not a time.", where="--at", mend="Write such as 2027-01-31T12:00:00Z."
        ) from error
