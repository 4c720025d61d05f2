"""Take an answer: check it, keep it, believe, decide, pay, and lease the next task, in one transaction."""


from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.claim_task import Claimed, ask, claimed, retry
from quorate.actions.decide_task import Task, decide_task
from quorate.actions.open_dependents import open_dependents
from quorate.actions.rules import Rules, Step, rules_of
from quorate.errors import Conflict, LeaseEnded, NotFound
from quorate.flow import merkle
from quorate.flow.believe import learn
from quorate.flow.evidence import Answer, Posterior, Role, Skill
from quorate.flow.screen import needs, screen
from quorate.ids import new_id
from quorate.labels.validators import Answer as Screened
from quorate.labels.validators import Earlier, Finding
from quorate.store import annotations, findings, leases, ledger, openings
from quorate.store.annotations import Around, Given, Held
from quorate.store.database import Database
from quorate.store.ledger import Event
from quorate.store.tables import NO_CASE

CROWD_CASE = UUID(NO_CASE)


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer as it arrives. `key` makes a repeat of the same request harmless."""

    assignment: UUID
    value: Any
    seconds: float | None = None
    confidence: float | None = None
    comment: str | None = None
    key: str | None = None

    def digest(self) -> bytes:
        """What a repeat must agree with."""
        return merkle.digest([self.value, self.seconds, self.confidence, self.comment])


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of an answer; the same for a repeat. `next` are the leases that came with it."""

    annotation: UUID
    task: UUID
    state: str
    next: Sequence[Claimed] = ()
    repeated: bool = False


def submit_annotation(db: Database, actor: Actor, submission: Submission, *, then_claim: int = 0) -> Submitted:
    """Take an answer to a leased task.

    Raises `NotFound` (no such lease of this annotator), `InvalidInput` (the schema or a rule refuses it), `Conflict`
    (already answered otherwise, skipped or given back) and `LeaseEnded` (the time ran out and the place is taken).
    """
    assert actor.account is not None
    now = clock.now()
    with db.hot() as connection:
        locked = annotations.lock(connection, submission.assignment, actor.account, CROWD_CASE)
        if locked is None or locked[0].case_id != CROWD_CASE:
            raise NotFound("You hold no such task.", where="assignment", mend="Claim one first.")
        held, given, around = locked
        rules = rules_of(db, held.project_id, held.epoch)
        if held.state == "submitted":
            return _again(connection, held, submission, rules)
        in_time = _still_theirs(connection, held)
        submit = _Submit(connection, actor, submission, held, given, around, rules, now)
        with connection.pipeline():
            result = submit.write(committed=held.price if in_time else Decimal(0))
            wanted = ask(connection, actor, rules, then_claim, now) if then_claim else None
            connection.commit()
        claim = leases.given(wanted, now) if wanted else None
    found = () if claim is None else claim.leases or retry(db, actor, rules, then_claim, claim)
    return Submitted(result.annotation, result.task, result.state, claimed(found, rules))


def _again(connection: psycopg.Connection[Any], held: Held, submission: Submission, rules: Rules) -> Submitted:
    if submission.key is None or submission.key != held.key:
        raise Conflict("This task has been answered.", where="assignment", mend="Revise the answer instead.")
    if held.request is not None and bytes(held.request) != submission.digest():
        raise Conflict(
            "The idempotency key was used for another answer.", where="Idempotency-Key", mend="Use a new key."
        )
    holding = leases.held(connection, project=held.project_id, account=held.account_id, case=CROWD_CASE)
    reply = held.reply
    return Submitted(UUID(reply["annotation"]), held.task_id, reply["state"], claimed(holding, rules), repeated=True)


def _still_theirs(connection: psycopg.Connection[Any], held: Held) -> bool:
    """Whether the lease is in force; a lease that ran out is taken up again if nobody else got the place."""
    if held.state == "open":
        return True
    if held.state == "expired" and held.task_state == "open" and openings.take(connection, held.task_id):
        return False
    if held.state == "expired":
        raise LeaseEnded(
            "The time for this task was over and it was given to somebody else; the answer was not counted.",
            where="assignment",
            mend="Claim the next task.",
        )
    raise Conflict(f"This task was {held.state}.", where="assignment", mend="Claim another one.")


class _Submit:
    def __init__(
        self,
        connection: psycopg.Connection[Any],
        actor: Actor,
        submission: Submission,
        held: Held,
        given: Sequence[Given],
        around: Around,
        rules: Rules,
        now: datetime,
    ) -> None:
        self.connection, self.actor, self.held, self.given = connection, actor, held, given
        self.around, self.rules, self.now, self.submission = around, rules, now, submission
        self.step: Step = rules.steps[held.step_id]
        self.value = self.step.question.check(submission.value)
        self.findings = self._screen()
        self.role = Role.MODEL if actor.machine else Role.CROWD
        self.skill = Skill.from_json(around.skill) if around.skill else Skill.prior(self.step.question, self.role)
        self.row = self._row()

    def write(self, *, committed: Decimal) -> Submitted:
        """Write the answer and what follows from it."""
        annotations.insert(self.connection, self.row)
        events = [self._event("annotation.submitted", self.row["id"], self.row), *self._note()]
        truth: Posterior | Any
        if self.held.is_gold:
            state, truth = self.held.task_state, self.held.gold
        else:
            result = self._decide()
            state, truth = result.state, result.posterior
            events += result.events
            if result.decided:
                events += open_dependents(
                    self.connection, self.rules, self.held.item_id, actor=self.actor.account, now=self.now
                )
        annotations.close(
            self.connection,
            self.held,
            key=self.submission.key,
            request=self.submission.digest(),
            reply={"annotation": str(self.row["id"]), "state": state},
            skill=learn(self.step.question, self.skill, self.value, truth).to_json(),
            committed=committed,
            now=self.now,
        )
        ledger.tell(self.connection, events)
        return Submitted(self.row["id"], self.held.task_id, "open" if self.held.is_gold else state)

    def _decide(self) -> Any:
        answers = [Answer(g.id, g.account_id, Role(g.role), g.value, self._skill_of(g)) for g in self.given] + [
            Answer(self.row["id"], self.actor.account, self.role, self.value, self.skill)
        ]
        held, around = self.held, self.around
        task = Task(
            held.task_id, held.item_id, held.task_state, held.decision_id, around.attributes, held.prior,
            around.leases, around.openings,
        )  # fmt: skip
        cost = sum((g.cost for g in self.given), self.row["cost"])
        return decide_task(
            self.connection, self.rules, self.step, task, answers,
            cost=cost, reason="submit", actor=self.actor.account, now=self.now,
        )  # fmt: skip

    def _skill_of(self, given: Given) -> Skill:
        if given.skill:
            return Skill.from_json(given.skill)
        return Skill.prior(self.step.question, Role(given.role))

    def _screen(self) -> tuple[Finding, ...]:
        question, around = self.step.question, self.around
        wanted = needs(question)
        duplicates: Sequence[Any] = ()
        if "duplicates" in wanted and around.twin_of:
            duplicates = annotations.before(
                self.connection, self.held.account_id, self.held.item_id, around.twin_of, self.held.step_id
            )
        answer = Screened(
            value=self.value,
            item=around.body if isinstance(around.body, dict) else {"text": around.body},
            comment=self.submission.comment or "",
            seconds=self.submission.seconds,
            confidence=self.submission.confidence,
            machine=self.actor.machine,
            own=[Earlier(e["value"], e["task"]) for e in around.recent if e["step"] == str(self.held.step_id)],
            duplicates=[Earlier(value) for value in duplicates],
            others=[Earlier(g.value, str(g.id)) for g in self.given],
        )
        return screen(question, answer)

    def _row(self) -> dict[str, Any]:
        return {
            "id": new_id(),
            "project_id": self.held.project_id,
            "task_id": self.held.task_id,
            "account_id": self.held.account_id,
            "assignment_id": self.held.id,
            "role": self.role.value,
            "value": self.value,
            "seconds": self.submission.seconds,
            "confidence": self.submission.confidence,
            "comment": self.submission.comment,
            "cost": self.held.price,
            "schema_id": self.step.schema_id,
            "guideline_id": self.rules.guideline_id,
            "supersedes": None,
            "created_at": self.now,
        }

    def _note(self) -> list[Event]:
        rows = [
            {
                "id": new_id(),
                "project_id": self.held.project_id,
                "task_id": self.held.task_id,
                "account_id": self.held.account_id,
                "annotation_id": self.row["id"],
                "kind": finding.kind,
                "message": finding.message,
                "evidence": finding.evidence,
                "action": "noted",
                "created_at": self.now,
            }
            for finding in self.findings
        ]
        for row in rows:
            findings.insert(self.connection, row)
        return [self._event("finding.noted", row["id"], row) for row in rows]

    def _event(self, verb: str, object_id: UUID, content: dict[str, Any]) -> Event:
        return Event(
            actor=self.actor.account,
            verb=verb,
            object_id=object_id,
            content=content,
            workspace_id=self.actor.workspace,
            project_id=self.held.project_id,
            at=self.now,
        )
