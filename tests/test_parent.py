"""What was started ends with what started it, whatever it is at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from tests.processes import runs

CHILD = """
import os, signal, sys, time
from quorate import parent
parent.LOOK_SECONDS, parent.LEAVE_SECONDS = 0.05, float(sys.argv[2])
if sys.argv[3] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
parent.leave_with_parent(int(sys.argv[1]))
print(os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1], str(os.getpid()), *sys.argv[2:]])
"""


@pytest.mark.parametrize(("hearing", "within"), [("hears", 60.0), ("deaf", 0.2)])
def test_the_child_of_who_was_killed_ends_even_if_it_hears_nothing(hearing: str, within: float) -> None:
    started = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD, str(within), hearing], stdout=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    child = int(started.stdout.readline())
    started.send_signal(signal.SIGKILL)
    started.wait()
    deadline = time.monotonic() + 10
    while runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(child)


def test_who_begins_when_the_other_is_gone_leaves_at_once() -> None:
    begun = subprocess.run(
        [sys.executable, "-c", CHILD, str(os.getpid() + 1), "60", "hears"], capture_output=True, text=True, check=False
    )
    assert begun.returncode == 1
    assert "is gone" in begun.stderr
