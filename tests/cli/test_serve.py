"""`quorate serve` says at once what stands in its way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest


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
