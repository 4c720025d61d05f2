"""The process that started this one."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

LOOK_SECONDS = 0.5
LEAVE_SECONDS = 20.0
"""How long it may take to end what was begun; after it nothing is waited for."""


def leave_with_parent(parent: int) -> None:
    """End this process when the one that started it is gone: as if told to, and if it does not, all the same.

    Killed, the other could tell nobody.

    `parent` is its number as it said itself: asked here, the system would name the one that adopted an orphan, and
    a process whose parent was killed before it came this far would stay for ever.
    """
    if os.getppid() != parent:
        sys.exit(f"The process {parent} that started this one is gone.")

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LEAVE_SECONDS)
        os._exit(1)

    threading.Thread(target=look, name="parent", daemon=True).start()
