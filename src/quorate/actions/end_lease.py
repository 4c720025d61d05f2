"""Give a task back, skip it, or take back those whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.rules import rules_of
from quorate.errors import Conflict
from quorate.store import leases, ledger
from quorate.store.database import Database
from quorate.store.leases import Ended
from quorate.store.ledger import Event


def release_task(db: Database, actor: Actor, assignment: UUID) -> None:
    """Give a leased task back unanswered; it may be offered to the same annotator again. A repeat changes nothing."""
    _end(db, actor, assignment, "released", None)


def skip_task(db: Database, actor: Actor, assignment: UUID, reason: str) -> None:
    """Pass on a leased task, saying why; it is never offered to them again. A repeat changes nothing."""
    _end(db, actor, assignment, "skipped", reason)


def extend_lease(db: Database, actor: Actor, assignments: list[UUID], project: UUID) -> dict[UUID, datetime]:
    """Hold these tasks for another full lease from now; those that are no longer held are absent from the answer."""
    assert actor.account is not None
    minutes = rules_of(db, project).policy.lease.minutes
    with db.hot() as connection:
        expires = clock.now() + timedelta(minutes=minutes)
        return leases.extend(connection, project=project, account=actor.account, ids=assignments, expires=expires)


def end_leases(connection: Any, actor: Actor, project: UUID, account: UUID) -> None:
    """Give back all that an account holds in a project, within a transaction on the driver's connection."""
    ended = leases.end_all(connection, project=project, account=account)
    if ended:
        ledger.tell(connection, [_event(one, actor.account) for one in ended])


def expire_leases(db: Database) -> int:
    """Take back every lease whose time is over; how many there were."""
    total = 0
    while True:
        with db.work() as connection:
            ended = leases.end_expired(connection, clock.now())
            if ended:
                ledger.tell(connection, [_event(one, None) for one in ended])
        total += len(ended)
        if not ended:
            return total


def _end(db: Database, actor: Actor, assignment: UUID, state: str, reason: str | None) -> None:
    assert actor.account is not None
    with db.work() as connection:
        ended = leases.end(connection, id=assignment, account=actor.account, state=state, reason=reason)
        if ended is None and leases.state(connection, assignment, actor.account) == state:
            return
        if ended is None:
            raise Conflict("You do not hold this task any more.", where="assignment", mend="Claim another one.")
        ledger.tell(connection, [_event(ended, actor.account, reason)])


def _event(ended: Ended, actor: UUID | None, reason: str | None = None) -> Event:
    return Event(
        actor=actor,
        verb=f"lease.{ended.was}",
        object_id=ended.id,
        content={"task": str(ended.task_id), **({"reason": reason} if reason else {})},
        workspace_id=ended.workspace_id,
        project_id=ended.project_id,
    )
