"""`quorate serve` says at once what stands in its way, and how to begin."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
import uvicorn
from uvicorn.supervisors import Multiprocess

from quorate.cli.serve import _listen


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_port_that_is_taken_is_told_before_anything_is_started(tmp_path, processes):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "quorate.cli.main", "serve", "--port", port, "--processes", processes]
        environment = os.environ | {"QUORATE_DATA": str(tmp_path / "data")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.fixture
def prepared(typed, monkeypatch):
    """`quorate serve` up to where it would listen: what it says until then."""
    monkeypatch.setattr("quorate.cli.serve._listen", lambda place, processes: None)
    return lambda: typed("serve", "--port", "0", "--no-worker")[2]


def test_it_is_said_that_nobody_can_sign_in_until_somebody_can(typed, prepared):
    hint = "Nobody can sign in yet: quorate account add NAME --admin"
    assert hint in prepared()
    typed("account", "add", "ann", "--token", "work")
    assert hint in prepared(), "a token is no login"
    typed("account", "password", "ann", "--password", "correct horse battery")
    said = prepared()
    assert ("Quorate on http://127.0.0.1:" in said, hint in said) == (True, False)


@pytest.mark.parametrize("processes", [1, 2])
def test_an_idle_connection_is_kept_longer_than_proxies_keep_theirs(monkeypatch, processes):
    kept = []

    class Server(uvicorn.Server):
        def run(self, sockets):
            kept.append(self.config.timeout_keep_alive)
            self.started = True

    class Several(Multiprocess):
        def run(self):
            kept.append(self.config.timeout_keep_alive)

    monkeypatch.setattr("uvicorn.Server", Server)
    monkeypatch.setattr("uvicorn.supervisors.Multiprocess", Several)
    with socket.socket() as place:
        _listen(place, processes)
    assert kept == [75]
