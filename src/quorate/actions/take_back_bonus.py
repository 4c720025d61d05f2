"""Take back the bonuses that were given at once, all of them, with a reason that each is told."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.hold_pay import NOTHING, said, tell_moved, transfer
from quorate.errors import Conflict, NotFound
from quorate.store import grants, money
from quorate.store.database import Database
from quorate.store.money import Row
from quorate.store.projects import Project


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How much of somebody's bonus for a step went back to the budget."""

    account: UUID
    step: str
    amount: Decimal


def take_back_bonus(db: Database, actor: Actor, project: Project, run: UUID, reason: str) -> list[TakenBack]:
    """Reverse what is left of each bonus of a run into the budget; a repeat takes nothing and tells the same.

    What was paid out already becomes a debt, which the next payout takes into account. The answers may get a bonus
    again. Raises `NotFound` when there is no such run, and `Conflict` while some of it may be part of what is held.
    """
    said(reason)
    with db.work() as connection:
        money.lock(connection, project.id)
        grants.hold(connection, project.id)
        rows = money.bonuses_of(connection, project.id, run)
        if not rows:
            raise NotFound("There is no such run of bonuses in this project.", where="run")
        left, at, told = money.bonus_left(connection, project.id), clock.now(), []
        for row in rows:
            account, amount = row["account_id"], row["taken"]
            if amount is None:
                amount = _due(row, left[account])
                if amount > 0:
                    back = transfer(project, account, "reversed", amount, reason, actor, undoes=row["id"], at=at)
                    money.move(connection, project.workspace_id, back)
                    grants.give_back(connection, grants.PROJECT, project.id, account, amount)
                    grants.give_back(connection, grants.STEP, row["step_id"], account, amount)
                    tell_moved(connection, actor, project, back)
            told.append(TakenBack(account, row["step"], amount))
    return told


def _due(row: Row, own: Row) -> Decimal:
    """What of a bonus is there to be taken, out of what its owner has `own`, which is then so much less."""
    if own["held"] > 0:
        mend = "Release what is held, or take it back; then ask again."
        raise Conflict("Some of these bonuses may be part of what is held.", where="run", mend=mend)
    amount = Decimal(min(row["amount"], max(own["amount"], NOTHING)))
    own["amount"] -= amount
    return amount
