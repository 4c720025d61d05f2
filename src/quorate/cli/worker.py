"""`quorate worker`: run jobs; as many as needed, on as many machines."""

from __future__ import annotations

from runpy import run_module


def command() -> None:
    """Run jobs until interrupted."""
    run_module("quorate.worker", run_name="__main__")  # a door does not import another one
