"""`quorate worker`: run jobs; as many as needed, on as many machines."""

from __future__ import annotations

from runpy import run_module
from typing import Annotated

import typer


def command(
    beside: Annotated[
        int | None, typer.Option(hidden=True, help="End when the process of this number is gone.")
    ] = None,
) -> None:
    """Run jobs until interrupted."""
    from quorate.parent import leave_with_parent

    if beside is not None:
        leave_with_parent(beside)
    run_module("quorate.worker", run_name="__main__")  # a door does not import another one
