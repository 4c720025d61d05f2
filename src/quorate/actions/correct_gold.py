"""A known answer that another expert does not share is not known: their word takes its place."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate.actions.decide_task import Cause, Outcome, event
from quorate.actions.rules import Rules, Step
from quorate.flow.decide import Accept
from quorate.flow.evidence import Posterior
from quorate.ids import new_id
from quorate.store.annotations import Held

RULE = "gold: "
"""What the rule of such a decision begins with; what follows explains the answer."""
UNEXPLAINED = "the answer came with the item"


def known_row(
    rules: Rules,
    step: UUID,
    task: UUID,
    value: Any,
    *,
    why: str,
    reason: str,
    now: datetime,
    supersedes: UUID | None = None,
) -> dict[str, Any]:
    """A known answer as the row of a decision."""
    labels = value if isinstance(value, list) else [value]
    return {
        "id": new_id(),
        "project_id": rules.project.id,
        "task_id": task,
        "value": value,
        "confidence": 1.0,
        "probabilities": {label: float(label in labels) for label in rules.steps[step].question.ids},
        "kind": "gold",
        "method": "known",
        "rule": f"{RULE}{why}",
        "reason": reason,
        "judgements": 0,
        "cost": Decimal(0),
        "evidence": [],
        "policy_id": rules.policy_id,
        "schema_id": rules.steps[step].schema_id,
        "guideline_id": rules.guideline_id,
        "supersedes": supersedes,
        "created_at": now,
    }


def correct_gold(
    rules: Rules, step: Step, held: Held, value: Any, rationale: str, cause: Cause, *, asked: bool
) -> Outcome:
    """What is written when an expert overrules a known answer: a decision in its place, and an event.

    `asked`: the annotator who disputed it said the same as the expert, so the corrected answer goes on measuring;
    otherwise, three having said three things, the task measures nobody any more.
    """
    row = known_row(
        rules, step.id, held.task_id, value, why=rationale, reason="dispute", now=cause.now,
        supersedes=held.decision_id,
    )  # fmt: skip
    known = row["probabilities"]
    decision: UUID = row["id"]
    posterior = Posterior(value, 1.0, known, 0.0, "known")
    outcome = Outcome("decided", posterior, Accept("gold", rationale, "expert"), decision, decisions=[row])
    verb = "gold.corrected" if asked else "gold.retired"
    outcome.events.append(event(rules, cause, "task.decided", decision, row))
    outcome.events.append(event(rules, cause, verb, held.task_id, {"decision": str(decision)}))
    return outcome
