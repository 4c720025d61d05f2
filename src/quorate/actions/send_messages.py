"""Send what is due: one message a channel and project at a time, again and again later where it is not taken.

Nothing is locked while something is sent. Whoever is killed at it holds its messages for two minutes more; then they
are sent again, under the same id, by which a receiver can tell.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from quorate import clock
from quorate.errors import QuorateError
from quorate.ids import new_id
from quorate.send.channel import Channel
from quorate.send.message import compose
from quorate.settings import settings
from quorate.store import channels, ledger, messages
from quorate.store.database import Database
from quorate.store.ledger import Event

log = structlog.get_logger()
SECONDS = 20.0
"""Nothing more is begun after so long, so that slow receivers do not keep other jobs waiting."""
HELD = timedelta(minutes=2)
WAITS = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 21600))
"""After each failure but the last; then it is given up, and the ledger says so."""
KEPT = timedelta(days=30)


def listed_hosts() -> frozenset[str]:
    """The hosts that messages may go to although they are private."""
    return frozenset(host.strip() for host in settings().messages_to.split(",") if host.strip())


def send_messages(db: Database, now: datetime | None = None) -> int:
    """Send what is due; how many sendings were taken."""
    sent, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        at = now or clock.now()
        with db.work() as connection:
            taken = messages.take(connection, at, at + HELD, new_id())
        if taken is None:
            break
        sent += _send(db, taken, at)
    return sent


def _send(db: Database, taken: dict[str, Any], now: datetime) -> bool:
    with db.work() as connection:
        row = channels.get(connection, taken["channel"])
        if row is None:
            messages.end(connection, taken["sending"], "dropped", now, error="The channel is not there any more.")
            return False
    message = compose(taken["sending"], [one["body"] for one in taken["rows"]])
    try:
        Channel(row["name"], row["url"], row["secret"]).send(message, now, listed_hosts())
    except QuorateError as error:
        _failed(db, taken, row, error.detail, now)
        return False
    with db.work() as connection:
        messages.end(connection, taken["sending"], "sent", now)
    return True


def _failed(db: Database, taken: dict[str, Any], channel: dict[str, Any], error: str, now: datetime) -> None:
    attempts = max(row["attempts"] for row in taken["rows"])
    log.warning("message not taken", channel=channel["name"], attempt=attempts, error=error)
    with db.work() as connection:
        if attempts <= len(WAITS):
            again = now + WAITS[attempts - 1]
            messages.end(connection, taken["sending"], "waiting", now, error=error, again=again)
            return
        messages.end(connection, taken["sending"], "failed", now, error=error)
        told = {"channel": channel["name"], "error": error, "messages": len(taken["rows"])}
        ledger.tell(connection, [_event(channel["workspace_id"], taken["project"], taken["sending"], told)])


def _event(workspace: UUID, project: UUID, sending: UUID, told: dict[str, Any]) -> Event:
    return Event(
        actor=None, verb="message.failed", object_id=sending, content=told, workspace_id=workspace, project_id=project
    )


def prune_messages(db: Database) -> int:
    """Forget what was sent, or given up, more than thirty days ago."""
    with db.work() as connection:
        return messages.prune(connection, clock.now() - KEPT)
