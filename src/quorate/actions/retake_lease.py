"""Take up a lease again that ran out, for somebody who answers late."""

from __future__ import annotations

from datetime import timedelta

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.rules import Rules
from quorate.errors import LeaseEnded
from quorate.store import grants, late, ledger
from quorate.store.annotations import Held
from quorate.store.database import Database
from quorate.store.ledger import Event


def retake_lease(db: Database, actor: Actor, held: Held, rules: Rules) -> None:
    """Open an expired lease again, for its price; nothing to do if it is none any more.

    Raises `LeaseEnded` when its place or the money for it is gone. A client that was cut off sends its answer again
    while the first may still be on its way: who comes second finds the place gone, and the lease open or answered.
    """
    try:
        _take(db, actor, held, rules)
    except LeaseEnded:
        with db.hot() as connection:
            if late.over(connection, held.id):
                raise


def _take(db: Database, actor: Actor, held: Held, rules: Rules) -> None:
    assert actor.account is not None
    now = clock.now()
    with db.work() as connection:
        paid = grants.commit(connection, rules.project.id, held.step_id, actor.account, held.price)
        if not paid or not late.take(connection, held.id, now + timedelta(minutes=rules.policy.lease.minutes)):
            raise LeaseEnded(
                "The time for this task was over and it was given to somebody else; the answer was not counted.",
                where="assignment",
                mend="Claim the next task.",
            )
        told = Event(
            actor=actor.account,
            verb="task.claimed",
            object_id=held.id,
            content={"task": str(held.task_id)},
            workspace_id=held.workspace_id,
            project_id=held.project_id,
            at=now,
        )
        ledger.tell(connection, [told])
