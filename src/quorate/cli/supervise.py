"""Keep another `quorate` command running beside this one."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 4.0


@contextmanager
def beside(*arguments: str) -> Iterator[None]:
    """Run `quorate ARGUMENTS` while the block runs; start it again, ever more slowly, when it dies."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(arguments, stop), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(arguments: tuple[str, ...], stop: threading.Event) -> None:
    wait = 0.5
    while not stop.is_set():
        process = subprocess.Popen([sys.executable, "-m", "quorate.cli.main", *arguments])
        while process.poll() is None and not stop.wait(0.3):
            pass
        if stop.is_set():
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()  # until it is gone it uses the database, which its last user stops
            return
        stop.wait(wait)
        wait = min(30.0, wait * 2)
