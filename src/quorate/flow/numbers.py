"""Belief in a number: every annotator has a bias and a spread, far answers count less, confidence is about tolerance.

Truth x is Gaussian before anyone answers; annotator j says x + bias + error, the error Student-t (ν = 4), so that one
slip of the finger does not move the answer (Lange, Little and Taylor, JASA 1989). A skill is a normal-inverse-gamma
belief in (bias, error variance), in units of the question's own scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erf, sqrt

from quorate.flow.evidence import Answer, Json, Move, Posterior, Prior, Role, Skill
from quorate.labels.number import Number as Asked
from quorate.labels.question import Question
from quorate.truth.online import doubt

FREEDOM = 4.0
_PASSES = 8


_ANY = Asked()


def _asked(question: Question) -> Asked:
    """The question; one of another kind of number, as if nothing were known of its range."""
    return question if isinstance(question, Asked) else _ANY


def _within(distance: float, spread: float, tolerated: float) -> float:
    # P(|x - value| ≤ tolerated) for x ~ N(value + distance, spread²)
    root = spread * sqrt(2)
    return 0.5 * (erf((tolerated - distance) / root) - erf((-tolerated - distance) / root))


def _centre(question: Question, prior: Prior, answers: Sequence[Answer]) -> tuple[float, float]:
    """Mean and standard deviation of the truth given these answers."""
    unit = _asked(question).scale
    mean, variance = prior.rows[0]
    if not answers:
        return mean, sqrt(variance)
    shifted, precisions = [], []
    for answer in answers:
        bias, kappa, shape, rate = answer.skill.rows[0]
        shifted.append(float(answer.value) - bias * unit)
        precisions.append((shape - 1) / (rate * (1 + 1 / kappa) * unit * unit))
    centre = sorted(shifted)[len(shifted) // 2]
    weights = precisions
    for _ in range(_PASSES):
        pull = [(FREEDOM + 1) / (FREEDOM + p * (y - centre) ** 2) for y, p in zip(shifted, precisions, strict=True)]
        weights = [p * r for p, r in zip(precisions, pull, strict=True)]
        total = 1 / variance + sum(weights)
        centre = (mean / variance + sum(w * y for w, y in zip(weights, shifted, strict=True))) / total
    evidence = sum(weights) / sqrt(len(answers))
    return centre, sqrt(1 / (1 / variance + evidence))


class Number:
    """A quantity with an error scale for each annotator."""

    method = "student"

    def unknown(self, question: Question, role: Role) -> Skill:
        if role is Role.EXPERT:
            return Skill(((0.0, 20.0, 11.0, 10.0 * 0.04),))
        return Skill(((0.0, 6.0, 3.0, 2.0 * 0.5),))

    def flat(self, question: Question) -> Prior:
        asked = _asked(question)
        if asked.span and asked.min is not None:
            return Prior(((asked.min + asked.span / 2, (asked.span / 2) ** 2),))
        return Prior(((0.0, 1e12),))

    def believe(self, question: Question, answers: Sequence[Answer], prior: Prior, trace: bool) -> Posterior:
        centre, spread = _centre(question, prior, answers)
        value = _allowed(question, centre)
        tolerated = _asked(question).tolerated(value)
        steps = (
            [self._chance(question, prior, answers[:n], value, tolerated) for n in range(len(answers) + 1)]
            if trace
            else []
        )
        moves = [Move(a.annotation, steps[n], steps[n + 1]) for n, a in enumerate(answers)] if trace else []
        return Posterior(
            value=value if answers else None,
            confidence=(1 - doubt(len(answers))) * _within(centre - value, spread, tolerated),
            probabilities={},
            ambiguity=min(1.0, spread / sqrt(prior.rows[0][1])) if answers else 1.0,
            method=self.method,
            moves=tuple(moves),
        )

    def _chance(
        self, question: Question, prior: Prior, answers: Sequence[Answer], value: float, tolerated: float
    ) -> float:
        centre, spread = _centre(question, prior, answers)
        return (1 - doubt(len(answers))) * _within(centre - value, spread, tolerated)

    def learn(self, question: Question, skill: Skill, value: Json, truth: Posterior | Json) -> Skill:
        known = truth.value if isinstance(truth, Posterior) else truth
        if known is None:
            return skill
        error = (float(value) - float(known)) / _asked(question).scale
        bias, kappa, shape, rate = skill.rows[0]
        return Skill(
            (
                (
                    (kappa * bias + error) / (kappa + 1),
                    kappa + 1,
                    shape + 0.5,
                    rate + 0.5 * kappa * (error - bias) ** 2 / (kappa + 1),
                ),
            )
        )


def _allowed(question: Question, value: float) -> float:
    asked = _asked(question)
    low = value if asked.min is None else max(value, asked.min)
    within = low if asked.max is None else min(low, asked.max)
    return round(within) if asked.whole else within
