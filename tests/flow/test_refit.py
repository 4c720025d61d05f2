"""Refit: what many answers together say of who gave them."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from quorate.flow.evidence import Role
from quorate.flow.refit import Heard, Said, refit
from quorate.labels.schema import parse_question

CHOICE = parse_question({"kind": "choice", "classes": ["a", "b", "c"]})
CHOICES = parse_question({"kind": "choices", "classes": ["a", "b"]})
NUMBER = parse_question({"kind": "number", "min": 0, "max": 100, "tolerance": 2})


def right_share(skill, k=3):
    """How often an annotator is right, by their pseudo-counts."""
    return sum(skill.rows[i][i] for i in range(k)) / sum(map(sum, skill.rows))


def test_the_one_who_contradicts_the_others_is_not_believed():
    random = Random(1)
    tasks = []
    for _ in range(60):
        truth = random.choice("abc")
        wrong = random.choice([c for c in "abc" if c != truth])
        answers = [Said("good", Role.CROWD, truth), Said("fine", Role.CROWD, truth), Said("bad", Role.CROWD, wrong)]
        tasks.append(Heard(answers))
    found = refit(CHOICE, tasks)
    assert right_share(found.skills["good"]) > 0.8
    assert right_share(found.skills["bad"]) < 0.3


def test_gold_outweighs_a_majority_of_liars():
    random = Random(2)
    tasks = []
    for number in range(60):
        truth = random.choice("abc")
        wrong = "abc"[("abc".index(truth) + 1) % 3]
        answers = [Said("honest", Role.CROWD, truth), Said("x", Role.CROWD, wrong), Said("y", Role.CROWD, wrong)]
        tasks.append(Heard(answers, truth if number < 20 else None))
    found = refit(CHOICE, tasks)
    assert right_share(found.skills["honest"]) > 0.75
    assert right_share(found.skills["x"]) < 0.3


def test_each_class_of_choices_is_learnt_for_itself():
    tasks = [
        Heard([Said("good", Role.CROWD, ["a"]), Said("fine", Role.CROWD, ["a"]), Said("blind to b", Role.CROWD, ["a"])])
        for _ in range(20)
    ] + [
        Heard([Said("good", Role.CROWD, ["b"]), Said("fine", Role.CROWD, ["b"]), Said("blind to b", Role.CROWD, [])])
        for _ in range(20)
    ]
    rows = refit(CHOICES, tasks).skills["blind to b"].rows
    says_a_when_a, says_b_when_b = rows[1][1] / sum(rows[1]), rows[3][1] / sum(rows[3])
    assert says_a_when_a > 0.8
    assert says_b_when_b < 0.3


def test_numbers_show_who_is_exact():
    random = Random(3)
    tasks = []
    for _ in range(60):
        truth = random.uniform(20, 80)
        spread = {"exact": 0.5, "close": 1.0, "far": 15.0}
        tasks.append(Heard([Said(n, Role.CROWD, truth + random.gauss(0, s)) for n, s in spread.items()]))
    skills = refit(NUMBER, tasks).skills
    assert skills["exact"] != skills["far"]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"kind": "choice", "classes": ["a", "b", "c"]}, "a"),
        ({"kind": "choices", "classes": ["a", "b"]}, ["a"]),
        ({"kind": "number", "min": 0, "max": 100, "tolerance": 2}, 7.0),
        ({"kind": "text"}, "a cat"),
        ({"kind": "spans", "classes": ["a"]}, [{"start": 0, "end": 4, "label": "a"}]),
        ({"kind": "boxes", "classes": ["a"]}, [{"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2, "label": "a"}]),
    ],
    ids=lambda part: part["kind"] if isinstance(part, dict) else "",
)
def test_the_only_answers_to_tasks_show_no_skill(schema, value):
    question = parse_question(schema)
    shared = [Heard([Said(name, Role.CROWD, value) for name in ("one", "two")]) for _ in range(20)]
    alone = [Heard([Said("alone", Role.CROWD, value)]) for _ in range(20)]
    known = [Heard(task.answers, value) for task in alone]
    once, often, taught = (
        np.concatenate(refit(question, shared + more).skills["alone"].rows) for more in (alone[:1], alone, known)
    )
    assert np.abs(often - once).max() < 0.1 * np.abs(taught - once).max()


def test_nothing_to_learn_from_is_no_error():
    assert refit(CHOICE, []).skills == {}
    assert refit(CHOICE, [Heard([Said("old", Role.CROWD, "gone")])]).skills["old"].rows


@pytest.mark.parametrize("question", [CHOICE, CHOICES])
def test_the_order_of_tasks_and_answers_does_not_matter(question):
    random = Random(4)
    value = (lambda: random.choice("abc")) if question is CHOICE else (lambda: random.sample(["a", "b"], 1))
    tasks = [Heard([Said(name, Role.CROWD, value()) for name in "xyz"]) for _ in range(12)]
    shuffled = [Heard(list(reversed(task.answers))) for task in reversed(tasks)]
    one, other = refit(question, tasks), refit(question, shuffled)
    for name in "xyz":
        for row, same in zip(one.skills[name].rows, other.skills[name].rows, strict=True):
            assert row == pytest.approx(same, abs=1e-3)
