"""Look whether steps will be late, and do what the policy says about it: each measure an event with its reason.

A measure is an alert that does something while it fires. It is told by the same channels, and undone when it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.assign_cases import reallocate_cases
from quorate.actions.rules import Rules, rules_now
from quorate.actions.settle_alerts import Seen, Settle, Watched
from quorate.actions.tell_forecast import look_ahead
from quorate.errors import InvalidInput
from quorate.flow.lag import Measure, facts
from quorate.ids import new_id
from quorate.store import alerts, duty, lag, notices
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event

AT_ONCE = 5000
"""So many places of a step are put first at a time; more the next minute."""


def watch_lag(db: Database, now: datetime | None = None) -> int:
    """Look at every project whose policy says what is done when it is late; how many measures began or ended."""
    now = now or clock.now()
    with db.work() as connection:
        watched = alerts.projects(connection, measures=True)
    return sum(_watch(db, project, now) for project in watched)


def _watch(db: Database, project: UUID, now: datetime) -> int:
    rules = rules_now(db, project)
    with db.work() as connection:
        if not alerts.lock(connection, project):
            return 0
        ahead = look_ahead(connection, rules, now)
        seen = [_judged(measure, step, ahead["queue"]) for measure in rules.policy.lag for step in ahead["steps"]]
        before = alerts.of_project(connection, project, measures=True)
        return _Act(connection, rules, now, rules.policy.lag, before).settle(seen)


def _judged(measure: Measure, step: Mapping[str, Any], queue: Mapping[str, Any]) -> Seen:
    """Whether a measure's condition holds of a step. What is done is not late."""
    known = facts(step, queue)
    told = {name: known[name] for name in measure.when.names if name in known}
    if not step["left"] and not step["cases"]:
        return measure, step["step"], False, told, None
    try:
        return measure, step["step"], measure.when.true(known), told, None
    except InvalidInput as error:
        return measure, step["step"], False, told, error


class _Act(Settle):
    """What is done while measures fire."""

    def settle(self, seen: list[Seen]) -> int:  # type: ignore[override]
        """Besides, go on with what is done bit by bit."""
        done = super().settle(seen)
        for row in self.rows:
            if row["state"] == "firing" and row["does"] == "raise" and row["subject"] in self.steps:
                lag.raise_step(self.connection, self.rules.project.id, self.steps[row["subject"]], AT_ONCE)
            if row["state"] == "firing" and row["does"] == "reallocate":
                reallocate_cases(self.connection, self.rules, self.now)
        return done

    @cached_property
    def steps(self) -> dict[str, UUID]:
        """The steps that are asked now, by name."""
        return {step.name: step.id for step in self.rules.steps.values()}

    def changed(self, kept: dict[str, Any], alert: Watched | None) -> None:
        super().changed(kept, alert)
        if kept["state"] not in {"firing", "recovered"}:
            return
        begins = kept["state"] == "firing"
        measure = alert if isinstance(alert, Measure) else None
        told: dict[str, Any] = {"do": kept["does"], "step": kept["subject"], "measure": kept["rule"]}
        told["why"] = measure.when.source if measure else "The policy does not say so any more."
        told["facts"] = {name: f"{value:.6g}" for name, value in kept["facts"].items()}
        match kept["does"]:
            case "open":
                lag.new_epoch(self.connection, self.rules.project.id)
                told["waive"] = list(measure.waive) if measure else []
            case "raise" if not begins and kept["subject"] in self.steps:
                lag.lower_step(self.connection, self.rules.project.id, self.steps[kept["subject"]])
            case "call" if begins and measure:
                told["called"] = call(self.connection, self.rules, measure, kept, self.now)
        self.events.append(
            Event(
                actor=None, verb="lag.taken" if begins else "lag.undone", object_id=kept["id"], at=self.now,
                content=told, workspace_id=self.rules.project.workspace_id, project_id=self.rules.project.id,
            )
        )  # fmt: skip


def call(connection: Driver, rules: Rules, measure: Measure, kept: Mapping[str, Any], now: datetime) -> int:
    """Tell every expert of the project that they are wanted, at work or not; how many."""
    experts = [row["account"] for row in duty.people(connection, rules.project.id, ["expert"]) if not row["barred"]]
    text = measure.say or f"Experts are wanted in {rules.project.name}: {kept['subject']} will be late."
    for account in experts:
        notices.add(connection, {
            "id": new_id(), "project_id": rules.project.id, "account_id": account, "author_id": None,
            "kind": "message" if measure.say else "wanted", "text": text, "created_at": now,
            "facts": None if measure.say else {"subject": kept["subject"]},
        })  # fmt: skip
    return len(experts)
