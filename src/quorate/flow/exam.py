"""Exams: questions of known answer, asked until the evidence tells whether somebody is good enough.

What is believed of a skill after r right and w wrong answers is Beta(1 + r, 1 + w), the uniform prior; a test ends as
soon as P(skill ≥ bar) is above `sure` or below `doubt`. Those who are clearly good or clearly not so answer few
questions. Looking after every answer makes wrong verdicts more frequent than one look would; `odds` tells exactly how
frequent, for any true skill.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from math import comb
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from quorate.flow.attributes import names
from quorate.labels.fields import Name, Words, Written, fault
from quorate.labels.question import Question

Verdict = Literal["open", "passed", "failed", "undecided"]
Per = Literal["whole", "class", "language", "domain"]
Asked = tuple[str, Question]
"""The name of a step, and what it asks."""
WHOLE = frozenset({""})
"""The tests of an exam that is not parted."""


class Length(Written):
    """How many questions a test has; where an exam has several tests, each of them."""

    min: int = Field(8, ge=1, le=200, description="No verdict before so many: a slip at the start fails nobody.")
    max: int = Field(40, ge=1, le=500, description="Whoever has shown neither by then has not passed.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise fault(
                "The fewest questions ({min}) are more than the most ({max}).", None, "min", min=self.min, max=self.max
            )
        return self


class Retake(Written):
    """When somebody who has not passed may try again. A manager may grant more."""

    after_days: float = Field(1, ge=0, le=3650, description="So long after the last time.")
    times: int = Field(
        2, ge=0, le=100, description="So often, after the first time; whoever passes a part begins to count anew."
    )


class Exam(Written):
    """The body of an `exam` spec."""

    title: Words = ""
    text: Words = Field("", description="What one reads before it begins, in Markdown.")
    steps: tuple[Name, ...] = Field((), description="The steps whose known answers are asked; all when left out.")
    per: Per = Field("whole", description="One test for all, or one a class, a language or a domain.")
    bar: float = Field(0.8, gt=0, lt=1, description="The skill that is wanted: the share of right answers.")
    sure: float = Field(0.95, gt=0.5, lt=1, description="Passed when P(skill ≥ bar) is above this.")
    doubt: float = Field(0.05, gt=0, lt=0.5, description="Failed when P(skill ≥ bar) is below this.")
    questions: Length = Length()
    retake: Retake = Retake()

    @property
    def fewest(self) -> int:
        """The fewest questions that anybody can pass with: this many right without a miss."""
        right = 0
        while at_least(self.bar, right, 0) <= self.sure and right < 10_000:
            right += 1
        return max(right, self.questions.min)

    def tests(self, asked: Mapping[Any, Asked], known: Iterable[Mapping[str, Any]]) -> frozenset[str]:
        """The tests there are, of these questions by step and known items (rows with language and domain)."""
        if self.per == "whole":
            return WHOLE
        if self.per == "class":
            return frozenset(test_of(step, id) for step, question in asked.values() for id in question.ids)
        return frozenset(name for row in known for name in names(row, self.per) if name)

    def pool(self, asked: Mapping[Any, Asked], known: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """How many known items each test has: from rows of step_id, gold, language, domain and their number `n`. A
        class that has none is told, too."""
        sizes: Counter[str] = Counter()
        for row in known:
            for group in groups_of(self.per, asked[row["step_id"]], row["gold"], row):
                sizes[group] += row["n"]
        return {test: sizes[test] for test in sorted(self.tests(asked, known) or WHOLE)}

    @model_validator(mode="after")
    def _passable(self) -> Self:
        if self.fewest > self.questions.max:
            raise fault(
                "Nobody can pass: a skill of {bar} is shown by {fewest} right answers without a miss, "
                "and there are {most} questions.",
                "Ask up to {twice}, or lower the bar.",
                *("questions", "max"),
                bar=self.bar,
                fewest=self.fewest,
                most=self.questions.max,
                twice=2 * self.fewest,
            )
        return self


@dataclass(frozen=True, slots=True)
class Again:
    """Whether somebody may sit an exam now: how often still, and not before when."""

    left: int
    not_before: datetime | None

    def open(self, now: datetime) -> bool:
        """Whether that is now."""
        return self.left > 0 and (self.not_before is None or self.not_before <= now)


def again(exam: Exam, past: Iterable[Mapping[str, Any]], granted: Sequence[datetime] = ()) -> Again:
    """Whether an exam may be sat after these sittings (rows of state and ended_at), newest first.

    Those since the last in which something was passed count, and `granted` is when a manager let them sit it once more,
    which is at once.
    """
    ended = [one for one in past if one["ended_at"] is not None]
    since = list(takewhile(lambda one: one["state"] not in ("passed", "partly"), ended))
    passed = ended[len(since)]["ended_at"] if len(since) < len(ended) else None
    more = [at for at in granted if passed is None or at > passed]
    wait = None
    if ended and ended[0]["state"] != "passed" and not any(at > ended[0]["ended_at"] for at in more):
        wait = ended[0]["ended_at"] + timedelta(days=exam.retake.after_days)
    return Again(exam.retake.times + 1 - len(since) + len(more), wait)


@dataclass(frozen=True, slots=True)
class Tally:
    """What was answered in one test of an exam."""

    right: int = 0
    wrong: int = 0

    @property
    def asked(self) -> int:
        """How many were answered."""
        return self.right + self.wrong

    def plus(self, right: bool) -> Tally:
        """With one answer more."""
        return Tally(self.right + right, self.wrong + (not right))


def at_least(bar: float, right: int, wrong: int) -> float:
    """P(skill ≥ bar) under Beta(1 + right, 1 + wrong): the chance of at most `right` in one more trial at `bar`.

    The identity of the incomplete beta function and the binomial sum (Abramowitz & Stegun 26.5.24).
    """
    trials = right + wrong + 1
    return sum(comb(trials, k) * bar**k * (1 - bar) ** (trials - k) for k in range(right + 1))


def interval(right: int, wrong: int, level: float = 0.95) -> tuple[float, float]:
    """The central interval of the same belief."""
    return _quantile((1 - level) / 2, right, wrong), _quantile((1 + level) / 2, right, wrong)


def _quantile(q: float, right: int, wrong: int) -> float:
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - at_least(middle, right, wrong) < q else (low, middle)
    return (low + high) / 2


def verdict(exam: Exam, tally: Tally) -> Verdict:
    """What is known after these answers."""
    if tally.asked < exam.questions.min:
        return "open"
    belief = at_least(exam.bar, tally.right, tally.wrong)
    if belief > exam.sure:
        return "passed"
    if belief < exam.doubt:
        return "failed"
    return "undecided" if tally.asked >= exam.questions.max else "open"


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely each verdict is for a true skill, and how many questions are asked in the mean."""

    passed: float
    failed: float
    undecided: float
    questions: float


def odds(exam: Exam, skill: float) -> Odds:
    """Exact: every path through one test, weighed by its probability."""
    open_: dict[int, float] = {0: 1.0}
    ends: Counter[Verdict] = Counter()
    length = 0.0
    for asked in range(1, exam.questions.max + 1):
        length += sum(open_.values())
        after: dict[int, float] = {}
        for right, p in open_.items():
            for one, chance in ((1, skill), (0, 1 - skill)):
                after[right + one] = after.get(right + one, 0.0) + p * chance
        open_ = {}
        for right, p in after.items():
            said = verdict(exam, Tally(right, asked - right))
            if said == "open":
                open_[right] = p
            else:
                ends[said] += p  # type: ignore[assignment]
    return Odds(float(ends["passed"]), float(ends["failed"]), float(ends["undecided"]), length)


def test_of(step: str, id: str) -> str:
    """The test of a class, which is its step's own: two steps may each have a class of this id."""
    return f"{step}.{id}"


def groups_of(per: Per, asked: Asked, known: Any, attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """The tests that a question belongs to; of several languages or domains, to the test of each."""
    step, question = asked
    if per == "whole":
        return tuple(WHOLE)
    if per == "class":
        return tuple(test_of(step, id) for id in question.mentioned(known)[:1])
    return tuple(sorted(name for name in names(attributes, per) if name))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task of known answer that may be asked: its test, and the class of its answer within it; whether it would be
    of another test as well, as an item in two languages."""

    task: Any
    group: str
    stratum: str
    shared: bool = False


def draw(
    exam: Exam,
    candidates: Sequence[Candidate],
    tallies: Mapping[str, Tally],
    asked: Iterable[tuple[str, str]],
    chance: random.Random,
) -> Candidate | None:
    """The next question: of the open test with the fewest answers, of the class asked least, any. None: no more."""
    open_ = {c.group for c in candidates if c.group in tallies and verdict(exam, tallies[c.group]) == "open"}
    if not open_:
        return None
    group = min(open_, key=lambda name: (tallies[name].asked, chance.random()))
    often = Counter(asked)
    fitting = [c for c in candidates if c.group == group]
    fitting = [c for c in fitting if not c.shared] or fitting  # or who knows one language fails for the other
    stratum = min(sorted({c.stratum for c in fitting}), key=lambda name: (often[group, name], chance.random()))
    return chance.choice([c for c in fitting if c.stratum == stratum])
