"""Sit an exam: begin, answer one question after the other, and end as soon as the evidence tells."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.qualify import admit_if_qualified, stands, steps_of, tests_of
from quorate.actions.rules import Rules, Step, rules_of
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.flow.attributes import names
from quorate.flow.exam import (
    Again,
    Candidate,
    Tally,
    Verdict,
    again,
    at_least,
    draw,
    groups_of,
    interval,
    verdict,
)
from quorate.ids import new_id
from quorate.store import exams, ledger, qualifications, seats
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

Told = dict[str, Any]
ATTEMPTS = 20


class _Sitting:
    """One person at one exam, within a transaction and alone."""

    def __init__(self, connection: Driver, actor: Actor, rules: Rules, name: str) -> None:
        assert actor.account is not None
        if name not in rules.exams:
            raise NotFound("There is no exam '{name}' in this project.", where="exam", name=name)
        self.connection, self.actor, self.rules, self.name = connection, actor, rules, name
        self.account: UUID = actor.account
        self.project: UUID = rules.project.id
        self.spec, self.exam = rules.exams[name]
        self.now = clock.now()
        exams.lock(connection, self.account, self.project, name)
        seats.take(connection, self.project, self.account)
        self.past = [one for one in exams.sittings(connection, self.project, self.account) if one["exam"] == name]
        self.row = next((one for one in self.past if one["state"] == "open"), None)
        self.steps = {step.id: step for step in steps_of(rules, self.exam.steps)}
        self.withdrawn = False
        if self.row is not None:
            self.row["tests"] = self._left_of(self.row["tests"])
            self._exchange()

    def begin(self) -> None:
        """Start a sitting, or go on with the open one."""
        if self.row is not None:
            return
        may = self._may()
        if may.left <= 0:
            raise Conflict("You have sat this exam as often as the project lets you.", where="exam",
                           mend="Ask the project's manager.")  # fmt: skip
        if not may.open(self.now):
            assert may.not_before is not None
            raise Conflict(
                "It is too early to sit this exam again.",
                where="exam",
                mend="You may do so from {moment} on.",
                moment=may.not_before,
            )
        tests = self._left_of([])
        if not tests:
            raise Conflict("You have passed this exam.", where="exam", mend="There is nothing to do.")
        seats.take(self.connection, self.project, self.account)
        self.row = {"id": new_id(), "exam": self.name, "state": "open", "tests": tests, "verdicts": {},
                    "started_at": self.now, "ended_at": None}  # fmt: skip
        self.past.insert(0, self.row)
        exams.start(
            self.connection,
            {**self.row, "project_id": self.project, "account_id": self.account, "spec_id": self.spec},
        )
        self._tell("exam.started", {"exam": self.name, "tests": tests})
        if not self._ask():
            raise Conflict("There are too few known items for this exam.", where="exam",
                           mend="Ask the project's manager to bring more.")  # fmt: skip

    def answer(self, question: UUID, value: Any) -> None:
        """Keep an answer, and ask on or end. Of a question that was just exchanged there is nothing to keep."""
        if self.withdrawn:
            return
        asked = exams.open_question(self.connection, self.row["id"]) if self.row else None
        if asked is None or asked["id"] != question:
            raise Conflict("This is not the question that waits for you.", where="question", mend="Load it again.")
        step = self.rules.asked(asked["step_id"])
        checked = step.question.check_on(step.question.check(value), asked["body"])
        right = step.question.same(checked, step.question.check(asked["gold"]))
        exams.answer(self.connection, question, checked, right, self.now)
        told = {"exam": self.name, "task": str(asked["task_id"]), "right": right}
        self._tell("exam.answered", told, question)
        if not self._ask():
            self._end()

    def told(self) -> Told:
        """Where it stands."""
        if self.row is None:
            raise NotFound("You have not begun this exam.", where="exam", mend="Begin it.")
        tallies, question = self._tallies(), None
        if self.row["state"] == "open":
            question = exams.open_question(self.connection, self.row["id"])
        return {
            "exam": self.name,
            "title": self.exam.title,
            "state": self.row["state"],
            "per": self.exam.per,
            "bar": self.exam.bar,
            "sure": self.exam.sure,
            "doubt": self.exam.doubt,
            "most": self.exam.questions.max,
            "tests": [self._test(test, tally) for test, tally in tallies.items()],
            "question": question and self._question(question),
            "withdrawn": self.withdrawn,
            "retake": self._retake(),
        }

    def _test(self, test: str, tally: Tally) -> Told:
        low, high = interval(tally.right, tally.wrong)
        said: str = self.row["verdicts"].get(test) if self.row else ""
        step, title = self._named(test)
        return {
            "test": test,
            "step": step,
            "title": title,
            "asked": tally.asked,
            "right": tally.right,
            "belief": at_least(self.exam.bar, tally.right, tally.wrong),
            "low": low,
            "high": high,
            "verdict": said or verdict(self.exam, tally),
        }

    def _named(self, test: str) -> tuple[str | None, Any]:
        """Of a class its step and its title; a language or a domain is its own."""
        step, _, id = test.partition(".")
        if self.exam.per != "class" or step not in self.rules.names:
            return None, test
        found = next((one for one in self.rules.named(step).question.classes if one.id == id), None)
        return step, (found and found.title) or id

    def _question(self, row: Told) -> Told:
        step = self.rules.asked(row["step_id"])
        languages = sorted(names(row["attributes"] or {}, "language"))
        return {
            "id": row["id"], "step": step.name, "ask": step.ask, "kind": step.question.kind, "item": row["key"],
            "body": row["body"], "media": row["media"], "language": languages[0] if len(languages) == 1 else None,
        }  # fmt: skip

    def _may(self) -> Again:
        return again(self.exam, self.past, exams.granted(self.connection, self.project, self.account, self.name))

    def _retake(self) -> Told:
        may = self._may()
        return {"left": may.left, "not_before": may.not_before, "after_days": self.exam.retake.after_days}

    def _left_of(self, begun: list[str]) -> list[str]:
        """Of the tests that a sitting was begun with those that there still are (a step, a class or a language may
        have gone since); where there is none, all that are still to be shown."""
        there = tests_of(self.connection, self.rules, self.exam)
        return sorted(there & set(begun)) or sorted(there - self._held())

    def _held(self) -> frozenset[str]:
        """What need not be shown again: by every term that names this exam, or ever, if none does."""
        terms = [term for term in self.rules.policy.qualification if term.exam == self.name]
        shown = qualifications.held(self.connection, self.project, self.account)
        tests = {self.name: tests_of(self.connection, self.rules, self.exam)}
        if not terms:
            return frozenset(test for kind, name, test in shown if (kind, name) == ("exam", self.name))
        found = [one.held for one in stands(self.rules, tests, shown, self.now) if one.term in terms]
        return frozenset.intersection(*found)

    def _tallies(self) -> dict[str, Tally]:
        assert self.row is not None
        tallies = {test: Tally() for test in self.row["tests"]}
        for one in exams.answers(self.connection, self.row["id"]):
            if one["test"] in tallies:
                tallies[one["test"]] = tallies[one["test"]].plus(one["is_right"])
        return tallies

    def _exchange(self) -> None:
        """Withdraw a question that cannot be answered any more, since its step, its known answer or its item has gone,
        and ask another or end."""
        assert self.row is not None
        waits = exams.open_question(self.connection, self.row["id"])
        if waits is not None and self._askable(waits) and waits["test"] in self.row["tests"]:
            return
        task = exams.withdraw(self.connection, self.row["id"])
        self.withdrawn = True
        self._tell("exam.withdrawn", {"exam": self.name, "task": task and str(task)})
        if not self._ask():
            self._end()

    def _askable(self, row: Told) -> bool:
        """Whether the exam still has the step, and the step the known answer."""
        step = self.steps.get(row["step_id"])
        try:
            return step is not None and step.question.check(row["gold"]) is not None
        except InvalidInput:
            return False

    def _ask(self) -> bool:
        """Ask the next question; False when every test has ended or has no more."""
        assert self.row is not None
        before = exams.answers(self.connection, self.row["id"])
        asked = [(one["test"], one["stratum"]) for one in before]
        for _ in range(ATTEMPTS):
            chosen = draw(self.exam, self._pool(), self._tallies(), asked, random.Random())
            if chosen is None:
                return False
            if exams.ask(self.connection, {
                "id": new_id(), "sitting_id": self.row["id"], "account_id": self.account, "task_id": chosen.task,
                "test": chosen.group, "stratum": chosen.stratum, "asked_at": self.now,
            }):  # fmt: skip
                return True
        return False

    def _pool(self) -> list[Candidate]:
        rows = exams.pool(self.connection, self.project, self.account, list(self.steps))
        found = []
        for row in filter(self._askable, rows):
            step = self.steps[row["step_id"]]
            groups = groups_of(self.exam.per, step.asked, row["gold"], row["attributes"] or {})
            stratum, shared = _stratum(step, row["gold"]), len(groups) > 1
            found += [Candidate(row["task"], group, stratum, shared) for group in groups]
        return found

    def _end(self) -> None:
        assert self.row is not None
        said: dict[str, Verdict] = {test: verdict(self.exam, tally) for test, tally in self._tallies().items()}
        verdicts = {test: "undecided" if one == "open" else one for test, one in said.items()}
        passed = [test for test, one in verdicts.items() if one == "passed"]
        self.row["state"] = _state(verdicts)
        self.row["verdicts"], self.row["ended_at"] = verdicts, self.now
        exams.end(self.connection, self.row["id"], self.row["state"], verdicts, self.now)
        self._tell("exam.ended", {"exam": self.name, "state": self.row["state"], "verdicts": verdicts})
        if passed:
            source = ("exam", self.name)
            qualifications.keep(self.connection, self.project, self.account, source, passed, self.now)
            self._tell("qualification.earned", {"kind": "exam", "name": self.name, "tests": passed}, self.account)
            admit_if_qualified(self.connection, self.actor, self.rules, self.now)

    def _tell(self, verb: str, content: Told, about: UUID | None = None) -> None:
        assert self.row is not None
        ledger.tell(self.connection, [Event(
            actor=self.account, verb=verb, object_id=about or self.row["id"], content=content,
            workspace_id=self.actor.workspace, project_id=self.project, at=self.now,
        )])  # fmt: skip


def start_exam(db: Database, actor: Actor, project: Project, exam: str) -> Told:
    """Begin an exam or go on with it. Raises `Conflict` when it may not be sat now or is passed, and `NotFound`."""
    with db.work() as connection:
        sitting = _Sitting(connection, actor, rules_of(db, project.id, project.epoch), exam)
        sitting.begin()
        return sitting.told()


def answer_question(db: Database, actor: Actor, project: Project, exam: str, question: UUID, value: Any) -> Told:
    """Answer the question that waits. Raises `Conflict` when it is another, `InvalidInput` for no valid answer."""
    with db.work() as connection:
        sitting = _Sitting(connection, actor, rules_of(db, project.id, project.epoch), exam)
        sitting.answer(question, value)
        return sitting.told()


def _stratum(step: Step, known: Any) -> str:
    return f"{step.name} {next(iter(step.question.mentioned(known)), '')}"


def _state(verdicts: Mapping[str, str]) -> str:
    said = set(verdicts.values())
    if said <= {"passed"}:
        return "passed"
    return "partly" if "passed" in said else "undecided" if said == {"undecided"} else "failed"
