"""From answers to belief: one door for every kind of label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from quorate.flow.classes import Choice, Choices, Scale
from quorate.flow.evidence import Answer, Json, Posterior, Prior, Role, Skill
from quorate.flow.marks import Marked
from quorate.flow.nearest import Nearest
from quorate.flow.numbers import Number
from quorate.flow.places import Ends, Sides
from quorate.labels.question import Question

__all__ = ["Answer", "Posterior", "Prior", "Role", "Skill", "believe", "learn", "model_of"]


class Model(Protocol):
    """How answers of one kind become a belief."""

    def unknown(self, question: Question, role: Role) -> Skill: ...

    def flat(self, question: Question) -> Prior: ...

    def believe(self, question: Question, answers: Sequence[Answer], prior: Prior, trace: bool) -> Posterior: ...

    def learn(self, question: Question, skill: Skill, value: Json, truth: Posterior | Json) -> Skill: ...


MODELS: Mapping[str, Model] = {
    "categorical": Choice(),
    "per_class": Choices(),
    "ordinal": Scale(),
    "numeric": Number(),
    "text": Nearest(),
    "spans": Marked("ends by vote", Ends()),
    "boxes": Marked("mean of sides", Sides()),
}
"""By what the kind of label says in `aggregate`; a kind that says something else is believed by its distances."""


def model_of(question: Question) -> Model:
    """The model of a question."""
    return MODELS.get(question.aggregate, MODELS["text"])


def believe(
    question: Question, answers: Sequence[Answer], prior: Prior | None = None, *, trace: bool = True
) -> Posterior:
    """The posterior of one task from its answers, in the order given.

    Answers whose value the question does not know (made under an older schema) are not heard. `trace=False` leaves
    `moves` empty, which is faster where nobody will ask why.
    """
    model = model_of(question)
    return model.believe(question, answers, prior or model.flat(question), trace)


def learn(question: Question, skill: Skill, value: Json, truth: Posterior | Json) -> Skill:
    """The annotator's skill after this answer, given the task's posterior or its known value."""
    return model_of(question).learn(question, skill, value, truth)
