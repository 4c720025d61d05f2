"""Tell how far each quota of a project's policy is met. Reads only."""

from __future__ import annotations

from typing import Any

from quorate.actions.rules import rules_of
from quorate.store import strata
from quorate.store.database import Database
from quorate.store.projects import Project


def tell_coverage(db: Database, project: Project) -> list[dict[str, Any]]:
    """How far each of the policy's quotas is met: what is told apart, the kind, how many are wanted and decided."""
    rules = rules_of(db, project.id)
    names = {step.id: step.name for step in rules.steps.values()}
    with db.read() as connection:
        counted = [(q, strata.decided(connection, project.id, q.of, names)) for q in rules.policy.coverage]
    return [
        {"of": quota.of, "kind": kind, "wanted": wanted, "decided": decided.get(kind, 0)}
        for quota, decided in counted for kind, wanted in quota.wanted.items()
    ]  # fmt: skip
