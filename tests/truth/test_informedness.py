"""Informedness: whoever says what they see is paid best, and who tells nothing is paid nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.truth.ibcc import IBCC
from quorate.truth.informedness import informedness, told
from quorate.truth.votes import Votes

TASKS = 2000
RIGHT = {"expert": 0.95, "honest": 0.85, "careless": 0.7, "adverse": 0.15}


def seen(rng, truth, classes, right):
    """What somebody sees who is right so often, and wrong in any other class alike."""
    wrong = (truth + rng.integers(1, classes, len(truth))) % classes
    return np.where(rng.random(len(truth)) < right, truth, wrong)


def crowd(rng, people, tasks, classes=2, each=None):
    """The scores of a simulated crowd, of which `each` (or all) answer a task; with the truth and the votes."""
    truth = rng.integers(0, classes, tasks)
    said = [
        np.zeros(tasks, int) if kind == "constant" else
        rng.integers(0, classes, tasks) if kind == "random" else
        seen(rng, truth, classes, RIGHT[kind])
        for kind in people
    ]  # fmt: skip
    asked = np.argsort(rng.random((tasks, len(people))), axis=1)[:, : each or len(people)]
    rows = [(task, worker, said[worker][task]) for task in range(tasks) for worker in asked[task]]
    items, workers, labels = np.array(rows).T
    votes = Votes.from_arrays(items, workers, labels, classes=range(classes))
    return informedness(votes).score, truth, votes


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000), accuracy=st.floats(0.6, 0.95), skew=st.floats(0.25, 0.5))
def test_the_truth_pays_best_of_all_that_one_could_say(seed, accuracy, skew):
    """Against every one of the 27 ways to turn what is seen of three classes into an answer."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, TASKS, p=[skew, (1 - skew) / 2, (1 - skew) / 2])
    mine, *others = (seen(rng, truth, 3, accuracy) for _ in range(4))
    paid = {}
    for strategy in product(range(3), repeat=3):
        labels = np.concatenate([np.array(strategy)[mine], *others])
        paid[strategy] = (
            informedness(all_answered(labels)).score[0] if strategy in {(0, 1, 2), (0, 0, 0), (2, 1, 0)} else None
        )
    honest = paid[0, 1, 2]
    belief = IBCC().fit(all_answered(np.concatenate(others))).proba_
    for strategy, full in paid.items():
        got = told(belief, np.array(strategy)[mine])
        assert full is None or got == pytest.approx(full, abs=1e-12), (
            "one's own answers do not move what they are worth"
        )
        assert got < honest or strategy == (0, 1, 2)
        if len(set(strategy)) == 1:
            assert got == pytest.approx(0, abs=1e-12)
    assert honest > 0.05


def all_answered(labels):
    """The votes of people who all answered every task, one after the other."""
    people = len(labels) // TASKS
    items, workers = np.tile(np.arange(TASKS), people), np.repeat(np.arange(people), TASKS)
    return Votes.from_arrays(items, workers, labels, classes=range(3))


def test_the_more_it_tells_the_more_it_brings_and_nothing_brings_nothing():
    people = ["expert", "honest", "careless", *["honest"] * 3, "random", "constant"]
    score, _, _ = crowd(np.random.default_rng(1), people, 1500, classes=3, each=3)
    expert, honest, careless, *_, random, constant = score
    assert expert > honest + 0.03 > careless + 0.06 > 0.3
    assert random == pytest.approx(0, abs=0.03)
    assert constant == pytest.approx(0, abs=1e-12)


def test_who_is_constant_and_who_says_the_opposite_do_not_spoil_it_for_the_honest():
    """Five right in 85 of 100, of two classes, one who says always the same, one who says the opposite. Against the
    truth itself the honest would score .70."""
    people = [*["honest"] * 5, "constant", "adverse"]
    found = np.array([crowd(np.random.default_rng(seed), people, 200)[0] for seed in range(8)])
    print(found.mean(0).round(2))
    assert 0.55 < found[:, :5].mean() < 0.70
    assert (found[:, :5] > 0.4).all()
    assert found[:, 5] == pytest.approx(0, abs=1e-12)
    assert (found[:, 6] < -0.5).all()


def test_where_the_truth_is_known_it_counts_and_not_what_others_say():
    rng = np.random.default_rng(2)
    score, truth, votes = crowd(rng, ["honest", "random", "random", "adverse", "adverse"], 400)
    known = informedness(votes, {task: truth[task] for task in range(400)}).score
    assert score[0] < 0, "alone against many"
    assert 0.6 < known[0] < 0.8, "until it is known who is right"
    assert known[3] < -0.6
    some = informedness(votes, {task: truth[task] for task in range(0, 400, 5)}).score
    assert some[0] > 0.4, "a few known answers tell whom to believe on the others"


def test_half_the_effort_is_half_the_bonus():
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, TASKS)
    mine, *others = (seen(rng, truth, 3, 0.9) for _ in range(5))
    belief = IBCC().fit(all_answered(np.concatenate(others))).proba_
    guessed = rng.integers(0, 3, TASKS)
    honest = told(belief, mine)
    assert told(belief, np.where(rng.random(TASKS) < 0.5, mine, guessed)) == pytest.approx(honest / 2, abs=0.05)


def test_by_hand():
    """Four known answers, two of each class, one missed: (½ + ½ + ½ − ½) / 4 of 1 − 2 · ¼."""
    votes = Votes.from_arrays([0, 1, 2, 3, 4], [0] * 5, [0, 0, 1, 0, 1], classes=[0, 1])
    found = informedness(votes, {0: 0, 1: 0, 2: 1, 3: 1})
    assert found.score == pytest.approx([0.5])
    assert found.compared.tolist() == [True, True, True, True, False]


def test_who_answered_alone_has_no_score_and_where_all_is_one_class_there_is_nothing_to_tell():
    found = informedness(Votes.from_arrays([0, 1], [0, 0], [0, 1]))
    assert np.isnan(found.score).all()
    assert not found.compared.any()
    votes = Votes.from_arrays([0, 1, 2], [0, 0, 0], [0, 0, 1], classes=[0, 1])
    assert informedness(votes, {0: 0, 1: 0, 2: 0}).score == pytest.approx([0])


def test_in_a_large_crowd_folds_of_people_are_left_out():
    score, _, votes = crowd(np.random.default_rng(3), [*["honest"] * 40, *["random"] * 10], 500, each=4)
    assert score.shape == (50,)
    assert score[:40].mean() > 0.4
    assert abs(score[40:].mean()) < 0.1
    one = replace(votes, label=np.where(votes.worker == 7, 1 - votes.label, votes.label))
    assert informedness(one).score[7] == pytest.approx(-score[7]), "their own answers moved nothing else"
