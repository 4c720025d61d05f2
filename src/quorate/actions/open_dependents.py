"""When steps of items are decided, open the steps that waited for them, and retire those that are ruled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate.actions.rules import Rules, Step
from quorate.flow.states import RESTING
from quorate.store import cases, decisions, openings
from quorate.store.database import Driver
from quorate.store.ledger import Event


def open_dependents(
    connection: Driver, rules: Rules, items: Sequence[UUID], *, actor: UUID | None, now: datetime
) -> tuple[Event, ...]:
    """Look at the conditional steps of these items again, all at once. Idempotent; free in a project that has none."""
    if not rules.dependents or not items:
        return ()
    events: list[Event] = []
    for _ in rules.dependents:  # what one look restores, another step may have waited for
        changed = _changed(connection, rules, items)
        if not changed:
            break
        _write(connection, rules, changed, now)
        events += [_told(rules, state, *one, actor, now) for state, moved in changed.items() for one in moved]
    return tuple(events)


def _changed(connection: Driver, rules: Rules, items: Sequence[UUID]) -> dict[str, list[tuple[UUID, str]]]:
    """The state that they should be in → the tasks that are in another, each with its condition."""
    steps = {step.id: step for step in rules.dependents}
    tasks = decisions.of_steps(connection, items, list(steps))
    decided = decisions.of_items(connection, items)
    changed: dict[str, list[tuple[UUID, str]]] = {}
    for task in tasks:
        step = steps[task["step_id"]]
        wanted = _wanted(task, step, rules, decided.get(task["item_id"], {}))
        if wanted != task["state"]:
            assert step.when is not None
            changed.setdefault(wanted, []).append((task["id"], step.when.source))
    return changed


def _told(rules: Rules, state: str, task: UUID, condition: str, actor: UUID | None, now: datetime) -> Event:
    return Event(
        actor=actor,
        verb="task.restored" if state == "decided" else f"task.{state}",  # `task.decided` tells of a decision
        object_id=task,
        content={"when": condition},
        workspace_id=rules.project.workspace_id,
        project_id=rules.project.id,
        at=now,
    )


def _wanted(task: Mapping[str, Any], step: Step, rules: Rules, decided: Mapping[UUID, Mapping[str, Any]]) -> str:
    """The state that a conditional task should be in, given the decisions in force on its item."""
    context = {
        rules.steps[id].name: {"value": decision["value"], "confidence": decision["confidence"]}
        for id, decision in decided.items()
        if id in rules.steps
    }
    assert step.when is not None
    ready = step.when.names & set(rules.names) <= set(context)
    return _state(task, holds=ready and step.when.true(context), ready=ready)


def _write(connection: Driver, rules: Rules, changed: Mapping[str, Sequence[tuple[UUID, str]]], now: datetime) -> None:
    states = {task: state for state, moved in changed.items() for task, _ in moved}
    decisions.set_states(connection, states)
    opened = [task for task, _ in changed.get("open", ())]
    openings.close(connection, [task for task, state in states.items() if state != "open"])
    cases.withdraw(connection, [task for task, state in states.items() if state in RESTING], now)
    openings.open(connection, rules.project.id, opened, rules.limits())


def _state(task: Mapping[str, Any], *, holds: bool, ready: bool) -> str:
    if not ready:
        return "waiting"
    if not holds:
        return "retired"
    if task["state"] in ("waiting", "retired"):
        return "decided" if task["decision_id"] else "open"
    return str(task["state"])
