"""Mark where the queue of each project begins, so that claims do not walk over what was taken long ago."""

from __future__ import annotations

from quorate.store import horizon, openings
from quorate.store.database import Database

LEAST = 200
"""So many places a mark is moved at once: fewer are walked over faster than the mark is written."""
WAIT_SECONDS = 4.0


def mark_heads(db: Database, *, wait: float = WAIT_SECONDS) -> int:
    """Move the marks on; how many projects were behind. Gives up (0) when a transaction runs longer than `wait`."""
    with db.hot() as connection:
        newest = openings.newest(connection)
    with db.read() as connection:
        begun = horizon.begun(connection)
    if not horizon.passed(db, begun, wait):
        return 0
    with db.work() as connection:
        return openings.advance(connection, newest, LEAST)
