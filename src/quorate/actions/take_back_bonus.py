"""Take back the bonuses that were given at once, all of them, with a reason that each is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.hold_pay import NOTHING, said, tell_moved, transfer
from quorate.errors import Conflict, NotFound
from quorate.store import grants, money
from quorate.store.database import Database, Driver
from quorate.store.money import Row
from quorate.store.projects import Project


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How much of somebody's bonus for a step went back to the budget."""

    account: UUID
    step: str
    amount: Decimal


def preview_take_back(db: Database, project: Project, run: UUID) -> list[TakenBack]:
    """What `take_back_bonus` would take back now, or did. Nothing is taken. Raises as it does."""
    with db.work() as connection:
        return [_told(row, amount) for row, amount in _due(connection, project, run)]


def take_back_bonus(db: Database, actor: Actor, project: Project, run: UUID, reason: str) -> list[TakenBack]:
    """Reverse what is left of each bonus of a run into the budget; a repeat takes nothing and tells the same.

    What was paid out already becomes a debt, which the next payout takes into account. The answers may get a bonus
    again. Raises `NotFound` when there is no such run, and `Conflict` while some of it may be part of what is held.
    """
    said(reason)
    with db.work() as connection:
        money.lock(connection, project.id)
        grants.hold(connection, project.id)
        due, at = _due(connection, project, run), clock.now()
        for row, amount in due:
            if row["taken"] is None and amount > 0:
                _take(connection, actor, project, row, amount, reason, at)
        return [_told(row, amount) for row, amount in due]


def _due(connection: Driver, project: Project, run: UUID) -> list[tuple[Row, Decimal]]:
    """Each bonus of the run with how much of it is taken back: what was, or what nothing else has taken yet."""
    rows = money.bonuses_of(connection, project.id, run)
    if not rows:
        raise NotFound("There is no such run of bonuses in this project.", where="run")
    left, due = money.bonus_left(connection, project.id), []
    for row in rows:
        amount, own = row["taken"], left.get(row["account_id"])
        if amount is None:
            assert own is not None, "a bonus that stands is among what is left"
            if own["held"] > 0:
                mend = "Release what is held, or take it back; then ask again."
                raise Conflict("Some of these bonuses may be part of what is held.", where="run", mend=mend)
            amount = min(row["amount"], max(own["amount"], NOTHING))
            own["amount"] -= amount
        due.append((row, amount))
    return due


def _take(
    connection: Driver, actor: Actor, project: Project, row: Row, amount: Decimal, reason: str, at: datetime
) -> None:
    account = row["account_id"]
    back = transfer(project, account, "reversed", amount, reason, actor, undoes=row["id"], at=at)
    money.move(connection, project.workspace_id, back)
    grants.give_back(connection, grants.PROJECT, project.id, account, amount)
    grants.give_back(connection, grants.STEP, row["step_id"], account, amount)
    tell_moved(connection, actor, project, back)


def _told(row: Row, amount: Decimal) -> TakenBack:
    return TakenBack(row["account_id"], row["step"], amount)
