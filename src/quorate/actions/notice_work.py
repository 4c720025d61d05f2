"""What detectors and diagnoses find in a step's newest answers, as rows of `findings`, and what the policy lets follow.

When a person has judged a finding, or let its annotator go on, only answers given since are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np

from quorate import clock
from quorate.actions.diagnose_work import diagnosed, diagnoses_of, explained, keep_diagnoses
from quorate.actions.draw_consequences import Kind
from quorate.actions.gather_work import Bodies, Look, gather_work
from quorate.actions.rules import Rules, Step
from quorate.flow.watching import Watch
from quorate.ids import new_id
from quorate.store import watches
from quorate.store.database import Driver
from quorate.truth.ambiguity import ambiguity
from quorate.watch.detector import Detector, Finding, detect, detectors
from quorate.watch.gap import Diagnosis

DIVIDED = 0.5
NEVER = datetime.min.replace(tzinfo=UTC)
TOLD = 20
"""So many tasks are named with a finding."""
Row = dict[str, Any]
Heard = Mapping[UUID | None, datetime]
"""When last a person had their say on what was found of whom; None: of the step."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A finding as a row of `findings`, the answers that it is about, and what the policy lets follow."""

    row: Row
    annotations: tuple[UUID, ...] = ()
    then: tuple[Kind, ...] = ()


def notice_work(
    connection: Driver, rules: Rules, step: Step, rows: Sequence[Row], bodies: Bodies, heard: Heard
) -> list[Noted]:
    """What is found, whether it was found before or not. Diagnoses and divided tasks are kept."""
    look = gather_work(rules, step, rows, bodies)
    if look is None:
        return []
    made = diagnoses_of(look)
    keep_diagnoses(connection, rules, step, look, made)
    _keep_divided(connection, look)
    parts = list(_later(rows, heard))
    anew = {account for whom, _ in parts for account in whom}
    found = [one for one in _noted(rules, step, look, made) if one.row["account_id"] not in anew]
    for whom, later in parts:
        found += _of(whom, rules, step, gather_work(rules, step, later, bodies))
    return found


def _later(rows: Sequence[Row], heard: Heard) -> Iterator[tuple[Collection[UUID | None], list[Row]]]:
    """Whose answers were heard in part, with all answers but those; the step likewise."""

    def fresh(row: Row) -> bool:
        return bool(row["created_at"] > heard.get(row["account_id"], NEVER))

    people = {row["account_id"] for row in rows if not fresh(row)}
    if people:
        yield people, [row for row in rows if fresh(row)]
    if None in heard:
        yield {None}, [row for row in rows if row["created_at"] > heard[None]]


def _of(whom: Collection[UUID | None], rules: Rules, step: Step, look: Look | None) -> list[Noted]:
    """What is found of these alone."""
    found = [] if look is None else _noted(rules, step, look, diagnoses_of(look))
    return [one for one in found if one.row["account_id"] in whom]


def _noted(rules: Rules, step: Step, look: Look, made: Sequence[Diagnosis]) -> list[Noted]:
    using = detectors(rules.policy.watch.detectors)
    told = explained(made, detect(look.work, using), using)
    found = [row for one in told for row in _rows(rules, step, look, one, using)]
    return found + [Noted(row) for row in diagnosed(rules, step, look, made)]


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
    tasks = [votes.items[i] for i in (found.items or _shared(look, found.workers))]
    told = {
        **found.evidence, "score": found.score, "step": str(step.id), "false_alarm": by.false_alarm,
        "parameters": by.model_dump(mode="json", exclude={"use", "false_alarm"}),
        "tasks": [str(task) for task in tasks[:TOLD]],
    }  # fmt: skip
    if not found.workers:
        return [Noted(_row(rules, found, told, None, tasks[0] if tasks else None))]
    noted = []
    for j in found.workers:
        places = found.rows if found.rows is not None else look.work.of(j).tolist()
        answers = look.answers([place for place in places if votes.worker[place] == j])
        own = {**told, "annotations": [str(one) for one in answers]}
        if others := [str(votes.workers[k]) for k in found.workers if k != j]:
            own["with"] = others
        row = _row(rules, found, own, votes.workers[j], None)
        noted.append(Noted(row, tuple(answers), _follows(rules.policy.watch, found)))
    return noted


def _shared(look: Look, workers: Sequence[int]) -> list[int]:
    """What several annotators have all answered; first that on which they say the same."""
    if len(workers) < 2:
        return []
    votes = look.work.votes
    label = votes.label if look.work.exact is None else look.work.exact
    said = [
        dict(zip(votes.item[rows].tolist(), label[rows].tolist(), strict=True)) for rows in map(look.work.of, workers)
    ]
    both = set(said[0]).intersection(*said[1:])
    return sorted(both, key=lambda i: (len({one[i] for one in said}), i))


def follows(watch: Watch, *names: str) -> tuple[Kind, ...]:
    """What the policy lets follow from a finding of any of these detectors or validators."""
    wanted: dict[Kind, tuple[str, ...]] = {
        "paused": watch.pause, "pay_held": watch.hold_pay, "asked_again": watch.ask_again,
    }  # fmt: skip
    return tuple(kind for kind, those in wanted.items() if not set(those).isdisjoint(names))


def _follows(watch: Watch, found: Finding) -> tuple[Kind, ...]:
    """The likeliest explanation is told; what found the same answers by another counts as well."""
    return follows(watch, found.detector, *found.evidence.get("also", ()))


def _row(rules: Rules, found: Finding, told: Row, account: UUID | None, task: UUID | None) -> Row:
    then = _follows(rules.policy.watch, found) if account else ()
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
