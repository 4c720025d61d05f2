"""Every fault of a spec, not only the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def told(*, as_json: bool) -> Iterator[None]:
    """Print all the faults of an `InvalidSpec` and end with exit code 2."""
    import orjson

    from quorate.labels.fields import InvalidSpec

    try:
        yield
    except InvalidSpec as error:
        if as_json:
            faults = [{"detail": f.detail, "where": f.where, "mend": f.mend} for f in error.faults]
            problem = {"type": error.type, "detail": error.detail, "where": error.where, "mend": error.mend}
            typer.echo(orjson.dumps({"error": problem, "faults": faults}))
        for fault in error.faults:
            typer.secho(f"{fault.where}: {fault.detail}" if fault.where else fault.detail, fg="red", err=True)
            if fault.mend:
                typer.echo(f"  {fault.mend}", err=True)
        raise typer.Exit(2) from None
