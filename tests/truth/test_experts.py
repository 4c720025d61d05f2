"""Experts persuade by how often they are right, not by rank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.truth.experts import ExpertModel, rule, soft_gold


def test_one_ruling_is_worth_its_odds():
    belief = rule([[0.5, 0.5], [0.999, 0.001], [0.3, 0.7]], soft_gold([0, 1, -1], 2, 0.98))
    assert belief[0] == pytest.approx([0.98, 0.02])
    assert belief[1, 0] == pytest.approx(0.999 * 0.02 / (0.999 * 0.02 + 0.001 * 0.98))  # the crowd was surer
    assert belief[2] == pytest.approx([0.3, 0.7])


@given(st.integers(1, 30), st.floats(0.6, 0.99), st.floats(0.01, 0.2))
def test_agreeing_experts_never_get_surer_than_their_shared_error_allows(n, accuracy, shared):
    model = ExpertModel.from_accuracy(accuracy, 3, shared=shared)
    rulings = model.log_likelihood(np.zeros(n, int), np.zeros(n, int), np.ones(n, int), 1)
    belief = rule([[1 / 3] * 3], rulings)[0]
    assert belief[1] <= 1 - shared * 2 / 3 + 1e-9
    assert belief.argmax() == 1


def test_experts_errors_are_learnt_from_the_crowd_and_from_each_other():
    rng = np.random.default_rng(1)
    truth = rng.integers(3, size=2000)
    item, expert = np.repeat(np.arange(2000), 2), np.tile([0, 1], 2000)
    right = rng.random(4000) < np.array([0.97, 0.8])[expert]
    label = np.where(right, truth[item], (truth[item] + 1) % 3)  # errors go one way
    guess = np.where(rng.random(2000) < 0.6, truth, (truth + rng.integers(1, 3, 2000)) % 3)
    crowd = np.where(np.eye(3)[guess] > 0, 0.6, 0.2)
    model = ExpertModel.fit(item, expert, label, crowd)
    assert model.accuracy == pytest.approx([0.97, 0.8], abs=0.03)
    assert model.confusion[1, 0, 1] > 5 * model.confusion[1, 0, 2]
    learnt = rule(crowd, model.log_likelihood(item, expert, label, 2000))
    plain = rule(crowd, ExpertModel.from_accuracy([0.9, 0.9], 3).log_likelihood(item, expert, label, 2000))
    assert (learnt.argmax(1) == truth).mean() > (plain.argmax(1) == truth).mean() + 0.01
    assert learnt.max(axis=1).mean() == pytest.approx((learnt.argmax(1) == truth).mean(), abs=0.03)


def test_few_rulings_against_the_crowd_do_not_make_a_fool():
    model = ExpertModel.fit([0, 1], [0, 0], [1, 1], [[0.9, 0.1], [0.9, 0.1]])
    assert model.accuracy[0] > 0.85
    assert ExpertModel.fit([], [], [], [[0.5, 0.5]]).accuracy == pytest.approx([0.95])


@pytest.mark.parametrize("accuracy", [0.0, 1.0, 1.2])
def test_nobody_is_infallible(accuracy):
    with pytest.raises(InvalidInput):
        ExpertModel.from_accuracy(accuracy, 2)


def test_rulings_out_of_range_are_refused():
    with pytest.raises(InvalidInput):
        ExpertModel.from_accuracy(0.9, 2).log_likelihood([0], [0], [2], 1)
