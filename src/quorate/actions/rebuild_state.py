"""Derive a project's current state again from what was said, tell where it is not what is there, and mend it."""

from __future__ import annotations

import random
import time
from collections import Counter
from uuid import UUID

from quorate.actions.actor import Actor
from quorate.actions.refit_skills import refit_skills
from quorate.actions.rules import Rules, rules_now
from quorate.errors import Unavailable
from quorate.store import ledger, rebuild
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.rebuild import Difference

ATTEMPTS = 40
PAUSE = 0.1
"""Seconds in which the work goes on before a repair tries again, on average."""


def compare_state(db: Database, project: UUID) -> list[Difference]:
    """Tasks (state, decision in force, openings), seats and purses (spent, committed, answered by
    stratum), the pools, whose skill is known.

    Empty when all fit. Openings follow the policy in force.
    """
    rules = rules_now(db, project)
    with db.work() as connection:
        return _compare(connection, rules)


def repair_state(db: Database, actor: Actor, project: UUID) -> list[Difference]:
    """Make the state what follows from what was said, in one transaction that the ledger tells of; what was wrong.

    Meanwhile nobody can work. Skills are then learnt again, step by step, by a refit over all answers, which gives the
    same whatever was there before.
    """
    rules = rules_now(db, project)
    for attempt in range(ATTEMPTS):
        try:
            found = _repair(db, actor, rules)
            break
        except Unavailable:  # somebody at work and we waited for each other
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0, 2 * PAUSE))
    for step in rules.steps:
        refit_skills(db, step)
    return found


def _repair(db: Database, actor: Actor, rules: Rules) -> list[Difference]:
    with db.work() as connection:
        rebuild.lock(connection)
        found = _compare(connection, rules)
        if found:
            rebuild.mend(connection, rules.project.id, found)
            ledger.tell(connection, [_told(rules, actor, found)])
    return found


def _compare(connection: Driver, rules: Rules) -> list[Difference]:
    conditional = [step.id for step in rules.dependents]
    return rebuild.differences(connection, rules.project.id, conditional=conditional, limits=rules.limits())


def _told(rules: Rules, actor: Actor, found: list[Difference]) -> Event:
    return Event(
        actor=actor.account,
        verb="state.repaired",
        object_id=rules.project.id,
        content={"mended": dict(Counter(one.noun for one in found))},
        workspace_id=rules.project.workspace_id,
        project_id=rules.project.id,
    )
