"""Run the detectors over the newest answers of each step that has got enough new ones, and note what they find.

Off the hot path. A step is looked at again when it has got `LEAST` answers and `GROWTH` more than at the last look, and
only the newest `NEWEST` of each annotator are read. A finding is noted again only when its evidence has grown `TWICE`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.bar_annotator import bar_annotator
from quorate.actions.rules import Rules, Step, rules_now
from quorate.ids import new_id
from quorate.labels.validators import count_words
from quorate.store import ledger, seats, watches
from quorate.store import tables as t
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.statement import Statement
from quorate.truth.votes import Votes
from quorate.watch.detector import Detector, Finding, detect, detectors
from quorate.watch.work import Work

LEAST, GROWTH, NEWEST, TWICE = 30, 0.05, 300, 2.0
KINDS = frozenset({"choice"})
Row = dict[str, Any]


def watch_work(db: Database) -> int:
    """Look at every step that is due; how many findings were noted."""
    with db.work() as connection:
        due = watches.due(connection, LEAST, GROWTH)
    return sum(_look(db, one["id"], one["project_id"], one["answers"]) for one in due)


def _look(db: Database, step_id: UUID, project: UUID, answers: int) -> int:
    rules = rules_now(db, project)
    with db.work() as connection:
        if not watches.mark(connection, step_id, answers, clock.now()):
            return 0
        step = rules.steps.get(step_id)
        if step is None or step.question.kind not in KINDS:
            return 0
        rows = [row for row in watches.recent(connection, step_id, NEWEST) if _label(step, row) is not None]
        rows.sort(key=lambda row: row["created_at"])
        if len({row["account_id"] for row in rows}) < 3:
            return 0
        work = _work(step, rows, watches.bodies(connection, list({row["item_id"] for row in rows})))
        using = detectors(rules.policy.watch.detectors)
        found = [row for one in detect(work, using) for row in _rows(rules, step, work, one, using)]
        noted = watches.noted(connection, project, step_id)
        fresh = [row for row in found if row["evidence"]["score"] > TWICE * noted.get(_key(row), 0.0)]
        _pause(db, connection, rules, fresh)
        _note(connection, rules, fresh)
    return len(fresh)


def _label(step: Step, row: Row) -> int | None:
    """The class that an answer is today, by its place in the schema."""
    value = step.heard(row["value"], row["schema_id"])
    return step.question.ids.index(value) if value in step.question.ids else None


def _work(step: Step, rows: Sequence[Row], bodies: Mapping[UUID, Any]) -> Work:
    """The answers as arrays, oldest first; items are tasks."""
    tasks = {row["task_id"]: row for row in rows}
    items = {id: place for place, id in enumerate(tasks)}
    workers = {id: place for place, id in enumerate(dict.fromkeys(row["account_id"] for row in rows))}
    ids = step.question.ids
    said = [_words(bodies.get(row["item_id"])) for row in tasks.values()]
    known = [ids.index(row["gold"]) if row["gold"] in ids else -1 for row in tasks.values()]
    votes = Votes(
        np.array([items[row["task_id"]] for row in rows], np.int32),
        np.array([workers[row["account_id"]] for row in rows], np.int32),
        np.array([_label(step, row) for row in rows], np.int32),
        np.array(list(items), object), np.array(list(workers), object), np.array(ids), None,
        np.array([row["created_at"].timestamp() for row in rows]),
    )  # fmt: skip
    seconds = np.array([np.nan if row["seconds"] is None else row["seconds"] for row in rows], float)
    texts = [row["comment"] or "" for row in rows]
    return Work(
        votes,
        gold=np.array(known, np.intp) if max(known) >= 0 else None,
        seconds=seconds if np.isfinite(seconds).all() else None,
        length=np.array([count_words(text) for text in said], float) if any(said) else None,
        texts=texts if any(texts) else None,
        bodies=said if any(said) else None,
    )


def _words(body: Any) -> str:
    return " ".join(one for one in body.values() if isinstance(one, str)) if isinstance(body, dict) else ""


def _rows(rules: Rules, step: Step, work: Work, found: Finding, using: Sequence[Detector]) -> list[Row]:
    """A finding as rows of `findings`: one for each annotator, else one about the first of its tasks or the step."""
    by = next(one for one in using if one.use == found.detector)
    accounts: list[UUID | None] = [work.votes.workers[j] for j in found.workers]
    tasks = [work.votes.items[i] for i in found.items]
    pausing = found.detector in rules.policy.watch.pause
    told = {
        **found.evidence, "score": found.score, "step": str(step.id), "false_alarm": by.false_alarm,
        "parameters": by.model_dump(mode="json", exclude={"use", "false_alarm"}),
        "tasks": [str(task) for task in tasks[:20]],
    }  # fmt: skip
    return [
        {
            "id": new_id(), "project_id": rules.project.id, "account_id": account, "annotation_id": None,
            "task_id": tasks[0] if tasks and account is None else None, "kind": found.detector,
            "message": found.message, "evidence": _plain(told),
            "action": "paused" if pausing and account is not None else "noted", "created_at": clock.now(),
        }
        for account in accounts or [None]
    ]  # fmt: skip


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


def _pause(db: Database, connection: Driver, rules: Rules, rows: Sequence[Row]) -> None:
    """Pause those whom the policy says to; who is barred or discounted already stays as they are."""
    for row in rows:
        if row["action"] != "paused":
            continue
        barred, _, discounted = seats.standing(connection, rules.project.id, row["account_id"])
        if not barred and not discounted:
            actor = Actor(rules.project.workspace_id)
            bar_annotator(db, actor, rules.project, row["account_id"], "paused", row["message"])


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
