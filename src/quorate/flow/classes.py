"""Belief where the answers come from a list: `choice` (one of), `choices` (any of), `scale` (ordered)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log, prod

from quorate.flow.evidence import Answer, Json, Move, Posterior, Prior, Role, Skill
from quorate.labels.choice import Choice as YesOrNo
from quorate.labels.question import Question
from quorate.truth import online

EXPERT_RIGHT, EXPERT_WEIGHT = 0.95, 40.0
"""An expert nobody has measured is taken to be right nineteen times in twenty, as if forty answers had shown it."""


@lru_cache(maxsize=256)
def _unknown(size: int, role: Role) -> Skill:
    if role is Role.EXPERT and size > 1:
        wrong = EXPERT_WEIGHT * (1 - EXPERT_RIGHT) / (size - 1)
        # Below one pseudo-count the expected log runs away, so with many classes the weight grows instead.
        scale = max(1.0, 1.0 / wrong)
        return Skill(online.prior_rows(size, EXPERT_WEIGHT * EXPERT_RIGHT * scale, wrong * scale))
    return Skill(online.prior_rows(size))


def _column(skill: Skill, said: int) -> tuple[float, ...]:
    found = skill.columns.get(said)
    if found is None:
        found = skill.columns[said] = tuple(online.column(skill.rows, said))
    return found


def calibrated(counts: Sequence[float], heard: Sequence[tuple[Role, Sequence[float]]]) -> list[float]:
    """Probabilities from class counts and each answer's column of log-likelihoods."""
    # Crowd and models err on the same items, experts on others: each group is tempered by its own size.
    crowd = online.log_frequencies(counts)
    expert = [0.0] * len(counts)
    judges = 0
    for role, column in heard:
        if role is Role.EXPERT:
            expert = [a + b for a, b in zip(expert, column, strict=True)]
            judges += 1
        else:
            crowd = [a + b for a, b in zip(crowd, column, strict=True)]
    mean = online.normalised(counts)
    believed = online.temper(crowd, len(heard) - judges, mean)
    if not judges:
        return believed
    each = online.worth(judges)
    return online.softmax([log(p) + each * e for p, e in zip(believed, expert, strict=True)])


@lru_cache(maxsize=1024)
def _index(ids: tuple[str, ...]) -> dict[str, int]:
    return {label: position for position, label in enumerate(ids)}


def ambiguity(probabilities: Sequence[float]) -> float:
    """Entropy as a share of its maximum, 0 to 1."""
    if len(probabilities) < 2:
        return 0.0
    return -sum(p * log(p) for p in probabilities if p > 0) / log(len(probabilities))


def _moves(counts: Sequence[float], heard: Sequence[tuple[Answer, Sequence[float]]], winner: int) -> tuple[Move, ...]:
    before, moves = online.normalised(counts)[winner], []
    columns: list[tuple[Role, Sequence[float]]] = []
    for answer, column in heard:
        columns.append((answer.role, column))
        after = calibrated(counts, columns)[winner]
        moves.append(Move(answer.annotation, before, after))
        before = after
    return tuple(moves)


class Choice:
    """One of K classes: independent confusion matrices, tempered."""

    method = "dirichlet"

    def unknown(self, question: Question, role: Role) -> Skill:
        return _unknown(len(question.ids), role)

    def flat(self, question: Question) -> Prior:
        return Prior(((1.0,) * len(question.ids),))

    def believe(self, question: Question, answers: Sequence[Answer], prior: Prior, trace: bool) -> Posterior:
        index = _index(question.ids)
        heard = [(answer, _column(answer.skill, index[answer.value])) for answer in answers if answer.value in index]
        counts = prior.rows[0]
        columns = [(answer.role, column) for answer, column in heard]
        chances = calibrated(counts, columns)
        winner = max(range(len(chances)), key=chances.__getitem__)
        even = (1.0,) * len(counts)
        return Posterior(
            value=question.ids[winner] if heard else None,
            confidence=chances[winner],
            probabilities=dict(zip(question.ids, chances, strict=True)),
            ambiguity=ambiguity(chances),
            method=self.method,
            moves=_moves(counts, heard, winner) if trace else (),
            evidence=chances[winner] if counts == even else calibrated(even, columns)[winner],
        )

    def learn(self, question: Question, skill: Skill, value: Json, truth: Posterior | Json) -> Skill:
        said = _index(question.ids).get(value)
        if said is None:
            return skill
        chances = truth.probabilities if isinstance(truth, Posterior) else {truth: 1.0}
        return Skill(
            tuple(
                (*row[:said], row[said] + chances.get(label, 0.0), *row[said + 1 :])
                for label, row in zip(question.ids, skill.rows, strict=True)
            )
        )


@lru_cache(maxsize=256)
def _ordered(size: int, role: Role) -> Skill:
    strength = EXPERT_WEIGHT if role is Role.EXPERT else 8.0
    decay = 0.1 if role is Role.EXPERT else 0.35
    rows = []
    for k in range(size):
        weights = [decay ** abs(k - said) for said in range(size)]
        rows.append(tuple(strength * weight / sum(weights) + 0.5 for weight in weights))
    return Skill(tuple(rows))


class Scale(Choice):
    """One of K ordered points: confusion is likelier with near points than with far ones."""

    method = "ordinal"

    def unknown(self, question: Question, role: Role) -> Skill:
        return _ordered(len(question.ids), role)


class Choices:
    """Any of K classes: each class a yes-or-no question of its own; confidence is that of the least sure class."""

    method = "dirichlet per class"

    def unknown(self, question: Question, role: Role) -> Skill:
        return Skill(_unknown(2, role).rows * len(question.ids))

    def flat(self, question: Question) -> Prior:
        return Prior(((1.0, 1.0),) * len(question.ids))

    def believe(self, question: Question, answers: Sequence[Answer], prior: Prior, trace: bool) -> Posterior:
        each = [
            _BINARY.believe(_TWO, [_about(answer, label, k) for answer in answers], Prior((prior.rows[k],)), trace)
            for k, label in enumerate(question.ids)
        ]
        chances = [part.probabilities["yes"] for part in each]
        weakest = min(range(len(each)), key=lambda k: each[k].confidence)
        return Posterior(
            value=[label for label, p in zip(question.ids, chances, strict=True) if p >= 0.5] if answers else None,
            confidence=each[weakest].confidence,
            probabilities=dict(zip(question.ids, chances, strict=True)),
            ambiguity=max(part.ambiguity for part in each),
            method=self.method,
            moves=each[weakest].moves,
            evidence=min(part.evidence for part in each if part.evidence is not None),
        )

    def learn(self, question: Question, skill: Skill, value: Json, truth: Posterior | Json) -> Skill:
        rows: list[tuple[float, ...]] = []
        for k, label in enumerate(question.ids):
            said = label in value
            p = truth.probabilities[label] if isinstance(truth, Posterior) else float(label in truth)
            for chance, row in zip((1 - p, p), skill.rows[2 * k : 2 * k + 2], strict=True):
                rows.append((row[0] + chance * (not said), row[1] + chance * said))
        return Skill(tuple(rows))


_BINARY = Choice()
_TWO = YesOrNo.model_validate({"kind": "choice", "classes": ["no", "yes"]})


def _about(answer: Answer, label: str, k: int) -> Answer:
    skill = Skill(answer.skill.rows[2 * k : 2 * k + 2])
    said = "yes" if label in answer.value else "no"
    return Answer(answer.annotation, answer.annotator, answer.role, said, skill)


def frequency(question: Question, prior: Prior, value: Json) -> float | None:
    """How large a share of the tasks has this value, by what is known before anyone answers; of any-of, as if its
    classes came independently. None where values are not from a list.
    """
    index = _index(question.ids)
    if question.aggregate in ("categorical", "ordinal") and value in index:
        return online.normalised(prior.rows[0])[index[value]]
    if question.aggregate == "per_class":
        each = (online.normalised(row) for row in prior.rows)
        return prod(yes if label in value else no for label, (no, yes) in zip(question.ids, each, strict=True))
    return None
