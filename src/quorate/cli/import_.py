"""`quorate import PROJECT FILE…`: bring items in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quorate.cli.files import there

if TYPE_CHECKING:
    from quorate.actions.import_items import ImportReport, Progress
    from quorate.cli.progress import Show


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    files: Annotated[
        list[Path], typer.Argument(help="JSONL, CSV or Parquet files, or folders of texts and media.", callback=there)
    ],
    copy_media: Annotated[
        bool, typer.Option("--copy-media", help="Copy images and sounds into the data folder.")
    ] = False,
    batch: Annotated[int, typer.Option(min=1, max=100_000, help="Items in a transaction.")] = 5000,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring items in. Rows that are not right go to FILE.rejects.jsonl; running it again resumes or skips."""
    import gc

    import orjson

    from quorate.actions.import_items import import_items
    from quorate.cli import connect
    from quorate.cli.progress import showing

    gc.freeze()  # what is loaded by now stays; looking through it for garbage again and again costs a tenth of the time
    reports: list[dict[str, Any]] = []
    with connect.to_project(project) as (db, found, actor):
        for path in files:
            with showing(f"import {path.name}", quiet=as_json) as show:
                report = import_items(
                    db, found.id, path, actor=actor, copy_media=copy_media, batch=batch, progress=_shown(show)
                )
            reports.append({"file": str(path), **report.to_json()})
            if not as_json:
                _say(path, report)
    if as_json:
        typer.echo(orjson.dumps({"files": reports}))
    if any(report["rejected"] for report in reports):
        raise typer.Exit(1)


def _shown(show: Show) -> Progress:
    return lambda report, share: show(share, report.read, _words(report))


def _words(report: ImportReport) -> str:
    return f"{report.imported:,} in, {report.skipped:,} there already, {report.rejected:,} rejected"


def _say(path: Path, report: ImportReport) -> None:
    rate = report.read / report.seconds if report.seconds else 0.0
    typer.echo(f"{path}: {_words(report)} ({report.read:,} rows in {report.seconds:.1f} s, {rate:,.0f}/s)")
    if report.duplicates:
        typer.echo(f"  {report.duplicates:,} have the same content as an earlier item")
    if report.gold:
        typer.echo(f"  {report.gold:,} known answers")
    for reject in report.first_rejects:
        where = f"{path}:{reject.line}" + (f": {reject.field}" if reject.field else "")
        typer.secho(f"  {where}: {reject.reason}", fg="yellow")
    if report.rejects:
        typer.echo(f"  all {report.rejected:,} rejects: {report.rejects}")
