"""Pause, block, retrain, message an annotator, or let them go on; each with a reason that they are told."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.end_lease import end_leases
from quorate.actions.keep_budgets import resize_queues
from quorate.actions.refit_skills import enqueue_refit, reconsider
from quorate.actions.rules import Rules, rules_now
from quorate.errors import InvalidInput, NotFound
from quorate.ids import new_id
from quorate.store import annotations, jobs, ledger, money, notices, seats
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

Bar = Literal["paused", "blocked", "retrain"]
AT_ONCE = 200
"""Up to so many tasks are decided anew before the answer; more by the worker, soon."""


@dataclass(frozen=True, slots=True)
class Barred:
    """What came of it: `tasks` are decided anew, `pending` of them by the worker."""

    tasks: int = 0
    pending: int = 0


def bar_annotator(
    db: Database, actor: Actor, project: Project, account: UUID, bar: Bar, reason: str, *, discount: bool = False
) -> Barred:
    """Lease nothing to them any more, take back what they hold, and say why.

    With `discount` their answers do not count either, and what they had a part in is decided anew without them; without
    it they count or not as before.
    """
    verb = {"paused": "annotator.paused", "blocked": "annotator.blocked", "retrain": "annotator.retrained"}[bar]
    return _stand(db, actor, project, account, bar, reason, discount, verb)


def readmit_annotator(db: Database, actor: Actor, project: Project, account: UUID, reason: str) -> Barred:
    """Let them work again; answers that were discounted count again."""
    return _stand(db, actor, project, account, None, reason, False, "annotator.resumed")


def message_annotator(db: Database, actor: Actor, project: Project, account: UUID, text: str) -> None:
    """Tell them something."""
    with db.work() as connection:
        message_within(connection, actor, project, account, text)


def message_within(
    connection: Driver, actor: Actor, project: Project, account: UUID, text: str, kind: str = "message",
    facts: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """The same within a transaction. `kind` and `facts` say it in any language, where the text is the program's own."""
    _notify(connection, actor, project, account, kind, text, facts)
    _tell(connection, actor, project, account, "annotator.messaged", {"text": text})


def resume_within(connection: Driver, actor: Actor, project: Project, account: UUID, reason: str) -> None:
    """End a pause within a transaction; whether their answers count stays as it is."""
    _, _, discounted = seats.standing(connection, project.id, account)
    seats.bar(connection, project.id, account, barred=None, why=None, discounted=discounted)
    _notify(connection, actor, project, account, "resumed", reason)
    _tell(connection, actor, project, account, "annotator.resumed", {"reason": reason, "discount": discounted})


def acknowledge_notice(db: Database, actor: Actor, notice: UUID) -> None:
    """Say that one has read a notice; one who was to be retrained may work again. Raises `NotFound`."""
    assert actor.account is not None
    with db.work() as connection:
        found = notices.acknowledge(connection, notice, actor.account, clock.now())
        if found is None:
            raise NotFound("There is no such notice for you.", where="notice")
        project, kind = found
        barred, _, discounted = seats.standing(connection, project, actor.account)
        if kind == "retrain" and barred == "retrain":
            seats.bar(connection, project, actor.account, barred=None, why=None, discounted=discounted)
        told = Event(
            actor=actor.account, verb="notice.acknowledged", object_id=notice, content={"kind": kind},
            workspace_id=actor.workspace, project_id=project,
        )  # fmt: skip
        ledger.tell(connection, [told])


def _stand(
    db: Database, actor: Actor, project: Project, account: UUID, bar: str | None, reason: str, discount: bool, verb: str
) -> Barred:
    actor.refuse_own(account)
    if not reason.strip():
        raise InvalidInput("A reason is wanted.", where="reason", mend="Say why, in a sentence; they will read it.")
    rules = rules_now(db, project.id)
    with db.work() as connection:
        money.lock(connection, project.id)  # before the seat, as everybody does
        _, _, discounted = seats.standing(connection, project.id, account)
        discount = discount or (discounted and bar is not None)
        seats.bar(connection, project.id, account, barred=bar, why=reason if bar else None, discounted=discount)
        if bar:
            end_leases(connection, actor, project.id, account)
        _notify(connection, actor, project, account, bar or "resumed", reason)
        _tell(connection, actor, project, account, verb, {"reason": reason, "discount": discount})
        if discount == discounted:
            return Barred()
        counted = recount_within(connection, rules, account)
    if not counted.pending:
        reconsider(db, project.id, account)
    return counted


def pause_within(connection: Driver, actor: Actor, project: Project, account: UUID, reason: str) -> None:
    """Pause somebody who is at work for what was noticed, within a transaction; whether their answers count stays."""
    _, _, discounted = seats.standing(connection, project.id, account)
    seats.bar(connection, project.id, account, barred="paused", why=reason, discounted=discounted)
    end_leases(connection, actor, project.id, account)
    _notify(connection, actor, project, account, "paused", reason, {"noticed": True})
    _tell(connection, actor, project, account, "annotator.paused", {"reason": reason, "discount": discounted})


def recount_within(connection: Driver, rules: Rules, account: UUID) -> Barred:
    """Ask for what is missing now that some of their answers began or ceased to count; skills are learnt again.

    What is not `pending` the caller decides anew (`reconsider`) once the transaction has committed.
    """
    project = rules.project.id
    resize_queues(connection, rules)
    tasks = len(annotations.tasks_of(connection, project, account))
    for step in rules.steps:
        enqueue_refit(connection, step)
    if tasks <= AT_ONCE:
        return Barred(tasks)
    arguments = {"project": str(project), "account": str(account)}
    jobs.enqueue(connection, "reconsider", arguments, once=f"reconsider {account}")
    return Barred(tasks, tasks)


def _notify(
    connection: Driver, actor: Actor, project: Project, account: UUID, kind: str, text: str,
    facts: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    row = {
        "id": new_id(), "project_id": project.id, "account_id": account, "author_id": actor.account, "kind": kind,
        "text": text, "facts": facts, "created_at": clock.now(),
    }  # fmt: skip
    notices.add(connection, row)


def _tell(
    connection: Driver, actor: Actor, project: Project, account: UUID, verb: str, content: dict[str, object]
) -> None:
    told = Event(
        actor=actor.account, verb=verb, object_id=account, content=content, workspace_id=project.workspace_id,
        project_id=project.id,
    )  # fmt: skip
    ledger.tell(connection, [told])
