"""`quorate backup FILE`: the whole database in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print file and size as JSON.")] = False,
) -> None:
    """Write the whole database to a file, as it stands at this moment; work may go on.

    Media that were copied into the data folder are not in it: copy the folder `media` as well.
    """
    import json

    from quorate.cli.progress import showing
    from quorate.settings import settings
    from quorate.store.backup import backup
    from quorate.store.locate import located

    with located(settings()) as url, showing(f"backup {file.name}", quiet=as_json) as show:
        written = backup(url, file, progress=lambda share, table: show(share, None, table))
    typer.echo(json.dumps({"file": str(file), "bytes": written}) if as_json else f"{file}: {written:,} bytes")
