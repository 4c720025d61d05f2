"""What belief is made of: answers, the skills of those who gave them, what is known before, and the posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from quorate.labels.question import Question

Json = Any
Numbers = tuple[tuple[float, ...], ...]


class Role(StrEnum):
    """Who answers: three kinds of annotators, believed by one rule with different priors."""

    CROWD = "crowd"
    EXPERT = "expert"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Skill:
    """What is believed about one annotator on one question: pseudo-counts or error scale, by the question's kind."""

    rows: Numbers
    columns: dict[int, tuple[float, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was worked out of `rows` already: the column of each answer, kept because it is asked for again."""

    def to_json(self) -> list[list[float]]:
        """Lists of floats, as the database keeps them."""
        return [list(row) for row in self.rows]

    @classmethod
    def from_json(cls, rows: Sequence[Sequence[float]]) -> Self:
        """The inverse of `to_json`."""
        return cls(tuple(map(tuple, rows)))

    @staticmethod
    def prior(question: Question, role: Role | str) -> Skill:
        """What is believed about an annotator of this role before any answer is seen."""
        from quorate.flow.believe import model_of

        return model_of(question).unknown(question, Role(role))


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed about a task of this question before anyone answers: class counts, or mean and spread."""

    rows: Numbers

    to_json = Skill.to_json

    @classmethod
    def from_json(cls, rows: Sequence[Sequence[float]]) -> Self:
        """The inverse of `to_json`."""
        return cls(tuple(map(tuple, rows)))

    @staticmethod
    def flat(question: Question) -> Prior:
        """Nothing known yet."""
        from quorate.flow.believe import model_of

        return model_of(question).flat(question)


@dataclass(frozen=True, slots=True)
class Answer:
    """One annotation as evidence. `skill` is the annotator's at this moment."""

    annotation: Any
    annotator: Any
    role: Role
    value: Json
    skill: Skill


@dataclass(frozen=True, slots=True)
class Move:
    """How far one answer moved the probability of the value that won."""

    annotation: Any
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed of a task.

    `confidence` is calibrated: of decisions made at .9, about nine in ten are right. `ambiguity` is 0 when there is
    one possible value and 1 when all are equally likely. `probabilities` maps each label to its probability (for
    `choices`: that it applies); it is empty where values are not from a list. `moves` tells why, in order. `evidence`
    is the confidence were all classes equally frequent; None where values are not from a list.
    """

    value: Json
    confidence: float
    probabilities: Mapping[str, float]
    ambiguity: float
    method: str
    moves: tuple[Move, ...] = field(default=())
    evidence: float | None = None
