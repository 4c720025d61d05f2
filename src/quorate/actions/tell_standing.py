"""Tell who is qualified for what: oneself, what is still to be done; those who manage, of everybody. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.qualify import Stand, closed_to, standing, stands, tests_in_force
from quorate.actions.rules import Rules, rules_of
from quorate.flow.exam import Again, Exam, again
from quorate.store import exams, practices, qualifications
from quorate.store.database import Database, Driver

Told = dict[str, Any]


def tell_standing(db: Database, actor: Actor, projects: Sequence[UUID]) -> list[Told]:
    """Of each project: its trainings and exams, which of them it asks for, and how one stands."""
    return [_project(db, actor, rules_of(db, project)) for project in projects]


def _project(db: Database, actor: Actor, rules: Rules) -> Told:
    assert actor.account is not None
    now, account = clock.now(), actor.account
    with db.work() as connection:
        found = standing(connection, rules, account, now)
        done = practices.done(connection, rules.project.id, account)
        sat = tell_exams(connection, rules, account, now)
        ever = {(kind, name) for kind, name, _ in qualifications.held(connection, rules.project.id, account)}
    return {
        "project": rules.project.name,
        "qualified": not found or len(closed_to(found, rules)) < len(rules.steps),
        "terms": [_term(one) for one in found],
        "trainings": [
            {"name": name, "title": training.title, "done": len(training.wanted & done.get(name, set())),
             "of": len(training.wanted), "finished": ("training", name) in ever}
            for name, (_, training) in rules.trainings.items()
        ],
        "exams": sat,
    }  # fmt: skip


def tell_exams(connection: Driver, rules: Rules, account: UUID, now: datetime) -> list[Told]:
    """How somebody stands to each exam of the project, and whether they may sit it."""
    sittings = exams.sittings(connection, rules.project.id, account)
    held = qualifications.held(connection, rules.project.id, account)
    told = []
    for name, (_, exam) in rules.exams.items():
        past = [one for one in sittings if one["exam"] == name]
        may = again(exam, past, exams.granted(connection, rules.project.id, account, name))
        told.append(_exam(name, exam, past, may, any(key[:2] == ("exam", name) for key in held), now))
    return told


def _term(one: Stand) -> Told:
    kind, name = one.term.source
    state = "met" if one.met else "lapsed" if one.lapsed else "missing"
    return {"kind": kind, "name": name, "steps": list(one.term.steps), "state": state, "until": one.until,
            "held": sorted(one.held), "tests": sorted(one.tests)}  # fmt: skip


def _exam(name: str, exam: Exam, past: list[Told], may: Again, passed: bool, now: datetime) -> Told:
    return {
        "name": name, "title": exam.title, "text": exam.text, "state": past[0]["state"] if past else "new",
        "passed": passed, "may_start": may.open(now) or bool(past and past[0]["state"] == "open"), "left": may.left,
        "not_before": may.not_before if may.not_before and may.not_before > now else None,
        "fewest": exam.fewest, "most": exam.questions.max, "bar": exam.bar, "sure": exam.sure, "per": exam.per,
    }  # fmt: skip


def qualified(connection: Driver, rules: Rules, accounts: Sequence[UUID]) -> dict[UUID, list[Told]]:
    """How each of these accounts stands to the policy's terms."""
    if rules.terms is None:
        return {account: [] for account in accounts}
    now, tests = clock.now(), tests_in_force(connection, rules)
    shown = qualifications.of_project(connection, rules.project.id)
    return {account: [_term(one) for one in stands(rules, tests, shown.get(account, {}), now)] for account in accounts}
