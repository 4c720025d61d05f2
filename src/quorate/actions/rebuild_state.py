"""Derive a project's current state again from what was said, and tell where it is not what is there."""

from __future__ import annotations

from uuid import UUID

from quorate.actions.rules import rules_now
from quorate.store import rebuild
from quorate.store.database import Database
from quorate.store.rebuild import Difference


def compare_state(db: Database, project: UUID) -> list[Difference]:
    """Tasks (state, decision in force, openings), seats (spent, committed) and the budget's pool; empty when all fit.

    Openings follow the policy in force: a task that was last looked at under another may want more or fewer.
    """
    rules = rules_now(db, project)
    judgements = rules.policy.judgements
    conditional = [step.id for step in rules.dependents]
    with db.work() as connection:
        return rebuild.differences(
            connection, project, conditional=conditional, least=judgements.min, most=judgements.max
        )
