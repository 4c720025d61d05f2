"""Propose a break to those who are at work and seem tired. Nothing else follows from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.rules import Rules, rules_of
from quorate.flow.fatigue import PAUSE, Done, Fatigue, fatigue
from quorate.ids import new_id
from quorate.store import ledger, notices, projects, rests
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event

NEWEST = 200
AGAIN = timedelta(minutes=60)
"""Nobody is told more often."""
BACK = 2
"""So many times as far back as a stretch may be long is looked for its beginning; a quarter of a day at least."""


def propose_rests(db: Database) -> int:
    """Look at everybody who is at work; to how many a break was proposed."""
    with db.read() as connection:
        every = projects.everywhere(connection)
    return sum(_propose(db, rules_of(db, project)) for project in every)


def _propose(db: Database, rules: Rules) -> int:
    now, project = clock.now(), rules.project.id
    if rules.policy.rest is None:
        return 0
    told, back = 0, max(timedelta(minutes=BACK * (rules.policy.rest.minutes or 0)), timedelta(hours=6))
    with db.work() as connection:
        for account in rests.at_work(connection, project, now - PAUSE, now - AGAIN):
            done = [_done(rules, row) for row in rests.done(connection, project, account, NEWEST)]
            work = [Done(at, seconds) for at, seconds in rests.work(connection, account, now - back)]
            found = fatigue(done, rules.policy.rest, now, work=work)
            if found is not None:
                _tell(connection, rules, account, found)
                told += 1
    return told


def _done(rules: Rules, row: dict[str, Any]) -> Done:
    step = rules.steps.get(row["step_id"])
    said = step.heard(row["value"], row["schema_id"]) if step and row["gold"] is not None else None
    right = None if step is None or said is None else step.question.same(said, row["gold"])
    return Done(row["created_at"], row["seconds"], right)


def _tell(connection: Driver, rules: Rules, account: UUID, found: Fatigue) -> None:
    """To themselves no more than how it looks: of what is known of their answers, the policy's `feedback` tells."""
    now, id = clock.now(), new_id()
    row = {
        "id": id, "project_id": rules.project.id, "account_id": account, "author_id": None, "kind": "rest",
        "text": "long" if found.why == "long" else "tired", "created_at": now,
    }  # fmt: skip
    notices.add(connection, row)
    content = {"account": str(account), "why": found.why, "before": repr(found.before), "now": repr(found.now)}
    ledger.tell(connection, [Event(
        actor=None, verb="rest.proposed", object_id=id, content=content,
        workspace_id=rules.project.workspace_id, project_id=rules.project.id, at=now,
    )])  # fmt: skip
