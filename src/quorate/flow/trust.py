"""What a policy says of becoming trusted: qualification, probation, promotion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pydantic import Field, model_validator

from quorate.flow.exam import at_least
from quorate.labels.fields import Name, Written, fault


class Renewal(Written):
    """Whoever goes on answering known items well enough need not prove it again."""

    bar: float = Field(0.8, gt=0, lt=1, description="The share of known items answered right that is wanted.")
    sure: float = Field(0.95, gt=0.5, lt=1, description="Renewed when P(skill ≥ bar) is above this.")
    min: int = Field(10, ge=1, le=1000, description="Not by fewer answers to known items, since it was last shown.")

    def shown(self, right: int, wrong: int) -> bool:
        """Whether these answers renew it."""
        return right + wrong >= self.min and at_least(self.bar, right, wrong) > self.sure


class Term(Written):
    """Something that one must have passed or finished to be given work."""

    exam: Name | None = None
    training: Name | None = None
    steps: tuple[Name, ...] = Field((), description="The steps that it opens; all when left out.")
    enough: int = Field(
        0, ge=0, le=1000, description="Of an exam with several tests, so many must be passed; 0: all of them."
    )
    days: float | None = Field(None, gt=0, le=36500, description="How long it holds; for ever when left out.")
    renew: Renewal | None = Field(Renewal(), description="How it is renewed when it has run out; null: not by itself.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.exam is None) == (self.training is None):
            raise fault("A term names an exam or a training.", "Write such as {exam: basics}.")
        return self

    @property
    def source(self) -> tuple[str, str]:
        """Kind and name of the spec that it asks for."""
        return ("exam", self.exam) if self.exam is not None else ("training", self.training or "")


class Probation(Written):
    """The first answers of somebody new here are looked at more closely; less and less so with each, as long as they
    answer known items rightly."""

    answers: int = Field(50, ge=0, le=10_000, description="How many answers it lasts; 0: there is none.")
    setback: int = Field(
        10, ge=0, le=1000, description="So many of these answers a known item takes back that is answered wrong."
    )
    gold: float = Field(3.0, ge=1, le=20, description="So many times more known items at the start.")
    overlap: int = Field(
        1, ge=1, le=100, description="At the start, a task that they answered gets at least so many judgements."
    )

    def left(self, answered: int, missed: int = 0) -> float:
        """How much of it is left after so many answers, so many known items among them wrong: 1 at the start, 0 at the
        end."""
        return min(1.0, max(0.0, 1 - (answered - self.setback * missed) / self.answers)) if self.answers else 0.0

    def fewest(self, least: int, given: Iterable[tuple[int, int]]) -> int:
        """The fewest judgements for a task whose annotators had answered and missed so much each."""
        left = max((self.left(*one) for one in given), default=0.0)
        return least + round(max(0, self.overlap - least) * left)


class Leads(Written):
    """Who is proposed for promotion to expert. Nobody is promoted unless a person accepts."""

    bar: float = Field(0.9, gt=0, lt=1, description="The share of known items answered right that is wanted.")
    sure: float = Field(0.95, gt=0.5, lt=1, description="Proposed when P(skill ≥ bar) is above this.")
    gold: int = Field(40, ge=1, le=100_000, description="Not with fewer answers to known items.")
    again_days: float = Field(90, ge=0, le=3650, description="Whoever was declined is not proposed again before.")

    def shown(self, right: int, wrong: int) -> bool:
        """Whether these answers to known items are enough."""
        return right + wrong >= self.gold and at_least(self.bar, right, wrong) > self.sure
