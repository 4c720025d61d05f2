"""Run the detectors and the diagnosis over the newest answers of each step that has got enough new ones.

Off the hot path. A step is looked at again when it has got `LEAST` answers and `GROWTH` more than at the last look, and
only the newest `NEWEST` of each annotator are read. A finding is noted again only when its evidence has grown `TWICE`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.diagnose_work import diagnose_work, diagnoses_of, explained, help_within
from quorate.actions.draw_consequences import Cause, Kind, draw_within, recounted
from quorate.actions.gather_work import Look, gather_work
from quorate.actions.rules import Rules, Step, rules_now
from quorate.flow.watching import Watch
from quorate.ids import new_id
from quorate.store import findings, ledger, watches
from quorate.store import tables as t
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.statement import Statement
from quorate.truth.ambiguity import ambiguity
from quorate.watch.detector import Detector, Finding, detect, detectors

LEAST, GROWTH, NEWEST, TWICE = 30, 0.05, 300, 2.0
DIVIDED = 0.5
FLAGGED = timedelta(days=1)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Noted:
    """A finding as a row of `findings`, the answers that it is about, and what the policy lets follow."""

    row: Row
    annotations: tuple[UUID, ...] = ()
    then: tuple[Kind, ...] = ()


def watch_work(db: Database) -> int:
    """Look at every step that is due; how many findings were noted."""
    with db.work() as connection:
        due = watches.due(connection, LEAST, GROWTH)
    return sum(_look(db, one["id"], one["project_id"], one["answers"]) for one in due)


def _look(db: Database, step_id: UUID, project: UUID, answers: int) -> int:
    rules = rules_now(db, project)
    actor = Actor(rules.project.workspace_id)
    with db.work() as connection:
        if not watches.mark(connection, step_id, answers, clock.now()):
            return 0
        step = rules.steps.get(step_id)
        if step is None:
            return 0
        rows = watches.recent(connection, step_id, NEWEST)
        causes = _follow_flags(connection, actor, rules, step)
        look = gather_work(rules, step, rows, watches.bodies(connection, list({row["item_id"] for row in rows})))
        found = [] if look is None else _found(connection, rules, step, look)
        before = watches.noted(connection, project, step_id)
        fresh = [one for one in found if one.row["evidence"]["score"] > TWICE * before.get(_key(one.row), 0.0)]
        _note(connection, rules, [one.row for one in fresh])
        for one in fresh:
            help_within(connection, actor, rules, step, one.row)
            if one.then and one.row["account_id"]:
                cause = Cause(
                    actor, rules, one.row["id"], one.row["account_id"], one.row["message"], one.annotations
                )  # fmt: skip
                causes += [cause] if "asked_again" in draw_within(connection, cause, one.then) else []
    for cause in {one.account: one for one in causes}.values():
        recounted(db, cause)
    return len(fresh)


def _found(connection: Driver, rules: Rules, step: Step, look: Look) -> list[Noted]:
    """What detectors and diagnoses find in these answers."""
    _keep_divided(connection, look)
    using = detectors(rules.policy.watch.detectors)
    made = diagnoses_of(look)
    told = explained(made, detect(look.work, using), using)
    found = [row for one in told for row in _rows(rules, step, look, one, using)]
    return found + [Noted(row) for row in diagnose_work(connection, rules, step, look, made)]


def _follow_flags(connection: Driver, actor: Actor, rules: Rules, step: Step) -> list[Cause]:
    """Let the policy's consequences follow from what validators flagged since yesterday; those that ask again."""
    watch = rules.policy.watch
    causes = []
    for row in findings.flagged(connection, step.id, rules.project.id, watch.followed, clock.now() - FLAGGED):
        cause = Cause(actor, rules, row["id"], row["account_id"], row["message"], [row["annotation_id"]])
        causes += [cause] if "asked_again" in draw_within(connection, cause, follows(watch, row["kind"])) else []
    return causes


def _keep_divided(connection: Driver, look: Look) -> None:
    """Keep what informed people would say where they differ: an export tells it."""
    work = look.work
    if "classes" not in work.has:
        return
    found = ambiguity(work.votes, work.view.proba, work.view.skills)
    labels = [str(label) for label in work.votes.labels]
    rows = [
        {
            "task_id": work.votes.items[i],
            "divided": round(float(found.divided[i]), 6),
            "soft": {
                label: [round(float(one[i, k]), 4) for one in (found.soft, found.low, found.high)]
                for k, label in enumerate(labels)
            },
        }
        for i in np.flatnonzero(found.divided >= DIVIDED).tolist()
    ]
    watches.divided(connection, list(work.votes.items), rows, clock.now())


def _rows(rules: Rules, step: Step, look: Look, found: Finding, using: Sequence[Detector]) -> list[Noted]:
    """A finding as rows of `findings`: one for each annotator, else one about the first of its tasks or the step."""
    by = next(one for one in using if one.use == found.detector)
    votes = look.work.votes
    tasks = [votes.items[i] for i in found.items]
    told = {
        **found.evidence, "score": found.score, "step": str(step.id), "false_alarm": by.false_alarm,
        "parameters": by.model_dump(mode="json", exclude={"use", "false_alarm"}),
        "tasks": [str(task) for task in tasks[:20]],
    }  # fmt: skip
    if not found.workers:
        return [Noted(_row(rules, found, told, None, tasks[0] if tasks else None))]
    noted = []
    for j in found.workers:
        places = found.rows if found.rows is not None else look.work.of(j).tolist()
        answers = look.answers([place for place in places if votes.worker[place] == j])
        row = _row(rules, found, {**told, "annotations": [str(one) for one in answers]}, votes.workers[j], None)
        noted.append(Noted(row, tuple(answers), follows(rules.policy.watch, found.detector)))
    return noted


def follows(watch: Watch, detector: str) -> tuple[Kind, ...]:
    """What the policy lets follow from a detector's finding."""
    wanted: dict[Kind, tuple[str, ...]] = {
        "paused": watch.pause, "pay_held": watch.hold_pay, "asked_again": watch.ask_again,
    }  # fmt: skip
    return tuple(kind for kind, those in wanted.items() if detector in those)


def _row(rules: Rules, found: Finding, told: Row, account: UUID | None, task: UUID | None) -> Row:
    then = follows(rules.policy.watch, found.detector) if account else ()
    return {
        "id": new_id(), "project_id": rules.project.id, "account_id": account, "annotation_id": None, "task_id": task,
        "kind": found.detector, "message": found.message, "evidence": _plain(told),
        "action": "paused" if "paused" in then else "noted", "created_at": clock.now(),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """The same as JSON keeps it exactly."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    return round(value, 6) if isinstance(value, float) else value


def _key(row: Row) -> tuple[Any, ...]:
    return row["kind"], row["account_id"], row["task_id"]


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
