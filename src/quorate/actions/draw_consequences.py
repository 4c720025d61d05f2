"""What may follow from a finding, by policy or because a person says so; and how it is taken back.

New claims paused, the pay of the affected answers held, the affected tasks asked again without those answers. Each is a
row that another row can undo: nothing that follows from a finding is final.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.bar_annotator import Barred, pause_within, recount_within, resume_within
from quorate.actions.hold_pay import NOTHING, tell_moved, transfer
from quorate.actions.refit_skills import reconsider
from quorate.actions.rules import Rules
from quorate.ids import new_id
from quorate.store import consequences, money, seats
from quorate.store.consequences import Drawn
from quorate.store.database import Database, Driver

Kind = Literal["paused", "pay_held", "asked_again"]
KINDS: tuple[Kind, ...] = ("paused", "pay_held", "asked_again")


@dataclass(frozen=True, slots=True)
class Cause:
    """A finding about somebody's work, and who lets something follow from it (nobody: the policy)."""

    actor: Actor
    rules: Rules
    finding: UUID
    account: UUID
    message: str
    annotations: Sequence[UUID] = ()


def draw_within(connection: Driver, cause: Cause, kinds: Iterable[Kind]) -> list[Kind]:
    """Let these follow, as far as there is something to pause, hold or ask; what did.

    Whoever lets something be asked again calls `recounted` once the transaction has committed.
    """
    there = {one["kind"] for one in consequences.standing(connection, cause.finding)}
    rows = [
        _row(cause, kind, detail)
        for kind in dict.fromkeys(kinds)
        if kind not in there and (detail := _DRAW[kind](connection, cause)) is not None
    ]
    if rows:
        consequences.add(connection, cause.rules.project.workspace_id, rows)
    return [row["kind"] for row in rows]


def undo_within(connection: Driver, cause: Cause, reason: str) -> list[Kind]:
    """Take back all that followed from a finding and still stands; what did."""
    rows = []
    for one in consequences.standing(connection, cause.finding):
        if undo := _UNDO.get(one["kind"]):
            undo(connection, cause, one, reason)
        rows.append(_row(cause, one["kind"], {"reason": reason}, one["annotations"], undoes=one["id"]))
    if rows:
        consequences.add(connection, cause.rules.project.workspace_id, rows)
    return [row["kind"] for row in rows]


def recounted(db: Database, cause: Cause) -> Barred:
    """Decide anew, now that some of their answers began or ceased to count."""
    with db.work() as connection:
        counted = recount_within(connection, cause.rules, cause.account)
    if not counted.pending:
        reconsider(db, cause.rules.project.id, cause.account)
    return counted


def _row(
    cause: Cause, kind: str, detail: dict[str, Any], annotations: Sequence[UUID] | None = None, *,
    undoes: UUID | None = None,
) -> dict[str, Any]:  # fmt: skip
    about = cause.annotations if annotations is None else annotations
    return {
        "id": new_id(), "project_id": cause.rules.project.id, "finding_id": cause.finding, "account_id": cause.account,
        "author_id": cause.actor.account, "kind": kind, "detail": detail, "annotations": sorted(set(about)),
        "undoes": undoes, "created_at": clock.now(),
    }  # fmt: skip


def _pause(connection: Driver, cause: Cause) -> dict[str, Any] | None:
    """Pause; who is paused because of another finding stays so for this one too. A person's word stands."""
    project = cause.rules.project
    barred, _, discounted = seats.standing(connection, project.id, cause.account)
    if barred is None and not discounted:
        pause_within(connection, cause.actor, project, cause.account, cause.message)
        return {}
    paused = consequences.others(connection, project.id, cause.account, "paused", cause.finding)
    return {} if barred == "paused" and paused else None


def _resume(connection: Driver, cause: Cause, one: dict[str, Any], reason: str) -> None:
    project = cause.rules.project
    barred, why, _ = seats.standing(connection, project.id, cause.account)
    by_watch = barred == "paused" and consequences.is_message(connection, project.id, cause.account, why)
    if by_watch and not consequences.others(connection, project.id, cause.account, "paused", cause.finding):
        resume_within(connection, cause.actor, project, cause.account, reason)


def _hold(connection: Driver, cause: Cause) -> dict[str, Any] | None:
    """Hold what the affected answers earned; what is held for another finding stays held for this one too."""
    project = cause.rules.project
    money.lock(connection, project.id)
    rows = money.costs(connection, project.id, cause.account, cause.annotations)
    due = {row["id"]: row["cost"] for row in rows if row["cost"] > 0 and not row["moved"]}
    drawn = consequences.drawn(connection, project.id, cause.account, "pay_held")
    noticed = {id for one in _holds(connection, cause, drawn) for id in one["annotations"]}
    amount = sum((row["cost"] for row in rows if row["id"] in noticed or row["id"] in due), NOTHING)
    if amount <= 0:
        return None
    told = {"amount": f"{amount.normalize():f}", "currency": project.currency}
    return {"hold": str(_held(connection, cause, cause.finding, cause.message, due)), **told} if due else told


def _held(connection: Driver, cause: Cause, finding: UUID, message: str, due: Mapping[UUID, Decimal]) -> UUID:
    project = cause.rules.project
    held = transfer(
        project, cause.account, "held", sum(due.values(), NOTHING), message, cause.actor, list(due), finding=finding
    )  # fmt: skip
    money.move(connection, project.workspace_id, held)
    tell_moved(connection, cause.actor, project, held, noticed=True)
    return UUID(str(held["id"]))


def _holds(connection: Driver, cause: Cause, drawn: Mapping[UUID, Drawn]) -> list[dict[str, Any]]:
    """The open holds of these answers that followed from findings; what a person holds is theirs to release."""
    about = set(cause.annotations)
    return [
        one
        for one in money.open_holds(connection, cause.rules.project.id)
        if one["finding"] in drawn and one["account_id"] == cause.account and not about.isdisjoint(one["annotations"])
    ]


def _release(connection: Driver, cause: Cause, one: dict[str, Any], reason: str) -> None:
    """Release what no other finding holds, unless somebody has released or reversed it already."""
    project = cause.rules.project
    money.lock(connection, project.id)
    drawn = consequences.drawn(connection, project.id, cause.account, "pay_held")
    others = {id: other for id, other in drawn.items() if other.stands and id != cause.finding}
    for hold in _holds(connection, replace(cause, annotations=one["annotations"]), drawn):
        kept = _shares(hold["annotations"], others)
        if sum(map(len, kept.values())) == len(hold["annotations"]):
            continue
        row = transfer(
            project, cause.account, "released", hold["amount"], reason, cause.actor, hold["annotations"],
            undoes=hold["hold"],
        )  # fmt: skip
        money.move(connection, project.workspace_id, row)
        tell_moved(connection, cause.actor, project, row)
        for finding, answers in kept.items():
            costs = money.costs(connection, project.id, cause.account, answers)
            due = {row["id"]: row["cost"] for row in costs}
            _held(connection, cause, finding, others[finding].message, due)


def _shares(annotations: Iterable[UUID], others: Mapping[UUID, Drawn]) -> dict[UUID, list[UUID]]:
    """By finding, which of these answers it holds; each once."""
    kept: dict[UUID, list[UUID]] = {}
    for answer in annotations:
        finding = next((id for id, other in others.items() if answer in other.annotations), None)
        if finding is not None:
            kept.setdefault(finding, []).append(answer)
    return kept


def _ask(connection: Driver, cause: Cause) -> dict[str, Any] | None:
    tasks = len(consequences.tasks_of(connection, cause.annotations))
    return {"tasks": tasks} if tasks else None


_DRAW = {"paused": _pause, "pay_held": _hold, "asked_again": _ask}
_UNDO = {"paused": _resume, "pay_held": _release}
