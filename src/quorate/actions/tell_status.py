"""Tell where a project stands. Reads only."""

from __future__ import annotations

from typing import Any

from quorate import clock
from quorate.actions.rules import rules_of
from quorate.actions.tell_forecast import tell_forecast
from quorate.flow import datasheet, status
from quorate.store import datasheet as figures
from quorate.store import progress, strata
from quorate.store.database import Database
from quorate.store.projects import Project


def tell_status(db: Database, project: Project) -> dict[str, Any]:
    """Progress, judgements per item, agreement, estimated accuracy, certificate, cost, queues, and what is ahead."""
    ahead = tell_forecast(db, project)
    with db.read() as connection:
        sheet = datasheet.compose(figures.of_project(connection, project.id, None), at=clock.now())
    quotas = coverage(db, project)
    with db.work() as driver:
        return {**status.compose(sheet, progress.of_project(driver, project.id)), "ahead": ahead, "coverage": quotas}


def coverage(db: Database, project: Project) -> list[dict[str, Any]]:
    """How far each of the policy's quotas is met: what is told apart, the kind, how many are wanted and decided."""
    rules = rules_of(db, project.id)
    names = {step.id: step.name for step in rules.steps.values()}
    with db.read() as connection:
        counted = [(q, strata.decided(connection, project.id, q.of, names)) for q in rules.policy.coverage]
    return [
        {"of": quota.of, "kind": kind, "wanted": wanted, "decided": decided.get(kind, 0)}
        for quota, decided in counted for kind, wanted in quota.wanted.items()
    ]  # fmt: skip
