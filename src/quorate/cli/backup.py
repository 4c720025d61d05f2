"""`quorate backup FILE`: the whole database and the copied media in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quorate.cli.files import written


def command(
    file: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False, callback=written())],
    as_json: Annotated[bool, typer.Option("--json", help="Print file and size as JSON.")] = False,
) -> None:
    """Write the whole database, and the media that were copied into the data folder, to a file; work may go on."""
    import json

    from quorate.cli.progress import showing
    from quorate.settings import settings
    from quorate.store.backup import backup
    from quorate.store.locate import located

    with located(settings()) as url, showing(f"backup {file.name}", quiet=as_json) as show:
        media = settings().data / "media"
        written = backup(url, file, media=media, progress=lambda share, table: show(share, None, table))
    typer.echo(json.dumps({"file": str(file), "bytes": written}) if as_json else f"{file}: {written:,} bytes")
