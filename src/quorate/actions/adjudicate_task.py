"""An expert's word on a case: the answer with its reasons, weighed by the expert's own skill, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.claim_task import refuse_barred
from quorate.actions.clarify import ask_within, is_asked
from quorate.actions.correct_gold import correct_gold
from quorate.actions.decide_task import (
    Cause,
    Outcome,
    annotation_row,
    cost_so_far,
    decide_task,
    event,
    given_answers,
)
from quorate.actions.open_dependents import open_dependents
from quorate.actions.refit_skills import enqueue_refit
from quorate.actions.repeat_case import repeat_cases
from quorate.actions.repeat_reply import repeat_reply
from quorate.actions.rules import Rules, Step, rules_of
from quorate.errors import BudgetSpent, Conflict, InvalidInput, NotFound, Unavailable
from quorate.flow import merkle
from quorate.flow.believe import learn
from quorate.flow.evidence import Answer, Role, Skill
from quorate.ids import new_id
from quorate.store import annotations, cases, disputes, grants, ledger, openings, seats
from quorate.store import tables as t
from quorate.store.annotations import Closing, Held
from quorate.store.cases import Case, Waiting
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.watch.encode import CLASSED

SOON = 8
"""What is due in an eighth of the time that cases have goes before what is worse."""
ATTEMPTS = 20
"""How often an adjudication reads again when an answer to the same task came in between."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an expert says, by the template. `extra` are its further fields; `key` makes a repeat harmless."""

    assignment: UUID
    value: Any
    rationale: str
    clauses: Sequence[str] = ()
    error: str | None = None
    change_guideline: bool = False
    extra: dict[str, Any] | None = None
    seconds: float | None = None
    key: str | None = None

    def digest(self) -> bytes:
        """What a repeat must agree with."""
        return merkle.digest({name: getattr(self, name) for name in self.__slots__ if name != "key"})


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """What came of it. `agrees`: whether the expert said what was decided before (None when nothing was)."""

    annotation: UUID
    task: UUID
    state: str
    agrees: bool | None
    repeated: bool = False


def claim_cases(db: Database, actor: Actor, projects: Sequence[UUID], count: int = 1) -> list[tuple[UUID, UUID]]:
    """Lease up to `count` cases, never one whose task this expert has answered: (lease, case).

    Those that are this expert's turn come first, then what is anybody's; never what is another one's turn. Raises
    `BudgetSpent` when there are cases and none that the budget can pay.
    """
    assert actor.account is not None
    found: list[tuple[UUID, UUID]] = []
    for project in projects:
        if len(found) >= count:
            break
        rules = rules_of(db, project)
        with db.work() as connection:
            seats.take(connection, project, actor.account)
            refuse_barred(connection, project, actor.account)
        found += _leased(db, actor, rules, count - len(found))
    return found


def _leased(db: Database, actor: Actor, rules: Rules, count: int) -> list[tuple[UUID, UUID]]:
    """A transaction each: locks go from project to purse, so who pays twice may wait in a circle with who claims."""
    found: list[tuple[UUID, UUID]] = []
    dry: list[UUID] = []
    while len(found) < count:
        with db.work() as connection:
            case = _next_case(connection, actor, rules, dry)
            if case is None:
                break
            leased = _lease(connection, actor, rules, case)
        if leased is None:
            dry.append(case.step_id)
        else:
            found.append((leased, case.id))
    if dry and not found:
        raise BudgetSpent(
            "What is left of the budget cannot pay for an adjudication.",
            mend="Ask the project's manager; a larger budget takes effect at once.",
        )
    return found


def _next_case(connection: Driver, actor: Actor, rules: Rules, dry: Sequence[UUID]) -> Waiting | None:
    assert actor.account is not None
    now = clock.now()
    soon = now + timedelta(hours=rules.policy.experts.due_hours / SOON)
    careful = [step.id for step in rules.steps.values() if rules.careful(step)]
    return cases.next_waiting(connection, rules.project.id, actor.account, now, soon, dry=dry, careful=careful)


def _lease(connection: Driver, actor: Actor, rules: Rules, case: Waiting) -> UUID | None:
    """Lease a case; None when the budget cannot pay it."""
    assert actor.account is not None
    now, project, account = clock.now(), rules.project.id, actor.account
    step = rules.steps.get(case.step_id)
    price = rules.policy.pay.rate(step.name) if step else Decimal(0)
    if not grants.commit(connection, project, case.step_id, account, price):
        return None
    expires = now + timedelta(minutes=rules.policy.lease.minutes)
    return cases.lease(connection, actor.workspace, project, account, case, price=price, now=now, expires=expires)


def adjudicate_task(db: Database, actor: Actor, verdict: Verdict) -> Adjudicated:
    """Take an expert's answer to a leased case.

    Raises `NotFound` (no such lease), `Conflict` (the lease ended, or was answered otherwise), `InvalidInput` (the
    value is not allowed, or the rationale is missing) and `Unavailable` (others kept changing the task).
    """
    assert actor.account is not None
    if not verdict.rationale.strip():
        raise InvalidInput("An adjudication needs its reason.", where="rationale", mend="Say why, in a sentence.")
    for _ in range(ATTEMPTS):
        with db.work() as connection:
            adjudicated = _attempt(db, connection, actor, verdict)
        if adjudicated is not None:
            return adjudicated
    raise Unavailable("Too many people answered this task at the same moment.", mend="Send the adjudication again.")


def _attempt(db: Database, connection: Driver, actor: Actor, verdict: Verdict) -> Adjudicated | None:
    """One reading and writing; None when the task changed in between, as by an answer still leased to somebody."""
    assert actor.account is not None
    case_id = cases.of_lease(connection, verdict.assignment, actor.account)
    case = cases.get(connection, case_id, lock=True) if case_id else None
    held = annotations.look(connection, verdict.assignment, actor.account, UUID(t.NO_CASE)) if case else None
    if case is None or held is None:
        raise NotFound("You hold no such case.", where="assignment", mend="Claim one first.")
    if held.state == "submitted":
        reply = repeat_reply(held, verdict.key, verdict.digest(), mend="Claim another one.")
        return Adjudicated(UUID(reply["annotation"]), held.task_id, reply["state"], reply["agrees"], repeated=True)
    if held.state != "open":
        raise Conflict("This case was {state}.", where="assignment", mend="Claim another one.", state=held.state)
    return _Adjudicate(connection, actor, verdict, case, held, rules_of(db, held.project_id, held.epoch)).write()


class _Adjudicate:
    def __init__(
        self,
        connection: Driver,
        actor: Actor,
        verdict: Verdict,
        case: Case,
        held: Held,
        rules: Rules,
    ) -> None:
        self.connection, self.actor, self.verdict = connection, actor, verdict
        self.case, self.held, self.rules = case, held, rules
        self.now: datetime = clock.now()
        self.step: Step = rules.asked(held.step_id)
        question = self.step.question
        self.value = question.check_on(question.check(verdict.value), held.body)
        self.extra = rules.template.check(verdict.rationale, list(verdict.clauses), verdict.error, verdict.extra or {})
        self.row = annotation_row(
            rules, self.step, held, self.now, role=Role.EXPERT, value=self.value, seconds=verdict.seconds
        )
        self.cause = Cause(self._reason(), actor.account, self.now, cost_so_far(held) + held.price)

    def write(self) -> Adjudicated | None:
        """Write the answer, the reasons, the audit's outcome and the new decision; None when the task changed."""
        prior = Skill.prior(self.step.question, Role.EXPERT)
        skill = Skill.from_json(self.held.skill) if self.held.skill else prior
        agrees = None if self.held.decision_id is None else self._says_the_same(self.held.decided)
        outcome = self._decide(skill)
        state = outcome.state if outcome else self.held.task_state
        statement = annotations.close(
            Closing(
                held=self.held,
                state=state,
                decision=outcome.decision_id if outcome else self.held.decision_id,
                key=self.verdict.key,
                request=self.verdict.digest(),
                reply={"annotation": self.row["id"], "state": state, "agrees": agrees},
                skill=learn(self.step.question, skill, self.value, self._truth(outcome)).to_json(),
                freed=self.held.price,
                now=self.now,
            ),
            pays=True,
        )
        adjudication = self._adjudication()
        events = [
            self._event("annotation.submitted", self.row),
            self._event("task.adjudicated", adjudication),
        ]
        statement.append(t.annotations, [self.row])
        statement.append(t.adjudications, [adjudication])
        if self.case.kind == "audit":
            audit = self._audit(agrees)
            statement.append(t.audits, [audit])
            events.append(self._event("decision.audited", audit))
        if self.case.kind == "repeat":
            again = {"task": str(self.held.task_id), "own": self.case.meant_for is not None, "agrees": bool(agrees)}
            events.append(event(self.rules, self.cause, "expert.repeated", self.case.id, again))
        if outcome:
            statement.append(t.decisions, outcome.decisions)
            statement.append(t.cases, outcome.cases)
            openings.add_change(
                statement, project=self.held.project_id, places=outcome.places, keep=outcome.keep, gate="gate"
            )
            events += outcome.events
        statement.append(t.events, [e.row() for e in events])
        if statement.run_gated(self.connection) is None:
            return None
        self._finish(outcome)
        return Adjudicated(self.row["id"], self.held.task_id, state, agrees)

    def _finish(self, outcome: Outcome | None) -> None:
        cases.close(self.connection, self.case.id, self.now)
        if self.case.kind == "dispute":
            self._make_good(outcome)
        if outcome and outcome.state == "decided":
            cases.withdraw(self.connection, [self.held.task_id], self.now)
        if self.verdict.change_guideline:
            self._ask_steward()
        repeats = repeat_cases(self.rules, self.held, self.case, self.cause, outcome)
        if repeats:
            cases.add(self.connection, repeats)
        cases.forgo_repeats(self.connection, self.held.task_id, self.now)
        if outcome and outcome.decisions:
            told = open_dependents(
                self.connection, self.rules, [self.held.item_id], actor=self.actor.account, now=self.now
            )
            ledger.tell(self.connection, told)

    def _ask_steward(self) -> None:
        """Ask for a clearer guideline in the expert's words, unless the same is asked already."""
        labels: list[str] = []
        if self.step.question.aggregate in CLASSED:
            said = [answer.value for answer in given_answers(self.held, self.step)]
            labels = sorted({self.value, *said})
        if not labels or not is_asked(self.connection, self.step, labels):
            question = self.verdict.rationale.strip()
            ask_within(self.connection, self.actor, self.rules, self.step, labels, question, [self.held.task_id])

    def _make_good(self, outcome: Outcome | None) -> None:
        """After a dispute that changed what is right: the known answer, and soon the skills of all who answered."""
        if not outcome or not outcome.decisions or self.step.question.same(self.held.decided, self.value):
            return
        if self.held.gold is not None:
            disputes.set_known(self.connection, self.held.task_id, self.value, asked=self._upheld())
        enqueue_refit(self.connection, self.step.id)

    def _upheld(self) -> bool:
        """Whether somebody who opened the dispute had said what the expert says."""
        said = disputes.of_case(self.connection, self.case.id)
        values = [self.step.heard(one["value"], one["schema_id"]) for one in said]
        return any(value is not None and self.step.question.same(value, self.value) for value in values)

    def _correct(self) -> Outcome | None:
        assert self.held.gold is not None
        if self.step.question.same(self.held.gold, self.value):
            return None
        rationale = self.verdict.rationale.strip()
        return correct_gold(self.rules, self.step, self.held, self.value, rationale, self.cause, asked=self._upheld())

    def _decide(self, skill: Skill) -> Outcome | None:
        """What follows, the expert's own earlier answer left out.

        Gold stays, since the expert is what is measured; but where it is what is disputed, it may be wrong.
        """
        if self.case.kind == "dispute" and self.held.gold is not None:
            return self._correct()
        if self.held.is_gold or self.held.gold is not None:
            return None
        mine = Answer(str(self.row["id"]), str(self.actor.account), Role.EXPERT, self.value, skill)
        others = [a for a in given_answers(self.held, self.step) if a.annotator != str(self.actor.account)]
        situation = replace(self.held, cases=self.held.cases - (not self.case.blind))
        if self.case.meant_for is not None or self._confirms():
            return None
        return decide_task(self.rules, self.step, situation, [*others, mine], self.cause, leases=self.held.leases)

    def _says_the_same(self, decided: Any) -> bool:
        return decided is not None and self.step.question.same(decided, self.value)

    def _confirms(self) -> bool:
        """A blind word that agrees leaves the decision in force as it is: it tells about the set, or about experts."""
        return self.case.blind and self._says_the_same(self.held.decided)

    def _truth(self, outcome: Outcome | None) -> Any:
        if self.held.gold is not None:
            return self.value if self.case.kind == "dispute" else self.held.gold
        return outcome.posterior if outcome else self.held.decided

    def _reason(self) -> str:
        return "audit" if self.case.blind else "adjudication"

    def _adjudication(self) -> dict[str, Any]:
        return {
            "id": new_id(),
            "project_id": self.held.project_id,
            "task_id": self.held.task_id,
            "case_id": self.case.id,
            "annotation_id": self.row["id"],
            "account_id": self.held.account_id,
            "rationale": self.verdict.rationale.strip(),
            "clauses": list(self.verdict.clauses),
            "error": self.verdict.error,
            "change_guideline": self.verdict.change_guideline,
            "extra": self.extra,
            "template_id": self.rules.template_id,
            "created_at": self.now,
        }

    def _audit(self, agrees: bool | None) -> dict[str, Any]:
        assert self.case.decision_id is not None
        audited = cases.decided_value(self.connection, self.case.decision_id)
        return {
            "id": new_id(),
            "project_id": self.held.project_id,
            "task_id": self.held.task_id,
            "case_id": self.case.id,
            "decision_id": self.case.decision_id,
            "annotation_id": self.row["id"],
            "probability": self.case.probability,
            "agrees": self._says_the_same(audited),
            "created_at": self.now,
        }

    def _event(self, verb: str, row: dict[str, Any]) -> Event:
        return event(self.rules, self.cause, verb, row["id"], row)
