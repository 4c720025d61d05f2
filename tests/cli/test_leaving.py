"""Told to stop with all that it started, as `timeout` or a service manager does, a command leaves nothing running."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quorate.store.embedded.cluster import Cluster

PATIENCE = 120.0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of a short name, for sockets, that PostgreSQL's account may enter."""
    with tempfile.TemporaryDirectory(prefix="q", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture
def begin(folder: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Run a command in a group of its own; killed at the end if it is still there."""
    begun: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str) -> subprocess.Popen[bytes]:
        with (folder / "said").open("wb") as said:
            begun.append(
                subprocess.Popen(
                    [sys.executable, "-m", "quorate.cli.main", *arguments],
                    env={**os.environ, "QUORATE_DATA": str(folder / "data"), "TMPDIR": str(folder)},
                    stdout=said, stderr=said, start_new_session=True,
                )
            )  # fmt: skip
        return begun[-1]

    yield run
    for one in begun:
        if one.poll() is None:
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def _soon(true: Callable[[], object], said: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, said.read_text("utf-8", "replace")[-3000:]
        time.sleep(0.05)


@pytest.mark.parametrize(("worker", "seconds"), [("--worker", 4.0), ("--no-worker", 0.0)])
def test_the_server_takes_its_database_along(begin, folder, worker, seconds):
    said = folder / "said"
    server = begin("serve", "--port", "0", worker)
    _soon(lambda: b"Quorate on" in said.read_bytes(), said)
    time.sleep(seconds)  # while its processes begin, and when they work
    cluster = Cluster(folder / "data" / "postgres")
    assert not cluster.dead()
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(PATIENCE)
    _soon(cluster.dead, said)


def test_the_demonstration_takes_all_along(begin, folder):
    demo = begin("demo", "--items", "100", "--port", "0")
    _soon(lambda: list(folder.glob("quorate-demo-*/media/*")), folder / "said")
    (home,) = folder.glob("quorate-demo-*/postgres")
    with Cluster(home).alive.open() as alive:
        os.killpg(demo.pid, signal.SIGTERM)
        assert demo.wait(PATIENCE) == 128 + signal.SIGTERM
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)  # or PostgreSQL holds it, though its files are gone
    assert not list(folder.glob("quorate-*"))
