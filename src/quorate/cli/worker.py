"""`quorate worker`: run jobs; as many as needed, on as many machines."""

from __future__ import annotations

from runpy import run_module
from typing import Annotated

import typer


def command(
    beside: Annotated[bool, typer.Option(hidden=True, help="End when the process that started it is gone.")] = False,
) -> None:
    """Run jobs until interrupted."""
    from quorate.parent import leave_with_parent

    if beside:
        leave_with_parent()
    run_module("quorate.worker", run_name="__main__")  # a door does not import another one
