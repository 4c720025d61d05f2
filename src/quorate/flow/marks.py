"""Belief in marks (`spans`, `boxes`): what overlaps is one thing, and each thing is nothing or one of the classes.

The model is that of `truth/marks.py`, said one task at a time: silence about a thing that another annotator marked is
evidence too. A skill is the pseudo-counts of `truth/presence.py`, a row a state, and one row more for how exactly an
annotator places a mark. The confidence is that of the whole answer: that every mark of it is real and in its place,
that no other candidate is, and that nothing was missed by all.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

import numpy as np

from quorate.flow.classes import EXPERT_WEIGHT, calibrated
from quorate.flow.evidence import Answer, Json, Move, Numbers, Posterior, Prior, Role, Skill
from quorate.flow.places import Placing
from quorate.labels.marks import Mark, Marks
from quorate.labels.matching import matched
from quorate.labels.question import Question
from quorate.truth.clusters import clusters
from quorate.truth.presence import SHRINK, Presence, beginner
from quorate.truth.votes import Votes

LEAST = 0.3
"""Overlap from which two marks can be of one thing."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What the answers say of one place: the mark each made of it, None for those who made none."""

    marks: Sequence[Mark | None]


@dataclass(frozen=True, slots=True)
class Believed:
    """A thing's probabilities, nothing first; the likeliest mark of it, and how sure its place is."""

    chances: Sequence[float]
    mark: Mark
    sure: float

    def of(self, label: int) -> float:
        return self.chances[label] * self.sure


@lru_cache(maxsize=256)
def _unknown(classes: int, role: Role) -> Numbers:
    rows = beginner(classes)
    if role is Role.EXPERT:
        wrong = EXPERT_WEIGHT * 0.02 / max(classes, 1)
        right = rows.argmax(1)
        right[classes + 1 :] = range(1, classes + 1)
        rows[:] = wrong
        rows[range(len(rows)), right] = EXPERT_WEIGHT
    return tuple(map(tuple, rows.tolist()))


class Marked:
    """Spans or boxes, by how their places are joined."""

    def __init__(self, method: str, placing: Placing) -> None:
        self.method, self.placing = method, placing

    def unknown(self, question: Question, role: Role) -> Skill:
        return Skill((*_unknown(len(question.ids), role), self.placing.unknown(role)))

    def flat(self, question: Question) -> Prior:
        """Eight places in four tasks: four with nothing, three with something plain, one with something faint."""
        classes = len(question.ids)
        return Prior(((4.0, *((3.0 / classes,) * classes), *((1.0 / classes,) * classes)), (4.0,)))

    def believe(self, question: Question, answers: Sequence[Answer], prior: Prior, trace: bool) -> Posterior:
        assert isinstance(question, Marks)
        if not answers:
            return Posterior(None, 0.0, {}, 1.0, self.method)
        things = things_of(question, answers, self.placing)
        believed = [self._thing(question, thing, answers, prior) for thing in things]
        experts = [answer.value for answer in answers if answer.role is Role.EXPERT]
        value = experts[-1] if experts else _kept(question, believed)
        confidence = self._chance(question, value, things, answers, prior)
        return Posterior(
            value=value,
            confidence=confidence,
            probabilities={question.called(one.mark): one.of(_class(question, one.mark)) for one in believed},
            ambiguity=1 - confidence,
            method=self.method,
            moves=self._moves(question, value, things, answers, prior) if trace else (),
        )

    def _thing(self, question: Marks, thing: Thing, answers: Sequence[Answer], prior: Prior) -> Believed:
        chances = _chances(question, thing.marks, answers, prior)
        label = max(range(1, len(chances)), key=chances.__getitem__)
        made = [(mark, answer) for mark, answer in zip(thing.marks, answers, strict=True) if mark]
        mark, sure = self.placing.place(
            question, [mark for mark, _ in made], [answer.skill.rows[-1] for _, answer in made]
        )
        return Believed(chances, mark | {"label": question.ids[label - 1]}, sure)

    def _chance(
        self, question: Marks, value: list[Mark], things: Sequence[Thing], answers: Sequence[Answer], prior: Prior
    ) -> float:
        """Probability that `value` is the whole truth, given these answers (the first ones of those of the things)."""
        number = len(answers)
        right = _nothing_missed(question, answers, prior)
        believed = [self._thing(question, thing, answers, prior) for thing in _first(things, number)]
        pairs = {j: i for i, j, _ in matched(value, [one.mark for one in believed], question.iou)}
        for j, one in enumerate(believed):
            i = pairs.get(j)
            right *= one.chances[0] if i is None else one.of(_class(question, value[i]))
        return right * exp(-max(len(value) - len(pairs), 0))  # a mark that nobody has made yet is as good as missed

    def _moves(
        self, question: Marks, value: list[Mark], things: Sequence[Thing], answers: Sequence[Answer], prior: Prior
    ) -> tuple[Move, ...]:
        steps = [0.0]
        steps += [self._chance(question, value, things, answers[: n + 1], prior) for n in range(len(answers))]
        return tuple(Move(answer.annotation, steps[n], steps[n + 1]) for n, answer in enumerate(answers))

    def learn(self, question: Question, skill: Skill, value: Json, truth: Posterior | Json) -> Skill:
        """Against the marks that are believed: found, missed and made up; how a faint thing is told, a refit learns."""
        assert isinstance(question, Marks)
        known = truth.value if isinstance(truth, Posterior) else truth
        if known is None:
            return skill
        sure = truth.probabilities if isinstance(truth, Posterior) else {}
        rows = [list(row) for row in skill.rows[:-1]]
        place = skill.rows[-1]
        pairs = {j: i for i, j, shared in matched(value, known, question.iou) if shared >= LEAST}
        for j, mark in enumerate(known):
            weight = sure.get(question.called(mark), 1.0)
            mine = value[pairs[j]] if j in pairs else None
            rows[_class(question, mark)][_class(question, mine) if mine else 0] += weight
            if mine:
                place = self.placing.learn(place, mine, mark, weight)
        false = [mark for i, mark in enumerate(value) if i not in pairs.values()]
        for mark in false:
            rows[0][_class(question, mark)] += 1.0
        rows[0][0] += max(len(sure) - len(known) - len(false), 0)
        return Skill((*map(tuple, rows), place))


def things_of(question: Marks, answers: Sequence[Answer], placing: Placing) -> list[Thing]:
    """The answers' marks, grouped by what they are of."""
    marks = sorted(
        ((mark, n) for n, answer in enumerate(answers) for mark in answer.value if mark["label"] in question.ids),
        key=lambda one: (*question.corners(one[0]), question.ids.index(one[0]["label"]), one[1]),
    )
    if not marks:
        return []
    places = np.array([question.corners(mark) for mark, _ in marks], dtype=np.float64)
    labels = [question.ids.index(mark["label"]) for mark, _ in marks]
    home = clusters(places, [n for _, n in marks], labels, placing.overlap, LEAST)
    things: list[list[Mark | None]] = [[None] * len(answers) for _ in range(max(home) + 1)]
    for cluster, (mark, n) in zip(home, marks, strict=True):
        things[cluster][n] = mark
    return [Thing(thing) for thing in things]


def _first(things: Sequence[Thing], number: int) -> list[Thing]:
    """What the first `number` answers say of the things that one of them has marked."""
    return [Thing(thing.marks[:number]) for thing in things if any(thing.marks[:number])]


def _class(question: Marks, mark: Mark) -> int:
    return question.ids.index(mark["label"]) + 1


def _chances(
    question: Marks, marks: Sequence[Mark | None], answers: Sequence[Answer], prior: Prior
) -> tuple[float, ...]:
    heard = [
        (answer.role, column(answer.skill, _class(question, mark) if mark else 0))
        for mark, answer in zip(marks, answers, strict=True)
    ]
    states = calibrated(prior.rows[0], heard)
    classes = len(question.ids)
    return (states[0], *(states[k] + states[classes + k] for k in range(1, classes + 1)))


def column(skill: Skill, said: int) -> tuple[float, ...]:
    """ln P(said | state) for each state."""
    found = skill.columns.get(said)
    if found is None:
        found = skill.columns[said] = tuple(log(row[said] / sum(row)) for row in skill.rows[:-1])
    return found


def _kept(question: Marks, believed: Sequence[Believed]) -> list[Mark]:
    """The marks likelier than not; of those that may not overlap, the likelier."""
    likely = sorted(
        (one for one in believed if one.chances[0] < 0.5), key=lambda one: -one.of(_class(question, one.mark))
    )
    taken: list[Mark] = []
    for one in likely:
        if question.overlap or all(question.iou(one.mark, other) == 0 for other in taken):
            taken.append(one.mark)
    return sorted(taken[: question.max], key=question.rank)


def _nothing_missed(question: Marks, answers: Sequence[Answer], prior: Prior) -> float:
    """P(no real thing was passed over by all): things come as a Poisson process, and each is seen by chance."""
    tasks = prior.rows[1][0]
    power = max(len(answers), 1) ** -0.5
    silent = [column(answer.skill, 0) for answer in answers]
    missed = sum(
        count / tasks * exp(power * sum(logs[state] for logs in silent))
        for state, count in enumerate(prior.rows[0])
        if state
    )
    return exp(-missed)


def refit_marks(
    question: Question,
    said: Sequence[tuple[int, Hashable, list[Mark]]],
    known: Mapping[int, list[Mark]],
    roles: Mapping[Hashable, Role],
) -> tuple[Mapping[Hashable, Skill], Prior]:
    """Skills and prior from (task, annotator, marks) triples, by the batch model; `known` are gold answers."""
    from quorate.flow.believe import model_of

    model = model_of(question)
    assert isinstance(model, Marked)
    if not said:
        return {name: model.unknown(question, role) for name, role in roles.items()}, model.flat(question)
    names = {name: f"{n:09d}" for n, name in enumerate(roles)}
    votes = Votes.from_arrays(
        [f"{task:09d}" for task, _, _ in said],
        [names[annotator] for _, annotator, _ in said],
        [json.dumps(marks) for _, _, marks in said],
    )
    gold = {f"{task:09d}": marks for task, marks in known.items()}
    fitted = model.placing.model(least=LEAST, threshold=0.5, classes=question.ids).fit(votes, gold)
    found = fitted.presence_
    place = {name: code for code, name in enumerate(fitted.workers_)}
    skills = {
        name: _learnt(model, question, role, found, place[names[name]], float(fitted.exact_[place[names[name]]]))
        for name, role in roles.items()
    }
    things = len(found.proba) + len(found.frequency)
    return skills, Prior((tuple((found.frequency * things).tolist()), (float(votes.n_items) + 1,)))


def _learnt(model: Marked, question: Question, role: Role, found: Presence, worker: int, exact: float) -> Skill:
    """What was seen of an annotator, on top of the crowd as it was found, or of an expert as one is before."""
    before = np.array(_unknown(len(question.ids), role)) if role is Role.EXPERT else SHRINK * found.crowd
    rows = before + found.seen[worker]
    marks = float(found.seen[worker][1:, 1:].sum())
    return Skill((*map(tuple, rows.tolist()), model.placing.row(exact, marks, role)))
