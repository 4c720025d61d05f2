"""Lease the next tasks to an annotator."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.keep_budgets import keep_budget, stop_step, waits_for_money
from quorate.actions.qualify import qualify
from quorate.actions.rules import Rules, Step, rules_now, rules_of
from quorate.errors import Barred, BudgetSpent, LimitReached, QuorateError
from quorate.ids import new_id
from quorate.store import claims, grants, leases, limits, seats
from quorate.store.claims import Claim, Wish
from quorate.store.database import Database, Driver
from quorate.store.leases import Lease
from quorate.store.tables import NO_CASE
from quorate.store.window import Ranking

MOST = 50
ATTEMPTS = 20
GRANT = 20
"""How many judgements' worth of the budget a seat is granted at a time."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A lease with the step it is for and the rules it was given under."""

    lease: Lease
    step: Step
    rules: Rules


def claim_tasks(db: Database, actor: Actor, projects: Sequence[UUID], count: int = 1) -> list[Claimed]:
    """Lease up to `count` tasks of these projects, in the order of the projects and of their queues.

    Never a task that this annotator has answered or skipped, never more than the policy can use. An empty list means
    that there is nothing for them now. Raises `BudgetSpent` when there is work that the budget
    cannot pay, `LimitReached` when they have had enough for now or their share of what is left, `Barred` when they are
    paused or blocked wherever they asked.
    """
    found = _claim_all(db, actor, projects, min(count, MOST))
    if not found and _resumed(db, projects):
        found = _claim_all(db, actor, projects, min(count, MOST))
    return found


def _claim_all(db: Database, actor: Actor, projects: Sequence[UUID], count: int) -> list[Claimed]:
    found: list[Claimed] = []
    refusal: QuorateError | None = None
    for project in projects:
        if len(found) >= count:
            break
        rules = rules_of(db, project)
        try:
            found += claimed(_claim(db, actor, rules, count - len(found)), rules)
        except QuorateError as error:
            refusal = error  # there may be work in the others, and what was leased is handed over
    if refusal is not None and not found:
        raise refusal
    return found


def claimed(given: Sequence[Lease], rules: Rules) -> list[Claimed]:
    """Each lease with its step. A lease on a step that has just been retired is not offered."""
    return [Claimed(lease, rules.steps[lease.step_id], rules) for lease in given if lease.step_id in rules.steps]


def wish(actor: Actor, rules: Rules, count: int, now: datetime) -> Wish:
    """A claim of `count` tasks by this annotator under these rules."""
    assert actor.account is not None
    return Wish(
        workspace=actor.workspace,
        project=rules.project.id,
        account=actor.account,
        ids=[new_id() for _ in range(count)],
        prices=rules.prices if rules.pays and not actor.machine else None,
        gold=rules.policy.gold.rate,
        draw=random.random(),
        now=now,
        expires=now + timedelta(minutes=rules.policy.lease.minutes),
        more=rules.policy.probation.gold - 1,
        setback=rules.policy.probation.setback,
        probation=0 if actor.machine else rules.policy.probation.answers,
        terms=None if actor.machine else rules.terms,
        ranking=ranking(rules, actor),
        limits=limits_of(rules, actor),
    )


def limits_of(rules: Rules, actor: Actor) -> dict[str, int | None]:
    """How many tasks this annotator may be given in an hour and in a day."""
    return {} if actor.machine else rules.policy.limits.model_dump(include={"hour", "day"})


def ranking(rules: Rules, actor: Actor) -> Ranking | None:
    """How the first tasks of the queue are ranked for this annotator; None where the next is as good as any."""
    routing, shares = rules.policy.routing, () if actor.machine else rules.strata
    if routing.by == "queue" and not (shares or rules.covered or rules.project.matched):
        return None
    skilled = routing.by == "skill"
    explore = skilled and random.random() < routing.explore
    return Ranking(
        by="explore" if explore else routing.by,
        window=routing.window,
        horizon=routing.urgent_days * 86_400 if skilled else None,
        explore=explore,
        shares=shares,
        everybody=rules.everybody,
        kinds=[one.quota.of for one in rules.covered],
        wanted=rules.wanted,
        classes=rules.classes,
        steps={str(step.id): step.name for step in rules.steps.values()},
        guarded=rules.project.matched,
        costs=rules.costs if skilled and not actor.machine else {},
    )


def _claim(db: Database, actor: Actor, rules: Rules, count: int) -> Sequence[Lease]:
    now = clock.now()
    with db.hot() as connection:
        claim = claims.claim(connection, wish(actor, rules, count, now))
    if claim.leases and (claim.short is None or len(claim.leases) >= count):
        return claim.leases
    found = [*claim.leases, *retry(db, actor, rules, count - len(claim.leases), claim)]
    if not found and rules.strata and not actor.machine:
        _refuse_shared(db, actor, rules, now)
    return found


def retry(db: Database, actor: Actor, rules: Rules, count: int, claim: Claim) -> Sequence[Lease]:
    """Mend what may have made a claim come back with too little (no seat, no money granted for a step, a cursor too far
    down), and ask again."""
    found: list[Lease] = []
    some = bool(claim.leases)
    for _ in range(ATTEMPTS):
        try:
            again = _cured(db, actor, rules, count - len(found), claim)
        except QuorateError:
            if not some and not found:
                raise
            break  # what was leased must be handed over; why there is no more is for the next claim to say
        if again is None:
            break
        found += again.leases
        blind = not found and (again.can_sweep or (again.allowed == 0 and claim.allowed != 0))
        if len(found) >= count or not (again.short or blind):
            break
        claim = again
    return found


def _cured(db: Database, actor: Actor, rules: Rules, count: int, claim: Claim) -> Claim | None:
    """Another claim, if something was mended.

    Each cure has a transaction of its own: funding holds the purses of others, and they may hold what is closed when
    money has run out.
    """
    now = clock.now()
    if claim.allowed == 0:
        rules = rules_now(db, rules.project.id)
    for cure in (_mended, _closed):
        with db.work() as connection:
            if cure(connection, actor, rules, count, claim, now):
                return claims.claim(connection, wish(actor, rules, count, now))
    return None


def _resumed(db: Database, projects: Sequence[UUID]) -> bool:
    """Whether a step that had stopped can be paid again. Raises `BudgetSpent` if there is work and none can be paid."""
    waiting = [project for project in projects if waits_for_money(db, project)]
    if waiting and not sum(keep_budget(db, project) for project in waiting):
        raise BudgetSpent(
            "What is left of the budget cannot pay for another judgement.",
            mend="Ask the project's manager; a larger budget takes effect at once.",
        )
    return bool(waiting)


def _mended(connection: Driver, actor: Actor, rules: Rules, count: int, empty: Claim, now: datetime) -> bool:
    project, account = rules.project.id, actor.account
    assert account is not None
    if empty.allowed is None:
        seats.take(connection, project, account)
        return True
    if empty.allowed == 0:
        refuse_barred(connection, project, account)
        _refuse_tired(connection, actor, rules, now)
        if rules.terms and not actor.machine:
            qualify(connection, actor, rules, now)
        return True
    if empty.short is not None:
        step, price = empty.short
        return grants.fund(connection, project, step, account, price, max(GRANT, count) * price)
    return empty.can_sweep and claims.sweep(connection, project=project, account=account, now=now)


def _closed(connection: Driver, actor: Actor, rules: Rules, count: int, empty: Claim, now: datetime) -> bool:
    if empty.short is not None:
        stop_step(connection, rules, *empty.short)
    return empty.short is not None


def refuse_barred(connection: Driver, project: UUID, account: UUID) -> None:
    """Raise `Barred` with the reason if nothing is to be leased to this annotator here."""
    barred, why, _ = seats.standing(connection, project, account)
    if barred is None:
        return
    said = {
        "paused": "Your work in this project is paused: {why}",
        "blocked": "You do not work in this project any more: {why}",
        "retrain": "Read what you were sent before you go on: {why}",
    }
    mend = "Acknowledge the notice." if barred == "retrain" else "Ask the project's manager."
    raise Barred(said[barred], where="projects", mend=mend, why=why or "")


def _refuse_tired(connection: Driver, actor: Actor, rules: Rules, now: datetime) -> None:
    """Raise `LimitReached`, with the time from which on there is more, if they were given enough for now."""
    assert actor.account is not None
    until = limits.rested(connection, rules.project.id, actor.account, now, limits_of(rules, actor))
    if until > now:
        raise LimitReached(
            "You have done as many tasks as this project gives one person in a stretch. Thank you; take a rest.",
            where="projects",
            mend="There is more for you from {moment} on; what you hold you can still answer.",
            moment=until,
        )


def _refuse_shared(db: Database, actor: Actor, rules: Rules, now: datetime) -> None:
    """Raise `LimitReached` if what there is waits for others, since this annotator has had their share of it."""
    with db.work() as connection:
        if claims.kept_back(connection, wish(actor, rules, 1, now)):
            raise LimitReached(
                "You have answered your share of what is left here, which is for others now.",
                where="projects",
                mend="There is more for you when they have answered some.",
            )


def held_tasks(db: Database, actor: Actor, projects: Sequence[UUID]) -> list[Claimed]:
    """The tasks of these projects that this annotator holds now, oldest first."""
    assert actor.account is not None
    found: list[Claimed] = []
    for project in projects:
        with db.hot() as connection:
            holding = leases.held(connection, project=project, account=actor.account, case=UUID(NO_CASE))
        found += claimed(holding, rules_of(db, project))
    return found
