"""Say when one works, or no more. When somebody is away is personal: the ledger tells only that they spoke."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.errors import InvalidInput
from quorate.people.hours import Hours
from quorate.store import hours, ledger
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event

MOST_AWAY = 200
MOST_SPANS = 12


def tell_hours(db: Database, account: UUID) -> dict[str, Any] | None:
    """What somebody said of when they work; None: nothing, so that they count as always there."""
    with db.work() as connection:
        return hours.get(connection, account)


def keep_hours(db: Database, actor: Actor, account: UUID, said: Hours) -> None:
    """Write when somebody works. Raises `InvalidInput` where they say more than anybody needs."""
    if len(said.away) > MOST_AWAY or any(len(spans) > MOST_SPANS for spans in said.week.values()):
        raise InvalidInput(
            "That is more than can be kept.",
            where="hours",
            mend="At most {most_spans} spans a day, and {most_away} times away.",
            most_spans=MOST_SPANS,
            most_away=MOST_AWAY,
        )
    with db.work() as connection:
        hours.put(connection, account, said.written(), clock.now())
        _tell(connection, actor, "hours.kept", account)


def remove_hours(db: Database, actor: Actor, account: UUID) -> None:
    """Forget when somebody works; doing it twice changes nothing."""
    with db.work() as connection:
        if hours.remove(connection, account):
            _tell(connection, actor, "hours.removed", account)


def _tell(connection: Driver, actor: Actor, verb: str, account: UUID) -> None:
    told = Event(actor=actor.account, verb=verb, object_id=account, content={}, workspace_id=actor.workspace)
    ledger.tell(connection, [told])
