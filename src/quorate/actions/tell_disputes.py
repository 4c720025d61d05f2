"""Tell annotators where their disputes stand. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from quorate.actions.actor import Actor
from quorate.actions.rules import Rules, rules_of
from quorate.flow.excerpt import excerpt
from quorate.store import disputes
from quorate.store.database import Database


def tell_disputes(
    db: Database, actor: Actor, projects: Sequence[UUID], *, before: UUID | None = None, limit: int = 50
) -> dict[str, Any]:
    """The annotator's disputes in these projects, newest first."""
    assert actor.account is not None
    with db.work() as connection:
        rows = disputes.of_account(connection, actor.account, list(projects), before=before, limit=limit + 1)
    told = [told_dispute(rules_of(db, row["project_id"]), row) for row in rows[:limit]]
    return {"disputes": told, "next": rows[limit - 1]["id"] if len(rows) > limit else None}


def told_dispute(rules: Rules, row: dict[str, Any]) -> dict[str, Any]:
    """A dispute with its state and outcome: upheld (the annotator was right), rejected, or changed to a third value."""
    state, outcome = _stands(rules, row)
    closed = state == "closed"
    step = rules.steps.get(row["step_id"])
    return {
        "id": row["id"],
        "annotation": row["annotation"],
        "project": rules.project.name,
        "step": step.name if step else None,
        "item": row["key"],
        "excerpt": excerpt(row["body"]),
        "value": row["value"],
        "against": row["against"],
        "reason": row["reason"],
        "opened_at": row["opened_at"],
        "state": state,
        "outcome": outcome,
        "decided": row["decided"] if closed else None,
        "why": row["rationale"] if closed else None,
        "clauses": (row["clauses"] or []) if closed else [],
        "closed_at": row["judged_at"] if closed else None,
    }


def _stands(rules: Rules, row: dict[str, Any]) -> tuple[str, str | None]:
    if row["withdrawn"]:
        return "withdrawn", None
    if row["rationale"] is None:  # nobody has judged it; a case that was closed all the same has no question any more
        return ("open", None) if row["closed_at"] is None else ("dropped", None)
    step = rules.steps.get(row["step_id"])
    if row["task_state"] != "decided" or row["decided"] is None or step is None:
        return "open", None  # experts differ, and another one looks
    decided = step.heard(row["decided"], row["decided_schema"])
    mine = step.heard(row["value"], row["schema_id"])
    if decided is not None and mine is not None and step.question.same(mine, decided):
        return "closed", "upheld"
    return "closed", "rejected" if row["decided"] == row["against"] else "changed"
