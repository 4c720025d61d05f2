"""Say which guarded items somebody may see."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.declare_fitness import cleaned
from quorate.ids import new_id
from quorate.store import accounts, fitness, ledger, seats
from quorate.store.database import Database
from quorate.store.ledger import Event
from quorate.store.projects import Project


def grant_access(db: Database, actor: Actor, project: Project, account: UUID, names: Sequence[str]) -> list[str]:
    """Let an account see the items whose `access` attribute names no more than these; in the place of what it might.

    It counts from the next claim on. What they hold already they may finish.
    """
    kept, now, id = cleaned(names), clock.now(), new_id()
    row = {
        "id": id, "project_id": project.id, "account_id": account, "author_id": actor.account, "names": kept,
        "created_at": now,
    }  # fmt: skip
    with db.work() as connection:
        seats.take(connection, project.id, account)
        fitness.grant(connection, row)
        event = Event(
            actor=actor.account, verb="access.granted", object_id=id, content=row,
            workspace_id=project.workspace_id, project_id=project.id, at=now,
        )  # fmt: skip
        ledger.tell(connection, [event])
    return kept


def account_named(db: Database, workspace: UUID, name: str) -> UUID:
    """The account of this name. Raises `NotFound`."""
    with db.read() as connection:
        return accounts.find(connection, workspace, name).id
