"""The process that started this one."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

LOOK_SECONDS = 0.5


def leave_with_parent(parent: int) -> None:
    """End this process, as if told to, when the one that started it is gone: killed, it can tell nobody.

    `parent` is its number as it said itself: asked here, the system would name the one that adopted an orphan, and
    a process whose parent was killed before it came this far would stay for ever.
    """
    if os.getppid() != parent:
        sys.exit(f"The process {parent} that started this one is gone.")

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, name="parent", daemon=True).start()
