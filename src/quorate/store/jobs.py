"""Jobs: enqueued in the transaction that makes them necessary, through the queue's own SQL function."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.errors import UniqueViolation

from quorate.store.statement import dumps

DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    %(queue)s, %(task)s, 0, %(lock)s, %(queueing_lock)s, %(args)s::jsonb, NULL
)::procrastinate_job_to_defer_v1])
"""


def enqueue(connection: Connection[Any], task: str, args: dict[str, Any], *, once: str | None = None) -> bool:
    """Want a job done once this transaction has committed. False when one with the same `once` is waiting already.

    Jobs with the same `once` never run at the same time, either.
    """
    parameters = {
        "queue": "default",
        "task": task,
        "lock": once,
        "queueing_lock": once,
        "args": dumps(args),
    }
    try:
        with connection.transaction():
            connection.execute(DEFER, parameters)
    except UniqueViolation:
        return False
    return True
