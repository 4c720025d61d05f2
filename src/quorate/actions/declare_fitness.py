"""Say which languages and domains one works in, and with whom one is in conflict."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.errors import InvalidInput
from quorate.ids import new_id
from quorate.store import accounts, fitness, ledger
from quorate.store.database import Database
from quorate.store.ledger import Event
from quorate.store.statement import dumps

MOST, LONGEST = 200, 100
"""How many names, and how long each."""


def declare_fitness(
    db: Database, actor: Actor, account: UUID, kind: str, names: Sequence[str] | None
) -> list[str] | None:
    """Keep what somebody says of themselves, in the place of what they said before; None: no limit.

    `kind` is `language`, `domain` or `conflict`. It counts from the next claim on, in every project. What is kept is
    theirs and can be erased, so the ledger has no more of it than a keyed hash. Raises `InvalidInput`.
    """
    if kind not in fitness.KINDS:
        raise InvalidInput(
            "There is nothing called '{kind}'.", where="kind", mend="There is: {known}.", kind=kind, known=fitness.KINDS
        )
    kept = None if names is None else cleaned(names)
    now = clock.now()
    with db.read() as connection:
        salt = accounts.salt(connection, actor.workspace)
    told = None if kept is None else hmac.digest(salt, dumps(kept).encode(), "sha256").hex()
    with db.work() as driver:
        fitness.declare(driver, new_id(), account, kind, kept, now)
        event = Event(
            actor=actor.account, verb="fitness.declared", object_id=account, workspace_id=actor.workspace,
            content={"kind": kind, "names": told}, at=now,
        )  # fmt: skip
        ledger.tell(driver, [event])
    return kept


def cleaned(names: Sequence[str]) -> list[str]:
    """Without spaces around and repetitions, in order. Raises `InvalidInput`."""
    kept = sorted({name.strip() for name in names} - {""})
    if len(kept) > MOST or any(len(name) > LONGEST or "\x00" in name for name in kept):
        raise InvalidInput(
            "Up to {most} names of up to {longest} characters each.", where="names", most=MOST, longest=LONGEST
        )
    return kept
