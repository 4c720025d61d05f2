"""From a task's answers to what follows: a decision, one more place in the queue, a case for an expert, or nothing.

Called inside the transaction of whoever changed the evidence (a submit, an adjudication, a refit); never commits.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg

from quorate.actions.rules import Rules, Step
from quorate.flow.believe import believe
from quorate.flow.decide import Accept, AskMore, Decision, Escalate, Facts, Retire, decide, heard
from quorate.flow.evidence import Answer, Posterior, Prior, Role
from quorate.flow.triage import triage
from quorate.ids import new_id
from quorate.store import cases, decisions, openings
from quorate.store.ledger import Event

CASE_OF_REASON = {"undecided": "undecided", "second opinion": "second_opinion", "more experts wanted": "second_opinion"}


@dataclass(frozen=True, slots=True)
class Task:
    """What a decision needs to know of the task besides its answers."""

    id: UUID
    item_id: UUID
    state: str
    decision_id: UUID | None
    attributes: dict[str, Any]
    prior: Any
    leases: int
    openings: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: the state that the task is in now, the belief, and what is to be told."""

    state: str
    posterior: Posterior
    decision: Decision
    decided: UUID | None
    events: tuple[Event, ...]


def decide_task(
    connection: psycopg.Connection[Any],
    rules: Rules,
    step: Step,
    task: Task,
    answers: Sequence[Answer],
    *,
    cost: Decimal,
    reason: str,
    actor: UUID | None,
    now: datetime,
) -> Result:
    """Believe, decide, and write what follows. `reason` says what changed the evidence."""
    prior = Prior.from_json(task.prior) if task.prior else None
    facts = Facts.of(answers, leases=task.leases, item=task.attributes, machine=rules.machine)
    counted = heard(answers, rules.policy, facts)
    posterior = believe(step.question, counted, prior)
    decision = decide(facts, posterior, rules.policy)
    write = _Consequence(connection, rules, step, task, counted, posterior, cost, reason, actor, now)
    state, decided, events = write(decision)
    return Result(state, posterior, decision, decided, events)


@dataclass(frozen=True, slots=True)
class _Consequence:
    connection: psycopg.Connection[Any]
    rules: Rules
    step: Step
    task: Task
    answers: Sequence[Answer]
    posterior: Posterior
    cost: Decimal
    reason: str
    actor: UUID | None
    now: datetime

    def __call__(self, decision: Decision) -> tuple[str, UUID | None, tuple[Event, ...]]:
        match decision:
            case Accept():
                return self._accept(decision)
            case AskMore():
                return self._ask(decision)
            case Escalate():
                return self._escalate(decision)
            case Retire():
                openings.close(self.connection, self.task.id)
                decisions.set_state(self.connection, self.task.id, "retired")
                return "retired", None, (self._told("task.retired", {"rule": decision.rule, "why": decision.why}),)

    def _accept(self, decision: Accept) -> tuple[str, UUID | None, tuple[Event, ...]]:
        if self._stands(decision):
            return "decided", None, ()
        row = self._decision(decision)
        decisions.insert(self.connection, row)
        events = [self._event("task.decided", row["id"], row)]
        if self.task.state == "contested":
            cases.withdraw(self.connection, self.task.id, self.now)
        if decision.kind != "expert" and random.random() < self.rules.audit_probability:
            events.append(self._audit(row["id"]))
        return "decided", row["id"], tuple(events)

    def _stands(self, decision: Accept) -> bool:
        """Whether the decision in force says the same on no less authority, so that there is nothing new to say."""
        if self.task.decision_id is None or decision.kind == "expert":
            return False
        current = decisions.get(self.connection, self.task.decision_id)
        return self.task.state == "decided" and current["value"] == self.posterior.value

    def _decision(self, decision: Accept) -> dict[str, Any]:
        posterior, rules = self.posterior, self.rules
        moves = {move.annotation: move for move in posterior.moves}
        evidence = [
            {
                "annotation": str(answer.annotation),
                "before": round(moves[answer.annotation].before, 6),
                "after": round(moves[answer.annotation].after, 6),
            }
            if answer.annotation in moves
            else {"annotation": str(answer.annotation)}
            for answer in self.answers
        ]
        return {
            "id": new_id(),
            "project_id": rules.project.id,
            "task_id": self.task.id,
            "value": posterior.value,
            "confidence": posterior.confidence,
            "probabilities": {str(label): p for label, p in posterior.probabilities.items()},
            "kind": decision.kind,
            "method": posterior.method,
            "rule": f"{decision.rule}: {decision.why}",
            "reason": self.reason,
            "judgements": sum(answer.role is not Role.EXPERT for answer in self.answers),
            "cost": self.cost,
            "evidence": evidence,
            "policy_id": rules.policy_id,
            "schema_id": self.step.schema_id,
            "guideline_id": rules.guideline_id,
            "supersedes": self.task.decision_id,
            "created_at": self.now,
        }

    def _ask(self, decision: AskMore) -> tuple[str, UUID | None, tuple[Event, ...]]:
        if self.task.state in ("decided", "contested"):
            return self.task.state, None, ()  # only a refit or a person reopens what was settled
        missing = decision.places - self.task.openings
        if missing > 0:
            openings.open(self.connection, self.rules.project.id, self.task.id, missing)
        elif missing < 0:
            openings.close(self.connection, self.task.id, keep=max(decision.places, 0))
        return "open", None, ()

    def _escalate(self, decision: Escalate) -> tuple[str, UUID | None, tuple[Event, ...]]:
        if self.task.state == "decided":
            return "decided", None, ()
        if cases.open_of_task(self.connection, self.task.id):
            return "contested", None, ()
        openings.close(self.connection, self.task.id)
        decisions.set_state(self.connection, self.task.id, "contested")
        kind = CASE_OF_REASON.get(decision.reason, "risky")
        case = self._case(kind, f"{decision.rule}: {decision.why}", decision.reason, blind=False)
        told = {"task": str(self.task.id), "kind": kind, "rule": case["rule"]}
        return "contested", None, (self._event("case.opened", case["id"], told),)

    def _audit(self, decision_id: UUID) -> Event:
        probability = self.rules.audit_probability
        case = self._case(
            "audit", f"audit.rate: drawn with probability {probability:.4f}", "audit", blind=True,
            probability=probability, decision_id=decision_id,
        )  # fmt: skip
        told = {"task": str(self.task.id), "kind": "audit", "decision": str(decision_id), "probability": probability}
        return self._event("case.opened", case["id"], told)

    def _case(
        self,
        kind: str,
        rule: str,
        reason: str,
        *,
        blind: bool,
        probability: float | None = None,
        decision_id: UUID | None = None,
    ) -> dict[str, Any]:
        urgency = triage(kind, self.posterior, self.task.attributes)
        row = {
            "id": new_id(),
            "project_id": self.rules.project.id,
            "task_id": self.task.id,
            "kind": kind,
            "rule": rule,
            "reason": reason,
            "risk": urgency.risk,
            "ambiguity": urgency.ambiguity,
            "value": urgency.value,
            "priority": urgency.priority,
            "blind": blind,
            "probability": probability,
            "decision_id": decision_id,
            "not_before": None,
            "meant_for": None,
            "opened_at": self.now,
        }
        cases.open(self.connection, row)
        return row

    def _told(self, verb: str, detail: dict[str, Any]) -> Event:
        return self._event(verb, self.task.id, detail)

    def _event(self, verb: str, object_id: UUID, content: dict[str, Any]) -> Event:
        return Event(
            actor=self.actor,
            verb=verb,
            object_id=object_id,
            content=content,
            workspace_id=self.rules.project.workspace_id,
            project_id=self.rules.project.id,
            at=self.now,
        )
