"""The process that started this one."""

from __future__ import annotations

import os
import signal
import threading
import time

LOOK_SECONDS = 0.5


def leave_with_parent() -> None:
    """End this process, as if told to, when the one that started it is gone: killed, it can tell nobody."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=look, name="parent", daemon=True).start()
