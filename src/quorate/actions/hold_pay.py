"""Hold what somebody earned, with a reason that they are told; end a hold by releasing it or by reversing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.ids import new_id
from quorate.store import money, notices
from quorate.store.database import Database, Driver
from quorate.store.projects import Project

Kind = Literal["bonus", "held", "released", "reversed", "paid"]
MOVES: Mapping[Kind, tuple[str, str]] = {
    "bonus": ("budget", "payable"),
    "held": ("payable", "held"),
    "released": ("held", "payable"),
    "reversed": ("payable", "budget"),
    "paid": ("payable", "paid"),
}
"""From which account of somebody's pay to which."""
NOTHING = Decimal(0)


def hold_pay(
    db: Database, actor: Actor, project: Project, account: UUID, reason: str, *,
    annotations: Sequence[UUID] = (), finding: UUID | None = None,
) -> UUID:  # fmt: skip
    """Hold what these answers earned, or without any all that is payable now; the hold's id.

    All that is payable is held in the name of the newest answers that earned it, so that nothing is taken twice and a
    reversal goes back to the budgets of their steps. Raises `Conflict` when there is nothing to hold, `NotFound` for
    answers that are not theirs.
    """
    said(reason)
    with db.work() as connection:
        money.lock(connection, project.id)
        annotations = annotations or _noticed(connection, project, account, finding)
        amount = at_stake(connection, project, account, annotations)
        annotations = annotations or money.unpaid(connection, project.id, account, amount)
        row = transfer(project, account, "held", amount, reason, actor, annotations, finding=finding)
        money.move(connection, project.workspace_id, row)
        tell_moved(connection, actor, project, row)
    return UUID(str(row["id"]))


def end_hold(db: Database, actor: Actor, project: Project, hold: UUID, then: str, reason: str) -> Decimal:
    """Release what is held, or reverse it into the budget; the amount. Raises `NotFound`, also when it has ended."""
    said(reason)
    with db.work() as connection:
        money.lock(connection, project.id)
        found = next((one for one in money.open_holds(connection, project.id) if one["hold"] == hold), None)
        if found is None:
            raise NotFound("There is no such open hold in this project.", where="hold")
        actor.refuse_own(found["account_id"])
        amount: Decimal = found["amount"]
        kind: Kind = "released" if then == "release" else "reversed"
        row = transfer(
            project, found["account_id"], kind, amount, reason, actor, found["annotations"], undoes=hold, debit="held"
        )
        money.move(connection, project.workspace_id, row)
        if kind == "reversed":
            money.give_back(connection, project.id, found["account_id"], amount, found["annotations"])
        tell_moved(connection, actor, project, row)
    return amount


def reverse_pay(
    db: Database, actor: Actor, project: Project, account: UUID, reason: str, annotations: Sequence[UUID]
) -> Decimal:
    """Take back into the budget what these answers earned; the amount.

    What was paid out already becomes a debt, which the next payout takes into account.
    """
    said(reason)
    if not annotations:
        raise InvalidInput("Which answers?", where="annotations", mend="Name those whose pay is reversed.")
    with db.work() as connection:
        money.lock(connection, project.id)
        amount = at_stake(connection, project, account, annotations)
        row = transfer(project, account, "reversed", amount, reason, actor, annotations)
        money.move(connection, project.workspace_id, row)
        money.give_back(connection, project.id, account, amount, annotations)
        tell_moved(connection, actor, project, row)
    return amount


def _noticed(connection: Driver, project: Project, account: UUID, finding: UUID | None) -> Sequence[UUID]:
    """The answer that a finding is about, if it is about one."""
    if finding is None:
        return ()
    found = money.found(connection, project.id, finding)
    if found is None or found[0] != account:
        raise NotFound("There is no such finding about this annotator.", where="finding")
    return [found[1]] if found[1] else ()


def at_stake(connection: Driver, project: Project, account: UUID, annotations: Sequence[UUID]) -> Decimal:
    """What these answers earned, or what is payable. Raises `NotFound`, and `Conflict` when nothing is left."""
    if annotations:
        rows = money.costs(connection, project.id, account, annotations)
        if len(rows) < len(set(annotations)):
            raise NotFound("Not all of these are answers of this annotator.", where="annotations")
        if any(row["moved"] for row in rows):
            raise Conflict("Some of these answers are held or reversed already.", where="annotations")
        amount = sum((row["cost"] for row in rows), NOTHING)
    else:
        amount = sum((row["payable"] for row in money.balances(connection, project.id, account)), NOTHING)
    if amount <= 0:
        raise Conflict("There is nothing to take.", where="annotations" if annotations else "annotator")
    return amount


def said(reason: str) -> None:
    """Raises `InvalidInput` without a reason."""
    if not reason.strip():
        raise InvalidInput("A reason is wanted.", where="reason", mend="Say why, in a sentence; they will read it.")


def transfer(
    project: Project, account: UUID, kind: Kind, amount: Decimal, reason: str, actor: Actor,
    annotations: Sequence[UUID] = (), *, debit: str | None = None, undoes: UUID | None = None,
    finding: UUID | None = None, payout: UUID | None = None, at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A row of `transfers`, by `MOVES`; `debit` where it comes from elsewhere."""
    usual, credit = MOVES[kind]
    return {
        "id": new_id(), "project_id": project.id, "account_id": account, "kind": kind,
        "debit": debit or usual, "credit": credit,
        "amount": amount, "annotations": sorted(set(annotations)), "undoes": undoes, "finding_id": finding,
        "payout_id": payout, "reason": reason, "author_id": actor.account, "created_at": at or clock.now(),
    }  # fmt: skip


def tell_moved(
    connection: Driver, actor: Actor, project: Project, row: dict[str, Any], *, noticed: bool = False
) -> None:
    """Tell whose pay it is of what was held, released or reversed, and why; what was `noticed` is told elsewhere."""
    amount, kind = f"{row['amount'].normalize():f}", row["kind"]
    why = {"noticed": True} if noticed else {"reason": row["reason"]}
    notices.add(connection, {
        "id": new_id(), "project_id": row["project_id"], "account_id": row["account_id"], "author_id": actor.account,
        "kind": kind, "text": f"{amount} {project.currency} {kind}: {row['reason']}", "created_at": row["created_at"],
        "facts": {"amount": amount, "currency": project.currency, **why},
    })  # fmt: skip
