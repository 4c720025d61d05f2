"""Take an answer: check it, keep it, believe, decide, pay, and lease the next task, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.claim_task import Claimed, claimed, retry, wish
from quorate.actions.decide_task import Cause, Outcome, annotation_row, cost_so_far, decide_task, event, given_answers
from quorate.actions.open_dependents import open_dependents
from quorate.actions.repeat_reply import repeat_reply
from quorate.actions.retake_lease import retake_lease
from quorate.actions.rules import Rules, Step, rules_of
from quorate.errors import Barred, BudgetSpent, Conflict, NotFound, Unavailable
from quorate.flow import merkle
from quorate.flow.believe import learn
from quorate.flow.classes import frequency
from quorate.flow.evidence import Answer, Prior, Role, Skill
from quorate.flow.route import Edge, ahead, stands
from quorate.flow.screen import needs, recent, screen
from quorate.ids import new_id
from quorate.labels.validators import Answer as Screened
from quorate.labels.validators import Earlier, Finding
from quorate.store import annotations, claims, leases, ledger, openings
from quorate.store import tables as t
from quorate.store.annotations import Closing, Held
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.statement import Statement

CROWD_CASE = UUID(t.NO_CASE)
ATTEMPTS = 20
"""How often a submit reads again when others changed the same task in between; far more than overlap allows."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer as it arrives, in the place of the one that it `revises` if any. `key` makes a repeat harmless."""

    assignment: UUID
    value: Any
    seconds: float | None = None
    confidence: float | None = None
    comment: str | None = None
    key: str | None = None
    revises: UUID | None = None

    def digest(self) -> bytes:
        """What a repeat must agree with."""
        return merkle.digest([self.value, self.seconds, self.confidence, self.comment, self.revises])


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
    for _ in range(ATTEMPTS):
        with db.hot() as connection:
            held = annotations.look(connection, submission.assignment, actor.account, CROWD_CASE)
            if held is None or held.case_id != CROWD_CASE:
                raise NotFound("You hold no such task.", where="assignment", mend="Claim one first.")
            rules = rules_of(db, held.project_id, held.epoch)
            if held.state == "submitted":
                return _again(connection, held, submission, rules)
            _refuse_ended(held)
            submit = Submit(connection, actor, submission, held, rules)
            written = submit.write(then_claim) if held.state == "open" else None
        if held.state == "expired":
            retake_lease(db, actor, held, rules)
        elif written is not None:
            found = written.leases or (_next(db, actor, rules, then_claim, written) if then_claim else ())
            return submit.submitted(claimed(found, rules))
    raise Unavailable("Too many people answered this task at the same moment.", mend="Send the answer again.")


def _next(db: Database, actor: Actor, rules: Rules, count: int, empty: claims.Claim) -> Sequence[leases.Lease]:
    """What `retry` finds. The answer is kept by now; why there is no other is for the next claim to say."""
    try:
        return retry(db, actor, rules, count, empty)
    except (Barred, BudgetSpent, Unavailable):
        return ()


def _again(connection: Driver, held: Held, submission: Submission, rules: Rules) -> Submitted:
    reply = repeat_reply(held, submission.key, submission.digest(), mend="Revise the answer instead.")
    holding = leases.held(connection, project=held.project_id, account=held.account_id, case=CROWD_CASE)
    return Submitted(UUID(reply["annotation"]), held.task_id, reply["state"], claimed(holding, rules), repeated=True)


def _refuse_ended(held: Held) -> None:
    """A lease that ran out is taken up again if nobody else got the place; one that was given back is not."""
    if held.state in ("open", "expired"):
        return
    raise Conflict("This task was {state}.", where="assignment", mend="Claim another one.", state=held.state)


class Submit:
    """One attempt: everything is computed from what was read, then written at once if that still holds."""

    def __init__(
        self,
        connection: Driver,
        actor: Actor,
        submission: Submission,
        held: Held,
        rules: Rules,
    ) -> None:
        self.connection, self.actor, self.submission, self.held, self.rules = connection, actor, submission, held, rules
        self.now: datetime = clock.now()
        self.step: Step = rules.asked(held.step_id)
        question = self.step.question
        self.value = question.check_on(question.check(submission.value), held.body)
        self.role = Role.MODEL if actor.machine else Role.CROWD
        self.seconds = self._seconds()
        self.row = annotation_row(
            rules, self.step, held, self.now, role=self.role, value=self.value, seconds=self.seconds,
            confidence=submission.confidence, comment=submission.comment, supersedes=submission.revises,
        )  # fmt: skip
        self.cause = Cause("submit", actor.account, self.now, cost_so_far(held) + held.price)
        self.findings = [self._finding(finding) for finding in self._screen()]
        self.outcome: Outcome | None = None
        self.state = "open"
        """The task's state as the annotator may know it."""

    def write(self, then_claim: int) -> claims.Claim | None:
        """Write the answer and what follows from it, and claim. None when the task changed meanwhile."""
        skill = Skill.from_json(self.held.skill) if self.held.skill else Skill.prior(self.step.question, self.role)
        if self.held.is_gold:
            self.state = self._as_if_unknown(skill)
            learnt = learn(self.step.question, skill, self.value, self.held.gold)
        else:
            answers = self._answers(self.held.given, skill)
            self.outcome = self._decide(answers)
            self.state = self.outcome.state
            # The only answer to a task says nothing of its author.
            alone = len(answers) == 1
            learnt = skill if alone else learn(self.step.question, skill, self.value, self.outcome.posterior)
        closing = Closing(
            held=self.held,
            state=self.outcome.state if self.outcome else self.held.task_state,
            decision=self.outcome.decision_id if self.outcome else self.held.decision_id,
            key=self.submission.key,
            request=self.submission.digest(),
            reply={"annotation": self.row["id"], "state": self.state},
            skill=learnt.to_json(),
            standing=stands(self.step.question, self.outcome.posterior) if self.outcome else None,
            edge=self._edge(learnt),
            freed=self.held.price,
            missed=self.held.is_gold and not self.step.question.same(self.value, self.held.gold),
            now=self.now,
        )
        statement = annotations.close(closing, pays=not then_claim and self.submission.revises is None)
        self._append(statement)
        if then_claim:
            wanted = wish(self.actor, self.rules, then_claim, self.now)
            strata = annotations.in_strata(statement, self.held)
            claims.add_claim(statement, wanted, settled=closing.freed, strata=strata)
        return self._run(statement, then_claim)

    def _edge(self, learnt: Skill) -> Edge | None:
        if self.rules.policy.routing.by != "skill":
            return None
        return ahead(self.step.question, learnt, self.held.typical)

    def _run(self, statement: Statement, then_claim: int) -> claims.Claim | None:
        select = claims.GIVEN if then_claim else "SELECT 1 AS done"
        if self.outcome and self.outcome.decisions and self.rules.dependents:
            with self.connection.transaction():
                rows = statement.run_gated(self.connection, select)
                told = open_dependents(
                    self.connection, self.rules, [self.held.item_id], actor=self.actor.account, now=self.now
                )
                ledger.tell(self.connection, told)
        else:
            rows = statement.run_gated(self.connection, select)
        if rows is None:
            return None
        return claims.given(rows, self.now) if then_claim else claims.Claim(0, [])

    def submitted(self, following: Sequence[Claimed]) -> Submitted:
        """What is answered."""
        return Submitted(self.row["id"], self.held.task_id, self.state, following)

    def _append(self, statement: Statement) -> None:
        events = [self._event("annotation.submitted", self.row)]
        events += [self._event("finding.noted", row) for row in self.findings]
        statement.append(t.annotations, [self.row])
        statement.append(t.findings, self.findings)
        if self.outcome:
            statement.append(t.decisions, self.outcome.decisions)
            statement.append(t.cases, self.outcome.cases)
            openings.add_change(
                statement, project=self.held.project_id, places=self.outcome.places, keep=self.outcome.keep, gate="gate"
            )
            events += self.outcome.events
        statement.append(t.events, [event.row() for event in events])

    def _decide(self, answers: Sequence[Answer]) -> Outcome:
        leases_of_others = self.held.leases - (self.held.state == "open")
        return decide_task(
            self.rules, self.step, self.held, answers, self.cause, leases=leases_of_others, answered=self._answered()
        )

    def _answered(self) -> Sequence[tuple[int, int]]:
        """How much the submitter had answered and missed, if that may matter."""
        return [(self.held.answered, self.held.missed)] if self.role is Role.CROWD else ()

    def _as_if_unknown(self, skill: Skill) -> str:
        """Where a task of known answer would stand if the answer were not known.

        To those who answer it, it is one ordinary task after the other: once the answers since the last one would
        have decided it, the next answer is the first of another. So nobody can tell it by what is said to them.
        """
        latest = annotations.since_shown_closed(self.connection, self.held.task_id)
        given = [one for one in self.held.given if one["id"] in latest]
        situation = replace(
            self.held, task_state="open", given=given, decision_id=None, decided=None, skips=0, cases=0, openings=0
        )
        answers = self._answers(given, skill)
        return decide_task(
            self.rules, self.step, situation, answers, self.cause, leases=0, answered=self._answered()
        ).state

    def _answers(self, given: Sequence[dict[str, Any]], skill: Skill) -> list[Answer]:
        """Those of others, and this one in the place of the one that it supersedes."""
        mine = Answer(str(self.row["id"]), str(self.actor.account), self.role, self.value, skill)
        others = given_answers(replace(self.held, given=list(given)), self.step)
        return [*(answer for answer in others if answer.annotation != str(self.submission.revises)), mine]

    def _screen(self) -> tuple[Finding, ...]:
        held, question = self.held, self.step.question
        duplicates: Sequence[Any] = ()
        if held.twin_of and "duplicates" in needs(question):
            duplicates = annotations.before(self.connection, held.account_id, held.item_id, held.twin_of, held.step_id)
        return screen(
            question,
            Screened(
                value=self.value,
                item=held.body if isinstance(held.body, dict) else {"text": held.body},
                comment=self.submission.comment or "",
                seconds=self.seconds,
                confidence=self.submission.confidence,
                machine=self.actor.machine,
                own=self._own(),
                duplicates=[Earlier(value) for value in duplicates],
                others=[Earlier(given["value"], given["id"]) for given in held.given],
                share=frequency(question, Prior.from_json(held.prior), self.value) if held.prior else None,
            ),
        )

    def _seconds(self) -> float | None:
        """What they say they spent; of people who do not say, the time since the lease or since their last answer, the
        later: more they cannot have spent."""
        if self.submission.seconds is not None or self.actor.machine or self.submission.revises is not None:
            return self.submission.seconds
        last = max((datetime.fromisoformat(one["at"]) for one in self.held.recent), default=self.held.claimed_at)
        return max(0.0, (self.now - max(last, self.held.claimed_at)).total_seconds())

    def _own(self) -> list[Earlier]:
        """Their newest answers to this question: the few that came with the lease; more if those all say the same."""
        held, key = self.held, self.step.question.key
        newest = [one for one in held.recent if one["step"] == str(held.step_id)]
        wanted = recent(self.step.question)
        if wanted > len(newest) > 0 and all(key(one["value"]) == key(self.value) for one in newest):
            newest = annotations.own(self.connection, held.account_id, held.step_id, wanted)
        return [Earlier(one["value"], one["task"]) for one in newest]

    def _finding(self, finding: Finding) -> dict[str, Any]:
        return {
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

    def _event(self, verb: str, row: dict[str, Any]) -> Event:
        return event(self.rules, self.cause, verb, row["id"], row)
