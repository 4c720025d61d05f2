"""`quorate worker`: run jobs; as many as needed, on as many machines."""

from __future__ import annotations


def command() -> None:
    """Run jobs until interrupted."""
    from quorate.worker.run import run

    run()
