"""When everything that may have been begun by a certain moment has ended, though numbers are drawn before commits.

A number that is drawn from a sequence shows only when its transaction commits, so a smaller one may still appear after
a greater. Where every transaction writes or locks a row before it draws, and so has a number of its own by then, no
number up to one that was seen can appear any more once all transactions that were running at that sight are over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Function, Text, func, select

from quorate.store.database import Database


def begun(connection: Connection) -> int:
    """The first transaction that has not begun, as a 64-bit number."""
    return _number(connection, func.pg_snapshot_xmax)


def passed(db: Database, begun: int, seconds: float) -> bool:
    """Wait, holding nothing, until all transactions before `begun` are over; False if that takes over `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        with db.read() as connection:
            oldest = _number(connection, func.pg_snapshot_xmin)
        if oldest >= begun:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)


def _number(connection: Connection, end: Callable[..., Function[Any]]) -> int:
    return int(connection.execute(select(end(func.pg_current_snapshot()).cast(Text))).scalar_one())
