"""When a step of an item is decided, open the steps that waited for it, and retire those that are ruled out."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from quorate.actions.rules import Rules
from quorate.store import decisions, openings
from quorate.store.database import Driver
from quorate.store.ledger import Event


def open_dependents(
    connection: Driver, rules: Rules, item: UUID, *, actor: UUID | None, now: datetime
) -> tuple[Event, ...]:
    """Look at the item's conditional steps again. Idempotent; costs nothing in a project that has none."""
    if not rules.dependents:
        return ()
    known = decisions.of_item(connection, item)
    context = {
        step.name: {"value": known[step.id]["value"], "confidence": known[step.id]["confidence"]}
        for step in rules.steps.values()
        if step.id in known
    }
    events = []
    steps = {step.id: step for step in rules.dependents}
    for task in decisions.siblings(connection, item, list(steps)):
        condition = steps[task["step_id"]].when
        assert condition is not None
        ready = condition.names & set(rules.names) <= set(context)
        wanted = _state(task, holds=ready and condition.true(context), ready=ready)
        if wanted == task["state"]:
            continue
        decisions.set_state(connection, task["id"], wanted)
        if wanted == "open":
            openings.open(connection, rules.project.id, task["id"], rules.policy.judgements.min)
        else:
            openings.close(connection, task["id"])
        events.append(
            Event(
                actor=actor,
                verb="task.restored" if wanted == "decided" else f"task.{wanted}",  # `task.decided` tells of a decision
                object_id=task["id"],
                content={"when": condition.source},
                workspace_id=rules.project.workspace_id,
                project_id=rules.project.id,
                at=now,
            )
        )
    return tuple(events)


def _state(task: dict[str, Any], *, holds: bool, ready: bool) -> str:
    if not ready:
        return "waiting"
    if not holds:
        return "retired"
    if task["state"] in ("waiting", "retired"):
        return "decided" if task["decision_id"] else "open"
    return str(task["state"])
