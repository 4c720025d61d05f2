"""Is an annotator qualified? Worked out when a claim finds that it is not known, and kept on the seat until it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from quorate.actions.actor import Actor
from quorate.actions.rules import Rules, Step
from quorate.errors import Unqualified
from quorate.flow.exam import WHOLE, Exam, groups_of, test_of
from quorate.flow.prices import Tier
from quorate.flow.trust import Term
from quorate.store import exams, ledger, qualifications
from quorate.store.database import Driver
from quorate.store.ledger import Event
from quorate.store.qualifications import Shown


@dataclass(frozen=True, slots=True)
class Stand:
    """How somebody stands to one term: the tests there are, those held now, until when the first of them ends."""

    term: Term
    tests: frozenset[str]
    held: frozenset[str]
    until: datetime | None
    lapsed: frozenset[str]

    @property
    def met(self) -> bool:
        """Whether enough is held."""
        return len(self.held) >= min(self.term.enough or len(self.tests), len(self.tests)) and bool(self.held)


def qualify(connection: Driver, actor: Actor, rules: Rules, now: datetime) -> None:
    """Keep on the seat what this annotator may be leased. Raises `Unqualified` when it is nothing."""
    assert rules.terms is not None
    assert actor.account is not None
    stands = [_renewed(connection, actor, rules, one, now) for one in standing(connection, rules, actor.account, now)]
    tier = _tier(connection, rules, actor.account, now)
    closed = closed_to(stands, rules)
    if len(closed) == len(rules.steps):
        raise _unqualified([s for s in stands if not s.met] or stands, rules)
    until = min((s.until for s in [*stands, *tier] if s.met and s.until), default=None)
    reach = {"closed": [str(id) for id in closed], **_limits(stands, rules)}
    qualifications.admit(
        connection, rules.project.id, actor.account, terms=rules.terms, until=until,
        tier=next((one.term.name for one in tier if isinstance(one.term, Tier)), ""),
        reach={name: values for name, values in reach.items() if values} or None,
    )  # fmt: skip


def _tier(connection: Driver, rules: Rules, account: UUID, now: datetime) -> list[Stand]:
    """The first tier of prices that they have earned, if any."""
    if not rules.policy.pay.tiers:
        return []
    shown, tests = qualifications.held(connection, rules.project.id, account), tests_in_force(connection, rules)
    found = (_stand(tier, tests.get(tier.exam or "", WHOLE), shown, now) for tier in rules.policy.pay.tiers)
    return list(islice((one for one in found if one.met), 1))


def admit_if_qualified(connection: Driver, actor: Actor, rules: Rules, now: datetime) -> bool:
    """The same after something was shown; False when it is not enough yet."""
    if rules.terms is None:
        return True
    try:
        qualify(connection, actor, rules, now)
    except Unqualified:
        return False
    return True


def standing(connection: Driver, rules: Rules, account: UUID, now: datetime) -> list[Stand]:
    """How an annotator stands to each term of the policy, without renewing anything."""
    shown = qualifications.held(connection, rules.project.id, account)
    return stands(rules, tests_in_force(connection, rules), shown, now)


def tests_in_force(connection: Driver, rules: Rules) -> dict[str, frozenset[str]]:
    """The tests of each exam that the policy names, to be given work or to be paid more."""
    terms: list[Term] = [*rules.policy.qualification, *rules.policy.pay.tiers]
    named = {term.exam for term in terms if term.exam in rules.exams}
    return {name: tests_of(connection, rules, rules.exams[name][1]) for name in named if name is not None}


def stands(rules: Rules, tests: Mapping[str, frozenset[str]], shown: Shown, now: datetime) -> list[Stand]:
    """How somebody who has shown this stands."""
    return [_stand(term, tests.get(term.exam or "", WHOLE), shown, now) for term in rules.policy.qualification]


def steps_of(rules: Rules, named: Iterable[str]) -> list[Step]:
    """The steps of these names; all when there are none."""
    wanted = set(named)
    return [step for step in rules.steps.values() if not wanted or step.name in wanted]


def tests_of(connection: Driver, rules: Rules, exam: Exam) -> frozenset[str]:
    """The tests of an exam: its classes, or the languages or domains of what may be asked."""
    asked = {step.id: step.asked for step in steps_of(rules, exam.steps)}
    by_item = exam.per in ("language", "domain")
    return exam.tests(asked, exams.sizes(connection, rules.project.id, list(asked)) if by_item else ())


def _stand(term: Term, tests: frozenset[str], shown: Shown, now: datetime) -> Stand:
    ends = {test: shown[(*term.source, test)] for test in tests if (*term.source, test) in shown}
    if term.days is None:
        return Stand(term, tests, frozenset(ends), None, frozenset())
    long = timedelta(days=term.days)
    held = {test: at + long for test, at in ends.items() if at + long > now}
    return Stand(term, tests, frozenset(held), min(held.values(), default=None), frozenset(ends) - frozenset(held))


def closed_to(stands: list[Stand], rules: Rules) -> list[UUID]:
    """The steps of which they may be leased nothing: a term is not met, or no class of the step was shown."""
    missing = {step.id for one in stands if not one.met for step in steps_of(rules, one.term.steps)}
    none = {id for id, places in _limits(stands, rules).get("class", {}).items() if not places}
    return [id for id in rules.steps if id in missing or str(id) in none]


def _limits(stands: list[Stand], rules: Rules) -> dict[str, dict[str, list[Any]]]:
    """By step the languages, the domains and (their places) the classes that were shown, where not all were wanted:
    of several terms on a step, what each of them lets through."""
    limits: dict[str, dict[str, list[Any]]] = {}
    for one in stands:
        exam = rules.exam_of(one.term)
        if exam is None or exam.per == "whole" or not one.met or one.held == one.tests:
            continue
        asked = {step.id for step in steps_of(rules, exam.steps)}
        for step in steps_of(rules, one.term.steps):
            if exam.per == "class" and step.id not in asked:
                continue
            shown = _shown(exam, step, one.held)
            within = limits.setdefault(exam.per, {})
            within[str(step.id)] = [each for each in within.get(str(step.id), shown) if each in shown]
    return limits


def _shown(exam: Exam, step: Step, held: frozenset[str]) -> list[Any]:
    """What the tests held let through of a step, as a claim compares it."""
    if exam.per != "class":
        return sorted(held)
    return [place for place, id in enumerate(step.question.ids) if test_of(step.name, id) in held]


def _renewed(connection: Driver, actor: Actor, rules: Rules, one: Stand, now: datetime) -> Stand:
    """With what known items have shown of each test that ran out, since it was shown last, if the term lets them."""
    assert actor.account is not None
    if not one.lapsed or one.term.renew is None:
        return one
    project, account = rules.project.id, actor.account
    shown = qualifications.held(connection, project, account)
    since = {test: shown[(*one.term.source, test)] for test in one.lapsed}
    rows = qualifications.known_since(connection, project, account, min(since.values()))
    again = [
        test for test, at in since.items()
        if one.term.renew.shown(*_counted([row for row in rows if row["created_at"] > at], rules, one.term, test))
    ]  # fmt: skip
    if not again:
        return one
    qualifications.keep(connection, project, account, one.term.source, again, now)
    told = {"kind": one.term.source[0], "name": one.term.source[1], "tests": sorted(again)}
    ledger.tell(connection, [Event(
        actor=None, verb="qualification.renewed", object_id=account, content=told,
        workspace_id=rules.project.workspace_id, project_id=project, at=now,
    )])  # fmt: skip
    return _stand(one.term, one.tests, qualifications.held(connection, project, account), now)


def _counted(rows: list[dict[str, Any]], rules: Rules, term: Term, test: str) -> tuple[int, int]:
    """Right and wrong answers to the known items that are of this test."""
    exam = rules.exam_of(term)
    steps = {step.id: step for step in steps_of(rules, exam.steps if exam else term.steps)}
    right = wrong = 0
    for row in rows:
        step = steps.get(row["step_id"])
        said = step and step.heard(row["value"], row["schema_id"])
        if step is None or said is None:
            continue
        if exam is None or test in groups_of(exam.per, step.asked, row["gold"], row["attributes"] or {}):
            same = step.question.same(said, row["gold"])
            right, wrong = right + same, wrong + (not same)
    return right, wrong


def _unqualified(missing: list[Stand], rules: Rules) -> Unqualified:
    kind, name = missing[0].term.source
    wants = {
        ("exam", False): "The project '{project}' wants the exam `{name}` first, and you have not passed it yet.",
        ("exam", True): "The project '{project}' wants the exam `{name}` first, and what you passed has run out.",
        ("training", False): "The project '{project}' wants the training `{name}` first, and you have not finished it.",
        ("training", True): "The project '{project}' wants the training `{name}` first, and what you did has run out.",
    }
    taken = "Take the exam; there is work as soon as it is passed."
    mend = taken if kind == "exam" else "Finish the training; there is work as soon as it is done."
    detail = wants[kind, bool(missing[0].lapsed)]
    return Unqualified(detail, where="projects", mend=mend, project=rules.project.name, name=name)
