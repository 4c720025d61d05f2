"""Belief in spans and boxes, one task at a time and refitted: what convinces, what does not, what an expert settles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from quorate.flow.believe import believe, learn
from quorate.flow.evidence import Answer, Prior, Role, Skill
from quorate.flow.mapping import Change
from quorate.flow.refit import Heard, Said, refit
from quorate.labels.question import Question
from quorate.labels.schema import parse_question

SPANS = parse_question({"kind": "spans", "classes": ["PER", "LOC"]})
BOXES = parse_question({"kind": "boxes", "classes": ["car"]})
ANNA, ROME = {"start": 0, "end": 4, "label": "PER"}, {"start": 9, "end": 13, "label": "LOC"}


def car(x: float, side: float = 0.2) -> dict[str, Any]:
    return {"x": x, "y": 0.1, "width": side, "height": side, "label": "car"}


def answers(question: Question, *values: list[Any], expert: list[Any] | None = None) -> list[Answer]:
    given = [Answer(n, n, Role.CROWD, v, Skill.prior(question, Role.CROWD)) for n, v in enumerate(values)]
    if expert is not None:
        given.append(Answer("e", "e", Role.EXPERT, expert, Skill.prior(question, Role.EXPERT)))
    return given


@pytest.mark.parametrize(("question", "value"), [(SPANS, [ANNA, ROME]), (BOXES, [car(0.1), car(0.6)]), (SPANS, [])])
def test_more_who_agree_convince_more(question: Question, value: list[Any]) -> None:
    believed = [believe(question, answers(question, *[value] * n)) for n in range(1, 6)]
    assert [one.value for one in believed] == [value] * 5
    confidences = [one.confidence for one in believed]
    assert confidences == sorted(confidences)
    assert 0 < confidences[0] < confidences[-1] < 1
    moves = believed[-1].moves
    assert moves[-1].after == pytest.approx(confidences[-1])
    assert len(moves) == 5


def test_what_one_of_five_marked_is_left_out_and_told_with_its_probability() -> None:
    posterior = believe(SPANS, answers(SPANS, [ANNA, ROME], [ANNA], [ANNA], [ANNA], [ANNA]))
    assert posterior.value == [ANNA]
    assert posterior.probabilities["0-4 PER"] > 0.8
    assert posterior.probabilities["9-13 LOC"] < 0.5


def test_ends_and_classes_go_with_most_and_doubt_costs_confidence() -> None:
    long = ANNA | {"end": 7}
    split = believe(SPANS, answers(SPANS, [long], [ANNA], [ANNA], [ANNA | {"label": "LOC"}]))
    assert split.value == [ANNA]
    assert split.confidence < believe(SPANS, answers(SPANS, [ANNA], [ANNA], [ANNA], [ANNA])).confidence


def test_a_box_is_between_those_drawn_and_a_slip_does_not_pull_it() -> None:
    posterior = believe(BOXES, answers(BOXES, [car(0.30)], [car(0.31)], [car(0.30)], [car(0.38)]))
    assert len(posterior.value) == 1
    assert 0.295 < posterior.value[0]["x"] < 0.315


def test_spans_of_the_value_do_not_overlap_unless_they_may() -> None:
    whole = {"start": 0, "end": 40, "label": "LOC"}
    assert len(believe(SPANS, answers(SPANS, *[[ANNA, whole]] * 3)).value) == 1
    free = parse_question({"kind": "spans", "classes": ["PER", "LOC"], "overlap": True})
    assert len(believe(free, answers(free, *[[ANNA, whole]] * 3)).value) == 2


def test_an_expert_gives_the_value_even_of_a_place_that_nobody_marked() -> None:
    posterior = believe(SPANS, answers(SPANS, [ANNA], [ANNA], expert=[ROME]))
    assert posterior.value == [ROME]
    assert believe(SPANS, answers(SPANS, [ANNA], [ANNA], expert=[ANNA])).confidence > posterior.confidence
    SPANS.check(posterior.value)


def test_skill_grows_with_what_is_found_and_shrinks_with_what_is_missed_or_made_up() -> None:
    new = Skill.prior(SPANS, Role.CROWD)
    good, blind, wild = (learn(SPANS, new, said, [ANNA]) for said in ([ANNA], [], [ANNA, ROME]))
    assert good.rows[1][1] > new.rows[1][1]
    assert blind.rows[1][0] > new.rows[1][0]
    assert wild.rows[0][2] > new.rows[0][2]
    assert Skill.from_json(good.to_json()) == good


@pytest.mark.parametrize("question", [SPANS, BOXES])
def test_a_refit_tells_careful_from_careless(question: Question) -> None:
    rng = np.random.default_rng(3)
    care = [0.95, 0.95, 0.9, 0.4]
    tasks, truths = [], []
    for _ in range(60):
        true = [ANNA, ROME] if question is SPANS else [car(0.1), car(0.6)]
        true = true[: int(rng.integers(1, 3))]
        said = [[mark for mark in true if rng.random() < each] for each in care]
        tasks.append(Heard([Said(f"a{j}", Role.CROWD, value) for j, value in enumerate(said)]))
        truths.append(true)
    learnt = refit(question, tasks)
    missed = [learnt.skills[f"a{j}"].rows[1][0] / sum(learnt.skills[f"a{j}"].rows[1]) for j in range(4)]
    assert max(missed[:3]) < missed[3]
    right = []
    for task, true in zip(tasks, truths, strict=True):
        given = [
            Answer(n, s.annotator, s.role, s.value, learnt.skills[s.annotator]) for n, s in enumerate(task.answers)
        ]
        right.append(believe(question, given, learnt.prior).value == question.check(true))
    assert np.mean(right) > 0.9
    assert Prior.from_json(learnt.prior.to_json()) == learnt.prior
    assert refit(question, []).skills == {}


def test_a_new_schema_renames_the_classes_of_marks_or_asks_again() -> None:
    new = parse_question({"kind": "spans", "classes": ["person"], "migrate": {"PER": "person", "LOC": "ask again"}})
    change = Change(SPANS, new)
    change.check()
    assert change.value([ANNA]) == [ANNA | {"label": "person"}]
    assert change.value([ANNA, ROME]) is None
