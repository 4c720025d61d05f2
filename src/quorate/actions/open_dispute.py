"""Disagree with what was held against one's answer: another expert than the first will look. Or take that back."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.decide_task import Cause, case_row, cost_so_far, event, given_answers
from quorate.actions.rules import Rules, Step, rules_of
from quorate.actions.tell_disputes import told_dispute
from quorate.actions.tell_feedback import Wanted, told
from quorate.errors import Conflict, InvalidInput, NotFound, TooMany
from quorate.flow.believe import believe
from quorate.flow.evidence import Prior
from quorate.ids import new_id
from quorate.store import annotations, cases, disputes
from quorate.store import tables as t
from quorate.store.annotations import Situation
from quorate.store.database import Database, Driver
from quorate.store.statement import Statement

DAY = timedelta(days=1)
RULE = "dispute: the annotator says that their answer is right"


def open_dispute(db: Database, actor: Actor, projects: list[UUID], annotation: UUID, reason: str) -> dict[str, Any]:
    """Have another expert look at an answer of one's own that was told to be wrong. A repeat changes nothing.

    Raises `NotFound` (nothing has been told of such an answer), `Conflict` (it was right, or is disputed already),
    `InvalidInput` (no reason) and `TooMany` (more in a day than the policy allows).
    """
    assert actor.account is not None
    if not reason.strip():
        raise InvalidInput("A dispute needs its reason.", where="reason", mend="Say why, in a sentence.")
    with db.work() as connection:
        disputes.lock(connection, actor.account)
        project = disputes.project_of(connection, annotation, actor.account)
        if project not in projects:
            raise NotFound("You have given no such answer.", where="annotation")
        rules = rules_of(db, project)
        entry = next(iter(told(connection, actor, rules, Wanted(limit=1), annotation)), None)
        if entry is None:
            raise NotFound("Nothing has been told of such an answer of yours.", where="annotation")
        before = disputes.against(connection, actor.account, [annotation]).get(annotation)
        if before is not None and before["reason"] == reason.strip() and not before["withdrawn"]:
            return told_dispute(rules, before)
        _refuse(connection, actor.account, rules, entry, clock.now())
        situation = annotations.look_at_task(connection, entry["task"], UUID(t.NO_CASE))
        assert situation is not None
        _write(connection, actor, rules, situation, entry, reason.strip())
        opened = disputes.against(connection, actor.account, [annotation])[annotation]
        return told_dispute(rules, opened)


def withdraw_dispute(db: Database, actor: Actor, projects: list[UUID], dispute: UUID) -> None:
    """Take a dispute back that no expert has begun to look at. Raises `NotFound` and `Conflict`."""
    assert actor.account is not None
    with db.work() as connection:
        disputes.lock(connection, actor.account)
        row = disputes.get(connection, dispute, actor.account)
        if row is None or row["project_id"] not in projects:
            raise NotFound("You have opened no such dispute.", where="dispute")
        rules = rules_of(db, row["project_id"])
        case = cases.get(connection, row["case_id"], lock=True)
        assert case is not None
        if row["withdrawn"]:
            return
        if row["closed_at"] is not None or row["held"]:
            raise Conflict("An expert is looking at it, or has looked.", mend="See what comes of it in the feedback.")
        now = clock.now()
        if {other["id"] for other in disputes.of_case(connection, case.id)} == {dispute}:
            cases.close(connection, case.id, now)
        statement = Statement()
        cause = Cause("dispute", actor.account, now, Decimal(0))
        told_of = {"case": str(case.id), "annotation": str(row["annotation"])}
        statement.append(t.events, [event(rules, cause, "dispute.withdrawn", dispute, told_of).row()])
        statement.run(connection)


def _refuse(connection: Driver, account: UUID, rules: Rules, entry: dict[str, Any], now: datetime) -> None:
    if entry["dispute"] is not None:
        raise Conflict("You have disputed this before.", where="annotation", mend="See what came of it.")
    if entry["right"] is not False:
        raise Conflict("Your answer is the one that was expected.", where="annotation")
    most = rules.policy.feedback.disputes
    if disputes.opened_since(connection, rules.project.id, account, now - DAY) >= most:
        raise TooMany("At most {most} disputes a day are taken here.", mend="Try again tomorrow.", most=most)


def _write(
    connection: Driver, actor: Actor, rules: Rules, situation: Situation, entry: dict[str, Any], reason: str
) -> None:
    """The case (unless one is open on this task already), the annotator's word, and their events."""
    cause = Cause("dispute", actor.account, clock.now(), cost_so_far(situation))
    statement = Statement()
    events = []
    case = disputes.open_case(connection, situation.task_id)
    if case is None:
        row = _case(rules, rules.steps[situation.step_id], situation, cause)
        case = row["id"]
        statement.append(t.cases, [row])
        told_of = {"task": str(situation.task_id), "kind": "dispute", "rule": RULE}
        events.append(event(rules, cause, "case.opened", case, told_of))
    dispute = {
        "id": new_id(),
        "project_id": rules.project.id,
        "case_id": case,
        "annotation_id": entry["annotation"],
        "account_id": actor.account,
        "against": entry["expected"],
        "reason": reason,
        "created_at": cause.now,
    }
    statement.append(t.disputes, [dispute])
    events.append(event(rules, cause, "dispute.opened", dispute["id"], dispute))
    statement.append(t.events, [one.row() for one in events])
    statement.run(connection)


def _case(rules: Rules, step: Step, situation: Situation, cause: Cause) -> dict[str, Any]:
    prior = Prior.from_json(situation.prior) if situation.prior else None
    posterior = believe(step.question, given_answers(situation, step), prior, trace=False)
    return case_row(rules, situation, posterior, cause, "dispute", RULE, "dispute")
