"""Every bench that has a quick size runs through: a claim that nobody can run again is worth nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bench.__main__ import ON_REAL_DATA, QUICK

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(QUICK) - ON_REAL_DATA))
def test_runs_through(name: str) -> None:
    command = [sys.executable, "-m", "bench", "--quick", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"== {name}: done" in done.stdout
