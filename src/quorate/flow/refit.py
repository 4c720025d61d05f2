"""All skills of a step from all its answers at once: the batch counterpart of learning answer by answer.

Classes (`choice`, `scale`, each class of `choices`) go through the vectorised model of `truth/refit.py`, marks through
that of `truth/marks.py`; numbers and texts alternate between believing each task and learning each skill, with the same
functions as live traffic.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.flow.believe import believe, learn, model_of
from quorate.flow.evidence import Answer, Json, Posterior, Prior, Role, Skill
from quorate.flow.marks import refit_marks
from quorate.labels.question import Question
from quorate.truth import refit as skills

SWEEPS = 50
SWEEPS_ONE_BY_ONE = 8


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of one annotator."""

    annotator: Hashable
    role: Role
    value: Json


@dataclass(frozen=True, slots=True)
class Heard:
    """A task's answers; `known` is its gold answer, None where there is none."""

    answers: Sequence[Said]
    known: Json = None


@dataclass(frozen=True, slots=True)
class Refit:
    """What was learnt: every annotator's skill, and what a task is before anyone answers."""

    skills: Mapping[Hashable, Skill]
    prior: Prior


def refit(question: Question, tasks: Sequence[Heard]) -> Refit:
    """Re-estimate from scratch; gold counts as known."""
    roles = {said.annotator: said.role for task in tasks for said in task.answers}
    return _BATCH.get(question.aggregate, _one_by_one)(question, tasks, roles)


@dataclass(frozen=True, slots=True)
class _Coded:
    item: NDArray[np.int64]
    worker: NDArray[np.int64]
    label: NDArray[np.int64]
    known: NDArray[np.float64]


def _classes(question: Question, tasks: Sequence[Heard], roles: Mapping[Hashable, Role]) -> Refit:
    index = {label: position for position, label in enumerate(question.ids)}
    coded = _code(tasks, roles, len(question.ids), lambda value: index.get(value, -1))
    priors = np.array([Skill.prior(question, role).rows for role in roles.values()], dtype=np.float64)
    rows, counts = _fitted(coded, priors.reshape(-1, len(index), len(index)), len(tasks))
    skills = {name: Skill(_tuples(rows[code])) for code, name in enumerate(roles)}
    return Refit(skills, Prior((tuple(counts.tolist()),)))


def _each_class(question: Question, tasks: Sequence[Heard], roles: Mapping[Hashable, Role]) -> Refit:
    parts: list[NDArray[np.float64]] = []
    prior: list[tuple[float, ...]] = []
    unknown = np.array([Skill.prior(question, role).rows for role in roles.values()], dtype=np.float64)
    for k, label in enumerate(question.ids):
        coded = _code(tasks, roles, 2, lambda value, label=label: int(label in value))
        rows, counts = _fitted(coded, unknown[:, 2 * k : 2 * k + 2], len(tasks))
        parts.append(rows)
        prior.append(tuple(counts.tolist()))
    skills = {
        name: Skill(tuple(chain.from_iterable(_tuples(part[code]) for part in parts)))
        for code, name in enumerate(roles)
    }
    return Refit(skills, Prior(tuple(prior)))


def _fitted(coded: _Coded, priors: NDArray[np.float64], tasks: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not len(coded.item):
        return priors, np.ones(priors.shape[1])
    found = skills.refit(coded.item, coded.worker, coded.label, priors, items=tasks, known=coded.known, sweeps=SWEEPS)
    return found.rows, found.counts


def _code(tasks: Sequence[Heard], roles: Mapping[Hashable, Role], size: int, code: Any) -> _Coded:
    """Votes as int arrays; answers and gold that the question does not know (of an older schema) are left out."""
    workers = {name: position for position, name in enumerate(roles)}
    triples = [
        (item, workers[said.annotator], label)
        for item, task in enumerate(tasks)
        for said in task.answers
        if (label := code(said.value)) >= 0
    ]
    known = np.full((len(tasks), size), np.nan)
    for row, task in zip(known, tasks, strict=True):
        if task.known is not None and (label := code(task.known)) >= 0:
            row[:] = 0.0
            row[label] = 1.0
    columns = np.array(triples, dtype=np.int64).reshape(-1, 3)
    return _Coded(columns[:, 0], columns[:, 1], columns[:, 2], known)


def _tuples(rows: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in rows.tolist())


def _marks(question: Question, tasks: Sequence[Heard], roles: Mapping[Hashable, Role]) -> Refit:
    said = [
        (n, one.annotator, [mark for mark in one.value if mark["label"] in question.ids])
        for n, task in enumerate(tasks)
        for one in task.answers
    ]
    known = {n: task.known for n, task in enumerate(tasks) if task.known is not None}
    return Refit(*refit_marks(question, said, known, roles))


def _one_by_one(question: Question, tasks: Sequence[Heard], roles: Mapping[Hashable, Role]) -> Refit:
    prior = model_of(question).flat(question)
    skills = {name: Skill.prior(question, role) for name, role in roles.items()}
    for _ in range(SWEEPS_ONE_BY_ONE):
        truths = [task.known if task.known is not None else _posterior(question, task, skills, prior) for task in tasks]
        fresh = {name: Skill.prior(question, role) for name, role in roles.items()}
        for task, truth in zip(tasks, truths, strict=True):
            if len(task.answers) == 1 and task.known is None:
                continue  # its author is of their own opinion
            for said in task.answers:
                fresh[said.annotator] = learn(question, fresh[said.annotator], said.value, truth)
        skills = fresh
    return Refit(skills, prior)


def _posterior(question: Question, task: Heard, skills: Mapping[Hashable, Skill], prior: Prior) -> Posterior:
    answers = [
        Answer(number, said.annotator, said.role, said.value, skills[said.annotator])
        for number, said in enumerate(task.answers)
    ]
    return believe(question, answers, prior, trace=False)


_BATCH = {
    "categorical": _classes,
    "ordinal": _classes,
    "per_class": _each_class,
    "spans": _marks,
    "boxes": _marks,
}
"""By what the kind says in `aggregate`; any other goes one task at a time."""
