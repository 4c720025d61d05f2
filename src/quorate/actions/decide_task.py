"""From a task's answers to what follows: a decision, one more place in the queue, a case for an expert, or nothing.

Pure but for fresh ids and the draw of audits: it gives what is to be written, and whoever changed the evidence (a
submit, an adjudication, a refit) writes it in the same transaction.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate.actions.rules import Rules, Step
from quorate.flow.believe import believe
from quorate.flow.decide import Accept, AskMore, Decision, Escalate, Facts, Retire, decide, heard
from quorate.flow.evidence import Answer, Posterior, Prior, Role, Skill
from quorate.flow.policy import Policy
from quorate.flow.states import RESTING, State, move
from quorate.flow.triage import triage
from quorate.ids import new_id
from quorate.store.annotations import Held, Situation
from quorate.store.ledger import Event

_CASE_OF_REASON = {
    "undecided": "undecided",
    "skipped": "undecided",
    "second opinion": "second_opinion",
    "more experts wanted": "second_opinion",
}


RECOUNT = "recount"
"""The reason of a decision that is made anew because somebody's answers began or ceased to count."""


@dataclass(slots=True)
class Outcome:
    """What is to be written: the task's new state and decision, rows to append, places to open or to keep."""

    state: str
    posterior: Posterior
    verdict: Decision
    decision_id: UUID | None
    decisions: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    places: int = 0
    keep: int = -1


def given_answers(situation: Situation, step: Step) -> list[Answer]:
    """The task's annotations as evidence, each with its annotator's skill, and as what it says under today's schema.

    Of an expert who was asked again, the first word counts: the second is there to measure them.
    """
    return [
        Answer(
            given["id"],
            given["account_id"],
            Role(given["role"]),
            value,
            Skill.from_json(given["skill"]) if given["skill"] else Skill.prior(step.question, Role(given["role"])),
        )
        for given in firsts(situation.given)
        if (value := step.heard(given["value"], given["schema_id"])) is not None
    ]


def firsts(given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what an expert said again."""
    experts: set[str] = set()
    kept = []
    for one in given:
        if one["role"] == Role.EXPERT.value:
            if one["account_id"] in experts:
                continue
            experts.add(one["account_id"])
        kept.append(one)
    return kept


def cost_so_far(situation: Situation) -> Decimal:
    """What the task's annotations have cost."""
    return sum((Decimal(str(given["cost"])) for given in situation.given), Decimal(0))


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a task is looked at: what changed, who changed it, when, and what it has cost by then."""

    reason: str
    actor: UUID | None
    now: datetime
    cost: Decimal


def decide_task(
    rules: Rules,
    step: Step,
    situation: Situation,
    answers: Sequence[Answer],
    cause: Cause,
    *,
    leases: int,
    answered: Sequence[tuple[int, int]] = (),
) -> Outcome:
    """Believe and decide; `leases` are those that others hold on the task.

    `answered` is how much those had answered, and missed of what is known, whose answer is not among the situation's.
    """
    prior = Prior.from_json(situation.prior) if situation.prior else None
    policy = rules.policy_on(step)
    facts = Facts.of(
        answers, same=step.question.same, leases=leases, skips=situation.skips, item=situation.attributes,
        machine=rules.machine, budget=Decimal(0) if step.thrift == "stopped" else None,
    )  # fmt: skip
    counted = heard(answers, policy, facts)
    posterior = believe(step.question, counted, prior)
    verdict = decide(facts, posterior, _overlapping(policy, situation, answered))
    outcome = Outcome(situation.task_state, posterior, verdict, situation.decision_id)
    _Following(rules, step, situation, counted, cause, outcome).follow(verdict)
    return outcome


def _overlapping(policy: Policy, situation: Situation, answered: Sequence[tuple[int, int]]) -> Policy:
    """The policy with as many judgements as are wanted where newcomers are among those who answered."""
    least = policy.judgements.min
    if policy.probation.overlap <= least:
        return policy
    those = [(one["answered"] or 0, one["missed"] or 0) for one in situation.given if one["role"] == Role.CROWD.value]
    return policy.hearing(policy.probation.fewest(least, [*those, *answered]))


@dataclass(frozen=True, slots=True)
class _Following:
    rules: Rules
    step: Step
    situation: Situation
    answers: Sequence[Answer]
    cause: Cause
    outcome: Outcome

    def follow(self, verdict: Decision) -> None:
        if self.situation.task_state in RESTING:
            return
        match verdict:
            case Accept():
                self._accept(verdict)
            case AskMore():
                self._ask(verdict)
            case Escalate():
                self._escalate(verdict)
            case Retire():
                self._move(State.RETIRED, keep=0)
                self._tell("task.retired", self.situation.task_id, {"rule": verdict.rule, "why": verdict.why})

    def _move(self, to: State, *, keep: int) -> None:
        """Where the task goes, and how many of its places in the queue it keeps there (-1: all)."""
        self.outcome.state, self.outcome.keep = move(self.situation.task_state, to).value, keep

    def _accept(self, verdict: Accept) -> None:
        outcome, situation = self.outcome, self.situation
        same = self.step.question.same
        stands = situation.task_state == "decided" and same(situation.decided, outcome.posterior.value)
        if stands and verdict.kind != "expert":
            return  # nothing new to say
        row = self._decision(verdict)
        self._move(State.DECIDED, keep=0)
        outcome.decision_id = row["id"]
        outcome.decisions.append(row)
        self._tell("task.decided", row["id"], row)
        if verdict.kind != "expert" and random.random() < self.rules.audit_probability:
            self._audit(row["id"])

    def _decision(self, verdict: Accept) -> dict[str, Any]:
        posterior, rules = self.outcome.posterior, self.rules
        return {
            "id": new_id(),
            "project_id": rules.project.id,
            "task_id": self.situation.task_id,
            "value": posterior.value,
            "confidence": posterior.confidence,
            "probabilities": {str(label): p for label, p in posterior.probabilities.items()},
            "kind": verdict.kind,
            "method": posterior.method,
            "rule": f"{verdict.rule}: {verdict.why}",
            "reason": self.cause.reason,
            "judgements": sum(answer.role is not Role.EXPERT for answer in self.answers),
            "cost": self.cause.cost,
            "evidence": self._evidence(),
            "policy_id": rules.policy_id,
            "schema_id": self.step.schema_id,
            "guideline_id": rules.guideline_id,
            "supersedes": self.situation.decision_id,
            "created_at": self.cause.now,
        }

    def _evidence(self) -> list[dict[str, Any]]:
        moves = {move.annotation: move for move in self.outcome.posterior.moves}
        evidence = []
        for answer in self.answers:
            told: dict[str, Any] = {"annotation": str(answer.annotation)}
            if move := moves.get(answer.annotation):
                told |= {"before": round(move.before, 6), "after": round(move.after, 6)}
            evidence.append(told)
        return evidence

    def _ask(self, verdict: AskMore) -> None:
        if self.situation.task_state == "contested" or not self._reopens():
            return
        missing = verdict.places - self.situation.openings
        self._move(State.OPEN, keep=verdict.places if missing < 0 else -1)
        self.outcome.places = max(missing, 0)

    def _reopens(self) -> bool:
        """What is decided is asked again when answers began or ceased to count; after a refit, only when it fell well
        below what was wanted."""
        if self.situation.task_state != "decided" or self.cause.reason == RECOUNT:
            return True
        wanted = self.rules.policy_on(self.step).accept.confidence
        return self.cause.reason == "refit" and self.outcome.posterior.confidence < wanted - (1 - wanted) / 2

    def _escalate(self, verdict: Escalate) -> None:
        if self.situation.task_state == "decided" and self.cause.reason == "submit":
            return
        self._move(State.CONTESTED, keep=0)
        if self.situation.cases and self.situation.task_state == "contested":
            return
        if self.situation.cases:
            self._tell("task.contested", self.situation.task_id, {"rule": f"{verdict.rule}: {verdict.why}"})
        else:
            kind = _CASE_OF_REASON.get(verdict.reason, "risky")
            self._open_case(kind, f"{verdict.rule}: {verdict.why}", verdict.reason)

    def _audit(self, decision: UUID) -> None:
        probability = self.rules.audit_probability
        rule = f"audit.rate: drawn with probability {probability:.4f}"
        self._open_case("audit", rule, "audit", blind=True, probability=probability, decision=decision)

    def _open_case(
        self,
        kind: str,
        rule: str,
        reason: str,
        *,
        blind: bool = False,
        probability: float | None = None,
        decision: UUID | None = None,
    ) -> None:
        row = case_row(
            self.rules, self.situation, self.outcome.posterior, self.cause, kind, rule, reason,
            blind=blind, probability=probability, decision=decision,
        )  # fmt: skip
        self.outcome.cases.append(row)
        told = {"task": str(self.situation.task_id), "kind": kind, "rule": rule}
        if probability is not None:
            told |= {"decision": str(decision), "probability": repr(probability)}
        self._tell("case.opened", row["id"], told)

    def _tell(self, verb: str, object_id: UUID, content: dict[str, Any]) -> None:
        self.outcome.events.append(event(self.rules, self.cause, verb, object_id, content))


def event(rules: Rules, cause: Cause, verb: str, object_id: UUID, content: dict[str, Any]) -> Event:
    """An event in a project, told by whoever caused it."""
    return Event(
        actor=cause.actor,
        verb=verb,
        object_id=object_id,
        content=content,
        workspace_id=rules.project.workspace_id,
        project_id=rules.project.id,
        at=cause.now,
    )


def annotation_row(
    rules: Rules,
    step: Step,
    held: Held,
    now: datetime,
    *,
    role: Role,
    value: Any,
    seconds: float | None,
    confidence: float | None = None,
    comment: str | None = None,
    supersedes: UUID | None = None,
) -> dict[str, Any]:
    """An answer to a leased task, as a row."""
    return {
        "id": new_id(),
        "project_id": held.project_id,
        "task_id": held.task_id,
        "account_id": held.account_id,
        "assignment_id": held.id,
        "role": role.value,
        "value": value,
        "seconds": None if seconds is None else float(seconds),  # as it comes back: its hash is told
        "confidence": confidence,
        "comment": comment,
        "cost": held.price,
        "schema_id": step.schema_id,
        "guideline_id": rules.guideline_id,
        "supersedes": supersedes,
        "created_at": now,
    }


def case_row(
    rules: Rules,
    situation: Situation,
    posterior: Posterior | None,
    cause: Cause,
    kind: str,
    rule: str,
    reason: str,
    *,
    blind: bool = False,
    probability: float | None = None,
    decision: UUID | None = None,
    meant_for: UUID | None = None,
    not_before: datetime | None = None,
) -> dict[str, Any]:
    """A case for an expert, as a row."""
    urgency = triage(kind, posterior, situation.attributes)
    return {
        "id": new_id(),
        "project_id": rules.project.id,
        "task_id": situation.task_id,
        "kind": kind,
        "rule": rule,
        "reason": reason,
        "risk": urgency.risk,
        "ambiguity": urgency.ambiguity,
        "value": urgency.value,
        "priority": urgency.priority,
        "blind": blind,
        "probability": probability,
        "decision_id": decision,
        "not_before": not_before,
        "meant_for": meant_for,
        "held": False,
        "opened_at": cause.now,
        "closed_at": None,
        "due_at": (not_before or cause.now) + timedelta(hours=rules.policy.experts.due_hours),
        "assigned_to": None,
        "backup": None,
        "turn_ends_at": None,
        "passed": [],
    }
