"""Belief from distances, for text and every kind that has no model of its own: the answer nearest to all others.

Each answer is a candidate. A reliable annotator says the right one or something near it (nearness is
exp(-distance / 0.05) by the kind's own distance); an unreliable one says anything, and chance agreement where
answers are open is rare. One more candidate stands for "none of these".
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from quorate.flow.classes import ambiguity
from quorate.flow.evidence import Answer, Json, Move, Posterior, Prior, Role, Skill
from quorate.labels.question import Question
from quorate.truth.online import doubt, softmax

CHANCE = 0.02
REACH = 0.05


def nearness(question: Question, one: Json, other: Json) -> float:
    """1 for answers that say the same, falling fast with their distance."""
    if question.key(one) == question.key(other):
        return 1.0
    return exp(-question.distance(one, other) / REACH)


def _right(skill: Skill) -> float:
    right, wrong = skill.rows[0]
    return right / (right + wrong)


def _chances(question: Question, answers: Sequence[Answer], candidates: Sequence[Json]) -> list[float]:
    """Probability of each candidate, and last of none of them."""
    power = max(len(answers), 1) ** -0.5
    scores = []
    for candidate in candidates:
        said = [(_right(a.skill), nearness(question, a.value, candidate)) for a in answers]
        scores.append(power * (log(CHANCE) + sum(log(r * near + (1 - r) * CHANCE) for r, near in said)))
    scores.append(power * sum(log((1 - _right(a.skill)) * CHANCE) for a in answers))
    return [(1 - doubt(len(answers))) * p for p in softmax(scores)]


class Nearest:
    """Any kind with a distance."""

    method = "nearest to all"

    def unknown(self, question: Question, role: Role) -> Skill:
        return Skill(((19.0, 1.0),)) if role is Role.EXPERT else Skill(((4.0, 2.0),))

    def flat(self, question: Question) -> Prior:
        return Prior(())

    def believe(self, question: Question, answers: Sequence[Answer], prior: Prior, trace: bool) -> Posterior:
        if not answers:
            return Posterior(None, 0.0, {}, 1.0, self.method)
        candidates = list({question.key(answer.value): answer.value for answer in reversed(answers)}.values())
        chances = _chances(question, answers, candidates)
        winner = max(range(len(candidates)), key=chances.__getitem__)
        return Posterior(
            value=candidates[winner],
            confidence=chances[winner],
            probabilities={},
            ambiguity=ambiguity(chances),
            method=self.method,
            moves=_moves(question, answers, candidates, winner) if trace else (),
        )

    def learn(self, question: Question, skill: Skill, value: Json, truth: Posterior | Json) -> Skill:
        known = truth.value if isinstance(truth, Posterior) else truth
        if known is None:
            return skill
        sure = truth.confidence if isinstance(truth, Posterior) else 1.0
        near = nearness(question, value, known) * sure
        right, wrong = skill.rows[0]
        return Skill(((right + near, wrong + sure - near),))


def _moves(question: Question, answers: Sequence[Answer], candidates: Sequence[Json], winner: int) -> tuple[Move, ...]:
    steps = [0.0] + [_chances(question, answers[: n + 1], candidates)[winner] for n in range(len(answers))]
    return tuple(Move(a.annotation, steps[n], steps[n + 1]) for n, a in enumerate(answers))
