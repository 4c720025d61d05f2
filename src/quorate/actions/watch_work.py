"""Run the detectors and the diagnosis over the newest answers of each step that has got enough new ones.

Off the hot path. A step is looked at again when it has got `LEAST` answers and `GROWTH` more than at the last look, or
one of its annotators has given `LEAST`; only the newest `NEWEST` of each annotator are read. A finding is noted again
when its evidence has grown `TWICE`; anew, on answers given since, once it has been heard (`store/watches.heard`) or is
as old as the help that comes of it lasts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.diagnose_work import help_within
from quorate.actions.draw_consequences import Cause, draw_within, recounted
from quorate.actions.follow_flags import follow_flags
from quorate.actions.help_annotator import AGAIN
from quorate.actions.notice_work import Noted, notice_work
from quorate.actions.rules import Rules, Step, rules_now
from quorate.store import ledger, watches
from quorate.store import tables as t
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.statement import Statement

LEAST, GROWTH, NEWEST, TWICE = 30, 0.05, 300, 2.0
REST = 20.0
"""So many times as long as a look took the next one is put off: looking is at most a twentieth of a worker's time."""
ABOUT = ("labels", "pairs", "classes", "clause", "with")
"""Of the evidence, what sets a finding apart from another of its kind on the same person."""
Row = dict[str, Any]


def watch_work(db: Database) -> int:
    """Follow what was flagged, and look at every step that is due; how many findings were noted."""
    follow_flags(db)
    with db.work() as connection:
        due = watches.due(connection, clock.now(), least=LEAST, growth=GROWTH, rest=REST)
    return sum(_look(db, one["id"], one["project_id"], one["answers"]) for one in due)


def _look(db: Database, step_id: UUID, project: UUID, answers: int) -> int:
    rules = rules_now(db, project)
    actor = Actor(rules.project.workspace_id)
    causes, begun = [], time.monotonic()
    with db.work() as connection:
        if not watches.mark(connection, step_id, answers, clock.now()):
            return 0
        step = rules.steps.get(step_id)
        if step is None:
            return 0
        fresh = _fresh(connection, rules, step)
        _note(connection, rules, [one.row for one in fresh])
        for one in fresh:
            help_within(connection, actor, rules, step, one.row)
            if one.then and one.row["account_id"]:
                cause = Cause(
                    actor, rules, one.row["id"], one.row["account_id"], one.row["message"], one.annotations
                )  # fmt: skip
                causes += [cause] if "asked_again" in draw_within(connection, cause, one.then) else []
        watches.took(connection, step_id, time.monotonic() - begun)
    for cause in {one.account: one for one in causes}.values():
        recounted(db, cause)
    return len(fresh)


def _fresh(connection: Driver, rules: Rules, step: Step) -> list[Noted]:
    """What is found and was not noted already."""
    project, lately = rules.project.id, clock.now() - AGAIN
    heard = watches.heard(connection, project, step.id, lately)
    before: dict[str, float] = {}
    for row in watches.noted(connection, project, step.id, lately):
        if (at := heard.get(row["account_id"])) is None or row["created_at"] > at:
            before[_key(row)] = max(before.get(_key(row), 0.0), row["evidence"].get("score", 0.0))
    rows = watches.recent(connection, step.id, NEWEST)
    bodies = watches.bodies(connection, list({row["item_id"] for row in rows}))
    found = notice_work(connection, rules, step, rows, bodies, heard)
    return [one for one in found if one.row["evidence"]["score"] > TWICE * before.get(_key(one.row), 0.0)]


def _key(row: Row) -> str:
    """What a finding is about."""
    evidence = row["evidence"]
    return json.dumps([row["kind"], str(row["account_id"]), [evidence.get(name) for name in ABOUT]])


def _note(connection: Driver, rules: Rules, rows: Sequence[Row]) -> None:
    if not rows:
        return
    statement = Statement()
    statement.append(t.findings, list(rows))
    statement.run(connection)
    told = [
        Event(
            actor=None, verb="finding.noted", object_id=row["id"], content=row,
            workspace_id=rules.project.workspace_id, project_id=rules.project.id, at=row["created_at"],
        )
        for row in rows
    ]  # fmt: skip
    ledger.tell(connection, told)
